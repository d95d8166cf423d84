"""Pages of one entry, of vouchers and of part of a ledger; what goes back is entered there."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.record import trail
from songnuan.funds import actions
from songnuan.funds.checks import verify
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.funds.queries import Balance, balance, paid_on
from songnuan.goods.models import Purchase
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from web.browsing import as_, on, queries_of, sent

pytestmark = pytest.mark.django_db
COST = 47 * 85_00


@pytest.fixture
def fund(bureau: Bureau) -> Fund:
    """The fund of plan 1, from which a purchase was paid."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"苹果": (47, 85_00)}, "08812071")
    return Fund.objects.get(plan=plan)


def entry(kind: Kind) -> int:
    return Entry.objects.filter(kind=kind).latest("pk").pk


def post(who: Actor, name: str, pk: int, **fields: str) -> Any:  # a page with its context
    with on(at(9)):
        return as_(who).post(reverse(name, args=(pk,)), sent(**fields))


def back(prefix: str, **changes: str) -> dict[str, str]:
    """Return what is typed about money that goes back."""
    fields = {"amount": "100", "voucher": "记-30", "happened_on": "2020-04-09", "reason": "少发一箱"}
    return {f"{prefix}-{name}": value for name, value in {**fields, **changes}.items()}


def test_a_refund_of_a_purchase_is_entered_on_its_commitment(bureau: Bureau, fund: Fund) -> None:
    commitment = Purchase.objects.get().commitment_id
    assert post(bureau.finance, "entry_refund", commitment, **back("refunding")).status_code == 302
    assert balance(fund.pk) == Balance(14_100_00, 0, COST - 100_00, 0)
    page = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    assert [row.refunded_minor for row in page.context["purchases"]] == [100_00]
    refused = post(
        bureau.finance, "entry_refund", commitment, **back("refunding", amount="3895.01", voucher="x")
    )
    assert refused.status_code == 422
    assert list(refused.context["doings"].forms["refunding"].errors) == ["amount"]
    assert paid_on(commitment) == COST - 100_00
    with pytest.raises(Refusal) as found:
        cancel_purchase(
            purchase_id=Purchase.objects.get().pk,
            reason="录错",
            key=uuid4(),
            actor=bureau.finance,
            at=at(9),
        )
    assert found.value.code == "disbursement_refunded"


def test_money_that_is_not_needed_is_returned(bureau: Bureau, fund: Fund) -> None:
    assert post(bureau.finance, "fund_return", fund.pk, **back("back")).status_code == 302
    assert balance(fund.pk).returned == 100_00
    refused = post(bureau.finance, "fund_return", fund.pk, **back("back", amount="10,006", voucher="记-31"))
    assert refused.status_code == 422
    assert list(refused.context["giving_back"].errors) == ["amount"]
    assert refused.context["appropriation"].errors == {}


def test_a_wrong_appropriation_is_reversed_and_what_a_purchase_rests_on_is_not(
    bureau: Bureau, fund: Fund
) -> None:
    given = entry(Kind.APPROPRIATE)
    refused = post(bureau.finance, "entry_reverse", given, **{"reversing-reason": "录错"})
    assert refused.status_code == 422, "its money is spent"
    post(bureau.finance, "fund_return", fund.pk, **back("back"))
    wrong = entry(Kind.RETURN)
    assert post(bureau.finance, "entry_reverse", wrong, **{"reversing-reason": "退错"}).status_code == 302
    assert balance(fund.pk).returned == 0
    page = as_(bureau.finance).get(reverse("fund_entry", args=(wrong,)))
    assert page.context["doings"].forms == {}
    assert "退错" in page.content.decode()
    for kind in (Kind.COMMIT, Kind.DISBURSE):
        page = as_(bureau.finance).get(reverse("fund_entry", args=(entry(kind),)))
        assert page.context["doings"].bound == Purchase.objects.get()
        assert "reversing" not in page.context["doings"].forms
        refused = post(bureau.finance, "entry_reverse", entry(kind), **{"reversing-reason": "x"})
        assert refused.status_code == 422
    assert refused.context["doings"].forms["reversing"].non_field_errors()
    assert Entry.objects.filter(kind=Kind.REVERSE).count() == 1
    assert verify() == []


def promise(bureau: Bureau, fund: Fund, amount: int) -> int:
    """Promise money to something that is no purchase, and return the commitment."""
    with transaction.atomic(), trail():
        return actions.commit(
            fund_id=fund.pk,
            amount_minor=amount,
            subject="",
            clause_key="standard",
            happened_on=at(8).date(),
            actor=bureau.finance,
            at=at(8),
        ).pk


def test_a_promise_that_no_purchase_rests_on_is_released_or_reversed(bureau: Bureau, fund: Fund) -> None:
    first, second = promise(bureau, fund, 50_00), promise(bureau, fund, 60_00)
    page = as_(bureau.finance).get(reverse("fund_entry", args=(first,)))
    assert page.context["doings"].forms.keys() == {"releasing", "reversing"}
    assert post(bureau.finance, "entry_release", first, **{"releasing-reason": " "}).status_code == 422
    assert post(bureau.finance, "entry_release", first, **{"releasing-reason": "不买了"}).status_code == 302
    assert post(bureau.finance, "entry_reverse", second, **{"reversing-reason": "录错"}).status_code == 302
    assert balance(fund.pk) == Balance(14_100_00, 0, COST, 0)
    page = as_(bureau.finance).get(reverse("fund_entry", args=(first,)))
    assert page.context["doings"].forms == {}
    assert [label for _entry, label in page.context["draws"]] == [Kind.RELEASE.label]
    assert verify() == []


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("inspector", 403), ("liaison", 404)])
def test_others_change_nothing(bureau: Bureau, fund: Fund, who: str, status: int) -> None:
    actor, commitment = getattr(bureau, who), entry(Kind.COMMIT)
    count = Entry.objects.count()
    assert post(actor, "fund_return", fund.pk, **back("back")).status_code == status
    assert post(actor, "entry_refund", commitment, **back("refunding")).status_code == status
    for name in ("reverse", "release"):
        assert post(actor, f"entry_{name}", commitment).status_code == status
    assert as_(actor).get(reverse("fund_entry", args=(commitment,))).status_code == (
        200 if status == 403 else 404
    )
    assert Entry.objects.count() == count


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", ["disburse", "commit", "appropriate"]),
        ("?kind=commit", ["commit"]),
        ("?clause=fund", ["appropriate"]),
        ("?clause=standard", ["disburse", "commit"]),
        ("?month=2020-04&kind=disburse", ["disburse"]),
        ("?month=2020-03", ["disburse", "commit", "appropriate"]),
        ("?clause=nowhere&kind=x", ["disburse", "commit", "appropriate"]),
        ("?kind=return", []),
    ],
)
def test_a_part_of_the_ledger_is_chosen_and_what_is_no_choice_is_not(
    bureau: Bureau, fund: Fund, query: str, kinds: list[str]
) -> None:
    page = as_(bureau.officer).get(reverse("fund", args=(fund.pk,)) + query)
    shown = [Entry.objects.get(pk=row.id).kind for row in page.context["entries"]]
    assert shown == kinds
    if not kinds:
        assert "没有符合条件的分录" in page.content.decode()


def test_the_vouchers_of_a_fund_are_listed_with_what_they_are_for(bureau: Bureau, fund: Fund) -> None:
    page = as_(bureau.inspector).get(reverse("fund_vouchers", args=(fund.pk,)))
    assert [row.entry.voucher for row in page.context["vouchers"]] == ["购-0001", "记-01"]
    assert reverse("purchase", args=(Purchase.objects.get().pk,)) in page.content.decode()
    assert [(row.kind, row.count, row.amount_minor) for row in page.context["totals"]] == [
        (Kind.APPROPRIATE, 1, 14_100_00),
        (Kind.DISBURSE, 1, COST),
    ]


def test_a_voucher_that_was_reversed_says_so_and_is_in_no_total(bureau: Bureau, fund: Fund) -> None:
    post(bureau.finance, "fund_return", fund.pk, **back("back", amount="500", voucher="缴-1"))
    post(bureau.finance, "fund_return", fund.pk, **back("back", amount="40", voucher="缴-2"))
    wrong, right = Entry.objects.filter(kind=Kind.RETURN).order_by("pk")
    with transaction.atomic(), trail():
        actions.reverse(
            entry_id=wrong.pk,
            reason="记错了金额",
            happened_on=date(2020, 4, 9),
            actor=bureau.finance,
            at=at(9),
        )
    with on(at(9)):
        page = as_(bureau.inspector).get(reverse("fund_vouchers", args=(fund.pk,)))
    undone = {row.entry.voucher: row.undone_by for row in page.context["vouchers"]}
    assert undone["缴-1"] == Entry.objects.get(reverses=wrong)
    assert [voucher for voucher, by in undone.items() if by is not None] == ["缴-1"]
    assert {row.kind: (row.count, row.amount_minor) for row in page.context["totals"]}[Kind.RETURN] == (
        1,
        right.amount_minor,
    )
    assert "已于4月9日冲正" in page.content.decode()


def test_the_list_has_the_five_figures_of_all_funds_and_of_a_plan_its_clauses(
    bureau: Bureau, fund: Fund
) -> None:
    page = as_(bureau.officer).get(reverse("funds"))
    assert page.context["total"] == balance(fund.pk)
    assert page.context["clauses"] == []
    page = as_(bureau.officer).get(reverse("funds") + f"?plan={fund.plan.slug}")
    assert [(row.key, row.balance) for row in page.context["clauses"]] == [
        ("standard", Balance(0, 0, COST, 0)),
        ("fund", Balance(14_100_00, 0, 0, 0)),
    ]
    assert "人民币壹万肆仟壹佰元整" in page.content.decode()


def test_a_longer_ledger_asks_the_database_no_more(bureau: Bureau, fund: Fund) -> None:
    client, url = as_(bureau.finance), reverse("fund", args=(fund.pk,))
    before = queries_of(client, url)
    for number in range(5):
        post(bureau.finance, "fund_return", fund.pk, **back("back", amount="1", voucher=f"缴-{number}"))
    assert queries_of(client, url) <= before
    assert Entry.objects.latest("pk").happened_on == date(2020, 4, 9)
