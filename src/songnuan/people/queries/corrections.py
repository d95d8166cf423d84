"""Reads of what people asked to have corrected or erased; numbers masked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet

from songnuan.audit.queries import entries
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.people import corrections
from songnuan.people.masking import listed_name, masked
from songnuan.people.models import (
    LIVING,
    TOLD,
    Correction,
    CorrectionStatus,
    Enrolment,
    FamilyLink,
    LegalGround,
    Person,
    PersonStatus,
    Roster,
    Service,
)
from songnuan.people.purposes import LOOK
from songnuan.people.queries.duplicates import merged_keys
from songnuan.people.scope import within

_LOOKS = 200


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """Something asked for, in a list. `days` is how long ago; `due_on` when an answer is due."""

    pk: int
    person_key: str
    name: str
    restricted: bool
    field: str
    asked_at: datetime
    days: int
    due_on: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """Something asked for, with what stands now and what should, masked, and the answer if there is one.

    `looked` says that the reader has looked at it in full since; `grounds` are the rosters that another
    ground than consent allows to keep the person, each with that ground.
    """

    row: CorrectionRow
    status: str
    before: str
    after: str
    looked: bool
    grounds: tuple[tuple[str, str], ...]
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnCorrection:
    """Something that a person asked for, as that person reads it."""

    field: str
    value: str
    reason: str
    asked_at: datetime
    due_on: date
    status: str
    answer: str
    answered_at: datetime | None


def open_corrections(
    actor: Actor, at: datetime, *, after: int | None = None, size: int
) -> list[CorrectionRow]:
    """Return the next `size` that the actor may answer, those asked for first before the others."""
    rows = _reached(actor, at).filter(status=CorrectionStatus.ASKED)
    if after is not None and (last := Correction.objects.filter(pk=after).first()):
        rows = rows.filter(Q(asked_at__gt=last.asked_at) | Q(asked_at=last.asked_at, pk__gt=last.pk))
    return [_row(row, day_of(at)) for row in rows.order_by("asked_at", "pk")[:size]]


def corrections_waiting(actor: Actor, at: datetime) -> tuple[int, date | None]:
    """Return how many the actor may answer, and by which day the first of them."""
    rows = _reached(actor, at).filter(status=CorrectionStatus.ASKED)
    told = rows.aggregate(number=Count("pk"), first=Min("asked_at"))
    return told["number"], None if told["first"] is None else corrections.due_on(day_of(told["first"]))


def correction(pk: int, actor: Actor, at: datetime) -> CorrectionView | None:
    """Return something that was asked for, if the actor may answer it or look back on it."""
    row = _reached(actor, at).select_related("answered_by").filter(pk=pk).first()
    if row is None:
        return None
    person = row.person.merged_into or row.person
    erasing = row.field == corrections.ERASURE
    return CorrectionView(
        row=_row(row, day_of(at)),
        status=row.status,
        before=_masked(row.field, corrections.known(row.field, person), person),
        after=_masked(row.field, row.value or "", person),
        looked=has_looked(person, actor, row.asked_at),
        grounds=tuple((one.title, one.legal_ground) for one in other_grounds(person)) if erasing else (),
        answer=row.answer or "",
        answered_by=row.answered_by.name if row.answered_by else "",
        answered_at=row.answered_at,
    )


def answered(pk: int, actor: Actor) -> str:
    """Return what the actor answered to something asked for: a `CorrectionStatus`, or "" for nothing."""
    mine = Correction.objects.filter(pk=pk, answered_by__isnull=False, answered_by=actor.user_id)
    return mine.values_list("status", flat=True).first() or ""


def own_corrections(person: Person) -> list[OwnCorrection]:
    """Return what a person asked for, the newest first."""
    return [
        OwnCorrection(
            field=row.field,
            value=row.value or "",
            reason=row.reason or "",
            asked_at=row.asked_at,
            due_on=corrections.due_on(day_of(row.asked_at)),
            status=row.status,
            answer=row.answer or "",
            answered_at=row.answered_at,
        )
        for row in of_person(person).order_by("-asked_at", "-pk")
    ]


def of_person(person: Person) -> QuerySet[Correction]:
    """Return what was asked for by a person, and by who was merged into that person."""
    return Correction.objects.filter(Q(person=person) | Q(person__merged_into=person))


def has_looked(person: Person, actor: Actor, since: datetime) -> bool:
    """Return whether the actor has looked at a person in full from a moment on."""
    return any(
        look.actor_key == actor.key and look.at >= since
        for key in (person.key, *merged_keys(person.key))
        for look in entries(subject=f"people.person:{key}", action=LOOK, size=_LOOKS)
    )


def other_grounds(person: Person) -> list[Roster]:
    """Return the rosters that tell of a person, of today or of before, on another ground than consent."""
    rows: Collection[QuerySet[Enrolment] | QuerySet[FamilyLink] | QuerySet[Service]] = (
        Enrolment.objects.filter(TOLD, person=person),
        FamilyLink.objects.filter(TOLD, person=person),
        FamilyLink.objects.filter(TOLD, relative=person),
        Service.objects.filter(TOLD, person=person),
    )
    telling = {roster for some in rows for roster in some.values_list("roster", flat=True)}
    rosters = Roster.objects.filter(pk__in=telling, status__in=LIVING)
    return list(rosters.exclude(legal_ground=LegalGround.CONSENT).order_by("title", "pk"))


def _reached(actor: Actor, at: datetime) -> QuerySet[Correction]:
    """Return what the actor may answer or look back on, with the persons."""
    shown = within(actor, Permission.PEOPLE_SHOW, at).values("pk")
    rows = Correction.objects.select_related("person__merged_into")
    return rows.filter(
        Q(person__in=shown) | Q(person__status=PersonStatus.MERGED, person__merged_into__in=shown)
    )


def _row(row: Correction, on: date) -> CorrectionRow:
    person = row.person.merged_into or row.person
    asked = day_of(row.asked_at)
    due = corrections.due_on(asked)
    return CorrectionRow(
        pk=row.pk,
        person_key=person.key,
        name=listed_name(person.name, minor=person.restricted),
        restricted=person.restricted,
        field=row.field,
        asked_at=row.asked_at,
        days=(on - asked).days,
        due_on=due,
        overdue=row.status == CorrectionStatus.ASKED and on > due,
    )


def _masked(field: str, value: str, person: Person) -> str:
    """Return a value as it stands beside another before somebody looks in full."""
    if field == "name":
        return listed_name(value, minor=person.restricted)
    if field == corrections.OTHER:
        return "****" if value else ""
    if field == "birth_on" and value:
        return masked(field, date.fromisoformat(value), minor=person.restricted)
    return masked(field, value, minor=person.restricted)
