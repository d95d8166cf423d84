"""The writer of instructions."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.tasks.instruction_queries import owners_of
from songnuan.tasks.instruction_rules import Head, NewItem, head_of, items_of
from songnuan.tasks.models import CoOwner, Instruction, Task, TaskStatus

STREAM = "instructions"


@transaction.atomic(savepoint=False)
def record_instruction(
    *,
    head: Head,
    unit_id: int,
    items: Sequence[NewItem],
    received_at: datetime,
    plan_slug: str = "",
    basis: str = "",
    scan_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> Instruction:
    """Enter an instruction that reached `unit_id`, and assign its items to units below.

    Args:
        head: What it says of itself.
        unit_id: Whose office follows it up.
        items: What is to be done, in the order of the sheet.
        received_at: When it reached the unit.
        plan_slug: The plan that rests on it, if any.
        basis: The title it has among that plan's basis.
        scan_id: The stored file with its picture, if any.
        actor: Who enters it.
        at: When.

    Raises:
        NotPermitted: The actor does not follow up instructions of that unit.
        Refusal: What `head_of` and `items_of` refuse; `received_in_future`; `instruction_known` when the
            issuer's number is entered already.

    """
    require(actor, Permission.INSTRUCTION_MANAGE, unit_id=unit_id, at=at)
    if received_at > at:
        sentence = _("The time of receipt has not come yet. Check it.")
        raise Refusal("received_in_future", sentence, field="received_at")
    today, received_on = day_of(at), day_of(received_at)
    told = head_of(head, received_on=received_on)
    owners = owners_of(unit_id, today).keys()
    tidy = items_of(items, received_on=received_on, owners=owners, helpers=owners | {unit_id})
    row = _enter(told, unit_id, actor, at, received_at, plan_slug, basis, scan_id)
    for place, item in enumerate(tidy, 1):
        _assign(row, item, place, at)
    _note(row, len(tidy), actor, at)
    return row


def _enter(  # noqa: PLR0917 - the columns of one row
    head: Head,
    unit_id: int,
    actor: Actor,
    at: datetime,
    received_at: datetime,
    plan_slug: str,
    basis: str,
    scan_id: int | None,
) -> Instruction:
    columns = {
        "kind": head.kind,
        "title": head.title,
        "dated_on": head.dated_on,
        "text": head.text,
        "plan_slug": plan_slug,
        "basis": basis,
        "scan_id": scan_id,
        "received_at": received_at,
        "recorded_at": at,
        "recorded_by_id": actor.user_id,
    }
    key = {"unit_id": unit_id, "issuer": head.issuer, "number": head.number}
    if not head.number:
        return Instruction.objects.create(**key, **columns)
    row, is_new = Instruction.objects.get_or_create(**key, defaults=columns)
    if not is_new:
        sentence = _("%(issuer)s %(number)s is entered already, as “%(title)s”.")
        facts = {"issuer": row.issuer, "number": row.number, "title": row.title}
        raise Refusal("instruction_known", sentence % facts, field="number", instruction=row.pk)
    return row


def _assign(row: Instruction, item: NewItem, place: int, at: datetime) -> None:
    task = Task.objects.create(
        instruction=row,
        position=place,
        plan_slug=row.plan_slug,
        source=f"tasks.instruction:{row.pk}",
        title=item.matter,
        owner_id=item.owner_id,
        unit_id=row.unit_id,
        raised_at=at,
        due_on=item.due_on,
        original_due_on=item.due_on,
        status=TaskStatus.ASSIGNED,
    )
    CoOwner.objects.bulk_create(CoOwner(task=task, unit_id=pk) for pk in item.co_owner_ids)


def _note(row: Instruction, count: int, actor: Actor, at: datetime) -> None:
    record(
        stream=STREAM,
        action="tasks.record_instruction",
        subject=f"tasks.instruction:{row.pk}",
        actor=actor,
        at=at,
        facts={
            "number": row.number,
            "dated_on": row.dated_on,
            "received_at": row.received_at,
            "unit": row.unit_id,
            "count": count,
            "plan": row.plan_slug or None,
        },
    )
