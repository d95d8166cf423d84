"""What the pages of a store say: what is on hold, who decides, what came too late for a count."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.goods.holding import subject_of
from songnuan.goods.models import Count, Disposal, Lot
from songnuan.goods.waiting import expiring
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.record_visit import record_visit
from songnuan.organisation.models import User
from songnuan.plans.models import Plan
from web.browsing import on, visits_of
from web.test_home import due
from web.test_web_stock import STOCK, books, bought_for_later, get, post, titles

pytestmark = pytest.mark.django_db
NEW_COUNT = reverse("count_new", args=(SLUG,))


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


def test_the_form_by_lot_is_the_main_way_and_the_quick_one_says_what_it_leaves_out(
    bureau: Bureau, plan: Plan
) -> None:
    pk = bought_for_later(bureau, plan)
    text = get(bureau.finance, reverse("purchase", args=(pk,))).content.decode()
    by_lot = text.index(reverse("purchase_receive", args=(pk,)) + '"')
    assert text.rindex("<a ", 0, by_lot) == text.rindex('<a class="button main"', 0, by_lot)
    quick = text.index(_("All of it came today"))
    assert by_lot < quick
    assert text.rindex("<button", 0, quick) == text.rindex('<button class="button"', 0, quick)
    hint = _(
        "“All of it came today” takes everything in at once, without lot number and without last good day."
        " Receive by lot what bears either."
    )
    assert hint in text


@pytest.mark.parametrize(
    ("expires", "warned"), [("2020-04-09", True), ("2020-04-10", True), ("2020-04-11", False), ("", False)]
)
def test_goods_that_expire_at_once_are_taken_in_with_a_word(
    bureau: Bureau, plan: Plan, expires: str, *, warned: bool
) -> None:
    receive = reverse("purchase_receive", args=(bought_for_later(bureau, plan),))
    item_id = next(iter(get(bureau.finance, receive).context["form"].open))
    sent = {f"item-{item_id}-quantity": "4", f"item-{item_id}-number": "N1"}
    sent |= {f"item-{item_id}-expires_on": expires}
    answer = post(bureau.finance, receive, came_on="2020-04-09", **sent)
    assert answer.status_code == 302
    assert books() == {Lot.objects.get().pk: 4}
    said = [str(one) for one in get_messages(answer.wsgi_request) if one.level_tag == "warning"]
    assert bool(said) == warned
    assert all("N1" in one for one in said)


def test_goods_of_a_purchase_on_hold_are_marked_in_the_store(bureau: Bureau, plan: Plan) -> None:
    held = buy(bureau, plan, {"苹果": (20, 85_00)}, "1")
    buy(bureau, plan, {"苹果": (27, 85_00)}, "2")
    first, second = (reverse("lot", args=(pk,)) for pk in sorted(books()))
    assert _("on hold") not in get(bureau.finance, STOCK).content.decode()
    hold_id = place_hold(
        subject=subject_of(held),
        reason="发票号码存疑待核",
        picture=None,
        key=uuid4(),
        actor=bureau.inspector,
        at=at(9),
    )
    link = reverse("hold", args=(hold_id,))
    for who in (bureau.finance, bureau.office, bureau.inspector):
        page = get(who, STOCK)
        assert page.content.decode().count(link) == 1
        [item] = page.context["items"]
        assert [view.hold.hold_id if view.hold else None for view in item.lots] == [hold_id, None]
        assert link in get(who, first).content.decode()
        assert link not in get(who, second).content.decode()


def test_an_empty_or_strange_figure_is_answered_with_what_to_enter(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (20, 85_00)}, "1")
    [lot_id] = books()
    url = post(bureau.finance, NEW_COUNT).url
    field = f"lot-{lot_id}"
    for typed, sentence in (
        ("", _("Fill this in.")),
        ("三", _("Enter whole packs, such as 12.")),
        ("-1", _("This is too small: at least %(limit_value)s has to be entered.") % {"limit_value": 0}),
        (
            "9" * 12,
            _("This is too large: at most %(limit_value)s can be entered.") % {"limit_value": 1_000_000_000},
        ),
    ):
        answer = post(bureau.finance, url, **{field: typed})
        assert answer.status_code == 422
        assert answer.context["form"].errors[field] == [sentence]
    assert Count.objects.get().status == "counting"


def test_who_can_not_decide_reads_who_does(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (20, 85_00)}, "1")
    [lot_id] = books()
    url = post(bureau.finance, NEW_COUNT).url
    post(bureau.finance, url, **{f"lot-{lot_id}": "18"})
    name = User.objects.get(pk=bureau.approver.user_id or 0).name
    assert name
    for who in (bureau.finance, bureau.officer):
        assert name in get(who, url).context["deciders"]
    assert get(bureau.approver, url).context["deciders"] == []
    post(bureau.approver, url, decision="accept", reason="短少")
    assert get(bureau.officer, url).context["deciders"] == []


def test_only_who_decides_about_a_disposal_is_asked_to(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (20, 85_00)}, "1")
    [lot_id] = books()
    post(bureau.office, reverse("lot_dispose", args=(lot_id,)), quantity="5", reason="腐烂")
    page, link = reverse("lot", args=(lot_id,)), reverse("disposal", args=(Disposal.objects.get().pk,))
    for who, words in (
        (bureau.finance, pgettext("a disposal", "See")),
        (bureau.office, pgettext("a disposal", "See")),
        (bureau.approver, _("See and decide")),
    ):
        assert f'<a href="{link}">{words}</a>' in get(who, page).content.decode()


def test_what_of_a_lot_nobody_disposes_of_still_expires(bureau: Bureau, plan: Plan) -> None:
    receive = reverse("purchase_receive", args=(bought_for_later(bureau, plan),))
    item_id = next(iter(get(bureau.finance, receive).context["form"].open))
    sent = {f"item-{item_id}-quantity": "9", f"item-{item_id}-number": "N1"}
    post(
        bureau.finance, receive, came_on="2020-04-09", **sent, **{f"item-{item_id}-expires_on": "2020-04-20"}
    )
    [lot_id] = books()
    ask = reverse("lot_dispose", args=(lot_id,))
    for asked, left in ((4, [5]), (9, [])):
        Disposal.objects.all().delete()
        post(bureau.office, ask, quantity=str(asked), reason="受潮")
        assert [lot.quantity for lot in expiring([plan.pk], date(2020, 4, 9))] == left
        with on(at(9)):
            parts = [part for item in due(bureau.finance) if item.url == STOCK for part in item.parts]
        waits = _("%(packs)s %(packing)s more wait to be disposed of") % {"packs": asked, "packing": "箱"}
        assert [(part.title, part.detail.endswith(f" · {waits}")) for part in parts] == [
            (f"方便面 {packs} 箱", True) for packs in left
        ], "the two figures add up to those of the store"


def test_what_is_entered_after_a_count_stands_below_it_and_it_is_counted_again(
    bureau: Bureau, plan: Plan
) -> None:
    """The store is counted on the 9th; a visit of the 8th that took goods is entered after the decision."""
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}, "1")
    url = post(bureau.finance, NEW_COUNT).url
    counted = {f"lot-{lot_id}": str(packs - 1) for lot_id, packs in books().items()}
    post(bureau.finance, url, **counted)
    post(bureau.approver, url, decision="accept", reason="短少")
    before = [
        (line.booked, line.since, line.difference) for line in get(bureau.officer, url).context["differing"]
    ]
    assert get(bureau.officer, url).context["after"] == []
    assert url + "#after" not in titles(bureau.finance)
    report = bureau.report(at(8), entry_reason="补录")
    entered = {"report": report, "key": uuid4(), "actor": bureau.liaison, "at": at(9, 12)}
    record_visit(visit_id=visits_of(bureau)[0].pk, **entered)  # type: ignore[arg-type]  # facts of the right kinds
    page = get(bureau.officer, url)
    assert [(line.booked, line.since, line.difference) for line in page.context["differing"]] == before
    assert [(line.row.item, line.row.packs) for line in page.context["after"]] == [
        ("方便面", -2),
        ("苹果", -1),
        ("梨", -1),
    ]
    assert _("The store has to be counted again.") in page.content.decode()
    assert not get(bureau.approver, url).context["may_count"]
    assert get(bureau.finance, url).context["may_count"]
    assert url + "#after" in titles(bureau.finance)
    assert url + "#after" not in titles(bureau.approver)
    again = post(bureau.finance, NEW_COUNT, day=10).url
    assert get(bureau.finance, url, 10).context["after"] == [], "who counts does not see what moved"
    all_of_it = {f"lot-{lot_id}": str(packs) for lot_id, packs in books().items()}
    post(bureau.finance, again, day=10, **all_of_it)
    assert url + "#after" not in titles(bureau.finance, 10)
    page = get(bureau.officer, url, 10)
    assert again in page.content.decode()
    assert _("The store has to be counted again.") not in page.content.decode()
