"""The bookkeeper's workbook (记账用工作簿) of some funds of one plan, in the reader's language."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.documents.account_book import Cell, Field, Part, Sheet, write_book
from songnuan.funds.figures import together
from songnuan.funds.models import VOUCHED, Account, Fund, Kind, Posting
from songnuan.funds.queries import Balance, LedgerRow, balance_of, ledger, reversals_of
from songnuan.goods.models import Purchase, PurchaseRequest
from songnuan.goods.request_rules import request_number
from songnuan.journeys.fund_clauses import clause_numbers, clause_rows, own_clauses
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import capitals
from songnuan.organisation.queries import names_then
from songnuan.payments.models import PaymentList
from songnuan.payments.rules import list_number
from songnuan.plans.models import Plan

_EMPTY = Balance(0, 0, 0, 0)


def fund_book(*, plan: Plan, funds: Sequence[Fund], at: datetime, to: BinaryIO) -> None:
    """Write the workbook of these funds, each read with its document, as they stand at `at`.

    Sheets: 总账; a 明细账, 分录 and 凭证 for each fund; 按条款. Every sum is a formula.
    """
    when = at.astimezone(CHINA)
    unit = names_then({plan.unit_id}, when.date()).get(plan.unit_id, "")
    head = (
        _("Unit: %(unit)s   Plan: %(plan)s") % {"unit": unit, "plan": plan.title},
        _("Amounts in yuan   Printed on: %(day)s") % {"day": written(when.date(), "full")},
    )
    names, numbers = own_clauses(funds), clause_numbers(plan)
    sheets = [_general(funds, head)]
    for place, fund in enumerate(funds, 1):
        mark = f" {place}" if len(funds) > 1 else ""
        rows = ledger(fund.pk)
        told = told_of(fund)
        clauses = {"": numbers.get(names[fund.pk], ""), **numbers}
        sheets.append(_detail(fund, rows, told, clauses, (head, mark)))
        sheets.append(_postings(fund, rows, told, (head, mark)))
        sheets.append(_vouchers(fund, rows, told, (head, mark)))
    sheets.append(_clauses(plan, funds, head))
    write_book(_("Books of the fund"), sheets, when, to)


def _money(heading: str) -> Field:
    return Field(heading, 14, "money")


def _figures(first: int) -> list[Field]:
    """Return the columns of the five figures, which begin at the column `first`."""
    takes = (first + 1, first + 2, first + 3)
    return [
        _money(_("Appropriated")),
        _money(_("Committed")),
        _money(_("Disbursed")),
        _money(_("Returned")),
        Field(_("Available"), 14, "balance", adds=(first,), takes=takes),
    ]


def _cells(balance: Balance) -> tuple[int, int, int, int, int]:
    return (
        balance.appropriated,
        balance.committed,
        balance.disbursed,
        balance.returned,
        balance.available,
    )


def _words(balance: Balance) -> tuple[str, ...]:
    return (
        _("Appropriated in words: %(words)s") % {"words": capitals(balance.appropriated)},
        _("Disbursed in words: %(words)s") % {"words": capitals(balance.disbursed)},
        _("Returned in words: %(words)s") % {"words": capitals(balance.returned)},
        _("Available in words: %(words)s") % {"words": capitals(balance.available)},
    )


def _general(funds: Sequence[Fund], head: Sequence[str]) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            fund.document.number,
            fund.title,
            fund.document.issuer,
            fund.granted_minor,
            *_cells(balance_of(fund)),
            fund.closed_at.astimezone(CHINA).date() if fund.closed_at else None,
        )
        for fund in funds
    ]
    fields = (
        Field(_("Document number"), 24),
        Field(_("Fund"), 26),
        Field(_("Issued by"), 18),
        _money(_("Granted")),
        *_figures(4),
        Field(pgettext("fund", "Closed on"), 14, "day"),
    )
    name = _("General ledger")
    total = _("Total")
    words = _words(together(map(balance_of, funds)))
    return Sheet(name, name, head, fields, rows, total=total, foot=words, each_alone=True)


def _detail(
    fund: Fund,
    rows: Sequence[LedgerRow],
    told: Mapping[int, str],
    clauses: Mapping[str, str],
    frame: tuple[Sequence[str], str],
) -> Sheet:
    head, mark = frame
    fields = (
        Field(_("Day"), 14, "day"),
        Field(_("Voucher"), 18),
        Field(_("Summary"), 44),
        Field(_("Clause"), 16),
        *_figures(4),
        Field(_("Entered by"), 12),
        Field(_("Entered at"), 20, "moment"),
        Field(_("Late entry"), 8),
    )
    cells: list[Sequence[Cell]] = [
        (
            row.happened_on,
            row.voucher,
            summary_of(row, fund, told),
            clauses.get(row.clause_key, ""),
            *_cells(change)[:4],
            row.after.available,
            row.entered_by,
            row.at.astimezone(CHINA),
            _("late") if row.late_entry else "",
        )
        for row, change in _changes(rows)
    ]
    name = _("Detailed ledger")
    return Sheet(
        name=f"{name}{mark}",
        title=_("%(name)s of %(number)s") % {"name": name, "number": fund.document.number},
        notes=(*head, fund.title),
        fields=fields,
        rows=cells,
        total=_("Total"),
        foot=_words(balance_of(fund)),
    )


def _changes(rows: Sequence[LedgerRow]) -> Iterator[tuple[LedgerRow, Balance]]:
    """Yield each row with what it added to each figure."""
    before = _EMPTY
    for row in rows:
        after = row.after
        yield (
            row,
            Balance(
                after.appropriated - before.appropriated,
                after.committed - before.committed,
                after.disbursed - before.disbursed,
                after.returned - before.returned,
            ),
        )
        before = after


def _postings(
    fund: Fund, rows: Sequence[LedgerRow], told: Mapping[int, str], frame: tuple[Sequence[str], str]
) -> Sheet:
    """Return the double entry: a row for each account an entry moves, what arrives first."""
    head, mark = frame
    fields = (
        Field(_("Day"), 14, "day"),
        Field(_("Voucher"), 18),
        Field(_("Summary"), 44),
        Field(pgettext("ledger", "Account"), 14),
        _money(pgettext("ledger", "Debit")),
        _money(pgettext("ledger", "Credit")),
        Field(_("Entered by"), 12),
    )
    moved: dict[int, list[Posting]] = defaultdict(list)
    for posting in Posting.objects.filter(entry__fund=fund).order_by("-amount_minor", "pk"):
        moved[posting.entry_id].append(posting)
    cells: list[Sequence[Cell]] = [
        (
            row.happened_on,
            row.voucher,
            summary_of(row, fund, told),
            str(Account(posting.account).label),
            posting.amount_minor if posting.amount_minor > 0 else None,
            -posting.amount_minor if posting.amount_minor < 0 else None,
            row.entered_by,
        )
        for row in rows
        for posting in moved[row.entry_id]
    ]
    name = pgettext("ledger", "Double entry")
    title = _("%(name)s of %(number)s") % {"name": name, "number": fund.document.number}
    foot = (_("Debit: what arrives in an account. Credit: what leaves it. Both sides are equal."),)
    return Sheet(f"{name}{mark}", title, (*head, fund.title), fields, cells, total=_("Total"), foot=foot)


def _vouchers(
    fund: Fund, rows: Sequence[LedgerRow], told: Mapping[int, str], frame: tuple[Sequence[str], str]
) -> Sheet:
    head, mark = frame
    fields = (
        Field(_("Voucher"), 18),
        Field(_("Day"), 14, "day"),
        Field(_("Entry"), 10),
        Field(_("Summary"), 40),
        _money(_("Amount")),
        Field(pgettext("voucher", "Reversed on"), 14, "day"),
        Field(_("Late entry"), 8),
    )
    vouched = [row for row in rows if row.kind in VOUCHED]
    undone = reversals_of([row.entry_id for row in vouched if row.is_reversed])
    cells: list[Sequence[Cell]] = [
        (
            row.voucher,
            row.happened_on,
            row.kind_label,
            summary_of(row, fund, told),
            row.amount_minor,
            undone[row.entry_id].happened_on if row.is_reversed else None,
            _("late") if row.late_entry else "",
        )
        for row in vouched
    ]
    # Money that came in and money that went out is not added up together, and what was reversed not at all.
    kinds = dict.fromkeys(row.kind_label for row in vouched)
    parts = [Part(_("Total: %(kind)s") % {"kind": kind}, {2: kind, 5: ""}) for kind in kinds]
    name = _("Vouchers")
    title = _("%(name)s of %(number)s") % {"name": name, "number": fund.document.number}
    foot = (_("What was reversed is not counted."),)
    return Sheet(f"{name}{mark}", title, (*head, fund.title), fields, cells, parts=parts, foot=foot)


def _clauses(plan: Plan, funds: Sequence[Fund], head: Sequence[str]) -> Sheet:
    rows: list[Sequence[Cell]] = [
        # What is available is the fund's, and of no clause alone.
        (row.number, row.title, *_cells(row.balance)[:4], "—")
        for row in clause_rows(plan, funds)
    ]
    fields = (Field(_("Clause"), 16), Field(_("Heading"), 34), *_figures(2))
    name = _("By clause")
    words = _words(together(map(balance_of, funds)))
    return Sheet(name, name, head, fields, rows, total=_("Total"), foot=words, each_alone=True)


def told_of(fund: Fund) -> dict[int, str]:
    """Return what each commitment of a fund is for, by entry."""
    asked = PurchaseRequest.objects.filter(fund=fund, commitment__isnull=False)
    told = {
        entry_id or 0: _("Request %(number)s") % {"number": request_number(number)}
        for entry_id, number in asked.values_list("commitment_id", "number")
    }
    listed = PaymentList.objects.filter(fund=fund, commitment__isnull=False)
    told |= {
        entry_id or 0: _("Payment list %(number)s") % {"number": list_number(number)}
        for entry_id, number in listed.values_list("commitment_id", "number")
    }
    bought = Purchase.objects.filter(fund=fund).values_list("commitment_id", "number", "supplier")
    return told | {
        entry_id: _("purchase No. %(number)s, %(supplier)s") % {"number": number, "supplier": supplier}
        for entry_id, number, supplier in bought
    }


def summary_of(row: LedgerRow, fund: Fund, told: Mapping[int, str]) -> str:
    """Return what an entry is about: its kind, what for (`told`), and the reason where one was given."""
    kind = row.kind_label
    if row.undoes:
        kind = _("%(reversal)s of the %(kind)s") % {"reversal": kind, "kind": Kind(row.undoes).label}
    what = told.get(row.draws_on or row.entry_id, "")
    if {row.kind, row.undoes} & {Kind.APPROPRIATE.value, Kind.RETURN.value}:
        what = fund.document.number
    return " · ".join(filter(None, (kind, what, row.reason)))


def printed_name(plan: Plan, day: date) -> str:
    """Return the name of the file."""
    return _("Books of the fund %(plan)s %(day)s.xlsx") % {"plan": plan.title, "day": day.isoformat()}
