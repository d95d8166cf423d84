"""The owner of an item of an instruction asks for a later due date; the office is told."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import tell_office
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.tasks import actions as tasks


@journey
def ask_extension(*, task_id: int, due_on: date, reason: str, actor: Actor, at: datetime) -> None:
    """Ask, with the reason.

    Raises:
        Refusal: `not_permitted`, `item_unknown`, `reason_missing`, `text_too_long`,
            `extension_not_later`, `due_too_far`, `extension_waits`, `wrong_state`.

    """
    item = tasks.ask_extension(task_id=task_id, due_on=due_on, reason=reason, actor=actor, at=at)

    def words(name: str) -> str:
        return _("%(day)s asked for: %(item)s") % {"day": written(due_on), "item": name}

    tell_office(item, words, actor=actor, at=at)
