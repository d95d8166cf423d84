"""Owners of items are reminded before and after the due date; the office hears of long delays."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_items import item_url
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.journeys.working_days import workdays_left
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.tasks.instruction_queries import ItemRow, unfinished

SOON = 3
"""Working days before the due date from which on the owner is reminded."""
ESCALATED = 3
"""Working days after the due date from which on the office is told."""


@journey
def remind_of_items(*, actor: Actor, at: datetime) -> int:
    """Leave a notice for each stage an item has reached, once for each stage and due date.

    Returns:
        How many items are due soon or overdue.

    """
    today = day_of(at)
    told = 0
    for item in unfinished():
        left = workdays_left(today, item.due_on)
        if left > SOON:
            continue
        told += 1
        stage, words = ("over", _over) if item.due_on < today else ("soon", _soon)
        _remind(item, Permission.INSTRUCTION_ANSWER, item.owner_id, stage, words, actor, at)
        if item.due_on < today and -left >= ESCALATED:
            _remind(item, Permission.INSTRUCTION_MANAGE, item.unit_id, "escalated", _escalated, actor, at)
    return told


def _remind(  # noqa: PLR0917 - one notice: of what, to whom, which
    item: ItemRow,
    permission: Permission,
    unit_id: int,
    stage: str,
    words: Callable[[ItemRow, str, date], tuple[str, str]],
    actor: Actor,
    at: datetime,
) -> None:
    owner = names_then([item.owner_id], day_of(at))[item.owner_id]
    tell(
        holders(permission, unit_id, at),
        partial(words, item, owner, day_of(at)),
        topic=f"item.{stage}",
        key=f"item:{item.task_id}:{stage}:{item.due_on.isoformat()}",
        url=item_url(item.instruction_id, item.task_id),
        actor=actor,
        at=at,
    )


def _soon(item: ItemRow, owner: str, _today: date) -> tuple[str, str]:
    title = _("Due on %(day)s: %(item)s")
    return title % {"day": written(item.due_on), "item": item.title[:NAME_SHOWN]}, owner


def _over(item: ItemRow, owner: str, _today: date) -> tuple[str, str]:
    title = _("Overdue since %(day)s: %(item)s")
    body = _("%(unit)s: say how far it is, ask for a later date with the reason, or ask for its closing.")
    return title % {"day": written(item.due_on), "item": item.title[:NAME_SHOWN]}, body % {"unit": owner}


def _escalated(item: ItemRow, owner: str, today: date) -> tuple[str, str]:
    title = _("%(unit)s is late: %(item)s")
    latest = item.latest.text if item.latest else _("No feedback yet.")
    body = _("Due on %(day)s, %(days)s days ago. %(latest)s")
    facts = {"day": written(item.due_on), "days": (today - item.due_on).days, "latest": latest}
    return title % {"unit": owner[:NAME_SHOWN], "item": item.title[:NAME_SHOWN]}, body % facts
