"""Somebody acknowledges an alert, verifies it, notes something, or closes it."""

from datetime import datetime

from songnuan.emergency.actions import warnings
from songnuan.emergency.models import Alert
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def acknowledge_alert(*, alert_id: int, words: str = "", actor: Actor, at: datetime) -> Alert:
    """Take an alert on.

    Raises:
        Refusal: From `emergency.actions.warnings.acknowledge_alert`.

    """
    return warnings.acknowledge_alert(alert_id=alert_id, words=words, actor=actor, at=at)


@journey
def verify_alert(*, alert_id: int, is_true: bool | None, words: str, actor: Actor, at: datetime) -> Alert:
    """Say whether the rise is real.

    Raises:
        Refusal: From `emergency.actions.warnings.verify_alert`.

    """
    return warnings.verify_alert(alert_id=alert_id, is_true=is_true, words=words, actor=actor, at=at)


@journey
def close_alert(*, alert_id: int, outcome: str, words: str, actor: Actor, at: datetime) -> Alert:
    """Say what became of it.

    Raises:
        Refusal: From `emergency.actions.warnings.close_alert`.

    """
    return warnings.close_alert(alert_id=alert_id, outcome=outcome, words=words, actor=actor, at=at)


@journey
def note_alert(*, alert_id: int, words: str, actor: Actor, at: datetime) -> Alert:
    """Add a word to its timeline.

    Raises:
        Refusal: From `emergency.actions.warnings.note_alert`.

    """
    return warnings.note_alert(alert_id=alert_id, words=words, actor=actor, at=at)
