"""What may be done with a plan, by whom and in which order; and that a refusal changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from plans.plan_samples import KINDS, TEXT, changed
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Assignment, Unit
from songnuan.organisation.permissions import Role
from songnuan.plans import actions, checks, queries
from songnuan.plans.models import (
    Basis,
    Blocks,
    Clause,
    Measure,
    MeasureStatus,
    Plan,
    PlanStatus,
    PlanVersion,
    Question,
)
from songnuan.plans.planfile import read
from songnuan.plans.rules import digest
from visits.builders import acting, moment, person, unit

pytestmark = pytest.mark.django_db

UNANSWERED = changed(("    answer: 是实物。\n    ground: 会议纪要\n", ""))
SECOND = changed(("原则上4月21日前完成。", "原则上4月20日前完成。"), ("key: first_round", "key: only_round"))


@dataclass(frozen=True)
class House:
    """A bureau with its office, who writes, who approves, and who has nothing to do with it."""

    bureau: Unit
    office: Unit
    lead: Unit
    officer: Actor
    approver: Actor
    liaison: Actor

    def load(self, text: str = TEXT, actor: Actor | None = None) -> Plan:
        """Load a plan file."""
        with acting():
            return actions.load_version(
                plan_file=read(text, KINDS),
                source=text,
                unit_id=self.bureau.pk,
                office_id=self.office.pk,
                actor=actor or self.officer,
                at=moment(6),
            )

    def bring(self, status: str, text: str = TEXT) -> Plan:
        """Load a plan file and bring the plan to a status."""
        plan = self.load(text)
        steps = ["submitted", "approved", "open", "closed"]
        for step in steps[: steps.index(status) + 1] if status != "draft" else []:
            plan = MOVES[step](self, plan)
        return plan


def submit(house: House, plan: Plan) -> Plan:
    with acting():
        return actions.submit(plan_id=plan.pk, actor=house.officer, at=moment(6, 11))


def approve(house: House, plan: Plan) -> Plan:
    with acting():
        return actions.mark_approved(
            plan_id=plan.pk, version=plan.version, actor=house.approver, at=moment(6, 12)
        )


def give_back(house: House, plan: Plan) -> Plan:
    with acting():
        return actions.return_to_draft(plan_id=plan.pk, actor=house.approver, at=moment(6, 13))


def open_plan(house: House, plan: Plan) -> Plan:
    with acting():
        return actions.open_plan(plan_id=plan.pk, actor=house.officer, at=moment(7, 9))


def close(house: House, plan: Plan) -> Plan:
    with acting():
        return actions.close_plan(plan_id=plan.pk, actor=house.officer, at=moment(30, 9))


MOVES: dict[str, Callable[[House, Plan], Plan]] = {
    "submitted": submit,
    "approved": approve,
    "draft": give_back,
    "open": open_plan,
    "closed": close,
}


def open_measure(house: House, measure: Measure, actor: Actor | None = None) -> Measure:
    with acting():
        return actions.open_measure(measure_id=measure.pk, actor=actor or house.officer, at=moment(7, 10))


def answer(house: House, plan: Plan, **changes: Any) -> Question:
    facts = {
        "key": "cash",
        "answer": "是实物。",
        "ground": "会议纪要",
        "actor": house.officer,
        "at": moment(6, 14),
    }
    with acting():
        return actions.answer_question(plan_id=plan.pk, **{**facts, **changes})


def everything() -> list[list[Any]]:
    """Return all rows of all tables of plans, and of the trail."""
    tables = (Plan, PlanVersion, Basis, Clause, Measure, Question, Entry)
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def refused(code: str, act: Callable[[], object]) -> Refusal:
    """Show that the act is refused with the code and that nothing was changed."""
    before = everything()
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    assert everything() == before
    return caught.value


@pytest.fixture
def house(db: None) -> House:  # noqa: ARG001 - asks for the database
    bureau = unit("澄江省水运管理局", kind="bureau")
    office = unit("局疫情防控办公室", bureau, "department")
    lead = unit("航道处", bureau, "department")
    return House(
        bureau=bureau,
        office=office,
        lead=lead,
        officer=person("田野", Role.PROGRAMME_OFFICER, bureau),
        approver=person("安澜", Role.APPROVER, bureau),
        liaison=person("方巡河", Role.LEAD_LIAISON, lead),
    )


def test_loading_writes_a_draft_with_all_that_the_file_says(house: House) -> None:
    plan = house.load()
    assert (plan.slug, plan.status, plan.version, plan.unit_id, plan.office_id) == (
        "front-line", PlanStatus.DRAFT, 1, house.bureau.pk, house.office.pk,
    )  # fmt: skip
    assert (plan.starts_on, plan.due_on) == (date(2020, 4, 8), date(2020, 4, 21))
    version = queries.current_version(plan)
    assert (version.number, version.source, version.digest) == (1, TEXT, digest(TEXT))
    assert (version.created_at, version.created_by_id) == (moment(6), house.officer.user_id)
    assert [(row.title, row.number) for row in queries.basis(plan)] == [
        ("关于联防联控的通知", "澄水运防〔2020〕3号"), ("局领导批示", ""),
    ]  # fmt: skip
    assert [(row.number, row.level, row.title) for row in queries.clauses(plan)] == [
        ("一、", 1, "走访安排"), ("（一）", 2, "结对"), ("（二）", 2, "时限"), ("二、", 1, "慰问品"),
    ]  # fmt: skip
    assert [(row.key, row.kind, row.clause_key, row.status) for row in queries.measures(plan.pk)] == [
        ("pairing", "pairing", "pairing", "planned"), ("first_round", "visits", "schedule", "planned"),
        ("kits", "kits", "goods", "planned"),
    ]  # fmt: skip
    assert queries.measures(plan.pk)[2].settings == {
        "price": "300.00",
        "fund": "澄水运财〔2020〕18号",
        "kit": [{"item": "苹果", "quantity": 1}],
    }
    question = queries.questions(plan)[0]
    assert (question.answer, question.answered_by_id, question.answered_at) == (
        "是实物。", house.officer.user_id, moment(6),
    )  # fmt: skip
    assert checks.verify() == []


@pytest.mark.parametrize("status", ["draft", "submitted", "approved", "open", "closed"])
def test_the_same_text_again_changes_nothing(house: House, status: str) -> None:
    house.bring(status)
    before = everything()
    house.load()
    house.load(TEXT.replace("\n", "\r\n"))
    assert everything() == before


def test_another_text_is_the_drafts_next_version_and_the_first_stays_as_it_was(house: House) -> None:
    first = house.load()
    old = queries.current_version(first)
    kept = list(Clause.objects.filter(version=old).values())
    plan = house.load(SECOND)
    assert (plan.pk, plan.version) == (first.pk, 2)
    assert [version.number for version in queries.versions(plan)] == [2, 1]
    assert "4月20日" in queries.clauses(plan)[2].text
    assert list(Clause.objects.filter(version=old).values()) == kept
    assert [row.key for row in queries.measures(plan.pk)] == ["pairing", "only_round", "kits"]
    assert len(queries.questions(plan)) == 1
    assert checks.verify() == []


def test_going_back_to_the_first_text_is_a_third_version(house: House) -> None:
    house.load()
    house.load(SECOND)
    assert house.load().version == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("submitted", "plan_waiting"), ("approved", "plan_waiting"), ("open", "plan_running"),
        ("closed", "plan_closed"),
    ],
)  # fmt: skip
def test_the_text_is_replaced_in_draft_only(house: House, status: str, code: str) -> None:
    house.bring(status)
    refusal = refused(code, lambda: house.load(SECOND))
    assert "走访慰问方案" in refusal.sentence


def test_a_slug_belongs_to_the_unit_that_took_it_first(house: House) -> None:
    house.load()
    other = unit("望江市航道管理局", kind="bureau")
    officer = person("林渡", Role.PROGRAMME_OFFICER, other)
    for text in (TEXT, SECOND):
        refused("slug_taken", partial(_load_for, other, officer, text))


def _load_for(other: Unit, officer: Actor, source: str) -> None:
    with acting():
        actions.load_version(
            plan_file=read(source, KINDS),
            source=source,
            unit_id=other.pk,
            office_id=None,
            actor=officer,
            at=moment(6),
        )


def test_an_answer_given_meanwhile_is_kept_while_the_question_stays_the_same(house: House) -> None:
    plan = house.load(UNANSWERED)
    answer(house, plan)
    house.load(UNANSWERED.replace("原则上", "一般"))
    question = queries.questions(plan)[0]
    assert (question.answer, question.ground, question.answered_at) == ("是实物。", "会议纪要", moment(6, 14))
    house.load(UNANSWERED.replace("是实物还是现金？", "是实物还是购物卡？"))
    assert [(row.answer, row.answered_at) for row in queries.questions(plan)] == [("", None)]


def test_an_answer_in_the_file_stands_over_one_given_meanwhile(house: House) -> None:
    plan = house.load(UNANSWERED)
    answer(house, plan, answer="是现金。")
    house.load(TEXT)
    assert [row.answer for row in queries.questions(plan)] == ["是实物。"]


def test_a_plan_goes_from_draft_to_closed_and_the_trail_tells_it(house: House) -> None:
    plan = house.bring("open")
    opened = [open_measure(house, measure) for measure in queries.measures(plan.pk)[:2]]
    assert [(row.status, row.opened_at) for row in opened] == [(MeasureStatus.OPEN, moment(7, 10))] * 2
    plan = close(house, plan)
    assert plan.status == PlanStatus.CLOSED
    assert [row.status for row in queries.measures(plan.pk)] == ["closed", "closed", "planned"]
    told = Entry.objects.filter(stream__name="plan:front-line").order_by("seq")
    assert list(told.values_list("action", flat=True)) == [
        "plans.load_version", "plans.submit", "plans.approve", "plans.open", "plans.open_measure",
        "plans.open_measure", "plans.close",
    ]  # fmt: skip
    assert {entry.subject for entry in told if "measure" not in entry.action} == {"plans.plan:front-line@1"}
    assert checks.verify() == []


def test_a_plan_given_back_is_a_draft_again_and_takes_a_new_text(house: House) -> None:
    for status in ("submitted", "approved"):
        plan = house.bring(status, TEXT if status == "submitted" else SECOND)
        assert give_back(house, plan).status == PlanStatus.DRAFT
    assert house.load().version == 3


@pytest.mark.parametrize(
    ("status", "moves"),
    [
        ("draft", {"submitted"}), ("submitted", {"approved", "draft"}), ("approved", {"open", "draft"}),
        ("open", {"closed"}), ("closed", set()),
    ],
)  # fmt: skip
def test_every_other_move_is_refused(house: House, status: str, moves: set[str]) -> None:
    plan = house.bring(status)
    for target in set(MOVES) - moves:
        refused("wrong_state", partial(MOVES[target], house, plan))


def test_an_approval_of_an_earlier_text_does_not_pass_a_later_one(house: House) -> None:
    earlier = house.bring("submitted")
    give_back(house, earlier)
    house.bring("submitted", SECOND)
    earlier.version = 1
    refusal = refused("version_changed", lambda: approve(house, earlier))
    assert refusal.facts == {"version": 1, "current": 2}


@pytest.mark.parametrize(
    ("act", "status"),
    [(submit, "draft"), (open_plan, "approved"), (close, "open"), (give_back, "submitted")],
)
def test_who_has_no_post_for_it_moves_no_plan(
    house: House, act: Callable[[House, Plan], Plan], status: str
) -> None:
    plan = house.bring(status)
    stranger = House(house.bureau, house.office, house.lead, house.liaison, house.liaison, house.liaison)
    refusal = refused("not_permitted", lambda: act(stranger, plan))
    assert isinstance(refusal, NotPermitted)


def test_the_writer_does_not_approve_and_the_approver_does_not_write(house: House) -> None:
    plan = house.bring("submitted")
    swapped = House(house.bureau, house.office, house.lead, house.approver, house.officer, house.liaison)
    refused("not_permitted", lambda: approve(swapped, plan))
    refused("not_permitted", lambda: house.load(SECOND, house.approver))
    refused("not_permitted", lambda: answer(house, plan, actor=house.approver))


def test_an_approved_plan_that_cannot_be_opened_is_written_again(house: House) -> None:
    plan = house.bring("approved")

    def reopen(actor: Actor) -> Plan:
        with acting():
            return actions.reopen(plan_id=plan.pk, actor=actor, at=moment(6, 13))

    refused("not_permitted", lambda: reopen(house.approver))
    assert reopen(house.officer).status == PlanStatus.DRAFT
    refused("wrong_state", lambda: reopen(house.officer))


def test_the_writer_may_take_the_plan_back(house: House) -> None:
    plan = house.bring("submitted")
    with acting():
        taken = actions.return_to_draft(plan_id=plan.pk, actor=house.officer, at=moment(6, 13))
    assert taken.status == PlanStatus.DRAFT


@pytest.mark.parametrize(
    ("blocks", "stops"), [("issue", True), ("open", True), ("payment", False), ("nothing", False)]
)
def test_a_question_holds_up_what_it_blocks(house: House, blocks: str, stops: bool) -> None:  # noqa: FBT001
    plan = house.bring("approved", UNANSWERED.replace("blocks: open", f"blocks: {blocks}"))
    assert [row.key for row in queries.open_questions(plan.pk, [Blocks(blocks)])] == ["cash"]
    if stops:
        refusal = refused("question_open", lambda: open_plan(house, plan))
        assert "是实物还是现金？" in refusal.sentence
        assert refusal.facts == {"count": 1, "keys": "cash"}
        answer(house, plan)
    assert open_plan(house, plan).status == PlanStatus.OPEN


def test_a_question_is_answered_once_with_its_ground(house: House) -> None:
    plan = house.load(UNANSWERED)
    question = answer(house, plan, answer=" 是实物。\n", ground=" 会议纪要 ")
    assert (question.answer, question.ground) == ("是实物。", "会议纪要")
    assert (question.answered_by_id, question.answered_at) == (house.officer.user_id, moment(6, 14))
    assert queries.open_questions(plan.pk) == []
    refused("question_answered", lambda: answer(house, plan, answer="是现金。"))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"answer": " "}, "answer_empty", "answer"), ({"ground": ""}, "ground_empty", "ground"),
        ({"answer": "长" * 2001}, "answer_long", "answer"),
        ({"ground": "长" * 2001}, "answer_long", "ground"),
        ({"key": "other"}, "question_unknown", ""),
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing_is_refused(
    house: House, changes: dict[str, str], code: str, field: str
) -> None:
    plan = house.load(UNANSWERED)
    assert refused(code, lambda: answer(house, plan, **changes)).field == field


def test_no_question_of_a_closed_plan_is_answered(house: House) -> None:
    plan = house.bring("closed", UNANSWERED.replace("blocks: open", "blocks: payment"))
    refused("plan_closed", lambda: answer(house, plan))


@pytest.mark.parametrize(
    ("status", "code"),
    [("draft", "plan_not_open"), ("approved", "plan_not_open"), ("closed", "plan_not_open")],
)
def test_no_measure_is_opened_outside_an_open_plan(house: House, status: str, code: str) -> None:
    measure = queries.measures(house.bring(status).pk)[0]
    refused(code, lambda: open_measure(house, measure))


def test_a_measure_is_opened_once_and_by_who_may(house: House) -> None:
    measure = queries.measures(house.bring("open").pk)[0]
    refused("not_permitted", lambda: open_measure(house, measure, house.approver))
    open_measure(house, measure)
    refused("wrong_state", lambda: open_measure(house, measure))


@pytest.mark.parametrize("statement", ["UPDATE %s SET id = id", "DELETE FROM %s"])
@pytest.mark.parametrize("table", [PlanVersion, Clause, Basis])
def test_versions_and_what_they_say_are_never_changed(house: House, table: Any, statement: str) -> None:
    house.load()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement % table._meta.db_table)


@pytest.mark.parametrize(
    ("table", "values", "constraint"),
    [
        (Plan, {"status": "lost"}, "plans_plan_status"),
        (Measure, {"status": "open"}, "plans_measure_opened"),
        (Measure, {"opened_at": moment(6)}, "plans_measure_opened"),
        (Measure, {"key": "kits"}, "measure"),
        (Question, {"answer": ""}, "plans_question_answered"),
        (Question, {"ground": ""}, "plans_question_answered"),
        (Question, {"answered_at": None}, "plans_question_answered"),
        (Question, {"blocks": "all"}, "plans_question_blocks"),
    ],
)
def test_the_database_keeps_what_must_hold(
    house: House, table: Any, values: dict[str, object], constraint: str
) -> None:
    house.load()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        table.objects.update(**values)


def seen(actor: Actor) -> list[str]:
    return [plan.slug for plan in queries.visible_plans(actor, moment(8))]


def test_who_sees_a_plan(house: House) -> None:
    slug = house.load().slug
    station = unit("东港船闸管理所", kind="front_line")
    at_station = person("孟守闸", Role.UNIT_LIAISON, station)
    at_office = person("钟守正", Role.EPIDEMIC_OFFICE, house.office)
    assert [seen(actor) for actor in (SYSTEM, house.officer, house.approver, at_office)] == [[slug]] * 4
    assert [seen(actor) for actor in (house.liaison, at_station)] == [[], []]
    Assignment.objects.create(purpose=slug, holder=house.lead, subject=station, starts_on=date(2020, 4, 1))
    assert [seen(actor) for actor in (house.liaison, at_station)] == [[slug], [slug]]


def test_a_plan_is_found_by_its_slug(house: House) -> None:
    assert queries.plan_by_slug("front-line") is None
    assert queries.plan_by_slug(house.load().slug) is not None


def test_a_check_finds_what_does_not_agree(house: House) -> None:
    plan = house.load()
    Measure.objects.filter(key="kits").update(clause_key="gone")
    assert [(row.code, row.where) for row in checks.verify()] == [
        ("measure_without_clause", "plans.measure:front-line/kits")
    ]
    Plan.objects.filter(pk=plan.pk).update(version=7)
    assert "version_missing" in {row.code for row in checks.verify()}
    PlanVersion.objects.create(plan=plan, number=7, source="x", digest="0" * 64, created_at=moment(6))
    assert "version_changed" in {row.code for row in checks.verify()}
