"""A hold stops what follows at once, says who holds and why, and is lifted by an inspector alone."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goods.purchasing import Buying
from inspection_people import PDF, REASON, WHOLE, another, hold, nothing_changed, refunded, whole
from people import Bureau, at, buy, hand_over, open_plan_1
from songnuan.approvals.hold_models import Hold, HoldStatement
from songnuan.approvals.hold_queries import active_among, one, standing_words, statements
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry as Booked
from songnuan.funds.models import Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Movement, Purchase
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.answer_hold import answer_hold
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.end_post import end_post
from songnuan.journeys.give_post import give_post
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.record_instruction import Scan
from songnuan.journeys.return_money import return_money
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.journeys.withdraw_purchase_request import withdraw_purchase_request
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import INCOMPATIBLE, Role
from songnuan.outreach.topics import topic_of
from songnuan.plans.models import Plan
from songnuan.records.queries import read_file
from songnuan.tasks.models import Task
from songnuan.visits.models import VisitStatus
from songnuan.visits.owed import in_store, kit_of_visits
from web.browsing import recorded, visits_of

pytestmark = pytest.mark.django_db
PICTURE = Scan(PDF, "询价单.pdf", "application/pdf")


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


@pytest.fixture
def purchase(bureau: Bureau, plan: Plan) -> str:
    return f"goods.purchase:{whole(bureau, plan)}"


def fund_of(plan: Plan) -> str:
    return f"funds.fund:{Fund.objects.get(plan=plan).pk}"


def reversed_(bureau: Bureau, entry_id: int) -> int:
    return reverse_entry(entry_id=entry_id, reason="记错了", key=uuid4(), actor=bureau.finance, at=at(9, 15))


# What it stops -----------------------------------------------------------------------------------


def test_a_purchase_from_a_fund_on_hold_is_refused_with_who_holds_since_when_and_why(
    bureau: Bureau, plan: Plan
) -> None:
    placed = hold(bureau, fund_of(plan))
    with nothing_changed(), pytest.raises(Refusal) as refused:
        buy(bureau, plan, WHOLE, "0001")
    assert refused.value.code == "held"
    assert refused.value.facts == {"hold": placed}
    for word in (bureau.inspector.label, REASON, "4"):
        assert word in refused.value.sentence


def test_money_that_comes_in_is_booked_though_its_fund_is_on_hold(bureau: Bureau) -> None:
    plan = open_plan_1(bureau, appropriated_minor=5_000_00)
    hold(bureau, fund_of(plan))
    appropriate_fund(
        fund_id=Fund.objects.get().pk,
        amount_minor=1_000_00,
        voucher="记-02",
        happened_on=date(2020, 4, 8),
        key=uuid4(),
        actor=bureau.finance,
        at=at(8),
    )
    assert Fund.objects.get().appropriated_minor == 6_000_00


@pytest.mark.parametrize("what", ["fund", "purchase"])
def test_a_visit_is_recorded_and_its_kit_owed_while_the_kit_is_on_hold(
    bureau: Bureau, plan: Plan, purchase: str, what: str
) -> None:
    placed = hold(bureau, purchase if what == "purchase" else fund_of(plan))
    visit = recorded(bureau, at(9))
    kit = kit_of_visits(visit.measure)
    assert kit is not None
    assert visit.status == VisitStatus.RECORDED
    assert in_store(kit) == 0
    assert not Movement.objects.filter(kind="hand_over").exists()
    task = Task.objects.get(source=f"visits.hand_over:{visit.pk}")
    assert REASON in task.detail
    with nothing_changed(), pytest.raises(Refusal) as refused:
        hand_over(visit.pk, bureau.liaison, at(10))
    assert refused.value.code == "held"
    lift_hold(hold_id=placed, findings="价格经三家比价，属实。", actor=bureau.inspector, at=at(11))
    assert in_store(kit) == 47
    hand_over(visit.pk, bureau.liaison, at(12))
    assert Movement.objects.filter(kind="hand_over", unit=visit.unit_id).count() == 1
    assert [*verify(), *check_goods(), *check_funds()] == []


def test_kits_from_another_purchase_go_out_while_one_is_on_hold(bureau: Bureau, plan: Plan) -> None:
    first = buy(bureau, plan, {"方便面": (4, 68_00), "苹果": (2, 85_00), "梨": (2, 74_00)}, "0001")
    buy(bureau, plan, {"方便面": (2, 68_00), "苹果": (1, 85_00), "梨": (1, 74_00)}, "0002")
    hold(bureau, f"goods.purchase:{first}")
    visits = visits_of(bureau)
    kit = kit_of_visits(visits[0].measure)
    assert kit is not None
    assert in_store(kit) == 1
    recorded(bureau, at(9))
    assert Movement.objects.filter(kind="hand_over").count() == 1
    assert in_store(kit) == 0


def test_a_purchase_on_hold_is_not_cancelled_nor_under_a_fund_on_hold(
    bureau: Bureau, plan: Plan, purchase: str
) -> None:
    pk = int(purchase.partition(":")[2])
    for subject in (purchase, fund_of(plan)):
        placed = hold(bureau, subject)
        with nothing_changed(), pytest.raises(Refusal) as refused:
            cancel_purchase(purchase_id=pk, reason="录错了", key=uuid4(), actor=bureau.finance, at=at(9))
        assert refused.value.code == "held"
        lift_hold(hold_id=placed, findings="已核实，可以继续。", actor=bureau.inspector, at=at(9, 12))
    cancel_purchase(purchase_id=pk, reason="录错了", key=uuid4(), actor=bureau.finance, at=at(10))
    assert Purchase.objects.get().cancelled_at is not None


@pytest.mark.parametrize("what", ["fund", "purchase"])
def test_money_that_came_back_is_not_paid_again_while_fund_or_purchase_is_on_hold(
    bureau: Bureau, plan: Plan, purchase: str, what: str
) -> None:
    entry = refunded(bureau, purchase)
    placed = hold(bureau, purchase if what == "purchase" else fund_of(plan), day=9)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        reversed_(bureau, entry)
    assert (refused.value.code, refused.value.facts) == ("held", {"hold": placed})
    lift_hold(hold_id=placed, findings="已核实，可以继续。", actor=bureau.inspector, at=at(9, 12))
    reversed_(bureau, entry)
    assert Fund.objects.get().disbursed_minor == Purchase.objects.get().total_minor
    assert [*verify(), *check_funds(), *check_goods()] == []


def test_a_hold_on_another_purchase_leaves_a_refund_to_be_reversed(bureau: Bureau, plan: Plan) -> None:
    first = buy(bureau, plan, {"方便面": (4, 68_00)}, "0001")
    second = buy(bureau, plan, {"方便面": (4, 68_00)}, "0002")
    entry = refunded(bureau, f"goods.purchase:{first}")
    hold(bureau, f"goods.purchase:{second}", day=9)
    reversed_(bureau, entry)
    assert Fund.objects.get().disbursed_minor == 2 * 4 * 68_00


def test_money_is_not_taken_away_nor_promised_again_while_its_fund_is_on_hold(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    fund = Fund.objects.get()
    given = Booked.objects.get(fund=fund, kind="appropriate").pk
    returned = return_money(
        fund_id=fund.pk,
        amount_minor=1_00,
        voucher="记-缴1",
        reason="结余缴回",
        happened_on=date(2020, 4, 8),
        key=uuid4(),
        actor=bureau.finance,
        at=at(8),
    )
    hold(bureau, fund_of(plan), day=9)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        reversed_(bureau, given)
    assert refused.value.code == "held"
    reversed_(bureau, returned)  # it comes back
    assert Fund.objects.get().returned_minor == 0
    assert check_funds() == []


@pytest.mark.parametrize("what", ["fund", "request"])
def test_what_a_request_set_free_is_not_promised_again_while_it_is_on_hold(bureau: Bureau, what: str) -> None:
    buying = Buying(bureau, open_plan_1(bureau, compared=True))
    row = buying.approve(buying.ask())
    withdraw_purchase_request(request_id=row.pk, remark="不再需要", actor=bureau.finance, at=at(8, 12))
    freed = Booked.objects.get(kind="release").pk
    hold(bureau, f"goods.request:{row.pk}" if what == "request" else fund_of(buying.plan), day=9)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        reversed_(bureau, freed)
    assert refused.value.code == "held"


def test_a_hold_on_one_purchase_leaves_its_fund_free(bureau: Bureau, plan: Plan) -> None:
    first = buy(bureau, plan, {"方便面": (4, 68_00)}, "0001")
    hold(bureau, f"goods.purchase:{first}")
    buy(bureau, plan, {"方便面": (4, 68_00)}, "0002")
    assert Purchase.objects.count() == 2


# Who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "approver", "finance", "office", "liaison", "stranger"])
def test_nobody_but_an_inspector_places_or_lifts_a_hold(bureau: Bureau, purchase: str, who: str) -> None:
    placed = hold(bureau, purchase)
    actor = getattr(bureau, who)
    with nothing_changed():
        with pytest.raises(NotPermitted):
            place_hold(subject=purchase, reason=REASON, key=uuid4(), actor=actor, at=at(9))
        with pytest.raises(NotPermitted):
            lift_hold(hold_id=placed, findings="没有问题，放行。", actor=actor, at=at(9))


@pytest.mark.parametrize("who", ["approver", "liaison", "stranger"])
def test_who_is_not_asked_does_not_answer(bureau: Bureau, purchase: str, who: str) -> None:
    placed = hold(bureau, purchase)
    with nothing_changed(), pytest.raises(NotPermitted):
        answer_hold(hold_id=placed, text="情况说明如下。", key=uuid4(), actor=getattr(bureau, who), at=at(9))


def test_who_placed_a_hold_does_not_answer_it_in_a_later_post(bureau: Bureau, purchase: str) -> None:
    placed = hold(bureau, purchase)
    post = Post.objects.get(user=bureau.inspector.user_id)
    end_post(post_id=post.pk, actor=SYSTEM, at=at(9))
    give_post(user_id=post.user_id, unit_id=bureau.bureau_id, role=Role.FINANCE, actor=SYSTEM, at=at(9))
    with nothing_changed(), pytest.raises(Refusal) as refused:
        answer_hold(hold_id=placed, text="情况说明如下。", key=uuid4(), actor=bureau.inspector, at=at(10))
    assert refused.value.code == "own_work"
    answer_hold(hold_id=placed, text="情况说明如下。", key=uuid4(), actor=bureau.finance, at=at(10))


def test_another_inspector_may_lift_it(bureau: Bureau, purchase: str) -> None:
    placed = hold(bureau, purchase)
    second = another(bureau, "second", Role.INSPECTOR)
    lift_hold(hold_id=placed, findings="已复核发票原件。", actor=second, at=at(9))
    row = one(placed)
    assert row is not None
    assert (row.lifted_by, row.findings, row.is_active) == ("second", "已复核发票原件。", False)


def test_the_inspector_holds_no_post_that_makes_approves_or_pays() -> None:
    for role in Role:
        if role is not Role.INSPECTOR:
            assert frozenset({Role.INSPECTOR, role}) in INCOMPATIBLE


def test_who_recorded_a_purchase_in_an_earlier_post_does_not_inspect_it(
    bureau: Bureau, purchase: str
) -> None:
    Purchase.objects.update(recorded_by=bureau.inspector.user_id)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        hold(bureau, purchase)
    assert refused.value.code == "own_work"


def test_the_database_itself_keeps_apart_who_makes_holds_and_answers(bureau: Bureau, purchase: str) -> None:
    row = Hold.objects.get(pk=hold(bureau, purchase))
    finance, inspector = bureau.finance.user_id or 0, bureau.inspector.user_id or 0
    lifting: dict[str, Any] = {"lifted_at": at(9), "findings": "放行。"}
    wrong: list[dict[str, Any]] = [
        {"placed_by_id": finance},
        {**lifting, "lifted_by_id": finance},
        {"lifted_at": at(9)},
        {**lifting, "lifted_by_id": inspector, "findings": ""},
        {"reason": ""},
    ]
    for changes in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=row.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldStatement.objects.create(
            hold=row, is_answer=True, text="自问自答", by_id=inspector, placed_by_id=inspector, at=at(9)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(
            subject=row.subject,
            plan_slug=row.plan_slug,
            unit_id=row.unit_id,
            stream=row.stream,
            reason="再来一次",
            placed_by_id=inspector,
            placed_at=at(9),
        )


def test_what_was_said_stays(bureau: Bureau, purchase: str) -> None:
    placed = hold(bureau, purchase)
    answer_hold(hold_id=placed, text="附三家报价。", key=uuid4(), actor=bureau.finance, at=at(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldStatement.objects.update(text="改过了")
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldStatement.objects.all().delete()


# The thread --------------------------------------------------------------------------------------


def test_a_hold_is_answered_asked_again_and_lifted_and_all_is_in_the_trail(
    bureau: Bureau, purchase: str
) -> None:
    key = uuid4()
    placed = place_hold(
        subject=purchase, reason=REASON, picture=PICTURE, key=key, actor=bureau.inspector, at=at(8)
    )
    again = place_hold(
        subject=purchase, reason=REASON, picture=PICTURE, key=key, actor=bureau.inspector, at=at(8)
    )
    assert again == placed
    said = uuid4()
    for _ in range(2):
        answer_hold(
            hold_id=placed, text="附三家报价。", picture=PICTURE, key=said, actor=bureau.finance, at=at(9)
        )
    answer_hold(hold_id=placed, text="请补运输单据。", key=uuid4(), actor=bureau.inspector, at=at(9, 11))
    rows = statements(placed)
    assert [(row.is_answer, row.text) for row in rows] == [(True, "附三家报价。"), (False, "请补运输单据。")]
    row = Hold.objects.select_related("file").get(pk=placed)
    assert row.file is not None
    assert read_file(row.file) == PICTURE.content
    held = active_among([purchase])[purchase]
    # What the inspector asked further waits for its answer, though something was answered before.
    assert (held.is_answered, held.is_asked, held.was_answered) == (False, True, True)
    assert held.last_said == "请补运输单据。"
    answer_hold(hold_id=placed, text="运输单据附后。", key=uuid4(), actor=bureau.finance, at=at(9, 12))
    held = active_among([purchase])[purchase]
    assert (held.is_answered, held.is_asked, held.last_said) == (True, False, "运输单据附后。")
    lift_hold(hold_id=placed, findings="资料齐全，价格合理。", actor=bureau.inspector, at=at(10))
    with nothing_changed():
        acts: list[Callable[[], None]] = [
            lambda: lift_hold(hold_id=placed, findings="又一次放行。", actor=bureau.inspector, at=at(10)),
            lambda: answer_hold(
                hold_id=placed, text="再说一句。", key=uuid4(), actor=bureau.finance, at=at(10)
            ),
        ]
        for act in acts:
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == "wrong_state"
    entries = Entry.objects.filter(subject=f"approvals.hold:{placed}").order_by("id")
    assert list(entries.values_list("action", flat=True)) == [
        "approvals.place_hold",
        *["approvals.state_on_hold"] * 3,
        "approvals.lift_hold",
    ]
    assert verify() == []


def test_who_is_concerned_is_told_at_once_each_once(bureau: Bureau, purchase: str) -> None:
    placed = hold(bureau, purchase)
    people = {
        actor.user_id or 0 for actor in (bureau.finance, bureau.officer, bureau.approver, bureau.office)
    }
    told = OutboxMessage.objects.filter(topic="hold.placed")
    assert sorted(told.values_list("recipient_id", flat=True)) == sorted(people)
    assert REASON in told[0].body
    answer_hold(hold_id=placed, text="附三家报价。", key=uuid4(), actor=bureau.finance, at=at(9))
    assert bureau.inspector.user_id in OutboxMessage.objects.filter(topic="hold.answered").values_list(
        "recipient_id", flat=True
    )


def test_what_is_asked_further_is_told_at_once_to_who_answers(bureau: Bureau, purchase: str) -> None:
    placed = hold(bureau, purchase)
    answer_hold(hold_id=placed, text="附三家报价。", key=uuid4(), actor=bureau.finance, at=at(9))
    answer_hold(hold_id=placed, text="请补运输单据。", key=uuid4(), actor=bureau.inspector, at=at(9, 11))
    told = OutboxMessage.objects.filter(topic="hold.asked")
    people = {actor.user_id for actor in (bureau.finance, bureau.officer, bureau.approver, bureau.office)}
    assert set(told.values_list("recipient_id", flat=True)) == people
    assert {row.body for row in told} == {"请补运输单据。"}
    assert topic_of("hold.asked").is_urgent


@pytest.mark.parametrize("content", [PDF[:-12], signature(1)[:-30], signature(1)[:60]])
def test_a_damaged_picture_is_not_kept_nor_what_is_said_with_it(
    bureau: Bureau, purchase: str, content: bytes
) -> None:
    kind = "application/pdf" if content.startswith(b"%PDF") else "image/png"
    picture = Scan(content, "询价单", kind)
    placed = hold(bureau, purchase)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        answer_hold(
            hold_id=placed, text="附三家报价。", picture=picture, key=uuid4(), actor=bureau.finance, at=at(9)
        )
    assert refused.value.code == "file_kind"
    lift_hold(hold_id=placed, findings="已复核发票原件。", actor=bureau.inspector, at=at(9))
    with nothing_changed(), pytest.raises(Refusal) as refused:
        place_hold(
            subject=purchase, reason=REASON, picture=picture, key=uuid4(), actor=bureau.inspector, at=at(9)
        )
    assert refused.value.code == "file_kind"


@pytest.mark.parametrize("reason", ["", "查", "\x00 查 ", "长" * 1001])
def test_a_hold_says_why_in_a_sentence(bureau: Bureau, purchase: str, reason: str) -> None:
    with nothing_changed(), pytest.raises(Refusal) as refused:
        place_hold(subject=purchase, reason=reason, key=uuid4(), actor=bureau.inspector, at=at(8))
    assert refused.value.code in {"hold_text_missing", "text_too_long"}
    assert refused.value.field == "reason"
    if refused.value.code == "hold_text_missing":
        assert "5" in refused.value.sentence


def test_a_second_hold_on_the_same_thing_is_refused(bureau: Bureau, purchase: str) -> None:
    placed = hold(bureau, purchase)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        hold(bureau, purchase, day=9)
    assert (refused.value.code, refused.value.facts) == ("held", {"hold": placed})
    # She is told to open it, not to ask herself.
    assert refused.value.sentence == standing_words(Hold.objects.get())


@pytest.mark.parametrize(
    "subject", ["", "goods.purchase:0", "goods.purchase:999", "plans.plan:1", "funds.fund:x"]
)
def test_a_hold_on_what_is_not_there_is_refused(bureau: Bureau, plan: Plan, subject: str) -> None:
    assert plan.pk
    with nothing_changed(), pytest.raises(Refusal) as refused:
        hold(bureau, subject)
    assert refused.value.code == "thing_unknown"


def test_a_hold_that_is_not_there_is_neither_answered_nor_lifted(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    acts: list[Callable[[], None]] = [
        lambda: lift_hold(hold_id=7, findings="没有问题，放行。", actor=bureau.inspector, at=at(9)),
        lambda: answer_hold(hold_id=7, text="情况说明如下。", key=uuid4(), actor=bureau.finance, at=at(9)),
    ]
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "hold_unknown"
