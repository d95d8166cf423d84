"""The counts of situation reports are looked at once they are due, and when they changed; alarms are told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from songnuan.emergency.actions import warnings
from songnuan.emergency.models import Alert
from songnuan.emergency.report_access import liaisons_of
from songnuan.emergency.warning_access import above_of
from songnuan.emergency.warning_reckoning import look
from songnuan.journeys.alert_words import alert_url, alerts_words, anew_words
from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.telling import tell
from songnuan.journeys.warning_settings import KIND, reports_of, watched
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.plans.models import Measure, MeasureStatus


@long_journey
def look_for_warnings(*, actor: Actor, at: datetime) -> int:
    """Look at every early warning under way whose counts changed; return how many alerts were raised."""
    raised, failed = 0, list[Exception]()
    rows = Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN).select_related("plan")
    for measure in rows.order_by("pk"):
        with alone_at_fault(failed, f"early warning {measure.pk}"):
            raised += _look(measure, actor, at)
    if failed:
        raise ExceptionGroup("early warnings that could not be looked at", failed)
    return raised


def _look(measure: Measure, actor: Actor, at: datetime) -> int:
    reports = reports_of(measure)
    if reports is None:
        return 0
    # Read without a lock: what is written asks again whether nobody else has looked meanwhile.
    watches = watched(measure, reports)
    found = look(measure, reports.pk, watches, since=measure.opened_at or at, at=at)
    if found is None:
        return 0
    with step():
        made = warnings.take_look(measure=measure, found=found, actor=actor, at=at)
        if made is None:
            return 0
        _tell_raised(measure, made.fresh, actor, at)
        for alert in made.anew:
            _tell_anew(measure, alert, actor, at)
        return len(made.fresh)


def _tell_raised(measure: Measure, fresh: Sequence[Alert], actor: Actor, at: datetime) -> None:
    """Tell the office of all that was raised, and the liaisons above of what stands below them."""
    if not fresh:
        return
    office = list(holders(Permission.EMERGENCY_MANAGE, measure.plan.unit_id, at))
    _tell(office, measure, fresh, "office", actor, at)
    told = {user.pk for user in office}
    below: dict[int, list[Alert]] = {}
    for alert in fresh:
        for node in above_of(alert):
            below.setdefault(node, []).append(alert)
    for node, users in sorted(liaisons_of(below, at).items()):
        others = [user for user in users if user.pk not in told]
        told |= {user.pk for user in others}
        _tell(others, measure, below[node], str(node), actor, at)


def _tell(  # noqa: PLR0917 - one notice: to whom, of what, which
    readers: Iterable[User], measure: Measure, fresh: Sequence[Alert], of: str, actor: Actor, at: datetime
) -> None:
    tell(
        readers,
        partial(alerts_words, fresh),
        topic="warning.raised",
        key=f"warning.raised:{fresh[0].pk}:{of}",
        url=alert_url(fresh),
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )


def _tell_anew(measure: Measure, alert: Alert, actor: Actor, at: datetime) -> None:
    """Tell the office, and who has acted on it, that an alert comes to something else now."""
    readers = {user.pk: user for user in holders(Permission.EMERGENCY_MANAGE, measure.plan.unit_id, at)}
    acted = (alert.acknowledged_by_id, alert.verified_by_id, alert.closed_by_id)
    readers |= User.objects.filter(is_active=True).in_bulk([pk for pk in acted if pk])
    tell(
        readers.values(),
        partial(anew_words, alert),
        topic="warning.anew",
        key=f"warning.anew:{alert.pk}:{at.isoformat()}",
        url=alert_url([alert]),
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )
