"""The office decides about a later due date of an item of an instruction; the owner is told."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import tell_owner
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.tasks import actions as tasks


@journey
def answer_extension(
    *, task_id: int, due_on: date, allowed: bool, remark: str = "", actor: Actor, at: datetime
) -> None:
    """Allow the day that was asked for, or keep the date as it is, with the reason.

    Raises:
        Refusal: `not_permitted`, `person_needed`, `own_item`, `item_unknown`, `remark_missing`,
            `text_too_long`, `wrong_state` when that day is not asked for (any more).

    """
    decide = tasks.allow_extension if allowed else tasks.refuse_extension
    item = decide(task_id=task_id, due_on=due_on, remark=remark, actor=actor, at=at)

    def words(name: str) -> str:
        sentence = _("Later date %(day)s allowed: %(item)s") if allowed else _("The date stays: %(item)s")
        return sentence % {"day": written(due_on), "item": name}

    tell_owner(item, words, actor=actor, at=at)
