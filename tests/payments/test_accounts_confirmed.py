"""A second person learns that a new account waits for them, and confirms it, whatever post lets them."""

import pytest
from django.urls import reverse

from payments.releasing import AFTER, ReleaseHouse, make_release_house, set_account
from songnuan.kernel.actor import Actor
from songnuan.payments.models import LineCorrection
from songnuan.payments.release_queries import told_digest
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "确认新账户：清单发-0001"


@pytest.fixture
def house() -> ReleaseHouse:
    """A released list of which one line failed."""
    house = make_release_house(released=True)
    house.hand({1: (True, ""), 2: (False, "账户已销户")})
    return house


def has_it_due(actor: Actor) -> bool:
    with on(AFTER):
        return TITLE in as_(actor).get("/").content.decode()


def test_who_checks_lists_has_it_due_and_confirms_it(house: ReleaseHouse) -> None:
    checker, line = house.lists.checker, house.line(2)
    assert not has_it_due(checker), "the register tells the account that failed"
    set_account("张小三", "6217009999999999999")
    assert has_it_due(checker)
    assert has_it_due(house.lists.approver)
    assert not has_it_due(house.lists.finance), "who released it does not confirm"
    assert not has_it_due(house.lists.register.union.stranger)
    client = as_(checker)
    page = client.get(reverse("payment", args=[house.list_id]))
    assert page.status_code == 200
    line.payee.refresh_from_db()
    seen = told_digest(line.payee)
    address = reverse("payment_confirm", args=[house.list_id, line.pk])
    assert client.post(address, {"seen": seen}).status_code == 302
    assert LineCorrection.objects.get().confirmed_by_id == checker.user_id
    assert not has_it_due(checker)
    house.again(2)


def test_who_may_do_neither_finds_no_such_page(house: ReleaseHouse) -> None:
    set_account("张小三", "6217009999999999999")
    client = as_(house.lists.register.union.stranger)
    assert client.get(reverse("payment", args=[house.list_id])).status_code == 404
    address = reverse("payment_confirm", args=[house.list_id, house.line(2).pk])
    assert client.post(address, {"seen": "x"}).status_code == 404
    assert not LineCorrection.objects.exists()
