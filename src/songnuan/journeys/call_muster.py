"""People are called together to a place by a time (集结); everybody with an account is told at once."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import muster
from songnuan.emergency.actions.muster import Call
from songnuan.emergency.models import Muster
from songnuan.emergency.noting import held_activation
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import earlier
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.models import User


@journey
def call_muster(*, activation_id: int, call: Call, key: UUID, actor: Actor, at: datetime) -> int:
    """Call the people of the call tree together, once for each `key`; return the id of the muster.

    Raises:
        Refusal: As `emergency.actions.muster.call_muster`, and `key_reused`.

    """
    held_activation(activation_id)
    if (found := earlier(key, "muster", (activation_id, call), actor=actor, at=at)) is not None:
        return found
    made = muster.call_muster(activation_id=activation_id, call=call, actor=actor, at=at)
    tell(
        User.objects.filter(pk__in=made.tree.people.filter(user__isnull=False).values("user")).order_by("pk"),
        partial(_words, made),
        topic="emergency.muster",
        key=f"emergency.muster:{made.pk}",
        url=f"/musters/{made.pk}/",
        plan=made.activation.measure.plan.title,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _words(made: Muster) -> tuple[str, str]:
    facts = {"place": made.place, "moment": written(made.due_at.astimezone(CHINA), "moment")}
    title = _("Drill! Muster at %(place)s by %(moment)s") if made.activation.is_drill else ""
    return (title or _("Muster at %(place)s by %(moment)s")) % facts, made.activation.reason


@journey
def close_muster(*, muster_id: int, actor: Actor, at: datetime) -> Muster:
    """Close a muster.

    Raises:
        Refusal: As `emergency.actions.muster.close_muster`.

    """
    return muster.close_muster(muster_id=muster_id, actor=actor, at=at)
