"""Kits are handed out to everybody on a roster: portions, their batches, and what the office settles."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.funds.rules import check_reason
from songnuan.goods.actions.locking import hold_kit, person_of
from songnuan.goods.giving import visits_bring_kits
from songnuan.goods.models import Batch, Distribution, Kit, Portion, Recipient
from songnuan.goods.outgoing import given
from songnuan.goods.pickup_queries import batch_days, roster_now, standings
from songnuan.goods.pickup_rules import WAITING, Difference, Expected, differences, missed
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.kernel import codes
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.people.models import Roster, RosterKind, RosterStatus
from songnuan.plans.models import Measure, MeasureStatus

CODE_LENGTH = 10
_SOME = 5_000  # ids in one statement


@transaction.atomic(savepoint=False)
def open_distribution(
    *,
    measure: Measure,
    kit_id: int,
    roster_id: int,
    mode: Mode | None,
    batches: Sequence[tuple[date, str]],
    planned: Collection[date] = (),
    actor: Actor,
    at: datetime,
) -> Distribution:
    """Open the handing out of a kit to a roster; the same once more returns what was opened.

    Args:
        measure: Under which it is done; of the plan that bought the kit.
        kit_id: What each person gets.
        roster_id: Who.
        mode: What the batches are to each other; None while the plan's question is open.
        batches: The day and the place of each.
        planned: The days that the plan names: only these may be over by now.
        actor: Who opens it.
        at: When.

    Raises:
        Refusal: `no_batches`, `batch_day_twice`, `batch_day_over`, `kit_other_plan`, `kit_per_unit`,
            `kit_with_visits`, `kit_given`, `kit_at_desks`, `distribution_open`, `roster_of_no_people`,
            `measure_closed`, `not_permitted` for the plan's unit, or for the one that keeps the roster.

    """
    require(actor, Permission.PICKUP_MANAGE, unit_id=measure.plan.unit_id, at=at)
    require_open(measure)
    hold_kit(kit_id)
    kit = Kit.objects.select_related("measure").get(pk=kit_id)
    _check_kit(kit, measure)
    roster = _roster_of_people(roster_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=roster.unit_id, at=at)
    _check_days([day for day, _place in batches])
    # Another kit may be opened under this measure at this very moment, which the lock on this kit lets pass.
    made, is_new = Distribution.objects.get_or_create(
        measure=measure,
        defaults={
            "kit": kit,
            "roster": roster,
            "mode": mode.value if mode else "",
            "opened_at": at,
            "opened_by_id": actor.user_id,
        },
    )
    if not is_new:
        return _opened_before(made, kit_id, roster_id, batches)
    _check_past([day for day, _place in batches], planned, at)
    Batch.objects.bulk_create(
        Batch(distribution=made, position=number, on=day, place=place)
        for number, (day, place) in enumerate(sorted(batches), 1)
    )
    days = [day.isoformat() for day, _place in sorted(batches)]
    facts = {"kit": kit_id, "roster": roster_id, "batches": days}
    note(made, "open_distribution", actor, at, {**facts, "mode": made.mode})
    return made


def _roster_of_people(roster_id: int) -> Roster:
    """Return a roster of people that is kept."""
    roster = Roster.objects.get(pk=roster_id)
    if roster.kind != RosterKind.PEOPLE or roster.status != RosterStatus.OPEN:
        sentence = _("Kits are handed out to a roster of people that is still kept. Choose one.")
        raise Refusal("roster_of_no_people", sentence, field="roster")
    return roster


def _check_days(days: Sequence[date]) -> None:
    """Let pass days of batches: one at least, and each once."""
    if not days:
        raise Refusal(
            "no_batches", _("Enter at least one day on which kits are handed out."), field="batches"
        )
    if len(set(days)) < len(days):
        sentence = _("Each batch has a day of its own. Enter each day once.")
        raise Refusal("batch_day_twice", sentence, field="batches")


def _check_past(days: Iterable[date], planned: Collection[date], at: datetime) -> None:
    """Let pass days that are not over, or that the plan names."""
    if any(day < day_of(at) and day not in planned for day in days):
        sentence = _("One of these days is over, and the plan does not name it. Look at month and year.")
        raise Refusal("batch_day_over", sentence, field="batches")


def _opened_before(
    row: Distribution, kit_id: int, roster_id: int, batches: Sequence[tuple[date, str]]
) -> Distribution:
    """Return what was opened under a measure before, if the same is asked for again."""
    told = sorted(Batch.objects.filter(distribution=row).values_list("on", "place"))
    if (row.kit_id, row.roster_id, told) != (kit_id, roster_id, sorted(batches)):
        sentence = _("Under this part of the plan a kit is handed out already. Reload the page.")
        raise Refusal("distribution_open", sentence, distribution=row.pk)
    return row


def require_mode(row: Distribution) -> None:
    """Let pass a distribution of which it is said what its batches are.

    Raises:
        Refusal: `mode_open`.

    """
    if not row.mode:
        sentence = _(
            "It is still open whether the batches divide the people or are rounds for all. Answer first."
        )
        raise Refusal("mode_open", sentence)


def require_open(measure: Measure) -> None:
    """Let pass a measure that is open.

    Raises:
        Refusal: `measure_closed`.

    """
    if measure.status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is not open: nothing is handed out under it.")
        raise Refusal("measure_closed", sentence, measure=measure.pk)


def _check_kit(kit: Kit, measure: Measure) -> None:
    """Let pass a kit of the plan, for persons, of which nothing was given out."""
    if kit.measure.plan_id != measure.plan_id:
        sentence = _("This kit was bought under another plan. Choose one of this plan.")
        raise Refusal("kit_other_plan", sentence, field="kit")
    if kit.measure.settings.get("per", "unit") != "person":
        sentence = _(
            "This kit was bought for units or families: people pick up kits that are for each person."
        )
        raise Refusal("kit_per_unit", sentence, field="kit")
    if visits_bring_kits(measure.plan_id):
        sentence = _("Visits bring the kits of this plan. One and the same kit goes out one way only.")
        raise Refusal("kit_with_visits", sentence, field="kit")
    if Distribution.objects.filter(kit=kit).exclude(measure=measure).exists():
        sentence = _("This kit is handed out under another part of the plan already.")
        raise Refusal("kit_at_desks", sentence, field="kit", kit=kit.pk)
    if given([kit.pk]):
        sentence = _("Units got some of this kit already: one and the same kit goes out one way only.")
        raise Refusal("kit_given", sentence, field="kit")


@transaction.atomic(savepoint=False)
def set_mode(*, distribution_id: int, mode: Mode, actor: Actor, at: datetime) -> Distribution:
    """Say what the batches are to each other, once; until then no portions are made.

    Raises:
        Refusal: `mode_known`, `not_permitted`.

    """
    row = locked(distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    if row.mode == mode.value:
        return row
    if row.mode:
        sentence = _("The batches were decided on before, and portions may have been made. It stays so.")
        raise Refusal("mode_known", sentence)
    row.mode = mode.value
    row.save(update_fields=["mode"])
    note(row, "set_mode", actor, at, {"mode": mode.value})
    return row


@transaction.atomic(savepoint=False)
def align(*, distribution_id: int, expected: str = "", actor: Actor, at: datetime) -> Difference:
    """Bring the portions in line with the roster as it stands; return what changed.

    Portions are made for who joined and given up for who left; what was picked up or settled stays. With the
    digest of what is `expected` to change, it changes this or nothing.

    Raises:
        Refusal: `measure_closed`, `mode_open`, `roster_closed`, `difference_changed`, `not_permitted`.

    """
    row = locked(distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    require_open(row.measure)
    require_mode(row)
    roster = Roster.objects.get(pk=row.roster_id)
    if roster.status != RosterStatus.OPEN:
        sentence = _("The roster “%(title)s” is not kept any more: it changes nothing here.")
        raise Refusal("roster_closed", sentence % {"title": roster.title}, roster=roster.pk)
    day, batches = day_of(at), batch_days(row.pk)
    people = [Expected(person, unit) for person, unit in roster_now(row.roster_id)]
    changes = differences(people, standings(row.pk), Mode(row.mode), batches, day)
    if expected and changes.digest != expected:
        sentence = _("The roster has changed since you looked. This is how it stands now.")
        raise Refusal("difference_changed", sentence, distribution=row.pk)
    _apply(row, changes)
    row.seen_on = day
    row.save(update_fields=["seen_on"])
    if not changes.is_empty:
        facts = {
            "made": len(changes.made),
            "left": len(changes.left),
            "back": len(changes.back),
            "other_unit": len(changes.moved),
        }
        note(row, "align_distribution", actor, at, facts)
    return changes


@transaction.atomic(savepoint=False)
def pass_missed_on(*, distribution_id: int, actor: Actor, at: datetime) -> tuple[int, int]:
    """Pass portions of batches that are over on; return how many, and how many became the office's.

    Raises:
        Refusal: `not_permitted`: the office may, and the house's own worker every night.

    """
    row = locked(distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    onward, office = missed(standings(row.pk), batch_days(row.pk), day_of(at))
    if not onward and not office:
        return 0, 0
    # A desk may record at this moment: what it took is passed on no more.
    moved = _place(row, onward)
    to_office = change_those(office, Portioned.OPEN, status=Portioned.REFERRED.value)
    note(row, "pass_missed_on", actor, at, {"on": moved, "office": to_office})
    return moved, to_office


@transaction.atomic(savepoint=False)
def settle_portion(*, portion_id: int, reason: str, actor: Actor, at: datetime) -> Portion:
    """Settle a portion that nobody picked up: say what became of it.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `portion_not_open`, `not_permitted`.

    """
    row = locked(Portion.objects.values_list("recipient__distribution", flat=True).get(pk=portion_id))
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    by, reason = person_of(actor), check_reason(reason)
    portion = Portion.objects.select_for_update().get(pk=portion_id)
    if portion.status not in WAITING:
        sentence = _("This portion was picked up or settled meanwhile. Reload the page and look again.")
        raise Refusal("portion_not_open", sentence)
    portion.status, portion.settled_by_id = Portioned.SETTLED.value, by
    portion.settled_at, portion.reason = at, reason
    portion.save(update_fields=["status", "settled_by", "settled_at", "reason"])
    note(row, "settle_portion", actor, at, {"portion": portion_id})
    return portion


def locked(distribution_id: int) -> Distribution:
    """Return a distribution with its plan, locked until commit."""
    Distribution.objects.filter(pk=distribution_id).update(version=F("version") + 1)
    return Distribution.objects.select_related("measure__plan").get(pk=distribution_id)


def _apply(row: Distribution, changes: Difference) -> None:
    """Write what a newer roster changes."""
    known = dict(Recipient.objects.filter(distribution=row).values_list("person_id", "pk"))
    units = {one.person_id: one.unit_id for one in changes.made}
    Recipient.objects.bulk_create(
        Recipient(distribution=row, person_id=person, unit_id=unit, code=new_code())
        for person, unit in units.items()
        if person not in known
    )
    known = dict(Recipient.objects.filter(distribution=row).values_list("person_id", "pk"))
    batches = dict(Batch.objects.filter(distribution=row).values_list("position", "pk"))
    Portion.objects.bulk_create(
        Portion(
            recipient_id=known[one.person_id],
            round=one.round,
            batch_id=batches[one.batch],
            first_batch_id=batches[one.batch],
            status=one.status.value,
        )
        for one in changes.made
    )
    # A desk may record at this moment: only what still stands as it was read changes.
    for source in WAITING:
        change_those(changes.left, source, status=Portioned.LEFT.value)
    placed: dict[tuple[Portioned, int], list[int]] = defaultdict(list)
    for portion_id, one in changes.back:
        placed[one.status, batches[one.batch]].append(portion_id)
    for (status, batch_id), ids in placed.items():
        change_those(ids, Portioned.LEFT, status=status.value, batch_id=batch_id)
    units = dict(changes.moved) | {portion_id: one.unit_id for portion_id, one in changes.back}
    grouped: dict[int, list[int]] = defaultdict(list)
    for portion_id, unit_id in units.items():
        grouped[unit_id].append(portion_id)
    for unit_id, ids in grouped.items():
        for some in chunks(sorted(ids), _SOME):
            Recipient.objects.filter(portions__in=some).exclude(unit=unit_id).update(unit_id=unit_id)


def change_those(ids: Iterable[int], source: Portioned, **changes: str | int) -> int:
    """Change those of some portions that are still in a state; return how many were."""
    return sum(
        Portion.objects.filter(pk__in=some, status=source.value).update(**changes)
        for some in chunks(sorted(ids), _SOME)
    )


def _place(row: Distribution, chosen: Mapping[int, int]) -> int:
    """Put open portions into batches, by position; return how many were."""
    batches = dict(Batch.objects.filter(distribution=row).values_list("position", "pk"))
    return sum(
        change_those(
            [portion for portion, batch in chosen.items() if batch == position],
            Portioned.OPEN,
            batch_id=batch_id,
        )
        for position, batch_id in batches.items()
    )


def new_code() -> str:
    """Return a new code of a recipient."""
    return codes.drawn(CODE_LENGTH)


def note(row: Distribution, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    """Write an act on a distribution into its stream of the trail."""
    record(
        stream=f"pickups:{row.pk}",
        action=f"goods.{verb}",
        subject=f"goods.distribution:{row.pk}",
        actor=actor,
        at=at,
        facts={"measure": row.measure_id, **facts},
    )
