"""A plan under way is amended: one hand at a time, approved before it counts, nothing lost on the way."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from hands import together
from people import BUREAU, PLANS, SLUG, START, Bureau, at, buy, make_bureau, open_plan_1
from songnuan.approvals.models import Act
from songnuan.audit.checks import verify
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.edit_plan import edit_plan, replace_text
from songnuan.journeys.give_post import give_post
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.replan_visit import replan_visit
from songnuan.journeys.return_amendment import return_amendment
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.withdraw_amendment import withdraw_amendment
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, units_by_name
from songnuan.plans import rewriting
from songnuan.plans.checks import verify as check_plans
from songnuan.plans.models import (
    Amendment,
    AmendmentStatus,
    Clause,
    Measure,
    MeasureStatus,
    Plan,
    PlanVersion,
    Question,
)
from songnuan.plans.queries import choice_of
from songnuan.plans.rewriting import Change
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.models import LaterDay, LaterDayStatus, Visit

LATER = rewriting.together(
    rewriting.head({"due_on": "2020-04-28"}),
    rewriting.clause("schedule", {"text": "原则上4月28日前全部完成。"}),
    rewriting.measure(
        "schedule",
        "unit_visits",
        "unit_visits",
        {"due_on": "2020-04-28", "units": 47, "hand_over": True},
    ),
)
CONTACT = rewriting.together(
    rewriting.new_clause(
        "clause_1", {"number": "（三）", "title": "再次交办", "text": "再次交办。"}, "problems"
    ),
)


def begin(bureau: Bureau, reason: str = "闸口检修，走访顺延一周。") -> Plan:
    """Begin to amend plan 1."""
    plan = Plan.objects.get(slug=SLUG)
    open_amendment(slug=SLUG, base=plan.version, reason=reason, actor=bureau.officer, at=at(10))
    return plan


def amendment() -> Amendment:
    """Return the newest amendment."""
    found = Amendment.objects.order_by("-pk").first()
    assert found is not None
    return found


def write(bureau: Bureau, change: Change, base: int | None = None, actor: Actor | None = None) -> None:
    """Change the text being written."""
    edit_plan(
        slug=SLUG,
        base=amendment().version if base is None else base,
        change=change,
        key=uuid4(),
        actor=actor or bureau.officer,
        at=at(10, 11),
    )


def sign(bureau: Bureau) -> None:
    """Hand the amendment in, and have it approved."""
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(10, 15))


def put(bureau: Bureau) -> Plan:
    """Put the approved amendment in force."""
    return put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(10, 16))


def code_of(act: object) -> str:
    """Return why an act is refused."""
    with pytest.raises(Refusal) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


def elsewhere(role: Role) -> Actor:
    """Return somebody of another bureau who holds the post there."""
    create_units(rows=[NewUnit("邻江市水运局", "bureau", "")], opened_on=START.date(), actor=SYSTEM, at=START)
    user = create_account(username=role.value, name="外单位", password=None, actor=SYSTEM, at=START)
    unit = units_by_name(["邻江市水运局"], START.date())["邻江市水运局"]
    give_post(user_id=user.pk, unit_id=unit, role=role, actor=SYSTEM, at=START)
    return actor_of(user)


@pytest.mark.django_db
def test_an_amendment_from_its_reason_to_its_coming_into_force(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "1")
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[0]
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    before = set(Measure.objects.values_list("pk", "key"))
    answered = Question.objects.get(key="goods_or_cash")

    begin(bureau)
    write(bureau, LATER)
    plan.refresh_from_db()
    assert (plan.version, plan.due_on) == (1, date(2020, 4, 21)), "the plan goes on as it was"
    assert not Visit.objects.exclude(due_on=date(2020, 4, 21)).exists()
    sign(bureau)
    plan.refresh_from_db()
    assert plan.version == 1
    put(bureau)

    plan.refresh_from_db()
    assert (plan.version, plan.due_on, plan.status) == (2, date(2020, 4, 28), "open")
    assert set(Measure.objects.values_list("pk", "key")) == before, "measures go on, they do not begin anew"
    assert Measure.objects.get(key="unit_visits").settings["due_on"] == "2020-04-28"
    visit.refresh_from_db()
    assert visit.due_on == date(2020, 4, 21), "what took place was due when it was due"
    assert Visit.objects.filter(due_on=date(2020, 4, 28)).count() == 46
    question = Question.objects.get(key="goods_or_cash")
    assert (question.answer, question.answered_at) == (answered.answer, answered.answered_at)
    assert amendment().status == AmendmentStatus.IN_FORCE
    told = set(OutboxMessage.objects.filter(topic="plan.amended").values_list("recipient_id", flat=True))
    assert {bureau.approver.user_id, bureau.liaison.user_id, bureau.office.user_id} <= told
    assert bureau.officer.user_id not in told
    assert [*verify(), *check_plans(), *check_funds(), *check_goods(), *check_visits()] == []
    assert code_of(lambda: put(bureau)) == "amendment_none"


def due(day: str) -> Change:
    """Return the change that sets another deadline for the visits."""
    settings = {"due_on": day, "units": 47, "hand_over": True}
    return rewriting.together(
        rewriting.head({"due_on": "2020-04-28"}),
        rewriting.measure("schedule", "unit_visits", "unit_visits", settings),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "planned", "waits"),
    [("2020-04-28", {"2020-04-20", "2020-04-25"}, 0), ("2020-04-18", {None}, 1)],
)
def test_the_days_of_visits_follow_a_later_or_an_earlier_deadline(
    bureau: Bureau, day: str, planned: set[str | None], waits: int
) -> None:
    open_plan_1(bureau)
    one, two = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[:2]
    for visit, on, reason in ((one, date(2020, 4, 20), ""), (two, date(2020, 4, 25), "值班人员轮休")):
        replan_visit(visit_id=visit.pk, planned_on=on, late_reason=reason, actor=bureau.liaison, at=at(8, 9))
    Visit.objects.filter(pk=two.pk).update(planned_on=None)
    begin(bureau)
    write(bureau, due(day))
    sign(bureau)
    put(bureau)
    found = {
        str(row.planned_on) if row.planned_on else None
        for row in Visit.objects.filter(pk__in=[one.pk, two.pk])
    }
    assert found == planned
    assert set(Visit.objects.values_list("due_on", flat=True)) == {date.fromisoformat(day)}
    assert LaterDay.objects.filter(status=LaterDayStatus.WAITING).count() == waits
    assert not Visit.objects.filter(planned_on__gt=date.fromisoformat(day)).exists()
    assert [*check_visits(), *check_plans()] == []


@pytest.mark.django_db
def test_a_new_clause_with_its_measure_is_opened_with_the_amendment(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    fund = {
        "number": "澄水运财〔2020〕25号",
        "title": "追加资金的通知",
        "issuer": BUREAU,
        "dated_on": "2020-04-09",
        "amount": "500.00",
    }
    old = {"number": "澄水运财〔2020〕18号"}
    write(
        bureau,
        rewriting.together(
            rewriting.rows("funds", [old, fund]),
            rewriting.new_clause(
                "clause_1",
                {"number": "（三）", "title": "追加资金", "text": "追加500元，在追加资金中列支。"},
                "fund",
            ),
            rewriting.measure("clause_1", "fund_2", "fund", {"number": "澄水运财〔2020〕25号"}),
        ),
    )
    sign(bureau)
    put(bureau)
    assert Measure.objects.get(key="fund_2").status == MeasureStatus.OPEN
    numbers = Fund.objects.order_by("pk").values_list("document__number", flat=True)
    assert list(numbers) == ["澄水运财〔2020〕18号", "澄水运财〔2020〕25号"]
    assert [*check_plans(), *check_funds()] == []


@pytest.mark.django_db
def test_a_clause_with_open_measures_stays_until_they_are_closed(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, rewriting.remove_clause("problems"))
    sign(bureau)
    assert Measure.objects.get(key="problems").status == MeasureStatus.OPEN, "nothing is closed before that"
    with pytest.raises(Refusal) as refused:
        put(bureau)
    assert (refused.value.code, refused.value.facts["keys"]) == ("measures_open", "problems")
    assert (amendment().status, Plan.objects.get(slug=SLUG).version) == (AmendmentStatus.APPROVED, 1)

    measure = Measure.objects.get(key="problems")
    with pytest.raises(Refusal) as refused:
        close_measure(slug=SLUG, measure_id=measure.pk, reason=" ", actor=bureau.officer, at=at(10, 14))
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    for actor in (bureau.liaison, bureau.approver, elsewhere(Role.PROGRAMME_OFFICER)):
        with pytest.raises(NotPermitted):
            close_measure(slug=SLUG, measure_id=measure.pk, reason="不再单独交办", actor=actor, at=at(10, 14))
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.OPEN
    close_measure(
        slug=SLUG, measure_id=measure.pk, reason="不再单独交办", actor=bureau.officer, at=at(10, 16)
    )
    put(bureau)
    measure.refresh_from_db()
    assert (measure.status, measure.close_reason) == (MeasureStatus.CLOSED, "不再单独交办")
    assert not Clause.objects.filter(version__number=2, key="problems").exists()
    assert check_plans() == []


@pytest.mark.django_db
def test_a_measure_closed_by_itself_takes_nothing_any_more(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    for kind in ("unit_visits", "kit_purchase"):
        measure = Measure.objects.get(kind=kind)
        close_measure(
            slug=SLUG, measure_id=measure.pk, reason="改由线上慰问", actor=bureau.officer, at=at(7, 12)
        )
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[0]
    act = bureau.report(at(8))
    assert (
        code_of(
            lambda: record_visit(
                visit_id=visit.pk, report=act, key=uuid4(), actor=bureau.liaison, at=at(8, 11)
            )
        )
        == "measure_closed"
    )
    assert code_of(lambda: buy(bureau, plan, {"苹果": (1, 80_00)}, "1")) == "measure_closed"
    visit.refresh_from_db()
    assert visit.happened_at is None


@pytest.mark.django_db
def test_who_may_not_write_the_plan_amends_nothing(bureau: Bureau) -> None:
    open_plan_1(bureau)
    stranger = elsewhere(Role.PROGRAMME_OFFICER)
    for actor in (bureau.liaison, bureau.approver, bureau.finance, stranger):
        with pytest.raises(NotPermitted):
            open_amendment(slug=SLUG, base=1, reason="无权修订", actor=actor, at=at(10))
    assert not Amendment.objects.exists()
    begin(bureau)
    for actor in (bureau.liaison, bureau.approver, stranger):
        with pytest.raises(NotPermitted):
            write(bureau, LATER, actor=actor)
        with pytest.raises(NotPermitted):
            withdraw_amendment(slug=SLUG, actor=actor, at=at(10, 12))
    assert PlanVersion.objects.count() == 1
    write(bureau, LATER)
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    with pytest.raises(NotPermitted):
        approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.officer, at=at(10, 15))
    with pytest.raises(NotPermitted):
        approve_amendment(slug=SLUG, digest=request.digest, actor=elsewhere_approver(), at=at(10, 15))
    assert Act.objects.filter(request=request).count() == 1
    approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(10, 15))
    for actor in (bureau.approver, bureau.liaison, stranger):
        with pytest.raises(NotPermitted):
            put_amendment_in_force(slug=SLUG, actor=actor, at=at(10, 16))
    assert Plan.objects.get().version == 1


def elsewhere_approver() -> Actor:
    """Return the approver of the other bureau."""
    user = create_account(username="other", name="外单位领导", password=None, actor=SYSTEM, at=START)
    unit = units_by_name(["邻江市水运局"], START.date())["邻江市水运局"]
    give_post(user_id=user.pk, unit_id=unit, role=Role.APPROVER, actor=SYSTEM, at=START)
    return actor_of(user)


@pytest.mark.django_db
def test_nobody_approves_the_own_amendment_whatever_posts_are_held(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    write(bureau, LATER)
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    Post.objects.filter(user__pk=bureau.officer.user_id or 0).update(role=Role.APPROVER)
    assert (
        code_of(
            lambda: approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.officer, at=at(10, 15))
        )
        == "already_acted"
    )
    assert amendment().status == AmendmentStatus.SUBMITTED


@pytest.mark.django_db
def test_a_text_handed_in_is_not_changed_and_an_older_one_not_approved(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    assert (
        code_of(lambda: submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))) == "amendment_empty"
    )
    write(bureau, LATER)
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))
    assert code_of(lambda: write(bureau, CONTACT)) == "wrong_state"
    assert (
        code_of(lambda: withdraw_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))) == "wrong_state"
    )
    assert (
        code_of(lambda: approve_amendment(slug=SLUG, digest="0" * 64, actor=bureau.approver, at=at(10, 15)))
        == "subject_changed"
    )
    return_amendment(
        slug=SLUG, digest=request.digest, remark="请写明理由", actor=bureau.approver, at=at(10, 15)
    )
    assert amendment().status == AmendmentStatus.DRAFT
    write(bureau, CONTACT)
    assert code_of(
        lambda: approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(10, 15))
    ) in {"nothing_requested", "wrong_state"}
    assert code_of(lambda: put(bureau)) == "wrong_state"
    withdraw_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 16))
    plan = Plan.objects.get()
    assert (plan.version, PlanVersion.objects.count()) == (1, 3)
    begin(bureau)
    write(bureau, LATER)
    sign(bureau)
    put(bureau)
    plan.refresh_from_db()
    assert plan.version == 4
    assert check_plans() == []


@pytest.mark.django_db
def test_kits_and_funds_in_use_stay_as_they_were(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    source = PlanVersion.objects.get(number=1).source
    for old, new, code in (
        ('standard_yuan: "300.00"', 'standard_yuan: "280.00"', "settings_fixed"),
        ('amount: "14,100.00"', 'amount: "15,000.00"', "fund_fixed"),
    ):
        replace_text(
            slug=SLUG,
            base=amendment().version,
            source=source.replace(old, new),
            key=uuid4(),
            actor=bureau.officer,
            at=at(10, 11),
        )
        assert code_of(lambda: submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))) == code
    assert amendment().status == AmendmentStatus.DRAFT


@pytest.mark.django_db
def test_an_answered_question_stays_with_its_answer(bureau: Bureau) -> None:
    open_plan_1(bureau)
    begin(bureau)
    source = PlanVersion.objects.get(number=1).source
    for changed, code in (
        (source.replace("还是在实物之外另发300元现金？", "还是现金？"), "question_answered"),
        (source.replace("    answer: 是等值实物。", "    answer: 是现金。"), "question_answered"),
    ):
        replace_text(
            slug=SLUG,
            base=amendment().version,
            source=changed,
            key=uuid4(),
            actor=bureau.officer,
            at=at(10, 11),
        )
        assert code_of(lambda: submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14))) == code


@pytest.mark.django_db
def test_a_chosen_answer_stays_with_its_choices_when_the_plan_is_amended(bureau: Bureau) -> None:
    def replace(text: str) -> None:
        base = amendment().version
        replace_text(slug=SLUG, base=base, source=text, key=uuid4(), actor=bureau.officer, at=at(10, 11))

    plan = open_plan_1(bureau)
    asked = "    blocks: nothing\n"
    offered = "    choices:\n      - {key: back, text: 结余交回。}\n      - {key: next, text: 结转下年。}\n"
    source = PlanVersion.objects.get(number=1).source.replace(asked, asked + offered)
    begin(bureau)
    replace(source)
    sign(bureau)
    put(bureau)
    answer_question(
        slug=SLUG, key="money_left", choice="next", ground="会议纪要9号", actor=bureau.officer, at=at(10, 17)
    )
    begin(bureau)
    told_of = ("answer", "choice", "choices", "ground", "answered_at", "after_approval")
    kept = Question.objects.filter(key="money_left").values_list(*told_of)
    before = list(kept)
    answered = source.replace(asked, f"{asked}    answer: 结余交回。\n    ground: 会议纪要10号\n")
    for text in (
        source.replace(offered, ""),
        source.replace("结余交回。", "结余全部交回。"),
        source.replace("key: next", "key: later"),
        answered,
    ):
        assert text != source
        replace(text)
        refused = code_of(lambda: submit_amendment(slug=SLUG, actor=bureau.officer, at=at(10, 14)))
        assert refused == "question_answered"
        assert list(kept.all()) == before
    replace(source.replace("原则上", "一般"))
    sign(bureau)
    put(bureau)
    assert choice_of(plan.pk, "money_left") == "next"
    assert list(kept.all()) == before


@pytest.mark.django_db
def test_a_stale_edit_is_refused_and_overwrites_nothing(bureau: Bureau) -> None:
    plan = load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))

    def edit(title: str, base: int, key: object = None) -> None:
        edit_plan(
            slug=SLUG,
            base=base,
            change=rewriting.clause("visits", {"title": title}),
            key=key or uuid4(),  # type: ignore[arg-type]
            actor=bureau.officer,
            at=at(6, 11),
        )

    key = uuid4()
    for _twice in range(2):
        edit("走访", 1, key)
    assert PlanVersion.objects.count() == 2
    with pytest.raises(Refusal) as refused:
        edit("慰问", 1)
    assert (refused.value.code, refused.value.facts) == ("text_stale", {"base": 1, "current": 2})
    plan.refresh_from_db()
    assert plan.version == 2
    assert Clause.objects.get(version__number=2, key="visits").title == "走访"


@pytest.mark.django_db
def test_a_running_plan_is_not_loaded_over_and_says_where_to_amend_it(bureau: Bureau) -> None:
    open_plan_1(bureau)
    source = (PLANS / f"{SLUG}.yaml").read_text().replace("走访安排", "走访")
    assert code_of(lambda: load_plan(source=source, actor=bureau.officer, at=at(10))) == "plan_running"
    assert PlanVersion.objects.count() == 1


@pytest.mark.django_db
def test_the_database_knows_one_amendment_under_way(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    begin(bureau)
    assert code_of(lambda: begin(bureau)) == "amendment_open"
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(plan=plan, base=1, version=1, reason="又一件", begun_at=at(10))


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_begin_or_save_at_once_one_is_refused() -> None:
    bureau = make_bureau()
    open_plan_1(bureau)
    assert together(*[lambda: begin(bureau)] * 4) == {"done": 1, "amendment_open": 3}
    assert Amendment.objects.count() == 1

    def save(title: str) -> None:
        write(bureau, rewriting.clause("visits", {"title": title}), base=1)

    outcomes = together(*[lambda title=title: save(title) for title in ("甲", "乙", "丙")])
    assert outcomes == {"done": 1, "text_stale": 2}
    assert (PlanVersion.objects.count(), amendment().version) == (2, 2)
    assert verify() == []
