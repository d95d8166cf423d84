"""Several hands at once: the fund is never negative, and nothing happens twice."""

from uuid import uuid4

import pytest

from hands import together
from people import PLANS, SLUG, Bureau, at, buy, make_bureau, open_plan_1, really_buy
from songnuan.approvals.checks import verify as check_approvals
from songnuan.approvals.models import Request, RequestStatus, StepKind
from songnuan.approvals.rules import Step
from songnuan.audit.checks import verify
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Purchase
from songnuan.journeys.answer_delegation import answer_delegation
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.offer_delegation import offer_delegation
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.set_chain import set_chain
from songnuan.journeys.submit_plan import submit_plan
from songnuan.journeys.withdraw_plan import withdraw_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Plan, PlanVersion
from songnuan.visits.models import Visit, VisitStatus

HANDS = 20


@pytest.mark.django_db(transaction=True)
def test_twenty_purchases_against_the_last_yuan_leave_the_fund_whole() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau, appropriated_minor=6_880_00)
    # 6,580 yuan spent; 300 left, and each of twenty hands wants 4 × 75 = 300.
    buy(bureau, plan, {"方便面": (94, 70_00)}, "0001")
    fund = Fund.objects.get()
    assert fund.appropriated_minor - fund.disbursed_minor == 300_00
    outcomes = together(
        *[lambda n=n: really_buy(bureau, plan, {"梨": (4, 75_00)}, f"1{n:03d}") for n in range(HANDS)]
    )
    assert outcomes == {"done": 1, "beyond_fund": HANDS - 1}
    fund.refresh_from_db()
    assert (fund.appropriated_minor, fund.committed_minor, fund.disbursed_minor) == (6_880_00, 0, 6_880_00)
    assert Purchase.objects.count() == 2
    assert sorted(Purchase.objects.values_list("number", flat=True)) == [1, 2]
    assert [*verify(), *check_funds(), *check_goods()] == []


@pytest.mark.django_db(transaction=True)
def test_one_purchase_posted_five_times_at_once_is_one_purchase() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    key = uuid4()
    outcomes = together(*[lambda: really_buy(bureau, plan, {"方便面": (10, 68_00)}, "0001", key)] * 5)
    assert outcomes == {"done": 5}
    assert Purchase.objects.count() == 1
    assert Entry.objects.filter(kind="disburse").count() == 1
    assert [*verify(), *check_funds(), *check_goods()] == []


@pytest.mark.django_db(transaction=True)
def test_one_visit_recorded_by_two_phones_is_recorded_once() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}, "0001")
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")[0]
    reports = [bureau.report(at(8)), bureau.report(at(8), conditions="另一部手机记的。")]
    outcomes = together(
        *[
            lambda r=r: record_visit(
                visit_id=visit.pk, report=r, key=uuid4(), actor=bureau.liaison, at=at(8, 11)
            )
            for r in reports
        ]
    )
    assert outcomes == {"done": 1, "wrong_state": 1}
    assert Visit.objects.filter(status=VisitStatus.RECORDED).count() == 1
    assert [*verify(), *check_funds(), *check_goods()] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_is_refused() -> None:
    bureau = make_bureau()
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    outcomes = together(
        *[lambda: approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 12))] * 2
    )
    assert outcomes["done"] == 1
    assert outcomes.total() == 2
    assert request.acts.filter(verb="approve").count() == 1
    assert verify() == []


def handed_in(bureau: Bureau, *steps: Step) -> Request:
    """Hand plan 1 in, to go through these steps."""
    set_chain(kind="plan.issue", unit_id=bureau.bureau_id, steps=steps, actor=SYSTEM, at=at(6))
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    return submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))


def another(bureau: Bureau, username: str, role: Role) -> Actor:
    """Give one more person a post at the bureau."""
    user = create_account(username=username, name=username, password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=role, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_take_one_step_at_once_one_is_refused_and_the_step_after_is_left() -> None:
    bureau = make_bureau()
    second = another(bureau, "second1", Role.EPIDEMIC_OFFICE)
    request = handed_in(bureau, Step(StepKind.REVIEW), Step(StepKind.SIGN))
    outcomes = together(
        *[
            lambda who=who: approve_plan(slug=SLUG, digest=request.digest, step=1, actor=who, at=at(6, 12))
            for who in (bureau.office, second, bureau.office, second)
        ]
    )
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "wrong_state", "step_passed", "already_acted"}
    request.refresh_from_db()
    assert (request.status, request.step) == (RequestStatus.PENDING, 2)
    assert request.acts.filter(verb="approve").count() == 1
    assert Plan.objects.get().status == "submitted"
    approve_plan(slug=SLUG, digest=request.digest, step=2, actor=bureau.approver, at=at(6, 13))
    assert [*verify(), *check_approvals()] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["officer", "approver"])
def test_a_plan_is_taken_back_or_signed_at_one_moment_but_not_both(who: str) -> None:
    bureau = make_bureau()
    second = another(bureau, "signer1", Role.APPROVER)
    request = handed_in(bureau, Step(StepKind.REVIEW), Step(StepKind.SIGN))
    approve_plan(slug=SLUG, digest=request.digest, step=1, actor=bureau.office, at=at(6, 12))
    taker = getattr(bureau, who)
    outcomes = together(
        lambda: approve_plan(slug=SLUG, digest=request.digest, step=2, actor=second, at=at(6, 13)),
        lambda: withdraw_plan(slug=SLUG, remark="另有安排", actor=taker, at=at(6, 13)),
    )
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "wrong_state"}
    request.refresh_from_db()
    stands = (request.status, request.step, request.acts.count(), Plan.objects.get().status)
    assert stands in {("approved", 2, 3, "approved"), ("withdrawn", 2, 2, "draft")}
    assert [*verify(), *check_approvals()] == []


@pytest.mark.django_db(transaction=True)
def test_a_version_saved_while_it_is_handed_in_is_refused_or_its_writer_decides_nothing() -> None:
    bureau = make_bureau()
    writer = another(bureau, "writer1", Role.PROGRAMME_OFFICER)
    source = (PLANS / f"{SLUG}.yaml").read_text()
    load_plan(source=source, actor=bureau.officer, at=at(6))
    outcomes = together(
        lambda: load_plan(source=source.replace("走访安排", "走访"), actor=writer, at=at(6, 11)),
        lambda: submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11)),
    )
    assert outcomes.keys() <= {"done", "plan_waiting"}
    request, plan = Request.objects.get(), Plan.objects.get()
    wrote = set(PlanVersion.objects.values_list("created_by", flat=True))
    assert request.subject.endswith(f"@{plan.version}")
    assert set(request.authors.values_list("person", flat=True)) == wrote
    assert [*verify(), *check_approvals()] == []


@pytest.mark.django_db(transaction=True)
def test_giver_and_delegate_sign_at_one_moment_and_the_office_acts_once() -> None:
    bureau = make_bureau()
    deputy = another(bureau, "deputy1", Role.LEAD_LIAISON)
    pk = offer_delegation(
        delegate_id=deputy.user_id or 0,
        permission="plan.approve",
        unit_id=bureau.bureau_id,
        starts_on=at(6).date(),
        last_day=at(6).date(),
        reason="外出",
        key=uuid4(),
        actor=bureau.approver,
        at=at(6),
    )
    answer_delegation(delegation_id=pk, accept=True, actor=deputy, at=at(6))
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    outcomes = together(
        *[
            lambda who=who: approve_plan(slug=SLUG, digest=request.digest, step=1, actor=who, at=at(6, 12))
            for who in (bureau.approver, deputy)
        ]
    )
    assert outcomes["done"] == 1
    assert outcomes.total() == 2
    assert request.acts.filter(verb="approve").count() == 1
    assert [*verify(), *check_approvals()] == []
