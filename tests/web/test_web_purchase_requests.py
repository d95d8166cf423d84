"""The pages of requests, quotations and invoices: who sees and does what, and what they say."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goods.builders import GOODS, LEDGER, snapshot
from goods.purchasing import PDF, QUOTES, Buying
from inspection_people import another, hold
from people import Bureau, at, open_plan_1
from songnuan.approvals.models import Act, Verb
from songnuan.goods.models import Purchase, PurchaseRequest, Quotation, RequestStatus
from songnuan.goods.request_ends import end_of
from songnuan.goods.request_rules import request_number
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.return_purchase import return_purchase
from songnuan.journeys.withdraw_purchase_request import withdraw_purchase_request
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure
from songnuan.records.models import StoredFile
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import reader_of
from web.browsing import as_, on, user_of
from web.test_home import due
from whole_files import BROKEN, whole_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def buying(bureau: Bureau) -> Buying:
    """Plan 1 under way, whose text has prices compared from 1,000 yuan on."""
    return Buying(bureau, open_plan_1(bureau, compared=True))


def typed(buying: Buying, **changes: str) -> dict[str, str]:
    """Return a request for pears as it is typed."""
    lines: dict[str, str] = {}
    for name, item_id in buying.items.items():
        is_pears = name == "梨"
        lines[f"lines-{item_id}-quantity"] = "20" if is_pears else ""
        lines[f"lines-{item_id}-price"] = "60" if is_pears else ""
    return {"key": str(uuid4()), "save": "1", "reason": "慰问一线", **lines, **changes}


def page_of(actor: Actor, name: str, pk: int) -> Any:
    """Open a page on 8 April."""
    with on(at(8)):
        return as_(actor).get(reverse(name, args=(pk,)))


def post(actor: Actor, name: str, pk: int, sent: dict[str, Any]) -> Any:
    """Post to a page on 8 April."""
    with on(at(8)):
        return as_(actor).post(reverse(name, args=(pk,)), sent)


def pdf(words: str = "a") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile("发票.pdf", whole_pdf(words), "application/pdf")


def titles_due(actor: Actor) -> list[str]:
    """Return what is due from the actor on 8 April."""
    with on(at(8)):
        request = as_(actor).get("/").wsgi_request
        request.user = user_of(actor)
        return [item.title for item in due_of(desk_of(reader_of(request)))]


def test_finance_requests_and_everybody_finds_it_where_it_lies(buying: Buying) -> None:
    finance, approver = buying.bureau.finance, buying.bureau.approver
    new = "purchase_request_new"
    page = page_of(finance, new, buying.measure.pk)
    assert page.context["form"].initial[f"lines-{buying.items['方便面']}-quantity"] == 94
    sent = typed(buying)
    answers = [post(finance, new, buying.measure.pk, sent) for _again in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {reverse("purchase_request", args=(1,))} or (
        len({answer.headers["Location"] for answer in answers}) == 1
    )
    row = PurchaseRequest.objects.get()
    url = reverse("purchase_request", args=(row.pk,))
    with on(at(8)):
        assert url in as_(approver).get("/").content.decode()
        assert url in as_(finance).get("/approvals/?list=asked").content.decode()
    assert page_of(finance, "purchase_requests", row.fund_id).context["requests"][0].number == "请-0001"
    page = page_of(approver, "purchase_request", row.pk)
    assert page.context["may_sign"]
    assert "¥1,200.00" in page.content.decode()
    sent = {"act": "return", "digest": row.digest, "step": "1", "remark": ""}
    page = post(approver, "purchase_request", row.pk, sent)
    assert (page.status_code, bool(page.context["remark_error"])) == (409, True)
    assert post(approver, "purchase_request", row.pk, {**sent, "act": "approve"}).status_code == 302
    row.refresh_from_db()
    assert row.status == "approved"
    assert any("0" in title and "3" in title for title in titles_due(finance)), "quotations to get"


@pytest.mark.parametrize(
    ("name", "price", "field"),
    [("梨", "300.01", "__all__"), ("梨", "0", "price"), ("梨", "x", "price")],
)
def test_what_is_wrong_with_a_request_stands_beside_it(
    buying: Buying, name: str, price: str, field: str
) -> None:
    part = f"lines-{buying.items[name]}-price"
    page = post(
        buying.bureau.finance, "purchase_request_new", buying.measure.pk, typed(buying, **{part: price})
    )
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [part if field == "price" else field]
    assert not PurchaseRequest.objects.exists()


def test_quotations_are_compared_chosen_and_bought_from_on_the_page(buying: Buying) -> None:
    finance, items = buying.bureau.finance, buying.items
    row = buying.approve(buying.ask())
    for supplier, prices in QUOTES.items():
        sent = {f"prices-{items[name]}": str(fen / 100) for name, fen in prices.items()}
        sent |= {"key": str(uuid4()), "supplier": supplier, "quoted_on": "2020-04-07", "note": ""}
        for _time in range(2):
            answer = post(finance, "quotation_new", row.pk, {**sent, "file": pdf()})
            assert answer.status_code == 302, "posted twice, answered alike"
    assert Quotation.objects.count() == len(QUOTES)
    page = post(finance, "quotation_new", row.pk, {**sent, "key": str(uuid4())})
    assert list(page.context["form"].errors) == ["supplier"]
    page = page_of(finance, "purchase_request", row.pk)
    columns = page.context["comparison"].columns
    assert [column.is_proposed for column in columns] == [True, False, False]
    assert [column.difference_minor for column in columns] == [0, 47_00, 94_00]
    picture = page_of(finance, "quotation_file", columns[0].row.quotation_id)
    assert picture.headers["Content-Type"] == "application/pdf"
    assert "no-store" in picture.headers["Cache-Control"]
    chosen = {"act": "choose", "quotation": str(columns[0].row.quotation_id), "seen": ""}
    assert post(finance, "purchase_request", row.pk, chosen).status_code == 302
    twice = post(finance, "purchase_request", row.pk, chosen)
    assert twice.status_code == 302, "a second click is told what is recorded"
    assert "info" in [one.level_tag for one in get_messages(twice.wsgi_request)]
    stale = {**chosen, "quotation": str(columns[1].row.quotation_id)}
    assert post(finance, "purchase_request", row.pk, stale).status_code == 409
    assert Quotation.objects.get(pk=columns[0].row.quotation_id) == PurchaseRequest.objects.get().chosen
    page = page_of(finance, "purchase_on_request", row.pk)
    form = page.context["form"]
    assert form.initial["supplier"] == "澄江粮油副食公司"
    assert [(line.needed, line.amount_minor) for line in form.lines] == [
        (94, 94 * 84_00),
        (47, 47 * 68_00),
        (47, 47 * 62_00),
    ]
    assert page.context["total_minor"] == 14_006_00
    assert _("Still needed") not in page.content.decode(), "the request covers it"
    sent = {name: str(form[name].value() or "") for name in form.fields if name != "invoice"}
    for item_id in items.values():
        sent[f"lines-{item_id}-unit_price"] = str(form.initial[f"lines-{item_id}-unit_price"] / 100)
    sent |= {"key": str(uuid4()), "save": "1", "invoice_number": "1", "bought_on": "2020-04-08"}
    dear = {**sent, f"lines-{items['梨']}-unit_price": "62.01"}
    page = post(finance, "purchase_on_request", row.pk, dear)
    assert page.status_code == 422
    assert "62.00" in page.context["form"].errors[f"lines-{items['梨']}-unit_price"][0]
    answer = post(finance, "purchase_on_request", row.pk, {**sent, "invoice": pdf()})
    purchase = Purchase.objects.get()
    assert answer.headers["Location"] == reverse("purchase_receive", args=(purchase.pk,))
    assert (purchase.request_id, purchase.invoice_file_id is not None) == (row.pk, True)
    assert page_of(finance, "purchase_on_request", row.pk).status_code == 302


def test_of_quotations_that_ask_as_little_each_is_proposed_and_a_waiting_request_approves_nothing(
    buying: Buying,
) -> None:
    finance, row = buying.bureau.finance, buying.ask()
    for supplier in ("甲行", "乙行"):
        buying.quote(row, supplier, {"方便面": 84_00, "苹果": 68_00, "梨": 62_00})
    buying.quote(row, "丙行", {"方便面": 86_00, "苹果": 68_00, "梨": 62_00})
    page = page_of(finance, "purchase_request", row.pk)
    assert [one.is_proposed for one in page.context["comparison"].columns] == [True, True, False]
    text = page.content.decode()
    assert "申请最高单价" in text
    assert "批准单价" not in text, "nothing is approved yet"
    answer = post(finance, "purchase_request", row.pk, {"act": "take_back"})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [_("The request is withdrawn.")]


def test_taking_a_request_back_is_asked_first_and_a_request_that_is_over_wants_no_quotations(
    buying: Buying,
) -> None:
    finance, row = buying.bureau.finance, buying.ask()
    text = page_of(finance, "purchase_request", row.pk).content.decode()
    asked = _(
        "It is over then, and nobody decides about it any more. Whoever still needs the goods requests them"
        " anew."
    )
    fold = text.rpartition('value="take_back"')[0].rpartition("<details")[2]
    assert _("Withdraw the request") in fold
    assert asked in fold
    assert "note-warning" in text
    assert post(finance, "purchase_request", row.pk, {"act": "take_back"}).status_code == 302
    page = page_of(finance, "purchase_request", row.pk)
    text = page.content.decode()
    assert page.context["comparison"].lacking
    assert "note-warning" not in text
    assert str(RequestStatus.WITHDRAWN.label) in text


def test_a_purchase_that_should_have_been_compared_is_refused_on_the_form(buying: Buying) -> None:
    item_id = buying.items["梨"]
    sent = {
        "key": str(uuid4()),
        "save": "1",
        "supplier": "甲",
        "invoice_number": "1",
        "bought_on": "2020-04-08",
        f"lines-{item_id}-quantity": "20",
        f"lines-{item_id}-unit_price": "50",
    }
    page = post(buying.bureau.finance, "purchase_new", buying.measure.pk, sent)
    assert page.status_code == 422
    assert "1,000.00" in page.context["form"].non_field_errors()[0]
    assert not Purchase.objects.exists()


def test_an_invoice_is_added_once_and_shown_to_who_sees_the_fund(buying: Buying) -> None:
    finance = buying.bureau.finance
    pk = buying.buy(None, {"梨": (1, 60_00)}, number="1")
    other = buying.buy(None, {"梨": (1, 60_00)}, number="2")
    assert len([title for title in titles_due(finance) if "2" in title]) >= 1
    assert page_of(finance, "purchase_invoice", pk).status_code == 404
    page = post(finance, "purchase_invoice_add", pk, {"key": str(uuid4())})
    assert (page.status_code, list(page.context["proving"].errors)) == (422, ["invoice"])
    sent = {"key": str(uuid4()), "invoice": pdf()}
    assert post(finance, "purchase_invoice_add", pk, sent).status_code == 302
    page = post(finance, "purchase_invoice_add", other, {"key": str(uuid4()), "invoice": pdf()})
    assert (page.status_code, list(page.context["proving"].errors)) == (422, ["invoice"])
    page = post(finance, "purchase_invoice_add", pk, {"key": str(uuid4()), "invoice": pdf("b")})
    assert page.status_code == 409
    shown = page_of(buying.bureau.inspector, "purchase_invoice", pk)
    assert (shown.status_code, shown.content) == (200, whole_pdf("a"))
    assert "no-store" in shown.headers["Cache-Control"]
    assert post(buying.bureau.officer, "purchase_invoice_add", other, sent).status_code == 403
    assert Client().get(reverse("purchase_invoice", args=(pk,))).status_code == 302


@pytest.mark.parametrize(("name", "content", "kind"), BROKEN)
def test_a_file_that_cannot_be_opened_is_refused_beside_its_field(
    buying: Buying, name: str, content: bytes, kind: str
) -> None:
    finance, items = buying.bureau.finance, buying.items
    asked = buying.approve(buying.ask({"梨": (20, 60_00)}))
    bare = buying.buy(None, {"方便面": (1, 60_00)}, number="1")
    proved = buying.buy(None, {"方便面": (1, 60_00)}, number="2", invoice=PDF)
    head = {"save": "1", "supplier": "澄江粮油副食公司", "invoice_number": "3", "bought_on": "2020-04-08"}
    head["arrival"] = "later"
    line = f"lines-{items['方便面']}"
    bought = {**head, f"{line}-quantity": "1", f"{line}-unit_price": "60"}
    prices = {f"prices-{item_id}": "1" for item_id in items.values()}
    kept: tuple[type[Model], ...] = (*GOODS, *LEDGER, Quotation, StoredFile)
    before = snapshot(kept)
    for view, pk, field, form, sent in (
        ("purchase_new", buying.measure.pk, "invoice", "form", bought),
        ("purchase_invoice_add", bare, "invoice", "proving", {}),
        ("purchase_invoice_replace", proved, "invoice", "proving", {"reason": "传错了"}),
        (
            "quotation_new",
            asked.pk,
            "file",
            "form",
            {"supplier": "望江鲜果行", "quoted_on": "2020-04-07", "note": "", **prices},
        ),
    ):
        file = SimpleUploadedFile(name, content, kind)
        page = post(finance, view, pk, {"key": str(uuid4()), **sent, field: file})
        assert (page.status_code, list(page.context[form].errors)) == (422, [field]), view
        assert f'id="id_{field}_error"' in page.content.decode(), view
    assert snapshot(kept) == before


def test_a_replaced_invoice_stays_beside_the_right_one(buying: Buying) -> None:
    finance, inspector = buying.bureau.finance, buying.bureau.inspector
    pk = buying.buy(None, {"梨": (1, 60_00)}, number="1")
    post(finance, "purchase_invoice_add", pk, {"key": str(uuid4()), "invoice": pdf()})
    sent = {"key": str(uuid4()), "invoice": pdf("b")}
    page = post(finance, "purchase_invoice_replace", pk, sent)
    assert (page.status_code, list(page.context["proving"].errors)) == (422, ["reason"])
    assert post(inspector, "purchase_invoice_replace", pk, {**sent, "reason": "x"}).status_code == 403
    sent = {"key": str(uuid4()), "invoice": pdf("b"), "reason": "传错了"}
    assert post(finance, "purchase_invoice_replace", pk, sent).status_code == 302
    assert page_of(inspector, "purchase_invoice", pk).content == whole_pdf("b")
    shown = page_of(inspector, "purchase", pk)
    [old] = shown.context["replaced"]
    assert "传错了" in shown.content.decode()
    url = reverse("purchase_invoice_replaced", args=(pk, old.pk))
    with on(at(8)):
        assert as_(inspector).get(url).content == whole_pdf("a")
        assert as_(buying.bureau.liaison).get(url).status_code == 404


@pytest.mark.parametrize(
    ("who", "seen", "new"),
    [("officer", 200, 403), ("inspector", 200, 403), ("liaison", 404, 404), ("stranger", 404, 404)],
)
def test_who_sees_the_fund_sees_its_requests_and_only_finance_acts(
    buying: Buying, who: str, seen: int, new: int
) -> None:
    actor, row = getattr(buying.bureau, who), buying.approve(buying.ask())
    quotation = buying.quote(row, "甲", QUOTES["望江鲜果行"])
    assert page_of(actor, "purchase_request", row.pk).status_code == seen
    assert page_of(actor, "purchase_requests", row.fund_id).status_code == seen
    assert page_of(actor, "purchase_request_new", buying.measure.pk).status_code == new
    assert page_of(actor, "quotation_new", row.pk).status_code == new
    assert page_of(actor, "purchase_on_request", row.pk).status_code == new
    sent = {"act": "choose", "quotation": str(quotation.pk), "seen": "", "reason": "x"}
    assert post(actor, "purchase_request", row.pk, sent).status_code == new
    sent = {"act": "take_back", "remark": "不买了"}
    assert post(actor, "purchase_request", row.pk, sent).status_code == new
    assert page_of(actor, "quotation_file", quotation.pk).status_code == 404
    row.refresh_from_db()
    assert (row.status, row.chosen_id) == ("approved", None)
    assert Quotation.objects.get().set_aside_at is None


def test_what_is_requested_already_is_left_out_and_the_to_do_leads_to_the_request(buying: Buying) -> None:
    finance, items = buying.bureau.finance, buying.items
    row = buying.ask({"方便面": (94, 85_00), "苹果": (40, 68_00)})
    page = page_of(finance, "purchase_request_new", buying.measure.pk)
    begun = {name: page.context["form"].initial.get(f"lines-{pk}-quantity") for name, pk in items.items()}
    assert begun == {"方便面": None, "苹果": 7, "梨": 47}
    address = reverse("purchase_request", args=(row.pk,))
    assert address in page.content.decode()
    assert address in page_of(finance, "purchase_new", buying.measure.pk).content.decode()

    def leads() -> set[str]:
        with on(at(8)):
            return {item.url for item in due_of(desk_of(reader_of(as_(finance).get("/").wsgi_request)))}

    buy = reverse("purchase_new", args=(buying.measure.pk,))
    assert buy in leads(), "pears and some apples are asked for by nobody"
    buying.ask({"苹果": (7, 68_00), "梨": (47, 62_00)})
    assert buy not in leads()
    assert address in leads()
    assert page_of(finance, "fund", row.fund_id).context["next_purchase"].request == row
    buying.approve(row)
    assert (buy in leads(), address in leads()) == (False, True)


def test_a_returned_request_is_the_makers_to_mend_until_it_is_asked_anew(buying: Buying) -> None:
    finance, row = buying.bureau.finance, buying.ask()
    return_purchase(
        request_id=row.pk, digest=row.digest, remark="单价偏高", actor=buying.bureau.approver, at=at(7, 12)
    )

    def found() -> dict[str, str]:
        with on(at(8)):
            reader = reader_of(as_(finance).get("/").wsgi_request)
            return {item.url: item.title for item in due_of(desk_of(reader))}

    page, buy = (
        reverse("purchase_request", args=(row.pk,)),
        reverse("purchase_new", args=(buying.measure.pk,)),
    )
    assert "请-0001" in found()[page]
    assert buy not in found()
    again = buying.ask(key=uuid4())
    assert page not in found()
    assert reverse("purchase_request", args=(again.pk,)) in found()
    return_purchase(
        request_id=again.pk, digest=again.digest, remark="再改", actor=buying.bureau.approver, at=at(7, 13)
    )
    buying.buy(None, {"苹果": (10, 20_00)})
    assert buy in found(), "it was gone about in another way"


def test_the_standard_stands_with_its_basis_and_ceiling_wherever_money_is_asked_for(buying: Buying) -> None:
    row = buying.chosen()
    pages = [
        ("fund", row.fund_id),
        ("purchase_request", row.pk),
        ("purchase_request_new", buying.measure.pk),
        ("purchase", buying.buy(row)),
    ]
    for name, pk in pages:
        text = page_of(buying.bureau.finance, name, pk).content.decode()
        assert "澄水运财〔2019〕41号《走访慰问工作标准管理规定》第五条" in text, name
        assert "400.00" in text, name
        assert "依据：澄水运财〔2020〕18号" in text, name


def test_where_the_money_of_a_cancelled_purchase_goes_is_said(buying: Buying) -> None:
    finance, row = buying.bureau.finance, buying.chosen()
    pk = buying.buy(row)
    sent = {"key": str(uuid4()), "reason": "发票号录错", "sure": "on"}
    with on(at(8)):
        shown = as_(finance).post(reverse("purchase_cancel", args=(pk,)), sent, follow=True)
    text = shown.content.decode()
    assert _("The purchase is cancelled: its money is available in the fund again.") not in text
    assert "14,100.00" in str(next(iter(shown.context["messages"])))
    row.refresh_from_db()
    assert row.status == "approved"


def test_a_withdrawn_request_is_begun_anew_with_what_it_said(buying: Buying) -> None:
    finance, row = buying.bureau.finance, buying.approve(buying.ask())
    page = post(finance, "purchase_request", row.pk, {"act": "take_back", "remark": ""})
    assert page.context["remark_error"]
    sent = {"act": "take_back", "remark": "单价要调整"}
    assert post(finance, "purchase_request", row.pk, sent).status_code == 302
    url = page_of(finance, "purchase_request", row.pk).context["again_url"]
    with on(at(8) + timedelta(minutes=1)):
        form = as_(finance).get(url).context["form"]
    assert form.initial["reason"] == row.reason
    assert form.initial[f"lines-{buying.items['梨']}-price"] == 62_00
    assert Measure.objects.filter(kind="kit_purchase").count() == 1


# On hold, and decided twice ----------------------------------------------------------------------


@pytest.mark.parametrize("what", ["request", "fund"])
def test_a_request_on_hold_is_marked_and_offers_no_approval(buying: Buying, what: str) -> None:
    row = buying.ask()
    approver = buying.bureau.approver
    page = page_of(approver, "purchase_request", row.pk)
    assert 'value="approve"' in page.content.decode()
    placed = hold(
        buying.bureau, f"goods.request:{row.pk}" if what == "request" else f"funds.fund:{row.fund_id}"
    )
    page = page_of(approver, "purchase_request", row.pk)
    assert (page.context["may_sign"], page.context["may_approve"]) == (True, False)
    assert 'value="approve"' not in page.content.decode()
    assert 'value="return"' in page.content.decode()
    with on(at(8)):
        (item,) = [item for item in due(approver) if item.url == reverse("purchase_request", args=(row.pk,))]
        (course,) = as_(approver).get("/approvals/").context["courses"]
    assert (item.is_held, course.is_held, course.total_minor) == (True, True, row.total_minor)
    assert yuan(row.total_minor) in item.detail
    lift_hold(hold_id=placed, findings="已核实，可以继续。", actor=buying.bureau.inspector, at=at(8, 12))
    with on(at(8, 13)):
        (item,) = [item for item in due(approver) if item.url == reverse("purchase_request", args=(row.pk,))]
    assert not item.is_held
    assert 'value="approve"' in page_of(approver, "purchase_request", row.pk).content.decode()


@pytest.mark.parametrize(
    ("first", "second"), [("return", "return"), ("return", "approve"), ("approve", "approve")]
)
def test_a_second_click_is_told_what_is_recorded(buying: Buying, first: str, second: str) -> None:
    row = buying.ask()
    sent = {"act": first, "digest": row.digest, "step": "1", "remark": "单价偏高"}
    approver = buying.bureau.approver
    post(approver, "purchase_request", row.pk, sent)
    row.refresh_from_db()
    status, acts = row.status, Act.objects.count()
    again = post(approver, "purchase_request", row.pk, {**sent, "act": second})
    assert again.status_code == 302
    said = list(get_messages(again.wsgi_request))
    label = str(Verb(first).label)
    assert ("info", True) in [(one.level_tag, label in str(one)) for one in said]
    row.refresh_from_db()
    assert (row.status, Act.objects.count()) == (status, acts)


def test_who_comes_after_another_is_told_so(buying: Buying) -> None:
    row = buying.ask()
    second = another(buying.bureau, "second", Role.APPROVER)
    sent = {"act": "return", "digest": row.digest, "step": "1", "remark": "单价偏高"}
    post(buying.bureau.approver, "purchase_request", row.pk, sent)
    again = post(second, "purchase_request", row.pk, {**sent, "act": "approve"})
    assert [one.level_tag for one in get_messages(again.wsgi_request)] == ["error"]
    assert buying.bureau.approver.label in str(next(iter(get_messages(again.wsgi_request))))
    row.refresh_from_db()
    assert row.status == "returned"
    # Who may decide nothing is told so as before.
    assert post(buying.bureau.finance, "purchase_request", row.pk, sent).status_code in {302, 403, 409}


ENDS = {
    "taken back": lambda buying, row: withdraw_purchase_request(
        request_id=row.pk, actor=buying.bureau.finance, at=at(8, 9)
    ),
    "returned": lambda buying, row: return_purchase(
        request_id=row.pk, digest=row.digest, remark="单价偏高。", actor=buying.bureau.approver, at=at(8, 9)
    ),
    "withdrawn": lambda buying, row: withdraw_purchase_request(
        request_id=buying.approve(row).pk, remark="不再需要", actor=buying.bureau.finance, at=at(8, 9)
    ),
}


@pytest.mark.parametrize("how", ENDS)
def test_who_comes_with_a_stale_page_is_told_who_ended_the_request(buying: Buying, how: str) -> None:
    row = buying.ask()
    ENDS[how](buying, row)
    row.refresh_from_db()
    told = end_of(row)
    who = buying.bureau.approver if how == "returned" else buying.bureau.finance
    assert who.label in told
    assert request_number(row.number) in told
    before = snapshot((*LEDGER, PurchaseRequest, Quotation, Act))
    for name in ("quotation_new", "purchase_on_request"):
        page = page_of(buying.bureau.finance, name, row.pk)
        assert [str(message) for message in get_messages(page.wsgi_request)] == [told]
        assert page.url == reverse("purchase_request", args=(row.pk,))
    if how == "taken back":
        for act in ("approve", "return"):
            answer = post(
                buying.bureau.approver,
                "purchase_request",
                row.pk,
                {"act": act, "digest": row.digest, "step": "1"},
            )
            assert (answer.status_code, answer.context["refusal"].sentence) == (409, told)
    quoted = {"supplier": "望江鲜果行", "quoted_on": "2020-04-07", "key": str(uuid4())}
    prices = {f"prices-{item_id}": "60" for item_id in buying.items.values()}
    stale = post(buying.bureau.finance, "quotation_new", row.pk, {**quoted, **prices})
    assert stale.status_code == 422
    assert told in stale.context["form"].non_field_errors()
    assert snapshot((*LEDGER, PurchaseRequest, Quotation, Act)) == before


def test_a_request_that_was_bought_says_on_which_purchase(buying: Buying) -> None:
    row = buying.chosen()
    number = Purchase.objects.get(pk=buying.buy(row)).number
    row.refresh_from_db()
    assert end_of(row) == _(
        "Request %(request)s was bought already: purchase No. %(number)s, bought on %(day)s. What else is"
        " needed is requested anew."
    ) % {"request": "请-0001", "number": number, "day": written(date(2020, 4, 7), "full")}
    for name in ("quotation_new", "purchase_on_request"):
        page = page_of(buying.bureau.finance, name, row.pk)
        assert [str(message) for message in get_messages(page.wsgi_request)] == [end_of(row)]
    # Cancelled between two looks at the rows.
    Purchase.objects.update(cancelled_at=at(9), cancel_reason="错")
    assert end_of(row) == ""


def test_a_quotation_above_the_limit_is_marked_as_not_compared(buying: Buying) -> None:
    row = buying.approve(buying.ask())
    # Together it is the lowest of all, but its pears are above what was approved.
    buying.quote(row, "便宜行", {"方便面": 1_00, "苹果": 1_00, "梨": 62_01})
    fitting = buying.quote(row, "望江鲜果行", QUOTES["望江鲜果行"])
    page = page_of(buying.bureau.finance, "purchase_request", row.pk)
    above, compared = page.context["comparison"].columns
    assert (above.difference_minor, above.is_cheapest, above.is_proposed) == (None, False, False)
    assert (compared.row.quotation_id, compared.difference_minor, compared.is_cheapest) == (
        fitting.pk,
        0,
        True,
    )
    assert pgettext("quotation", "not compared") in page.content.decode()
