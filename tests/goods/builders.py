"""A small bureau with a plan, a fund and a kit for the tests of money and goods, straight into the tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, starmap

import pytest
from django.db import models, transaction

from songnuan.audit import models as audit
from songnuan.audit.record import trail
from songnuan.funds import actions as funds
from songnuan.funds import models as funds_tables
from songnuan.goods import actions as goods
from songnuan.goods import models as goods_tables
from songnuan.goods import rules
from songnuan.goods.figures import kit_figures
from songnuan.goods.lots import Delivery
from songnuan.goods.queries import open_lines, state, stock
from songnuan.goods.rules import Draft, Line, NewPart, Problem
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, Unit, UnitLink, UnitRecord, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, Plan
from songnuan.records.models import Document

FOUNDED = date(2020, 1, 1)
TODAY = date(2020, 4, 8)
NOW = datetime(2020, 4, 8, 10, 0, tzinfo=CHINA)
CLAUSE = "standard"
PARTS = (NewPart("方便面", "箱", 2), NewPart("苹果", "箱", 1), NewPart("梨", "箱", 1))
STANDARD = 300_00
UNITS = 47
LEDGER: tuple[type[models.Model], ...] = (
    funds_tables.Fund,
    funds_tables.Entry,
    funds_tables.Posting,
    funds_tables.Commitment,
    funds_tables.Closing,
)
MONEY: tuple[type[models.Model], ...] = (*LEDGER, audit.Entry)
GOODS: tuple[type[models.Model], ...] = (
    goods_tables.Kit,
    goods_tables.KitLine,
    goods_tables.Purchase,
    goods_tables.PurchaseLine,
    goods_tables.ShortClosing,
    goods_tables.Lot,
    goods_tables.StockLevel,
    goods_tables.Movement,
    goods_tables.MovementLine,
)


@contextmanager
def acting() -> Iterator[None]:
    """Open the transaction and the trail in which an action runs; a refusal rolls both back."""
    with transaction.atomic(), trail():
        yield


def snapshot(tables: Iterable[type[models.Model]] = (*MONEY, *GOODS)) -> list[list[tuple[object, ...]]]:
    """Return every row of money, goods and trail, to show that nothing changed."""
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


def make_unit(name: str, parent: Unit | None = None) -> Unit:
    """Make a unit below `parent`, open since FOUNDED."""
    unit = Unit.objects.create(key=f"u{Unit.objects.count()}", opened_on=FOUNDED)
    UnitRecord.objects.create(
        unit=unit,
        parent=parent,
        name=name,
        kind="front_line" if parent else "bureau",
        starts_on=FOUNDED,
    )
    above = [(parent, 1)] if parent else []
    UnitLink.objects.bulk_create(
        UnitLink(ancestor=ancestor, descendant=unit, depth=depth, starts_on=FOUNDED)
        for ancestor, depth in [(unit, 0), *above]
    )
    return unit


def make_person(name: str, role: Role, unit: Unit) -> Actor:
    """Make a user who holds `role` at the unit."""
    user = User.objects.create(username=f"p{User.objects.count()}", name=name, created_at=NOW)
    Post.objects.create(user=user, unit=unit, role=role.value, starts_on=FOUNDED)
    return actor_of(user)


@dataclass(frozen=True)
class House:
    """A bureau with a plan, an empty fund, and the people who act; `stranger` is finance elsewhere."""

    bureau: Unit
    plan: Plan
    measure: Measure
    fund_id: int
    finance: Actor
    officer: Actor
    liaison: Actor
    stranger: Actor


def make_fund(plan: Plan, number: str, granted: int = LIMIT_MINOR) -> int:
    """Open an empty fund of the plan, of `granted` fen under a document of that number; return its id."""
    document = Document.objects.create(
        kind="fund", title="专项资金的通知", number=number, issuer="澄江省财政厅", dated_on=date(2020, 3, 30)
    )
    with acting():
        return funds.open_fund(
            plan_id=plan.pk,
            document_id=document.pk,
            title="一线慰问专项资金",
            granted_minor=granted,
            actor=SYSTEM,
            at=NOW,
        ).pk


def make_measure(plan: Plan) -> Measure:
    """Make a measure that buys kits."""
    place = Measure.objects.count() + 1
    return Measure.objects.create(
        plan=plan, position=place, key=f"kits-{place}", clause_key=CLAUSE, kind="kit_purchase"
    )


def make_house(granted: int = LIMIT_MINOR) -> House:
    """Make the bureau, the plan, the fund of `granted` fen and the people."""
    bureau, elsewhere = make_unit("澄江省水运管理局"), make_unit("平川省公路管理局")
    plan = Plan.objects.create(slug=f"visits-{bureau.pk}", title="走访慰问方案", unit=bureau)
    return House(
        bureau=bureau,
        plan=plan,
        measure=make_measure(plan),
        fund_id=make_fund(plan, f"〔2020〕{bureau.pk}号", granted),
        finance=make_person("周账房", Role.FINANCE, bureau),
        officer=make_person("吴方案", Role.PROGRAMME_OFFICER, bureau),
        liaison=make_person("郑牵头", Role.LEAD_LIAISON, bureau),
        stranger=make_person("王外人", Role.FINANCE, elsewhere),
    )


_vouchers = count(1)


def appropriate(house: House, amount: int) -> funds_tables.Entry:
    """Book an appropriation of `amount` fen under a voucher of its own."""
    with acting():
        return funds.appropriate(
            fund_id=house.fund_id,
            amount_minor=amount,
            voucher=f"拨-{next(_vouchers)}",
            happened_on=TODAY,
            actor=house.finance,
            at=NOW,
        )


def commit(house: House, amount: int, **changes: object) -> funds_tables.Entry:
    """Commit `amount` fen, as finance on the day unless `changes` say otherwise."""
    facts: dict[str, object] = {
        "fund_id": house.fund_id,
        "amount_minor": amount,
        "subject": "goods.purchase:1",
        "clause_key": CLAUSE,
        "happened_on": TODAY,
        "actor": house.finance,
        "at": NOW,
    }
    with acting():
        return funds.commit(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def disburse(house: House, entry_id: int, amount: int, **changes: object) -> funds_tables.Entry:
    """Disburse `amount` fen on a commitment under a voucher of its own, unless `changes` say otherwise."""
    facts: dict[str, object] = {
        "entry_id": entry_id,
        "amount_minor": amount,
        "voucher": f"付-{next(_vouchers)}",
        "happened_on": TODAY,
        "actor": house.finance,
        "at": NOW,
    }
    with acting():
        return funds.disburse(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def release(house: House, entry_id: int, amount: int | None = None) -> funds_tables.Entry:
    """Release `amount` fen of a commitment, or all that is left."""
    with acting():
        return funds.release(
            entry_id=entry_id,
            amount_minor=amount,
            reason="少买了一箱",
            happened_on=TODAY,
            actor=house.finance,
            at=NOW,
        )


def reverse(house: House, entry_id: int) -> funds_tables.Entry:
    """Reverse an entry."""
    with acting():
        return funds.reverse(
            entry_id=entry_id, reason="金额录错", happened_on=TODAY, actor=house.finance, at=NOW
        )


@dataclass(frozen=True)
class Store:
    """A house with a kit: the items' ids by name."""

    house: House
    kit_id: int
    items: dict[str, int]

    def draft(self, *lines: tuple[str, int, int], invoice: str = "20003101", **changes: object) -> Draft:
        """Return a purchase of (item, packs, fen a pack) from the usual supplier."""
        facts: dict[str, object] = {
            "supplier": "澄江粮油副食公司",
            "invoice_number": invoice,
            "bought_on": TODAY,
            "lines": tuple(Line(self.items.get(name, 0), packs, price) for name, packs, price in lines),
        }
        return Draft(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def make_store(*, appropriated: int = UNITS * STANDARD) -> Store:
    """Make a house whose fund holds `appropriated` fen, and define the kit of three items."""
    house = make_house()
    if appropriated:
        appropriate(house, appropriated)
    with acting():
        kit = goods.define_kit(
            measure_id=house.measure.pk,
            fund_id=house.fund_id,
            name="一线慰问物资包",
            standard_minor=STANDARD,
            parts=PARTS,
            actor=house.officer,
            at=NOW,
        )
    lines = goods_tables.KitLine.objects.filter(kit=kit).select_related("item")
    return Store(house=house, kit_id=kit.pk, items={line.item.name: line.item_id for line in lines})


def buy(store: Store, draft: Draft, *, actor: Actor | None = None, units: int = UNITS) -> int:
    """Commit, record and pay a purchase in one act, as its journey does; return its id."""
    house = store.house
    who = actor or house.finance
    number = goods_tables.Purchase.objects.count() + 1
    with acting():
        commitment = funds.commit(
            fund_id=house.fund_id,
            amount_minor=draft.total_minor,
            subject=f"goods.purchase:{number}",
            clause_key=CLAUSE,
            happened_on=draft.bought_on,
            actor=who,
            at=NOW,
        )
        purchase = goods.record_purchase(
            kit_id=store.kit_id,
            number=number,
            draft=draft,
            units=units,
            commitment_id=commitment.pk,
            actor=who,
            at=NOW,
        )
        payment = funds.disburse(
            entry_id=commitment.pk,
            amount_minor=draft.total_minor,
            voucher=f"购-{number}",
            happened_on=draft.bought_on,
            actor=who,
            at=NOW,
        )
        goods.settle(purchase_id=purchase.pk, disbursement_id=payment.pk, actor=who, at=NOW)
    return purchase.pk


def receive(store: Store, purchase_id: int, quantities: dict[int, int] | None = None) -> None:
    """Take a purchase into the store, or the given packs of it by id of the item."""
    with acting():
        goods.receive(
            purchase_id=purchase_id,
            happened_at=NOW,
            deliveries=None if quantities is None else list(starmap(Delivery, quantities.items())),
            actor=store.house.finance,
            at=NOW,
        )


def hand_over(
    store: Store, unit_id: int, packs: Mapping[int, int] | None = None, *, actor: Actor | None = None
) -> None:
    """Give a unit its kit, or these packs of it, by id of the item."""
    with acting():
        goods.hand_over(
            kit_id=store.kit_id,
            packs=packs,
            unit_id=unit_id,
            subject=f"visits.visit:{unit_id}",
            happened_at=NOW,
            actor=actor or store.house.liaison,
            at=NOW,
        )


def refused(act: Callable[[], object]) -> Refusal:
    """Return the refusal of the act, having seen that nothing changed."""
    before = snapshot()
    with pytest.raises(Refusal) as refusal:
        act()
    assert snapshot() == before
    return refusal.value


def acted(act: Callable[[], object]) -> Callable[[], object]:
    """Return the act in a transaction and a trail of its own."""

    def run() -> object:
        with acting():
            return act()

    return run


def levels(store: Store) -> dict[str, tuple[int, int]]:
    """Return packs in the store and handed over, by name of the item."""
    return {row.item: (row.in_store, row.handed_over) for row in stock(store.kit_id, units=UNITS)}


def whole_plan(store: Store) -> Draft:
    """Return everything for 47 units, to the last fen of the standard."""
    return store.draft(("方便面", 94, 85_00), ("苹果", 47, 68_00), ("梨", 47, 62_00))


def prices(store: Store) -> tuple[int, int]:
    """Return what one kit costs on average, and at its dearest, as pages show it."""
    [found] = kit_figures([goods_tables.Kit.objects.get(pk=store.kit_id).measure_id]).values()
    return found.average.minor, found.dearest_minor


def check_purchase(*, kit_id: int, draft: Draft, units: int, at: datetime) -> list[Problem]:
    """Return everything that is wrong with a purchase made at once."""
    return rules.examine(draft, state(kit_id, draft, units=units, at=at))


def undelivered_of(purchase_id: int) -> dict[int, int]:
    """Return what is still to come of a purchase: packs by id of the item."""
    left: dict[int, int] = {}
    for line in open_lines(purchase_id):
        left[line.item_id] = left.get(line.item_id, 0) + line.left
    return left
