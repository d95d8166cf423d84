"""Batches are changed by hand: another day, a day more, and who is in which."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.goods.actions.distributing import change_those, locked, note, require_mode, require_open
from songnuan.goods.actions.texts import fitting
from songnuan.goods.models import Batch, Distribution, Portion
from songnuan.goods.pickup_states import BATCHES_MOST, PLACE_LENGTH, Mode, Portioned
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require


@transaction.atomic(savepoint=False)
def move_batch(
    *, distribution_id: int, batch: int, on: date, place: str, actor: Actor, at: datetime
) -> Batch:
    """Put a batch that has not begun on another day, or to another place; the same again changes nothing.

    Batches keep their order, so that what is missed goes on to a later day.

    Raises:
        Refusal: `batch_unknown`, `batch_over`, `batch_begun`, `batch_day_over`, `batch_day_twice`,
            `batch_order`, `text_too_long`, `measure_closed`, `not_permitted`.

    """
    row, place = locked(distribution_id), fitting(place, "place", PLACE_LENGTH)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    require_open(row.measure)
    chosen = _to_come(row, batch, at)
    if (chosen.on, chosen.place) == (on, place):
        return chosen
    before = chosen.on
    if on != before:
        if Portion.objects.filter(batch=chosen, status=Portioned.TAKEN.value).exists():
            sentence = _(
                "Kits of this batch were picked up already. It keeps its day; what is left goes on by itself."
            )
            raise Refusal("batch_begun", sentence, field="on")
        _check_day(row, on, at)
        around = Batch.objects.filter(distribution=row)
        if (
            around.filter(position__lt=batch, on__gte=on).exists()
            or around.filter(position__gt=batch, on__lte=on).exists()
        ):
            sentence = _(
                "The batches keep their order: choose a day between the one before and the one after."
            )
            raise Refusal("batch_order", sentence, field="on")
    chosen.on, chosen.place = on, place
    chosen.save(update_fields=["on", "place"])
    facts = {"batch_moved": batch, "from_day": before.isoformat(), "to_day": on.isoformat()}
    note(row, "move_batch", actor, at, facts)
    return chosen


@transaction.atomic(savepoint=False)
def add_batch(
    *,
    distribution_id: int,
    on: date,
    place: str,
    planned: Collection[date] = (),
    actor: Actor,
    at: datetime,
) -> tuple[Batch, int]:
    """Add a batch after the last one, for those who picked nothing up; return it, and how many they are.

    What the office was to settle can be picked up again. The same day again returns the batch of then. A
    round more for all, one kit more for each, is only added on a day that is `planned`: the plan names it.

    Raises:
        Refusal: `mode_open`, `rounds_for_all` (the plan does not name this day), `batch_day_over`,
            `batch_order`, `text_too_long`, `too_many_batches`, `measure_closed`, `not_permitted`.

    """
    row, place = locked(distribution_id), fitting(place, "place", PLACE_LENGTH)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    require_open(row.measure)
    require_mode(row)
    if row.mode != Mode.DIVIDE and on not in planned:
        sentence = _(
            "These batches are rounds for all: one more would be one kit more for everybody. Amend the plan."
        )
        raise Refusal("rounds_for_all", sentence)
    last = Batch.objects.filter(distribution=row).order_by("-position")[0]
    if (last.on, last.place) == (on, place):
        return last, 0
    _check_day(row, on, at)
    if on < last.on:
        sentence = _("A batch more comes after the last one. Choose a later day.")
        raise Refusal("batch_order", sentence, field="on")
    if last.position >= BATCHES_MOST:
        raise Refusal("too_many_batches", _("There are as many batches as there may be."), field="on")
    made = Batch.objects.create(distribution=row, position=last.position + 1, on=on, place=place)
    waiting = Portion.objects.filter(recipient__distribution=row, status=Portioned.REFERRED.value)
    # A desk may record at this moment: what it took stays with the batch of then.
    again = change_those(
        waiting.values_list("pk", flat=True),
        Portioned.REFERRED,
        status=Portioned.OPEN.value,
        batch_id=made.pk,
    )
    facts = {"batch_added": made.position, "to_day": on.isoformat(), "portions": again}
    note(row, "add_batch", actor, at, facts)
    return made, again


def _check_day(row: Distribution, on: date, at: datetime) -> None:
    """Let pass a day that is not over, and that no batch has."""
    if on < day_of(at):
        sentence = _("This day is over: nobody could come any more. Look at month and year.")
        raise Refusal("batch_day_over", sentence, field="on")
    if Batch.objects.filter(distribution=row, on=on).exists():
        raise Refusal(
            "batch_day_twice", _("Each batch has a day of its own. Enter each day once."), field="on"
        )


@transaction.atomic(savepoint=False)
def place_portion(*, portion_id: int, batch: int, actor: Actor, at: datetime) -> Portion:
    """Put a portion that nobody picked up yet into another batch, by its position.

    Raises:
        Refusal: `batch_unknown`, `batch_over`, `portion_not_open`, `not_permitted`.

    """
    row = locked(Portion.objects.values_list("recipient__distribution", flat=True).get(pk=portion_id))
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    chosen = _to_come(row, batch, at)
    # A desk may record at this moment: what it took is moved no more.
    if not _put([portion_id], chosen, at):
        sentence = _("This portion was picked up or settled meanwhile. Reload the page and look again.")
        raise Refusal("portion_not_open", sentence)
    note(row, "place_portion", actor, at, {"portion": portion_id, "pickup_batch": batch})
    return Portion.objects.get(pk=portion_id)


@transaction.atomic(savepoint=False)
def place_unit(*, distribution_id: int, unit_id: int, batch: int, actor: Actor, at: datetime) -> int:
    """Put the portions of a unit that nobody picked up yet into a batch, by its position; return how many.

    Raises:
        Refusal: `batch_unknown`, `batch_over`, `rounds_for_all`, `not_permitted`.

    """
    row = locked(distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    if row.mode != Mode.DIVIDE:
        sentence = _("These batches are rounds for all: nobody is divided among them.")
        raise Refusal("rounds_for_all", sentence)
    chosen = _to_come(row, batch, at)
    rows = Portion.objects.filter(recipient__distribution=row, recipient__unit=unit_id)
    moved = _put(rows.exclude(batch=chosen).values_list("pk", flat=True), chosen, at)
    if moved:
        note(row, "place_unit", actor, at, {"unit": unit_id, "pickup_batch": batch, "portions": moved})
    return moved


def _put(ids: Iterable[int], chosen: Batch, at: datetime) -> int:
    """Put open portions into a batch; return how many were. What was missed before stays missed there."""
    asked = list(ids)
    moved = change_those(asked, Portioned.OPEN, batch_id=chosen.pk)
    not_over = Portion.objects.filter(pk__in=among(asked), first_batch__on__gte=day_of(at), batch=chosen)
    change_those(not_over.values_list("pk", flat=True), Portioned.OPEN, first_batch_id=chosen.pk)
    return moved


def _to_come(row: Distribution, position: int, at: datetime) -> Batch:
    """Return a batch that is not over."""
    chosen = Batch.objects.filter(distribution=row, position=position).first()
    if chosen is None:
        raise Refusal("batch_unknown", _("There is no such batch. Choose one of the list."), field="batch")
    if chosen.on < day_of(at):
        sentence = _("That batch is over. Choose one that is still to come.")
        raise Refusal("batch_over", sentence, field="batch")
    return chosen
