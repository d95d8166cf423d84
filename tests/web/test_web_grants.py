"""The page of money to people under a measure: reckoned, read, looked through; and who may not."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from benefits.register import Register, make_register
from benefits.union import DECIDED, NOW, SET, write
from goods.builders import snapshot
from songnuan.benefits.models import Entitlement, Reckoning
from songnuan.journeys.living_plan import progress_of
from songnuan.journeys.measures.base import State
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Blocks, Measure, MeasureStatus, Plan, PlanStatus, Question
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Reckoning, Entitlement)
FAMILIES = SET.replace("parts:", "payee: relative\nparts:")
SETTINGS = {
    "standard": "family-money",
    "roster": "staff",
    "fund": "临工财〔2020〕6号",
    "couple": "couple",
    "two_children": "two_children",
}


@pytest.fixture
def register() -> Register:
    found = make_register()
    Measure.objects.filter(pk=found.measure.pk).update(
        kind="grants", settings=SETTINGS, status=MeasureStatus.OPEN, opened_at=NOW
    )
    Plan.objects.filter(pk=found.measure.plan_id).update(status=PlanStatus.OPEN)
    for place, key in enumerate(("couple", "two_children")):
        Question.objects.create(
            plan_id=found.measure.plan_id,
            position=place,
            key=key,
            text="怎么发？",
            blocks=Blocks.PAYMENT,
            asked_at=NOW,
            choices=[{"key": "each", "text": "按人"}, {"key": "one", "text": "一份"}],
        )
    return found


def url(register: Register) -> str:
    return reverse("grants", args=(register.measure.pk,))


def get(register: Register, actor: Actor | None = None, query: str = "") -> Any:
    with on(NOW):
        return as_(actor or register.officer).get(url(register) + query)


def reckon(register: Register, actor: Actor | None = None, **told: str) -> Any:
    with on(NOW):
        return as_(actor or register.officer).post(
            url(register), {"key": str(uuid4()), "as_of": "2020-03-02", **told}
        )


def staffed(register: Register) -> None:
    """A couple who both serve, one with a father in Hubei, one with nobody at the front in time."""
    register.employ("丁一", "丁二")
    register.employ("赵守仁", "孙不在", rank="处长")
    register.relate("丁一", "spouse", "丁二")
    register.relate("赵守仁", "parent", "赵老")
    register.relate("孙不在", "parent", "孙老")
    register.serve(["丁一", "丁二"])
    register.serve(["赵老"], "湖北")
    register.serve(["孙老"], starts_on="2020-01-01", ends_on="2020-01-02")


def test_it_is_reckoned_and_says_for_each_how_the_sum_came_about(register: Register) -> None:
    write(register.union, FAMILIES)
    staffed(register)
    assert "还没有核算" in get(register).content.decode()
    answer = reckon(register)
    assert (answer.status_code, answer.url) == (302, url(register))
    page = get(register).content.decode()
    for words in ("5,000.00", "人民币伍仟元整", "赵守仁", "赵老", "支援湖北"):
        assert words in page, words
    assert page.count("一户多人在一线如何发放，方案尚未答复") >= 2
    assert "每人每年" not in page, "what waits has met no cap"
    [row] = Reckoning.objects.all()
    assert (row.lines, row.people, row.blocked, row.total_minor) == (4, 1, 2, 5000_00)
    whys = {row.payee: row.why for row in get(register).context["lines"]}
    assert whys["赵守仁"].startswith("支援湖北：")
    assert whys["孙不在"] == _(
        "No day counts: none lies within the standard, is not paid elsewhere, and meets a row."
    )


def test_what_waits_and_what_comes_to_nothing_stand_by_themselves(register: Register) -> None:
    write(register.union, FAMILIES)
    staffed(register)
    reckon(register)
    shown = {
        query: {row.payee for row in get(register, query=query).context["lines"]}
        for query in ("?show=waiting", "?show=nothing", "?show=paid", "?q=赵", "?show=paid&q=丁")
    }
    assert shown == {
        "?show=waiting": {"丁一", "丁二"},
        "?show=nothing": {"孙不在"},
        "?show=paid": {"赵守仁"},
        "?q=赵": {"赵守仁"},
        "?show=paid&q=丁": set(),
    }


def test_pages_follow_by_key(register: Register) -> None:
    write(register.union, FAMILIES)
    for at in range(53):
        register.employ(f"职工{at}")
        register.relate(f"职工{at}", "spouse", f"家属{at}")
        register.serve([f"家属{at}"])
    reckon(register)
    first = get(register)
    assert len(first.context["lines"]) == 50
    rest = get(register, query=f"?before={first.context['older']}")
    assert (len(rest.context["lines"]), rest.context["older"]) == (3, None)


def test_answers_of_the_plan_free_what_waited(register: Register) -> None:
    write(register.union, FAMILIES)
    staffed(register)
    reckon(register)
    assert progress_of([register.measure_now()], NOW)[register.measure.pk].state == State.WAITING
    Question.objects.filter(key="couple").update(answer="一份", choice="one", ground="会议", answered_at=NOW)
    assert get(register).context["answers_differ"]
    reckon(register)
    page = get(register)
    assert not page.context["answers_differ"]
    assert "每户只发一份" in page.content.decode()
    assert Reckoning.objects.get().total_minor == 7000_00


def test_a_newer_standard_is_told(register: Register) -> None:
    write(register.union, FAMILIES)
    reckon(register)
    assert not get(register).context["is_older"]
    write(register.union, FAMILIES.replace("2000}", "2500}"), base=1, **DECIDED)
    assert get(register).context["is_older"]


def test_a_rank_that_gets_more_for_fewer_days_is_marked(register: Register) -> None:
    daily = SET.replace("by: once", "by: day").replace("places: [湖北, 武汉]", "posts: [管理]")
    write(register.union, daily)
    register.employ("院长", rank="院长")
    register.employ("护士甲", "护士乙", rank="护士")
    register.serve(["院长"], post="管理", ends_on="2020-01-25")
    register.serve(["护士甲", "护士乙"])
    reckon(register)
    ranks = [
        (row.rank, row.people, row.days, row.each_minor, row.is_above)
        for row in get(register).context["ranks"]
    ]
    assert ranks == [("护士", 2, 30.0, 60_000_00, False), ("院长", 1, 6.0, 30_000_00, False)]
    write(register.union, daily.replace("amount: 5000", "amount: 11000"), base=1, **DECIDED)
    reckon(register)
    marked = [(row.rank, row.is_above) for row in get(register).context["ranks"]]
    assert marked == [("院长", True), ("护士", False)]


def test_without_standard_or_roster_the_page_says_what_comes_first(register: Register) -> None:
    page = get(register).content.decode()
    assert "还没有简称为“family-money”的标准" in page
    assert reckon(register).status_code == 422
    write(register.union, FAMILIES)
    Measure.objects.update(settings={**SETTINGS, "roster": "none"})
    assert "还没有“none”这份名册" in get(register).content.decode()
    refused = reckon(register)
    assert refused.status_code == 422
    assert not Reckoning.objects.exists()


def test_a_day_to_come_and_a_clause_that_is_not_under_way_are_refused(register: Register) -> None:
    write(register.union, FAMILIES)
    refused = reckon(register, as_of="2020-03-03")
    assert refused.status_code == 422
    assert "as_of" in refused.context["form"].errors
    assert reckon(register, as_of="").status_code == 422
    Measure.objects.update(status=MeasureStatus.PLANNED, opened_at=None)
    assert reckon(register).status_code == 422
    assert not Reckoning.objects.exists()


def test_the_same_form_twice_reckons_once(register: Register) -> None:
    write(register.union, FAMILIES)
    key = str(uuid4())
    reckon(register, key=key)
    first = Reckoning.objects.get().pk
    reckon(register, key=key)
    assert Reckoning.objects.get().pk == first


def test_others_read_it_and_strangers_do_not_see_it(register: Register) -> None:
    write(register.union, FAMILIES)
    staffed(register)
    reckon(register)
    before = snapshot(TABLES)
    for actor in (register.union.approver, register.union.finance, register.union.inspector):
        page = get(register, actor)
        assert page.status_code == 200
        assert not page.context["may_write"]
        assert reckon(register, actor).status_code == 403
    assert get(register, register.union.stranger).status_code == 404
    assert reckon(register, register.union.stranger).status_code == 404
    assert snapshot(TABLES) == before
