"""The office gives an item of an instruction to another unit; both units are told."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import tell_former, tell_owner
from songnuan.kernel.actor import Actor
from songnuan.tasks import actions as tasks
from songnuan.tasks.models import Task


@journey
def reassign_item(*, task_id: int, owner_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Give it away, with the reason.

    Raises:
        Refusal: `not_permitted`, `person_needed`, `own_item`, `item_unknown`, `reason_missing`,
            `text_too_long`, `owner_same`, `owner_unknown`, `wrong_state`.

    """
    before = Task.objects.filter(pk=task_id).values_list("owner_id", flat=True).first()
    item = tasks.reassign(task_id=task_id, owner_id=owner_id, reason=reason, actor=actor, at=at)
    tell_owner(item, lambda name: _("For your unit now: %(item)s") % {"item": name}, actor=actor, at=at)
    if before is not None:
        tell_former(
            item,
            before,
            lambda name: _("With another unit now: %(item)s") % {"item": name},
            actor=actor,
            at=at,
        )
