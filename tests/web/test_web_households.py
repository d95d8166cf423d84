"""Pages of households: what they show to whom, the decision, the to-do, the import, the page of a person."""

from typing import Any

import pytest
from django.urls import reverse

from people import Bureau, at
from roster_files import FAMILY, SERVICE, number, people, person, take, text
from songnuan.audit.models import Entry
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, units_by_name
from songnuan.people import queries
from songnuan.people.models import HouseholdNote, Person
from web.browsing import as_, on, queries_of
from web.roster_browsing import act, read, unit_liaison, work

pytestmark = pytest.mark.django_db

LIST = "households"
FATHER, MOTHER = str(person(1)[1]), str(person(2)[1])
DECIDED = "领导小组4月7日研究：母亲推迟出发。"


def page(actor: Actor, name: str, *args: str, query: str = "", day: int = 8) -> Any:
    with on(at(day)):
        return as_(actor).get(reverse(name, args=args) + query)


def post(actor: Actor, name: str, *args: str, **fields: Any) -> Any:
    with on(at(8)):
        return as_(actor).post(reverse(name, args=args), fields)


def union(bureau: Bureau, username: str = "union") -> Actor:
    user = create_account(username=username, name="工会干事", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    return actor_of(user)


def kin(place: int, name: str, relation: str, of: str = "") -> list[str]:
    return [str(person(place)[1]), number(place), name, relation, of, ""]


def serve(place: int, start: str, end: str) -> list[str]:
    return [str(person(place)[1]), number(place), "武汉市", "护士", "是", start, end]


CHILD = number(299)
AID = (serve(1, "2020-04-02", "2020-04-20"), serve(2, "2020-04-05", "2020-04-30"))


def told(bureau: Bureau, *services: list[str]) -> None:
    """Bring in two employees who are married, with a child, and service."""
    take(people(1, 2, 3), bureau)
    rows = (
        kin(1, MOTHER, "配偶", number(2)),
        kin(1, "赵小宝", "女儿", CHILD),
        kin(2, "赵小宝", "女儿", CHILD),
    )
    take(text(FAMILY, *rows), bureau, kind="families")
    Person.objects.filter(name="赵小宝").update(birth_on="2012-03-07", restricted=True)
    if services:
        take(text(SERVICE, *services), bureau, kind="service")


def keys() -> tuple[str, str]:
    [family] = queries.both_parents_at_front(SYSTEM, at(8), size=2)
    return family.first.key, family.second.key


def test_households_are_listed_with_who_is_at_the_front(bureau: Bureau) -> None:
    told(bureau, serve(1, "2020-04-02", "2020-04-20"))
    [block] = page(bureau.inspector, LIST).context["blocks"]
    assert [line.member.name for line in block.lines] == [FATHER, MOTHER, "赵*宝"]
    [block] = page(bureau.inspector, LIST, query="?show=front").context["blocks"]
    assert block.lines[0].member.serves[0].place == "武汉市"
    assert "赵小宝" not in page(bureau.officer, LIST).content.decode()
    assert page(bureau.officer, LIST, query="?show=front", day=21).context["blocks"] == []
    assert page(bureau.officer, LIST, query="?before=x").status_code == 200


def test_without_households_the_page_says_where_they_come_from(bureau: Bureau) -> None:
    for query in ("", "?show=front", "?show=both", "?show=other"):
        answer = page(bureau.officer, LIST, query=query)
        assert answer.status_code == 200
        assert 'class="empty"' in answer.content.decode()


def test_somebody_is_looked_for_by_a_post_and_nothing_is_changed(bureau: Bureau) -> None:
    told(bureau, *AID)
    before = Entry.objects.count()
    for show, part in (("all", "blocks"), ("front", "blocks"), ("both", "families")):
        assert len(post(bureau.officer, LIST, show=show, text=MOTHER).context[part]) == 1
        assert not post(bureau.officer, LIST, show=show, text="没有此人").context[part]
    assert Entry.objects.count() == before


@pytest.mark.parametrize("who", ["approver", "office", "liaison", "stranger"])
def test_who_may_not_see_people_sees_no_household(bureau: Bureau, who: str) -> None:
    told(bureau, *AID)
    actor = getattr(bureau, who)
    assert page(actor, LIST).status_code == 403
    assert page(actor, "household", *keys()).status_code == 403
    assert post(actor, "household", *keys(), text=DECIDED).status_code == 403
    assert not HouseholdNote.objects.exists()


def test_another_unit_sees_nothing_of_it(bureau: Bureau) -> None:
    told(bureau, *AID)
    keeper = unit_liaison(units_by_name(["审计处"], at(8).date())["审计处"])
    assert page(keeper, LIST).context["blocks"] == []
    assert page(keeper, LIST, query="?show=both").context["families"] == []
    answer = page(keeper, "household", *keys())
    assert answer.url == reverse(LIST)
    assert post(keeper, "household", *keys(), text=DECIDED).url == reverse(LIST)
    assert not HouseholdNote.objects.exists()


def test_both_parents_are_shown_with_the_days_and_the_decision_is_noted(bureau: Bureau) -> None:
    told(bureau, *AID)
    officer = union(bureau)
    [family] = page(officer, LIST, query="?show=both").context["families"]
    assert family.is_due
    shown = page(officer, "household", *keys())
    text = shown.content.decode()
    assert "2020年4月5日" in text
    assert "2020年4月20日" in text
    seen = shown.context["seen"]
    empty = post(officer, "household", *keys(), seen=seen, text="")
    assert empty.status_code == 422
    stale = post(officer, "household", *keys(), seen="", text=DECIDED)
    assert stale.status_code == 422
    assert DECIDED in stale.content.decode(), "what was typed stays"
    assert not HouseholdNote.objects.exists()
    done = post(officer, "household", *keys(), seen=seen, text=DECIDED)
    assert done.url == reverse("household", args=keys())
    assert HouseholdNote.objects.get().text == DECIDED
    assert DECIDED in page(officer, "household", *keys()).content.decode()
    [family] = page(officer, LIST, query="?show=both").context["families"]
    assert not family.is_due


def test_who_reads_only_is_offered_no_form(bureau: Bureau) -> None:
    told(bureau, *AID)
    shown = page(bureau.inspector, "household", *keys())
    assert shown.status_code == 200
    assert shown.context["form"] is None
    assert post(bureau.inspector, "household", *keys(), text=DECIDED).status_code == 403
    assert not HouseholdNote.objects.exists()


def test_it_is_due_from_who_may_decide_until_somebody_has(bureau: Bureau) -> None:
    told(bureau, *AID)
    officer = union(bureau)
    url = f"{reverse(LIST)}?show=both"
    assert [one.url for one in page(officer, "home").context["due"]].count(url) == 1
    assert url not in [one.url for one in page(bureau.inspector, "home").context["due"]]
    seen = page(officer, "household", *keys()).context["seen"]
    post(officer, "household", *keys(), seen=seen, text=DECIDED)
    assert url not in [one.url for one in page(officer, "home").context["due"]]
    take(text(SERVICE, serve(1, "2020-04-22", "2020-04-25")), bureau, kind="service", day=9)
    assert url in [one.url for one in page(officer, "home", day=9).context["due"]]
    assert url not in [one.url for one in page(officer, "home", day=26).context["due"]]


def test_the_page_of_each_of_them_says_so(bureau: Bureau) -> None:
    told(bureau, *AID)
    for name in (FATHER, MOTHER, "赵小宝"):
        shown = page(bureau.officer, "person", Person.objects.get(name=name).key)
        [family] = shown.context["at_front"]
        assert reverse("household", args=(family.first.key, family.second.key)) in shown.content.decode()
    other = Person.objects.get(name=str(person(3)[1]))
    assert page(bureau.officer, "person", other.key).context["at_front"] == []


def test_after_an_import_the_page_says_how_many_children_it_concerns(bureau: Bureau) -> None:
    told(bureau, AID[0])
    officer = union(bureau)
    source = read(officer, "service", text(SERVICE, AID[1]))
    act(officer, source, "apply")
    work()
    shown = page(officer, "roster_import", source.key)
    assert shown.context["at_front"] == 1
    assert f"{reverse(LIST)}?show=both" in shown.content.decode()
    newer = read(officer, "people", people(1, 2, 3, 4))
    act(officer, newer, "apply")
    work()
    assert page(officer, "roster_import", newer.key).context["at_front"] == 0


@pytest.mark.parametrize("show", ["all", "front", "both"])
def test_the_list_asks_the_same_few_questions_however_long_it_is(bureau: Bureau, show: str) -> None:
    told(bureau, *AID)
    client, url = as_(bureau.officer), f"{reverse(LIST)}?show={show}"
    with on(at(8)):
        few = queries_of(client, url)
    more = range(10, 40, 2)
    take(people(*more, *(place + 1 for place in more)), bureau)
    rows = []
    for place in more:
        other = place + 1
        rows.append(kin(place, str(person(other)[1]), "配偶", number(other)))
        rows.append(kin(place, f"赵小{person(place)[1]}"[:4], "女儿"))
    take(text(FAMILY, *rows), bureau, kind="families", day=7)
    aid = [serve(place, "2020-04-02", "2020-04-20") for each in more for place in (each, each + 1)]
    take(text(SERVICE, *aid), bureau, kind="service", day=7)
    with on(at(8)):
        assert len(client.get(url).context["families" if show == "both" else "blocks"]) == 16
        assert queries_of(client, url) <= few + 1


def test_rosters_lead_to_households(bureau: Bureau) -> None:
    told(bureau)
    assert reverse(LIST) in page(bureau.inspector, "rosters").content.decode()
