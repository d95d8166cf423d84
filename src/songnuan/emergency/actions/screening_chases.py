"""The office asks units that are late with screening, one by one or all of a round."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency.models import ScreeningChase, ScreeningRound, ScreeningShare
from songnuan.emergency.report_access import liaisons_of, require_office
from songnuan.emergency.report_rules import CHASED_AGAIN
from songnuan.emergency.screening_queries import late_shares
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of
from songnuan.plans.models import MeasureStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """One chase of a unit, and who is to be told."""

    chase: ScreeningChase
    readers: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class AskedAll:
    """Which units are asked now, how many a moment before, which have nobody, how many are left."""

    now: tuple[Asked, ...]
    before: int
    unreached: tuple[int, ...]
    left: int


@transaction.atomic(savepoint=False)
def chase_share(*, share_id: int, actor: Actor, at: datetime) -> Asked | None:
    """Record that the office asks a unit how far it is; return None where it was asked just now.

    Raises:
        Refusal: `share_unknown`, `not_permitted`, `round_closed`, `measure_closed`, `screening_not_late`,
            `nobody_to_remind`.

    """
    share = ScreeningShare.objects.filter(pk=share_id).first()
    if share is None:
        raise Refusal("share_unknown", _("There is no such entry. Choose one from the list."))
    found, by = _held(share.round_id, actor, at)
    late = late_shares(found, day_of(at)).filter(pk=share_id).first()
    if late is None:
        raise _not_late()
    if share_id in _just_now(found, at):
        return None
    readers = _readers([late], actor, at).get(late.unit_id)
    if not readers:
        sentence = _("Nobody at this unit has an account to be reminded by. Call them, or give a post there.")
        raise Refusal("nobody_to_remind", sentence, unit=late.unit_id)
    [made] = _asked([(late, readers)], found, by, actor, at)
    return made


@transaction.atomic(savepoint=False)
def chase_round(*, round_id: int, most: int, actor: Actor, at: datetime) -> AskedAll:
    """Record that the office asks all units of a round that are late.

    Those that were asked a moment before are left out, so that pressing again reaches the ones after them.

    Raises:
        Refusal: `round_unknown`, `not_permitted`, `round_closed`, `measure_closed`, `screening_not_late`.

    """
    found, by = _held(round_id, actor, at)
    late = list(late_shares(found, day_of(at)))
    if not late:
        raise _not_late()
    again = _just_now(found, at)
    left = [one for one in late if one.pk not in again]
    readers = _readers(left, actor, at)
    reached = [one for one in left if one.unit_id in readers]
    whom = [(one, readers[one.unit_id]) for one in reached[:most]]
    now = _asked(whom, found, by, actor, at)
    unreached = tuple(one.unit_id for one in left if one.unit_id not in readers)
    return AskedAll(tuple(now), len(late) - len(left), unreached, len(reached) - len(now))


def _held(round_id: int, actor: Actor, at: datetime) -> tuple[ScreeningRound, int]:
    """Return a round that goes on, and who acts; held, so that of two who ask at once the second sees it.

    Raises:
        Refusal: `round_unknown`, `not_permitted`, `round_closed`, `measure_closed`.

    """
    rows = ScreeningRound.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("measure__plan").filter(pk=round_id).first()
    if found is None:
        raise Refusal("round_unknown", _("There is no such round. Choose one from the list."))
    by = require_office(actor, found.measure.plan.unit_id, at)
    if found.closed_at is not None:
        raise Refusal("round_closed", _("This round is closed: nothing of it changes any more."))
    if found.measure.status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is closed: no unit is asked any more.")
        raise Refusal("measure_closed", sentence, measure=found.measure_id)
    return found, by


def _just_now(found: ScreeningRound, at: datetime) -> set[int]:
    made = ScreeningChase.objects.filter(share__round=found, at__gt=at - CHASED_AGAIN)
    return set(made.values_list("share_id", flat=True))


def _readers(shares: Collection[ScreeningShare], actor: Actor, at: datetime) -> dict[int, tuple[User, ...]]:
    """Return the liaisons of units, but the actor, by the units that have some."""
    found = liaisons_of([one.unit_id for one in shares], at)
    others = {unit: tuple(one for one in all_ if one.pk != actor.user_id) for unit, all_ in found.items()}
    return {unit: some for unit, some in others.items() if some}


def _asked(
    whom: Sequence[tuple[ScreeningShare, tuple[User, ...]]],
    found: ScreeningRound,
    by: int,
    actor: Actor,
    at: datetime,
) -> list[Asked]:
    made = ScreeningChase.objects.bulk_create(
        ScreeningChase(share=share, by_id=by, at=at) for share, _told in whom
    )
    for share, _told in whom:
        share.round = found
        record(
            stream=f"plan:{found.measure.plan.slug}",
            action="emergency.chase_screening",
            subject=f"emergency.round:{found.pk}",
            actor=actor,
            at=at,
            facts={"measure": found.measure_id, "unit": share.unit_id},
        )
    return [Asked(one, readers) for one, (_share, readers) in zip(made, whom, strict=True)]


def _not_late() -> Refusal:
    sentence = _("No unit is late here: it is through with screening, or still has time. Reload the page.")
    return Refusal("screening_not_late", sentence)
