"""A paper of a payment list is made from what was frozen, paid and booked; the look at it is recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.documents.sheet_paper import SheetPaper
from songnuan.journeys.base import long_journey, step
from songnuan.journeys.paper_head import head_of
from songnuan.journeys.papers import Paper
from songnuan.journeys.payment_lists import find_list
from songnuan.journeys.payment_paper_rows import PayRow, pay_rows
from songnuan.journeys.payment_papers import ListPapers, payment_detail, sign_sheet, voucher_sheet
from songnuan.journeys.sheet_files import sheet_file
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, require
from songnuan.payments.models import ListStatus, PaymentBatch, PaymentList, PaymentResult
from songnuan.payments.queries import acts_of
from songnuan.payments.release_models import ResultStatus
from songnuan.payments.rules import list_number, subject_of
from songnuan.plans.queries import clause_headings
from songnuan.records import actions as records

DRAWN_MOST: Mapping[str, int] = MappingProxyType({"pdf": 2_000, "docx": 500})
"""Lines that a kind of file holds at most, so that nobody waits long; a workbook holds all there are."""
_PAPERS = "zh-hans"


@dataclass(frozen=True, slots=True)
class PaymentPaperOrder:
    """Which paper of which list, as which kind of file (a key of `sheet_files.FORMS`).

    `batch` is the number of one batch. `is_full` leaves numbers and names whole.
    """

    kind: str
    list_id: int
    form: str
    batch: int | None = None
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class PaymentKind:
    """A kind of paper: its name, what it holds, and whether it has names and numbers that are masked.

    It may be asked for of one batch where it is `by_batch`.
    """

    label: Promise
    about: Promise
    compose: Callable[["_Desk"], list[SheetPaper]]
    of_people: bool
    by_batch: bool = True


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a paper is made from."""

    order: PaymentPaperOrder
    told: ListPapers
    batch: PaymentBatch | None

    @property
    def row(self) -> PaymentList:
        """The list."""
        return self.told.row

    def rows(self) -> list[PayRow]:
        """Return the lines that the paper is about.

        Raises:
            Refusal: `sheet_too_long`.

        """
        count = self.batch.lines_count if self.batch else self.row.lines_count
        limit = DRAWN_MOST.get(self.order.form, count)
        if count > limit:
            sentence = _(
                "This paper has %(count)s lines; this kind of file holds at most %(limit)s. Take it as Excel."
            )
            words = {"count": count, "limit": limit}
            raise Refusal("sheet_too_long", sentence % words, count=count, limit=limit)
        number = self.batch.number if self.batch else None
        with translation.override(_PAPERS):
            return pay_rows(self.row, self.told.head.day, batch=number, is_full=self.order.is_full)


@dataclass(frozen=True, slots=True)
class PaymentPapers:
    """What was made: the papers, which are drawn after it is recorded, and of which list or batch."""

    which: str
    form: str
    papers: tuple[SheetPaper, ...]

    def file(self) -> Paper:
        """Return them as a file.

        Raises:
            Refusal: `no_chinese_font` for a PDF.

        """
        made = sheet_file(self.papers, self.form)
        return replace(made, name=f"{self.which}{made.name}")


@long_journey
def make_payment_papers(*, order: PaymentPaperOrder, actor: Actor, at: datetime) -> PaymentPapers:
    """Return papers of a list, masked unless asked for whole; who made them is recorded.

    A long list is laid out before anything is written, so that nobody waits for it.

    Raises:
        NotPermitted: `not_permitted`.
        Refusal: `sheet_unknown`, `sheet_empty`, `sheet_too_long`, `list_unknown`, `list_not_released`,
            `batch_unknown`.

    """
    kind = KINDS.get(order.kind)
    if kind is None:
        raise Refusal("sheet_unknown", _("There is no such paper. Choose one of the list."))
    row = find_list(order.list_id)
    unit_id = row.measure.plan.unit_id
    require(actor, Permission.BENEFIT_VIEW, unit_id=unit_id, at=at)
    order = replace(order, is_full=order.is_full and kind.of_people)
    if order.is_full:
        require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    told = ListPapers(
        row=row,
        head=head_of(row.measure.plan, day_of(at)),
        clause=_clause(row),
        acts=acts_of(row.pk),
        is_full=order.is_full,
    )
    desk = _Desk(order, told, _batch(order) if kind.by_batch else None)
    papers = kind.compose(desk)
    with step():
        records.note_paper(
            stream=f"fund:{row.fund_id}",
            subject=subject_of(row.pk),
            kind=order.kind,
            papers=len(papers),
            is_full=order.is_full,
            actor=actor,
            at=at,
        )
    which = list_number(row.number) + (f"第{desk.batch.number}批" if desk.batch else "")
    return PaymentPapers(which, order.form, tuple(papers))


def may_show_in_full(kind: PaymentKind, row: PaymentList, actor: Actor, at: datetime) -> bool:
    """Return whether somebody may have a paper of a list with names and numbers whole."""
    unit_id = row.measure.plan.unit_id
    return kind.of_people and permits(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)


def booked_results(list_id: int) -> QuerySet[PaymentResult]:
    """Return what was booked for a list with entries in its fund, in the order it was booked."""
    rows = PaymentResult.objects.filter(
        Q(disbursement__isnull=False) | Q(refund__isnull=False),
        batch__payment_list=list_id,
        status=ResultStatus.BOOKED,
    )
    told = ("batch", "disbursement__entered_by", "refund__entered_by", "decided_by")
    return rows.select_related(*told).order_by("decided_at", "pk")


def _clause(row: PaymentList) -> str:
    key = row.measure.clause_key
    return clause_headings(row.measure.plan, [key]).get(key, key)


def _batch(order: PaymentPaperOrder) -> PaymentBatch | None:
    if order.batch is None:
        return None
    found = PaymentBatch.objects.filter(payment_list=order.list_id, number=order.batch).first()
    if found is None:
        sentence = _("There is no such batch. Open it from the page of its list.")
        raise Refusal("batch_unknown", sentence, field="batch")
    return found


def _sign_sheet(desk: _Desk) -> list[SheetPaper]:
    if desk.row.status != ListStatus.RELEASED:
        sentence = _("This list is not released yet. Release it first.")
        raise Refusal("list_not_released", sentence, list=desk.row.pk)
    return [sign_sheet(desk.told, desk.rows(), desk.batch)]


def _detail(desk: _Desk) -> list[SheetPaper]:
    return [payment_detail(desk.told, desk.rows(), list(booked_results(desk.row.pk)))]


def _vouchers(desk: _Desk) -> list[SheetPaper]:
    results = booked_results(desk.row.pk)
    if desk.batch is not None:
        results = results.filter(batch=desk.batch)
    found = list(results)
    if not found:
        sentence = _("Nothing is booked yet. The annex is made once a result is booked.")
        raise Refusal("sheet_empty", sentence)
    return [voucher_sheet(desk.told, one) for one in found]


KINDS: Mapping[str, PaymentKind] = MappingProxyType(
    {
        "sign_sheet": PaymentKind(
            gettext_lazy("Sheet to sign for payments"),
            gettext_lazy(
                "One line a payment, to be signed by hand with the real name; what was signed for already is"
                " filled in."
            ),
            _sign_sheet,
            of_people=True,
        ),
        "payment_detail": PaymentKind(
            gettext_lazy("Detail of payments"),
            gettext_lazy(
                "What became of every line, why it is this sum, its day and voucher; sums by state in figures"
                " and in words."
            ),
            _detail,
            of_people=True,
            by_batch=False,
        ),
        "payment_voucher": PaymentKind(
            gettext_lazy("Annex of vouchers"),
            gettext_lazy(
                "One page for each result that was booked: voucher, fund, clause, batch and sum, what came"
                " back too."
            ),
            _vouchers,
            of_people=False,
        ),
    }
)
"""The papers of a list, in the order they are offered."""
