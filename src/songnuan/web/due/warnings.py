"""What is due of early warning: alerts to acknowledge, to verify, to close."""

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from songnuan.emergency.models import Alert, AlertStatus
from songnuan.emergency.warning_rules import bound_words
from songnuan.journeys.alert_words import alert_how, alert_names, alert_period
from songnuan.journeys.measures.early_warning import due_on
from songnuan.journeys.warning_settings import EarlyWarningSettings, settings_of
from songnuan.web.due.base import Desk, Due
from songnuan.web.warning_page import alerts_waiting

_SINGLY = 3
"""More alerts than this in one state are one thing on the list."""
_ACTS: Mapping[str, Promise] = {
    AlertStatus.RAISED.value: pgettext_lazy("alert", "Acknowledge"),
    AlertStatus.ACKNOWLEDGED.value: pgettext_lazy("alert", "Verify"),
    AlertStatus.VERIFIED.value: pgettext_lazy("alert", "Close"),
}


def to_see_to(desk: Desk) -> Iterator[Due]:
    """Yield the alerts that wait for the reader: as the office, or as a liaison above the unit."""
    waiting: dict[tuple[int, str], list[Alert]] = {}
    for alert in alerts_waiting(desk):
        waiting.setdefault((alert.measure_id, alert.status), []).append(alert)
    settings: dict[int, EarlyWarningSettings] = {}
    names = alert_names([alert for alerts in waiting.values() for alert in alerts[:_SINGLY]])
    for (measure_id, status), alerts in waiting.items():
        told = settings.setdefault(measure_id, settings_of(alerts[0].measure))
        if len(alerts) > _SINGLY:
            yield _many(alerts, status, told, desk)
        else:
            yield from (_one(alert, names[alert.pk], told, desk) for alert in alerts)


def _one(alert: Alert, name: str, settings: EarlyWarningSettings, desk: Desk) -> Due:
    title = _("Alert: %(who)s, %(figure)s %(count)s, bound %(upper)s")
    facts = {"who": name, "figure": alert.figure_label, "count": alert.count}
    return Due(
        title=title % {**facts, "upper": bound_words(alert.upper)},
        plan=alert.measure.plan.title,
        detail=f"{alert_period(alert)} · {alert_how(alert)}",
        url=reverse("warning_alert", args=(alert.pk,)),
        action=str(_ACTS[alert.status]),
        today=desk.day,
        due_on=due_on(alert, settings),
    )


def _many(alerts: list[Alert], status: str, settings: EarlyWarningSettings, desk: Desk) -> Due:
    words = {
        AlertStatus.RAISED.value: ngettext(
            "%(count)s alert to acknowledge", "%(count)s alerts to acknowledge", len(alerts)
        ),
        AlertStatus.ACKNOWLEDGED.value: ngettext(
            "%(count)s alert to verify", "%(count)s alerts to verify", len(alerts)
        ),
        AlertStatus.VERIFIED.value: ngettext(
            "%(count)s alert to close", "%(count)s alerts to close", len(alerts)
        ),
    }
    return Due(
        title=words[status] % {"count": len(alerts)},
        plan=alerts[0].measure.plan.title,
        url=reverse("warnings") + f"?show={status}&waits={alerts[0].measure_id}",
        action=str(_ACTS[status]),
        today=desk.day,
        due_on=min(due_on(alert, settings) for alert in alerts),
    )
