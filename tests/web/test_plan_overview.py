"""The living plan of all plans: every plan within scope as a strip, in a fixed number of queries."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.translation import pgettext

from people import PLANS, SLUG, Bureau, at, buy, open_plan_1, raised
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.plan_overview import Strip, strips
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import unit_names
from songnuan.plans.models import Plan
from songnuan.visits.models import Visit
from web.browsing import as_, on, queries_of, recorded, trail_length, visits_of

pytestmark = pytest.mark.django_db

URL = reverse("plans")


def shown(actor: Actor) -> dict[str, list[Strip]]:
    """Return the strips on the page, by group, in the order of the page."""
    page = as_(actor).get(URL)
    assert page.status_code == 200
    return {group.key: list(group.plans) for group in page.context["groups"]}


def another(bureau: Bureau, slug: str) -> Plan:
    """Load the same text once more, as a plan of its own."""
    source = (PLANS / f"{SLUG}.yaml").read_text().replace(f"slug: {SLUG}", f"slug: {slug}")
    for number in ("3号", "5号"):
        source = source.replace(f"〔2020〕{number}", f"〔2020〕{slug[-1]}{number}")
    return load_plan(source=source, actor=bureau.officer, at=at(6))


def test_a_strip_says_how_far_the_plan_is(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    recorded(bureau, at(8), "职工宿舍网络信号差", "卡口缺遮阳棚")
    late = visits_of(bureau)[1]
    raised().update(due_on=date(2020, 4, 9))
    Visit.objects.exclude(pk=late.pk).update(planned_on=date(2020, 4, 20))
    Visit.objects.filter(pk=late.pk).update(planned_on=date(2020, 4, 9))
    before = trail_length()
    with on(at(10)):
        (strip,) = shown(bureau.officer)["open"]
    assert (strip.done, strip.due, strip.late) == (1, 47, 3)
    # Who is late, never what a problem is about: that is read where it may be read.
    names = unit_names([late.unit_id, bureau.lead_id], date(2020, 4, 10))
    assert strip.late_names == (names[late.unit_id], names[bureau.lead_id])
    assert plan.due_on == date(2020, 4, 21)
    assert (strip.days_left, strip.questions) == (11, 1)
    assert (strip.disbursed_minor, strip.appropriated_minor) == (47 * 295_00, 14_100_00)
    assert strip.next_step
    assert trail_length() == before


def test_plans_stand_by_what_they_wait_for(bureau: Bureau) -> None:
    open_plan_1(bureau)
    another(bureau, "plan-a")
    another(bureau, "plan-b")
    Plan.objects.create(slug="plan-c", title="旧方案", unit_id=bureau.bureau_id, status="closed")
    Plan.objects.filter(slug="plan-b").update(status="approved")
    with on(at(10)):
        found = shown(bureau.officer)
    assert {key: [strip.slug for strip in group] for key, group in found.items()} == {
        "open": [SLUG],
        "waiting": ["plan-b"],
        "draft": ["plan-a"],
        "closed": ["plan-c"],
    }
    assert list(found) == ["open", "waiting", "draft", "closed"]
    (draft,) = found["draft"]
    assert (draft.done, draft.due, draft.late, draft.waits_since) == (0, 0, 0, None)


def test_a_plan_handed_in_says_since_when_it_waits(bureau: Bureau) -> None:
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    (strip,) = strips([Plan.objects.get()], at(7))
    assert (strip.status, strip.waits_since) == ("submitted", at(6, 11))


def test_a_plan_of_another_tree_is_not_there(bureau: Bureau) -> None:
    open_plan_1(bureau)
    Plan.objects.update(unit_id=bureau.lead_id, office_id=None)
    with on(at(10)):
        page = as_(bureau.stranger).get(URL)
    assert [strip.slug for group in page.context["groups"] for strip in group.plans] == [SLUG], "takes part"
    Plan.objects.update(slug="elsewhere")
    with on(at(10)):
        page = as_(bureau.stranger).get(URL)
    assert page.context["groups"] == []


def test_queries_do_not_grow_with_the_plans(bureau: Bureau) -> None:
    """Every kind of measure is asked once for all plans under way."""
    open_plan_1(bureau)
    with on(at(10)):
        client = as_(bureau.officer)
        few = queries_of(client, URL)
        for letter in "abcd":
            plan = another(bureau, f"plan-{letter}")
            Plan.objects.filter(pk=plan.pk).update(status="open")
        page = client.get(URL)
        assert [len(group.plans) for group in page.context["groups"]] == [5]
        assert queries_of(client, URL) == few
    assert few < 60


def test_a_clause_whose_forecast_is_past_its_deadline_is_not_called_on_time(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    Visit.objects.update(planned_on=at(21).date())
    recorded(bureau, at(8, 10))
    with on(at(9)):
        page = as_(bureau.office).get(reverse("plan", args=(plan.slug,)))
    margins = [mark for clause in page.context["plan"].clauses for mark in clause.margins]
    (mark,) = [mark for mark in margins if mark.kind == "unit_visits"]
    assert (mark.late, mark.at_risk, mark.state) == (0, True, "waiting")
    assert pgettext("state", "at risk") in page.content.decode()
