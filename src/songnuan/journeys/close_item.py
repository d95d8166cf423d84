"""The office closes an item of an instruction (销号); the owner is told."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import tell_owner
from songnuan.kernel.actor import Actor
from songnuan.tasks import actions as tasks


@journey
def close_item(*, task_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Close it, by somebody who has no part in it.

    Raises:
        Refusal: `not_permitted`, `person_needed`, `own_item`, `item_unknown`, `text_too_long`,
            `wrong_state`.

    """
    item = tasks.close(task_id=task_id, remark=remark, actor=actor, at=at)
    tell_owner(item, lambda name: _("Closed: %(item)s") % {"item": name}, actor=actor, at=at)
