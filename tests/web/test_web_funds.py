from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.record import trail
from songnuan.funds import actions
from songnuan.funds.models import Entry, Fund
from songnuan.funds.queries import balance, ledger
from songnuan.jobs.models import InboxEntry
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.plans.models import Measure, Plan
from web.browsing import as_, on, queries_of, recorded, trail_length

pytestmark = pytest.mark.django_db

MAY_SEE = ("officer", "approver", "finance", "office", "inspector")
MAY_NOT = ("liaison", "stranger")


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with 12,000 of its 14,100 yuan appropriated."""
    return open_plan_1(bureau, appropriated_minor=12_000_00)


@pytest.fixture
def fund(plan: Plan) -> Fund:
    """The plan's fund."""
    return Fund.objects.get(plan=plan)


def told(**changes: str) -> dict[str, str]:
    """Return an appropriation as it is typed."""
    fields = {"key": str(uuid4()), "amount": "1,000", "voucher": "记-02", "happened_on": "2020-04-08"}
    return {**fields, **changes}


def appropriate_url(fund: Fund) -> str:
    """Return the address that books an appropriation."""
    return reverse("fund_appropriate", args=(fund.pk,))


@pytest.mark.parametrize("who", MAY_SEE)
def test_who_may_see_the_money_sees_the_list_and_the_fund(bureau: Bureau, fund: Fund, who: str) -> None:
    client = as_(getattr(bureau, who))
    before = trail_length()
    page = client.get(reverse("funds"))
    assert page.status_code == 200
    assert [row.id for row in page.context["funds"]] == [fund.pk]
    assert "澄水运财〔2020〕18号" in page.content.decode()
    page = client.get(reverse("fund", args=(fund.pk,)))
    assert page.status_code == 200
    assert "¥12,000.00" in page.content.decode()
    assert trail_length() == before, "a page that is only read writes nothing"


@pytest.mark.parametrize("who", MAY_NOT)
def test_who_may_not_see_the_money_sees_nothing_of_it(bureau: Bureau, fund: Fund, who: str) -> None:
    client = as_(getattr(bureau, who))
    assert client.get(reverse("funds")).status_code == 403
    assert client.get(reverse("fund", args=(fund.pk,))).status_code == 404
    assert client.post(appropriate_url(fund), told()).status_code == 404
    assert balance(fund.pk).appropriated == 12_000_00


def test_nobody_sees_a_fund_without_signing_in(fund: Fund) -> None:
    for url in (reverse("funds"), reverse("fund", args=(fund.pk,)), appropriate_url(fund)):
        page = Client().get(url)
        assert page.status_code == 302
        assert page.headers["Location"].startswith(reverse("account_login"))
    assert Client().post(appropriate_url(fund), told()).status_code == 302
    assert balance(fund.pk).appropriated == 12_000_00


def test_a_fund_that_is_not_there_is_not_found(bureau: Bureau, fund: Fund) -> None:
    client = as_(bureau.finance)
    assert client.get(reverse("fund", args=(fund.pk + 1,))).status_code == 404
    assert client.get(f"/funds/{'9' * 18}/").status_code == 404


def test_the_ledger_stands_newest_first_signed_and_with_what_each_entry_is_for(
    bureau: Bureau, plan: Plan, fund: Fund
) -> None:
    purchase_id = buy(bureau, plan, {"苹果": (47, 85_00)}, "08812071")
    page = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    rows = page.context["entries"]
    cost = 47 * 85_00
    assert [(row.voucher, row.amount_minor, row.freed_minor, row.available_minor) for row in rows] == [
        ("购-0001", cost, 0, 12_000_00 - cost),
        ("", cost, -cost, 12_000_00 - cost),
        ("记-01", 12_000_00, 12_000_00, 12_000_00),
    ]
    text = page.content.decode()
    plain = "paid from the commitment, in the balance, the purchase, its clause and the total: plain"
    assert text.count(">¥3,995.00<") == 5, plain
    assert text.count(">−¥3,995.00<") == 1, "promised; of a clause that only spends nothing is said to lack"
    assert ">+¥12,000.00<" in text
    url = reverse("purchase", args=(purchase_id,))
    assert [row.subject_url for row in rows] == [url, url, ""]
    assert rows[2].subject_label == "澄水运财〔2020〕18号"
    assert [row.clause_number for row in rows] == ["二、（一）", "二、（一）", "二、（二）"]
    standing = page.context["balance"]
    assert standing.available == 12_000_00 - 47 * 85_00
    assert standing == balance(fund.pk)


def test_a_day_of_another_year_is_shown_with_its_year(bureau: Bureau, fund: Fund) -> None:
    sent = told(happened_on="2019-12-30")
    with on(at(8)):
        page = as_(bureau.finance).post(appropriate_url(fund), sent, follow=True)
    text = page.content.decode()
    assert "2019年12月30日" in text
    assert "2020年4月8日" not in text.partition("</h1>")[2].partition("<table")[2]


def test_a_reversed_entry_is_marked_and_its_reversal_has_the_other_sign(bureau: Bureau, fund: Fund) -> None:
    entry = Entry.objects.get(fund=fund)
    with transaction.atomic(), trail():
        actions.reverse(
            entry_id=entry.pk, reason="录错", happened_on=date(2020, 4, 8), actor=bureau.finance, at=at(8)
        )
    page = as_(bureau.finance).get(reverse("fund", args=(fund.pk,)))
    rows = page.context["entries"]
    assert [(row.freed_minor, row.reversed) for row in rows] == [(-12_000_00, False), (12_000_00, True)]
    assert [row.available_minor for row in rows] == [0, 12_000_00]
    assert rows[0].subject_label == rows[1].subject_label


def test_an_entry_of_a_later_day_says_when_it_was_entered(bureau: Bureau, fund: Fund) -> None:
    with on(at(9, 0, 5)):
        as_(bureau.finance).post(appropriate_url(fund), told(happened_on="2020-04-08"))
    page = as_(bureau.officer).get(reverse("fund", args=(fund.pk,)))
    assert [row.entered_on for row in page.context["entries"]] == [date(2020, 4, 9), None]
    text = page.content.decode()
    assert "4月9日" in text
    assert text.count("tag-waiting") == 1


@pytest.mark.parametrize("who", MAY_SEE)
def test_whoever_sees_the_fund_sees_where_its_goods_stand(
    bureau: Bureau, plan: Plan, fund: Fund, who: str
) -> None:
    buy(bureau, plan, {"方便面": (10, 70_00), "苹果": (5, 85_00), "梨": (5, 75_00)}, "08812071")
    recorded(bureau, at(9))
    page = as_(getattr(bureau, who)).get(reverse("fund", args=(fund.pk,)))
    (stock,) = page.context["stocks"]
    assert [(row.item, row.needed, row.bought, row.in_store, row.handed_over) for row in stock.rows] == [
        ("方便面", 94, 10, 8, 2),
        ("苹果", 47, 5, 4, 1),
        ("梨", 47, 5, 4, 1),
    ]


def test_a_cancelled_purchase_is_tagged_and_its_sum_struck_through(
    bureau: Bureau, plan: Plan, fund: Fund
) -> None:
    pk = buy(bureau, plan, {"梨": (1, 75_00)}, "1")
    buy(bureau, plan, {"梨": (1, 74_00)}, "2")
    cancel_purchase(purchase_id=pk, reason="录错", key=uuid4(), actor=bureau.finance, at=at(8))
    page = as_(bureau.officer).get(reverse("fund", args=(fund.pk,)))
    assert [row.is_cancelled for row in page.context["purchases"]] == [True, False]
    text = page.content.decode()
    assert '<span class="struck">¥75.00</span>' in text
    assert '<span class="struck">¥74.00</span>' not in text
    assert text.count("tag-none") == 1


def test_the_bar_beside_the_clause_of_the_fund_draws_what_is_spent_of_what_came_in(
    bureau: Bureau, plan: Plan
) -> None:
    client, url = as_(bureau.officer), reverse("plan", args=(plan.slug,))
    assert '<rect class="bar-done" x="0.0" y="0" width="33.3"' not in client.get(url).content.decode()
    buy(bureau, plan, {"苹果": (47, 85_00)}, "08812071")
    page = client.get(url)
    (mark,) = (mark for clause in page.context["plan"].clauses for mark in clause.margins if mark.in_money)
    assert (mark.kind, mark.money_minor, mark.budget_minor) == ("fund", 3_995_00, 12_000_00)
    assert '<rect class="bar-done" x="0.0" y="0" width="33.3"' in page.content.decode()


def test_only_finance_is_led_to_a_purchase_and_only_while_something_is_needed(
    bureau: Bureau, plan: Plan, fund: Fund
) -> None:
    url = reverse("fund", args=(fund.pk,))
    measure = Measure.objects.get(plan=plan, kind="kit_purchase")
    wanted = reverse("purchase_new", args=(measure.pk,))
    assert as_(bureau.finance).get(url).context["next_purchase"].url == wanted
    assert as_(bureau.officer).get(url).context["next_purchase"] is None
    buy(bureau, plan, {"苹果": (47, 60_00), "梨": (47, 50_00)}, "08812071")
    assert as_(bureau.finance).get(url).context["next_purchase"].url == wanted
    buy(bureau, plan, {"方便面": (94, 70_00)}, "08812072")
    assert as_(bureau.finance).get(url).context["next_purchase"] is None


def test_a_purchase_of_the_whole_kit_shows_its_price_and_one_of_a_part_shows_none(
    bureau: Bureau, plan: Plan, fund: Fund
) -> None:
    buy(bureau, plan, {"方便面": (20, 70_00), "苹果": (10, 85_00), "梨": (10, 75_00)}, "08812071")
    buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    page = as_(bureau.officer).get(reverse("fund", args=(fund.pk,)))
    assert [row.per_kit and row.per_kit.minor for row in page.context["purchases"]] == [300_00, None]
    assert page.context["with_kits"]


def test_the_column_of_a_whole_kit_is_there_only_when_a_purchase_holds_one(
    bureau: Bureau, plan: Plan, fund: Fund
) -> None:
    buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    page = as_(bureau.officer).get(reverse("fund", args=(fund.pk,)))
    assert not page.context["with_kits"]
    assert "每份" not in page.content.decode()


def test_finance_books_an_appropriation(bureau: Bureau, fund: Fund) -> None:
    with on(at(8)):
        client = as_(bureau.finance)
        page = client.get(reverse("fund", args=(fund.pk,)))
        assert page.context["appropriation"]["happened_on"].value() == date(2020, 4, 8)
        page = client.post(appropriate_url(fund), told(amount="¥１，０００．５"))
    assert (page.status_code, page.headers["Location"]) == (302, reverse("fund", args=(fund.pk,)))
    entry = Entry.objects.latest("pk")
    assert (entry.amount_minor, entry.voucher, entry.happened_on) == (1_000_50, "记-02", date(2020, 4, 8))
    assert balance(fund.pk).appropriated == 13_000_50


def test_an_appropriation_posted_twice_is_booked_once(bureau: Bureau, fund: Fund) -> None:
    sent = told()
    with on(at(8)):
        client = as_(bureau.finance)
        answers = [client.post(appropriate_url(fund), sent) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert balance(fund.pk).appropriated == 13_000_00
    assert Entry.objects.filter(fund=fund).count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"amount": ""}, "amount", ""),
        ({"amount": "0"}, "amount", ""),
        ({"amount": "-5"}, "amount", "-5"),
        ({"amount": "1.005"}, "amount", "1.005"),
        ({"amount": "9" * 60}, "amount", ""),
        ({"amount": "九百"}, "amount", "九百"),
        ({"voucher": "  "}, "voucher", ""),
        ({"voucher": "记" * 201}, "voucher", "201"),
        ({"voucher": "记-01"}, "voucher", "记-01"),
        ({"voucher": "购-0003"}, "voucher", "购-"),
        ({"amount": "2,100.01"}, "amount", "14,100.00"),
        ({"happened_on": "2020-04-09"}, "happened_on", "2020年4月9日"),
        ({"happened_on": "2019-04-07"}, "happened_on", "2019年4月7日"),
        ({"happened_on": "yesterday"}, "happened_on", ""),
    ],
)
def test_what_is_wrong_with_an_appropriation_stands_beside_its_field_and_nothing_typed_is_lost(
    bureau: Bureau, fund: Fund, changes: dict[str, str], field: str, says: str
) -> None:
    sent = told(**changes)
    with on(at(8)):
        page = as_(bureau.finance).post(appropriate_url(fund), sent)
    assert page.status_code == 422
    form = page.context["appropriation"]
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]
    assert {name: form[name].value() for name in form.fields} == {name: sent[name] for name in form.fields}
    assert form.errors[field][0] in page.context["appropriation"].as_p()
    assert balance(fund.pk).appropriated == 12_000_00
    assert not InboxEntry.objects.filter(key=sent["key"]).exists()


@pytest.mark.parametrize("who", ["officer", "approver", "inspector", "office"])
def test_who_only_sees_a_fund_can_book_nothing(bureau: Bureau, fund: Fund, who: str) -> None:
    client = as_(getattr(bureau, who))
    assert client.get(reverse("fund", args=(fund.pk,))).context["appropriation"] is None
    assert client.post(appropriate_url(fund), told()).status_code == 403
    assert balance(fund.pk).appropriated == 12_000_00


def test_an_appropriation_without_its_key_or_token_is_not_booked(bureau: Bureau, fund: Fund) -> None:
    sent = told()
    assert as_(bureau.finance, enforce_csrf_checks=True).post(appropriate_url(fund), sent).status_code == 403
    for key in ("", "1", "x" * 36):
        assert as_(bureau.finance).post(appropriate_url(fund), {**sent, "key": key}).status_code == 400
    assert balance(fund.pk).appropriated == 12_000_00


def test_the_address_of_the_act_leads_back_to_the_fund(bureau: Bureau, fund: Fund) -> None:
    page = as_(bureau.finance).get(appropriate_url(fund))
    assert (page.status_code, page.headers["Location"]) == (302, reverse("fund", args=(fund.pk,)))


def test_a_long_ledger_is_paged_by_key_at_the_same_cost(bureau: Bureau, plan: Plan, fund: Fund) -> None:
    client = as_(bureau.officer)
    url = reverse("fund", args=(fund.pk,))
    buy(bureau, plan, {"梨": (1, 75_00)}, "1")
    client.get(url)
    short = queries_of(client, url)
    buy(bureau, plan, {"苹果": (1, 75_00), "梨": (1, 75_00)}, "2")
    for number in range(2, 60):
        appropriate_fund(
            fund_id=fund.pk,
            amount_minor=100,
            voucher=f"记-{number:02d}",
            happened_on=date(2020, 4, 8),
            key=uuid4(),
            actor=bureau.finance,
            at=at(8),
        )
    assert queries_of(client, url) == short
    first = client.get(url)
    assert (len(first.context["entries"]), first.context["older"]) == (50, first.context["entries"][-1].id)
    second = client.get(url, {"before": first.context["older"]})
    seen = [row.id for page in (first, second) for row in page.context["entries"]]
    assert seen == sorted(Entry.objects.filter(fund=fund).values_list("pk", flat=True), reverse=True)
    assert second.context["older"] is None
    whole = {row.entry_id: row.after.available for row in ledger(fund.pk)}
    assert all(
        row.available_minor == whole[row.id] for page in (first, second) for row in page.context["entries"]
    )
    for odd in ("x", "-1", "9" * 30, "²", "0"):
        assert client.get(url, {"before": odd}).status_code == 200


def test_the_list_of_funds_costs_the_same_for_many(bureau: Bureau, plan: Plan, fund: Fund) -> None:
    client = as_(bureau.officer)
    client.get(reverse("funds"))
    one = queries_of(client, reverse("funds"))
    for number in range(5):
        document = type(fund.document).objects.create(
            kind="fund", title="追加", number=f"〔2020〕{number}号", issuer="局", dated_on=date(2020, 4, 3)
        )
        Fund.objects.create(plan=plan, document=document, title="追加", granted_minor=100, opened_at=at(8))
    assert queries_of(client, reverse("funds")) == one
