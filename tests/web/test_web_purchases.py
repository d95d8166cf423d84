import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry as TrailEntry
from songnuan.funds.models import Fund
from songnuan.funds.queries import balance
from songnuan.goods.models import Kit, KitLine, Purchase
from songnuan.goods.queries import kit_of, stock
from songnuan.jobs.models import InboxEntry
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.plans.models import Measure, Plan
from web.browsing import as_, on, recorded, trail_length
from whole_files import whole_pdf

pytestmark = pytest.mark.django_db

BOXES = {"方便面": ("94", "70"), "苹果": ("47", "85"), "梨": ("47", "75.00")}


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with 14,100 yuan appropriated."""
    return open_plan_1(bureau)


def measure_of(plan: Plan) -> Measure:
    """Return the measure under which kits are bought."""
    return Measure.objects.get(plan=plan, kind="kit_purchase")


def items_of(plan: Plan) -> dict[str, int]:
    """Return the ids of the kit's items by name."""
    kit = kit_of(measure_of(plan).pk)
    assert kit is not None
    return {part.item: part.item_id for part in kit.parts}


def url_of(plan: Plan) -> str:
    """Return the address of the form."""
    return reverse("purchase_new", args=(measure_of(plan).pk,))


def told(plan: Plan, boxes: dict[str, tuple[str, str]], **changes: str) -> dict[str, str]:
    """Return a purchase as it is typed: quantity and price of each item."""
    lines: dict[str, str] = {}
    for item, item_id in items_of(plan).items():
        lines[f"lines-{item_id}-quantity"], lines[f"lines-{item_id}-unit_price"] = boxes.get(item, ("", ""))
    head = {
        "key": str(uuid4()),
        "save": "1",
        "supplier": "澄江粮油副食公司",
        "invoice_number": "08812072",
        "bought_on": "2020-04-07",
        "reason_late": "",
        "arrival": "bare",
    }
    return {**head, **lines, **changes}


def post(actor: Any, plan: Plan, sent: Mapping[str, object]) -> Any:
    """Post the form on 8 April."""
    with on(at(8)):
        return as_(actor).post(url_of(plan), sent)


def kept(form: Any) -> dict[str, Any]:
    """Return what a form gives back to its reader: everything but a file, which no browser takes back."""
    return {name: form[name].value() for name in form.fields if name != "invoice"}


def nothing_bought(plan: Plan) -> bool:
    """Return whether no purchase, no money and no key was kept."""
    keys = InboxEntry.objects.filter(purpose="buy_kits")
    spent = balance(Fund.objects.get(plan=plan).pk)
    return not Purchase.objects.exists() and not keys.exists() and spent.committed == spent.disbursed == 0


def test_the_form_shows_what_is_needed_and_what_the_fund_has(bureau: Bureau, plan: Plan) -> None:
    before = trail_length()
    with on(at(8)):
        page = as_(bureau.finance).get(url_of(plan))
    assert page.status_code == 200
    lines = page.context["form"].lines
    assert [(line.item_name, line.packing, line.needed) for line in lines] == [
        ("方便面", "箱", 94),
        ("苹果", "箱", 47),
        ("梨", "箱", 47),
    ]
    text = page.content.decode()
    assert "¥14,100.00" in text
    assert "¥300.00" in text
    assert 'value="2020-04-08"' in text
    assert page.context["total"] is None
    assert trail_length() == before


def test_a_file_that_was_chosen_is_asked_for_again_whenever_the_form_comes_back(
    bureau: Bureau, plan: Plan
) -> None:
    sentence = _("Choose the file again: %(label)s. It was not kept.") % {
        "label": _("Invoice as a picture or PDF")
    }
    for changes in ({"check": "1"}, {"supplier": ""}):
        picture = SimpleUploadedFile("invoice.pdf", whole_pdf(), "application/pdf")
        sent = {**told(plan, BOXES, **changes), "invoice": picture}
        if "check" in changes:
            del sent["save"]
        assert sentence in post(bureau.finance, plan, sent).content.decode()
    assert sentence not in post(bureau.finance, plan, told(plan, BOXES, check="1")).content.decode()
    assert nothing_bought(plan)


def test_a_line_that_makes_no_sense_comes_to_no_amount(bureau: Bureau, plan: Plan) -> None:
    sent = told(plan, {"方便面": ("-1", "80"), "苹果": ("0", "85"), "梨": ("2", "75")}, check="1")
    page = post(bureau.finance, plan, sent)
    assert [line.amount_minor for line in page.context["form"].lines] == [None, None, 150_00]
    assert page.context["total"] is None


def test_where_a_fund_pays_for_two_kits_the_form_offers_the_other_while_it_is_short(
    bureau: Bureau, plan: Plan
) -> None:
    first = measure_of(plan)
    fund, item = Fund.objects.get(plan=plan), next(iter(items_of(plan).values()))
    with on(at(8)):
        assert as_(bureau.finance).get(url_of(plan)).context["others"] == []
    other = Measure.objects.get(pk=first.pk)
    other.pk, other.key = None, "second_kit"
    other.save(force_insert=True)
    kit = Kit.objects.create(measure=other, fund=fund, name="第二份慰问品", standard_minor=100_00)
    KitLine.objects.create(kit=kit, item_id=item, quantity=1)
    with on(at(8)):
        page = as_(bureau.finance).get(reverse("purchase_new", args=(first.pk,)))
    assert page.context["others"] == [kit]
    assert f'href="{reverse("purchase_new", args=(other.pk,))}"' in page.content.decode()
    Measure.objects.filter(pk=other.pk).update(
        status="closed", closed_at=at(8), close_reason="改由工会安排，不再采购。"
    )
    with on(at(8)):
        page = as_(bureau.finance).get(reverse("purchase_new", args=(first.pk,)))
    assert page.context["others"] == [], "nothing more is asked for"


def test_a_purchase_is_recorded_paid_and_taken_into_stock(bureau: Bureau, plan: Plan) -> None:
    page = post(bureau.finance, plan, told(plan, BOXES, reason_late="发票次日送达"))
    purchase = Purchase.objects.get()
    assert (page.status_code, page.headers["Location"]) == (302, reverse("purchase", args=(purchase.pk,)))
    assert (purchase.total_minor, purchase.bought_on) == (14_100_00, date(2020, 4, 7))
    assert balance(purchase.fund_id).available == 0
    assert [row.in_store for row in stock(purchase.kit_id, units=47)] == [94, 47, 47]

    shown = as_(bureau.officer).get(page.headers["Location"])
    assert shown.status_code == 200
    text = shown.content.decode()
    for words in (
        "人民币壹万肆仟壹佰元整",
        "¥14,100.00",
        "08812072",
        "发票次日送达",
        "测试finance",
        "¥300.00",
    ):
        assert words in text
    assert shown.context["purchase"]["per_kit"].minor == 300_00
    assert [line["amount_minor"] for line in shown.context["purchase"]["lines"]] == [
        6_580_00,
        3_995_00,
        3_525_00,
    ]


def test_goods_come_by_lot_unless_the_form_says_that_they_bear_neither(bureau: Bureau, plan: Plan) -> None:
    with on(at(8)):
        form = as_(bureau.finance).get(url_of(plan)).context["form"]
    assert (form["arrival"].value(), form.fields["arrival"].required) == ("by_lot", True)
    page = post(bureau.finance, plan, told(plan, BOXES, arrival=""))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["arrival"])
    assert nothing_bought(plan)
    answer = post(bureau.finance, plan, told(plan, BOXES, arrival="by_lot"))
    purchase = Purchase.objects.get()
    receive = reverse("purchase_receive", args=(purchase.pk,))
    assert answer.headers["Location"] == receive, "lots and last good days are entered next"
    assert [row.in_store for row in stock(purchase.kit_id, units=47)] == [0, 0, 0]
    with on(at(8)):
        assert [row.left for row in as_(bureau.finance).get(receive).context["form"].items] == [94, 47, 47]


def test_goods_that_expire_are_never_taken_in_without_their_day(bureau: Bureau, plan: Plan) -> None:
    KitLine.objects.filter(item__name="苹果").update(expires=True)
    with on(at(8)):
        form = as_(bureau.finance).get(url_of(plan)).context["form"]
    assert [value for value, _label in form.fields["arrival"].choices] == ["by_lot", "later"]
    page = post(bureau.finance, plan, told(plan, BOXES, arrival="bare"))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["arrival"])
    assert nothing_bought(plan)
    answer = post(bureau.finance, plan, told(plan, BOXES, arrival="later"))
    purchase = Purchase.objects.get()
    assert answer.headers["Location"] == reverse("purchase", args=(purchase.pk,))
    with on(at(8)):
        as_(bureau.finance).post(reverse("purchase_receive_all", args=(purchase.pk,)), {"key": str(uuid4())})
    assert sum(row.in_store for row in stock(purchase.kit_id, units=47)) == 0


def test_a_purchase_of_a_part_leaves_the_rest_to_be_bought(bureau: Bureau, plan: Plan) -> None:
    page = post(bureau.finance, plan, told(plan, {"方便面": ("50", "70")}))
    assert page.status_code == 302
    shown = as_(bureau.finance).get(page.headers["Location"])
    assert shown.context["purchase"]["per_kit"] is None
    form = as_(bureau.finance).get(url_of(plan)).context["form"]
    assert [line.needed for line in form.lines] == [44, 47, 47]


def test_a_purchase_posted_twice_is_bought_once(bureau: Bureau, plan: Plan) -> None:
    sent = told(plan, BOXES)
    answers = [post(bureau.finance, plan, sent) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Purchase.objects.count() == 1
    assert balance(Purchase.objects.get().fund_id).disbursed == 14_100_00


def test_a_key_that_comes_again_with_other_content_buys_nothing(bureau: Bureau, plan: Plan) -> None:
    sent = told(plan, {"梨": ("10", "75")})
    post(bureau.finance, plan, sent)
    page = post(bureau.finance, plan, {**sent, "invoice_number": "08812099"})
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()
    assert Purchase.objects.count() == 1


def test_a_purchase_beyond_the_fund_and_above_the_standard_is_refused_with_the_figures(
    bureau: Bureau,
) -> None:
    plan = open_plan_1(bureau, appropriated_minor=10_000_00)
    sent = told(plan, {**BOXES, "苹果": ("47", "85.01")})
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 422
    form = page.context["form"]
    above, beyond = form.non_field_errors()
    assert "300.01" in above
    assert "300.00" in above
    assert "0.01" in above
    assert "14,100.47" in beyond
    assert "10,000.00" in beyond
    text = page.content.decode()
    assert above in text
    assert beyond in text
    assert kept(form) == {name: sent.get(name, False) for name in kept(form)}
    assert page.context["total"].below_minor == -1
    assert nothing_bought(plan)
    refusals = TrailEntry.objects.filter(stream__name="refusals", actor_key=bureau.finance.key)
    assert refusals.count() == 1


@pytest.mark.parametrize(
    ("boxes", "changes", "item", "part", "says"),
    [
        ({"方便面": ("95", "70")}, {}, "方便面", "quantity", "95"),
        ({"梨": ("0", "70")}, {}, "梨", "quantity", ""),
        ({"梨": ("-3", "70")}, {}, "梨", "quantity", ""),
        ({"梨": ("3", "0")}, {}, "梨", "unit_price", ""),
        ({"梨": ("3", "")}, {}, "梨", "unit_price", ""),
        ({"苹果": ("", "85")}, {}, "苹果", "quantity", ""),
        ({"苹果": ("4.5", "85")}, {}, "苹果", "quantity", ""),
        ({"苹果": ("many", "85")}, {}, "苹果", "quantity", ""),
        ({"苹果": ("9" * 5000, "85")}, {}, "苹果", "quantity", ""),
        ({"苹果": ("1", "eighty")}, {}, "苹果", "unit_price", "eighty"),
        ({"苹果": ("1000000000", "9" * 16)}, {}, "苹果", "unit_price", ""),
        (BOXES, {"supplier": " "}, "", "supplier", ""),
        (BOXES, {"supplier": "商" * 121}, "", "supplier", "121"),
        (BOXES, {"invoice_number": ""}, "", "invoice_number", ""),
        (BOXES, {"bought_on": "2020-04-09"}, "", "bought_on", "2020年4月9日"),
        (BOXES, {"bought_on": "2020-04-06"}, "", "reason_late", "2020年4月6日"),
        (BOXES, {"bought_on": "2019-04-07", "reason_late": "补录"}, "", "bought_on", "2019年4月7日"),
        (BOXES, {"bought_on": ""}, "", "bought_on", ""),
        (BOXES, {"reason_late": "迟" * 401}, "", "reason_late", "401"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(  # noqa: PLR0917 - one case, six facts
    bureau: Bureau,
    plan: Plan,
    boxes: dict[str, tuple[str, str]],
    changes: dict[str, str],
    item: str,
    part: str,
    says: str,
) -> None:
    sent = told(plan, boxes, **changes)
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 422
    form = page.context["form"]
    name = f"lines-{items_of(plan)[item]}-{part}" if item else part
    assert list(form.errors) == [name]
    assert says in form.errors[name][0]
    assert f'id="id_{name}_error"' in page.content.decode()
    assert kept(form) == {name: sent.get(name, False) for name in kept(form)}
    assert nothing_bought(plan)


def test_no_total_is_told_while_a_line_cannot_be_read(bureau: Bureau, plan: Plan) -> None:
    for wrong in ("many", "-1", "9" * 20):
        page = post(bureau.finance, plan, told(plan, {**BOXES, "苹果": (wrong, "85")}))
        assert (page.status_code, page.context["total"]) == (422, None)
    assert post(bureau.finance, plan, told(plan, BOXES, supplier="")).context["total"].below_minor == 0
    assert nothing_bought(plan)


def test_everything_that_is_wrong_is_said_at_once(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"梨": (40, 75_00)}, "08812072")
    page = post(bureau.finance, plan, told(plan, {"梨": ("8", "76"), "苹果": ("47", "300")}))
    form = page.context["form"]
    item_id = items_of(plan)["梨"]
    assert set(form.errors) == {"invoice_number", f"lines-{item_id}-quantity", "__all__"}
    assert [line.amount_minor for line in form.lines] == [None, 14_100_00, 608_00]
    assert Purchase.objects.count() == 1


def test_what_could_not_be_read_hides_nothing_else_that_is_wrong(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"梨": (40, 75_00)}, "08812072")
    sent = told(plan, {"苹果": ("-1", "abc"), "梨": ("7", "0"), "方便面": ("x", "")}, bought_on="2020-03-30")
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 422
    form, items = page.context["form"], items_of(plan)
    assert set(form.errors) == {
        "invoice_number",
        "reason_late",
        f"lines-{items['苹果']}-quantity",
        f"lines-{items['苹果']}-unit_price",
        f"lines-{items['梨']}-unit_price",
        f"lines-{items['方便面']}-quantity",
    }
    assert all(len(told) == 1 for told in form.errors.values())
    assert kept(form) == {name: sent.get(name, False) for name in kept(form)}
    assert Purchase.objects.count() == 1


def test_a_single_dear_box_is_refused_though_the_average_is_within_the_standard(
    bureau: Bureau, plan: Plan
) -> None:
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (40, 85_00), "梨": (40, 74_00)}, "1")
    sent = told(plan, {"苹果": ("7", "91")}, invoice_number="2")
    looked = post(bureau.finance, plan, {**sent, "check": "1"})
    total = looked.context["total"]
    assert (total.dearest_minor, total.below_minor) == (301_00, -1_00)
    assert total.per_kit.minor < 300_00
    assert "¥301.00" in looked.content.decode()
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 422
    assert "301.00" in page.context["form"].non_field_errors()[0]
    assert Purchase.objects.count() == 1


def test_a_purchase_of_nothing_is_refused(bureau: Bureau, plan: Plan) -> None:
    other = told(plan, {}) | {"lines-999999-quantity": "1", "lines-999999-unit_price": "1"}
    for sent in (told(plan, {}), other):
        page = post(bureau.finance, plan, sent)
        assert page.status_code == 422
        assert len(page.context["form"].non_field_errors()) == 1
    assert nothing_bought(plan)


def test_the_total_is_worked_out_before_the_head_is_filled_in_and_nothing_is_kept(
    bureau: Bureau, plan: Plan
) -> None:
    before = trail_length()
    sent = told(plan, BOXES, supplier="", invoice_number="", bought_on="") | {"check": "1"}
    del sent["save"], sent["key"]
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 200
    total = page.context["total"]
    assert (total.total_minor, total.per_kit.minor, total.below_minor) == (14_100_00, 300_00, 0)
    assert "人民币壹万肆仟壹佰元整" in page.content.decode()
    assert [line.amount_minor for line in page.context["form"].lines] == [6_580_00, 3_995_00, 3_525_00]
    assert nothing_bought(plan)
    assert trail_length() == before


@pytest.mark.parametrize("day", ["2019-04-07", "0020-04-07", "2020-04-09"])
def test_a_day_that_cannot_be_is_told_when_the_total_is_worked_out(
    bureau: Bureau, plan: Plan, day: str
) -> None:
    sent = told(plan, BOXES, supplier="", invoice_number="", bought_on=day) | {"check": "1"}
    page = post(bureau.finance, plan, sent)
    assert list(page.context["form"].errors) == ["bought_on"]
    assert nothing_bought(plan)


def test_what_came_back_of_a_purchase_stands_on_its_page_and_it_is_not_cancelled(
    bureau: Bureau, plan: Plan
) -> None:
    pk = buy(bureau, plan, {"苹果": (47, 85_00)}, "08812071")
    row = Purchase.objects.get(pk=pk)
    refund_page = reverse("fund_entry", args=(row.commitment_id,)) + "#refund"
    page = as_(bureau.finance).get(reverse("purchase", args=(pk,)))
    assert refund_page in page.content.decode()
    assert page.context["cancelling"] is not None
    refund_purchase(
        entry_id=row.commitment_id,
        amount_minor=85_00,
        voucher="记-退1",
        reason="压坏一箱",
        happened_on=date(2020, 4, 8),
        key=uuid4(),
        actor=bureau.finance,
        at=at(8),
    )
    page = as_(bureau.finance).get(reverse("purchase", args=(pk,)))
    assert page.context["purchase"]["net_minor"] == 46 * 85_00
    assert page.context["cancelling"] is None
    assert "须先冲正退款才能作废" in page.content.decode()
    assert refund_page not in as_(bureau.approver).get(reverse("purchase", args=(pk,))).content.decode()
    (shown,) = as_(bureau.finance).get(reverse("fund", args=(row.fund_id,))).context["purchases"]
    assert shown.net_minor == 46 * 85_00


def test_a_total_above_the_standard_says_so_when_it_is_worked_out(bureau: Bureau, plan: Plan) -> None:
    sent = told(plan, {**BOXES, "梨": ("47", "80")}) | {"check": "1"}
    del sent["save"]
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 422
    assert page.context["total"].below_minor == -5_00
    assert "¥5.00" in page.content.decode()
    assert nothing_bought(plan)


def test_a_total_that_no_bank_could_pay_is_not_worked_out(bureau: Bureau, plan: Plan) -> None:
    huge = ("1", "9,999,999,999,999,999.99")
    sent = told(plan, {"方便面": huge, "苹果": huge, "梨": huge}) | {"check": "1"}
    page = post(bureau.finance, plan, sent)
    assert page.status_code == 422
    assert page.context["total"] is None
    assert nothing_bought(plan)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 403),
        ("approver", 403),
        ("office", 403),
        ("inspector", 403),
        ("liaison", 404),
        ("stranger", 404),
    ],
)
def test_only_finance_buys(bureau: Bureau, plan: Plan, who: str, status: int) -> None:
    actor = getattr(bureau, who)
    assert as_(actor).get(url_of(plan)).status_code == status
    assert post(actor, plan, told(plan, BOXES)).status_code == status
    assert nothing_bought(plan)


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("inspector", 200), ("finance", 200), ("liaison", 404), ("stranger", 404)],
)
def test_a_purchase_is_seen_by_who_may_see_the_fund(
    bureau: Bureau, plan: Plan, who: str, status: int
) -> None:
    pk = buy(bureau, plan, {"梨": (1, 75_00)}, "08812072")
    assert as_(getattr(bureau, who)).get(reverse("purchase", args=(pk,))).status_code == status
    assert as_(getattr(bureau, who)).get(reverse("purchase", args=(pk + 1,))).status_code == 404


def test_nobody_buys_or_looks_without_signing_in(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"梨": (1, 75_00)}, "08812072")
    for url in (url_of(plan), reverse("purchase", args=(pk,))):
        assert Client().get(url).status_code == 302
    assert Client().post(url_of(plan), told(plan, BOXES, invoice_number="2")).status_code == 302
    assert Purchase.objects.count() == 1


def test_a_measure_without_a_kit_has_no_purchases(bureau: Bureau, plan: Plan) -> None:
    other = Measure.objects.get(plan=plan, kind="unit_visits")
    for measure_id in (other.pk, 0, 999_999):
        url = reverse("purchase_new", args=(measure_id,))
        assert as_(bureau.finance).get(url).status_code == 404


def test_a_purchase_without_its_key_or_token_is_not_recorded(bureau: Bureau, plan: Plan) -> None:
    sent = told(plan, BOXES)
    with on(at(8)):
        assert as_(bureau.finance, enforce_csrf_checks=True).post(url_of(plan), sent).status_code == 403
    assert post(bureau.finance, plan, {**sent, "key": "again"}).status_code == 400
    assert nothing_bought(plan)


def cancel_url(pk: int) -> str:
    """Return the address that cancels a purchase."""
    return reverse("purchase_cancel", args=(pk,))


def cancelling(**changes: str) -> dict[str, str]:
    """Return the form that cancels a purchase as it is filled in."""
    return {"key": str(uuid4()), "reason": "单价录错", "sure": "on", **changes}


def test_finance_cancels_a_purchase_once_and_the_page_says_why(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    url, sent = reverse("purchase", args=(pk,)), cancelling()
    client = as_(bureau.finance)
    page = client.get(url)
    assert cancel_url(pk) in page.content.decode()
    with on(at(8)):
        answers = [client.post(cancel_url(pk), sent) for _again in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(302, url)] * 2
    row = Purchase.objects.get()
    assert (row.cancel_reason, balance(row.fund_id).available) == ("单价录错", 14_100_00)
    assert sum(line.in_store for line in stock(row.kit_id, units=47)) == 0
    page = client.get(url)
    text = page.content.decode()
    assert "单价录错" in text
    assert "· 测试finance<br>单价录错" in text, "who cancelled it"
    assert '<span class="struck">¥750.00</span>' in text
    assert "tag-none" in text
    assert page.context["cancelling"] is None
    with on(at(8)):
        page = client.post(cancel_url(pk), cancelling())
    assert page.status_code == 409
    assert page.context["refusal"].code == "already_reversed"
    assert f'action="{cancel_url(pk)}"' not in page.content.decode(), "no form for what no form can mend"


def test_a_purchase_whose_goods_were_handed_over_has_no_form_that_cancels_it(
    bureau: Bureau, plan: Plan
) -> None:
    pk = buy(bureau, plan, {"方便面": (2, 68_00), "苹果": (1, 85_00), "梨": (1, 74_00)}, "1")
    client, url = as_(bureau.finance), reverse("purchase", args=(pk,))
    assert cancel_url(pk) in client.get(url).content.decode()
    recorded(bureau, at(9))
    page = client.get(url)
    assert page.context["cancelling"] is None
    assert page.context["settled"]
    with on(at(9)):
        page = client.post(cancel_url(pk), cancelling())
    assert (page.status_code, page.context["refusal"].code) == (409, "stock_short")
    assert page.context["refusal"].sentence in page.content.decode()
    assert f'action="{cancel_url(pk)}"' not in page.content.decode()
    assert Purchase.objects.get().cancelled_at is None


def test_a_label_that_is_a_sentence_loses_its_full_stop_before_the_colon(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    with on(at(8)):
        page = as_(bureau.finance).post(cancel_url(pk), cancelling(sure=""))
    [summary] = re.findall(r'<a href="#id_sure">(.*?)</a>', page.content.decode())
    assert "。：" not in summary
    assert "：" in summary


def test_an_amount_in_words_is_written_in_the_readers_characters(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"梨": (16, 75_00)}, "08812072")
    client = as_(bureau.finance)
    for language, words in (("zh-hans", "人民币壹仟贰佰元整"), ("zh-hant", "人民幣壹仟貳佰元整")):
        client.cookies["songnuan_language"] = language
        assert words in client.get(reverse("purchase", args=(pk,))).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": " "}, "reason"), ({"reason": "长" * 401}, "reason"), ({"sure": ""}, "sure")],
)
def test_a_purchase_is_cancelled_with_a_reason_and_with_full_intent_only(
    bureau: Bureau, plan: Plan, changes: dict[str, str], field: str
) -> None:
    pk = buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    with on(at(8)):
        page = as_(bureau.finance).post(cancel_url(pk), cancelling(**changes))
    assert page.status_code == 422
    assert list(page.context["cancelling"].errors) == [field]
    assert f'id="id_{field}_error"' in page.content.decode()
    assert Purchase.objects.get().cancelled_at is None


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("inspector", 403), ("liaison", 404), ("stranger", 404)]
)
def test_only_finance_cancels(bureau: Bureau, plan: Plan, who: str, status: int) -> None:
    pk = buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    client = as_(getattr(bureau, who))
    page = client.get(reverse("purchase", args=(pk,)))
    assert cancel_url(pk) not in page.content.decode()
    assert client.post(cancel_url(pk), cancelling()).status_code == status
    assert Client().post(cancel_url(pk), cancelling()).status_code == 302
    assert Purchase.objects.get().cancelled_at is None


def test_the_address_that_cancels_leads_back_and_needs_key_and_token(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"梨": (10, 75_00)}, "08812072")
    page = as_(bureau.finance).get(cancel_url(pk))
    assert (page.status_code, page.headers["Location"]) == (302, reverse("purchase", args=(pk,)))
    assert as_(bureau.finance).post(cancel_url(pk), cancelling(key="again")).status_code == 400
    strict = as_(bureau.finance, enforce_csrf_checks=True)
    assert strict.post(cancel_url(pk), cancelling()).status_code == 403
    assert Purchase.objects.get().cancelled_at is None
