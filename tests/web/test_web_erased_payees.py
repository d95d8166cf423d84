"""What pages and papers say of people whom a list paid, once they are erased: plainly, and none breaks."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from payments.living import FIRST, ID_OF, KEPT_UNTIL, NIGHT, OBJECTED, SECOND, THIRD, Lived, lived
from payments.releasing import AFTER, make_release_house
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.make_payment_papers import KINDS
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.payments.models import PaymentSample, SampledPayment
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
GONE = "（已按期删除）"
NEW_YEAR = datetime(2021, 1, 1, 1, tzinfo=CHINA)
"""The night after the books' day, where an archive of its own keeps the vouchers."""
BOOKS, OVER = datetime(2020, 6, 2, 9, tzinfo=CHINA), datetime(2021, 1, 4, 9, tzinfo=CHINA)
NAMES = (FIRST, SECOND, THIRD)


@pytest.fixture(autouse=True)
def _files_of_this_test_alone(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path
    settings.PAYMENT_RECORDS_YEARS = 0


@pytest.fixture
def house() -> Lived:
    """The house after the night in which its people were erased."""
    found = lived()
    erase_rosters(actor=SYSTEM, at=NIGHT)
    return found


def pages(house: Lived) -> dict[str, tuple[Actor, str]]:
    """Return every page on which somebody who was paid is named, with who opens it."""
    lists, list_id = house.house.lists, house.house.list_id
    sample = PaymentSample.objects.get()
    first, second = SampledPayment.objects.order_by("instruction__line__position")[:2]
    found = {
        "list": (lists.finance, reverse("payment_list", args=(list_id,))),
        "payment": (lists.finance, reverse("payment", args=(list_id,))),
        "notice": (lists.inspector, reverse("payment_notice", args=(list_id,))),
        "papers": (lists.finance, reverse("payment_papers", args=(list_id,))),
        "calls": (lists.inspector, reverse("payment_callbacks", args=(list_id,))),
        "sample": (lists.inspector, reverse("callback_sample", args=(sample.pk,))),
        "call": (lists.inspector, reverse("callback", args=(first.pk,))),
        "second call": (lists.inspector, reverse("callback", args=(second.pk,))),
        "roster": (lists.officer, reverse("roster", args=("staff",))),
    }
    for number in (1, 2, 3):
        found[f"batch {number}"] = (lists.finance, reverse("payment_batch", args=(list_id, number)))
    return found


def shown(actor: Actor, path: str, at: datetime) -> str:
    with on(at):
        answered = as_(actor).get(path)
    assert answered.status_code == 200, (path, answered.status_code)
    return answered.content.decode()


def test_until_the_books_are_over_pages_show_them_masked(house: Lived) -> None:
    for name, (actor, path) in pages(house).items():
        text = shown(actor, path, BOOKS)
        assert not any(one in text for one in NAMES), name
        assert not any(number in text for number in ID_OF.values()), name
        assert OBJECTED not in text, name
        # A notice is masked already, and stays as everybody read it.
        if name in {"list", "batch 1", "sample"}:
            assert "张*三" in text, name
        if name in {"notice", "list"}:
            assert GONE in text, name
    assert "2020年12月31日" in shown(*pages(house)["list"], BOOKS)


def test_after_the_books_they_say_that_it_was_erased(house: Lived) -> None:
    erase_rosters(actor=SYSTEM, at=NEW_YEAR)
    for name, (actor, path) in pages(house).items():
        text = shown(actor, path, OVER)
        assert not any(one in text for one in NAMES), name
        if name not in {"payment", "papers", "calls", "roster"}:
            assert GONE in text, name
    for amount in ("5,000.00", "2,000.00"):
        assert amount in shown(*pages(house)["list"], OVER)


@pytest.mark.parametrize("is_full", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_papers_made_later_say_so_too(house: Lived, kind: str, *, is_full: bool) -> None:
    for at, night in ((BOOKS, None), (OVER, NEW_YEAR)):
        if night is not None:
            erase_rosters(actor=SYSTEM, at=night)
        with on(at):
            told = {"full": "on"} if is_full else {}
            browser = as_(house.house.lists.finance)
            answered = browser.post(f"/lists/{house.house.list_id}/papers/{kind}.xlsx", told)
        assert answered.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answered.content)) as book:
            text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        has_name = any(one in text for one in NAMES)
        assert not has_name or (is_full and night is None), kind
        if KINDS[kind].of_people:
            assert (GONE in text) is (night is not None), kind
            assert "5,000.00" in text or "5000" in text


def test_a_signature_that_was_erased_is_told_of(house: Lived) -> None:
    path = reverse("payment_signature", args=(house.house.list_id, 2, 1))
    with on(BOOKS):
        assert as_(house.house.lists.finance).get(path).status_code == 200
    erase_rosters(actor=SYSTEM, at=NEW_YEAR)
    with on(OVER):
        answered = as_(house.house.lists.finance).get(path)
    assert answered.status_code in {403, 409, 410}
    assert "已按期删除" in answered.content.decode()


def test_the_phone_of_who_was_erased_is_not_there(house: Lived) -> None:
    payment = SampledPayment.objects.first()
    assert payment is not None
    with on(BOOKS):
        answered = as_(house.house.lists.inspector).post(reverse("callback_phone", args=(payment.pk,)))
    assert answered.status_code in {403, 404, 409}
    assert "138" not in answered.content.decode()


def test_the_page_of_a_roster_says_who_waits_and_for_what() -> None:
    house = make_release_house(released=True)
    house.hand({1: (True, ""), 2: (False, "账号有误")})
    house.sign()
    house.book_cash()
    staff = house.lists.register.staff
    staff.retain_until = KEPT_UNTIL
    staff.save()
    path = reverse("roster", args=("staff",))
    before = shown(house.lists.officer, path, AFTER + timedelta(days=1))
    assert "会计档案管理办法" in before
    erase_rosters(actor=SYSTEM, at=NIGHT)
    text = shown(house.lists.officer, path, BOOKS)
    assert "另有2人的发放尚未了结" in text  # the payee, and whose service it is for
    assert "发-0001" in text
