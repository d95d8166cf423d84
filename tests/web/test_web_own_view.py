"""What people see of themselves with a code, and the office's pages about it."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from pairs import enrol, link, person, roster
from people import Bureau
from people_builders import acting, at
from songnuan.audit.models import Entry
from songnuan.journeys.ask_correction import ask_correction
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.issue_access_code import issue_access_code
from songnuan.journeys.show_person import show_person
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people.access_codes import oneself
from songnuan.people.actions import erase_person
from songnuan.people.models import AccessCode, Correction, Person, Roster
from songnuan.web.views.own_view import FAILED_AFTER
from web.browsing import as_, on, trail_length

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = "11010119900307123X", "320101198503120016"
PHONE, OTHER_PHONE = "13800010001", "13800010002"
CODE = re.compile(r"[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){2}")


@pytest.fixture(autouse=True)
def waits() -> Iterator[list[float]]:
    """How long each failure made wait; nobody failed before."""
    cache.clear()
    found: list[float] = []
    with patch("songnuan.web.views.own_view.sleep", side_effect=found.append):
        yield found
    cache.clear()


@pytest.fixture
def union(bureau: Bureau) -> Actor:
    """A union officer of the bureau."""
    return officer("union", bureau.bureau_id)


def officer(username: str, unit_id: int) -> Actor:
    """Return a union officer of a unit."""
    user = create_account(
        username=username, name="沈工会", password=None, password_stays=True, actor=SYSTEM, at=at(1)
    )
    give_post(user_id=user.pk, unit_id=unit_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster of the bureau's people."""
    return roster(bureau.bureau_id)


@pytest.fixture
def zhang(staff: Roster) -> Person:
    """Somebody with a number and a phone."""
    one = person("张建国", id_number=NUMBER, phone=PHONE, address="澄江市东江路1号")
    enrol(staff, one, post="闸工")
    return one


@pytest.fixture
def code(union: Actor, zhang: Person) -> str:
    """The code that the office gave."""
    return issue_access_code(person_key=zhang.key, actor=union, at=at(2)).code


def come(client: Client, code: str, ending: str = "123X", moment: datetime | None = None) -> Any:
    """Post the form of the way in."""
    with on(moment or at(3)):
        return client.post(reverse("own_view"), {"code": code, "ending": ending})


def inside(code: str) -> Client:
    """Return a browser in which somebody came in with a code."""
    client = Client()
    assert come(client, code).status_code == 302
    return client


def see(client: Client, name: str = "own_view", moment: datetime | None = None, *args: object) -> Any:
    """Return a page."""
    with on(moment or at(3)):
        return client.get(reverse(name, args=args))


def send(client: Client, name: str, fields: dict[str, Any], *args: object) -> Any:
    """Post a form on the fifth day, or on the third as oneself."""
    with on(at(3) if name.startswith("own") else at(5)):
        return client.post(reverse(name, args=args), {"key": str(uuid4()), **fields})


def ask(who: Person, field: str, value: str = "") -> int:
    """Ask for something, as the person."""
    return ask_correction(
        person_key=who.key,
        field=field,
        value=value,
        reason="身份证为准",
        key=uuid4(),
        actor=oneself(who.key),
        at=at(3),
    )


# The office gives a code --------------------------------------------------------------------------


def test_the_office_gives_a_code_on_a_slip_that_is_shown_once(union: Actor, zhang: Person) -> None:
    client = as_(union)
    with on(at(2)):
        assert (
            reverse("access_code", args=(zhang.key,))
            in client.get(reverse("person", args=(zhang.key,))).content.decode()
        )
        page = client.post(reverse("access_code", args=(zhang.key,)), {"act": "issue"})
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    text = page.content.decode()
    codes = [link.code for link in page.context["codes"]]
    assert len(codes) == len(set(codes)) == 3
    assert CODE.findall(text) == codes
    assert text.count("<svg viewBox") == 3, "a picture for the camera beside each"
    code = codes[0]
    assert "张*国" in text
    assert "http://testserver/my/" in text
    for hidden in (NUMBER, PHONE, "123X"):
        assert hidden not in text
    again = see(client, "access_code", at(2), zhang.key)
    assert code not in again.content.decode()
    assert again.context["code"].is_live
    for one in codes:
        assert come(Client(), one).status_code == 302
        late = at(3) + timedelta(minutes=3)
        assert come(Client(), one, moment=late).status_code == 422, "it opens once"


@pytest.mark.parametrize("way", ["aloud", "sent"])
def test_a_code_is_read_aloud_or_sent_with_its_link(union: Actor, zhang: Person, way: str) -> None:
    page = send(as_(union), "access_code", {"act": "issue", "way": way}, zhang.key)
    text = page.content.decode()
    [link] = page.context["codes"]
    assert link.code in text
    assert link.address == f"http://testserver/my/#{link.code}"
    assert (link.address in text) == (way == "sent")
    for hidden in (NUMBER, PHONE, "123X"):
        assert hidden not in text
    assert "张建国" not in text[text.index('role="status"') :], "what is handed over names them masked"
    assert come(Client(), link.code, moment=at(5)).status_code == 302
    assert AccessCode.objects.count() == 1


def test_another_way_makes_one_code_on_a_slip(union: Actor, zhang: Person) -> None:
    page = send(as_(union), "access_code", {"act": "issue", "way": "pigeon"}, zhang.key)
    assert page.context["way"] == "slip"
    assert AccessCode.objects.count() == 1


def test_a_code_is_taken_back(union: Actor, zhang: Person, code: str) -> None:
    client = inside(code)
    assert send(as_(union), "access_code", {"act": "revoke"}, zhang.key).status_code == 302
    assert AccessCode.objects.get().revoked_at == at(5)
    assert "form" in see(client).context, "what the code had opened is closed"
    assert come(Client(), code).status_code == 422


def test_a_minors_code_needs_a_guardian(union: Actor, staff: Roster) -> None:
    child = person("张小宝", phone=PHONE, birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, child)
    page = send(as_(union), "access_code", {"act": "issue"}, child.key)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["guardian"]
    assert not AccessCode.objects.exists()
    page = send(as_(union), "access_code", {"act": "issue", "guardian": "张建国"}, child.key)
    assert page.status_code == 200
    assert "张*国" in page.content.decode()
    for hidden in ("张小宝", "张建国"):
        assert hidden not in page.content.decode()


def test_no_code_where_nothing_goes_with_it(union: Actor, staff: Roster) -> None:
    one = person("王秀英")
    enrol(staff, one)
    assert not see(as_(union), "access_code", at(2), one.key).context["possible"]
    assert send(as_(union), "access_code", {"act": "issue"}, one.key).status_code == 422
    assert not AccessCode.objects.exists()


def test_who_came_of_age_since_is_asked_for_no_guardian(union: Actor, staff: Roster) -> None:
    grown = person("张小宝", phone=PHONE, birth_on=date(2002, 4, 2), restricted=True)
    enrol(staff, grown)
    client = as_(union)
    assert 'name="guardian"' in see(client, "access_code", at(1), grown.key).content.decode()
    assert 'name="guardian"' not in see(client, "access_code", at(2), grown.key).content.decode()
    slip = send(client, "access_code", {"act": "issue", "guardian": "张父亲"}, grown.key)
    assert slip.status_code == 200
    assert slip.context["guardian"] == ""
    assert {code.guardian for code in AccessCode.objects.all()} == {None}


def test_who_may_show_people_elsewhere_does_not_see_how_a_code_stands(
    bureau: Bureau, zhang: Person, code: str
) -> None:
    assert code
    elsewhere = officer("elsewhere", bureau.lead_id)
    assert elsewhere.user_id is not None
    # A post that lets see everybody, masked, beside one that shows the people of another unit.
    give_post(
        user_id=elsewhere.user_id,
        unit_id=bureau.bureau_id,
        role=Role.PROGRAMME_OFFICER,
        actor=SYSTEM,
        at=at(1),
    )
    client = as_(elsewhere)
    shown = see(client, "person", at(3), zhang.key)
    assert shown.status_code == 200
    assert 'name="purpose"' not in shown.content.decode()
    assert see(client, "access_code", at(3), zhang.key).status_code == 404
    before = list(AccessCode.objects.values())
    for act in ("issue", "revoke"):
        assert send(client, "access_code", {"act": act}, zhang.key).status_code == 404
    assert list(AccessCode.objects.values()) == before


def test_nobody_else_gives_a_code(bureau: Bureau, zhang: Person) -> None:
    elsewhere = officer("elsewhere", bureau.lead_id)
    for actor, status in ((bureau.officer, 403), (bureau.liaison, 403), (elsewhere, 404)):
        for act in ("issue", "revoke"):
            assert send(as_(actor), "access_code", {"act": act}, zhang.key).status_code == status
        assert see(as_(actor), "access_code", at(2), zhang.key).status_code == status
    assert not AccessCode.objects.exists()
    shown = see(as_(bureau.officer), "person", at(2), zhang.key).content.decode()
    assert reverse("access_code", args=(zhang.key,)) not in shown


# The way in ---------------------------------------------------------------------------------------


def test_the_way_in_is_open_to_everybody_and_kept_nowhere() -> None:
    before = trail_length()
    page = see(Client())
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert 'method="post"' in page.content.decode()
    assert trail_length() == before


def test_a_code_in_the_address_opens_nothing(code: str) -> None:
    client = Client()
    with on(at(3)):
        page = client.get(reverse("own_view"), {"code": code, "ending": "123X"})
    assert page.headers["Location"] == reverse("own_view")
    assert AccessCode.objects.get().used_count == 0


def test_with_code_and_ending_everything_is_shown_in_full(
    bureau: Bureau, union: Actor, zhang: Person, code: str
) -> None:
    link(roster(bureau.bureau_id, "families"), zhang, person("王秀英"))
    show_person(person_key=zhang.key, purpose="核对发放慰问金", actor=union, at=at(2))
    client = inside(code.lower().replace("-", " "))
    page = see(client)
    text = page.content.decode()
    for told in ("张建国", NUMBER, PHONE, "澄江市东江路1号", "闸工", "王*英", "核对发放慰问金"):
        assert told in text
    assert "王秀英" not in text
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    title = re.search("<title>(.*?)</title>", text)
    assert title is not None
    assert "张" not in title[1]


def test_it_stays_open_for_a_quarter_of_an_hour(code: str) -> None:
    client = inside(code)
    assert "facts" in see(client, moment=at(3) + timedelta(minutes=14, seconds=59)).context
    late = at(3) + timedelta(minutes=15)
    assert "form" in see(client, moment=late).context
    assert "form" in see(client).context, "what is over stays so"


def test_what_is_asked_after_the_time_leads_back_to_the_way_in(code: str, zhang: Person) -> None:
    client = inside(code)
    with on(at(4)):
        for name in ("own_correction", "own_erasure", "own_data"):
            fields = {"key": str(uuid4()), "field": "phone", "value": OTHER_PHONE, "reason": "x"}
            answer = client.post(reverse(name), fields)
            assert answer.headers["Location"] == reverse("own_view")
    for name in ("own_correction", "own_erasure"):
        assert see(Client(), name).status_code == 302
    assert not Correction.objects.exists()
    assert not Entry.objects.filter(action="people.take_own_view").exists()
    assert zhang.phone == PHONE


def test_a_wrong_code_and_a_wrong_ending_look_the_same_and_take_as_long(
    code: str, waits: list[float]
) -> None:
    pages = [come(Client(), "ABCD-EFGH-JKMN"), come(Client(), code, "0000")]
    assert [page.status_code for page in pages] == [422, 422]
    told = [page.context["form"].non_field_errors() for page in pages]
    assert told[0] == told[1]
    assert len(waits) == 2
    assert all(0 < wait <= FAILED_AFTER for wait in waits)
    bodies = [re.sub(r"value=\"[^\"]*\"", "", page.content.decode()) for page in pages]
    assert bodies[0] == bodies[1]
    assert AccessCode.objects.get().failed_count == 1


@pytest.mark.parametrize(
    ("typed", "ending", "field"),
    [("ABCD-EFGH-JKM0", "123X", "code"), ("", "123X", "code"), ("ABCD", "123X", "code"), ("", "", "code")],
)
def test_what_can_be_no_code_is_said_beside_its_field_and_not_counted(
    code: str, typed: str, ending: str, field: str
) -> None:
    page = come(Client(), typed, ending)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    page = come(Client(), code, "1234X")
    assert list(page.context["form"].errors) == ["ending"]
    assert AccessCode.objects.get().failed_count == 0


def test_after_five_failures_not_even_the_right_ending_opens(code: str) -> None:
    for _ in range(5):
        assert come(Client(), code, "0000").status_code == 422
    assert come(Client(), code).status_code == 429
    cache.clear()
    assert come(Client(), code).status_code == 422
    assert Entry.objects.filter(action="people.lock_code").count() == 1
    assert not Entry.objects.filter(action="people.open_own_view").exists()


def test_thirty_failures_from_one_address_make_wait_and_success_counts_nothing(
    union: Actor, zhang: Person
) -> None:
    *codes, code = issue_access_code(person_key=zhang.key, count=41, actor=union, at=at(2)).codes
    for one in codes:
        assert come(Client(), one).status_code == 302
    signs = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    for number in range(30):
        assert come(Client(), f"ABCD-EFGH-JKM{signs[number]}").status_code == 422
    page = come(Client(), code)
    assert page.status_code == 429
    assert page.context["form"].non_field_errors()
    with on(at(3)):
        elsewhere = Client(REMOTE_ADDR="10.9.8.7")
        assert elsewhere.post(reverse("own_view"), {"code": code, "ending": "123X"}).status_code == 302


def test_a_clerk_who_comes_in_with_a_code_stays_the_clerk(bureau: Bureau, zhang: Person, code: str) -> None:
    client = as_(bureau.liaison)
    before = client.cookies["sessionid"].value
    assert come(client, code).status_code == 302
    assert client.cookies["sessionid"].value != before, "the session has another key"
    assert NUMBER in see(client).content.decode()
    assert see(client, "person", at(3), zhang.key).status_code == 403, (
        "no right of the person's, none of more"
    )
    send(client, "own_correction", {"field": "phone", "value": OTHER_PHONE, "reason": "换号"})
    asked = Entry.objects.get(action="people.ask_correction")
    assert asked.actor_key == f"person:{zhang.key}"
    assert send(client, "own_leave", {}).status_code == 302
    assert "form" in see(client).context
    assert see(client, "home").status_code == 200, "still signed in"


def test_who_came_in_with_a_code_has_signed_in_nowhere(zhang: Person, code: str) -> None:
    client = inside(code)
    for url in (reverse("home"), reverse("corrections"), reverse("person", args=(zhang.key,))):
        with on(at(3)):
            assert client.get(url).status_code == 302, url
    kept = repr(dict(client.session.items()))
    for plain in (NUMBER, PHONE, "张建国", code, zhang.key):
        assert plain not in kept


def test_who_signs_in_after_somebody_did_not_leave_sees_nothing_of_it(bureau: Bureau, code: str) -> None:
    client = inside(code)
    assert bureau.officer.user_id is not None
    client.force_login(User.objects.get(pk=bureau.officer.user_id))
    for name in ("own_view", "own_correction", "own_erasure"):
        page = see(client, name)
        assert NUMBER not in page.content.decode()
    assert send(client, "own_data", {}).status_code == 302
    assert not Entry.objects.filter(action="people.take_own_view").exists()
    assert "own_view" not in client.session


@pytest.mark.parametrize("name", ["own_view", "own_data"])
def test_who_is_erased_at_that_moment_is_led_back_to_the_way_in(zhang: Person, code: str, name: str) -> None:
    client = inside(code)
    erase_in_full(zhang)
    with patch("songnuan.people.queries.opened_for", return_value=zhang.key):
        page = see(client) if name == "own_view" else send(client, name, {})
    assert (page.status_code, page.url) == (302, reverse("own_view"))


def erase_in_full(who: Person) -> None:
    """Erase somebody."""
    with acting():
        erase_person(person_key=who.key, actor=SYSTEM, at=at(3))


def test_leaving_closes_the_page(code: str) -> None:
    client = inside(code)
    assert see(client, "own_leave").headers["Location"] == reverse("own_view")
    assert "own_view" in client.session
    send(client, "own_leave", {})
    assert "form" in see(client).context
    assert "own_view" not in client.session


def test_a_copy_is_handed_over_whole_and_recorded(zhang: Person, code: str) -> None:
    client = inside(code)
    assert see(client, "own_data").headers["Location"] == reverse("own_view")
    page = send(client, "own_data", {})
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in page.headers["Cache-Control"]
    told = json.loads(page.content)
    assert told["facts"]["id_number"] == NUMBER
    assert told["rosters"][0]["lines"][0]["post"] == "闸工"
    assert zhang.key not in page.content.decode()
    assert Entry.objects.filter(action="people.take_own_view").count() == 1


# What people ask for ------------------------------------------------------------------------------


def test_a_correction_is_asked_for_once_and_stands_on_the_page(zhang: Person, code: str) -> None:
    client, key = inside(code), str(uuid4())
    fields = {"key": key, "field": "phone", "value": "138 0001 0002", "reason": "换了号码"}
    for _ in range(2):
        answer = send(client, "own_correction", fields)
        assert answer.headers["Location"] == reverse("own_view"), "sent twice, it is one"
    assert Correction.objects.count() == 1
    [asked] = see(client).context["asked"]
    assert (asked.row.field, asked.value, asked.state) == ("phone", OTHER_PHONE, "waiting")
    page = send(client, "own_correction", {**fields, "key": str(uuid4())})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["field"]
    assert zhang.phone == PHONE


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({"field": "phone", "value": "1380001", "reason": "换号"}, "value"),
        ({"field": "id_number", "value": "320101198503120017", "reason": "身份证"}, "value"),
        ({"field": "phone", "value": "", "reason": "换号"}, "value"),
        ({"field": "phone", "value": OTHER_PHONE, "reason": ""}, "reason"),
        ({"field": "", "value": "x", "reason": "x"}, "field"),
        ({"field": "status", "value": "x", "reason": "x"}, "field"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(code: str, fields: dict[str, str], beside: str) -> None:
    page = send(inside(code), "own_correction", fields)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [beside]
    assert not Correction.objects.exists()


def test_to_be_erased_is_asked_for_without_a_reason(code: str) -> None:
    client = inside(code)
    assert send(client, "own_erasure", {"reason": ""}).status_code == 302
    assert Correction.objects.get().field == ""
    assert send(client, "own_erasure", {"reason": ""}).status_code == 422
    assert Correction.objects.count() == 1
    assert see(client).status_code == 200


# The office answers -------------------------------------------------------------------------------


def test_the_list_shows_what_waits_and_when_it_is_due(bureau: Bureau, union: Actor, zhang: Person) -> None:
    assert reverse("rosters") in see(as_(union), "corrections").content.decode(), "an empty list leads on"
    pk = ask(zhang, "phone", OTHER_PHONE)
    enrolled_elsewhere = person("赵一鸣", phone=PHONE)
    enrol(roster(bureau.lead_id, key="lead"), enrolled_elsewhere)
    ask(enrolled_elsewhere, "bank", "农行")
    page = see(as_(officer("lead", bureau.lead_id)), "corrections", at(4))
    assert [row.name for row, _what in page.context["rows"]] == ["赵一鸣"]
    page = see(as_(union), "corrections", at(30))
    first, _what = page.context["rows"][0]
    assert (first.pk, first.overdue) == (pk, True)
    text = page.content.decode()
    assert OTHER_PHONE not in text
    assert reverse("correction", args=(pk,)) in text
    home = see(as_(union), "home", at(4)).content.decode()
    assert reverse("corrections") in home, "a place in the menu"
    assert see(as_(bureau.officer), "corrections").status_code == 403


def test_what_waits_for_an_answer_is_due_on_the_first_page(
    bureau: Bureau, union: Actor, zhang: Person
) -> None:
    def due(actor: Actor, moment: datetime) -> list[Any]:
        found = see(as_(actor), "home", moment).context["due"]
        return [item for item in found if item.url == reverse("corrections")]

    elsewhere = officer("elsewhere", bureau.lead_id)
    assert due(union, at(4)) == []
    ask(zhang, "phone", OTHER_PHONE)
    pk = ask(zhang, "")
    [item] = due(union, at(4))
    assert ("2" in item.title, item.due_on, item.state) == (True, date(2020, 4, 26), "waiting")
    assert [item.state for item in due(union, at(30))] == ["late"]
    assert due(bureau.officer, at(4)) == due(elsewhere, at(4)) == []
    send(as_(union), "correction", {"act": "decline", "answer": "名册依法保留"}, pk)
    assert "1" in due(union, at(6))[0].title


def test_pages_of_the_list_go_on_by_key(union: Actor, staff: Roster) -> None:
    for _ in range(51):
        one = person("张建国", phone=PHONE)
        enrol(staff, one)
        row = Correction(person=one, field="bank", value="农行", reason="x", asked_at=at(3))
        Correction.objects.bulk_create([row])
    first = see(as_(union), "corrections", at(4))
    with on(at(4)):
        rest = as_(union).get(reverse("corrections"), {"before": first.context["older"]})
    seen = [row.pk for page in (first, rest) for row, _what in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 51


def test_an_officer_looks_says_what_for_and_accepts(union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE)
    client = as_(union)
    page = see(client, "correction", at(4), pk)
    assert page.context["answer"] is None, "who has not looked cannot answer yet"
    for hidden in (PHONE, OTHER_PHONE, "身份证为准"):
        assert hidden not in page.content.decode()
    assert send(client, "correction", {"act": "show", "purpose": " "}, pk).status_code == 422
    page = send(client, "correction", {"act": "show", "purpose": "核对更正申请"}, pk)
    for told in (PHONE, OTHER_PHONE, "身份证为准"):
        assert told in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Entry.objects.filter(action="people.show_person").count() == 1
    answer = send(client, "correction", {"act": "accept"}, pk)
    assert answer.headers["Location"] == reverse("corrections")
    zhang.refresh_from_db()
    assert zhang.phone == OTHER_PHONE
    page = see(client, "correction", at(6), pk)
    assert page.context["answer"] is None
    assert OTHER_PHONE not in page.content.decode()
    again = send(client, "correction", {"act": "accept"}, pk)
    assert again.headers["Location"] == reverse("corrections"), "a second click changes nothing"
    again = send(client, "correction", {"act": "decline", "answer": "x"}, pk)
    assert again.status_code == 422
    assert again.context["late"].non_field_errors(), "it says that it was answered meanwhile"
    assert 'role="alert"' in again.content.decode()
    assert Correction.objects.get().status == "accepted"


def test_a_number_that_is_taken_points_to_the_duplicates(union: Actor, staff: Roster, zhang: Person) -> None:
    enrol(staff, person("张建囯", id_number=OTHER_NUMBER))
    pk = ask(zhang, "id_number", OTHER_NUMBER)
    client = as_(union)
    send(client, "correction", {"act": "show", "purpose": "核对"}, pk)
    page = send(client, "correction", {"act": "accept"}, pk)
    assert page.status_code == 422
    assert reverse("duplicates") in page.content.decode()
    zhang.refresh_from_db()
    assert zhang.id_number == NUMBER
    assert send(client, "correction", {"act": "perhaps"}, pk).status_code == 400


def test_a_refused_answer_leaves_what_was_shown_on_the_page_and_notes_that_look(
    union: Actor, zhang: Person
) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE)
    client, looks = as_(union), Entry.objects.filter(action="people.show_person")
    page = send(client, "correction", {"act": "show", "purpose": "核对更正申请"}, pk)
    assert '<input type="hidden" name="purpose" value="核对更正申请">' in page.content.decode()
    page = send(client, "correction", {"act": "decline", "answer": "", "purpose": "核对更正申请"}, pk)
    assert (page.status_code, list(page.context["answer"].errors)) == (422, ["answer"])
    for told in (PHONE, OTHER_PHONE, "身份证为准"):
        assert told in page.content.decode()
    assert looks.count() == 2
    page = send(client, "correction", {"act": "decline", "answer": ""}, pk)
    assert OTHER_PHONE not in page.content.decode(), "who does not say what for is shown nothing"
    assert not page.context["look"].errors
    assert looks.count() == 2
    zhang.refresh_from_db()
    assert zhang.phone == PHONE


def test_declining_says_why_and_the_person_reads_it(union: Actor, zhang: Person, code: str) -> None:
    pk = ask(zhang, "other", "工龄应为十二年")
    client = as_(union)
    send(client, "correction", {"act": "show", "purpose": "核对"}, pk)
    page = send(client, "correction", {"act": "decline", "answer": ""}, pk)
    assert list(page.context["answer"].errors) == ["answer"]
    assert send(client, "correction", {"act": "decline", "answer": "以人事档案为准"}, pk).status_code == 302
    assert "以人事档案为准" in see(inside(code)).content.decode()


def test_an_erasure_proposes_what_to_say_where_the_law_keeps(
    union: Actor, staff: Roster, zhang: Person
) -> None:
    Roster.objects.filter(pk=staff.pk).update(title="在岗名册", legal_ground="duty")
    pk = ask(zhang, "")
    client = as_(union)
    page = see(client, "correction", at(4), pk)
    proposal = page.context["answer"]["answer"].value()
    assert "在岗名册" in proposal
    proposed = {"confirmed": "on", "answer": proposal}
    for fields, wrong in (({}, "confirmed"), ({"confirmed": "on"}, "answer"), (proposed, "answer")):
        page = send(client, "correction", {"act": "accept", **fields}, pk)
        assert (page.status_code, list(page.context["answer"].errors)) == (422, [wrong])
    zhang.refresh_from_db()
    assert zhang.status == "active"
    fields = {"act": "accept", "confirmed": "on", "answer": "任务已结束"}
    assert send(client, "correction", fields, pk).status_code == 302
    zhang.refresh_from_db()
    assert (zhang.status, zhang.name) == ("erased", "")
    again = send(client, "correction", fields, pk)
    assert again.headers["Location"] == reverse("corrections"), "a second click changes nothing"
    assert Entry.objects.filter(action="people.erase_person").count() == 1
    assert see(client, "correction", at(6), pk).status_code == 404


def test_who_is_erased_is_shown_the_way_in(union: Actor, staff: Roster, zhang: Person, code: str) -> None:
    Roster.objects.filter(pk=staff.pk).update(legal_ground="consent")
    client = inside(code)
    send(client, "own_erasure", {"reason": ""})
    send(as_(union), "correction", {"act": "accept"}, Correction.objects.get().pk)
    assert "form" in see(client).context
    assert come(Client(), code).status_code == 422
    zhang.refresh_from_db()
    assert zhang.status == "erased"


def test_a_request_beyond_ones_reach_is_not_there(bureau: Bureau, zhang: Person) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE)
    elsewhere = officer("elsewhere", bureau.lead_id)
    before = trail_length()
    for actor, status in ((bureau.officer, 403), (elsewhere, 404)):
        assert see(as_(actor), "correction", at(4), pk).status_code == status
        for act in ("show", "accept", "decline"):
            fields = {"act": act, "purpose": "x", "answer": "x"}
            assert send(as_(actor), "correction", fields, pk).status_code == status
    assert trail_length() == before
    assert Correction.objects.get().status == "asked"


def test_a_minor_is_not_found_by_name_on_a_roster_by_who_may_not_see_minors(
    bureau: Bureau, union: Actor, staff: Roster
) -> None:
    child = person("张小宝", phone=PHONE, birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, child)
    url = reverse("person", args=(child.key,))
    for actor, text, found in (
        (bureau.officer, "张小宝", False),
        (bureau.officer, PHONE, True),
        (union, "张小宝", True),
    ):
        with on(at(3)):
            page = as_(actor).post(reverse("roster", args=(staff.key,)), {"text": text})
        assert (url in page.content.decode()) is found
