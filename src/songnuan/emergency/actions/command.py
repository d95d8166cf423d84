"""A response is set in motion, changed, handed over, and stood down by whoever may."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from songnuan.emergency.actions.muster import close_running
from songnuan.emergency.actions.orders import checked_successor, settle_order
from songnuan.emergency.command_lifecycle import ACTIVATION, HANDOVER
from songnuan.emergency.command_queries import member_of, offer_of, signing_of
from songnuan.emergency.command_rules import SCOPE_LONGEST, Signing, check_holder, number_words, short, words
from songnuan.emergency.models import (
    Activation,
    ActivationStatus,
    ActVerb,
    Asks,
    Handover,
    Order,
)
from songnuan.emergency.models.command import REASON_LONGEST
from songnuan.emergency.noting import Line, act, held_activation, held_measure, note, person
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, NotPermitted, Refusal
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, MeasureStatus


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the plan says: levels by key with their words, positions that sign, the code of its numbers."""

    levels: dict[str, str]
    issuers: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Launch:
    """How a response is set in motion; `order_id` is the superior's order that it rests on, if it does."""

    level: str
    scope: str
    reason: str
    is_drill: bool = False
    order_id: int | None = None


@transaction.atomic(savepoint=False)
def activate(
    *, measure_id: int, launch: Launch, allowed: Allowed, serial: int, actor: Actor, at: datetime
) -> Activation:
    """Set a response in motion; whoever signs it may end it.

    Args:
        measure_id: The measure.
        launch: What is signed.
        allowed: What the plan says.
        serial: Its number in the plan and year, taken in the same transaction.
        actor: A member whose position signs, or who stands in for one at this moment.
        at: When.

    Raises:
        Refusal: `emergency_not_entitled`, `already_active`, `response_level_unknown`, `words_missing`,
            `text_too_long`, `order_unfit`, `measure_closed`, `person_needed`.

    """
    measure = held_measure(measure_id)
    by = _signing(measure, allowed, actor, at)
    standing = Activation.objects.filter(
        measure=measure, is_drill=launch.is_drill, status=ActivationStatus.ACTIVE
    )
    if standing.exists():
        sentence = _("It is in force already. Change its level, or stand it down first.")
        raise Refusal("already_active", sentence, activation=standing.values_list("pk", flat=True)[0])
    label = _level(launch.level, allowed)
    order = _order(measure, launch)
    reason = words(launch.reason, field="reason")
    row = Activation.objects.create(
        measure=measure,
        is_drill=launch.is_drill,
        year=day_of(at).year,
        serial=serial,
        code=allowed.code,
        level=launch.level,
        level_label=label,
        scope=words(launch.scope, field="scope", longest=SCOPE_LONGEST),
        reason=reason,
        order=order,
        issued_by_id=person(actor),
        issued_as=by.member,
        stands_for=by.stands_for,
        issued_at=at,
        holder=by.member,
    )
    line = Line(reason, by.member, by.stands_for, order, (row.level, label))
    act(row, ActVerb.ACTIVATE, line, actor, at)
    if order is not None:
        settle_order(order, _printed(row), actor, at)
    _note(
        row,
        "activate",
        actor,
        at,
        response_level=row.level,
        drill=row.is_drill,
        order=row.order_id,
        serial=serial,
    )
    return row


def _signing(measure: Measure, allowed: Allowed, actor: Actor, at: datetime) -> Signing:
    """Return how the actor signs orders.

    Raises:
        NotPermitted: `emergency_not_entitled`, `person_needed`.
        Refusal: `measure_closed`.

    """
    if measure.status != MeasureStatus.OPEN:
        raise Refusal("measure_closed", _("The plan is not under way any more."), measure=measure.pk)
    by = signing_of(measure.pk, allowed.issuers, person(actor), at)
    if by is None:
        sentence = _(
            "Only members of the leading group who sign orders by the plan, or act for one of them now, set a"
            " response in motion. Tell them what happened."
        )
        raise NotPermitted("emergency_not_entitled", sentence, measure=measure.pk)
    return by


@transaction.atomic(savepoint=False)
def change_level(
    *, activation_id: int, level: str, reason: str, allowed: Allowed, actor: Actor, at: datetime
) -> Activation:
    """Raise or lower the level of a response.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `not_the_holder`, `response_level_unknown`,
            `level_same`, `words_missing`, `text_too_long`.

    """
    row = _held_by(activation_id, actor)
    label = _level(level, allowed)
    if level == row.level:
        raise Refusal("level_same", _("It has this level already. Choose another."), field="level")
    told = words(reason, field="reason")
    ACTIVATION.move_one(_rows(row), "change_level", level=level, level_label=label)
    act(row, ActVerb.LEVEL, Line(told, row.holder, level=(level, label)), actor, at)
    _note(row, "change_level", actor, at, response_level=level)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def assess(*, activation_id: int, should_end: bool, text: str, actor: Actor, at: datetime) -> Activation:
    """Record that the group assessed the response: it goes on, or should end. It ends nothing.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `not_a_member`, `words_missing`, `text_too_long`.

    """
    row = held_activation(activation_id)
    own = member_of(row.measure_id, person(actor), day_of(at))
    if own is None:
        sentence = _("Only members of the leading group assess whether the response goes on.")
        raise NotPermitted("not_a_member", sentence, activation=row.pk)
    verb = ActVerb.END_IT if should_end else ActVerb.GO_ON
    act(row, verb, Line(words(text), own), actor, at)
    _note(row, "assess", actor, at, assessed=verb.value)
    return row


@transaction.atomic(savepoint=False)
def offer_handover(
    *, activation_id: int, successor_id: int, reason: str, allowed: Allowed, actor: Actor, at: datetime
) -> Handover:
    """Offer the authority to end a response to somebody of the group; until they accept, nothing changes.

    Args:
        activation_id: Which response.
        successor_id: The user who is asked.
        reason: Why.
        allowed: What the plan says.
        actor: The holder.
        at: When.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `not_the_holder`, `successor_unfit`,
            `handover_offered`, `words_missing`, `text_too_long`.

    """
    row = _held_by(activation_id, actor)
    asked = member_of(row.measure_id, successor_id, day_of(at))
    successor = checked_successor(asked, row, allowed.issuers)
    if offer_of(row.pk) is not None:
        sentence = _("The authority is offered to somebody already. Wait for the answer, or take it back.")
        raise Refusal("handover_offered", sentence, field="successor")
    told = words(reason, field="reason")
    offer = Handover.objects.create(
        activation=row,
        giver=row.holder,
        successor=successor,
        reason=told,
        offered_by_id=person(actor),
        offered_at=at,
    )
    act(row, ActVerb.OFFER, Line(told, row.holder, successor), actor, at)
    _note(row, "offer_handover", actor, at, delegate=successor_id)
    return offer


@transaction.atomic(savepoint=False)
def answer_handover(
    *, activation_id: int, accept: bool, remark: str = "", allowed: Allowed, actor: Actor, at: datetime
) -> Activation:
    """Take on the authority to end a response, or decline it, saying why; taken on twice, it is so once.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `handover_not_yours`, `successor_unfit` for who has
            left the group or has another place in it since, `words_missing`, `text_too_long`.

    """
    row = held_activation(activation_id)
    offer = offer_of(row.pk)
    if accept and offer is None and row.holder.user_id == person(actor) and row.holder != row.issued_as:
        return row
    if offer is None or offer.successor.user_id != person(actor):
        raise _not_yours(row)
    told = short(remark, field="remark", longest=REASON_LONGEST) if accept else words(remark, field="remark")
    answered = "accept" if accept else "decline"
    if accept:
        checked_successor(
            member_of(row.measure_id, offer.successor.user_id, day_of(at)), row, allowed.issuers
        )
    HANDOVER.move_one(Handover.objects.filter(pk=offer.pk), answered, answered_at=at)
    if accept:
        ACTIVATION.move_one(_rows(row), "hand_over", holder=offer.successor)
    act(row, ActVerb(answered), Line(told, offer.successor, offer.giver), actor, at)
    if offer.order is not None:
        with override(settings.LANGUAGE_CODE):  # it is kept, and read by all
            answer = _("The successor accepted.") if accept else _("The successor declined.")
        settle_order(offer.order, answer, actor, at)
    _note(row, f"{answered}_handover", actor, at, giver=offer.giver.user_id)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def take_back_handover(*, activation_id: int, actor: Actor, at: datetime) -> Activation:
    """Take back an offer that was not answered yet; that of a superior's order stands.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `handover_not_yours`.

    """
    row = held_activation(activation_id)
    offer = offer_of(row.pk)
    if offer is None or offer.order is not None or offer.giver.user_id != person(actor):
        raise _not_yours(row)
    HANDOVER.move_one(Handover.objects.filter(pk=offer.pk), "take_back", answered_at=at)
    act(row, ActVerb.TAKE_BACK, Line("", offer.giver, offer.successor), actor, at)
    _note(row, "take_back_handover", actor, at, delegate=offer.successor.user_id)
    return row


@transaction.atomic(savepoint=False)
def stand_down(
    *,
    activation_id: int,
    reason: str,
    order_id: int | None = None,
    serial: int,
    actor: Actor,
    at: datetime,
) -> Activation:
    """End a response. Nobody but its holder does: not the leader, not a superior, not an administrator.

    Args:
        activation_id: Which response.
        reason: Why it ends.
        order_id: The superior's order to end it, if it rests on one.
        serial: The number of the stand-down in the plan and year, taken in the same transaction.
        actor: The holder.
        at: When.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `not_the_holder`, `handover_offered` while the
            authority is offered to somebody, `order_unfit`, `words_missing`, `text_too_long`.

    """
    row = _held_by(activation_id, actor)
    if (offer := offer_of(row.pk)) is not None and offer.order is None:
        sentence = _("The authority is offered to somebody. Take the offer back first, or let them end it.")
        raise Refusal("handover_offered", sentence, activation=row.pk)
    order = _ending_order(row, order_id)
    told = words(reason, field="reason")
    facts = {
        "end_serial": serial,
        "end_year": day_of(at).year,
        "end_reason": told,
        "end_order": order,
        "ended_by": person(actor),
        "ended_at": at,
    }
    _let_offer_lapse(row, actor, at)
    close_running(row, actor, at)
    ACTIVATION.move_one(_rows(row), "stand_down", **facts)
    act(row, ActVerb.STAND_DOWN, Line(told, row.holder, order=order), actor, at)
    row.refresh_from_db()
    for waiting in Order.objects.filter(activation=row.pk, answered_at__isnull=True).order_by("pk"):
        settle_order(waiting, _printed(row), actor, at)
    _note(row, "stand_down", actor, at, order=row.end_order_id, serial=serial)
    return row


def _let_offer_lapse(row: Activation, actor: Actor, at: datetime) -> None:
    """Let an offer lapse that an order made, now that nothing is left to be handed over."""
    if (offer := offer_of(row.pk)) is not None:
        HANDOVER.move_one(Handover.objects.filter(pk=offer.pk), "take_back", answered_at=at)
        act(row, ActVerb.TAKE_BACK, Line("", offer.giver, offer.successor, offer.order), actor, at)


def _held_by(activation_id: int, actor: Actor) -> Activation:
    """Return a response in force that the actor may end.

    Raises:
        Refusal: `activation_unknown`, `activation_ended`, `not_the_holder`.

    """
    row = held_activation(activation_id)
    holder = row.holder.user
    check_holder(row.holder, actor.user_id, holder.name or holder.username)
    return row


def _rows(row: Activation) -> QuerySet[Activation]:
    return Activation.objects.filter(pk=row.pk)


def _level(level: str, allowed: Allowed) -> str:
    """Return the words of a level.

    Raises:
        Refusal: `response_level_unknown`.

    """
    if level not in allowed.levels:
        raise Refusal("response_level_unknown", _("Choose one of the levels of the plan."), field="level")
    return allowed.levels[level]


def _order(measure: Measure, launch: Launch) -> Order | None:
    """Return the order to set in motion, not answered yet; a drill answers none.

    Raises:
        Refusal: `order_unfit`.

    """
    if launch.order_id is None:
        return None
    rows = Order.objects.filter(measure=measure, asks=Asks.ACTIVATE, answered_at__isnull=True)
    return _found(None if launch.is_drill else rows.filter(pk=launch.order_id).first())


def _ending_order(row: Activation, order_id: int | None) -> Order | None:
    if order_id is None:
        return None
    rows = Order.objects.filter(activation=row.pk, asks=Asks.END, answered_at__isnull=True)
    return _found(rows.filter(pk=order_id).first())


def _found(order: Order | None) -> Order:
    if order is None:
        sentence = _("This order asks for something else, or was answered already. Choose another, or none.")
        raise Refusal("order_unfit", sentence, field="order")
    return order


def _printed(row: Activation) -> str:
    is_end = row.end_serial is not None
    year, serial = (row.end_year, row.end_serial) if is_end else (row.year, row.serial)
    return number_words(
        is_drill=row.is_drill, is_end=is_end, code=row.code, year=year or 0, serial=serial or 0
    )


def _not_yours(row: Activation) -> NotPermitted:
    sentence = _("Nobody offered this to you, or it was answered already. Reload the page.")
    return NotPermitted("handover_not_yours", sentence, activation=row.pk)


def _note(row: Activation, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    note(row.measure, verb, f"emergency.activation:{row.pk}", actor, at, **facts)
