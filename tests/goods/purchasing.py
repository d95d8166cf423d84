"""A purchase of plan 1 on its way: requested, approved, compared, bought; for the tests."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from people import Bureau, at
from songnuan.approvals.queries import latest
from songnuan.goods.models import PurchaseRequest, Quotation
from songnuan.goods.queries import kit_of
from songnuan.goods.request_queries import subject_of
from songnuan.goods.request_rules import Asked, Quote
from songnuan.goods.rules import Draft, Line
from songnuan.journeys.approve_purchase import approve_purchase
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.choose_quotation import choose_quotation
from songnuan.journeys.record_quotation import record_quotation
from songnuan.journeys.request_purchase import request_purchase
from songnuan.journeys.sent_files import SentFile
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Measure, Plan
from whole_files import whole_pdf

PDF = SentFile(whole_pdf(), "发票.pdf", "application/pdf")
ALL = {"方便面": (94, 85_00), "苹果": (47, 68_00), "梨": (47, 62_00)}
QUOTES = {
    "澄江粮油副食公司": {"方便面": 84_00, "苹果": 68_00, "梨": 62_00},
    "临江果品批发部": {"方便面": 85_00, "苹果": 67_00, "梨": 62_00},
    "望江鲜果行": {"方便面": 85_00, "苹果": 68_00, "梨": 62_00},
}


@dataclass(frozen=True)
class Buying:
    """Who buys for which plan."""

    bureau: Bureau
    plan: Plan

    @property
    def measure(self) -> Measure:
        """The measure under which kits are bought."""
        return Measure.objects.get(plan=self.plan, kind="kit_purchase")

    @property
    def items(self) -> dict[str, int]:
        """The items' ids by name."""
        kit = kit_of(self.measure.pk)
        assert kit is not None
        return {part.item: part.item_id for part in kit.parts}

    def lines(self, goods: dict[str, tuple[int, int]]) -> tuple[Line, ...]:
        """Return lines of packs and fen a pack."""
        return tuple(Line(self.items[name], packs, price) for name, (packs, price) in goods.items())

    def ask(
        self,
        goods: dict[str, tuple[int, int]] | None = None,
        *,
        reason: str = "一线慰问品",
        actor: Actor | None = None,
        key: UUID | None = None,
    ) -> PurchaseRequest:
        """Ask for goods, as finance."""
        pk = request_purchase(
            measure_id=self.measure.pk,
            asked=Asked(reason, self.lines(ALL if goods is None else goods)),
            key=key or uuid4(),
            actor=actor or self.bureau.finance,
            at=at(7, 10),
        )
        return PurchaseRequest.objects.get(pk=pk)

    def approve(self, row: PurchaseRequest, actor: Actor | None = None) -> PurchaseRequest:
        """Approve a request, as the approver."""
        approve_purchase(
            request_id=row.pk, digest=row.digest, actor=actor or self.bureau.approver, at=at(7, 11)
        )
        row.refresh_from_db()
        return row

    def quote(
        self, row: PurchaseRequest, supplier: str, prices: dict[str, int], *, key: UUID | None = None
    ) -> Quotation:
        """Enter a quotation, as finance."""
        quote = Quote(supplier, date(2020, 4, 7), {self.items[name]: fen for name, fen in prices.items()})
        pk = record_quotation(
            request_id=row.pk, quote=quote, key=key or uuid4(), actor=self.bureau.finance, at=at(7, 13)
        )
        return Quotation.objects.get(pk=pk)

    def choose(
        self, row: PurchaseRequest, quotation: Quotation, *, reason: str = "", seen: int | None = None
    ) -> None:
        """Choose a quotation, as finance."""
        choose_quotation(
            request_id=row.pk,
            quotation_id=quotation.pk,
            reason=reason,
            seen=seen,
            actor=self.bureau.finance,
            at=at(7, 14),
        )

    def chosen(self) -> PurchaseRequest:
        """Bring a request for everything to where the cheapest of three quotations is chosen."""
        row = self.approve(self.ask())
        first, *_others = [self.quote(row, supplier, prices) for supplier, prices in QUOTES.items()]
        self.choose(row, first)
        row.refresh_from_db()
        return row

    def buy(
        self,
        row: PurchaseRequest | None,
        goods: dict[str, tuple[int, int]] | None = None,
        *,
        supplier: str = "澄江粮油副食公司",
        number: str = "1",
        day: int = 7,
        key: UUID | None = None,
        invoice: SentFile | None = None,
        bought_on: date | None = None,
        reason_late: str = "",
    ) -> int:
        """Buy, on a request or without one, at the prices of the cheapest quotation."""
        prices = QUOTES["澄江粮油副食公司"]
        wanted = goods or {name: (packs, prices[name]) for name, (packs, _most) in ALL.items()}
        return buy_kits(
            measure_id=self.measure.pk,
            draft=Draft(
                supplier, number, bought_on or date(2020, 4, day), self.lines(wanted), reason_late=reason_late
            ),
            request_id=row.pk if row else None,
            key=key or uuid4(),
            invoice=invoice,
            actor=self.bureau.finance,
            at=at(day, 15),
        )


def approval(row: PurchaseRequest) -> str:
    """Return how the approval of a request stands."""
    found = latest(subject_of(row.pk))
    assert found is not None
    return found.status
