"""Notes the entries that may be one person, and what somebody decides of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse, require
from songnuan.people import rules
from songnuan.people.duplicates import Found
from songnuan.people.lifecycle import PAIR
from songnuan.people.models import DuplicatePair, PairStatus, Person, PersonStatus
from songnuan.people.scope import within
from songnuan.people.turn import hold_turn

_UPDATED = ("reasons", "score", "status", "found_at")


@transaction.atomic(savepoint=False)
def note_pairs(*, found: Sequence[Found], actor: Actor, at: datetime) -> int:
    """Note pairs; return how many are new, or to be decided anew.

    A pair that was decided stays decided, unless there is a reason now that was not known then. A few
    thousand at once.
    """
    require(actor, Permission.PEOPLE_MERGE, at=at)
    hold_turn()  # or a pair would be noted with somebody who is erased at this moment
    wanted = _among_active(found)
    known = {(pair.first_id, pair.second_id): pair for pair in _known(wanted)}
    fresh, differing, number = [], [], 0
    for one in wanted:
        pair = known.get((one.first, one.second))
        if pair is None:
            fresh.append(_pair(one, at))
        elif not set(one.reasons) <= set(pair.reasons):
            number += pair.status != PairStatus.OPEN
            pair.reasons = sorted({*pair.reasons, *one.reasons})
            pair.score, pair.status, pair.found_at = one.score, PairStatus.OPEN, at
            differing.append(pair)
    DuplicatePair.objects.bulk_create(fresh, ignore_conflicts=True)
    DuplicatePair.objects.bulk_update(differing, _UPDATED)
    return number + len(fresh)


@transaction.atomic(savepoint=False)
def tell_apart(*, pair_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Note that a pair is two different persons.

    Raises:
        Refusal: `pair_unknown`, `not_permitted`, `wrong_state`, `text_too_long`.

    """
    pair = DuplicatePair.objects.select_related("first", "second").filter(pk=pair_id).first()
    if pair is None:
        raise Refusal("pair_unknown", _("This pair is not there any more. Go back to the list."))
    require_both(actor, {pair.first_id, pair.second_id}, at)
    PAIR.move_one(
        DuplicatePair.objects.filter(pk=pair_id),
        "tell_apart",
        decided_at=at,
        decided_by_id=actor.user_id,
        remark=rules.remark(remark),
    )
    record(
        stream="people",
        action="people.tell_apart",
        subject=f"people.person:{pair.first.key}",
        actor=actor,
        at=at,
        facts={"other": pair.second.key},
    )


def require_both(actor: Actor, persons: Collection[int], at: datetime) -> None:
    """Make sure that the actor may merge these persons.

    Raises:
        NotPermitted: When not all of them are active and within reach.

    """
    if within(actor, Permission.PEOPLE_MERGE, at).filter(pk__in=persons).count() != len(persons):
        refuse(Permission.PEOPLE_MERGE)


def _among_active(found: Sequence[Found]) -> list[Found]:
    asked = {pk for one in found for pk in (one.first, one.second)}
    persons = Person.objects.filter(pk__in=asked, status=PersonStatus.ACTIVE)
    active = set(persons.values_list("pk", flat=True))
    return [one for one in found if one.first in active and one.second in active]


def _known(found: Sequence[Found]) -> list[DuplicatePair]:
    firsts = {one.first for one in found}
    return list(DuplicatePair.objects.filter(first__in=firsts))


def _pair(one: Found, at: datetime) -> DuplicatePair:
    return DuplicatePair(
        first_id=one.first, second_id=one.second, reasons=list(one.reasons), score=one.score, found_at=at
    )
