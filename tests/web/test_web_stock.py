"""The pages of a plan's store: what is there, comes, is counted, disposed of and given."""

import re
from datetime import date
from html import unescape
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.goods.checks import verify
from songnuan.goods.models import Count, Disposal, Donation, Issue, Lot, Movement, Purchase, StockLevel
from songnuan.goods.places import STORE
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.close_fund import close_fund
from songnuan.journeys.confirm_closing import confirm_closing
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Plan
from web.browsing import as_, on, recorded
from web.test_home import due
from web.test_web_purchases import BOXES, told, url_of

pytestmark = pytest.mark.django_db
STOCK, DONATIONS = reverse("stock", args=(SLUG,)), reverse("donations", args=(SLUG,))


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


def get(actor: Actor, url: str, day: int = 9) -> Any:
    with on(at(day)):
        return as_(actor).get(url)


def post(actor: Actor, url: str, **sent: Any) -> Any:
    with on(at(sent.pop("day", 9))):
        return as_(actor).post(url, {"key": str(uuid4()), **sent})


def titles(actor: Actor, day: int = 9) -> set[str]:
    """Return where what is due from somebody leads, invoices that are lacking aside."""
    with on(at(day)):
        return {item.url for item in due(actor) if item.action != _("Add the invoice")}


def books() -> dict[int, int]:
    return dict(StockLevel.objects.filter(place=STORE).values_list("lot_id", "quantity"))


def bought_for_later(bureau: Bureau, plan: Plan) -> int:
    with on(at(8)):
        as_(bureau.finance).post(url_of(plan), told(plan, BOXES, arrival="later"))
    return Purchase.objects.get().pk


def test_a_purchase_that_comes_later_is_received_by_lot(bureau: Bureau, plan: Plan) -> None:
    pk = bought_for_later(bureau, plan)
    assert books() == {}
    page = reverse("purchase", args=(pk,))
    assert page in titles(bureau.finance)
    assert [line.left for line in get(bureau.finance, page).context["to_come"]] == [94, 47, 47]
    receive = reverse("purchase_receive", args=(pk,))
    form = get(bureau.finance, receive).context["form"]
    noodles, apples, pears = form.open
    sent = {
        "came_on": "2020-04-09",
        f"item-{noodles}-quantity": "40",
        f"item-{noodles}-number": "a-1",
        f"item-{noodles}-expires_on": "2020-10-01",
    }
    for name, value, at_field in (
        (f"item-{noodles}-quantity", "95", f"item-{noodles}-quantity"),
        (f"item-{noodles}-quantity", "", None),
        (f"item-{noodles}-expires_on", "2020-04-08", f"item-{noodles}-expires_on"),
        ("came_on", "2020-04-10", "came_on"),
    ):
        answer = post(bureau.finance, receive, **{**sent, name: value})
        assert answer.status_code == 422
        assert (at_field or "__all__") in answer.context["form"].errors
        assert books() == {}
    assert post(bureau.finance, receive, **sent).url == receive, "the rest is still to come"
    lot = Lot.objects.get()
    assert (lot.number, lot.expires_on, books()) == ("A-1", date(2020, 10, 1), {lot.pk: 40})
    shown = get(bureau.finance, page)
    assert [line["came"] for line in shown.context["purchase"]["lines"]] == [40, 0, 0]
    assert post(bureau.finance, reverse("purchase_receive_all", args=(pk,))).url == page
    assert sum(books().values()) == 188
    assert page not in titles(bureau.finance)
    assert get(bureau.finance, receive).url == page
    assert verify() == []
    assert (apples, pears) != (noodles, noodles)


def test_goods_go_back_and_are_to_come_once_more(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    page, back = reverse("purchase", args=(pk,)), reverse("purchase_return", args=(pk,))
    for sent in ({f"lot-{lot_id}": "48", "reason": "x"}, {f"lot-{lot_id}": "3"}, {"reason": "x"}):
        assert post(bureau.finance, back, **sent).status_code == 422
        assert books() == {lot_id: 47}
    assert post(bureau.finance, back, **{f"lot-{lot_id}": "3", "reason": "三箱压坏"}).url == page
    assert books() == {lot_id: 44}
    assert [line.left for line in get(bureau.finance, page).context["to_come"]] == [3]
    assert "三箱压坏" in get(bureau.office, reverse("lot", args=(lot_id,))).content.decode()
    assert verify() == []


def test_the_same_return_from_two_windows_is_booked_once(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    page, back = reverse("purchase", args=(pk,)), reverse("purchase_return", args=(pk,))
    form = get(bureau.finance, page).context["returning"]
    there = _("%(packs)s %(packing)s in the store.")
    assert form[f"lot-{lot_id}"].help_text == there % {"packs": 47, "packing": "箱"}
    typed = {f"lot-{lot_id}": "2", "reason": "两箱压坏"}
    sent = {**typed, "seen": form["seen"].value()}
    assert post(bureau.finance, back, **sent).url == page
    refused = post(bureau.finance, back, **sent)
    assert (refused.status_code, books()) == (422, {lot_id: 45})
    form = refused.context["returning"]
    [error] = form.errors.as_data()["__all__"]
    assert (error.code, "苹果 2 箱" in str(error.message)) == ("goods_moved", True)
    assert form[f"lot-{lot_id}"].help_text == there % {"packs": 45, "packing": "箱"}
    assert {name: form[name].value() for name in typed} == typed, "what was typed is kept"
    # Who read that, and means two more, sends them.
    again = post(bureau.finance, back, **typed, seen=form["seen"].value())
    assert (again.url, books()) == (page, {lot_id: 43})
    assert verify() == []


def out_of_date(bureau: Bureau, pk: int, **sent: str) -> list[str]:
    """Post a return that is refused, and give the codes; the form stands there with all that was typed."""
    answer = post(bureau.finance, reverse("purchase_return", args=(pk,)), **sent)
    assert answer.status_code == 422
    form, text = answer.context["returning"], answer.content.decode()
    assert {name: form[name].value() for name in sent if name != "seen"} == {
        name: value for name, value in sent.items() if name != "seen"
    }
    assert all(str(error) in text for told in form.errors.values() for error in told)
    return [error.code for told in form.errors.as_data().values() for error in told]


def test_a_return_after_the_fund_was_closed_is_refused_in_its_form(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    seen = get(bureau.finance, reverse("purchase", args=(pk,))).context["returning"]["seen"].value()
    sent = {f"lot-{lot_id}": "2", "reason": "两箱压坏", "seen": str(seen)}
    answer_question(
        slug=plan.slug, key="money_left", answer="交回。", ground="会议纪要", actor=bureau.officer, at=at(8)
    )
    fund_id = Purchase.objects.get().fund_id
    closing = close_fund(
        fund_id=fund_id, voucher="结-1", reason="活动结束", key=uuid4(), actor=bureau.finance, at=at(9)
    )
    confirm_closing(closing_id=closing, key=uuid4(), actor=bureau.approver, at=at(9))
    assert get(bureau.finance, reverse("purchase", args=(pk,))).context["cancelling"] is None
    assert out_of_date(bureau, pk, **sent) == ["fund_closed"]
    assert out_of_date(bureau, pk, **{**sent, "reason": ""}) == ["required"]
    assert books() == {lot_id: 47}


def test_a_form_of_a_purchase_that_was_cancelled_meanwhile_says_what_is_wrong(
    bureau: Bureau, plan: Plan
) -> None:
    pk = buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    page = reverse("purchase", args=(pk,))
    seen = get(bureau.finance, page).context["returning"]["seen"].value()
    sent = {f"lot-{lot_id}": "2", "reason": "两箱压坏", "seen": str(seen)}
    cancelled = post(bureau.finance, reverse("purchase_cancel", args=(pk,)), reason="录错", sure="on")
    assert (cancelled.url, books()) == (page, {lot_id: 0})
    assert out_of_date(bureau, pk, **sent) == ["wrong_state"]
    assert out_of_date(bureau, pk, **{**sent, "reason": ""}) == ["required"]
    assert books() == {lot_id: 0}
    for name, kind, field in (
        ("purchase_cancel", "cancelling", "reason"),
        ("purchase_invoice_add", "proving", "invoice"),
        ("purchase_invoice_replace", "proving", "invoice"),
    ):
        answer = post(bureau.finance, reverse(name, args=(pk,)))
        assert (answer.status_code, field in answer.context[kind].errors) == (422, True)
        assert f'id="id_{field}_error"' in answer.content.decode(), name


def test_who_opens_the_receiving_of_a_cancelled_purchase_is_told_so(bureau: Bureau, plan: Plan) -> None:
    pk = bought_for_later(bureau, plan)
    receive = reverse("purchase_receive", args=(pk,))
    post(bureau.finance, reverse("purchase_cancel", args=(pk,)), reason="录错", sure="on")
    words = _("Purchase no. %(number)s is cancelled: nothing of it comes any more.") % {"number": 1}
    for answer in (get(bureau.finance, receive), post(bureau.finance, receive, came_on="2020-04-09")):
        assert answer.url == reverse("purchase", args=(pk,))
        assert [str(one) for one in get_messages(answer.wsgi_request)] == [words]
    assert not Movement.objects.exists()


def test_the_store_marks_what_expires_and_the_visit_names_its_lots(bureau: Bureau, plan: Plan) -> None:
    pk = bought_for_later(bureau, plan)
    receive = reverse("purchase_receive", args=(pk,))
    noodles, apples, pears = get(bureau.finance, receive).context["form"].open
    for number, day, packs in (("N1", "2020-04-12", 4), ("N2", "2020-05-08", 90)):
        sent = {
            "came_on": "2020-04-08",
            f"item-{noodles}-quantity": str(packs),
            f"item-{noodles}-number": number,
            f"item-{noodles}-expires_on": day,
        }
        post(bureau.finance, receive, day=8, **sent)
    rest = {"came_on": "2020-04-08", f"item-{apples}-quantity": "47", f"item-{pears}-quantity": "47"}
    rest |= {f"item-{apples}-unnumbered": "on"}
    answer = post(bureau.finance, receive, day=8, **rest)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [f"item-{pears}-number"])
    assert sum(books().values()) == 94, "what bears no lot number is said so, item by item"
    post(bureau.finance, receive, day=8, **rest, **{f"item-{pears}-unnumbered": "on"})
    visit = recorded(bureau, at(9))
    kit = get(bureau.liaison, reverse("visit", args=(visit.pk,))).context["given"][0]["packs"]
    assert "N1" in kit[0]
    assert "2020年4月12日" in kit[0]
    [item, *_others] = get(bureau.office, STOCK, 13).context["items"]
    assert [(view.row.number, view.row.in_store, view.state) for view in item.lots] == [
        ("N1", 2, "expired"),
        ("N2", 90, "soon"),
    ]
    assert STOCK in titles(bureau.office, 13)
    text = get(bureau.finance, reverse("fund", args=(Purchase.objects.get().fund_id,)), 13).content.decode()
    assert "过期2" in text
    card = get(bureau.office, reverse("stock_item", args=(SLUG, noodles)), 13).context["lines"]
    assert [(line.row.incoming, line.row.outgoing, line.row.balance) for line in card] == [
        (4, 0, 4),
        (90, 0, 94),
        (0, 2, 92),
    ]


def test_a_count_is_blind_and_decided_by_another(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    url = post(bureau.finance, reverse("count_new", args=(SLUG,))).url
    assert url == reverse("count", args=(Count.objects.get().pk,))
    purchase = Purchase.objects.get()
    told_by = [url, STOCK, reverse("lot", args=(lot_id,))]
    told_by += [reverse("purchase", args=(purchase.pk,)), reverse("fund", args=(purchase.fund_id,))]
    for address in told_by:
        shown = get(bureau.finance, address).content.decode()
        figures = re.findall(r'data-label="库存">\s*([^<\s]*)', shown)
        assert set(figures) <= {"—"}, "who counts is not told the figure"
        # As many pears are still to be bought, which says nothing of what lies in the store.
        assert "47 箱" not in shown.replace("梨 47 箱", "")
    card = reverse("sheet", args=(SLUG, "stock_card"))
    assert post(bureau.finance, card, form="xlsx").status_code == 422
    assert post(bureau.office, card, form="xlsx").headers["Content-Disposition"].startswith("attachment")
    assert url in titles(bureau.finance)
    assert get(bureau.inspector, url).context["form"] is None
    assert post(bureau.finance, url).status_code == 422
    assert post(bureau.finance, url, **{f"lot-{lot_id}": "45"}).url == url
    assert url in titles(bureau.approver)
    assert get(bureau.finance, url).context["form"] is None
    assert post(bureau.finance, url, decision="accept", reason="x").status_code == 200
    # From a window of before it was handed in.
    for address in (url, reverse("count_abandon", args=(Count.objects.get().pk,))):
        (own,) = get_messages(post(bureau.finance, address, **{f"lot-{lot_id}": "46"}).wsgi_request)
        assert (own.level_tag, bureau.finance.label in str(own)) == ("info", False), "it is recorded"
        (stale,) = get_messages(post(bureau.office, address, **{f"lot-{lot_id}": "46"}).wsgi_request)
        assert (stale.level_tag, bureau.finance.label in str(stale)) == ("warning", True)
    assert Count.objects.get().lines.get().counted == 45
    assert post(bureau.approver, url, decision="accept").status_code == 422
    assert books() == {lot_id: 47}
    assert post(bureau.approver, url, decision="accept", reason="运输破损").url == url
    assert books() == {lot_id: 45}
    assert url not in titles(bureau.approver)
    text = get(bureau.inspector, url).content.decode()
    assert "运输破损" in text
    # A second click, or a second window, is told what is recorded.
    assert said(post(bureau.approver, url, decision="recount", reason="再数")) == ("info", True)
    assert said(post(bureau.inspector, url, decision="recount", reason="再数")) == ("error", True)
    assert (Count.objects.get().status, books()) == ("accepted", {lot_id: 45})
    assert verify() == []


def test_who_counts_is_told_no_figure_by_a_return_that_is_refused(bureau: Bureau, plan: Plan) -> None:
    pk = buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    post(bureau.finance, reverse("count_new", args=(SLUG,)))
    back, before = reverse("purchase_return", args=(pk,)), (books(), Movement.objects.count())
    for quantity in ("48", "47", "2"):
        sent = {f"lot-{lot_id}": quantity, "reason": "三箱压坏", "seen": "0"}
        answer = post(bureau.finance, back, **sent)
        [message] = get_messages(answer.wsgi_request)
        assert (answer.status_code, message.level_tag) == (302, "warning")
        assert not re.search(r"\d", str(message))
    purchase = get(bureau.finance, reverse("purchase", args=(pk,))).context
    assert (purchase["returning"], purchase["cancelling"]) == (None, None)
    cancel = post(bureau.finance, reverse("purchase_cancel", args=(pk,)), reason="登记错误")
    [message] = get_messages(cancel.wsgi_request)
    assert (cancel.status_code, message.level_tag) == (302, "warning")
    assert Purchase.objects.get().cancelled_at is None
    assert (books(), Movement.objects.count()) == before


@pytest.mark.usefixtures("plan")
def test_who_counts_is_told_no_figure_by_goods_given_that_are_refused(bureau: Bureau) -> None:
    post(bureau.office, reverse("donation_new", args=(SLUG,)), **donated())
    post(bureau.office, reverse("count_new", args=(SLUG,)))
    give = reverse("issue_new", args=(SLUG,))
    form = get(bureau.office, give).context["form"]
    before = (books(), Movement.objects.count())
    packs = {row.packs.html_name: "1000" for row in form.items}
    unit = form.fields["unit"].choices[-1][0]
    told = {"unit": unit, "happened_on": "2020-04-09", "receiver_name": "赵守江", "confirmed_by_name": "on"}
    answer = post(bureau.office, give, **packs, **told)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"__all__"}
    assert not re.search(r"\d", " ".join(answer.context["form"].non_field_errors()))
    assert before[0] != {}
    assert (books(), Movement.objects.count()) == before


def test_who_counts_is_not_told_by_the_to_do_how_many_expire(bureau: Bureau, plan: Plan) -> None:
    pk = bought_for_later(bureau, plan)
    receive = reverse("purchase_receive", args=(pk,))
    item_id = next(iter(get(bureau.finance, receive).context["form"].open))
    came = {f"item-{item_id}-quantity": "41", f"item-{item_id}-number": "N1"}
    post(
        bureau.finance, receive, came_on="2020-04-09", **came, **{f"item-{item_id}-expires_on": "2020-04-20"}
    )

    def told(actor: Actor) -> list[str]:
        with on(at(9)):
            return [part.title for item in due(actor) if item.url == STOCK for part in item.parts]

    assert told(bureau.finance) == ["方便面 41 箱"]
    post(bureau.finance, reverse("count_new", args=(SLUG,)))
    assert told(bureau.finance) == ["方便面"]
    assert told(bureau.office) == ["方便面 41 箱"]


def test_a_count_tells_lots_apart_and_is_given_up_with_a_reason(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (20, 85_00)}, "1")
    buy(bureau, plan, {"苹果": (27, 85_00)}, "2")
    url = post(bureau.finance, reverse("count_new", args=(SLUG,))).url
    form = get(bureau.finance, url).context["form"]
    labels = [str(field.label) for field in form]
    assert len(set(labels)) == 2
    assert [row.origin for row in form.lots] == [_("purchase %(number)s") % {"number": n} for n in (1, 2)]
    give_up = reverse("count_abandon", args=(Count.objects.get().pk,))
    assert get(bureau.office, url).context["abandoning"] is None
    assert post(bureau.office, give_up, reason="x").status_code == 403
    page = post(bureau.approver, give_up, reason="")
    assert (page.status_code, list(page.context["abandoning"].errors)) == (422, ["reason"])
    assert post(bureau.finance, give_up, reason="今日另有安排").url == STOCK
    assert "今日另有安排" in get(bureau.inspector, url).content.decode()
    assert get(bureau.finance, STOCK).context["may_count"]
    assert url not in titles(bureau.finance)


def test_lots_that_left_with_a_cancelled_purchase_stand_in_the_store_no_more(
    bureau: Bureau, plan: Plan
) -> None:
    pk = buy(bureau, plan, {"苹果": (20, 85_00)}, "1")
    buy(bureau, plan, {"苹果": (27, 85_00)}, "2")
    sent = {"reason": "录错", "sure": "on"}
    assert post(bureau.finance, reverse("purchase_cancel", args=(pk,)), **sent).status_code == 302
    [item] = get(bureau.finance, STOCK).context["items"]
    assert [view.row.in_store for view in item.lots] == [27]
    other = item.lots[0].row.lot_id
    back = {f"lot-{other}": "3", "reason": "压坏"}
    post(bureau.finance, reverse("purchase_return", args=(item.lots[0].row.purchase_id,)), **back)
    card = get(bureau.finance, reverse("stock_item", args=(SLUG, item.item_id))).context["lines"]
    assert [(line.row.outgoing, line.row.kind_label) for line in card if line.row.outgoing] == [
        (20, _("purchase cancelled")),
        (3, _("sent back")),
    ]
    url = post(bureau.finance, reverse("count_new", args=(SLUG,))).url
    assert len(get(bureau.finance, url).context["form"].lots) == 1


@pytest.mark.usefixtures("plan")
def test_a_donation_is_cancelled_on_its_page_and_marked_in_the_list(bureau: Bureau) -> None:
    new = reverse("donation_new", args=(SLUG,))
    page = post(bureau.office, new, **donated()).url
    cancel = f"{page}cancel/"
    assert post(bureau.finance, cancel, reason="x", sure="on").status_code == 403
    assert get(bureau.finance, page).context["cancelling"] is None
    assert post(bureau.office, cancel, reason="数量录错").status_code == 422
    assert post(bureau.office, cancel, reason="数量录错", sure="on").url == page
    assert "数量录错" in get(bureau.inspector, page).content.decode()
    shown = get(bureau.finance, DONATIONS)
    assert (shown.context["count"], shown.context["total_minor"]) == (0, 0)
    assert [view.cancelled.reason for view in shown.context["donations"]] == ["数量录错"]
    assert get(bureau.finance, STOCK).context["items"] == []
    with patch("songnuan.web.views.donations.PAGE", 1):
        post(bureau.office, new, **donated())
        first = get(bureau.finance, DONATIONS)
        assert [view.card.number for view in first.context["donations"]] == [2]
        older = get(bureau.finance, f"{DONATIONS}?before={first.context['older']}")
        assert [view.card.number for view in older.context["donations"]] == [1]
    assert verify() == []


def test_a_disposal_is_asked_for_by_one_and_decided_by_another(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    ask, page = reverse("lot_dispose", args=(lot_id,)), reverse("lot", args=(lot_id,))
    assert post(bureau.office, ask, quantity="48", reason="x").status_code == 422
    assert post(bureau.office, ask, quantity="7", reason="腐烂").url == page
    decide = reverse("disposal", args=(Disposal.objects.get().pk,))
    assert decide in titles(bureau.approver)
    assert get(bureau.office, decide).context["own"]
    assert post(bureau.finance, decide, decision="accept", reason="x").status_code == 200
    assert books() == {lot_id: 47}
    assert post(bureau.approver, decide, decision="accept", reason="同意").url == decide
    assert books() == {lot_id: 40}
    assert said(post(bureau.approver, decide, decision="return", reason="不同意")) == ("info", True)
    assert (Disposal.objects.get().status, books()) == ("accepted", {lot_id: 40})


def test_who_asks_for_a_disposal_that_was_asked_for_meanwhile_is_told_so(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    ask = reverse("lot_dispose", args=(lot_id,))
    post(bureau.office, ask, quantity="7", reason="腐烂")
    again = post(bureau.office, ask, quantity="7", reason="腐烂")
    assert (again.status_code, again.context["form"]) == (422, None)
    (sentence,) = [error for errors in again.context["unoffered"].errors.values() for error in errors]
    assert str(sentence) in unescape(again.content.decode())
    assert (Disposal.objects.count(), books()) == (1, {lot_id: 47})


def said(answer: Any) -> tuple[str, bool]:
    """Return of which kind the one message is, and whether it says when the decision was made."""
    (message,) = get_messages(answer.wsgi_request)
    return message.level_tag, "10:00" in str(message)


def test_decisions_about_stores_stand_beside_the_approvals(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    post(bureau.office, reverse("lot_dispose", args=(lot_id,)), quantity="7", reason="腐烂")
    url = post(bureau.finance, reverse("count_new", args=(SLUG,))).url
    post(bureau.finance, url, **{f"lot-{lot_id}": "45"})
    answer_question(
        slug=plan.slug, key="money_left", answer="交回。", ground="会议纪要", actor=bureau.officer, at=at(8)
    )
    close_fund(
        fund_id=Purchase.objects.get().fund_id,
        voucher="结-1",
        reason="活动结束",
        key=uuid4(),
        actor=bureau.finance,
        at=at(9),
    )
    page = get(bureau.approver, reverse("approvals"))
    found = {item.url for item in page.context["others"]}
    fund_id = Purchase.objects.get().fund_id
    assert found == {
        url,
        reverse("disposal", args=(Disposal.objects.get().pk,)),
        reverse("fund_closing", args=(fund_id,)),
    }
    text = page.content.decode()
    assert all(one in text for one in found)
    assert _("Nothing waits for your decision.") not in text
    for who in (bureau.finance, bureau.office, bureau.inspector):
        assert get(who, reverse("approvals")).context["others"] == []
    assert get(bureau.approver, reverse("approvals") + "?list=asked").context["others"] == []


def donated(**changes: str) -> dict[str, str]:
    """Return a donation as it is typed."""
    sent = {
        "donor": "澄江市慈善总会",
        "donor_kind": "organisation",
        "happened_on": "2020-04-09",
        "reason_late": "",
        "valuation": "estimated",
        "unit": "",
        "receiver_name": "何库生",
        "lines-1-item": "医用外科口罩",
        "lines-1-packing": "盒",
        "lines-1-quantity": "10",
        "lines-1-unit_value": "90",
        "lines-1-number": "k1",
        "lines-1-expires_on": "2021-01-01",
    }
    return {**sent, **changes}


@pytest.mark.usefixtures("plan")
def test_what_is_wrong_with_a_donation_is_said_in_the_order_of_the_page(bureau: Bureau) -> None:
    for url in (reverse("donation_new", args=(SLUG,)), reverse("issue_new", args=(SLUG,))):
        post(bureau.office, reverse("donation_new", args=(SLUG,)), **donated())
        page = post(bureau.office, url)
        assert page.status_code == 422
        shown = unescape(page.content.decode())
        listed = re.findall(r'<a href="#(id_[\w-]+?)(?:_\d)?">', shown)
        assert len(listed) > 2
        places = [re.search(rf'(?:name="{name[3:]}"|id="{name}")', shown) for name in listed]
        standing = [place.start() for place in places if place]
        assert standing == sorted(standing), listed


@pytest.mark.usefixtures("plan")
def test_a_quantity_may_have_commas_where_thousands_end(bureau: Bureau) -> None:
    new = reverse("donation_new", args=(SLUG,))
    wrong = {"lines-1-quantity": "1,00", "lines-1-item": "长" * 300}
    page = post(bureau.office, new, **donated(**wrong))
    assert page.context["form"].errors == {
        "lines-1-item": ["此处共300字，最多80字。请精简。"],
        "lines-1-quantity": ["请填写整数，如12。"],
    }
    assert not Donation.objects.exists()
    assert post(bureau.office, new, **donated(**{"lines-1-quantity": "1，000"})).status_code == 302
    [view] = get(bureau.inspector, DONATIONS).context["donations"]
    assert view.goods == ["医用外科口罩 1000 盒"]


@pytest.mark.usefixtures("plan")
def test_a_donation_is_recorded_and_given_to_a_unit(bureau: Bureau) -> None:
    new, give = reverse("donation_new", args=(SLUG,)), reverse("issue_new", args=(SLUG,))
    for changes, field in (
        ({"donor": ""}, "donor"),
        ({"lines-1-quantity": "x"}, "lines-1-quantity"),
        ({"lines-1-quantity": "10000000000"}, "lines-1-quantity"),
        ({"lines-1-unit_value": "99999999"}, "lines-1-unit_value"),
        ({"lines-1-quantity": "1000000", "lines-1-unit_value": "99999"}, "lines-1-unit_value"),
        ({"donor": "长" * 121}, "donor"),
        ({"lines-1-expires_on": "2020-04-08"}, "lines-1-expires_on"),
        ({"lines-1-packing": ""}, "lines-1-packing"),
        ({"happened_on": "2020-03-20"}, "reason_late"),
        ({"receiver_name": bureau.office.label}, "receiver_name"),
        ({"unit": str(bureau.lead_id)}, "signature"),
    ):
        answer = post(bureau.office, new, **donated(**changes))
        assert answer.status_code == 422
        assert field in answer.context["form"].errors, changes
        assert not Donation.objects.exists()
    url = post(bureau.office, new, **donated()).url
    assert "捐-0001" in get(bureau.inspector, url).content.decode()
    late = donated(
        happened_on="2020-03-20", reason_late="方案启动前", unit=str(bureau.lead_id), confirmed_by_name="on"
    )
    assert post(bureau.office, new, **late).url == reverse(
        "donation", args=(Donation.objects.latest("pk").pk,)
    )
    page = get(bureau.finance, DONATIONS)
    assert (page.context["total_minor"], page.context["may_issue"]) == (1800_00, False)
    item = Lot.objects.earliest("pk").item_id
    sent = {"unit": str(bureau.lead_id), "happened_on": "2020-04-09", "receiver_name": "江守渡"}
    assert (
        post(bureau.office, give, **sent, **{f"item-{item}": "11", "confirmed_by_name": "on"}).status_code
        == 422
    )
    assert post(bureau.office, give, **sent, **{f"item-{item}": "4"}).status_code == 422
    given = {**sent, f"item-{item}": "4", "confirmed_by_name": "on"}
    assert post(bureau.office, give, **given).url == reverse("issue", args=(Issue.objects.latest("pk").pk,))
    assert sum(books().values()) == 6
    assert Issue.objects.count() == 2
    last = {**sent, f"item-{item}": "6", "confirmed_by_name": "on", "key": str(uuid4())}
    answers = {post(bureau.office, give, **last).url for _time in range(2)}
    assert answers == {reverse("issue", args=(Issue.objects.latest("pk").pk,))}, (
        "posted twice, answered alike"
    )
    assert (sum(books().values()), Issue.objects.count()) == (0, 3)
    assert "donations/issue" not in get(bureau.office, DONATIONS).content.decode()
    assert get(bureau.finance, DONATIONS).context["issues"][1].goods[0].startswith("医用外科口罩 4 盒")
    assert verify() == []


@pytest.mark.usefixtures("plan")
def test_one_thing_in_two_packings_stands_under_two_labels(bureau: Bureau) -> None:
    boxes = {"lines-2-item": "医用外科口罩", "lines-2-packing": "箱", "lines-2-quantity": "2"}
    boxes |= {"lines-2-unit_value": "900", "lines-2-number": "k2"}
    post(bureau.office, reverse("donation_new", args=(SLUG,)), **donated(**boxes))
    form = get(bureau.office, reverse("issue_new", args=(SLUG,))).context["form"]
    words = _("%(item)s (%(packing)s)")
    expected = [words % {"item": "医用外科口罩", "packing": packing} for packing in ("盒", "箱")]
    assert [str(row.packs.label) for row in form.items] == expected
    url = post(bureau.finance, reverse("count_new", args=(SLUG,))).url
    labels = [str(row.packs.label) for row in get(bureau.finance, url).context["form"].lots]
    assert [label.split(" · ")[0] for label in labels] == expected


@pytest.mark.usefixtures("plan")
def test_what_a_unit_got_wrongly_is_taken_back_on_its_page(bureau: Bureau) -> None:
    page = post(bureau.office, reverse("donation_new", args=(SLUG,)), **donated()).url
    item = Lot.objects.get().item_id
    given = {
        "unit": str(bureau.lead_id),
        "happened_on": "2020-04-09",
        "receiver_name": "江守渡",
        "confirmed_by_name": "on",
        f"item-{item}": "4",
    }
    issue = post(bureau.office, reverse("issue_new", args=(SLUG,)), **given).url
    for reader, may in ((bureau.office, True), (bureau.inspector, False), (bureau.finance, False)):
        shown = get(reader, issue)
        assert (shown.context["taking_back"] is not None, shown.context["why_not"]) == (may, "")
        assert "江*渡" in shown.content.decode()
    assert get(bureau.liaison, issue).status_code == 404
    cancelling = get(bureau.office, page).context
    assert (cancelling["cancelling"], [row["row"].pk for row in cancelling["issues"]]) == (
        None,
        [Issue.objects.get().pk],
    )
    assert cancelling["why_not"] in get(bureau.office, page).content.decode()
    assert get(bureau.finance, page).context["why_not"] == ""
    later = get(bureau.office, issue, 10).context
    assert (later["taking_back"], bool(later["why_not"])) == (None, True), "somebody else has to"
    back = f"{issue}take-back/"
    assert post(bureau.finance, back, reason="发错", sure="on").status_code == 403
    for sent in ({"reason": "发错"}, {"sure": "on"}):
        assert post(bureau.office, back, **sent).status_code == 422
        assert sum(books().values()) == 6
    assert post(bureau.office, back, day=10, reason="发错", sure="on").status_code == 403
    assert sum(books().values()) == 6
    assert post(bureau.office, back, reason="发错单位", sure="on").url == issue
    assert sum(books().values()) == 10
    assert "发错单位" in get(bureau.inspector, issue).content.decode()
    assert post(bureau.office, back, reason="发错", sure="on").status_code == 422
    assert get(bureau.inspector, DONATIONS).context["issues"][0].card.withdraw_reason == "发错单位"
    assert (
        f'href="{issue}"'
        in get(bureau.inspector, reverse("lot", args=(Lot.objects.get().pk,))).content.decode()
    )
    assert post(bureau.office, f"{page}cancel/", reason="数量录错", sure="on").url == page
    assert verify() == []


@pytest.mark.usefixtures("plan")
def test_two_lots_of_one_thing_are_one_figure_and_a_reason_needed_at_times_is_not_optional(
    bureau: Bureau,
) -> None:
    new = reverse("donation_new", args=(SLUG,))
    first = {name.replace("lines-1", "lines-0"): value for name, value in donated().items()}
    second = {"lines-1-quantity": "40", "lines-1-number": "k2"}
    post(bureau.office, new, **{**donated(), **first, **second})
    [view] = get(bureau.inspector, DONATIONS).context["donations"]
    assert view.goods == ["医用外科口罩 50 盒"]
    for url in (new, reverse("issue_new", args=(SLUG,))):
        page = get(bureau.office, url).content.decode()
        label = re.search(r'<label for="id_reason_late">(.*?)</label>', page, re.DOTALL)
        assert label
        assert "<small>" not in label[1], "the hint says when it is needed"


@pytest.mark.usefixtures("plan")
def test_a_donation_straight_to_a_unit_is_cancelled_on_its_page_alone(bureau: Bureau) -> None:
    sent = donated(unit=str(bureau.lead_id), confirmed_by_name="on")
    page = post(bureau.office, reverse("donation_new", args=(SLUG,)), **sent).url
    issue = reverse("issue", args=(Issue.objects.get().pk,))
    shown = get(bureau.office, issue)
    assert (shown.context["taking_back"], bool(shown.context["why_not"])) == (None, True)
    assert f'href="{page}"' in shown.content.decode()
    assert post(bureau.office, f"{issue}take-back/", reason="发错", sure="on").status_code == 422
    assert post(bureau.office, f"{page}cancel/", reason="送错单位", sure="on").url == page
    assert "送错单位" in get(bureau.inspector, issue).content.decode()
    assert get(bureau.office, issue).context["why_not"] == ""
    assert verify() == []


def test_who_may_not_look_into_a_store_finds_nothing_there(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (47, 85_00)}, "1")
    [lot_id] = books()
    post(bureau.finance, reverse("count_new", args=(SLUG,)))
    post(bureau.office, reverse("lot_dispose", args=(lot_id,)), quantity="7", reason="腐烂")
    post(bureau.office, reverse("donation_new", args=(SLUG,)), **donated())
    hidden = [
        reverse("lot", args=(lot_id,)),
        reverse("count", args=(Count.objects.get().pk,)),
        reverse("disposal", args=(Disposal.objects.get().pk,)),
        reverse("donation", args=(Donation.objects.get().pk,)),
        reverse("purchase_receive", args=(Purchase.objects.get().pk,)),
    ]
    for url in hidden:
        assert get(bureau.liaison, url).status_code == 404
        assert post(bureau.liaison, url).status_code in {404, 405}
    for url in (STOCK, DONATIONS, reverse("donation_new", args=(SLUG,)), reverse("count_new", args=(SLUG,))):
        assert get(bureau.liaison, url).status_code == 403
    for url in (reverse("donation_new", args=(SLUG,)), reverse("issue_new", args=(SLUG,))):
        assert get(bureau.finance, url).status_code == 403
    assert (
        get(bureau.finance, reverse("purchase_receive", args=(Purchase.objects.get().pk,))).status_code == 302
    )
    assert get(bureau.office, hidden[-1]).status_code == 403
