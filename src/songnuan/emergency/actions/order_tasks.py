"""What of a superior's order is given to a unit or a person, answered, acknowledged or sent back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.emergency.actions.orders import check_right
from songnuan.emergency.command_rules import short, words
from songnuan.emergency.models import Asks, Order, OrderTask, OrderTaskAct, OrderTaskVerb
from songnuan.emergency.models.order_tasks import TASK_LONGEST
from songnuan.emergency.noting import held_measure, note, person
from songnuan.emergency.order_task_lifecycle import ORDER_TASK
from songnuan.emergency.order_task_queries import is_for, people_for, units_for
from songnuan.emergency.order_task_rules import check_due
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is to be done by when, by a unit or by a person: one of the two."""

    what: str
    due_at: datetime
    unit_id: int | None = None
    owner_id: int | None = None


@transaction.atomic(savepoint=False)
def assign_task(*, order_id: int, new: NewTask, actor: Actor, at: datetime) -> OrderTask:
    """Give a part of an order to a unit or a person.

    Args:
        order_id: The order; one that asks for something else than an act takes no task once it is answered.
        new: What is to be done.
        actor: Who takes in orders: the office, or a member of the leading group.
        at: When.

    Raises:
        Refusal: `order_unknown`, `not_permitted`, `person_needed`, `order_answered`, `measure_closed`,
            `words_missing`, `text_too_long`, `task_past`, `task_after_order`, `task_to` unless it is for
            a unit or a person of the plan's unit or below, `task_nobody` for a unit in which nobody can
            answer.

    """
    order = held_order(order_id)
    check_right(order.measure, actor, at)
    if order.asks == Asks.OTHER and order.answered_at is not None:
        sentence = _("This order is answered: nothing of it is given to anybody any more.")
        raise Refusal("order_answered", sentence, order=order.pk)
    what = words(new.what, field="what", longest=TASK_LONGEST)
    check_due(new.due_at, order.due_at, at)
    _check_to(order, new, at)
    task = OrderTask.objects.create(
        order=order,
        number=OrderTask.objects.filter(order=order).count() + 1,
        what=what,
        unit_id=new.unit_id,
        owner_id=new.owner_id,
        due_at=new.due_at,
        assigned_by_id=person(actor),
        assigned_at=at,
    )
    _note(task, "assign_task", actor, at, order=order.pk, unit=new.unit_id, user=new.owner_id)
    return task


def held_order(order_id: int) -> Order:
    """Return an order, held until commit: of two who give out its tasks, or answer it, the second waits.

    Its measure is held before it, as by everything that commands.

    Raises:
        Refusal: `order_unknown`, `measure_closed`.

    """
    measure_id = Order.objects.filter(pk=order_id).values_list("measure", flat=True).first()
    if measure_id is None:
        raise Refusal("order_unknown", _("There is no such order. Open it from the list."))
    held_measure(measure_id)
    Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    return Order.objects.select_related("measure__plan", "activation").get(pk=order_id)


def _check_to(order: Order, new: NewTask, at: datetime) -> None:
    on = day_of(at)
    is_unit = new.unit_id is not None and units_for(order, on).filter(pk=new.unit_id).exists()
    is_person = new.owner_id is not None and people_for(order, on).filter(pk=new.owner_id).exists()
    if (new.unit_id is None) == (new.owner_id is None) or not (is_unit or is_person):
        raise Refusal("task_to", _("Choose a section or unit of the plan, or a person of it."), field="to")
    if new.unit_id is not None and not holders(Permission.SITUATION_REPORT, new.unit_id, at).exists():
        sentence = _("Nobody of this unit has an account that answers for it. Choose a person.")
        raise Refusal("task_nobody", sentence, field="to", unit=new.unit_id)


@transaction.atomic(savepoint=False)
def answer_task(
    *, order_task_id: int, text: str, file_id: int | None = None, actor: Actor, at: datetime
) -> OrderTask:
    """Answer a task in words, with a file where there is one; late it is marked, never refused.

    Raises:
        Refusal: `order_task_unknown`, `task_not_yours`, `person_needed`, `wrong_state`, `words_missing`,
            `text_too_long`.

    """
    task = found_task(order_task_id)
    person(actor)
    if not is_for(task, actor, at):
        sentence = _("This task is somebody else's. Whoever it was given to answers it.")
        raise NotPermitted("task_not_yours", sentence, order=task.order_id)
    kept = words(text, field="words")
    ORDER_TASK.move_one(_rows(task), "answer", answered_at=at)
    return _acted(task, OrderTaskVerb.ANSWER, kept, actor, at, file_id=file_id)


@transaction.atomic(savepoint=False)
def acknowledge_task(*, order_task_id: int, text: str = "", actor: Actor, at: datetime) -> OrderTask:
    """Acknowledge the answer to a task: it is done. Nobody acknowledges an answer of their own.

    Raises:
        Refusal: `order_task_unknown`, `not_permitted`, `person_needed`, `own_answer`, `wrong_state`,
            `text_too_long`.

    """
    task = found_task(order_task_id)
    check_right(task.order.measure, actor, at)
    _check_not_own(task, actor)
    kept = short(text, field="words", longest=TASK_LONGEST)
    ORDER_TASK.move_one(_rows(task), "acknowledge")
    return _acted(task, OrderTaskVerb.ACKNOWLEDGE, kept, actor, at)


@transaction.atomic(savepoint=False)
def send_back_task(*, order_task_id: int, text: str, actor: Actor, at: datetime) -> OrderTask:
    """Send the answer to a task back, saying what is missing: it waits for an answer again, due as before.

    Raises:
        Refusal: `order_task_unknown`, `not_permitted`, `person_needed`, `own_answer`, `wrong_state`,
            `words_missing`, `text_too_long`.

    """
    task = found_task(order_task_id)
    check_right(task.order.measure, actor, at)
    _check_not_own(task, actor)
    kept = words(text, field="words")
    ORDER_TASK.move_one(_rows(task), "send_back", answered_at=None)
    return _acted(task, OrderTaskVerb.SEND_BACK, kept, actor, at)


@transaction.atomic(savepoint=False)
def withdraw_task(*, order_task_id: int, text: str, actor: Actor, at: datetime) -> OrderTask:
    """Withdraw a task that nobody has answered, saying why.

    Raises:
        Refusal: `order_task_unknown`, `not_permitted`, `person_needed`, `wrong_state`, `words_missing`,
            `text_too_long`.

    """
    task = found_task(order_task_id)
    check_right(task.order.measure, actor, at)
    kept = words(text, field="words")
    ORDER_TASK.move_one(_rows(task), "withdraw")
    return _acted(task, OrderTaskVerb.WITHDRAW, kept, actor, at)


def found_task(order_task_id: int) -> OrderTask:
    """Return a task.

    Raises:
        Refusal: `order_task_unknown`.

    """
    told = ("order__measure__plan", "order__activation", "unit", "owner", "assigned_by")
    found = OrderTask.objects.select_related(*told).filter(pk=order_task_id).first()
    if found is None:
        raise Refusal("order_task_unknown", _("There is no such task. Open it from the order."))
    return found


def _check_not_own(task: OrderTask, actor: Actor) -> None:
    newest = task.acts.filter(verb=OrderTaskVerb.ANSWER).order_by("-pk").first()
    if newest is not None and newest.by_id == actor.user_id:
        sentence = _("This answer is your own. Somebody else of the office or the leading group looks at it.")
        raise NotPermitted("own_answer", sentence, order=task.order_id)


def _rows(task: OrderTask) -> QuerySet[OrderTask]:
    return OrderTask.objects.filter(pk=task.pk)


def _acted(
    task: OrderTask, verb: OrderTaskVerb, said: str, actor: Actor, at: datetime, *, file_id: int | None = None
) -> OrderTask:
    OrderTaskAct.objects.create(task=task, verb=verb, words=said, file_id=file_id, by_id=person(actor), at=at)
    _note(task, f"{verb.value}_task", actor, at, order=task.order_id)
    task.refresh_from_db()
    return task


def _note(task: OrderTask, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    note(task.order.measure, verb, f"emergency.ordertask:{task.pk}", actor, at, **facts)
