"""Somebody acknowledges an alert, verifies it, notes something, or closes it; each once for a key."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import warnings
from songnuan.emergency.models import Alert, AlertStatus
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import earlier
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal


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
def acknowledge_alerts(
    *, alert_ids: Collection[int], words: str = "", key: UUID, actor: Actor, at: datetime
) -> int:
    """Take several alerts on in one act; return how many. Each stands on the trail and in its own timeline.

    What somebody else took on meanwhile is passed over; where one may not be taken on, none is.

    Raises:
        Refusal: `alert_unknown`, `not_permitted`, `text_too_long`, `alerts_none` where none was chosen,
            `alerts_taken` where others took all of them on, and `key_reused`.

    """
    wanted = sorted(set(alert_ids))
    if (before := earlier(key, "acknowledge_alerts", (*wanted, words), actor=actor, at=at)) is not None:
        return before
    if not wanted:
        raise Refusal("alerts_none", _("Tick the alerts that you acknowledge."), field="alerts")
    taken = 0
    for alert_id in wanted:
        if warnings.found_alert(alert_id).status != AlertStatus.RAISED:
            continue
        warnings.acknowledge_alert(alert_id=alert_id, words=words, actor=actor, at=at)
        taken += 1
    if not taken:
        raise Refusal("alerts_taken", _("Others acknowledged all of them meanwhile. Reload the page."))
    jobs.settle(key=key, result=str(taken))
    return taken


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
