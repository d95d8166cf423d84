"""The office asks after returnees whose daily status is missing, one by one or all of a register."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.emergency.actions.returnees import held, note
from songnuan.emergency.models import Returnee, ReturneeChase, ReturneeStatus
from songnuan.emergency.report_access import liaisons_of
from songnuan.emergency.report_rules import CHASED_AGAIN
from songnuan.emergency.returnee_access import require_office
from songnuan.emergency.returnee_queries import KIND, standings
from songnuan.emergency.returnee_rules import Policy
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """One chase, of whom, and who is to be told."""

    chase: ReturneeChase
    readers: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class AskedAll:
    """Who is asked now, how many a moment before, after whom nobody could be asked, how many are left."""

    now: tuple[Asked, ...]
    before: int
    unreached: tuple[Returnee, ...]
    left: int


@transaction.atomic(savepoint=False)
def chase_returnee(*, returnee_id: int, policy: Policy, actor: Actor, at: datetime) -> Asked | None:
    """Record that the office asks after somebody; return None where it asked just now.

    The contact person is asked, and the liaisons of the unit where there is none with an account.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `measure_closed`, `status_not_missed`,
            `nobody_to_remind`.

    """
    row = held(returnee_id)
    by = require_office(row.measure.plan, actor, at)
    _require_open(row.measure)
    if not _late([row], policy, at):
        raise _not_missed()
    if row.pk in _just_now([row], at):
        return None
    readers = _readers([row], actor, at)[row.pk]
    if not readers:
        sentence = _("Nobody else is there to be asked after No. %(number)s. Name a contact person first.")
        raise Refusal("nobody_to_remind", sentence % {"number": row.number}, returnee=row.pk)
    [made] = _asked([(row, readers)], by, actor, at)
    return made


@transaction.atomic(savepoint=False)
def chase_missed(*, measure_id: int, policy: Policy, most: int, actor: Actor, at: datetime) -> AskedAll:
    """Record that the office asks after all whose status is missing, but those that the actor asks after.

    Those who were asked for a moment before are left out, so that pressing again reaches the ones after them.

    Raises:
        Refusal: `measure_unknown`, `not_permitted`, `measure_closed`, `status_not_missed`.

    """
    measure = Measure.objects.select_related("plan").filter(pk=measure_id, kind=KIND).first()
    if measure is None:
        raise Refusal("measure_unknown", _("There is no such part of a plan."), measure=measure_id)
    by = require_office(measure.plan, actor, at)
    _require_open(measure)
    rows = Returnee.objects.select_for_update(no_key=True).filter(
        measure=measure, status=ReturneeStatus.OBSERVED
    )
    late = [one for one in _late(rows.order_by("pk"), policy, at) if one.helper_id != actor.user_id]
    if not late:
        raise _not_missed()
    again = _just_now(late, at)
    left = [one for one in late if one.pk not in again]
    readers = _readers(left, actor, at)
    reached = [one for one in left if readers[one.pk]]
    for one in reached:
        one.measure = measure
    now = _asked([(one, readers[one.pk]) for one in reached[:most]], by, actor, at)
    unreached = tuple(one for one in left if not readers[one.pk])
    return AskedAll(tuple(now), len(again), unreached, len(reached) - len(now))


def _require_open(measure: Measure) -> None:
    if measure.status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is closed: nobody is asked after any more.")
        raise Refusal("measure_closed", sentence, measure=measure.pk)


def _late(rows: Collection[Returnee], policy: Policy, at: datetime) -> list[Returnee]:
    """Return those under observation of whom nothing was said about days that are over."""
    found = [row for row in rows if row.status == ReturneeStatus.OBSERVED]
    dues = {row.measure_id: policy.due for row in found}
    return [one.row for one in standings(found, dues, at) if one.missed]


def _just_now(rows: Collection[Returnee], at: datetime) -> set[int]:
    made = ReturneeChase.objects.filter(returnee__in=[row.pk for row in rows], at__gt=at - CHASED_AGAIN)
    return set(made.values_list("returnee_id", flat=True))


def _readers(rows: Collection[Returnee], actor: Actor, at: datetime) -> dict[int, tuple[User, ...]]:
    """Return by entry who is to be asked, never the actor."""
    wanted = {row.helper_id for row in rows if row.helper_id is not None} - {actor.user_id}
    helpers = User.objects.filter(is_active=True, pk__in=wanted).in_bulk()
    alone = {row.unit_id for row in rows if row.helper_id not in helpers and row.helper_id != actor.user_id}
    liaisons = liaisons_of(alone, at, Permission.RETURNEE_KEEP)
    found: dict[int, tuple[User, ...]] = {}
    for row in rows:
        if row.helper_id == actor.user_id:
            found[row.pk] = ()
        elif row.helper_id in helpers:
            found[row.pk] = (helpers[row.helper_id],)
        else:
            found[row.pk] = tuple(one for one in liaisons.get(row.unit_id, ()) if one.pk != actor.user_id)
    return found


def _asked(
    whom: Sequence[tuple[Returnee, tuple[User, ...]]], by: int, actor: Actor, at: datetime
) -> list[Asked]:
    made = ReturneeChase.objects.bulk_create(
        ReturneeChase(returnee=row, by_id=by, at=at) for row, _told in whom
    )
    for row, _told in whom:
        subject = f"emergency.returnee:{row.pk}"
        note(row.measure, "chase_returnee", subject, actor, at, unit=row.unit_id)
    return [Asked(one, readers) for one, (_row, readers) in zip(made, whom, strict=True)]


def _not_missed() -> Refusal:
    sentence = _("No status is missing that somebody else could be asked for. Reload the page.")
    return Refusal("status_not_missed", sentence)
