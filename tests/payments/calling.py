"""A released list of three families that were all paid, one in cash, and calls about what was drawn of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from payments.noticing import later
from payments.releasing import ReleaseHouse, make_release_house
from put_back import beginning
from songnuan.journeys.call_back import call_back
from songnuan.journeys.draw_payments import draw_payments
from songnuan.kernel.actor import Actor
from songnuan.payments.models import PaymentSample, SampledPayment
from songnuan.payments.sample_rules import Answer, Order, Scope

CALLED = later(12)
"""Wednesday, two days after the release."""
DAY = CALLED.date()
FINE = Answer(reached=True, received="whole", kept="kept")
ASKED = Answer(reached=True, received="whole", kept="asked", words="组长说要统一收回，没给")
BACK = Answer(
    reached=True,
    received="whole",
    kept="gave_back",
    back_minor=300_00,
    back_to="车间主任",
    words="说是多发了，要交回三百",
)


@beginning
def paid_house() -> ReleaseHouse:
    """Make the house with its list released, and everybody paid."""
    house = make_release_house(released=True)
    house.hand({1: (True, ""), 2: (True, "")})
    house.sign()
    house.book_cash()
    return house


def draw(house: ReleaseHouse, actor: Actor | None = None, **changes: Any) -> PaymentSample:
    """Draw from the list, all three where nothing else is said."""
    facts: dict[str, Any] = {"confidence": 95, "by_unit": False, "size": 3, "margin": None, "reason": ""}
    facts |= {name: changes.pop(name) for name in list(changes) if name in facts}
    told: dict[str, Any] = {
        "slug": house.row.measure.plan.slug,
        "scope": Scope(list_id=house.list_id),
        "order": Order(**facts),
        "key": uuid4(),
        "actor": actor or house.lists.inspector,
        "at": CALLED,
    }
    return PaymentSample.objects.get(pk=draw_payments(**{**told, **changes}))


def payment_of(sample: PaymentSample, position: int) -> SampledPayment:
    """Return what was drawn of the line at a place of the list."""
    return SampledPayment.objects.get(sample=sample, instruction__line__position=position)


def call(  # noqa: PLR0917 - a call in a line
    house: ReleaseHouse,
    payment: SampledPayment,
    answer: Answer = FINE,
    actor: Actor | None = None,
    day: date = DAY,
    at: datetime = CALLED,
    key: UUID | None = None,
) -> bool:
    """Note a call; return whether something is amiss."""
    who = actor or house.lists.inspector
    return call_back(
        payment_id=payment.pk, answer=answer, happened_on=day, key=key or uuid4(), actor=who, at=at
    )
