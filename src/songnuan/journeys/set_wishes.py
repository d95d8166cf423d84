"""Somebody says when to be reminded, and in which language."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.outreach import actions as outreach
from songnuan.outreach.rules import Hours


@journey
def set_wishes(*, hours: Hours, language: str, actor: Actor, at: datetime) -> bool:
    """Keep both; return whether anything differed.

    Raises:
        Refusal: `reminders_of_nobody`, `digest_in_quiet`, `language_unknown`.

    """
    differed = outreach.set_wishes(hours=hours, actor=actor, at=at)
    changed = organisation.change_user(user_id=outreach.own(actor), actor=actor, at=at, language=language)
    return differed or changed
