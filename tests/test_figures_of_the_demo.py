"""Plan 1 of the demo, whole: every figure on its pages and papers is that of the rows below it."""

import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

import pytest
from click.testing import CliRunner
from django.urls import Resolver404, resolve, reverse

from songnuan.approvals.hold_models import Hold
from songnuan.cli.commands import songnuan
from songnuan.cli.demo import NOW, PEOPLE, SLUG, make_demo
from songnuan.cli.demo_emergency import Scale
from songnuan.cli.output import Out
from songnuan.documents.sheet_paper import SheetPaper
from songnuan.funds.models import Account, Fund, Posting
from songnuan.goods.donating import DonationLine
from songnuan.goods.models import Item, Lot, MovementLine, Purchase, PurchaseLine
from songnuan.goods.places import STORE, is_unit
from songnuan.journeys.check_everything import check_everything
from songnuan.journeys.make_sheets import SheetOrder, make_sheets
from songnuan.kernel import keys
from songnuan.kernel.money import capitals, yuan
from songnuan.organisation.models import Assignment, User
from songnuan.organisation.queries import actor_of, now
from songnuan.plans.models import Plan
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit
from web.browsing import as_

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = NOW.date()


@dataclass(frozen=True)
class Ledger:
    """What the rows say, added up one by one: fen, packs by item, and how many."""

    plan: Plan
    fund: Fund
    appropriated: int
    paid: int
    committed: int
    given: int
    in_store: Counter[str]
    handed: Counter[str]
    bought: Counter[str]
    visited: int
    planned: int
    late: int
    late_entries: int
    problems: int
    open_problems: int

    @property
    def available(self) -> int:
        """What is left of the fund, in fen."""
        return self.appropriated - self.paid - self.committed


def ledger() -> Ledger:
    """Add up the rows, without any of the sums that the house keeps."""
    plan = Plan.objects.get(slug=SLUG)
    fund = Fund.objects.get(plan=plan)
    purchases = PurchaseLine.objects.filter(purchase__kit__measure__plan=plan)
    lines = [row for row in purchases if row.purchase.cancelled_at is None]
    in_store, handed, bought = Counter[str](), Counter[str](), Counter[str]()
    for line in lines:
        bought[line.item.name] += line.quantity
    for moved in MovementLine.objects.filter(lot__store__plan=plan).select_related("lot__item"):
        if moved.place == STORE:
            in_store[moved.lot.item.name] += moved.quantity
        elif is_unit(moved.place):
            handed[moved.lot.item.name] += moved.quantity
    visits = list(Visit.objects.filter(measure__plan=plan))
    raised = list(Task.objects.filter(plan_slug=SLUG, source__startswith="visits."))
    return Ledger(
        plan=plan,
        fund=fund,
        appropriated=sum(row.amount_minor for row in fund.entries.filter(kind="appropriate")),
        paid=sum(line.quantity * line.unit_price_minor for line in lines),
        committed=sum(
            row.amount_minor for row in Posting.objects.filter(account=Account.COMMITTED, entry__fund=fund)
        ),
        given=sum(
            row.quantity * row.unit_value_minor
            for row in DonationLine.objects.filter(donation__store__plan=plan)
        ),
        in_store=in_store,
        handed=handed,
        bought=bought,
        visited=sum(visit.status == "recorded" for visit in visits),
        planned=sum(visit.status == "planned" for visit in visits),
        late=sum(visit.status == "planned" and (visit.planned_on or TODAY) < TODAY for visit in visits),
        late_entries=sum(visit.late_entry for visit in visits),
        problems=len(raised),
        open_problems=sum(task.status == "open" for task in raised),
    )


def page(username: str, name: str, *arguments: object) -> str:
    """Return what somebody reads on a page: its texts with a bar between them."""
    answer = as_(actor_of(User.objects.get(username=username))).get(reverse(name, args=arguments))
    assert answer.status_code == 200, name
    (body,) = re.findall(r"(?s)<main.*?</main>", answer.content.decode())
    return re.sub(r"\s*\|[\s|]*", "|", html.unescape(re.sub(r"<[^>]*>", "|", body)))


def papers(kind: str) -> list[SheetPaper]:
    actor = actor_of(
        User.objects.get(username="officer" if kind in {"units", "visit_register"} else "finance")
    )
    return make_sheets(order=SheetOrder(kind, SLUG), address=None, actor=actor, at=now())


def sums(paper: SheetPaper) -> dict[str, int]:
    """Return the sums below the first part of a table, by the heading of their column."""
    assert paper.table is not None
    (total,) = paper.table.parts[0].totals
    return {paper.table.columns[place].heading: figure for place, figure in total.figures}


def rows(paper: SheetPaper) -> int:
    assert paper.table is not None
    return sum(len(group.rows) for part in paper.table.parts for group in part.groups)


def test_every_figure_of_the_demo_is_that_of_its_ledgers() -> None:
    try:
        make_demo(Out(as_json=True), Scale(streets=3, stations=4, days=12))
    finally:
        (keys.home() / "demo.json").unlink(missing_ok=True)
    told = ledger()
    it_is_whole(told)
    the_pages_agree(told)
    the_papers_agree(told)
    the_command_agrees(told)
    assert [finding for _app, found in check_everything() for finding in found] == []
    for fund in Fund.objects.all():
        written = [row.at for row in fund.entries.order_by("pk")]
        assert written == sorted(written), "each book is in the order in which it was written"
    titles_and_hidden_texts_are_chinese()


HALF_WIDTH = re.compile(r"[:,;](?=\s|[\u4e00-\u9fff])")


def titles_and_hidden_texts_are_chinese() -> None:
    """A page of every kind, as the first who gets to it has it: its title, and what only a listener hears."""
    everywhere: set[str] = set()
    wrong: set[tuple[str, str]] = set()
    for username, *_rest in PEOPLE:
        client, waiting = as_(actor_of(User.objects.get(username=username))), ["/", "/approvals/chains/"]
        tried = everywhere - {"home"}
        while waiting:
            path = waiting.pop(0)
            try:
                name = resolve(path).view_name
            except Resolver404:
                continue
            if name in tried:
                continue
            tried.add(name)
            answer = client.get(path)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            everywhere.add(name)
            text = answer.content.decode()
            heard = re.findall(r'(?s)<title>(.*?)</title>|<span class="hide">(.*?)</span>', text)
            said = [html.unescape("".join(one)) for one in heard]
            wrong |= {(name, one.strip()) for one in said if HALF_WIDTH.search(one)}
            waiting += [link.split("#")[0].split("?")[0] for link in re.findall(r'href="(/[^"]*)"', text)]
    assert wrong == set()
    assert {
        "home",
        "stock",
        "donations",
        "approval_chains",
        "visit_record",
        "issue",
        "accounts",
    } <= everywhere


def it_is_whole(told: Ledger) -> None:
    """Plan 1 has all that it is to show."""
    assert Assignment.objects.filter(purpose=SLUG).count() == told.visited + told.planned == 47
    assert (told.visited, told.late, told.late_entries) == (31, 2, 1)
    assert told.problems == 12
    assert Hold.objects.filter(subject__startswith="goods.").count() == 1
    assert Purchase.objects.filter(kit__measure__plan__slug=SLUG).exclude(invoice_file=None).exists()
    bought = Lot.objects.filter(line__isnull=False, store__plan__slug=SLUG)
    assert bought.filter(expires_on__gt=date(2020, 4, 16)).count() == 6
    # A unit that was visited got one kit, no more and no less.
    assert told.handed["苹果"] == told.handed["梨"] == told.visited
    assert told.handed["方便面"] == 2 * told.visited


def the_pages_agree(told: Ledger) -> None:
    money = [yuan(one) for one in (told.appropriated, told.committed, told.paid, told.available)]
    appropriated, committed, paid, available = money
    living, slug = page("finance", "plan", SLUG), SLUG
    assert f"|已完成|{told.visited}|/ 47|" in living
    assert f"|已支付|¥{paid}|" in living
    assert f"共{appropriated}元，已支付{paid}元" in living
    assert f"可用{available}元，已预留{committed}元" in living
    assert f"已走访{told.visited}个 · 已安排{told.planned}个 · 其中逾期{told.late}个" in living
    assert f"补录{told.late_entries}条" in living
    assert f"提出问题{told.problems}个，已办结{told.problems - told.open_problems}个" in living
    for item, packs in told.bought.items():
        needed = 94 if item == "方便面" else 47
        assert f"{item} {packs}/{needed} 箱" in living

    fund = page("finance", "fund", told.fund.pk)
    for label, figure in zip(("已拨入", "已预留", "已支付", "可用"), money, strict=True):
        assert f"|{label}|¥{figure}|" in fund
    assert f"可用余额：人民币{capitals(told.available)}" in fund or capitals(told.available) in fund
    for item, packs in told.bought.items():
        needed = 94 if item == "方便面" else 47
        line = f"|{item}|箱|{needed}|{packs}|{told.in_store[item]}|{told.handed[item]}|"
        assert line in fund
    line = f"|合计|¥{appropriated}|¥{committed}|¥{paid}|¥0.00|¥{available}|"
    assert line in fund
    assert line in page("finance", "funds")
    assert f"|已支付|¥{paid}|" in page("inspector", "inspection_plan", slug)
    for purchase in Purchase.objects.filter(kit__measure__plan=told.plan):
        lines = purchase.lines.all()
        assert yuan(sum(row.quantity * row.unit_price_minor for row in lines)) in page(
            "finance", "purchase", purchase.pk
        )

    store = page("finance", "stock", slug)
    lots = Lot.objects.filter(store__plan=told.plan)
    labels = {row.name: row.label for row in Item.objects.filter(pk__in=lots.values("item"))}
    for item, packs in told.in_store.items():
        assert re.search(rf"\|{labels[item]}\|· 库存{packs} [箱盒桶]\|", store), item
    for lot in lots:
        places = Counter[bool]()
        for moved in lot.lines.all():
            if moved.place == STORE or is_unit(moved.place):
                places[moved.place == STORE] += moved.quantity
        assert re.search(rf"\|{lot.number}\|[^箱]*?\|{places[True]}\|{places[False]}\|", store), lot.number
    gifts = page("office", "donations", slug)
    assert f"|¥{yuan(told.given)}|" in gifts
    assert capitals(told.given) in gifts

    board = page("office", "office")
    assert f"|已走访|{told.visited}|/ 47|" in board
    assert f"|逾期|{told.late}|未办结问题|{told.open_problems}|" in board
    units = page("office", "pairing", slug)
    assert f"|已走访|{told.visited}|逾期|{told.late}|" in units
    home = page("officer", "home")
    assert f"|{told.visited} / 47|" in home


def the_papers_agree(told: Ledger) -> None:
    (purchases,) = papers("purchases")
    assert told.paid in sums(purchases).values()
    assert yuan(told.paid) in str([total.words for total in purchases.table.parts[0].totals])  # type: ignore[union-attr]  # a table
    assert capitals(told.paid) in str([total.words for total in purchases.table.parts[0].totals])  # type: ignore[union-attr]  # a table
    (card,) = papers("stock_card")
    assert card.table is not None
    for part in card.table.parts:
        item = part.title.partition("（")[0].partition(" ")[0]
        figures = {card.table.columns[place].heading: figure for place, figure in part.totals[0].figures}
        assert figures["结存"] == told.in_store[item]
        assert figures["出库"] == told.handed[item]
    (register,) = papers("visit_register")
    assert rows(register) == told.visited
    (units,) = papers("units")
    assert rows(units) == 47
    assert len(papers("visit_record")) == told.visited
    assert len(papers("visit_sheet")) == told.planned
    (receipts,) = papers("receipts")
    price = {
        row.item.name: row.unit_price_minor
        for row in PurchaseLine.objects.filter(purchase__kit__measure__plan=told.plan)
    }
    given = sum(price[item] * packs for item, packs in told.handed.items() if item in price)
    assert given in sums(receipts).values()


def the_command_agrees(told: Ledger) -> None:
    done = CliRunner().invoke(songnuan, ["funds", "check", "--json"], catch_exceptions=False)
    (row,) = (one for one in json.loads(done.stdout)["funds"] if one["plan"] == SLUG)
    assert row["appropriated_minor"] == told.appropriated
    assert row["disbursed_minor"] == told.paid
    assert row["available_minor"] == told.available
