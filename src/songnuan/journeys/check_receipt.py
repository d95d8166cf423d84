"""The inspector calls a unit back: did it receive its kit, all of it, and keep it?"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.workdays import CalendarEnds, add_workdays
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, require, unit_names
from songnuan.tasks import actions as tasks
from songnuan.tasks.models import Task, TaskStatus
from songnuan.tasks.rules import RECEIPT
from songnuan.visits.actions import samples
from songnuan.visits.sample_models import BAD, ReceiptCheck, SampleReceipt
from songnuan.visits.sample_queries import find_drawn

CLEARED_WORKDAYS = 2  # until what is amiss is to be cleared up


@journey
def check_receipt(
    *,
    receipt_id: int,
    outcome: str,
    words: str,
    happened_on: date,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> bool:
    """Note what the call came to; where something is amiss, raise a task for the plan's office.

    Returns whether something is amiss. The same `key` again notes nothing twice.

    Raises:
        Refusal: `receipt_unknown`, `not_permitted`, `own_work`, `outcome_unknown`, `words_missing`,
            `text_too_long`, `number_of_person`, `happened_in_future`, `called_before_receipt`.

    """
    receipt = find_drawn(receipt_id)
    require(actor, Permission.RECEIPT_CHECK, unit_id=receipt.sample.plan.unit_id, at=at)
    digest = digest_rows([(receipt_id, outcome, words, happened_on.isoformat())])
    earlier = jobs.receive(key=key, purpose="check_receipt", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return earlier == "amiss"
    check = samples.check_receipt(
        receipt=receipt, outcome=outcome, words=words, happened_on=happened_on, actor=actor, at=at
    )
    is_amiss = check.outcome in BAD
    if is_amiss:
        _clear_up(receipt, check, actor, at)
    jobs.settle(key=key, result="amiss" if is_amiss else "fine")
    return is_amiss


def _clear_up(receipt: SampleReceipt, check: ReceiptCheck, actor: Actor, at: datetime) -> None:
    """Raise the task about a receipt, unless one is open, and tell the office."""
    plan, source = receipt.sample.plan, f"{RECEIPT}{receipt.pk}"
    if Task.objects.filter(source=source, status=TaskStatus.OPEN).exists():
        return
    day, owner_id = day_of(at), plan.office_id or plan.unit_id
    name = unit_names({receipt.unit_id}, day).get(receipt.unit_id, "")[:NAME_SHOWN]
    task = tasks.raise_task(
        plan_slug=plan.slug,
        source=source,
        title=_("Receipt to be cleared up: %(unit)s") % {"unit": name},
        detail=f"{check.get_outcome_display()}\n{check.words}",
        owner_id=owner_id,
        unit_id=receipt.unit_id,
        due_on=_due_on(day),
        actor=actor,
        at=at,
    )
    tell(
        holders(Permission.PROBLEM_CLOSE, owner_id, at),
        lambda: (_("Receipt to be cleared up: %(unit)s") % {"unit": name}, check.get_outcome_display()),
        topic="receipt.amiss",
        key=f"receipt:{check.pk}:amiss",
        url=f"/problems/{task.pk}/",
        actor=actor,
        at=at,
    )


def _due_on(day: date) -> date:
    """Return when it is due; where the table of working days ends, in a week of five days."""
    try:
        return add_workdays(day, CLEARED_WORKDAYS)
    except CalendarEnds:
        return day + timedelta(days=CLEARED_WORKDAYS + 2)
