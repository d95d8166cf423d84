"""The office sends an item of an instruction back to its owner, who is told."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import tell_owner
from songnuan.kernel.actor import Actor
from songnuan.tasks import actions as tasks


@journey
def send_back_item(*, task_id: int, remark: str, actor: Actor, at: datetime) -> None:
    """Send it back, with what is still to be done.

    Raises:
        Refusal: `not_permitted`, `person_needed`, `own_item`, `item_unknown`, `remark_missing`,
            `text_too_long`, `wrong_state`.

    """
    item = tasks.send_back(task_id=task_id, remark=remark, actor=actor, at=at)
    tell_owner(item, lambda name: _("Sent back: %(item)s") % {"item": name}, actor=actor, at=at)
