"""A unit is excused from reporting for some days, or that is taken back."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportExcuse
from songnuan.journeys.base import journey
from songnuan.journeys.report_find import found_measure
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then


@journey
def excuse_reports(
    *, measure_id: int, unit_id: int, days: emergency.Days, reason: str, actor: Actor, at: datetime
) -> ReportExcuse:
    """Excuse a unit, before or after; its liaison is told.

    Raises:
        Refusal: `measure_unknown`, or from `emergency.actions.excuse_unit`.

    """
    measure = found_measure(measure_id)
    made = emergency.excuse_unit(
        measure=measure, unit_id=unit_id, days=days, reason=reason, actor=actor, at=at
    )
    name = names_then([unit_id], day_of(at)).get(unit_id, "")
    tell(
        holders(Permission.SITUATION_REPORT, unit_id, at),
        partial(_words, made, name[:NAME_SHOWN]),
        topic="situation.excused",
        key=f"situation.excused:{made.pk}",
        url="/situation/",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )
    return made


@journey
def withdraw_excuse(*, excuse_id: int, reason: str, actor: Actor, at: datetime) -> ReportExcuse:
    """Take an excuse back.

    Raises:
        Refusal: From `emergency.actions.withdraw_excuse`.

    """
    return emergency.withdraw_excuse(excuse_id=excuse_id, reason=reason, actor=actor, at=at)


def _words(made: ReportExcuse, name: str) -> tuple[str, str]:
    title = _("%(unit)s need not report from %(first)s to %(last)s")
    facts = {"unit": name, "first": written(made.first_on), "last": written(made.last_on)}
    return title % facts, made.reason
