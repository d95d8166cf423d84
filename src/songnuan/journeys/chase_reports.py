"""The office, or a unit above, asks for reports that are missing (催报)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ChaseWay, ReportChase
from songnuan.emergency.report_access import liaisons_of
from songnuan.journeys.base import journey
from songnuan.journeys.report_find import found_period
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, names_then

MOST = 200
"""Units that are asked at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many units were asked, how many a moment before; who has nobody to be told; how many are left."""

    asked: int
    before: int
    unreached: tuple[str, ...]
    left: int


@journey
def chase_report(*, slot_id: int, way: str, words: str = "", actor: Actor, at: datetime) -> bool:
    """Ask one unit, by a notice or by telephone; return False where it was asked by notice just now.

    Raises:
        Refusal: From `emergency.actions.chase_report`; `nobody_to_remind` where a notice would reach nobody.

    """
    made = emergency.chase_report(slot_id=slot_id, way=way, words=words, actor=actor, at=at)
    if made is None:
        return False
    if made.way == ChaseWay.NOTICE and not _tell([made], actor, at):
        name = names_then([made.slot.unit_id], day_of(at)).get(made.slot.unit_id, "")
        sentence = _("Nobody at %(owner)s has an account to be reminded by. Call them, or give a post there.")
        raise Refusal("nobody_to_remind", sentence % {"owner": name}, unit=made.slot.unit_id)
    return True


@journey
def chase_missing(*, period_id: int, node_id: int, actor: Actor, at: datetime) -> Asked:
    """Ask all units that are missing below a node by a notice, as far as one may.

    Raises:
        Refusal: `period_unknown`, or from `emergency.actions.chase_missing`.

    """
    period = found_period(period_id)
    told = emergency.chase_missing(period=period, node_id=node_id, most=MOST, actor=actor, at=at)
    reached = _tell(told.made, actor, at)
    unreached = [one.slot.unit_id for one in told.made if one.slot.unit_id not in reached]
    names = names_then(unreached, day_of(at))
    return Asked(len(reached), told.before, tuple(names[one] for one in unreached if one in names), told.left)


def _tell(rows: Sequence[ReportChase], actor: Actor, at: datetime) -> set[int]:
    """Leave a notice for the liaisons of the units that were asked in a period; return which have some."""
    if not rows:
        return set()
    period = rows[0].slot.period
    readers = liaisons_of([one.slot.unit_id for one in rows], at)
    names = names_then(readers, day_of(at))
    name = period_name(period, settings_of(period.measure).rhythm)
    for one in rows:
        unit_id = one.slot.unit_id
        tell(
            readers.get(unit_id, ()),
            partial(_words, names.get(unit_id, "")[:NAME_SHOWN], name, actor.label),
            topic="situation.chased",
            key=f"situation.chased:{one.pk}",
            url=f"/situation/slots/{one.slot_id}/",
            plan=period.measure.plan.title,
            actor=actor,
            at=at,
        )
    return set(readers)


def _words(unit: str, period: str, who: str) -> tuple[str, str]:
    title = _("Report is missing: %(unit)s, %(period)s") % {"unit": unit, "period": period}
    return title, _("%(who)s asks for it. If nothing happened, two taps report that all is safe.") % {
        "who": who
    }
