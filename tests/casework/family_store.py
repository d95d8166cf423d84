"""A union that bought goods for families, and gives them for needs: what tests of it share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import models

from casework.house import CareHouse, make_care
from goods.builders import (
    GOODS,
    LEDGER,
    NOW,
    TODAY,
    House,
    Store,
    acting,
    appropriate,
    buy,
    make_fund,
    make_measure,
    make_person,
    snapshot,
)
from put_back import beginning
from songnuan.audit import models as audit
from songnuan.casework.case_models import Need, NeedGoods
from songnuan.goods import actions as goods
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Issue, Kit, KitLine
from songnuan.goods.rules import NewPart
from songnuan.journeys.issue_for_need import issue_for_need
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus

FUND = "临工财〔2020〕6号"
RICE, OIL = 32_50, 30_00
SHARE = {"大米": 2, "食用油": 1}
BY_NAME = Handing("甲家属", confirmed_by_name=True)
PARTS = (NewPart("大米", "袋", 2, expires=True), NewPart("食用油", "桶", 1, expires=True))
TABLES: tuple[type[models.Model], ...] = (*GOODS, *LEDGER, Issue, NeedGoods, audit.Entry)
FRESH = date(2020, 6, 1)


@dataclass
class FamilyStore:
    """The house of families with its store: `keeper` takes goods back, `kit_id` is what families get."""

    care: CareHouse
    store: Store
    keeper: Actor

    @property
    def kit_id(self) -> int:
        """The kit for families."""
        return self.store.kit_id

    def need(self, name: str = "甲") -> Need:
        """Return a new need of a family."""
        return self.care.need(self.care.case(name), NOW, self.care.officer)

    def packs(self, **names: int) -> dict[int, int]:
        """Return packs by id of the item."""
        return {self.store.items[name]: count for name, count in names.items()}

    def give(self, need: Need, **told: Any) -> int:
        """Give what was bought (by name of the item) and `gifts` for a need."""
        facts = {name: told.pop(name) for name in tuple(told) if name in SHARE}
        bought = {self.kit_id: self.packs(**facts)} if facts else {}
        whole: dict[str, Any] = {
            "need_id": need.pk,
            "bought": bought,
            "packs": told.pop("gifts", {}),
            "happened_on": TODAY,
            "handing": BY_NAME,
            "signature": b"",
            "reason_late": "",
            "key": uuid4(),
            "actor": self.care.officer,
            "at": NOW,
        }
        return issue_for_need(**{**whole, **told})

    def donate(self, item: str = "大米", packs: int = 10) -> int:
        """Take a gift into the store; return the id of its item."""
        line = GiftLine(item, "袋", packs, 50_00)
        gift = Gift("市粮油公司", "organisation", TODAY, "invoiced", (line,), Handing("何库生"))
        with acting():
            donation = goods.record_donation(
                plan_id=self.store.house.plan.pk, number=1, gift=gift, actor=self.keeper, at=NOW
            )
        return donation.lines.get().item_id


@beginning
def make_family_store(*, families: int = 2, lots: Sequence[tuple[str, int, str, date]] = ()) -> FamilyStore:
    """Take the families in, and buy as much as so many get; received whole, or as these lots.

    A lot is (item, packs, number, last good day).
    """
    care = make_care()
    union, plan = care.register.union, care.measure.plan
    kit = [{"item": part.item, "packing": part.packing, "quantity": part.quantity} for part in PARTS]
    settings = {"fund": FUND, "per": "family", "units": families, "standard_yuan": "100", "kit": kit}
    measure = make_measure(plan)
    Measure.objects.filter(pk=measure.pk).update(settings=settings, status=MeasureStatus.OPEN, opened_at=NOW)
    keeper = make_person("库管庚", Role.PROGRAMME_OFFICER, union.unit)
    fund_id = make_fund(plan, FUND)
    house = House(union.unit, plan, measure, fund_id, union.finance, keeper, care.first, care.stranger)
    appropriate(house, 10_000_00)
    kit_id = define(house, PARTS).pk
    rows = KitLine.objects.filter(kit=kit_id).select_related("item")
    store = Store(house, kit_id, {line.item.name: line.item_id for line in rows})
    lines = (("大米", 2 * families, RICE), ("食用油", families, OIL))
    purchase = buy(store, store.draft(*lines), units=families)
    told = lots or [(item, packs, "A", FRESH) for item, packs, _price in lines]
    with acting():
        goods.receive(
            purchase_id=purchase,
            happened_at=NOW,
            deliveries=[
                Delivery(store.items[item], packs, number, expires_on)
                for item, packs, number, expires_on in told
            ],
            actor=union.finance,
            at=NOW,
        )
    care.open(NOW)
    return FamilyStore(care, store, keeper)


def define(house: House, parts: Sequence[NewPart]) -> Kit:
    """Define the kit of a measure."""
    with acting():
        return goods.define_kit(
            measure_id=house.measure.pk,
            fund_id=house.fund_id,
            name="家属必需品",
            standard_minor=100_00,
            parts=parts,
            actor=house.officer,
            at=NOW,
        )


def everything() -> list[list[tuple[object, ...]]]:
    """Return all that a gift of goods could change."""
    return snapshot(TABLES[:-1])
