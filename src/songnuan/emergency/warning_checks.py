"""What must hold of alerts: each stands where its timeline leads, and as its last reckoning says."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.emergency.models import Alert, AlertAct, AlertStatus, AlertVerb

_AT_ONCE: Final = 1000
_LEADS: Final = {
    AlertVerb.RAISED.value: AlertStatus.RAISED.value,
    AlertVerb.ACKNOWLEDGED.value: AlertStatus.ACKNOWLEDGED.value,
    AlertVerb.TRUE.value: AlertStatus.VERIFIED.value,
    AlertVerb.FALSE.value: AlertStatus.VERIFIED.value,
    AlertVerb.CLOSED.value: AlertStatus.CLOSED.value,
}
"""Which act leads to which state; the others leave it."""


def verify() -> Iterator[Finding]:
    """Yield what does not hold of alerts.

    Codes: `alert_course` (it stands elsewhere than its timeline leads), `alert_reckoned` (what it comes to
    now is not what was reckoned last).
    """
    after = 0
    while rows := list(Alert.objects.filter(pk__gt=after).order_by("pk")[:_AT_ONCE]):
        acts: dict[int, list[AlertAct]] = {}
        told = AlertAct.objects.filter(alert__in=[row.pk for row in rows]).defer("words").order_by("pk")
        for act in told:
            acts.setdefault(act.alert_id, []).append(act)
        for row in rows:
            yield from _one(row, acts.get(row.pk, []))
        after = rows[-1].pk


def _one(alert: Alert, acts: list[AlertAct]) -> Iterator[Finding]:
    states = [_LEADS[act.verb] for act in acts if act.verb in _LEADS]
    course = list(AlertStatus.values)
    judged = [act.verb == AlertVerb.TRUE for act in acts if act.verb in {AlertVerb.TRUE, AlertVerb.FALSE}]
    where = f"emergency.alert:{alert.pk}"
    if states != course[: course.index(alert.status) + 1] or judged != (
        [] if alert.is_true is None else [alert.is_true]
    ):
        yield Finding("alert_course", where, _("An alert stands elsewhere than its timeline leads."), {})
    reckoned = [(act.count, act.is_over) for act in acts if act.is_over is not None]
    if not reckoned or reckoned[-1] != (alert.now_count, alert.is_over):
        sentence = _("What an alert comes to now is not what was reckoned last.")
        yield Finding("alert_reckoned", where, sentence, {})
