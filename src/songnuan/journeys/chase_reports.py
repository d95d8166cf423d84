"""The office, or a unit above, asks for reports that are missing (催报)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ChaseWay, ReportChase
from songnuan.emergency.report_queries import missing
from songnuan.journeys.base import journey
from songnuan.journeys.report_find import found_period
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then

MOST = 200
"""Units that are asked at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many units were asked, how many just before, and which have nobody to be reminded."""

    asked: int
    before: int
    unreached: tuple[str, ...]


@journey
def chase_report(*, slot_id: int, way: str, words: str = "", actor: Actor, at: datetime) -> bool:
    """Ask one unit, by a notice or by telephone; return False where it was asked by notice just now.

    Raises:
        Refusal: From `emergency.actions.chase_report`; `nobody_to_remind` where a notice would reach nobody.

    """
    made = emergency.chase_report(slot_id=slot_id, way=way, words=words, actor=actor, at=at)
    if made is None:
        return False
    if made.way == ChaseWay.NOTICE and not _tell(made, actor, at):
        name = names_then([made.slot.unit_id], day_of(at)).get(made.slot.unit_id, "")
        sentence = _("Nobody at %(owner)s has an account to be reminded by. Call them, or give a post there.")
        raise Refusal("nobody_to_remind", sentence % {"owner": name}, unit=made.slot.unit_id)
    return True


@journey
def chase_missing(*, period_id: int, node_id: int, actor: Actor, at: datetime) -> Asked:
    """Ask all units that are missing below a node by a notice, as far as one may.

    Raises:
        Refusal: `period_unknown`, `nothing_missing`, or from `emergency.actions.chase_report`.

    """
    found_period(period_id)
    slots = list(missing(period_id, node_id)[:MOST])
    if not slots:
        sentence = _("Nothing is missing from this unit: it has reported, is excused, or still has time.")
        raise Refusal("nothing_missing", sentence, unit=node_id)
    asked, before, unreached = 0, 0, []
    for slot in slots:
        made = emergency.chase_report(slot_id=slot.pk, way=ChaseWay.NOTICE, actor=actor, at=at)
        if made is None:
            before += 1
        elif _tell(made, actor, at):
            asked += 1
        else:
            unreached.append(slot.unit_id)
    return Asked(asked, before, _names(unreached, at))


def _names(unit_ids: Collection[int], at: datetime) -> tuple[str, ...]:
    names = names_then(unit_ids, day_of(at))
    return tuple(names[unit] for unit in unit_ids if unit in names)


def _tell(made: ReportChase, actor: Actor, at: datetime) -> int:
    """Leave a notice for the liaisons of the unit; return how many there are."""
    slot = made.slot
    measure = slot.period.measure
    readers = list(holders(Permission.SITUATION_REPORT, slot.unit_id, at))
    name = names_then([slot.unit_id], day_of(at)).get(slot.unit_id, "")
    period = period_name(slot.period.starts_at, settings_of(measure).rhythm)
    tell(
        readers,
        partial(_words, name[:NAME_SHOWN], period, actor.label),
        topic="situation.chased",
        key=f"situation.chased:{made.pk}",
        url=f"/situation/slots/{slot.pk}/",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )
    return len(readers)


def _words(unit: str, period: str, who: str) -> tuple[str, str]:
    title = _("Report is missing: %(unit)s, %(period)s") % {"unit": unit, "period": period}
    return title, _("%(who)s asks for it. If nothing happened, two taps report that all is safe.") % {
        "who": who
    }
