"""What a list rests on in its fund is moved by the list alone; lists that follow tell which they follow."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from goods.builders import snapshot
from payments.releasing import AFTER, DAY, ReleaseHouse, make_release_house
from songnuan.funds import checks as fund_checks
from songnuan.funds.models import Commitment, Entry, Fund, Kind
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.release_commitment import release_commitment
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.kernel.refusal import Refusal
from songnuan.payments import checks
from songnuan.payments.models import PaymentList

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Entry, Fund, Commitment, PaymentList)


@pytest.fixture
def house() -> ReleaseHouse:
    return make_release_house()


@pytest.fixture
def released() -> ReleaseHouse:
    return make_release_house(released=True)


def refused(code: str, act: Callable[[], object]) -> None:
    """Do what is refused with a code, and show that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code, found.value.sentence
    assert snapshot(TABLES) == before
    assert [*checks.verify(), *fund_checks.verify()] == []


def test_what_came_back_of_a_list_is_no_refund_of_a_purchase(released: ReleaseHouse) -> None:
    """Else the fund would tell that money came back, and the list that everybody has it."""
    released.hand({1: (True, ""), 2: (True, "")})
    commitment = released.row.commitment_id or 0
    told: dict[str, Any] = {"amount_minor": 2000_00, "voucher": "退-9", "reason": "退回"}
    told |= {"happened_on": DAY, "key": uuid4()}
    finance = released.lists.finance
    refused("entry_of_list", lambda: refund_purchase(entry_id=commitment, **told, actor=finance, at=AFTER))


def test_the_money_of_a_cancelled_list_is_not_promised_to_it_again(house: ReleaseHouse) -> None:
    house.lists.cancel(house.list_id, house.lists.finance)
    freed = Entry.objects.get(kind=Kind.RELEASE)
    told: dict[str, Any] = {"reason": "误记", "actor": house.lists.finance, "at": AFTER}
    refused("entry_of_list", lambda: reverse_entry(entry_id=freed.pk, key=uuid4(), **told))
    commitment = house.row.commitment_id or 0
    refused("commitment_released", lambda: reverse_entry(entry_id=commitment, key=uuid4(), **told))
    refused("beyond_commitment", lambda: release_commitment(entry_id=commitment, key=uuid4(), **told))


def test_a_list_of_latecomers_follows_one_that_was_released(released: ReleaseHouse) -> None:
    register = released.lists.register
    register.employ("何大江")
    register.relate("何大江", "spouse", "何妻")
    register.serve(["何妻"])
    later = PaymentList.objects.get(pk=released.lists.put_up())
    assert (later.first_id, later.total_minor) == (released.list_id, 2000_00)
