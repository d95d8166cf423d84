"""The owner of an item of an instruction asks the office to close it; the office is told."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import tell_office
from songnuan.kernel.actor import Actor
from songnuan.tasks import actions as tasks


@journey
def ask_item_closing(*, task_id: int, text: str, actor: Actor, at: datetime) -> None:
    """Ask, with what came of it.

    Raises:
        Refusal: `not_permitted`, `person_needed`, `item_unknown`, `feedback_missing`, `text_too_long`,
            `wrong_state`.

    """
    item = tasks.ask_closing(task_id=task_id, text=text, actor=actor, at=at)
    tell_office(item, lambda name: _("To be closed: %(item)s") % {"item": name}, actor=actor, at=at)
