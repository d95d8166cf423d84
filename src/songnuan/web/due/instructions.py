"""What is due of instructions (the own items, and what the office has to decide), and of plans' duties."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.journeys.measures.assignments import next_duties
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.tasks.instruction_queries import ItemRow, followed, open_items, to_decide, without_owner
from songnuan.tasks.models import TaskStatus
from songnuan.web.due.base import Desk, Due
from songnuan.web.views.shared import names_on


def to_follow(desk: Desk) -> Iterator[Due]:
    """Yield the items that the reader's units answer for."""
    own = open_items(desk.reach_ids(Permission.INSTRUCTION_ANSWER))
    names = names_on((item.owner_id for item in own), desk.day)
    for item in own:
        accepted = item.status == TaskStatus.ACCEPTED
        yield _due(
            item,
            desk,
            _("Item of an instruction for %(unit)s") % {"unit": names[item.owner_id]},
            _("Give feedback") if accepted else _("Accept"),
        )


def to_oversee(desk: Desk) -> Iterator[Due]:
    """Yield what the office has to see to: items that nobody answers for, that wait for it, that are late."""
    managed = desk.reach_ids(Permission.INSTRUCTION_MANAGE)
    orphans = without_owner(managed, desk.day)
    lying = {item.task_id for item in orphans}
    waiting = [item for item in to_decide(managed) if item.task_id not in lying]
    seen_to = lying | {item.task_id for item in waiting}
    own = desk.reach_ids(Permission.INSTRUCTION_ANSWER)
    late = [
        item
        for item in followed((), managed)
        if item.is_overdue(desk.day) and item.task_id not in seen_to and item.owner_id not in own
    ]
    names = names_on((item.owner_id for item in (*waiting, *late)), desk.day)
    for item in orphans:
        yield _due(item, desk, _("Its unit is closed: nobody answers for it."), _("Give it to another unit"))
    for item in late:
        detail = _("%(unit)s is late with an item of an instruction.") % {"unit": names[item.owner_id]}
        yield _due(item, desk, detail, _("See how far it is"))
    for item in waiting:
        facts = {"unit": names[item.owner_id], "item": item.title}
        if item.status == TaskStatus.ASKED:
            detail = _("%(unit)s asks for its closing.") % facts
        else:
            day = written(item.asked_due_on) if item.asked_due_on else ""
            detail = _("%(unit)s asks for %(day)s instead.") % {**facts, "day": day}
        yield Due(
            title=item.title,
            detail=detail,
            url=_url(item),
            action=_("Read and decide"),
            today=desk.day,
        )


def _due(item: ItemRow, desk: Desk, detail: str, action: str) -> Due:
    """Return the item as it is due on its day."""
    return Due(
        title=item.title,
        detail=detail,
        url=_url(item),
        action=action,
        due_on=item.due_on,
        original_due_on=item.original_due_on if item.is_extended else None,
        today=desk.day,
    )


def to_report(desk: Desk) -> Iterator[Due]:
    """Yield the duties that plans set and the reader may report; of one that comes again, the next time."""
    duties = next_duties(desk.reach_ids(Permission.DUTY_REPORT))
    names = names_on((row.owner_id for row in duties), desk.day)
    for row in duties:
        yield Due(
            title=row.title,
            detail=names[row.owner_id],
            url=reverse("problem", args=(row.task_id,)),
            action=_("Report it as done"),
            today=desk.day,
            due_on=row.due_on,
        )


def _url(item: ItemRow) -> str:
    return reverse("instruction", args=(item.instruction_id,)) + f"#item-{item.task_id}"
