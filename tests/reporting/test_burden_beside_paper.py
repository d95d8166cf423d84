"""What a plan asked to be typed, beside the tables on paper that its forms stand for."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people import SLUG, START, Bureau, at, open_plan_1
from songnuan.cli.commands import songnuan
from songnuan.journeys.burden_beside import Beside, compare
from songnuan.journeys.create_account import create_account
from songnuan.journeys.paper_forms import SIGNED, STANDS_FOR, TABLES, VISIT
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Plan
from songnuan.reporting.models import InputCount
from songnuan.web.views.burden import kinds
from web.browsing import as_, on, queries_of

MONDAY = date(2020, 4, 6)
DAY = MONDAY + timedelta(days=10)
URL = reverse("plan_burden", args=(SLUG,))


def count(unit_id: int, form: str, posted: int, typed: int, week: date = MONDAY) -> None:
    """Let a form have been handed in at a unit by its lead's liaison."""
    InputCount.objects.create(
        unit_id=unit_id, role=Role.LEAD_LIAISON, week=week, form=form, posted=posted,
        shown=typed, filled=typed, typed=typed,
    )  # fmt: skip


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with what was typed in two weeks at the lead office and the bureau."""
    plan = open_plan_1(bureau)
    count(bureau.lead_id, "visit", 3, 12)
    count(bureau.lead_id, "visit:lines", 15, 15)
    count(bureau.bureau_id, "donation", 1, 4, MONDAY + timedelta(days=7))
    count(bureau.bureau_id, "donation:lines", 2, 14, MONDAY + timedelta(days=7))
    count(bureau.bureau_id, "item_report", 2, 2, MONDAY + timedelta(days=7))
    return plan


def whole() -> list[int]:
    """Return typed, on paper, other, worked out by hand from the fixture."""
    return [12 + 15 + 4 + 14, 3 * (13 + 11) + 2 * 13, 2]


@pytest.mark.django_db
def test_a_visit_is_held_against_the_tables_it_stands_for(plan: Plan, bureau: Bureau) -> None:
    found = compare(plan, Unit.objects.all(), DAY)
    assert [found.total.typed, found.total.paper, found.total.other] == whole()
    assert found.total.saved == 98 - 45 - 2
    assert found.units == (
        (bureau.lead_id, Role.LEAD_LIAISON, Beside(27, 72, 0)),
        (bureau.bureau_id, Role.LEAD_LIAISON, Beside(18, 26, 2)),
    )
    assert found.weeks == ((MONDAY + timedelta(days=7), Beside(18, 26, 2)), (MONDAY, Beside(27, 72, 0)))
    assert [(row.table.name, row.times, row.inputs) for row in found.tables] == [
        ("走访慰问记录表", 3, 39),
        ("慰问品签收表", 3, 33),
        ("防疫物资出入库登记表", 2, 26),
    ]


@pytest.mark.django_db
def test_what_was_typed_before_the_plan_began_is_not_of_it(plan: Plan, bureau: Bureau) -> None:
    count(bureau.lead_id, "visit", 9, 90, date(2020, 1, 6))
    assert compare(plan, Unit.objects.all(), DAY).total == Beside(*whole())


def test_the_columns_are_those_in_common_use() -> None:
    assert [len(table.columns) for table in TABLES] == [13, 11, 13, 13, 15, 15, 10]
    assert STANDS_FOR["visit"] == (VISIT, SIGNED)


def test_what_stands_for_a_table_is_a_form_of_the_house() -> None:
    there = {kind.asks for kind in kinds()} | {"visit"}
    assert {name.removesuffix(":lines") for name in STANDS_FOR} <= there


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.dictionaries(
        st.tuples(st.sampled_from([*STANDS_FOR, "item_report", "visit:lines"]), st.integers(0, 3)),
        st.tuples(st.integers(0, 30), st.integers(0, 90)),
        max_size=8,
    )
)
def test_every_way_to_tell_it_apart_comes_to_the_whole(
    bureau: Bureau, rows: dict[tuple[str, int], tuple[int, int]]
) -> None:
    InputCount.objects.all().delete()
    for (form, week), (posted, typed) in rows.items():
        count(bureau.lead_id, form, posted, typed, MONDAY + timedelta(days=7 * week))
    plan = Plan(slug="any", unit_id=bureau.bureau_id, starts_on=MONDAY)
    found = compare(plan, Unit.objects.all(), DAY)
    assert sum((row for _week, row in found.weeks), Beside()) == found.total
    assert sum((row for _unit, _role, row in found.units), Beside()) == found.total
    assert sum(row.inputs for row in found.tables) == found.total.paper
    assert found.total.typed + found.total.other == sum(typed for _posted, typed in rows.values())


@pytest.mark.django_db
def test_the_page_shows_it_to_who_sees_the_plan_and_their_units_alone(plan: Plan, bureau: Bureau) -> None:
    with on(at(16)):
        page = as_(bureau.officer).get(URL)
        own = as_(bureau.liaison).get(URL)
        others = as_(bureau.stranger).get(URL)
        outsider = create_account(username="out", name="外人", password=None, actor=SYSTEM, at=START)
        assert as_(actor_of(outsider)).get(URL).status_code == 403
        assert as_(bureau.officer).post(URL).status_code == 405
    assert page.context["found"].total == Beside(*whole())
    assert own.context["found"].total == Beside(27, 72, 0)
    assert others.context["found"].total == Beside()
    assert Client().get(URL).headers["Location"].startswith(reverse("account_login"))
    assert plan.title in page.content.decode()


@pytest.mark.django_db
def test_before_anything_was_typed_the_page_says_so(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(9)):
        page = as_(bureau.officer).get(URL)
    assert page.context["found"].tables == ()
    assert "<table" not in page.content.decode()


@pytest.mark.django_db
def test_the_queries_do_not_grow_with_weeks_and_forms(plan: Plan, bureau: Bureau) -> None:
    client = as_(bureau.officer)
    with on(at(16)):
        few = queries_of(client, URL)
        for number in range(20):
            count(bureau.lead_id, "visit", 1, 4, MONDAY + timedelta(days=7 * (number + 3)))
            count(bureau.bureau_id, "need", 1, 4, MONDAY + timedelta(days=7 * (number + 3)))
        assert queries_of(client, URL) == few
    assert plan.slug == SLUG


@pytest.mark.django_db
def test_the_command_tells_the_same(plan: Plan) -> None:
    told = CliRunner().invoke(songnuan, ["burden", "show", plan.slug, "--json"], catch_exceptions=False)
    document = json.loads(told.stdout)
    total = document["total"]
    assert [total["typed"], total["paper"], total["other"]] == whole()
    assert sum(row["inputs"] for row in document["tables"]) == total["paper"]
    words = CliRunner().invoke(songnuan, ["burden", "show", plan.slug], catch_exceptions=False)
    assert (words.exit_code, str(total["saved"]) in words.stdout) == (0, True)
