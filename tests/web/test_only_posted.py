"""Addresses that take forms only: opened otherwise, they lead to the page of the form and write nothing."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from people import Bureau, open_plan_1
from songnuan.audit.models import Entry
from web.browsing import as_
from web.test_doors import addresses

pytestmark = pytest.mark.django_db
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def posted() -> Iterator[str]:
    """Yield every address that takes forms only."""
    for address in addresses():
        if getattr(resolve(f"/{address}").func, "takes_forms_only", False):
            yield f"/{address}"


def test_no_page_answers_with_an_empty_refusal_of_the_method(bureau: Bureau) -> None:
    """Whatever a view is made of: one that takes forms only, and does not say so, is found here."""
    client = as_(bureau.officer)
    empty = [address for address in addresses() if client.get(f"/{address}").status_code == 405]
    assert not empty
    assert len(list(posted())) > 70, "the walk has to find them"


def test_an_address_that_takes_forms_only_leads_to_its_page_and_writes_nothing(bureau: Bureau) -> None:
    open_plan_1(bureau)
    client, before = as_(bureau.officer), Entry.objects.count()
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        answers = {address: client.get(address) for address in posted()}
    for address, answer in answers.items():
        assert answer.status_code == 302, address
        assert not answer.headers["Location"].startswith("/account/"), address
        page = resolve(answer.headers["Location"].split("#")[0])
        assert not getattr(page.func, "takes_forms_only", False), address
    assert not [one["sql"] for one in queries if one["sql"].startswith(CHANGES)]
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/plans/front-line-visits/sheets/units/", "/plans/front-line-visits/sheets/"),
        ("/lists/1/pay/1/results/1/", "/lists/1/pay/1/"),
        ("/emergency/1/stand-ins/1/end/", "/emergency/1/group/"),
        ("/screening/units/1/", "/"),  # there is none: the reader is told nothing of it
        ("/lessons/codes/1/end/", "/"),
        ("/my/money/1/got/", "/my/"),
    ],
)
def test_the_page_is_the_one_of_the_form(bureau: Bureau, address: str, page: str) -> None:
    assert as_(bureau.officer).get(address).headers["Location"] == page
    assert as_(bureau.officer).head(address).headers["Location"] == page
    assert as_(bureau.officer).put(address).status_code == 405


def test_the_page_says_that_nothing_was_sent(bureau: Bureau) -> None:
    open_plan_1(bureau)
    client = as_(bureau.officer)
    page = client.get("/plans/front-line-visits/sheets/units/", follow=True)
    assert page.status_code == 200
    assert "刚才没有提交任何内容" in page.content.decode()
    assert "请在本页办理" in page.content.decode()
    page = client.get("/screening/units/1/", follow=True)
    assert "刚才没有提交任何内容" in page.content.decode()
    assert "请在本页办理" not in page.content.decode()


def test_after_the_sign_in_one_is_led_to_the_page_too(bureau: Bureau) -> None:
    client = Client()
    door = client.get("/emergency/1/stand-ins/1/end/").headers["Location"]
    assert door.startswith("/account/login/?next=")
    client = as_(bureau.officer)
    assert client.get(door).headers["Location"] == "/emergency/1/stand-ins/1/end/"
    assert client.get("/emergency/1/stand-ins/1/end/").headers["Location"] == "/emergency/1/group/"
