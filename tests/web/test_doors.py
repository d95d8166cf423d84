"""Nobody gets in without a sign-in, and what was seen is kept by no store."""

from collections.abc import Iterator, Mapping

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from people import Bureau, open_plan_1
from web.browsing import as_

OPEN = {"language/"}
OWN = {
    *("my/", "my/leave/", "my/copy/", "my/correction/", "my/erasure/"),
    "my/kits/1/proxy/",
    *(f"my/money/1/{act}/" for act in ("got", "missing", "objection")),
}
IMPORT = "(?P<key>[0-9a-f]{32})"
ARGUMENTS = {
    "pk": "1",
    "slug": "front-line-visits",
    "measure_id": "1",
    "kind": "visit",
    "ext": "pdf",
    "plan_kind": "care",
    "key": "k",
    "user_id": "1",
    "post_id": "1",
    "number": "1",
    "unit_id": "1",
    "measure_key": "m",
    "item_id": "1",
    "replaced_id": "1",
    "secret": "s",
    "channel": "email",
    "first": "k",
    "second": "l",
    "list_id": "1",
    "objection_id": "1",
    "line_id": "1",
    "result": "1",
    "position": "1",
    "word_id": "1",
    "excuse": "1",
    "summary": "1",
    "member_id": "1",
    "language": "en",
    "which": "order",
    "code": "c",
}
# The field app: its shell is everybody's, and a script is told in words that the sign-in has run out.
NUMBER = "5b0f7c52-58f5-4c0a-9d5a-0d1f5f6a7b8c"
SHELL = {
    *("field/", "field/sw.js", "field/manifest.webmanifest", "field/words/en.json"),
    f"field/devices/{NUMBER}/standing/",
}
SCRIPTS = {f"field/{name}/" for name in ("standing", "pack", "device", "send")}
SECRET = "calendar/s.ics"
PUBLIC, FAMILY = "notices/public/k/", "feedback/s/"
POSTERS = {
    "here/c/",
    "arrived/c/",
    "q/c/",
    "door/c/",
    "learn/c/",
    "invited/c/",
    "invited/c/event.ics",
    "learn/c/material/1/",
}


def addresses(arguments: Mapping[str, str] = ARGUMENTS) -> Iterator[str]:
    """Yield an address for every page of ours."""
    site = next(
        part
        for part in get_resolver().url_patterns
        if isinstance(part, URLResolver) and str(part.pattern) == ""
    )
    for page in site.url_patterns:
        assert isinstance(page, URLPattern)
        route = str(page.pattern).removeprefix("^").removesuffix("$")
        route = route.replace(IMPORT, "0" * 32)
        route = route.replace("<uuid:number>", NUMBER)
        for name, value in arguments.items():
            for kind in ("int", "slug", "str", "uuid"):
                route = route.replace(f"<{kind}:{name}>", value)
        assert "<" not in route, route
        yield route


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    sorted(set(addresses()) - OPEN - OWN - SHELL - SCRIPTS - {SECRET, PUBLIC, FAMILY, *POSTERS}),
)
def test_every_page_asks_for_a_sign_in(address: str) -> None:
    client = Client()
    answer = client.get(f"/{address}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")
    # What only reads refuses the method before it asks who is there.
    assert client.post(f"/{address}").status_code in {302, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("address", sorted(SHELL))
def test_the_shell_of_the_field_app_is_the_same_for_everybody(bureau: Bureau, address: str) -> None:
    nobody, somebody = Client().get(f"/{address}"), as_(bureau.officer).get(f"/{address}")
    assert (nobody.status_code, somebody.status_code) == (200, 200)
    assert nobody.content == somebody.content
    assert not nobody.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("address", sorted(SCRIPTS))
def test_a_script_of_the_field_app_is_told_that_nobody_is_signed_in(address: str) -> None:
    answers = [Client().post(f"/{address}", "{}", content_type="application/json")]
    if address in {"field/standing/", "field/pack/"}:
        answers = [Client().get(f"/{address}")]
    assert [answer.status_code for answer in answers] == [401]
    assert answers[0].json()["sentence"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [SECRET, PUBLIC, FAMILY, *sorted(POSTERS)])
def test_a_secret_address_that_nobody_made_tells_nothing(address: str) -> None:
    assert address in set(addresses())
    assert Client().get(f"/{address}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", sorted(OWN - {"my/"}))
def test_every_page_of_ones_own_asks_for_a_code(address: str) -> None:
    client = Client()
    for answer in (client.get(f"/{address}"), client.post(f"/{address}")):
        assert answer.status_code in {302, 405}
        assert answer.headers.get("Location", "/my/") == "/my/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["", "plans/", "plans/front-line-visits/", "funds/", "office/", "no-such-page/"]
)
def test_what_a_reader_saw_is_kept_by_no_store(bureau: Bureau, address: str) -> None:
    open_plan_1(bureau)
    assert "no-store" in as_(bureau.office).get(f"/{address}").headers["Cache-Control"]


@pytest.mark.django_db
def test_another_host_is_told_that_the_address_is_wrong() -> None:
    answer = Client().get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "<html" in answer.content.decode()
