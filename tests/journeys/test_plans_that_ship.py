"""Plans 2 to 4 as they ship: loaded by their own house, approved, opened, their duties assigned."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from people import PLANS
from songnuan.goods.queries import kit_of
from songnuan.goods.rules import Draft, Line
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.journeys.living_plan import living_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.measures import settings_by_kind
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, units_by_name
from songnuan.plans.models import Measure, Plan, PlanStatus
from songnuan.plans.planfile import PlanFile, read
from songnuan.plans.queries import choice_of
from songnuan.tasks.models import Task

pytestmark = pytest.mark.django_db
SLUGS = ("emergency-response", "medical-families", "teachers-return")
DAY = timedelta(days=1)


def settle(plan: PlanFile, at: datetime) -> dict[Role, Actor]:
    """Found the house that the plan speaks of: its units, and one holder for each post."""
    names = {item["owner"] for _clause, row in plan.measures() for item in row.settings.get("items", ())}
    rows = [NewUnit(plan.unit, "bureau", "")]
    rows += [NewUnit(name, "department", plan.unit) for name in sorted(names | {str(plan.office)})]
    create_units(rows=rows, opened_on=at.date(), actor=SYSTEM, at=at)
    unit_id = units_by_name([plan.unit], at.date())[plan.unit]
    actors = {}
    for role in (
        Role.PROGRAMME_OFFICER, Role.APPROVER, Role.FINANCE, Role.EPIDEMIC_OFFICE, Role.INSPECTOR,
        Role.UNION_OFFICER,
    ):  # fmt: skip
        user = create_account(username=role.value, name=role.value, password=None, actor=SYSTEM, at=at)
        give_post(user_id=user.pk, unit_id=unit_id, role=role, actor=SYSTEM, at=at)
        actors[role] = actor_of(user)
    return actors


def bring(slug: str) -> tuple[PlanFile, dict[Role, Actor], datetime]:
    """Load the plan the day before it begins and have it approved; return who acts, and its first day."""
    source = (PLANS / f"{slug}.yaml").read_text()
    plan_file = read(source, settings_by_kind())
    assert plan_file.starts_on is not None
    begins = datetime.combine(plan_file.starts_on, datetime.min.time(), CHINA).replace(hour=9)
    actors = settle(plan_file, begins - DAY)
    assert {row.code for row in check_plan(source, begins)} <= {"question_open"}
    load_plan(source=source, actor=actors[Role.PROGRAMME_OFFICER], at=begins - DAY)
    request = submit_plan(slug=slug, actor=actors[Role.PROGRAMME_OFFICER], at=begins - DAY)
    approve_plan(slug=slug, digest=request.digest, actor=actors[Role.APPROVER], at=begins)
    return plan_file, actors, begins


def answer(slug: str, key: str, actor: Actor, at: datetime) -> None:
    answer_question(
        slug=slug, key=key, answer="按会议决定办。", ground="会议纪要〔2020〕3号", actor=actor, at=at
    )


def at_the_owner(task: Task, at: datetime) -> Actor:
    """Return the union officer of the very unit that the duty is given to."""
    user = create_account(username="own", name="工会干事", password=None, actor=SYSTEM, at=at)
    give_post(user_id=user.pk, unit_id=task.owner_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at)
    return actor_of(user)


@pytest.mark.parametrize("slug", SLUGS)
def test_it_is_opened_and_every_clause_shows_what_it_set_in_motion(slug: str) -> None:
    plan_file, actors, begins = bring(slug)
    officer = actors[Role.PROGRAMME_OFFICER]
    for question in plan_file.questions:
        if question.blocks == "open":
            with pytest.raises(Refusal) as refused:
                open_plan(slug=slug, actor=officer, at=begins)
            assert refused.value.code == "question_open"
            assert not Task.objects.exists()
            answer(slug, question.key, officer, begins)
    plan = open_plan(slug=slug, actor=officer, at=begins)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.OPEN
    task = Task.objects.filter(plan_slug=slug).order_by("due_on", "pk")[0]
    with pytest.raises(Refusal) as refused:  # the union officer of the house answers for no other unit's duty
        close_problem(
            task_id=task.pk,
            feedback="已按要求办结并存档。",
            actor=actors[Role.UNION_OFFICER],
            at=begins + DAY,
        )
    assert refused.value.code == "not_permitted"
    reporter = at_the_owner(task, begins)
    close_problem(task_id=task.pk, feedback="已按要求办结并存档。", actor=reporter, at=begins + 30 * DAY)
    page = living_plan(plan, begins + 30 * DAY, lambda _measure, _kind: "")
    for clause in page.clauses:
        if not clause.has_parts:
            assert clause.margins, clause.title
    duties = [mark for clause in page.clauses for mark in clause.margins if mark.kind == "assignments"]
    assert sum(mark.done for mark in duties) == 1
    assert sum(mark.late for mark in duties) > 0
    assert [mark.evidence[0].label for mark in duties if mark.evidence]


def test_what_blocks_payment_stops_the_purchase_and_not_the_opening() -> None:
    slug = "teachers-return"
    plan_file, actors, begins = bring(slug)
    officer, finance = actors[Role.PROGRAMME_OFFICER], actors[Role.FINANCE]
    answer(slug, "who", officer, begins)
    open_plan(slug=slug, actor=officer, at=begins)
    measure = Measure.objects.get(plan__slug=slug, kind="kit_purchase")
    kit = kit_of(measure.pk)
    assert kit is not None
    day = begins.date()
    appropriate_fund(
        fund_id=kit.fund_id, amount_minor=plan_file.funds[0].amount_minor, voucher="记-01",
        happened_on=day, key=uuid4(), actor=finance, at=begins,
    )  # fmt: skip
    masks = next(part.item_id for part in kit.parts if part.name == "医用口罩")
    draft = Draft("临澄医药公司", "08812071", day, (Line(masks, 572, 15_00),))
    with pytest.raises(Refusal) as refused:
        buy_kits(measure_id=measure.pk, draft=draft, key=uuid4(), actor=finance, at=begins)
    assert (refused.value.code, refused.value.facts["keys"]) == ("question_open", "batches")
    assert Plan.objects.get(slug=slug).status == PlanStatus.OPEN
    with pytest.raises(Refusal) as refused:
        answer(slug, "batches", officer, begins)
    assert refused.value.code == "choice_empty"
    answer_question(slug=slug, key="batches", choice="divide", ground="会议纪要", actor=officer, at=begins)
    buy_kits(measure_id=measure.pk, draft=draft, key=uuid4(), actor=finance, at=begins)


def test_who_is_paid_for_a_family_is_chosen_and_a_program_can_go_by_it() -> None:
    slug = "medical-families"
    plan_file, actors, begins = bring(slug)
    assert {row.key: [choice.key for choice in row.choices] for row in plan_file.questions} == {
        "amounts": [],
        "couple": ["each", "one"],
        "two_children": ["each", "one", "split"],
    }
    plan = Plan.objects.get(slug=slug)
    officer = actors[Role.PROGRAMME_OFFICER]
    assert choice_of(plan.pk, "couple") is None
    with pytest.raises(Refusal) as refused:
        answer(slug, "couple", officer, begins)
    assert (refused.value.code, choice_of(plan.pk, "couple")) == ("choice_empty", None)
    for key, choice in (("couple", "one"), ("two_children", "split")):
        answer_question(
            slug=slug, key=key, choice=choice, ground="会议纪要〔2020〕3号", actor=officer, at=begins
        )
        assert choice_of(plan.pk, key) == choice
    answer(slug, "amounts", officer, begins)
    assert choice_of(plan.pk, "amounts") is None
    kept = plan.questions.get(key="couple")
    assert kept.answer == "每户发放一份（由工号在前的职工领取，家庭另有约定的除外）"


def test_necessities_are_bought_for_fifty_families_and_no_more() -> None:
    slug = "medical-families"
    _plan_file, actors, begins = bring(slug)
    officer, finance = actors[Role.PROGRAMME_OFFICER], actors[Role.FINANCE]
    open_plan(slug=slug, actor=officer, at=begins)
    answer(slug, "amounts", officer, begins)
    for key, choice in (("couple", "each"), ("two_children", "each")):
        answer_question(slug=slug, key=key, choice=choice, ground="会议纪要", actor=officer, at=begins)
    measure = Measure.objects.get(plan__slug=slug, kind="kit_purchase")
    kit = kit_of(measure.pk)
    assert kit is not None
    assert kit.per_family
    day = begins.date()
    appropriate_fund(
        fund_id=kit.fund_id, amount_minor=5_000_00, voucher="记-01", happened_on=day, key=uuid4(),
        actor=finance, at=begins,
    )  # fmt: skip
    greens = next(part.item_id for part in kit.parts if part.name == "蔬菜")
    draft = Draft("临澄粮油公司", "08812072", day, (Line(greens, 51, 25_00),))
    with pytest.raises(Refusal) as refused:
        buy_kits(measure_id=measure.pk, draft=draft, key=uuid4(), actor=finance, at=begins)
    assert refused.value.code == "more_than_needed"
    draft = Draft("临澄粮油公司", "08812072", day, (Line(greens, 50, 25_00),))
    buy_kits(measure_id=measure.pk, draft=draft, key=uuid4(), actor=finance, at=begins)
