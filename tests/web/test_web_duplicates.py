"""The page of a person, and the pages on which two entries become one."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from pairs import enrol, link, pair, person, roster, serve
from people import Bureau
from people_builders import at
from songnuan.audit.models import Entry
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.show_person import show_person
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people.models import DuplicatePair, FamilyLink, PairStatus, Person, Roster
from web.browsing import as_, on, trail_length

pytestmark = pytest.mark.django_db

NUMBER = "320101198503120017"
PHONE = "13800010001"


@pytest.fixture
def union(bureau: Bureau) -> Actor:
    """A union officer of the bureau."""
    user = create_account(
        username="union", name="沈工会", password=None, password_stays=True, actor=SYSTEM, at=at(1)
    )
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster of the bureau's people."""
    return roster(bureau.bureau_id)


@pytest.fixture
def two(staff: Roster) -> tuple[Person, Person]:
    """Somebody who was entered twice."""
    one = person("张建国", phone=PHONE, id_number=NUMBER)
    other = person("张建囯", phone="13800010002", address="澄江市东江路1号302室")
    enrol(staff, one, post="闸工")
    enrol(staff, other, post="闸长")
    return one, other


def page_of(one: Person) -> str:
    """Return the address of somebody's page."""
    return reverse("person", args=(one.key,))


def text(client: Client, url: str) -> str:
    """Return what a page says on the second day."""
    with on(at(2)):
        page = client.get(url)
    assert page.status_code == 200
    return page.content.decode()


def test_a_persons_page_tells_everything_but_numbers(
    bureau: Bureau, union: Actor, staff: Roster, two: tuple[Person, Person]
) -> None:
    wife = person("王秀英")
    link(roster(bureau.bureau_id, "families"), two[0], wife)
    serve(roster(bureau.bureau_id, "service"), two[0])
    before = trail_length()
    shown = text(as_(union), page_of(two[0]))
    for told in ("张建国", "闸工", "王秀英", "东江大桥卡口", "0017", staff.title, "people.xlsx"):
        assert told in shown
    assert NUMBER not in shown
    assert PHONE not in shown
    assert trail_length() == before, "a page that is only read writes nothing"
    assert page_of(two[0]) in text(as_(union), page_of(wife))


def test_numbers_are_shown_for_a_purpose_once_and_that_is_recorded(
    union: Actor, two: tuple[Person, Person]
) -> None:
    client, url = as_(union), page_of(two[0])
    with on(at(2)):
        page = client.post(url, {"purpose": " "})
        assert page.status_code == 422
        assert NUMBER not in page.content.decode()
        assert not Entry.objects.filter(action="people.show_person").exists()
        page = client.post(url, {"purpose": "核对发放慰问金"})
    assert page.status_code == 200
    assert NUMBER in page.content.decode()
    assert PHONE in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert "<title>张*国 · " in page.content.decode(), "no tab and no history tells the name"
    [look] = Entry.objects.filter(action="people.show_person")
    assert (look.actor_label, "核对发放慰问金" in look.facts) == ("沈工会", False)
    shown = text(client, url)
    assert NUMBER not in shown
    assert "核对发放慰问金" in shown, "the look stands in what was done"


def test_who_may_only_view_sees_no_form_and_gets_no_number(
    bureau: Bureau, two: tuple[Person, Person]
) -> None:
    client, url = as_(bureau.officer), page_of(two[0])
    assert 'name="purpose"' not in text(client, url)
    with on(at(2)):
        page = client.post(url, {"purpose": "核对"})
        assert page.status_code == 403
        assert NUMBER not in page.content.decode()
        assert client.get(reverse("duplicates")).status_code == 403
        assert as_(bureau.liaison).get(url).status_code == 403


def test_of_a_minor_no_number_and_no_full_name_stands_on_the_page(union: Actor, staff: Roster) -> None:
    child = person("张小宝", phone=PHONE, birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, child)
    shown = text(as_(union), page_of(child))
    assert "张小宝" not in shown
    assert "0001" not in shown
    with on(at(2)):
        page = as_(union).post(page_of(child), {"purpose": "儿童节慰问"})
    assert PHONE in page.content.decode()
    assert '"minor":true' in Entry.objects.get(action="people.show_person").facts.replace(" ", "")


def test_nobody_is_found_outside_of_ones_reach(union: Actor) -> None:
    with on(at(2)):
        assert as_(union).get(page_of(person("赵一鸣"))).status_code == 404
        assert as_(union).get(reverse("person", args=("no-such-key",))).status_code == 404
        assert as_(union).get(reverse("duplicate", args=(77,))).status_code == 404


def test_the_list_shows_pairs_within_reach_with_their_reasons(
    union: Actor, two: tuple[Person, Person]
) -> None:
    pair(*two, reasons=["same_account"])
    pair(person("赵一鸣"), person("赵一鸣"))
    with on(at(2)):
        page = as_(union).get(reverse("duplicates"))
    [(row, reasons)] = page.context["rows"]
    assert (row.first.key, row.second.key) == (two[0].key, two[1].key)
    assert len(reasons) == 1
    shown = page.content.decode()
    assert "张建囯" in shown
    assert PHONE not in shown
    assert reverse("duplicates") in text(as_(union), reverse("rosters"))


def test_pages_of_the_list_go_on_by_key(union: Actor, staff: Roster) -> None:
    for _ in range(51):
        one, other = person("张建国"), person("张建国")
        enrol(staff, one)
        enrol(staff, other)
        pair(one, other)
    with on(at(2)):
        first = as_(union).get(reverse("duplicates"))
        rest = as_(union).get(reverse("duplicates"), {"before": first.context["older"]})
    seen = [row.pk for page in (first, rest) for row, _reasons in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 51
    assert rest.context["older"] is None


def test_two_entries_become_one_person_with_the_facts_chosen(
    union: Actor, two: tuple[Person, Person]
) -> None:
    noted = pair(*two)
    url = reverse("duplicate", args=(noted.pk,))
    client = as_(union)
    shown = text(client, url)
    assert 'name="choose_phone"' in shown
    assert 'name="choose_address"' not in shown, "what one entry alone knows is kept"
    with on(at(2)):
        answer = client.post(url, {"act": "merge", "choose_phone": "second", "choose_name": "first"})
        assert answer.headers["Location"] == page_of(two[0])
        assert client.get(page_of(two[1])).headers["Location"] == page_of(two[0])
        assert client.get(url).status_code == 200
        assert client.post(url, {"act": "merge"}).status_code == 200, "a second click changes nothing"
    kept = Person.objects.get(status="active")
    assert (kept.name, kept.phone, kept.address) == ("张建国", "13800010002", "澄江市东江路1号302室")
    assert Entry.objects.filter(action="people.merge_persons").count() == 1


def test_after_a_merge_the_next_two_are_one_click_away(union: Actor, staff: Roster, two: Any) -> None:
    noted = pair(*two)
    later = [person(name, birth_on=date(1985, 3, 12)) for name in ("李小明", "李晓明")]
    for one in later:
        enrol(staff, one)
    following = reverse("duplicate", args=(pair(later[0], later[1]).pk,))
    client = as_(union)
    with on(at(2)):
        merged = client.post(reverse("duplicate", args=(noted.pk,)), {"act": "merge"}, follow=True)
        assert f'href="{following}"' in merged.content.decode()
        assert pgettext("birth", "%(year)s") % {"year": 1985} in client.get(following).content.decode()
        last = client.post(following, {"act": "merge"}, follow=True)
    assert gettext("Compare the next two entries") not in last.content.decode()


def test_who_are_wrongly_told_to_be_family_are_merged_once_that_is_ticked(
    bureau: Bureau, union: Actor, two: tuple[Person, Person]
) -> None:
    noted = pair(*two)
    client, url = as_(union), reverse("duplicate", args=(noted.pk,))
    assert 'name="end_links"' not in text(client, url)
    link(roster(bureau.bureau_id, "families"), *two)
    shown = text(client, url)
    assert 'name="end_links"' in shown
    with on(at(2)):
        answer = client.post(url, {"act": "merge"})
        assert answer.status_code == 422
        assert answer.context["refusal"]
        assert (Person.objects.filter(status="active").count(), FamilyLink.objects.get().ends_on) == (2, None)
        kept = client.post(url, {"act": "merge", "end_links": "1", "remark": "长" * 401})
        assert kept.status_code == 422
        assert kept.context["end_links"], "what was ticked stays ticked"
        assert FamilyLink.objects.get().ends_on is None
        answer = client.post(url, {"act": "merge", "end_links": "1"})
    assert answer.headers["Location"] == page_of(two[0])
    assert FamilyLink.objects.get().ends_on == at(2).date()


def test_two_entries_stay_two_persons(union: Actor, two: tuple[Person, Person]) -> None:
    noted = pair(*two)
    url = reverse("duplicate", args=(noted.pk,))
    with on(at(2)):
        assert as_(union).post(url, {"act": "neither"}).status_code == 400
        assert as_(union).post(url, {"act": "apart", "remark": "长" * 401}).status_code == 422
        answer = as_(union).post(url, {"act": "apart", "remark": "同名不同人"})
    assert answer.headers["Location"] == reverse("duplicates")
    noted.refresh_from_db()
    assert (noted.status, noted.remark) == (PairStatus.DISTINCT, "同名不同人")
    assert "同名不同人" in text(as_(union), url)
    assert Person.objects.filter(status="active").count() == 2


def test_a_pair_beyond_ones_reach_is_not_there(
    bureau: Bureau, union: Actor, two: tuple[Person, Person]
) -> None:
    noted = pair(two[0], person("张建国"))
    with on(at(2)):
        url = reverse("duplicate", args=(noted.pk,))
        assert as_(union).post(url, {"act": "merge"}).status_code == 404
        assert as_(bureau.officer).get(url).status_code == 403
    assert DuplicatePair.objects.get().status == PairStatus.OPEN


def test_who_looked_stands_on_the_page_even_after_a_merge(union: Actor, two: tuple[Person, Person]) -> None:
    show_person(person_key=two[1].key, purpose="寄送慰问品", actor=union, at=at(2))
    noted = pair(*two)
    with on(at(2)):
        as_(union).post(reverse("duplicate", args=(noted.pk,)), {"act": "merge"})
    assert "寄送慰问品" in text(as_(union), page_of(two[0]))
