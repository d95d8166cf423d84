"""Somebody acknowledges an alert, verifies it, notes something, or closes it; each once for a key."""

from datetime import datetime
from uuid import UUID

from songnuan.emergency.actions import warnings
from songnuan.emergency.models import Alert
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import earlier
from songnuan.kernel.actor import Actor


@journey
def acknowledge_alert(*, alert_id: int, words: str = "", key: UUID, actor: Actor, at: datetime) -> Alert:
    """Take an alert on.

    Raises:
        Refusal: From `emergency.actions.warnings.acknowledge_alert`, and `key_reused`.

    """
    if earlier(key, "acknowledge_alert", (alert_id, words), actor=actor, at=at) is not None:
        return warnings.found_alert(alert_id)
    made = warnings.acknowledge_alert(alert_id=alert_id, words=words, actor=actor, at=at)
    jobs.settle(key=key, result=str(alert_id))
    return made


@journey
def verify_alert(
    *, alert_id: int, is_true: bool | None, words: str, key: UUID, actor: Actor, at: datetime
) -> Alert:
    """Say whether the rise is real.

    Raises:
        Refusal: From `emergency.actions.warnings.verify_alert`, and `key_reused`.

    """
    if earlier(key, "verify_alert", (alert_id, is_true, words), actor=actor, at=at) is not None:
        return warnings.found_alert(alert_id)
    made = warnings.verify_alert(alert_id=alert_id, is_true=is_true, words=words, actor=actor, at=at)
    jobs.settle(key=key, result=str(alert_id))
    return made


@journey
def close_alert(*, alert_id: int, outcome: str, words: str, key: UUID, actor: Actor, at: datetime) -> Alert:
    """Say what became of it.

    Raises:
        Refusal: From `emergency.actions.warnings.close_alert`, and `key_reused`.

    """
    if earlier(key, "close_alert", (alert_id, outcome, words), actor=actor, at=at) is not None:
        return warnings.found_alert(alert_id)
    made = warnings.close_alert(alert_id=alert_id, outcome=outcome, words=words, actor=actor, at=at)
    jobs.settle(key=key, result=str(alert_id))
    return made


@journey
def note_alert(*, alert_id: int, words: str, key: UUID, actor: Actor, at: datetime) -> Alert:
    """Add a word to its timeline.

    Raises:
        Refusal: From `emergency.actions.warnings.note_alert`, and `key_reused`.

    """
    if earlier(key, "note_alert", (alert_id, words), actor=actor, at=at) is not None:
        return warnings.found_alert(alert_id)
    made = warnings.note_alert(alert_id=alert_id, words=words, actor=actor, at=at)
    jobs.settle(key=key, result=str(alert_id))
    return made
