"""`songnuan funds`: proofs of the ledgers, one ledger to read, the bookkeeper's workbook."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.checking import report
from songnuan.cli.output import Out, command
from songnuan.funds import checks as fund_checks
from songnuan.funds.models import Fund
from songnuan.funds.queries import Balance, LedgerRow, balance_of, ledger
from songnuan.goods import checks as goods_checks
from songnuan.journeys.find import plan_named
from songnuan.journeys.fund_book import fund_book, summary_of, told_of
from songnuan.journeys.fund_clauses import clause_numbers, own_clauses
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now
from songnuan.payments import checks as payment_checks
from songnuan.plans.models import PlanStatus
from songnuan.records.rules import folded_number


@click.group()
def funds() -> None:
    """Earmarked funds."""


def _figures(balance: Balance) -> dict[str, int]:
    """Return the five figures as programs read them, in fen."""
    return {
        "appropriated_minor": balance.appropriated,
        "committed_minor": balance.committed,
        "disbursed_minor": balance.disbursed,
        "returned_minor": balance.returned,
        "available_minor": balance.available,
    }


def _heads() -> tuple[str, ...]:
    return (_("Appropriated"), _("Committed"), _("Disbursed"), _("Returned"), _("Available"))


def _five(rows: Sequence[Fund]) -> Table:
    """Return the five figures of funds as people read them."""
    table = Table(_("Document"), _("Fund"))
    for head in _heads():
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(row.document.number, row.title, *map(yuan, _figures(balance_of(row)).values()))
    return table


def _head(fund: Fund) -> dict[str, object]:
    return {
        "fund": f"funds.fund:{fund.pk}",
        "document": fund.document.number,
        "title": fund.title,
        "plan": fund.plan.slug,
        "granted_minor": fund.granted_minor,
        **_figures(balance_of(fund)),
        "closed_at": fund.closed_at,
    }


@funds.command("check")
@command
def check_funds(*, out: Out) -> None:
    """Prove that every fund agrees with its postings, its lists of payments and its stock.

    Exits with 1 where anything disagrees. Every fund stands with its five figures.
    """
    rows = list(Fund.objects.select_related("document", "plan").order_by("pk"))
    if rows:
        out.beforehand(_five(rows))
    report(
        out,
        [*fund_checks.verify(), *goods_checks.verify(), *payment_checks.verify()],
        {"funds": [_head(row) for row in rows]},
        _("Funds, lists of payments and stock agree with their ledgers."),
    )


@funds.command("ledger")
@click.argument("document_number")
@command
def show_ledger(*, out: Out, document_number: str) -> None:
    """Show every entry of the funds under a document, each with the five figures after it.

    The year may stand in any brackets: [2020] is found as 〔2020〕.
    """
    asked = folded_number(document_number)
    every = Fund.objects.select_related("document", "plan").order_by("pk")
    rows = [row for row in every if folded_number(row.document.number) == asked]
    if not rows:
        sentence = _("There is no fund under the number “%(number)s”. Check how the number is written.")
        raise Refusal("fund_unknown", sentence % {"number": document_number})
    own = own_clauses(rows)
    entries = [(row, ledger(row.pk)) for row in rows]
    document = {
        "funds": [
            {**_head(row), "entries": [_entry(line, own[row.pk]) for line in lines]} for row, lines in entries
        ]
    }
    out.document(document, _table(entries, own))


def _entry(row: LedgerRow, own: str) -> dict[str, object]:
    """Return an entry as programs read it; what names no clause stands under the fund's own."""
    return {
        "entry": row.entry_id,
        "kind": row.kind,
        "amount_minor": row.amount_minor,
        "happened_on": row.happened_on,
        "entered_at": row.at,
        "entered_by": row.entered_by,
        "late_entry": row.late_entry,
        "voucher": row.voucher,
        "clause": row.clause_key or own,
        "for": row.subject,
        "reason": row.reason,
        "commitment": row.draws_on,
        "reverses": row.reverses,
        "reversed": row.is_reversed,
        "after": _figures(row.after),
    }


def _table(entries: Sequence[tuple[Fund, Sequence[LedgerRow]]], own: Mapping[int, str]) -> Table:
    table = Table(_("Day"), _("Summary"), _("Clause"), _("Voucher"))
    for head in (_("Amount"), *_heads()):
        table.add_column(head, justify="right")
    table.add_column(_("Late entry"))
    for fund, rows in entries:
        told, numbers = told_of(fund), clause_numbers(fund.plan)
        for row in rows:
            table.add_row(
                written(row.happened_on, "full"),
                summary_of(row, fund, told),
                numbers.get(row.clause_key or own[fund.pk], ""),
                row.voucher,
                _signed(row),
                *map(yuan, _figures(row.after).values()),
                _("late") if row.late_entry else "",
            )
    return table


def _signed(row: LedgerRow) -> str:
    """Return what an entry added to what is available, or took; without a sign where it did neither."""
    if not row.freed_minor:
        return yuan(row.amount_minor)
    return f"+{yuan(row.freed_minor)}" if row.freed_minor > 0 else yuan(row.freed_minor)


@funds.command("export")
@click.argument("plan_name", metavar="PLAN")
@click.option("--to", "path", required=True, type=click.Path(dir_okay=False, path_type=Path))
@command
def export(*, out: Out, plan_name: str, path: Path) -> None:
    """Write the books of all funds of PLAN (its short name or its title) as a workbook for the bookkeeper."""
    plan = plan_named(plan_name)
    rows = list(Fund.objects.filter(plan=plan).select_related("document", "plan").order_by("pk"))
    if not rows:
        sentence = _("“%(title)s” has no fund. One is opened when the plan is opened.")
        if plan.status in {PlanStatus.OPEN, PlanStatus.CLOSED}:
            sentence = _("“%(title)s” has no fund: its text sets no money aside, so there are no books.")
        raise Refusal("fund_unknown", sentence % {"title": plan.title})
    if not path.parent.is_dir():
        sentence = _("There is no folder “%(folder)s”. Make it, or choose another.")
        raise Refusal("folder_missing", sentence % {"folder": path.parent}, field="to")
    with path.open("wb") as to:
        fund_book(plan=plan, funds=rows, at=now(), to=to)
    document = {"plan": plan.slug, "file": str(path), "funds": [_head(row) for row in rows]}
    words = _("The books of %(count)s funds were written to %(path)s.")
    out.document(document, words % {"count": len(rows), "path": path})
