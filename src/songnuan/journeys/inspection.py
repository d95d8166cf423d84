"""What journeys and pages about inspection share: purchases, receipts and signs of a plan, read together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.funds.models import Entry
from songnuan.funds.rules import is_late
from songnuan.goods.figures import kit_figures
from songnuan.goods.models import Kit, Movement, MovementKind, Purchase
from songnuan.goods.pickup_receipts import Doubted, doubted_of
from songnuan.goods.queries import parts_of
from songnuan.goods.rules import Bought, KitPrice, Line, price_of_kit, together
from songnuan.organisation.queries import day_of, names_then
from songnuan.payments.rules import list_number
from songnuan.payments.sample_queries import Amiss, amiss
from songnuan.plans.models import Plan
from songnuan.visits.receipts import Receipt, receipts_by_plan
from songnuan.visits.red_flags import CallSeen, Flag, PurchaseSeen, ReceiptSeen, flags
from songnuan.visits.sample_models import Outcome
from songnuan.visits.sample_queries import CalledAmiss, called_amiss

CALLBACK = "callback_amiss"
"""The sign that somebody who was paid says otherwise than the books."""
PICKUP = "pickup_doubted"
"""The sign that desks recorded pickups that are or were in doubt."""


@dataclass(frozen=True, slots=True)
class PurchaseInspected:
    """One purchase as the inspector reads it; sums in fen.

    `per_kit` is what its goods come to in one kit, `is_whole` says that it holds every item of one.
    `refunded_minor` is what the supplier gave back of it. `entered_on` is later than `bought_on` where it
    was entered late, then `reason_late` may say why.
    """

    purchase_id: int
    number: int
    supplier: str
    invoice_number: str
    bought_on: date
    entered_on: date
    is_late: bool
    reason_late: str
    recorded_by: str
    total_minor: int
    refunded_minor: int
    per_kit: KitPrice
    is_whole: bool
    standard_minor: int
    is_cancelled: bool
    cancelled_by: str
    cancel_reason: str

    @property
    def net_minor(self) -> int:
        """What it cost less what the supplier gave back of it."""
        return self.total_minor - self.refunded_minor

    @property
    def is_above(self) -> bool:
        """Whether its goods come to more in a kit than the standard."""
        return self.per_kit.exact > self.standard_minor


@dataclass(frozen=True, slots=True)
class KitInspected:
    """What a kit costs with all that was bought for it, against its standard; in fen."""

    name: str
    average: KitPrice
    dearest_minor: int
    standard_minor: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a plan shows the inspector; `names` are the units that receipts speak of, by id."""

    kits: tuple[KitInspected, ...]
    purchases: tuple[PurchaseInspected, ...]
    receipts: tuple[Receipt, ...]
    flags: tuple[Flag, ...]
    names: dict[int, str]


def inspected(plan: Plan, at: datetime) -> Inspected:
    """Read the purchases and receipts of a plan, and the signs they show, in a bounded number of queries."""
    facts = _facts([plan], at)
    bought = _purchases(plan, facts.purchases[plan.pk])
    handed = facts.receipts[plan.pk]
    signs = _signs(facts, plan.pk, day_of(at))
    return Inspected(tuple(_kits(plan)), tuple(bought), tuple(handed), signs, facts.names)


def signs_by_plan(plans: Collection[Plan], at: datetime) -> dict[int, tuple[Flag, ...]]:
    """Return the signs that each plan shows, in so many queries however many plans there are."""
    facts = _facts(plans, at)
    return {plan.pk: _signs(facts, plan.pk, day_of(at)) for plan in plans}


def payment_flags(plan_ids: Collection[int], day: date) -> dict[int, list[tuple[int, Flag]]]:
    """Return the signs from calls to people who were paid, by plan, each with the payment it is about."""
    rows = amiss(plan_ids)
    names = names_then({row.unit_id for row in rows}, day)
    found: dict[int, list[tuple[int, Flag]]] = {}
    for row in rows:
        found.setdefault(row.plan_id, []).append((row.payment_id, _paid(row, names)))
    return found


@dataclass(frozen=True, slots=True)
class _Facts:
    """What signs are read from, by plan; `first_in` is when the first goods came into its store."""

    purchases: dict[int, list[Purchase]]
    receipts: dict[int, list[Receipt]]
    calls: dict[int, list[CalledAmiss]]
    paid: dict[int, list[tuple[int, Flag]]]
    picked: dict[int, list[Flag]]
    first_in: dict[int, datetime]
    names: dict[int, str]


def _facts(plans: Collection[Plan], at: datetime) -> _Facts:
    ids = [plan.pk for plan in plans]
    told = Purchase.objects.filter(kit__measure__plan__in=ids)
    purchases: dict[int, list[Purchase]] = {pk: [] for pk in ids}
    rows = told.select_related("kit__measure", "recorded_by", "disbursement", "commitment__rest")
    for row in rows.prefetch_related("lines").order_by("fund_id", "number"):
        purchases[row.kit.measure.plan_id].append(row)
    handed = receipts_by_plan(plans, day_of(at))
    calls: dict[int, list[CalledAmiss]] = {pk: [] for pk in ids}
    for call in called_amiss(ids):
        calls[call.plan_id].append(call)
    came = Movement.objects.filter(kit__measure__plan__in=ids, kind=MovementKind.RECEIVE)
    first = came.values_list("kit__measure__plan_id").annotate(first=Min("happened_at")).order_by()
    units = {pk for some in handed.values() for row in some for pk in (row.unit_id, row.lead_id)}
    units |= {call.unit_id for some in calls.values() for call in some}
    paid = payment_flags(ids, day_of(at))
    picked: dict[int, list[Flag]] = {}
    for doubted in doubted_of(ids):
        picked.setdefault(doubted.plan_id, []).append(_picked(doubted))
    return _Facts(purchases, handed, calls, paid, picked, dict(first), names_then(units, day_of(at)))


def _signs(facts: _Facts, plan_id: int, today: date) -> tuple[Flag, ...]:
    first = facts.first_in.get(plan_id)
    found = flags(
        [_seen(row, today) for row in facts.purchases[plan_id]],
        [_looked_at(row, facts.names, first) for row in facts.receipts[plan_id]],
        [_called(row, facts.names) for row in facts.calls[plan_id]],
    )
    paid = (flag for _payment, flag in facts.paid.get(plan_id, ()))
    return (*facts.picked.get(plan_id, ()), *paid, *found)


def _picked(row: Doubted) -> Flag:
    """Return the sign of records in doubt; one more of them is a sign anew, whatever was noted before."""
    told = {"kit": row.kit, "why": row.why, "records": row.records, "waiting": row.waiting}
    sentence = _("%(kit)s: %(records)s pickups were recorded and are in doubt: %(why)s.")
    if row.waiting:
        sentence = _(
            "%(kit)s: %(records)s pickups were recorded and are in doubt: %(why)s. %(waiting)s of them wait"
            " for a decision."
        )
    about = (f"goods.distribution:{row.distribution_id}", f"goods.pickup:{row.newest}")
    return Flag(PICKUP, about, sentence % told)


def _paid(row: Amiss, names: dict[int, str]) -> Flag:
    """Return the sign that somebody who was paid says otherwise than the books; who it is stays unsaid."""
    between = pgettext("between parts of a sentence", ", ")
    facts = {
        "list": list_number(row.list_number),
        "unit": names.get(row.unit_id, ""),
        "said": between.join(str(one.label) for one in row.findings),
    }
    sentence = _("%(list)s: somebody at %(unit)s was called back about the money: %(said)s.")
    if row.changed:
        sentence = _(
            "%(list)s: somebody at %(unit)s was called back about the money: %(said)s. A later call says"
            " otherwise, or reached nobody."
        )
    return Flag(CALLBACK, (f"payments.sampled:{row.payment_id}",), sentence % facts)


def _kits(plan: Plan) -> list[KitInspected]:
    kits = Kit.objects.filter(measure__plan=plan).order_by("pk")
    figures = kit_figures([kit.measure_id for kit in kits])
    return [
        KitInspected(kit.name, found.average, found.dearest_minor, kit.standard_minor)
        for kit in kits
        if (found := figures[kit.measure_id]).bought
    ]


def _purchases(plan: Plan, rows: Sequence[Purchase]) -> list[PurchaseInspected]:
    kits = {kit.pk: kit for kit in Kit.objects.filter(measure__plan=plan)}
    parts = {pk: parts_of(pk) for pk in kits}
    # A purchase is cancelled by reversing its payment, or its commitment where it was not paid.
    gone = [pk for row in rows if row.cancelled_at for pk in (row.disbursement_id, row.commitment_id)]
    undone = Entry.objects.filter(reverses__in=gone).values_list("reverses_id", "entered_by__name")
    cancelled = dict(undone)
    return [
        PurchaseInspected(
            purchase_id=row.pk,
            number=row.number,
            supplier=row.supplier,
            invoice_number=row.invoice_number,
            bought_on=row.bought_on,
            entered_on=day_of(row.recorded_at),
            is_late=is_late(row.bought_on, row.recorded_at),
            reason_late=row.reason_late,
            recorded_by=(row.recorded_by.name or row.recorded_by.username) if row.recorded_by else "",
            total_minor=row.total_minor,
            refunded_minor=row.commitment.rest.refunded_minor,
            per_kit=price_of_kit(parts[row.kit_id], prices := _prices(row)),
            is_whole=all(part.item_id in prices for part in parts[row.kit_id]),
            standard_minor=kits[row.kit_id].standard_minor,
            is_cancelled=row.cancelled_at is not None,
            cancelled_by=cancelled.get(row.disbursement_id or 0) or cancelled.get(row.commitment_id) or "",
            cancel_reason=row.cancel_reason,
        )
        for row in rows
    ]


def _prices(row: Purchase) -> dict[int, Bought]:
    lines = [Line(line.item_id, line.quantity, line.unit_price_minor) for line in row.lines.all()]
    return together({}, lines)


def _seen(row: Purchase, today: date) -> PurchaseSeen:
    paid = row.disbursement
    return PurchaseSeen(
        purchase_id=row.pk,
        number=row.number,
        supplier=row.supplier,
        bought_on=row.bought_on,
        entered_on=day_of(row.recorded_at),
        total_minor=row.total_minor,
        is_cancelled=row.cancelled_at is not None,
        unproved_days=(today - paid.happened_on).days if paid and row.invoice_file_id is None else 0,
    )


def _called(row: CalledAmiss, names: dict[int, str]) -> CallSeen:
    said, changed = (str(Outcome(one).label) if one else "" for one in (row.outcome, row.changed))
    return CallSeen(row.receipt_id, names.get(row.unit_id, ""), said, changed)


def _looked_at(row: Receipt, names: dict[int, str], in_store_at: datetime | None) -> ReceiptSeen:
    return ReceiptSeen(
        visit_id=row.visit_id,
        unit=names.get(row.unit_id, ""),
        lead_id=row.lead_id,
        lead=names.get(row.lead_id, ""),
        compound=row.compound,
        person=row.recorded_by_id,
        handed_at=row.handed_at,
        visited_at=row.visited_at or row.handed_at,
        received_at=row.received_at or row.booked_at,
        in_store_at=in_store_at,
        signature=row.signature_id,
        by_name=row.by_name,
        is_later=row.is_later,
        issue_id=row.issue_id,
    )
