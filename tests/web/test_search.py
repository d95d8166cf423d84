"""Search finds what the reader may open, and nothing else."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import pgettext
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from people import SLUG, START, Bureau, at, buy, open_plan_1, raised
from roster_files import people, person
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.models import Purchase
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.issue_plan import issue_plan
from songnuan.journeys.record_donation import record_donation
from songnuan.journeys.record_instruction import record_instruction
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, unit_names
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.instruction_rules import Head, NewItem
from songnuan.tasks.models import Task
from songnuan.web.search_patterns import LONGEST, pattern_of, sounding, tidy
from songnuan.web.searching import SHOWN
from web.browsing import as_, on, queries_of, recorded, trail_length, visits_of
from web.roster_browsing import stocked

pytestmark = pytest.mark.django_db

URL = reverse("search")


@pytest.fixture
def running(bureau: Bureau) -> Bureau:
    """Plan 1 under way, with a purchase, a visit and a problem."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "0881_2072")
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    return bureau


def found(actor: Actor, text: str, *, by_post: bool = True) -> dict[str, list[str]]:
    """Return the addresses found, by kind."""
    client = as_(actor)
    with on(at(9)):
        page = client.post(URL, {"q": text}) if by_post else client.get(URL, {"q": text})
    assert page.status_code == 200
    return {group.key: [hit.url for hit in group.hits] for group in page.context["found"]}


def person_at(unit_id: int, role: Role) -> Actor:
    """Return somebody who holds the post at the unit."""
    user = create_account(username=role.value, name="工会干事", password=None, actor=SYSTEM, at=START)
    give_post(user_id=user.pk, unit_id=unit_id, role=role, actor=SYSTEM, at=START)
    return actor_of(user)


def opens(actor: Actor, url: str) -> bool:
    """Return whether the page behind a hit opens to the actor."""
    with on(at(9)):
        return as_(actor).get(url).status_code == 200


def test_it_finds_plans_clauses_units_problems_funds_and_purchases(running: Bureau) -> None:
    plan = reverse("plan", args=(SLUG,))
    purchase = Purchase.objects.get()
    assert found(running.officer, "走访慰问防疫")["plans"] == [plan]
    assert found(running.officer, "〔2020〕11号")["plans"] == [plan]
    assert f"{plan}#clause-pairing" in found(running.officer, "包联院区")["clauses"]
    assert found(running.officer, "取暖")["problems"] == [reverse("problem", args=(raised().get().pk,))]
    assert found(running.officer, "〔2020〕18号")["funds"] == [reverse("fund", args=(purchase.fund_id,))]
    assert found(running.officer, "0881_2072")["purchases"] == [reverse("purchase", args=(purchase.pk,))]
    visit = visits_of(running)[0]
    name = unit_names([visit.unit_id], date(2020, 4, 9))[visit.unit_id]
    assert found(running.officer, name)["units"] == [reverse("visit", args=(visit.pk,))]
    assert found(running.officer, "没有这个词") == {}


def test_a_cancelled_purchase_is_marked_where_it_is_found(running: Bureau) -> None:
    purchase = Purchase.objects.get()

    def details() -> list[str]:
        with on(at(9)):
            page = as_(running.officer).get(URL, {"q": "0881"})
        return [hit.detail for group in page.context["found"] for hit in group.hits]

    word = pgettext("purchase", "cancelled")
    assert not any(word in detail for detail in details())
    Purchase.objects.filter(pk=purchase.pk).update(cancelled_at=at(9), cancel_reason="录错")
    assert any(word in detail for detail in details())


def test_every_hit_opens_to_who_found_it(running: Bureau) -> None:
    for actor in (running.officer, running.liaison, running.stranger, running.inspector, running.finance):
        texts = ("走访", "站", "取暖", "0881", "〔2020〕")
        urls = {
            url.partition("#")[0] for text in texts for hits in found(actor, text).values() for url in hits
        }
        assert all(opens(actor, url) for url in urls)


def test_another_unit_s_things_are_not_found(running: Bureau) -> None:
    """A lead finds its own units, and no money; who has no post finds nothing."""
    visit = visits_of(running)[0]
    name = unit_names([visit.unit_id], date(2020, 4, 9))[visit.unit_id]
    assert "units" in found(running.liaison, name)
    for text in (name, "取暖", "0881_2072", "〔2020〕18号"):
        hits = found(running.stranger, text)
        assert hits.keys() <= {"plans", "clauses"}, "the text of the plan, in which it takes part"
    assert "purchases" not in found(running.liaison, "0881_2072")


def test_an_item_of_an_instruction_is_no_problem_to_be_found(running: Bureau) -> None:
    head = Head("leader", "关于改善值守条件的批示", "局主要负责同志", "", date(2020, 4, 1), "逐项落实。")
    items = [NewItem("为岗亭添置暖风机", running.lead_id, date(2020, 4, 15))]
    facts: dict[str, Any] = {"head": head, "unit_id": running.bureau_id, "items": items, "received_at": at(2)}
    record_instruction(**facts, key=uuid4(), actor=running.office, at=at(2, 10))
    for actor in (running.finance, running.liaison, running.office):
        assert "problems" not in found(actor, "暖风机")


def test_an_instruction_is_found_with_its_items_by_who_may_read_them(running: Bureau) -> None:
    """The office finds all of it, a lead the instruction and its own item, and who has no item nothing."""
    head = Head(
        "superior", "关于防汛准备的通知", "交通运输厅", "澄交函〔2020〕26号", date(2020, 4, 1), "排查趸船。"
    )
    other = Post.objects.values_list("unit_id", flat=True).get(user=running.stranger.user_id)
    items = [
        NewItem("检修缆绳", running.lead_id, date(2020, 4, 15)),
        NewItem("清点编织袋", other, date(2020, 4, 15)),
    ]
    facts: dict[str, Any] = {"head": head, "unit_id": running.bureau_id, "items": items, "received_at": at(2)}
    pk = record_instruction(**facts, key=uuid4(), actor=running.office, at=at(2, 10))
    page = reverse("instruction", args=(pk,))
    first, second = (f"{page}#item-{task.pk}" for task in Task.objects.filter(instruction=pk).order_by("pk"))
    for text in ("防汛", "交通运输厅", "〔2020〕26号", "趸船"):
        assert found(running.office, text)["instructions"] == [page]
        assert found(running.liaison, text)["instructions"] == [page]
        assert "instructions" not in found(running.finance, text)
    assert found(running.office, "编织袋")["instructions"] == [second]
    assert found(running.liaison, "缆绳")["instructions"] == [first]
    assert "instructions" not in found(running.liaison, "编织袋"), "another unit's item"
    assert opens(running.liaison, page)


def test_signs_of_a_pattern_are_letters_like_any_other(running: Bureau) -> None:
    assert found(running.officer, "%") == {}
    assert found(running.officer, "0881%2072") == {}
    assert found(running.officer, "0881x2072") == {}
    assert list(found(running.officer, "1_2")) == ["purchases"]
    assert found(running.officer, "\\") == {}
    assert found(running.officer, "' OR 1=1 --") == {}


def test_full_width_and_capitals_make_no_difference(running: Bureau) -> None:
    assert "purchases" in found(running.officer, "０８８１＿２０７２")
    assert found(running.officer, SLUG.upper()) == found(running.officer, SLUG)
    assert tidy("  a \x00 \n b ") == "a b"
    assert len(tidy("长" * 500)) == LONGEST


def test_people_are_found_by_their_whole_name_and_only_in_a_post(bureau: Bureau) -> None:
    stocked(bureau, people(1, 2))
    name, number = str(person(1)[1]), str(person(1)[2])
    hits = found(bureau.officer, name)
    assert len(hits["people"]) == 1
    assert all(opens(bureau.officer, url) for url in hits["people"])
    assert found(bureau.officer, name, by_post=False) == {}, "a name in an address would stay in the logs"
    assert found(bureau.officer, name[:2]) == {}
    assert found(bureau.officer, number) == {}
    assert found(bureau.liaison, name) == {}
    page = as_(bureau.officer).post(URL, {"q": name}).content.decode()
    assert number not in page


def test_no_more_than_some_of_a_kind_is_shown(running: Bureau) -> None:
    with on(at(9)):
        page = as_(running.officer).post(URL, {"q": "站"})
    (units,) = [group for group in page.context["found"] if group.key == "units"]
    assert (len(units.hits), units.has_more) == (SHOWN, True)


def test_looking_changes_nothing_and_its_queries_do_not_grow(running: Bureau) -> None:
    before = trail_length()
    client = as_(running.officer)
    with on(at(9)):
        client.post(URL, {"q": "站"})
        few = queries_of(client, URL + "?q=没有这个词")
        many = queries_of(client, URL + "?q=站")
    assert many <= few + 4
    assert trail_length() == before


def test_it_asks_for_a_sign_in_and_an_empty_text_finds_nothing(bureau: Bureau) -> None:
    assert Client().get(URL).headers["Location"].startswith(reverse("account_login"))
    page = as_(bureau.officer).get(URL)
    assert page.context["found"] == []
    assert found(bureau.officer, " ") == {}


def test_a_phrase_is_found_as_it_is_pasted_whatever_its_width_and_its_characters(running: Bureau) -> None:
    """What is full width stays so in the texts, and is found as it stands there and as it is typed."""
    clause = f"{reverse('plan', args=(SLUG,))}#clause-no_formalism"
    for text in (
        "坚持轻车简从，杜绝形式主义",
        "坚持轻车简从,杜绝形式主义",
        "堅持輕車簡從，杜絕形式主義",
        "台账和报表由走访记录汇总形成，不另行布置",
        "臺賬和報表由走訪記錄匯總形成",
    ):
        assert clause in found(running.officer, text)["clauses"], text
    raised().update(title="３号岗亭（夜班）缺取暖设备", detail="為值守人員添置暖風機，数量２台")
    for text in ("3号岗亭(夜班)", "３号岗亭（夜班）", "为值守人员", "為值守人員", "暖风机，数量2台"):
        assert "problems" in found(running.officer, text), text
    assert "problems" not in found(running.officer, "3号岗亭、夜班")


def test_what_is_shown_around_is_where_it_was_found(running: Bureau) -> None:
    with on(at(9)):
        page = as_(running.officer).post(URL, {"q": "杜絕形式主義."})
        assert page.context["found"] == []
        page = as_(running.officer).post(URL, {"q": "轻车简从,杜绝"})
    (clauses,) = [group for group in page.context["found"] if group.key == "clauses"]
    assert "轻车简从，杜绝形式主义" in clauses.hits[0].detail


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20))
def test_every_text_is_a_pattern_that_finds_itself_in_both_widths(text: str) -> None:
    looked_for = tidy(text)
    pattern = re.compile(pattern_of(looked_for), re.IGNORECASE)
    wide = looked_for.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert pattern.fullmatch(looked_for)
    assert pattern.fullmatch(wide)


def test_all_signs_of_the_keyboard_are_looked_for_as_themselves_by_the_database(running: Bureau) -> None:
    signs = "".join(map(chr, range(0x21, 0x7F)))
    raised().update(detail=f"甲{signs}乙")
    for start in range(0, len(signs), 30):
        assert "problems" in found(running.officer, signs[start : start + 30])
    assert "problems" not in found(running.officer, "甲.")


def test_a_union_officer_finds_and_is_told_the_duties_of_the_own_unit(running: Bureau) -> None:
    """Nobody else's: not those of other units, and no problems, which are looked at with the visits."""
    officer = person_at(running.lead_id, Role.UNION_OFFICER)
    facts = {"unit_id": running.bureau_id, "raised_at": at(7), "due_on": date(2020, 4, 9), "plan_slug": SLUG}
    facts |= {"original_due_on": date(2020, 4, 9)}
    measure = Measure.objects.get(kind="problems").pk
    own = Task.objects.create(
        **facts, title="慰问困难职工家庭", owner_id=running.lead_id, source=f"plans.measure:{measure}/own"
    )
    Task.objects.create(
        **facts, title="慰问困难退休职工", owner_id=running.bureau_id, source=f"plans.measure:{measure}/other"
    )
    url = reverse("problem", args=(own.pk,))
    assert found(officer, "慰问困难")["problems"] == [url]
    assert "problems" not in found(officer, "取暖")
    assert opens(officer, url)
    with on(at(9)):
        due = as_(officer).get(reverse("home")).context["due"]
        days = as_(officer).get(reverse("calendar")).context["coming"]
    assert [(item.url, item.due_on) for item in due] == [(url, date(2020, 4, 9))]
    assert url in {row.url for row in days}


def test_a_union_officer_of_the_bureau_is_told_the_bureau_s_own_duties_and_reports_no_other(
    running: Bureau,
) -> None:
    officer = person_at(running.bureau_id, Role.UNION_OFFICER)
    facts = {"unit_id": running.bureau_id, "raised_at": at(7), "due_on": date(2020, 4, 9), "plan_slug": SLUG}
    facts |= {"original_due_on": date(2020, 4, 9), "source": "plans.measure:1/own"}
    own = Task.objects.create(**facts, title="慰问困难退休职工", owner_id=running.bureau_id)
    other = Task.objects.create(**facts, title="慰问困难职工家庭", owner_id=running.lead_id)
    page, foreign = (reverse("problem", args=(task.pk,)) for task in (own, other))
    assert found(officer, "慰问困难")["problems"] == [page]
    with on(at(9)):
        client = as_(officer)
        due = client.get(reverse("home")).context["due"]
        days = client.get(reverse("calendar")).context["coming"]
        told = {"feedback": "已经办完了。", "key": str(uuid4())}
        answers = [client.get(foreign), client.post(reverse("problem_close", args=(other.pk,)), told)]
        assert client.post(reverse("problem_close", args=(own.pk,)), told).status_code == 302
    assert [item.url for item in due] == [page]
    assert {row.url for row in days} >= {page}
    assert foreign not in {row.url for row in days}
    assert [answer.status_code for answer in answers] == [404, 404]
    assert list(Task.objects.filter(pk__in=(own.pk, other.pk), status="done")) == [own]


def test_a_plan_is_found_by_the_number_it_went_out_under(running: Bureau) -> None:
    plan = reverse("plan", args=(SLUG,))
    user = create_account(username="nobody", name="无岗", password=None, actor=SYSTEM, at=START)
    outsider = actor_of(user)
    assert "plans" not in found(running.officer, "〔2020〕4号")
    issue_plan(slug=SLUG, code="澄水运防", last_given=3, actor=running.officer, at=at(9))
    for text in ("澄水运防〔2020〕4号", "〔2020〕4号"):
        assert found(running.officer, text)["plans"] == [plan]
        assert "plans" not in found(outsider, text)


def test_gifts_are_found_by_number_giver_and_goods_by_who_may_open_them(running: Bureau) -> None:
    masks = GiftLine("医用口罩", "只", 2_000, 160, "20200301", date(2021, 3, 1))
    gift = Gift(
        "澄江航运商会", "organisation", date(2020, 4, 8), "invoiced", (masks,), Handing("苏知安", None, True)
    )
    plan = Plan.objects.get(slug=SLUG)
    pk = record_donation(
        plan_id=plan.pk, gift=gift, signature=b"", key=uuid4(), actor=running.officer, at=at(9)
    )
    url = reverse("donation", args=(pk,))
    for text in ("捐-0001", "捐0001", "口罩", "航运商会"):
        for who in (running.finance, running.inspector):
            assert found(who, text)["donations"] == [url], text
        assert "donations" not in found(running.liaison, text), text
    assert opens(running.finance, url)
    assert not opens(running.liaison, url)
    for text in ("捐-0002", "苏知安"):
        assert "donations" not in found(running.finance, text), text


@pytest.mark.parametrize(
    "text",
    [
        "zoufang",
        "zou fang",
        "ZouFang",
        "zf",
        "zouf",
        "走fang",
        "ｚｏｕｆａｎｇ",
        "fangan zoufang",
        "一线 走访",
        "gongzuo'fangan",
    ],
)
def test_a_title_is_found_by_its_sound_and_by_its_words_in_any_order(running: Bureau, text: str) -> None:
    assert found(running.officer, text)["plans"] == [reverse("plan", args=(SLUG,))]


@pytest.mark.parametrize("text", ["zoufan gx", "fangz", "zzzzzz", "走访 复学", "z", "zoufangqxqx", "'"])
def test_what_neither_stands_nor_sounds_there_is_not_found(running: Bureau, text: str) -> None:
    assert "plans" not in found(running.officer, text)


def test_long_texts_are_not_found_by_their_sound(running: Bureau) -> None:
    raised().update(title="夜班岗亭", detail="缺取暖设备", feedback="")
    assert "problems" in found(running.officer, "yeban")
    assert "problems" in found(running.officer, "取暖")
    assert "problems" not in found(running.officer, "qunuan")


def test_people_are_not_fished_for_by_their_sound(bureau: Bureau) -> None:
    stocked(bureau, people(1, 2, 3))
    name = str(person(1)[1])
    assert found(bureau.officer, name)["people"]
    for reading in ("".join(row[0] for row in pinyin(name, style=Style.NORMAL)), "zs", "zhao"):
        assert "people" not in found(bureau.officer, reading)


def test_the_nearest_stands_first(running: Bureau) -> None:
    first = raised().get()
    rows = {"取暖": 0, "取暖设备": 1, "岗亭缺取暖设备": 2, "岗亭": 3}
    for title in reversed(rows):
        Task.objects.create(
            plan_slug=SLUG, source=first.source, title=title, detail="与取暖有关", owner=first.owner,
            unit=first.unit, raised_at=first.raised_at, due_on=first.due_on, original_due_on=first.due_on,
        )  # fmt: skip
    Task.objects.filter(pk=first.pk).update(title="无关", detail="无关")
    with on(at(9)):
        page = as_(running.officer).post(URL, {"q": "取暖"})
    (group,) = [one for one in page.context["found"] if one.key == "problems"]
    assert [hit.title for hit in group.hits] == list(rows)


def test_what_was_looked_for_is_marked_and_nothing_in_it_is_markup(running: Bureau) -> None:
    raised().update(title="<b>取暖</b>设备")
    with on(at(9)):
        page = as_(running.officer).post(URL, {"q": "qunuan 设备"}).content.decode()
    assert "&lt;b&gt;<mark>取暖</mark>&lt;/b&gt;<mark>设备</mark>" in page


@given(st.text(alphabet="一二三工作方案走访慰问银行长重庆", min_size=1, max_size=6), st.data())
def test_any_reading_of_a_title_finds_it(title: str, data: st.DataObject) -> None:
    readings = [pinyin(sign, style=Style.NORMAL, heteronym=True)[0] for sign in title]
    sounds = [data.draw(st.sampled_from(row)) for row in readings]
    for text in ("".join(sounds), "'".join(sounds), title):
        if len(text) <= 24:
            assert re.search(sounding(text), title, re.IGNORECASE), text


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", max_size=60))
def test_whatever_letters_come_the_pattern_stays_small_and_sound(text: str) -> None:
    pattern = sounding(text)
    assert len(pattern) < 40_000
    assert re.compile(pattern, re.IGNORECASE).fullmatch(text)


@pytest.mark.usefixtures("running")
def test_the_database_reads_the_pattern_of_a_sound_as_python_does(bureau: Bureau) -> None:
    for text in ("shishishishi", "a'b", "zhangzhangzhangzhang", "''", "zfwwfy", "x" * 60):
        found(bureau.officer, text)
