"""Pages on which a fund is closed and reopened by two people."""

import json
from datetime import date
from html import unescape
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from goods.builders import GOODS, LEDGER, snapshot
from goods.purchasing import Buying
from people import Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify
from songnuan.funds.holding import lock
from songnuan.funds.models import Closing, Fund, StepStatus
from songnuan.funds.queries import Balance, balance
from songnuan.goods.lots import Delivery
from songnuan.goods.models import KitLine, Lot, Purchase
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.close_fund import close_fund
from songnuan.journeys.fund_closing import Unsettled, obstacles, unsettled
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.return_goods import return_goods
from songnuan.journeys.return_money import return_money
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure, Plan, Question
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import reader_of
from web.browsing import as_, on, recorded, sent
from web.test_web_purchases import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(bureau: Bureau) -> Fund:
    """The fund of plan 1, from which a purchase was paid."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"苹果": (47, 85_00)}, "08812071")
    return Fund.objects.get(plan=plan)


def answer_about_the_rest(bureau: Bureau) -> None:
    """Answer what becomes of the rest."""
    question = Question.objects.get(key="money_left")
    answer_question(
        slug=Plan.objects.get().slug,
        key=question.key,
        answer="交回。",
        ground="局长办公会议纪要〔2020〕9号",
        actor=bureau.officer,
        at=at(8),
    )


def post(who: Actor, name: str, pk: int, **fields: str) -> Any:  # a page with its context
    with on(at(9)):
        return as_(who).post(reverse(name, args=(pk,)), sent(**fields))


def propose(bureau: Bureau, fund: Fund, **fields: str) -> Closing:
    post(bureau.finance, "fund_close", fund.pk, voucher="记-20", reason="慰问工作结束", **fields)
    return Closing.objects.latest("pk")


def test_an_open_question_about_the_rest_is_shown_and_stands_in_the_way(bureau: Bureau, fund: Fund) -> None:
    page = as_(bureau.finance).get(reverse("fund_closing", args=(fund.pk,)))
    (obstacle,) = page.context["obstacles"]
    assert obstacle.code == "question_open"
    assert "结余是交回" in page.content.decode()
    assert page.context["proposal"] is None
    refused = post(bureau.finance, "fund_close", fund.pk, voucher="记-20", reason="完")
    assert refused.status_code == 422
    assert not Closing.objects.exists()


def test_what_is_still_to_come_stands_in_the_way_until_it_came_or_its_money_did(
    bureau: Bureau, fund: Fund
) -> None:
    answer_about_the_rest(bureau)
    assert unsettled(fund) == Unsettled((), ())
    purchase = Purchase.objects.get()
    lot = Lot.objects.get()
    # Received, sent back and received again is no more than once; what is back is to come once more.
    for _time in range(2):
        return_goods(
            purchase_id=purchase.pk,
            packs={lot.pk: 3},
            reason="压坏",
            key=uuid4(),
            actor=bureau.finance,
            at=at(9),
        )
        assert unsettled(fund).unreceived == ("1",)
        receive_goods(
            purchase_id=purchase.pk,
            came_on=date(2020, 4, 9),
            deliveries=None,
            key=uuid4(),
            actor=bureau.finance,
            at=at(9),
        )
        assert unsettled(fund).unreceived == ()
    return_goods(
        purchase_id=purchase.pk, packs={lot.pk: 3}, reason="压坏", key=uuid4(), actor=bureau.finance, at=at(9)
    )
    refused = post(bureau.finance, "fund_close", fund.pk, voucher="记-20", reason="完")
    assert refused.status_code == 422
    assert not Closing.objects.exists()
    for amount, waits in ((2 * 85_00, ("1",)), (85_00, ())):
        refund_purchase(
            entry_id=purchase.commitment_id,
            amount_minor=amount,
            voucher=f"记-{amount}",
            reason="三箱退款",
            happened_on=date(2020, 4, 9),
            key=uuid4(),
            actor=bureau.finance,
            at=at(9),
        )
        assert unsettled(fund).unreceived == waits


def test_what_the_fund_may_still_be_needed_for_is_said_to_both(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    Buying(bureau, fund.plan).ask({"梨": (3, 62_00)})
    recorded(bureau, at(8, 10))
    page = as_(bureau.finance).get(reverse("fund_closing", args=(fund.pk,)))
    unproven, to_buy, there, pending, visits, lacking = page.context["undone"]
    assert ("第1号" in unproven, "3,995.00" in unproven) == (True, True)
    assert to_buy == "尚待采购：方便面 94 箱、梨 47 箱。"
    assert there == _("Still in the store: %(goods)s.") % {"goods": "苹果"}
    assert "186.00" in pending
    assert "46" in visits
    assert "1" in lacking
    propose(bureau, fund)
    assert len(as_(bureau.approver).get(reverse("fund_closing", args=(fund.pk,))).context["undone"]) == 6
    beside = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    assert beside.context["undone"] == [unproven, to_buy, there, pending, visits, lacking]
    assert to_buy in beside.content.decode(), "beside the form that returns money too"
    assert as_(bureau.approver).get(reverse("fund", args=(fund.pk,))).context["undone"] == []


def test_who_proposed_a_closing_is_told_what_became_of_it(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    post(bureau.approver, "closing_decline", propose(bureau, fund).pk, remark="先补发票")
    told = OutboxMessage.objects.get(topic="closing.declined")
    assert (told.recipient_id, told.body) == (bureau.finance.user_id, "先补发票")
    assert told.url == reverse("fund_closing", args=(fund.pk,))
    post(bureau.approver, "closing_confirm", propose(bureau, fund).pk)
    done = OutboxMessage.objects.get(topic="closing.confirmed")
    assert done.recipient_id == bureau.finance.user_id
    assert fund.title in done.title
    assert OutboxMessage.objects.filter(topic__startswith="closing.").count() == 2


def test_what_neither_comes_nor_is_paid_back_is_taken_for_lost_by_two_people(
    bureau: Bureau, fund: Fund
) -> None:
    answer_about_the_rest(bureau)
    pk = buy(bureau, fund.plan, {"梨": (3, 62_00)}, "08812072", received=False)
    purchase = Purchase.objects.get(pk=pk)

    def give_back(voucher: str) -> None:
        refund_purchase(
            entry_id=purchase.commitment_id,
            amount_minor=62_00,
            voucher=voucher,
            reason="供应商破产，只退了一部分",
            happened_on=date(2020, 4, 9),
            key=uuid4(),
            actor=bureau.finance,
            at=at(9),
        )

    def close(**fields: str) -> Any:
        return post(bureau.finance, "fund_close", fund.pk, voucher="记-20", reason="供应商破产", **fields)

    give_back("记-退1")
    store = as_(bureau.finance).get(reverse("stock", args=(fund.plan.slug,)))
    assert [one.purchase_id for one in store.context["to_come"]] == [pk]
    assert as_(bureau.finance).get(reverse("purchase", args=(pk,))).context["may_receive"]
    assert reverse("purchase", args=(pk,)) in due_urls(bureau)
    page = as_(bureau.finance).get(reverse("fund_closing", args=(fund.pk,)))
    assert [one.code for one in page.context["obstacles"]] == ["purchases_unreceived"]
    assert "124.00" in str(page.context["proposal"].fields["takes_loss"].label)
    unsaid = close()
    assert (unsaid.status_code, list(unsaid.context["proposal"].errors)) == (422, ["takes_loss"])
    assert not Closing.objects.exists()
    assert close(takes_loss="on").status_code == 302
    first = Closing.objects.get()
    assert first.lost_minor == 2 * 62_00
    shown = as_(bureau.approver).get(reverse("fund_closing", args=(fund.pk,)))
    assert (shown.context["obstacles"], shown.context["is_stale"]) == ([], False)
    assert "124.00" in shown.content.decode()
    assert reverse("closing_confirm", args=(first.pk,)) in shown.content.decode()
    give_back("记-退2")
    assert post(bureau.approver, "closing_confirm", first.pk).status_code == 409
    assert balance(fund.pk).available > 0
    post(bureau.approver, "closing_decline", first.pk, remark="又退了一箱")
    assert close(takes_loss="on").status_code == 302
    second = Closing.objects.latest("pk")
    assert post(bureau.approver, "closing_confirm", second.pk).status_code == 302
    fund.refresh_from_db()
    assert (fund.closed_at is not None, second.lost_minor) == (True, 62_00)
    page = as_(bureau.finance).get(reverse("purchase", args=(pk,)))
    assert (page.context["purchase"]["lost_minor"], page.context["may_receive"]) == (62_00, False)
    assert _("Had not come when the fund was closed") in unescape(page.content.decode())
    late = as_(bureau.finance).get(reverse("purchase_receive", args=(pk,)))
    assert (late.status_code, late.headers["Location"]) == (302, reverse("purchase", args=(pk,)))
    store = as_(bureau.finance).get(reverse("stock", args=(fund.plan.slug,)))
    assert store.context["to_come"] == [], "what was lost is not received any more"
    books = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    assert _("Did not come") in books.content.decode()
    assert _("Still to come") not in books.content.decode()
    rows = books.context["purchases"]
    assert [(row.is_awaited, row.lost_minor) for row in rows] == [(False, 0), (False, 62_00)]
    told = Entry.objects.filter(action="funds.propose_closing").order_by("pk")
    assert [json.loads(row.facts)["lost_minor"] for row in told] == [2 * 62_00, 62_00]
    assert reverse("purchase", args=(pk,)) not in due_urls(bureau)
    assert verify() == []


def receive(bureau: Bureau, pk: int, packs: dict[str, int]) -> None:
    """Take packs of a purchase in, by name of the item."""
    came = [Delivery(KitLine.objects.get(item__name=name).item_id, count) for name, count in packs.items()]
    receive_goods(
        purchase_id=pk,
        came_on=date(2020, 4, 9),
        deliveries=came,
        key=uuid4(),
        actor=bureau.finance,
        at=at(9),
    )


def due_urls(bureau: Bureau) -> list[str]:
    """Return where what is due from finance is done."""
    with on(at(9)):
        request = as_(bureau.finance).get("/").wsgi_request
        return [item.url for item in due_of(desk_of(reader_of(request)))]


def test_a_closed_fund_takes_in_no_delivery_and_sends_nothing_back(bureau: Bureau, fund: Fund) -> None:
    pk = buy(bureau, fund.plan, {"梨": (4, 62_00)}, "0002", received=False)
    receive(bureau, pk, {"梨": 3})
    lot = Lot.objects.get(line__purchase=pk)
    page = reverse("purchase", args=(pk,))
    assert as_(bureau.finance).get(page).context["returning"] is not None
    close(bureau, fund, takes_loss="on")
    before = snapshot((*LEDGER, *GOODS))
    with pytest.raises(Refusal) as refused:
        receive(bureau, pk, {"梨": 1})
    assert refused.value.code == "fund_closed"
    with pytest.raises(Refusal) as kept:
        return_goods(
            purchase_id=pk, packs={lot.pk: 1}, reason="压坏", key=uuid4(), actor=bureau.finance, at=at(9)
        )
    assert kept.value.code == "fund_closed"
    assert as_(bureau.finance).get(page).context["returning"] is None
    # What was begun before is told why, and keeps what was typed.
    stale = post(bureau.finance, "purchase_return", pk, **{f"lot-{lot.pk}": "1", "reason": "压坏"})
    assert kept.value.sentence in unescape(stale.content.decode())
    assert (stale.status_code, stale.context["returning"]["reason"].value()) == (422, "压坏")
    assert snapshot((*LEDGER, *GOODS)) == before


def test_nothing_is_begun_to_be_bought_from_a_closed_fund(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    post(bureau.approver, "closing_confirm", propose(bureau, fund).pk)
    measure = Measure.objects.get(kind="kit_purchase").pk
    for name in ("purchase_new", "purchase_request_new"):
        answer = as_(bureau.finance).get(reverse(name, args=(measure,)))
        assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("fund", args=(fund.pk,)))


def test_finance_proposes_and_the_approver_confirms(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    left = balance(fund.pk).available
    row = propose(bureau, fund)
    assert (row.status, row.left_minor, row.reason) == (StepStatus.PROPOSED, left, "慰问工作结束")
    page = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    assert reverse("fund_closing", args=(fund.pk,)) in page.content.decode()
    assert post(bureau.approver, "closing_confirm", row.pk).status_code == 302
    fund.refresh_from_db()
    assert fund.closed_at == at(9)
    assert balance(fund.pk) == Balance(14_100_00, 0, 47 * 85_00, left)
    page = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    assert page.context["appropriation"] is None
    assert page.context["next_purchase"] is None
    assert "已结账" in page.content.decode()
    living = as_(bureau.officer).get(reverse("plan", args=(fund.plan.slug,))).content.decode()
    assert "2020年4月9日结账" in living
    assert verify() == []


def test_a_closed_fund_is_reopened_by_the_same_two_steps(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    post(bureau.approver, "closing_confirm", propose(bureau, fund).pk)
    post(bureau.finance, "fund_close", fund.pk, reason="供应商退款")
    row = Closing.objects.latest("pk")
    assert (row.step, row.status) == ("reopen", StepStatus.PROPOSED)
    post(bureau.approver, "closing_confirm", row.pk)
    fund.refresh_from_db()
    assert fund.closed_at is None
    assert as_(bureau.finance).get(reverse("fund", args=(fund.pk,))).context["appropriation"] is not None


def test_what_waits_to_be_confirmed_is_due_from_the_approver_alone(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    row = propose(bureau, fund)
    url = reverse("fund_closing", args=(fund.pk,))
    seen = {
        who: url in as_(getattr(bureau, who)).get("/").content.decode() for who in ("approver", "finance")
    }
    assert seen == {"approver": True, "finance": False}
    post(bureau.approver, "closing_confirm", row.pk)
    assert url not in as_(bureau.approver).get("/").content.decode()


def test_each_sees_the_step_that_is_theirs(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    url = reverse("fund_closing", args=(fund.pk,))
    assert as_(bureau.finance).get(url).context["proposal"] is not None
    assert as_(bureau.approver).get(url).context["proposal"] is None
    row = propose(bureau, fund)
    confirm = reverse("closing_confirm", args=(row.pk,))
    texts = {
        who: as_(getattr(bureau, who)).get(url).content.decode()
        for who in ("finance", "approver", "inspector")
    }
    assert [confirm in texts[who] for who in texts] == [False, True, False]
    assert [reverse("closing_withdraw", args=(row.pk,)) in texts[who] for who in texts] == [
        True,
        False,
        False,
    ]


def test_a_proposal_is_declined_with_the_reason_or_taken_back(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    row = propose(bureau, fund)
    assert post(bureau.approver, "closing_decline", row.pk, remark="").status_code == 422
    post(bureau.approver, "closing_decline", row.pk, remark="还有一笔退款未到")
    row.refresh_from_db()
    assert (row.status, row.remark) == (StepStatus.DECLINED, "还有一笔退款未到")
    second = propose(bureau, fund)
    post(bureau.finance, "closing_withdraw", second.pk)
    second.refresh_from_db()
    assert second.status == StepStatus.WITHDRAWN
    again = post(bureau.approver, "closing_confirm", second.pk)
    assert again.status_code == 409
    page = as_(bureau.inspector).get(reverse("fund_closing", args=(fund.pk,))).content.decode()
    assert "还有一笔退款未到" in page


def test_what_is_wrong_with_a_proposal_is_said_beside_its_field(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    page = post(bureau.finance, "fund_close", fund.pk, voucher="记-01", reason="完")
    assert page.status_code == 422
    assert list(page.context["proposal"].errors) == ["voucher"]
    assert not Closing.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("inspector", 403), ("liaison", 404)])
def test_others_take_no_step(bureau: Bureau, fund: Fund, who: str, status: int) -> None:
    answer_about_the_rest(bureau)
    actor = getattr(bureau, who)
    assert post(actor, "fund_close", fund.pk, voucher="记-20", reason="x").status_code == status
    row = propose(bureau, fund)
    for name in ("closing_confirm", "closing_decline", "closing_withdraw"):
        assert post(actor, name, row.pk, remark="x").status_code == status
    assert post(bureau.finance, "closing_confirm", row.pk).status_code == 403
    assert post(bureau.approver, "closing_withdraw", row.pk).status_code == 403
    assert Closing.objects.get().status == StepStatus.PROPOSED


def test_the_same_form_twice_is_one_proposal(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    fields = sent(voucher="记-20", reason="完")
    for _again in range(2):
        with on(at(9)):
            page = as_(bureau.finance).post(reverse("fund_close", args=(fund.pk,)), fields)
        assert page.status_code == 302
    assert Closing.objects.count() == 1


def close(bureau: Bureau, fund: Fund, **fields: str) -> None:
    answer_about_the_rest(bureau)
    post(bureau.approver, "closing_confirm", propose(bureau, fund, **fields).pk)
    fund.refresh_from_db()
    assert fund.closed_at is not None


@pytest.mark.parametrize(
    ("name", "prefix"), [("fund_appropriate", ""), ("fund_return", "back-"), ("fund_close", "")]
)
def test_a_form_that_was_open_when_the_fund_was_closed_is_refused_in_words(
    bureau: Bureau, fund: Fund, name: str, prefix: str
) -> None:
    close(bureau, fund)
    before = (snapshot(LEDGER), Closing.objects.count())
    fields = {"amount": "1.00", "voucher": "记-90", "happened_on": "2020-04-09", "reason": "退回结余"}
    answer = post(
        bureau.finance,
        name,
        fund.pk,
        step="close",
        **{f"{prefix}{key}": value for key, value in fields.items()},
    )
    assert answer.status_code == 422
    (sentence,) = answer.context["unoffered"].non_field_errors()
    assert fund.title in sentence
    assert sentence in unescape(answer.content.decode())
    assert (snapshot(LEDGER), Closing.objects.count()) == before, "nothing is proposed to be reopened either"


def test_a_purchase_that_was_begun_before_its_fund_was_closed_is_told_so(bureau: Bureau, fund: Fund) -> None:
    close(bureau, fund)
    measure, before = Measure.objects.get(kind="kit_purchase").pk, snapshot()
    for name in ("purchase_new", "purchase_request_new"):
        with on(at(9)):
            answer = as_(bureau.finance).post(reverse(name, args=(measure,)), sent(supplier="x"), follow=True)
        assert answer.redirect_chain == [(reverse("fund", args=(fund.pk,)), 302)]
        assert [str(message) for message in answer.context["messages"]] == [
            _("The fund is closed: nothing is bought from it any more.")
        ]
    assert snapshot() == before


def test_a_form_sent_again_after_the_closing_is_led_to_what_it_recorded(bureau: Bureau, fund: Fund) -> None:
    """The answer to the first time was lost."""
    measure = Measure.objects.get(kind="kit_purchase").pk
    fields = told(fund.plan, {"梨": ("5", "60.00")})
    with on(at(8)):
        first = as_(bureau.finance).post(reverse("purchase_new", args=(measure,)), fields)
    close(bureau, fund)
    before = snapshot()
    with on(at(9)):
        again = as_(bureau.finance).post(reverse("purchase_new", args=(measure,)), fields)
        worked_out = as_(bureau.finance).post(
            reverse("purchase_new", args=(measure,)), {**fields, "check": "1"}
        )
    assert first.status_code == 302, first.context["form"].errors
    assert (again.status_code, again["Location"]) == (302, first["Location"]), again.context["form"].errors
    assert worked_out["Location"] == reverse("fund", args=(fund.pk,))
    assert snapshot() == before


def test_a_proposal_that_was_taken_back_is_not_declined_without_a_word(bureau: Bureau, fund: Fund) -> None:
    answer_about_the_rest(bureau)
    row = propose(bureau, fund)
    post(bureau.finance, "closing_withdraw", row.pk)
    answer = post(bureau.approver, "closing_decline", row.pk, remark="再核对")
    assert (answer.status_code, answer.context["decision"]) == (422, None)
    assert answer.context["unoffered"].non_field_errors()[0] in unescape(answer.content.decode())
    row.refresh_from_db()
    assert (row.status, row.remark) == (StepStatus.WITHDRAWN, "")


def test_a_closing_is_judged_by_what_stands_once_the_fund_is_locked(bureau: Bureau, fund: Fund) -> None:
    entry = return_money(
        fund_id=fund.pk,
        amount_minor=balance(fund.pk).available,
        voucher="记-缴1",
        reason="结余缴回",
        happened_on=date(2020, 4, 9),
        key=uuid4(),
        actor=bureau.finance,
        at=at(9),
    )
    assert obstacles(Fund.objects.get(), unsettled(Fund.objects.get())) == [], "nothing is left to ask about"

    def after_another(fund_id: int) -> None:
        facts: dict[str, Any] = {"reason": "退早了", "happened_on": date(2020, 4, 9), "at": at(9)}
        funds.reverse(entry_id=entry, actor=bureau.finance, **facts)
        lock(fund_id)

    with patch("songnuan.journeys.fund_closing.lock", after_another), pytest.raises(Refusal) as refused:
        close_fund(fund_id=fund.pk, voucher="记-20", reason="完", key=uuid4(), actor=bureau.finance, at=at(9))
    assert refused.value.code == "question_open"
    assert not Closing.objects.exists()
