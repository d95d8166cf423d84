"""Finance buys kits: the fund is charged, the purchase written down, the goods taken into stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.funds import actions as funds
from songnuan.goods import actions as goods
from songnuan.goods.queries import kit_of
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.records import actions as records


@dataclass(frozen=True, slots=True)
class Bought:
    """What the receipt says: who sold, under which invoice, when, and the lines."""

    supplier: str
    invoice_number: str
    bought_on: date
    lines: Sequence[goods.PurchaseItem]

    @property
    def total_minor(self) -> int:
        """The sum of the lines, in fen."""
        return sum(line.quantity * line.unit_price_minor for line in self.lines)

    def digest(self) -> str:
        """Return what tells one receipt from another."""
        lines = [(line.item_id, line.quantity, line.unit_price_minor) for line in self.lines]
        return digest_rows([(self.supplier, self.invoice_number, self.bought_on.isoformat()), *lines])


@journey
def buy_kits(*, measure_id: int, bought: Bought, key: UUID, actor: Actor, at: datetime) -> int:
    """Record one purchase for the kit of a measure, and return the purchase's id.

    The same `key` again returns the same purchase. The money is committed first, so that of two
    purchases against the last yuan one is refused before anything else is written.

    Raises:
        Refusal: `beyond_fund`, `above_standard`, `more_than_needed`, `not_in_kit`, `invoice_used` …

    """
    earlier = jobs.receive(
        key=key, purpose="buy_kits", body_digest=bought.digest() + canonical(measure_id), actor=actor, at=at
    )
    if earlier is not None:
        return int(earlier)
    kit = kit_of(measure_id)
    number = records.next_number(name=f"purchase:{kit.fund_id}")
    commitment = funds.commit(
        fund_id=kit.fund_id,
        amount_minor=bought.total_minor,
        subject=f"goods.purchase:{kit.fund_id}-{number}",
        clause_key=kit.clause_key,
        happened_on=bought.bought_on,
        actor=actor,
        at=at,
    )
    purchase = goods.record_purchase(
        kit_id=kit.kit_id,
        number=number,
        supplier=bought.supplier,
        invoice_number=bought.invoice_number,
        bought_on=bought.bought_on,
        lines=bought.lines,
        commitment_id=commitment.pk,
        actor=actor,
        at=at,
    )
    disbursement = funds.disburse(
        entry_id=commitment.pk,
        amount_minor=bought.total_minor,
        voucher=f"{bought.supplier} {bought.invoice_number}",
        happened_on=bought.bought_on,
        actor=actor,
        at=at,
    )
    goods.settle(purchase_id=purchase.pk, disbursement_id=disbursement.pk, actor=actor, at=at)
    goods.receive(purchase_id=purchase.pk, actor=actor, at=at)
    jobs.settle(key=key, result=str(purchase.pk))
    return purchase.pk
