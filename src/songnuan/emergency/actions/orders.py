"""What superiors order is taken in as it came, and answered."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.command_lifecycle import HANDOVER
from songnuan.emergency.command_queries import member_of, offer_of
from songnuan.emergency.command_rules import SHORT_LONGEST, check_times, may_succeed, short, words
from songnuan.emergency.models import (
    Activation,
    ActivationStatus,
    ActVerb,
    Asks,
    Handover,
    HandoverStatus,
    Member,
    Order,
    OrderTask,
    Way,
)
from songnuan.emergency.noting import Line, act, held_activation, held_measure, note, person
from songnuan.emergency.order_task_lifecycle import UNFINISHED
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse
from songnuan.plans.models import Measure


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was ordered, as it came in. `activation_id` is the response that it speaks of."""

    asks: str
    way: str
    issuer: str
    number: str
    text: str
    received_at: datetime
    received_where: str = ""
    due_at: datetime | None = None
    activation_id: int | None = None
    successor_id: int | None = None


@transaction.atomic(savepoint=False)
def take_in_order(
    *, measure_id: int, ordered: Ordered, issuers: tuple[str, ...], actor: Actor, at: datetime
) -> Order:
    """Take in what a superior ordered; one that names a successor offers them the authority at once.

    Nothing else comes of it: whoever may, carries it out, and it is due from them.

    Args:
        measure_id: The measure.
        ordered: The order.
        issuers: The positions that sign, as the plan says.
        actor: Who has EMERGENCY_MANAGE over the unit, or a member of the group; one that names a successor
            is taken in by the office alone, and not by the one it names.
        at: When it is entered.

    Raises:
        Refusal: `not_permitted`, `own_place`, `order_asks`, `order_way`, `order_issuer`, `words_missing`,
            `text_too_long`, `happens_later`, `order_due`, `order_twice`, `order_about` where it names no
            response in force, `successor_unfit`, `measure_closed`.

    """
    measure = held_measure(measure_id)
    check_right(measure, actor, at, successor=ordered.asks == Asks.SUCCESSOR)
    facts = _facts(ordered, at)
    activation = _about(measure, ordered)
    successor = _successor(measure, ordered, activation, issuers, at)
    if successor is not None and successor.user_id == actor.user_id:
        sentence = _("Nobody takes in an order that names themselves. Let somebody else of the office do it.")
        raise NotPermitted("own_place", sentence)
    try:
        with transaction.atomic():  # the database alone knows whether the number stands
            row = Order.objects.create(
                measure=measure,
                activation=activation,
                successor=successor,
                recorded_by_id=actor.user_id,
                recorded_at=at,
                **facts,
            )
    except IntegrityError:
        sentence = _("%(number)s of %(issuer)s is entered already. Open it from the list of orders.")
        raise Refusal("order_twice", sentence % facts, field="number") from None
    if activation is not None:
        _tell_timeline(row, activation, actor, at)
    told = {"asks": row.asks, "arrived": row.way, "issuer": row.issuer, "number": row.number}
    note(measure, "take_in_order", f"emergency.order:{row.pk}", actor, at, **told)
    return row


def check_right(measure: Measure, actor: Actor, at: datetime, *, successor: bool = False) -> None:
    """Let pass who takes in orders; who names a `successor` is of the office.

    Raises:
        NotPermitted: `not_permitted`, `person_needed`.

    """
    if member_of(measure.pk, person(actor), day_of(at)) is not None and not successor:
        return
    if not permits(actor, Permission.EMERGENCY_MANAGE, unit_id=measure.plan.unit_id, at=at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=measure.plan.unit_id)


def _facts(ordered: Ordered, at: datetime) -> dict[str, object]:
    """Return the columns of what was ordered."""
    if ordered.asks not in Asks.values:
        raise Refusal("order_asks", _("Choose what is ordered."), field="asks")
    if ordered.way not in Way.values:
        raise Refusal("order_way", _("Choose how the order arrived."), field="way")
    issuer = short(ordered.issuer, field="issuer", longest=SHORT_LONGEST)
    if not issuer:
        raise Refusal("order_issuer", _("Write who gave the order."), field="issuer")
    check_times(ordered.received_at, at, field="received_at")
    if ordered.due_at is not None and ordered.due_at <= ordered.received_at:
        sentence = _("It is due before it was received. Correct one of the two.")
        raise Refusal("order_due", sentence, field="due_at")
    return {
        "asks": ordered.asks,
        "way": ordered.way,
        "issuer": issuer,
        "number": short(ordered.number, field="number", longest=60),
        "text": words(ordered.text, field="text"),
        "received_at": ordered.received_at,
        "received_where": short(ordered.received_where, field="received_where"),
        "due_at": ordered.due_at,
    }


def _about(measure: Measure, ordered: Ordered) -> Activation | None:
    """Return the response that the order speaks of.

    Raises:
        Refusal: `order_about`.

    """
    if ordered.asks not in {Asks.END, Asks.SUCCESSOR}:
        return None
    rows = Activation.objects.filter(measure=measure, status=ActivationStatus.ACTIVE)
    found = rows.filter(pk=ordered.activation_id or 0).values_list("pk", flat=True).first()
    if found is None:
        sentence = _("Choose which response in force the order speaks of.")
        raise Refusal("order_about", sentence, field="activation")
    return held_activation(found)


def _successor(
    measure: Measure,
    ordered: Ordered,
    activation: Activation | None,
    issuers: tuple[str, ...],
    at: datetime,
) -> Member | None:
    if ordered.asks != Asks.SUCCESSOR or activation is None:
        return None
    row = Member.objects.filter(pk=ordered.successor_id or 0, measure=measure).first()
    found = member_of(measure.pk, row.user_id, day_of(at)) if row is not None else None
    return checked_successor(found, activation, issuers)


def checked_successor(found: Member | None, activation: Activation, issuers: tuple[str, ...]) -> Member:
    """Return who may be given the authority to end a response.

    Raises:
        Refusal: `successor_unfit`.

    """
    if found is None or not may_succeed(found, issuers) or found.user_id == activation.holder.user_id:
        sentence = _(
            "Only a member of the group who signs orders or is a deputy leader, and does not hold the"
            " authority already, can take it on. Choose somebody else."
        )
        raise Refusal("successor_unfit", sentence, field="successor")
    return found


def _tell_timeline(row: Order, activation: Activation, actor: Actor, at: datetime) -> None:
    """Note the order in the timeline of the response; offer the authority to whom it names."""
    verb = ActVerb.ORDERED_SUCCESSOR if row.successor is not None else ActVerb.ORDERED_END
    received_at = max(row.received_at, activation.issued_at)
    line = Line(words=row.text, order=row, other=row.successor, happened_at=received_at)
    act(activation, verb, line, actor, at)
    if row.successor is not None:
        # What a superior orders goes before an offer that nobody has answered.
        if (earlier := offer_of(activation.pk)) is not None:
            HANDOVER.move_one(Handover.objects.filter(pk=earlier.pk), "take_back", answered_at=at)
            act(activation, ActVerb.TAKE_BACK, Line("", earlier.giver, earlier.successor, row), actor, at)
            if earlier.order is not None:
                settle_order(earlier.order, f"{row.issuer} {row.number}".strip(), actor, at)
        Handover.objects.create(
            activation=activation,
            giver=activation.holder,
            successor=row.successor,
            order=row,
            reason=row.text,
            offered_by_id=person(actor),
            offered_at=at,
        )


@transaction.atomic(savepoint=False)
def answer_order(*, order_id: int, answer: str, actor: Actor, at: datetime) -> Order:
    """Answer an order by words: what was done, or why nothing was.

    Raises:
        Refusal: `order_unknown`, `not_permitted`, `words_missing`, `text_too_long`, `wrong_state` when it is
            answered already, `order_by_act` while the response that it orders to end is in force, or the
            successor whom it names has not answered, `tasks_open` while a task of it is not finished.

    """
    Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    row = Order.objects.select_related("measure__plan", "activation").filter(pk=order_id).first()
    if row is None:
        raise Refusal("order_unknown", _("There is no such order. Open it from the list."))
    check_right(row.measure, actor, at)
    if row.asks == Asks.END and row.activation and row.activation.status == ActivationStatus.ACTIVE:
        sentence = _("This order is answered by ending the response, by whoever may end it.")
        raise Refusal("order_by_act", sentence, field="answer")
    if Handover.objects.filter(order=row, status=HandoverStatus.OFFERED).exists():
        sentence = _("This order is answered by the successor, who takes the authority on or declines it.")
        raise Refusal("order_by_act", sentence, field="answer")
    waiting = OrderTask.objects.filter(order=row, status__in=UNFINISHED).count()
    if waiting:
        sentence = ngettext(
            "%(count)s task of this order is not finished. Acknowledge its answer, or withdraw it, first.",
            "%(count)s tasks of this order are not finished. Acknowledge their answers, or withdraw them,"
            " first.",
            waiting,
        )
        raise Refusal("tasks_open", sentence % {"count": waiting}, field="answer", order=row.pk)
    settle_order(row, words(answer, field="answer"), actor, at)
    note(row.measure, "answer_order", f"emergency.order:{row.pk}", actor, at)
    return row


def settle_order(row: Order, answer: str, actor: Actor, at: datetime) -> None:
    """Keep the answer to an order, once.

    Raises:
        Refusal: `wrong_state`.

    """
    updates = {"answered_at": at, "answered_by": actor.user_id, "answer": answer}
    if not Order.objects.filter(pk=row.pk, answered_at__isnull=True).update(**updates):
        sentence = _("This order was answered already. Reload the page.")
        raise Refusal("wrong_state", sentence, order=row.pk)
    row.refresh_from_db()
