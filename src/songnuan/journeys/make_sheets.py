"""A paper of a plan is made from what the ledgers hold; the look at the names on it is recorded."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.documents.sheet_paper import SheetPaper
from songnuan.goods.shares import shares
from songnuan.journeys.base import journey
from songnuan.journeys.goods_paper_rows import (
    funds_of,
    gift_rows,
    gifts_past_the_store,
    purchase_rows,
    receipt_rows,
    stock_rows,
)
from songnuan.journeys.goods_papers import (
    gift_receipt,
    gift_register,
    purchase_list,
    receipt_sheet,
    stock_card,
)
from songnuan.journeys.paper_head import PaperHead, head_of
from songnuan.journeys.visit_paper_rows import VisitPaperRow, packs, visit_rows, visits_of
from songnuan.journeys.visit_papers import unit_table, visit_record, visit_register, visit_sheet
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require, scope
from songnuan.plans.models import Measure, Plan
from songnuan.plans.queries import visible_plans
from songnuan.records import actions as records
from songnuan.visits.checklist import checklist
from songnuan.visits.kept import heard
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.owed import kit_of_visits
from songnuan.visits.queries import of_measure

_PAPERS = "zh-hans"


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Which paper of which plan.

    `visit_id` names one visit, `donation_id` one gift; `lead_id` and `day` narrow sheets to take along.
    `with_blanks` adds rows for units still to come, `is_full` leaves names and numbers unmasked.
    """

    kind: str
    slug: str
    visit_id: int | None = None
    donation_id: int | None = None
    lead_id: int | None = None
    day: date | None = None
    with_blanks: bool = False
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Whom a paper is made for, and from what: `address` gives that of a visit's form, on the site."""

    plan: Plan
    order: SheetOrder
    head: PaperHead
    actor: Actor
    at: datetime
    address: Callable[[int], str] | None

    @property
    def day(self) -> date:
        """The day on which it is made."""
        return self.head.day


@dataclass(frozen=True, slots=True)
class SheetKind:
    """A kind of paper: its name, what it holds, and what permits names in full where they are masked."""

    label: Promise
    about: Promise
    compose: Callable[[Desk], list[SheetPaper]]
    of_money: bool
    full: Permission | None


@journey
def make_sheets(
    *, order: SheetOrder, address: Callable[[int], str] | None, actor: Actor, at: datetime
) -> list[SheetPaper]:
    """Return the papers asked for, at least one, masked unless asked for in full; the look is recorded.

    Raises:
        NotPermitted: `not_permitted`.
        Refusal: `sheet_unknown`, `sheet_empty`, `visit_unknown`, `sheet_after_visit`, `sheet_before_visit`.

    """
    kind = KINDS.get(order.kind)
    if kind is None:
        raise Refusal("sheet_unknown", _("There is no such paper. Choose one of the list."))
    plan = visible_plans(actor, at).filter(slug=order.slug).first()
    if plan is None:
        refuse(Permission.PLAN_VIEW)
    if kind.of_money:
        require(actor, Permission.FUND_VIEW, unit_id=plan.unit_id, at=at)
    desk = Desk(plan, order, head_of(plan, day_of(at)), actor, at, address)
    if order.is_full:
        _require_full(desk, kind)
    with translation.override(_PAPERS):
        papers = kind.compose(desk)
    if not papers:
        raise _nothing(kind, order)
    records.note_paper(
        stream=f"plan:{plan.slug}",
        subject=_subject(order),
        kind=order.kind,
        papers=len(papers),
        is_full=order.is_full,
        actor=actor,
        at=at,
    )
    return papers


def _nothing(kind: SheetKind, order: SheetOrder) -> Refusal:
    """Return that there is nothing to print; of a day without visits, that it has none."""
    if order.kind == "visit_sheet" and order.day:
        sentence = _("On %(day)s no visit is left to make. Choose another day, or leave the day empty.")
        return Refusal("sheet_empty", sentence % {"day": written(order.day, "full")}, field="day")
    sentence = _("There is nothing to put on this paper yet: %(paper)s.") % {"paper": kind.label}
    return Refusal("sheet_empty", sentence)


def _subject(order: SheetOrder) -> str:
    """Return what a paper is about."""
    if order.visit_id:
        return f"visits.visit:{order.visit_id}"
    return f"goods.donation:{order.donation_id}" if order.donation_id else f"plans.plan:{order.slug}"


def may_show_in_full(kind: SheetKind, plan: Plan, *, unit_id: int | None, actor: Actor, at: datetime) -> bool:
    """Return whether names may be shown in full: of one visit over its unit, else over the plan's."""
    return kind.full is not None and permits(actor, kind.full, unit_id=unit_id or plan.unit_id, at=at)


def _require_full(desk: Desk, kind: SheetKind) -> None:
    order, unit_id = desk.order, desk.plan.unit_id
    if order.visit_id and not kind.of_money:
        visits = Visit.objects.filter(measure__plan=desk.plan, pk=order.visit_id)
        unit_id = visits.values_list("unit_id", flat=True).first() or unit_id
    if kind.full is not None:
        require(desk.actor, kind.full, unit_id=unit_id, at=desk.at)


def _seen(desk: Desk) -> QuerySet[Visit]:
    """Return the plan's visits that the actor may look into; of one visit, that alone.

    Raises:
        Refusal: `visit_unknown`.

    """
    units = scope(desk.actor, Permission.VISIT_VIEW, desk.at)
    visits = Visit.objects.filter(measure__plan=desk.plan, unit__in=units.values("pk"))
    if desk.order.visit_id is None:
        return visits
    visits = visits.filter(pk=desk.order.visit_id)
    if not visits.exists():
        raise Refusal("visit_unknown", _("There is no such visit. Open your list of visits again."))
    return visits


def _visit_sheets(desk: Desk) -> list[SheetPaper]:
    visits, order = _seen(desk), desk.order
    if order.visit_id and visits.filter(status=VisitStatus.RECORDED).exists():
        sentence = _("This visit is recorded already. Print its record instead of a sheet to fill in.")
        raise Refusal("sheet_after_visit", sentence)
    to_do = visits.filter(status=VisitStatus.PLANNED)
    if not order.visit_id:
        to_do = to_do.filter(measure=visits_of(desk.plan))
    if order.lead_id:
        to_do = to_do.filter(lead=order.lead_id)
    if order.day:
        to_do = to_do.filter(planned_on=order.day)
    rows = visit_rows(_ids(to_do), desk.day, is_full=order.is_full)
    seen = set(scope(desk.actor, Permission.VISIT_VIEW, desk.at).values_list("pk", flat=True))
    before = heard({row.unit_id for row in rows}, desk.day, seen=seen)
    kit = _kit(desk.plan)[1]
    checks = list(checklist(desk.plan.pk).values())
    return [
        visit_sheet(
            row,
            before.get(row.unit_id),
            head=desk.head,
            kit=kit,
            checks=checks,
            address=desk.address,
            is_full=order.is_full,
        )
        for row in rows
    ]


def _visit_records(desk: Desk) -> list[SheetPaper]:
    recorded = _seen(desk).filter(status=VisitStatus.RECORDED)
    rows = visit_rows(_ids(recorded), desk.day, is_full=desk.order.is_full)
    if desk.order.visit_id and not rows:
        sentence = _("This visit is not recorded yet. Print the sheet to take along instead.")
        raise Refusal("sheet_before_visit", sentence)
    return [visit_record(row, head=desk.head, is_full=desk.order.is_full) for row in rows]


def _visit_register(desk: Desk) -> list[SheetPaper]:
    recorded = _seen(desk).filter(status=VisitStatus.RECORDED)
    rows = visit_rows(_ids(recorded), desk.day, is_full=desk.order.is_full)
    every = Visit.objects.filter(measure__plan=desk.plan, status=VisitStatus.RECORDED).count()
    if not rows:
        return []
    is_partial = len(rows) < every
    return [visit_register(rows, head=desk.head, is_partial=is_partial, is_full=desk.order.is_full)]


def _units(desk: Desk) -> list[SheetPaper]:
    measure = visits_of(desk.plan)
    if measure is None:
        return []
    of_plan = {row.visit_id: row for row in of_measure(measure.pk, desk.day)}
    ids = _ids(_seen(desk).filter(measure=measure))
    rows = sorted(visit_rows(ids, desk.day, is_full=desk.order.is_full), key=lambda row: row.unit_id)
    states = {pk: "已逾期，未走访" if row.overdue else "未走访" for pk, row in of_plan.items()}
    states |= {pk: "延后待批" for pk, row in of_plan.items() if row.asked_on}
    states |= {pk: "不再走访" for pk, row in of_plan.items() if row.lapsed}
    if not rows:
        return []
    return [
        unit_table(
            rows,
            states,
            head=desk.head,
            kit=_kit(desk.plan),
            total_minor=_standard_for(rows, measure),
            is_partial=len(rows) < len(of_plan),
            is_full=desk.order.is_full,
        )
    ]


def _standard_for(rows: Sequence[VisitPaperRow], measure: Measure) -> int | None:
    """Return what the kits of these units come to by the standard; None where visits bring none."""
    kit = kit_of_visits(measure)
    if kit is None:
        return None
    each = shares(kit, measure.plan, [row.unit_id for row in rows])
    return sum(share.standard_minor * share.times for share in each.values())


def _receipts(desk: Desk) -> list[SheetPaper]:
    order = desk.order
    rows = receipt_rows(desk.plan, desk.day, with_blanks=order.with_blanks, is_full=order.is_full)
    funds = "、".join(f"{fund.title}（{fund.document.number}）" for fund in funds_of(desk.plan))
    return [receipt_sheet(rows, head=desk.head, fund=funds, is_full=order.is_full)] if rows else []


def _purchases(desk: Desk) -> list[SheetPaper]:
    bought = ((fund, purchase_rows(fund)) for fund in funds_of(desk.plan))
    return [purchase_list(rows, head=desk.head, fund=fund) for fund, rows in bought if rows]


def _stock(desk: Desk) -> list[SheetPaper]:
    rows = stock_rows(desk.plan, is_full=desk.order.is_full)
    straight = gifts_past_the_store(desk.plan)
    return [stock_card(rows, head=desk.head, straight=straight, is_full=desk.order.is_full)] if rows else []


def _gifts(desk: Desk) -> list[SheetPaper]:
    order = desk.order
    rows = gift_rows(desk.plan, desk.day, donation_id=order.donation_id, is_full=order.is_full)
    return [gift_receipt(row, head=desk.head, is_full=order.is_full) for row in rows]


def _gift_register(desk: Desk) -> list[SheetPaper]:
    rows = gift_rows(desk.plan, desk.day, is_full=desk.order.is_full)
    return [gift_register(rows, head=desk.head, is_full=desk.order.is_full)] if rows else []


def _ids(visits: QuerySet[Visit]) -> Collection[int]:
    return list(visits.values_list("pk", flat=True))


def _kit(plan: Plan) -> tuple[str, str]:
    """Return the standard in yuan and the goods in words, empty where the visits bring none."""
    measure = visits_of(plan)
    kit = kit_of_visits(measure) if measure else None
    if kit is None:
        return "", ""
    parts = ((part.item, part.quantity, part.packing) for part in kit.parts)
    each = "每人" if kit.per_person else ""
    return each + yuan(kit.standard_minor), each + packs(parts)


KINDS: Mapping[str, SheetKind] = MappingProxyType(
    {
        "visit_sheet": SheetKind(
            gettext_lazy("Sheets for visits to make"),
            gettext_lazy("One page a visit, with a code that opens its form; to tick and fill in on site."),
            _visit_sheets,
            of_money=False,
            full=Permission.CONTACT_VIEW,
        ),
        "visit_record": SheetKind(
            gettext_lazy("Records of visits"),
            gettext_lazy("One page a visit that was made: who, what was found, the signature."),
            _visit_records,
            of_money=False,
            full=Permission.CONTACT_VIEW,
        ),
        "visit_register": SheetKind(
            gettext_lazy("Register of visits"),
            gettext_lazy("All visits made, one a line."),
            _visit_register,
            of_money=False,
            full=Permission.CONTACT_VIEW,
        ),
        "units": SheetKind(
            gettext_lazy("Table of units and how they stand"),
            gettext_lazy("Every unit with its lead, its kit and whether it was visited."),
            _units,
            of_money=False,
            full=Permission.CONTACT_VIEW,
        ),
        "receipts": SheetKind(
            gettext_lazy("Receipt sheet of goods"),
            gettext_lazy(
                "What each unit got, at which price, and its signature; sums in figures and in words."
            ),
            _receipts,
            of_money=True,
            full=Permission.PURCHASE_RECORD,
        ),
        "purchases": SheetKind(
            gettext_lazy("List of purchases"),
            gettext_lazy("Every invoice with its voucher; cancelled ones stand apart and count nowhere."),
            _purchases,
            of_money=True,
            full=None,
        ),
        "stock_card": SheetKind(
            gettext_lazy("Register of the store"),
            gettext_lazy("What came in, what went out to whom, and what was left each time."),
            _stock,
            of_money=True,
            full=Permission.PURCHASE_RECORD,
        ),
        "gifts": SheetKind(
            gettext_lazy("Register of gifts"),
            gettext_lazy(
                "Every gift with its value and who took it; cancelled ones are struck and not counted."
            ),
            _gift_register,
            of_money=True,
            full=Permission.DONATION_RECORD,
        ),
        "gift_receipts": SheetKind(
            gettext_lazy("Receipts for gifts"),
            gettext_lazy(
                "One page a gift, for the giver: what was given, its value in figures and in words."
            ),
            _gifts,
            of_money=True,
            full=Permission.DONATION_RECORD,
        ),
    }
)
"""The papers of a plan, in the order they are offered."""
