"""The demo's supervision: a hold, answered and lifted, and a sample some of whose units were called back."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from songnuan.approvals.hold_models import Hold
from songnuan.goods.models import Purchase
from songnuan.journeys.answer_hold import answer_hold
from songnuan.journeys.check_receipt import check_receipt
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.place_hold import place_hold
from songnuan.kernel.actor import Actor
from songnuan.visits.sample_models import SampleReceipt

_SIZE = 8
# What the units said, in the order of the draw; those that are left are still to be called.
_SAID = (
    ("ok", "方便面两箱、苹果一箱、梨一箱，都收到了，没有人来要回去。"),
    ("ok", "东西齐，当天就分给夜班同志了。"),
    ("not_reached", ""),
    ("ok", "足额收到。"),
)


def supervise(slug: str, inspector: Actor, finance: Actor, at: Callable[..., datetime]) -> None:
    """Hold a purchase until it is answered, and draw receipts to call back about."""
    purchase = Purchase.objects.filter(kit__measure__plan__slug=slug).order_by("number")[0]
    pk = place_hold(
        subject=f"goods.purchase:{purchase.pk}",
        reason="发票单价与同期市场价相差较大，请提供询价依据。",
        key=uuid5(NAMESPACE_URL, "demo/hold"),
        actor=inspector,
        at=at(15, 16, 5),
    )
    if Hold.objects.get(pk=pk).lifted_at is None:
        answer_hold(
            hold_id=pk,
            text="采购前向三家供应商询价，本家含送货上门，总价最低；询价记录已随凭证装订。",
            key=uuid5(NAMESPACE_URL, "demo/hold/answer"),
            actor=finance,
            at=at(15, 17, 40),
        )
        lift_hold(
            hold_id=pk,
            findings="查阅询价记录三份，价格属实且在标准以内，予以解除。",
            actor=inspector,
            at=at(16, 9, 10),
        )
    sample_id = draw_sample(
        slug=slug,
        size=_SIZE,
        confidence=95,
        by_lead=False,
        key=uuid5(NAMESPACE_URL, "demo/sample"),
        actor=inspector,
        at=at(16, 13, 5),
    )
    receipts = SampleReceipt.objects.filter(sample_id=sample_id).order_by("position")
    for receipt, (outcome, words) in zip(receipts, _SAID, strict=False):
        check_receipt(
            receipt_id=receipt.pk,
            outcome=outcome,
            words=words,
            happened_on=date(2020, 4, 16),
            key=uuid5(NAMESPACE_URL, f"demo/receipt/{receipt.position}"),
            actor=inspector,
            at=at(16, 13, 20 + receipt.position),
        )
