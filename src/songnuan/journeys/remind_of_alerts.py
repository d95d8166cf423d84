"""Who has to hear that nobody has acknowledged an alert hears it, as the plan's ladder says."""

from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from songnuan.emergency.models import Alert, Member
from songnuan.emergency.warning_queries import unacknowledged
from songnuan.jobs.queries import is_sent
from songnuan.journeys.alert_words import alert_url, waiting_words
from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.telling import tell
from songnuan.journeys.warning_settings import KIND, WarningRung, settings_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, Plan

_BACK = timedelta(days=2)
"""After which time nobody is told of a rung any more: a worker that stood still does not shout."""
_MOST = timedelta(minutes=2880)


@long_journey
def remind_of_alerts(*, actor: Actor, at: datetime) -> int:
    """Leave the notices of every rung that was reached, once each; return how many alerts were spoken of."""
    told, failed = 0, list[Exception]()
    for measure in Measure.objects.filter(kind=KIND).select_related("plan").order_by("pk"):
        waiting = list(unacknowledged(measure.pk, at - _BACK - _MOST))
        if not waiting:
            continue
        for place, rung in enumerate(settings_of(measure).ladder):
            # Those that were raised together are told together.
            for raised_at, alerts in groupby(waiting, lambda one: one.raised_at):
                moment = raised_at + timedelta(minutes=rung.after)
                if moment <= at < moment + _BACK:
                    with alone_at_fault(failed, f"alerts of {measure.pk}, rung {place}"), step():
                        told += _climb(measure, place, rung, list(alerts), actor, at)
    if failed:
        raise ExceptionGroup("rungs that could not be told", failed)
    return told


def _climb(  # noqa: PLR0917 - one rung: of what, which, of which alerts
    measure: Measure, place: int, rung: WarningRung, alerts: list[Alert], actor: Actor, at: datetime
) -> int:
    key = f"warning.rung:{measure.pk}:{place}:{alerts[0].raised_at.isoformat()}"
    if is_sent(f"{key}:"):
        return 0  # those that wait grow fewer only: whoever had to hear of it has
    tell(
        _whom(rung, measure.plan, at),
        partial(waiting_words, alerts),
        topic="warning.waiting",
        key=key,
        url=alert_url(alerts),
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )
    return len(alerts)


def _whom(rung: WarningRung, plan: Plan, at: datetime) -> list[User]:
    """Return the office, or the leading group; without a group the office, who knows whom to tell."""
    if rung.whom == "group":
        members = Member.objects.filter(live(day_of(at)), measure__plan=plan).values("user")
        if group := list(User.objects.filter(is_active=True, pk__in=members).order_by("pk")):
            return group
    return list(holders(Permission.EMERGENCY_MANAGE, plan.unit_id, at))
