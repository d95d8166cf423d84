"""What the tests of the inspector begin with: a purchase, visits, a second inspector."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from people import Bureau, at, buy
from songnuan.approvals.hold_models import Hold, HoldStatement
from songnuan.audit.models import Entry
from songnuan.funds.models import Fund, Posting
from songnuan.goods.gifts import Handing
from songnuan.goods.models import Kit, KitLine, Movement, Purchase, StockLevel
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.base import REFUSALS
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.issue_kit import issue_kit
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.records.models import StoredFile
from whole_files import whole_pdf

WHOLE = {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}
PDF = whole_pdf()
REASON = "发票单价与市场价相差较大，待核实。"


def whole(bureau: Bureau, plan: Plan) -> int:
    """Buy all kits in one purchase."""
    return buy(bureau, plan, WHOLE, "0001")


def hold(bureau: Bureau, subject: str, actor: Actor | None = None, day: int = 8) -> int:
    """Place a hold as the inspector."""
    return place_hold(
        subject=subject, reason=REASON, key=uuid4(), actor=actor or bureau.inspector, at=at(day, 9)
    )


def refunded(bureau: Bureau, purchase: str) -> int:
    """Book that 85 yuan of a purchase, such as "goods.purchase:7", came back; return the entry."""
    return refund_purchase(
        entry_id=Purchase.objects.get(pk=int(purchase.partition(":")[2])).commitment_id,
        amount_minor=85_00,
        voucher="记-退1",
        reason="缺货退款",
        happened_on=at(8).date(),
        key=uuid4(),
        actor=bureau.finance,
        at=at(8, 8),
    )


def another(bureau: Bureau, username: str, role: Role) -> Actor:
    """Give one more person a post at the bureau."""
    user = create_account(username=username, name=username, password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=role, actor=SYSTEM, at=at(1))
    return actor_of(user)


def no_visit_brings_kits(plan: Plan) -> Kit:
    """Let the visits of a plan be over, so that units get their kits at the store; return the kit."""
    visits = Measure.objects.filter(plan=plan, kind="unit_visits")
    visits.update(status=MeasureStatus.CLOSED, closed_at=at(8, 20), close_reason="改为到库房领取")
    return Kit.objects.get(measure__plan=plan)


def give(kit: Kit, unit_id: int, actor: Actor, names: Collection[str] = tuple(WHOLE), **changes: Any) -> int:
    """Give a unit these items of its kit at the store, confirmed by name; return the issue."""
    lines = KitLine.objects.filter(kit=kit, item__name__in=names)
    told: dict[str, Any] = {
        "packs": {line.item_id: line.quantity for line in lines},
        "happened_on": at(9).date(),
        "handing": Handing("江守渡", confirmed_by_name=True),
        "signature": b"",
        "reason_late": "",
        "key": uuid4(),
        "at": at(9, 10),
    }
    return issue_kit(kit_id=kit.pk, unit_id=unit_id, actor=actor, **{**told, **changes})


@contextmanager
def nothing_changed() -> Iterator[None]:
    """See that what is done inside leaves money, goods, holds, notices and the trail as they were."""
    before = _standing()
    yield
    assert _standing() == before


def _standing() -> list[object]:
    tables = (Fund, Posting, Purchase, Movement, StockLevel, Hold, HoldStatement, OutboxMessage, StoredFile)
    rows: list[object] = [list(model.objects.order_by("pk").values_list()) for model in tables]
    return [*rows, Entry.objects.exclude(stream__name=REFUSALS).exclude(stream__name="trail").count()]
