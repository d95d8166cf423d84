"""Moves what is known of one person to another: their rosters, family and service."""

from collections.abc import Sequence
from copy import copy
from datetime import date

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from songnuan.people.models import (
    OPEN,
    STANDING,
    DuplicatePair,
    Enrolment,
    FamilyLink,
    HouseholdNote,
    PairStatus,
    Person,
    Service,
)

Period = tuple[date, date | None]


def left_of(period: Period, taken: Sequence[Period]) -> list[Period]:
    """Return what is left of a period outside of others, in order; `starts_on <= day < ends_on`."""
    pieces = [period]
    for start, end in taken:
        pieces = [left for piece in pieces for left in _outside(piece, start, end or date.max)]
    return sorted(pieces, key=lambda piece: piece[0])


def _outside(period: Period, start: date, end: date) -> list[Period]:
    own_end = period[1] or date.max
    if end <= period[0] or start >= own_end or start == end:
        return [period]
    before = [(period[0], start)] if period[0] < start else []
    return before + ([(end, period[1])] if end < own_end else [])


def move_enrolments(keep: Person, drop: Person) -> None:
    """Let the one stand where the other stood; where both stood in a roster, the one's row is not touched."""
    own: dict[int, list[Period]] = {}
    for row in Enrolment.objects.filter(person=keep):
        own.setdefault(row.roster_id, []).append((row.starts_on, row.ends_on))
    for row in Enrolment.objects.filter(person=drop):
        pieces = left_of((row.starts_on, row.ends_on), own.get(row.roster_id, []))
        *more, last = pieces or [(row.starts_on, row.starts_on)]
        Enrolment.objects.filter(pk=row.pk).update(person=keep, starts_on=last[0], ends_on=last[1])
        Enrolment.objects.bulk_create(_piece(row, keep, piece) for piece in more)


def _piece(row: Enrolment, keep: Person, piece: Period) -> Enrolment:
    fresh = copy(row)
    fresh.pk, fresh.person, fresh.starts_on, fresh.ends_on = None, keep, *piece
    return fresh


def move_family(keep: Person, drop: Person, on: date) -> None:
    """Let the one have the family of the other; of two links alike the other's ends."""
    links = FamilyLink.objects.exclude(person=keep, relative=drop).exclude(person=drop, relative=keep)
    relatives = FamilyLink.objects.filter(OPEN, person=keep).values("relative")
    employees = FamilyLink.objects.filter(OPEN, relative=keep).values("person")
    end = _not_before("starts_on", on)
    links.filter(OPEN, person=drop, relative__in=relatives).update(ends_on=end)
    links.filter(OPEN, relative=drop, person__in=employees).update(ends_on=end)
    links.filter(person=drop).update(person=keep)
    links.filter(relative=drop).update(relative=keep)


def move_services(keep: Person, drop: Person, on: date) -> None:
    """Let the one have served where the other served; of two services alike the other's is withdrawn."""
    own = Service.objects.filter(STANDING, person=keep)
    for place, post, starts_on in own.values_list("place", "post", "starts_on"):
        alike = Service.objects.filter(STANDING, person=drop, place=place, post=post, starts_on=starts_on)
        alike.update(withdrawn_on=_not_before("recorded_on", on))
    Service.objects.filter(person=drop).update(person=keep)


def move_pairs(keep: Person, drop: Person) -> None:
    """Hand over the pairs of the other that are not merged: who is not the other is not the one either."""
    for pair in _pairs_of(drop):
        other = pair.second_id if pair.first_id == drop.pk else pair.first_id
        first, second = sorted((keep.pk, other))
        known = DuplicatePair.objects.filter(first=first, second=second)
        if not known.exists():
            DuplicatePair.objects.filter(pk=pair.pk).update(first=first, second=second)
            continue
        if pair.status == PairStatus.DISTINCT:
            known.filter(status=PairStatus.OPEN).update(
                status=pair.status,
                decided_at=pair.decided_at,
                decided_by=pair.decided_by_id,
                remark=pair.remark,
            )
        DuplicatePair.objects.filter(pk=pair.pk).delete()


def move_notes(keep: Person, drop: Person, *, is_more_known: bool) -> None:
    """Hand over what was decided about the household of the other; with one's own spouse or child it is moot.

    Where the other served too, more is known of them now than was decided on: somebody decides anew.
    """
    mine = Q(child=drop) | Q(first=drop) | Q(second=drop)
    for note in HouseholdNote.objects.filter(mine):
        three = [keep.pk if pk == drop.pk else pk for pk in (note.child_id, note.first_id, note.second_id)]
        rows = HouseholdNote.objects.filter(pk=note.pk)
        if len(set(three)) < len(three):
            rows.delete()
            continue
        first, second = sorted(three[1:])
        through = 0 if is_more_known else note.through
        rows.update(child=three[0], first=first, second=second, through=through)


def _pairs_of(drop: Person) -> list[DuplicatePair]:
    rows = DuplicatePair.objects.exclude(status=PairStatus.MERGED)
    return [*rows.filter(first=drop), *rows.filter(second=drop)]


def open_links(one: int, other: int) -> QuerySet[FamilyLink]:
    """Return the links by which two persons, by their ids, are told to be each other's family."""
    mutual = Q(person=one, relative=other) | Q(person=other, relative=one)
    return FamilyLink.objects.filter(OPEN).filter(mutual)


def end_links(one: Person, other: Person, on: date) -> int:
    """End the links by which two persons are each other's family; return how many."""
    return open_links(one.pk, other.pk).update(ends_on=_not_before("starts_on", on))


def _not_before(field: str, on: date) -> Greatest:
    return Greatest(F(field), Value(on, DateField()))
