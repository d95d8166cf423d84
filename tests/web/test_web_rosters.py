import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people import LEAD, Bureau, at
from roster_files import FAMILY, SERVICE, number, people, person, text
from songnuan.audit.models import Entry
from songnuan.journeys.create_roster import create_roster
from songnuan.kernel.actor import Actor
from songnuan.people.models import Roster
from songnuan.people.rules import RESERVED
from songnuan.web.urls import urlpatterns
from web.browsing import as_, on, queries_of, trail_length
from web.roster_browsing import stocked, told, unit_liaison

pytestmark = pytest.mark.django_db

LIST = "rosters"
NEW = "roster_new"


def page(actor: Actor, name: str, *args: str, query: str = "") -> Any:
    with on(at(8)):
        return as_(actor).get(reverse(name, args=args) + query)


def post(actor: Actor, name: str, *args: str, **fields: Any) -> Any:
    with on(at(8)):
        return as_(actor).post(reverse(name, args=args), fields)


def family(place: int, employee: int) -> list[str]:
    """Return the row of a relative of the employee of this number."""
    name = str(person(employee)[1])
    return [name, number(employee), "赵爱家", "配偶", number(place), f"198{place:08d}"]


# Which there are -----------------------------------------------------------------------------------


def test_without_a_roster_the_page_says_what_to_do_first(bureau: Bureau) -> None:
    officer = page(bureau.officer, LIST).content.decode()
    assert reverse(NEW) in officer
    inspector = page(bureau.inspector, LIST)
    assert inspector.status_code == 200
    assert reverse(NEW) not in inspector.content.decode()


def test_the_list_tells_people_last_import_and_retention(bureau: Bureau) -> None:
    stocked(bureau, people(1, 2, 3))
    Roster.objects.update(retain_until=date(2020, 4, 7))
    [line] = page(bureau.officer, LIST).context["rosters"]
    assert (line.people, line.unit, line.waiting, line.overdue) == (3, "澄江省水运管理局", None, True)
    assert line.last.file_name == "花名册.csv"
    Roster.objects.update(retain_until=date(2020, 4, 8))
    [line] = page(bureau.officer, LIST).context["rosters"]
    assert not line.overdue


@pytest.mark.parametrize("who", ["approver", "office", "liaison", "stranger"])
def test_who_may_not_see_people_sees_neither_page_nor_entry(bureau: Bureau, who: str) -> None:
    key = stocked(bureau, people(1))
    actor = getattr(bureau, who)
    assert page(actor, LIST).status_code == 403
    assert page(actor, "roster", key).status_code == 404
    assert page(actor, "roster_imports", key).status_code == 404
    home = page(actor, "home").content.decode()
    assert f'href="{reverse(LIST)}"' not in home
    assert f'href="{reverse(LIST)}"' in page(bureau.officer, "home").content.decode()


def test_nobody_sees_anything_without_signing_in(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    for name, args in ((LIST, ()), (NEW, ()), ("roster", (key,)), ("roster_imports", (key,))):
        assert Client().get(reverse(name, args=args)).status_code == 302


def test_a_unit_sees_its_own_roster_and_no_other(bureau: Bureau) -> None:
    other = stocked(bureau, people(1))
    own = create_roster(actor=bureau.officer, at=at(6), **_facts(bureau.lead_id, "航道处名册"))
    keeper = unit_liaison(bureau.lead_id)
    assert [line.key for line in page(keeper, LIST).context["rosters"]] == [own]
    assert page(keeper, "roster", own).status_code == 200
    for name in ("roster", "roster_change", "roster_imports", "roster_bring"):
        assert page(keeper, name, other).status_code == 404


def _facts(unit_id: int, title: str) -> dict[str, Any]:
    facts = told(unit_id, title=title)
    facts |= {"unit_id": facts.pop("unit"), "retain_until": date(2022, 12, 31)}
    return facts


# Making and changing -------------------------------------------------------------------------------


def test_a_roster_is_made_with_what_the_law_asks_for(bureau: Bureau) -> None:
    form = page(bureau.officer, NEW).context["form"]
    assert form["notice"].value()
    assert form["unit"].value() == bureau.bureau_id
    assert "unstated" not in dict(form.fields["legal_ground"].choices)
    answer = post(bureau.officer, NEW, **told(bureau.lead_id))
    roster = Roster.objects.get()
    assert answer.url == reverse("roster", args=(roster.key,))
    assert (roster.title, roster.kind, roster.unit_id) == ("在岗人员名册", "people", bureau.lead_id)
    assert (roster.purpose, roster.legal_ground) == ("走访慰问一线人员。", "duty")
    assert roster.retain_until == date(2022, 12, 31)


def test_the_same_form_sent_twice_makes_one_roster(bureau: Bureau) -> None:
    fields = told(bureau.lead_id)
    first, second = (post(bureau.officer, NEW, **fields) for _click in range(2))
    assert first.url == second.url
    assert Roster.objects.count() == 1


@pytest.mark.parametrize(
    "field", ["title", "kind", "unit", "purpose", "legal_ground", "notice", "retain_until"]
)
def test_what_is_left_out_is_asked_for(bureau: Bureau, field: str) -> None:
    before = trail_length()
    answer = post(bureau.officer, NEW, **told(bureau.lead_id, **{field: ""}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert (Roster.objects.count(), trail_length()) == (0, before)


def test_a_day_that_is_over_is_no_retention(bureau: Bureau) -> None:
    answer = post(bureau.officer, NEW, **told(bureau.lead_id, retain_until="2020-04-08"))
    assert list(answer.context["form"].errors) == ["retain_until"]
    assert not Roster.objects.exists()


def test_nobody_makes_a_roster_for_a_unit_out_of_reach(bureau: Bureau) -> None:
    keeper = unit_liaison(bureau.lead_id)
    answer = post(keeper, NEW, **told(bureau.bureau_id))
    assert list(answer.context["form"].errors) == ["unit"]
    for who in (bureau.inspector, bureau.finance):
        assert page(who, NEW).status_code == 403
        assert post(who, NEW, **told(bureau.lead_id)).status_code == 403
    assert not Roster.objects.exists()


def test_what_a_roster_says_of_itself_can_be_changed(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    form = page(bureau.officer, "roster_change", key).context["form"]
    assert "kind" not in form.fields
    assert "unit" not in form.fields
    fields = told(bureau.lead_id, title="新名称", legal_ground="emergency", kind="families")
    answer = post(bureau.officer, "roster_change", key, **fields)
    assert answer.url == reverse("roster", args=(key,))
    roster = Roster.objects.get()
    assert (roster.title, roster.legal_ground, roster.kind) == ("新名称", "emergency", "people")
    assert roster.unit_id == bureau.bureau_id
    assert Entry.objects.filter(action="people.change_roster").count() == 1


def test_who_only_looks_changes_nothing(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    shown = page(bureau.inspector, "roster", key).content.decode()
    assert reverse("roster_bring", args=(key,)) not in shown
    assert reverse("roster_change", args=(key,)) not in shown
    assert page(bureau.inspector, "roster_change", key).status_code == 403
    assert post(bureau.inspector, "roster_change", key, **told(bureau.lead_id)).status_code == 403
    assert page(bureau.inspector, "roster_bring", key).status_code == 403
    history = page(bureau.inspector, "roster_imports", key)
    assert len(history.context["imports"]) == 1
    assert "/rosters/imports/" not in history.content.decode()


# Who stands on one ---------------------------------------------------------------------------------


def test_numbers_are_masked_and_minors_more_so(bureau: Bureau) -> None:
    minor = person(2, 姓名="赵小童")
    key = stocked(bureau, people(1), key="grown")
    text_of = page(bureau.officer, "roster", key).content.decode()
    assert number(1)[-4:] in text_of
    assert number(1) not in text_of
    assert "19900000001" not in text_of
    child = [minor[0], minor[1], "", minor[3], LEAD, "", "2010-01-01"]
    headings = ["序号", "姓名", "身份证号", "手机号", "工作单位", "岗位", "出生日期"]
    key = stocked(bureau, text(headings, child), key="young")
    [row] = page(bureau.officer, "roster", key).context["rows"]
    assert row.restricted
    assert row.name != "赵小童"


def test_pages_follow_one_another_by_key(bureau: Bureau) -> None:
    key = stocked(bureau, people(*range(1, 61)))
    first = page(bureau.officer, "roster", key)
    second = page(bureau.officer, "roster", key, query=f"?after={first.context['older']}")
    names = [row.key for row in (*first.context["rows"], *second.context["rows"])]
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 10)
    assert len(set(names)) == 60
    assert second.context["older"] is None
    assert page(bureau.officer, "roster", key, query="?after=x").context["rows"] == first.context["rows"]


def test_a_page_takes_as_many_queries_for_fifty_as_for_one(bureau: Bureau) -> None:
    few = stocked(bureau, people(1), key="few")
    many = stocked(bureau, people(*range(2, 40)), key="many")
    client = as_(bureau.officer)
    assert queries_of(client, reverse("roster", args=(few,))) == queries_of(
        client, reverse("roster", args=(many,))
    )


@pytest.mark.parametrize("asked", [number(3), f" {number(3)} ", "199 0000 0003", str(person(3)[1])])
def test_somebody_is_found_by_name_or_by_a_whole_number(bureau: Bureau, asked: str) -> None:
    key = stocked(bureau, people(*range(1, 6)))
    before = trail_length()
    found = post(bureau.officer, "roster", key, text=asked)
    assert found.status_code == 200
    assert [row.name for row in found.context["rows"]] == [person(3)[1]]
    assert trail_length() == before


@pytest.mark.parametrize("asked", [number(9), number(3)[:10], "19900000099", "没有这人", "%", "_" * 200])
def test_who_is_not_there_is_not_found(bureau: Bureau, asked: str) -> None:
    key = stocked(bureau, people(*range(1, 6)))
    found = post(bureau.officer, "roster", key, text=asked)
    assert found.status_code == 200
    assert found.context["rows"] == []


def test_an_empty_search_shows_everybody(bureau: Bureau) -> None:
    key = stocked(bureau, people(*range(1, 6)))
    assert len(post(bureau.officer, "roster", key, text="  ").context["rows"]) == 5


def test_families_and_service_have_columns_of_their_own(bureau: Bureau) -> None:
    stocked(bureau, people(1, 2))
    kin = stocked(bureau, text(FAMILY, family(101, 1)), kind="families", key="kin")
    [row] = page(bureau.officer, "roster", kin).context["rows"]
    values = dict(row.values)
    assert row.name == person(1)[1]
    assert "赵爱家" in values.values()
    served = [person(1)[1], number(1), "一号卡口", "测温", "是", "2020-02-01", "2020-03-01"]
    front = stocked(bureau, text(SERVICE, served), kind="service", key="front")
    [row] = page(bureau.officer, "roster", front).context["rows"]
    assert "一号卡口" in dict(row.values).values()
    assert "2020年2月1日" in dict(row.values).values()


# Closing -------------------------------------------------------------------------------------------


def test_a_roster_is_closed_and_opened_again(bureau: Bureau) -> None:
    key = stocked(bureau, people(1, 2))
    before = page(bureau.officer, "roster", key).content.decode()
    assert reverse("roster_close", args=(key,)) in before
    assert reverse("roster_reopen", args=(key,)) not in before
    assert post(bureau.officer, "roster_close", key).url == reverse("roster", args=(key,))
    closed = page(bureau.officer, "roster", key)
    words = closed.content.decode()
    assert (Roster.objects.get().status, closed.context["roster"].people) == ("closed", 2)
    assert reverse("roster_reopen", args=(key,)) in words
    for name in ("roster_close", "roster_bring"):
        assert reverse(name, args=(key,)) not in words
    assert post(bureau.officer, "roster_reopen", key).status_code == 302
    assert Roster.objects.get().status == "open"
    assert reverse("roster_bring", args=(key,)) in page(bureau.officer, "roster", key).content.decode()


def test_a_second_click_on_closing_is_answered_with_a_sentence(bureau: Bureau) -> None:
    key = stocked(bureau, people(1))
    client = as_(bureau.officer)
    with on(at(8)):
        for level in ("success", "error"):
            answer = client.post(reverse("roster_close", args=(key,)), follow=True)
            assert [message.level_tag for message in answer.context["messages"]] == [level]
    assert Roster.objects.get().status == "closed"


@pytest.mark.parametrize("name", ["roster_close", "roster_reopen"])
def test_who_may_not_import_closes_nothing(bureau: Bureau, name: str) -> None:
    key = stocked(bureau, people(1))
    status = "open" if name == "roster_close" else "closed"
    Roster.objects.update(status=status)
    before = Entry.objects.filter(stream__name=f"roster:{key}").count()
    assert post(bureau.inspector, name, key).status_code == 403
    for actor in (bureau.stranger, unit_liaison(bureau.lead_id)):
        assert post(actor, name, key).status_code == 404
    assert page(bureau.officer, name, key).headers["Location"] == reverse("roster", args=(key,))
    assert reverse(name, args=(key,)) not in page(bureau.inspector, "roster", key).content.decode()
    assert Roster.objects.get().status == status
    assert Entry.objects.filter(stream__name=f"roster:{key}").count() == before


def test_no_key_of_a_roster_is_a_word_of_the_addresses() -> None:
    routes = [str(pattern.pattern) for pattern in urlpatterns if hasattr(pattern, "pattern")]
    words = {found[1] for route in routes if (found := re.match(r"\^?rosters/([a-z-]+)/", route))}
    assert words
    assert words <= RESERVED
