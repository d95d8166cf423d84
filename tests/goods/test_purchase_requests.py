"""From the request to the invoice: approved, compared, bought; a refusal changes nothing."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.urls import reverse

from goods.builders import GOODS, LEDGER, snapshot
from goods.purchasing import ALL, PDF, QUOTES, Buying, approval
from hands import together
from inspection_people import hold
from people import SLUG, Bureau, at, make_bureau, open_plan_1
from songnuan.approvals.checks import verify as check_approvals
from songnuan.approvals.models import Request
from songnuan.audit.models import Entry
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.queries import balance
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import (
    Kit,
    KitLine,
    Purchase,
    PurchaseLine,
    PurchaseRequest,
    Quotation,
    QuotationLine,
    ReplacedInvoice,
    RequestLine,
    RequestStatus,
)
from songnuan.goods.request_ends import end_of
from songnuan.goods.request_queries import judge_purchase
from songnuan.goods.request_rules import Basis, Comparing
from songnuan.goods.rules import Draft
from songnuan.journeys.add_invoice import add_invoice
from songnuan.journeys.approve_purchase import approve_purchase
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.held_measures import held_measures
from songnuan.journeys.measures.kit_purchase import progress, terms_of
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.release_commitment import release_commitment
from songnuan.journeys.replace_invoice import replace_invoice
from songnuan.journeys.return_purchase import return_purchase
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.journeys.sent_files import SentFile
from songnuan.journeys.set_quotation_aside import set_quotation_aside
from songnuan.journeys.withdraw_purchase_request import withdraw_purchase_request
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.queries import pairs
from songnuan.plans.models import Measure
from web.browsing import as_
from whole_files import whole_pdf

KEPT: tuple[type[Model], ...] = (
    *LEDGER,
    *GOODS,
    PurchaseRequest,
    RequestLine,
    Quotation,
    QuotationLine,
    Request,
)


@pytest.fixture
def buying(bureau: Bureau) -> Buying:
    """Plan 1 under way, whose text has prices compared from 1,000 yuan on."""
    return Buying(bureau, open_plan_1(bureau, compared=True))


def refused(act: Callable[[], object]) -> Refusal:
    """Return how the act is refused, having seen that nothing changed."""
    before = snapshot(KEPT)
    with pytest.raises(Refusal) as refusal:
        act()
    assert snapshot(KEPT) == before
    return refusal.value


def money(row: PurchaseRequest | Purchase) -> tuple[int, int, int]:
    """Return what is committed, disbursed and available."""
    stands = balance(row.fund_id)
    return stands.committed, stands.disbursed, stands.available


def sound() -> bool:
    """Return whether everything agrees."""
    return [*check_funds(), *check_goods(), *check_approvals()] == []


@pytest.mark.django_db
def test_a_purchase_goes_from_request_to_invoice(buying: Buying) -> None:
    row = buying.ask()
    assert (row.number, row.status, row.total_minor) == (1, "pending", 14_100_00)
    assert money(row) == (0, 0, 14_100_00), "nothing is promised before it is approved"
    buying.approve(row)
    assert (row.status, money(row)) == ("approved", (14_100_00, 0, 0))
    quotes = [buying.quote(row, supplier, prices) for supplier, prices in QUOTES.items()]
    buying.choose(row, quotes[0])
    row.refresh_from_db()
    assert (row.chosen_id, row.chosen_by_id, row.is_compared) == (
        quotes[0].pk,
        buying.bureau.finance.user_id,
        True,
    )
    pk = buying.buy(row, invoice=PDF)
    purchase = Purchase.objects.get(pk=pk)
    row.refresh_from_db()
    assert (purchase.request_id, row.status) == (row.pk, "bought")
    assert purchase.total_minor == 14_006_00
    assert money(row) == (0, 14_006_00, 94_00), "what is cheaper is released"
    assert purchase.disbursement is not None
    assert purchase.disbursement.voucher == "购-0001"
    assert purchase.invoice_file is not None
    assert sound()


@pytest.mark.django_db
def test_who_may_not_buy_asks_for_nothing_and_who_asked_does_not_approve(buying: Buying) -> None:
    for actor in (buying.bureau.officer, buying.bureau.approver, buying.bureau.stranger):
        assert isinstance(refused(partial(buying.ask, actor=actor)), NotPermitted)
    row = buying.ask()
    assert refused(lambda: buying.approve(row, buying.bureau.finance)).code == "not_permitted"
    assert refused(lambda: buying.approve(row, buying.bureau.officer)).code == "not_permitted"
    assert (
        refused(
            lambda: approve_purchase(
                request_id=row.pk, digest="0" * 64, actor=buying.bureau.approver, at=at(7, 11)
            )
        ).code
        == "subject_changed"
    )


@pytest.mark.django_db
def test_a_request_is_checked_at_once_and_numbers_have_no_gaps(buying: Buying) -> None:
    assert refused(lambda: buying.ask({"方便面": (95, 80_00)})).code == "more_than_needed"
    assert refused(lambda: buying.ask({"梨": (47, 300_01)})).code == "above_standard"
    assert refused(lambda: buying.ask(reason="")).code == "reason_missing"
    assert [buying.ask({"梨": (1, 60_00)}).number for _again in range(3)] == [1, 2, 3]


@pytest.mark.django_db
def test_two_requests_do_not_promise_the_same_yuan(bureau: Bureau) -> None:
    buying = Buying(bureau, open_plan_1(bureau, appropriated_minor=5_000_00, compared=True))
    first, second = buying.ask({"方便面": (47, 85_00)}), buying.ask({"苹果": (47, 60_00)})
    buying.approve(first)
    refusal = refused(lambda: buying.approve(second))
    assert (refusal.code, refusal.facts["available_minor"]) == ("beyond_fund", 1_005_00)
    assert approval(second) == "pending"
    assert sound()


@pytest.mark.django_db
def test_two_requests_do_not_ask_for_the_same_boxes(buying: Buying) -> None:
    first, second = buying.ask({"梨": (40, 60_00)}), buying.ask({"梨": (40, 60_00)})
    buying.approve(first)
    assert refused(lambda: buying.approve(second)).code == "more_than_needed"


@pytest.mark.django_db
def test_what_approved_requests_ask_for_is_bought_on_them(buying: Buying) -> None:
    waits = buying.ask({"苹果": (7, 68_00)})
    buying.approve(waits)
    buying.buy(None, {"苹果": (39, 20_00)}, number="1")
    refusal = refused(lambda: buying.buy(None, {"苹果": (2, 20_00)}, number="2"))
    assert (refusal.code, refusal.field) == ("packs_spoken_for", "lines-0-quantity")
    assert {**refusal.facts} == {"needed": 47, "bought": 39, "asked": 7, "free": 1, "numbers": "请-0001"}
    assert "47箱" in str(refusal)
    assert "请-0001" in str(refusal)
    buying.buy(None, {"苹果": (1, 20_00)}, number="2")
    assert refused(lambda: buying.buy(None, {"苹果": (1, 20_00)}, number="3")).code == "packs_spoken_for"
    buying.buy(waits, {"苹果": (7, 20_00)}, number="3")
    waits.refresh_from_db()
    assert waits.status == "bought"
    assert refused(lambda: buying.buy(None, {"苹果": (1, 20_00)}, number="4")).code == "more_than_needed"
    assert sound()


@pytest.mark.django_db
def test_what_is_still_to_be_decided_binds_nobody(buying: Buying) -> None:
    row = buying.ask({"苹果": (47, 68_00)})
    buying.buy(None, {"苹果": (1, 20_00)})
    assert refused(lambda: buying.approve(row)).code == "more_than_needed"
    assert sound()


@pytest.mark.django_db
def test_the_money_of_an_approved_request_is_not_taken_from_under_it(buying: Buying) -> None:
    row = buying.approve(buying.ask())
    assert row.commitment_id is not None
    taken = {
        "entry_id": row.commitment_id,
        "reason": "不再需要",
        "actor": buying.bureau.finance,
        "at": at(7, 12),
    }
    for act in (reverse_entry, release_commitment):
        refusal = refused(lambda act=act: act(**taken, key=uuid4()))  # type: ignore[misc]  # one of two of a kind
        assert (refusal.code, refusal.facts["purchase_request"]) == ("entry_of_request", row.pk)
    withdraw_purchase_request(request_id=row.pk, remark="不再需要", actor=buying.bureau.finance, at=at(7, 13))
    assert money(row) == (0, 0, 14_100_00)
    assert sound()


@pytest.mark.django_db
def test_what_is_set_aside_after_the_choice_compares_no_more(buying: Buying) -> None:
    row = buying.approve(buying.ask())
    first, *others = [buying.quote(row, supplier, prices) for supplier, prices in QUOTES.items()]
    buying.choose(row, first)
    for other in others:
        set_quotation_aside(quotation_id=other.pk, reason="录错", actor=buying.bureau.finance, at=at(7, 14))
    assert refused(lambda: buying.buy(row)).code == "comparison_missing"


@pytest.mark.django_db
def test_a_request_on_hold_keeps_its_quotations_and_is_not_withdrawn(buying: Buying) -> None:
    row = buying.approve(buying.ask())
    (supplier, prices), (another, _prices), *_more = QUOTES.items()
    quote = buying.quote(row, supplier, prices)
    hold(buying.bureau, f"goods.request:{row.pk}")
    finance = buying.bureau.finance
    for act in (
        lambda: buying.quote(row, another, prices),
        lambda: set_quotation_aside(quotation_id=quote.pk, reason="录错", actor=finance, at=at(8, 14)),
        lambda: withdraw_purchase_request(request_id=row.pk, remark="x", actor=finance, at=at(8, 14)),
    ):
        assert refused(act).code == "held"
    (measure_id,) = held_measures(buying.measure.plan)
    (sentence,) = held_measures(buying.measure.plan)[measure_id]
    assert measure_id == buying.measure.pk
    assert "申请" in sentence


@pytest.mark.django_db
def test_a_returned_request_is_over_and_asked_anew_under_another_number(buying: Buying) -> None:
    row = buying.ask()
    assert (
        refused(
            lambda: return_purchase(
                request_id=row.pk, digest=row.digest, remark="", actor=buying.bureau.approver, at=at(7, 12)
            )
        ).code
        == "remark_missing"
    )
    return_purchase(
        request_id=row.pk, digest=row.digest, remark="单价偏高", actor=buying.bureau.approver, at=at(7, 12)
    )
    row.refresh_from_db()
    assert (row.status, approval(row)) == ("returned", "returned")
    assert refused(lambda: buying.approve(row)).code in {"already_acted", "wrong_state"}
    assert buying.ask().number == 2


@pytest.mark.django_db
def test_a_request_is_taken_back_while_it_waits_and_withdrawn_once_approved(buying: Buying) -> None:
    finance = buying.bureau.finance
    row = buying.ask({"梨": (1, 60_00)})
    withdraw_purchase_request(request_id=row.pk, actor=finance, at=at(7, 12))
    row.refresh_from_db()
    assert (row.status, approval(row)) == ("withdrawn", "withdrawn")
    row = buying.approve(buying.ask())
    assert money(row)[0] == 14_100_00
    assert (
        refused(
            lambda: withdraw_purchase_request(request_id=row.pk, remark="", actor=finance, at=at(7, 12))
        ).code
        == "reason_missing"
    )
    assert (
        refused(
            lambda: withdraw_purchase_request(
                request_id=row.pk, remark="不买了", actor=buying.bureau.officer, at=at(7, 12)
            )
        ).code
        == "not_permitted"
    )
    withdraw_purchase_request(request_id=row.pk, remark="改由上级配发", actor=finance, at=at(7, 12))
    row.refresh_from_db()
    assert (row.status, row.withdrawn_why, money(row)) == ("withdrawn", "改由上级配发", (0, 0, 14_100_00))
    assert (
        refused(
            lambda: withdraw_purchase_request(request_id=row.pk, remark="再撤", actor=finance, at=at(7, 12))
        ).code
        == "wrong_state"
    )
    assert sound()


@pytest.mark.django_db
def test_quotations_are_compared_and_the_choice_keeps_to_the_rules(buying: Buying) -> None:
    row = buying.ask()
    first = buying.quote(row, "澄江粮油副食公司", QUOTES["澄江粮油副食公司"])
    assert refused(lambda: buying.choose(row, first)).code == "wrong_state", "it is not approved yet"
    buying.approve(row)
    assert refused(lambda: buying.choose(row, first)).code == "quotes_missing"
    assert refused(lambda: buying.quote(row, "澄江粮油副食公司", {"梨": 1_00})).code == "supplier_quoted"
    second, third = [buying.quote(row, name, QUOTES[name]) for name in list(QUOTES)[1:]]
    partial = buying.quote(row, "缺项商行", {"梨": 1_00})
    dear = buying.quote(row, "高价商行", {"方便面": 85_01, "苹果": 1_00, "梨": 1_00})
    assert refused(lambda: buying.choose(row, partial)).code == "quotation_partial"
    assert refused(lambda: buying.choose(row, dear)).code == "above_approved"
    assert refused(lambda: buying.choose(row, second)).code == "reason_missing", "another is cheaper"
    finance = buying.bureau.finance
    set_quotation_aside(quotation_id=dear.pk, reason="录错", actor=finance, at=at(7, 13))
    buying.choose(row, first)
    assert refused(lambda: buying.choose(row, second, reason="x")).code == "choice_changed"
    assert refused(lambda: buying.choose(row, second, seen=first.pk)).code == "reason_missing"
    assert (
        refused(
            lambda: set_quotation_aside(quotation_id=first.pk, reason="录错", actor=finance, at=at(7, 14))
        ).code
        == "quotation_chosen"
    )
    buying.choose(row, second, reason="第一家缺货", seen=first.pk)
    row.refresh_from_db()
    assert (row.chosen_id, row.chosen_why) == (second.pk, "第一家缺货")
    assert isinstance(
        refused(
            lambda: set_quotation_aside(
                quotation_id=third.pk, reason="录错", actor=buying.bureau.officer, at=at(7, 14)
            )
        ),
        NotPermitted,
    )


@pytest.mark.django_db
def test_what_is_not_compared_is_bought_below_the_threshold_only_and_not_in_parts(buying: Buying) -> None:
    refusal = refused(lambda: buying.buy(None, {"梨": (20, 50_00)}))
    assert (refusal.code, refusal.facts["asked_minor"]) == ("comparison_missing", 1_000_00)
    buying.buy(None, {"梨": (10, 60_00)}, number="1", day=7)
    refusal = refused(lambda: buying.buy(None, {"梨": (8, 50_00)}, number="2", day=9))
    assert (refusal.code, refusal.facts["before_minor"]) == ("comparison_missing", 600_00)
    row = buying.approve(buying.ask({"梨": (8, 50_00)}))
    assert (
        refused(lambda: buying.buy(row, {"梨": (8, 50_00)}, number="2", day=9)).code == "comparison_missing"
    ), "a request alone compares nothing"
    for name in ("梨", "苹果"):
        again = partial(buying.buy, None, {name: (8, 50_00)}, number="2", day=9, supplier="临江果品批发部")
        refusal = refused(again)
        assert (refusal.code, refusal.facts["before_minor"]) == ("comparison_missing", 600_00)
    buying.buy(row, {"梨": (8, 50_00)}, number="2", day=9, supplier="临江果品批发部")
    buying.buy(None, {"梨": (6, 66_50)}, number="3", day=9, supplier="望江鲜果行")
    buying.buy(None, {"梨": (8, 50_00)}, number="4", day=14, supplier="城南副食批发部")
    assert sound()


@pytest.mark.django_db
def test_the_same_goods_for_another_kit_of_the_fund_are_one_need_too(buying: Buying) -> None:
    buying.buy(None, {"梨": (10, 60_00)}, number="1", day=7)
    wanted = {name: buying.lines({name: (8, 50_00)}) for name in ("梨", "苹果")}
    kit, other = Kit.objects.get(measure=buying.measure), Measure.objects.get(pk=buying.measure.pk)
    other.pk, other.key = None, "second_kit"
    other.save(force_insert=True)
    twin = Kit.objects.create(measure=other, fund=kit.fund, name="第二类慰问品", standard_minor=300_00)
    for line in KitLine.objects.filter(kit=kit, item__name="梨"):
        KitLine.objects.create(kit=twin, item=line.item, quantity=1)

    def apples_or_pears(name: str) -> list[str]:
        draft = Draft("临江果品批发部", "2", date(2020, 4, 9), wanted[name])
        basis = Basis(47, Comparing(1_000_00))
        return [one.code for one in judge_purchase(kit_id=twin.pk, draft=draft, basis=basis, at=at(9))]

    assert apples_or_pears("梨") == ["comparison_missing"]
    assert apples_or_pears("苹果") == ["not_in_kit"]


@pytest.mark.django_db
def test_a_quotation_above_the_approved_price_does_not_make_up_the_number(buying: Buying) -> None:
    row = buying.approve(buying.ask())
    first, *_others = [buying.quote(row, name, prices) for name, prices in list(QUOTES.items())[:2]]
    dear = buying.quote(row, "高价副食公司", {"方便面": 85_01, "苹果": 68_00, "梨": 62_00})
    assert refused(lambda: buying.choose(row, first)).code == "reason_missing"
    buying.choose(row, first, reason="本地仅两家有现货，第三家超出报批单价。")
    row.refresh_from_db()
    assert (row.is_compared, row.chosen_why[:2]) == (True, "本地")
    told = json.loads(Entry.objects.filter(action="goods.choose_quotation").latest("pk").facts)
    assert (told["count"], told["reason"][:2]) == (2, "本地")
    set_quotation_aside(
        quotation_id=dear.pk, reason="报价单作废", actor=buying.bureau.finance, at=at(7, 14, 30)
    )
    assert refused(lambda: buying.buy(row)).code == "comparison_missing"
    buying.quote(row, "望江鲜果行", QUOTES["望江鲜果行"])
    buying.buy(row)
    assert sound()


@pytest.mark.django_db
def test_a_purchase_beyond_its_request_is_refused_with_the_figures(buying: Buying) -> None:
    row = buying.chosen()
    refusal = refused(lambda: buying.buy(row, {"方便面": (94, 84_01)}))
    assert (refusal.code, refusal.facts["most_minor"]) == ("above_approved", 84_00)
    assert "84.01" in refusal.sentence
    assert refused(lambda: buying.buy(row, supplier="望江鲜果行")).code == "supplier_differs"
    buying.buy(row, {"方便面": (90, 80_00)})
    assert money(row) == (0, 7_200_00, 6_900_00)
    assert refused(lambda: buying.buy(row, {"梨": (1, 1_00)}, number="2")).code == "wrong_state"
    assert sound()


@pytest.mark.django_db
def test_a_cancelled_purchase_leaves_its_request_approved_with_its_money(buying: Buying) -> None:
    row = buying.chosen()
    pk = buying.buy(row)
    cancel = {"purchase_id": pk, "reason": "发票号录错", "actor": buying.bureau.finance, "at": at(7, 16)}
    cancel_purchase(key=uuid4(), **cancel)  # type: ignore[arg-type]  # facts of the right kinds
    row.refresh_from_db()
    assert (row.status, money(row)) == ("approved", (14_100_00, 0, 0))
    again = Purchase.objects.get(pk=buying.buy(row, number="2"))
    row.refresh_from_db()
    assert (row.status, money(row)) == ("bought", (0, 14_006_00, 94_00))
    # What comes back of the second belongs to it alone.
    give_back: dict[str, Any] = {"voucher": "记-退1", "reason": "降价", "happened_on": date(2020, 4, 8)}
    give_back |= {"key": uuid4(), "actor": buying.bureau.finance, "at": at(8)}
    refund_purchase(entry_id=again.commitment_id, amount_minor=6_00, **give_back)
    page = as_(buying.bureau.finance).get(reverse("fund", args=(row.fund_id,)))
    assert [one.refunded_minor for one in page.context["purchases"]] == [0, 6_00]
    assert sound()


@pytest.mark.django_db
def test_nothing_is_bought_on_a_request_before_it_was_approved(buying: Buying) -> None:
    row = buying.chosen()
    refusal = refused(lambda: buying.buy(row, bought_on=date(2020, 4, 6), reason_late="补录"))
    assert (refusal.code, refusal.field) == ("before_approval", "bought_on")


@pytest.mark.django_db
def test_a_request_whose_money_went_elsewhere_is_over_once_its_purchase_is_cancelled(bureau: Bureau) -> None:
    buying = Buying(bureau, open_plan_1(bureau, appropriated_minor=1_000_00, compared=True))
    row = buying.approve(buying.ask({"梨": (10, 90_00)}))
    pk = buying.buy(row, {"梨": (10, 10_00)})
    other = buying.approve(buying.ask({"苹果": (10, 85_00)}))
    assert money(row) == (850_00, 100_00, 50_00)
    cancel_purchase(purchase_id=pk, reason="录错", key=uuid4(), actor=bureau.finance, at=at(7, 16))
    row.refresh_from_db()
    assert (row.status, money(row)) == ("withdrawn", (850_00, 0, 150_00))
    assert row.withdrawn_why
    assert row.withdrawn_why.rstrip("。") in end_of(row), "why, beside who cancelled the purchase and when"
    assert other.status == RequestStatus.APPROVED
    assert sound()


@pytest.mark.django_db
def test_an_invoice_comes_later_once_and_proves_one_purchase(buying: Buying) -> None:
    finance = buying.bureau.finance
    first = buying.buy(None, {"梨": (1, 60_00)}, number="1")
    second = buying.buy(None, {"梨": (1, 60_00)}, number="2", invoice=PDF)

    def add(pk: int, file: SentFile) -> None:
        add_invoice(purchase_id=pk, invoice=file, key=uuid4(), actor=finance, at=at(8))

    assert refused(lambda: add(first, PDF)).code == "invoice_file_used"
    assert refused(lambda: add(first, SentFile(b"x", "a.pdf", "application/pdf"))).code == "file_kind"
    other = SentFile(whole_pdf("another"), "b.pdf", "application/pdf")
    add(first, other)
    assert refused(lambda: add(first, SentFile(whole_pdf("c"), "c.pdf", "application/pdf"))).code == (
        "invoice_file_there"
    )
    assert refused(lambda: buying.buy(None, {"梨": (1, 1_00)}, number="3", invoice=other)).code == (
        "invoice_file_used"
    )
    assert isinstance(
        refused(
            lambda: add_invoice(
                purchase_id=first, invoice=PDF, key=uuid4(), actor=buying.bureau.officer, at=at(8)
            )
        ),
        NotPermitted,
    )
    cancel_purchase(purchase_id=second, reason="录错", key=uuid4(), actor=finance, at=at(8))
    buying.buy(None, {"梨": (1, 60_00)}, number="2", invoice=PDF, day=8)


@pytest.mark.django_db
def test_what_is_posted_twice_happens_once(buying: Buying) -> None:
    key = uuid4()
    row, again = buying.ask(key=key), buying.ask(key=key)
    assert row.pk == again.pk
    buying.approve(row)
    prices = QUOTES["澄江粮油副食公司"]
    assert buying.quote(row, "甲", prices, key=key_2).pk == buying.quote(row, "甲", prices, key=key_2).pk
    assert PurchaseRequest.objects.count() == Quotation.objects.count() == 1


key_2 = uuid4()


@pytest.mark.django_db
def test_a_standard_per_person_follows_the_people_of_the_units_on_the_plans_first_day(buying: Buying) -> None:
    measure = buying.measure
    assert terms_of(measure).kits == 47
    Measure.objects.filter(pk=measure.pk).update(settings={**measure.settings, "per": "person"})
    people = sum(pair.staff_count or 0 for pair in pairs(SLUG, date(2020, 4, 8)))
    assert terms_of(buying.measure).kits == people > 47
    refusal = refused(lambda: buying.ask({"梨": (people + 1, 1_00)}))
    assert (refusal.code, refusal.facts["needed"]) == ("more_than_needed", people)
    row = buying.approve(buying.ask({"梨": (people, 1_00)}))
    assert row.total_minor == people * 1_00
    assert progress([buying.measure], at(8))[measure.pk].due == people


@pytest.mark.django_db
@pytest.mark.parametrize("model", [RequestLine, QuotationLine])
def test_lines_are_only_added(buying: Buying, model: type[RequestLine | QuotationLine]) -> None:
    buying.chosen()
    for act in (
        lambda: model.objects.update(item_id=1),
        lambda: model.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()  # type: ignore[no-untyped-call]  # one of them is Django's own


@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_or_buy_at_once_one_wins() -> None:
    bureau = make_bureau()
    buying = Buying(bureau, open_plan_1(bureau, compared=True))
    row = buying.approve(buying.ask())
    quotes = [buying.quote(row, supplier, prices) for supplier, prices in QUOTES.items()]
    outcomes = together(*[partial(buying.choose, row, one, reason="就近") for one in quotes])
    assert outcomes == {"done": 1, "choice_changed": 2}
    row.refresh_from_db()
    assert row.chosen is not None
    supplier = row.chosen.supplier
    goods = {name: (packs, QUOTES[supplier][name]) for name, (packs, _most) in ALL.items()}
    outcomes = together(
        *[partial(buying.buy, row, goods, supplier=supplier, number=str(n)) for n in range(5)]
    )
    assert outcomes["done"] == 1
    assert (
        sum(outcomes.values()) - outcomes["done"] == outcomes["wrong_state"] + outcomes["beyond_commitment"]
    )
    assert Purchase.objects.count() == 1
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_an_approval_and_purchases_without_it_at_once_do_not_take_the_same_boxes() -> None:
    bureau = make_bureau()
    buying = Buying(bureau, open_plan_1(bureau, compared=True))
    row = buying.ask({"苹果": (40, 20_00)})
    outcomes = together(
        partial(buying.approve, row),
        *[partial(buying.buy, None, {"苹果": (40, 20_00)}, number=str(n)) for n in range(3)],
    )
    assert outcomes["done"] == 1, outcomes
    bought = sum(PurchaseLine.objects.values_list("quantity", flat=True))
    row.refresh_from_db()
    assert (bought, row.status) in {(0, "approved"), (40, "pending")}
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_of_requests_approved_at_once_for_the_last_yuan_one_is() -> None:
    bureau = make_bureau()
    buying = Buying(bureau, open_plan_1(bureau, appropriated_minor=3_000_00, compared=True))
    rows = [buying.ask({"梨": (10, 200_00 - n)}) for n in range(2)]
    outcomes = together(*[partial(buying.approve, row) for row in rows])
    assert outcomes == {"done": 1, "beyond_fund": 1}
    assert sound()


@pytest.mark.django_db
def test_a_wrong_picture_of_an_invoice_is_replaced_and_kept(buying: Buying) -> None:
    other = SentFile(whole_pdf("other"), "二.pdf", "application/pdf")
    third = SentFile(whole_pdf("third"), "三.pdf", "application/pdf")
    pk = buying.buy(None, {"梨": (1, 60_00)}, number="1", invoice=PDF)
    bare = buying.buy(None, {"梨": (1, 60_00)}, number="2")
    held = buying.buy(None, {"梨": (1, 60_00)}, number="3", invoice=other)

    def replace(purchase_id: int = pk, invoice: SentFile = third, **changes: object) -> None:
        told = {"reason": "传成了另一张", "key": uuid4(), "actor": buying.bureau.finance, "at": at(8)}
        told |= changes
        replace_invoice(purchase_id=purchase_id, invoice=invoice, **told)  # type: ignore[arg-type]

    def fails(**changes: object) -> str:
        assert ReplacedInvoice.objects.count() == 0
        code = refused(partial(replace, **changes)).code  # type: ignore[arg-type]  # facts of the right kinds
        assert ReplacedInvoice.objects.count() == 0
        return code

    assert fails(actor=buying.bureau.officer) == "not_permitted"
    assert fails(reason=" ") == "reason_missing"
    assert fails(invoice=PDF) == "invoice_file_same"
    assert fails(invoice=other) == "invoice_file_used", "one file proves one purchase"
    assert fails(purchase_id=bare) == "invoice_file_none"
    key = uuid4()
    for _time in range(2):
        replace(key=key)
    [row] = ReplacedInvoice.objects.all()
    assert (row.purchase_id, row.reason, row.replaced_by_id) == (
        pk,
        "传成了另一张",
        buying.bureau.finance.user_id,
    )
    assert Purchase.objects.get(pk=pk).invoice_file_id != row.file_id
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplacedInvoice.objects.update(reason="x")
    add_invoice(purchase_id=bare, invoice=PDF, key=uuid4(), actor=buying.bureau.finance, at=at(8))
    assert Purchase.objects.get(pk=bare).invoice_file_id == row.file_id, "it proved the other purchase"
    cancel_purchase(purchase_id=held, reason="录错", key=uuid4(), actor=buying.bureau.finance, at=at(8))
    assert refused(partial(replace, held)).code == "wrong_state"
    assert sound()
