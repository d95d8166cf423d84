"""Earmarked money (专项资金): a fund under a numbered document, for this plan and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from pydantic import Field

from songnuan.funds import queries
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


class FundSettings(Settings):
    """Which of the plan's funds the clause speaks of."""

    number: str = Field(description="专项资金文号 / document number of the fund")


def lint(plan: PlanFile, clause: ClauseEntry, settings: FundSettings) -> Iterator[LintFinding]:
    """The number is one of the plan's funds."""
    if all(fund.number != settings.number for fund in plan.funds):
        yield LintFinding(
            code="fund_unknown",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("The plan has no fund under the number “%(number)s”.") % {"number": settings.number},
            mend=_("Correct the number, or add the fund to the head of the plan."),
        )


def open_(_opening: Opening) -> None:
    """Nothing to do: the funds of a plan are opened with the plan, before any measure that spends."""


def progress(measures: Sequence[Measure], _at: datetime) -> Mapping[int, Progress]:
    """Show what was appropriated, disbursed and is left.

    Done is a fund that is closed, or of which nothing is left.
    """
    funds = {
        plan_id: {row.document_number: row for row in rows}
        for plan_id, rows in queries.of_plans({measure.plan_id for measure in measures}).items()
    }
    return {measure.pk: _one(funds[measure.plan_id].get(measure.settings["number"])) for measure in measures}


def _one(fund: queries.FundRow | None) -> Progress:
    if fund is None or not (fund.balance.appropriated or fund.closed_at):
        return Progress(due=1, headline=_("No money appropriated yet"), next=_("Appropriate the fund"))
    balance = fund.balance
    return Progress(
        done=int(fund.closed_at is not None or not (balance.available or balance.committed)),
        due=1,
        money_minor=balance.disbursed,
        budget_minor=balance.appropriated,
        in_money=True,
        headline=_("%(spent)s of %(total)s yuan spent")
        % {"spent": yuan(balance.disbursed), "total": yuan(balance.appropriated)},
        notes=tuple(_notes(fund)),
    )


def _notes(fund: queries.FundRow) -> Iterator[str]:
    """Yield what is left of a fund, what went back, and when it was closed."""
    balance = fund.balance
    if fund.closed_at is None:
        yield _("%(left)s yuan available, %(committed)s committed") % {
            "left": yuan(balance.available),
            "committed": yuan(balance.committed),
        }
    if balance.returned:
        yield _("%(returned)s yuan returned") % {"returned": yuan(balance.returned)}
    if fund.closed_at is not None:
        day = written(fund.closed_at.astimezone(CHINA).date(), "full")
        yield _("closed on %(day)s") % {"day": day}


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the entries of the fund's ledger."""
    fund = next(
        (
            row
            for row in queries.of_plan(measure.plan_id)
            if row.document_number == measure.settings["number"]
        ),
        None,
    )
    return [
        Evidence(
            kind="entry",
            ref=str(row.entry_id),
            at=row.at,
            label=_("%(kind)s · %(amount)s yuan · %(voucher)s")
            % {
                "kind": row.kind_label,
                "amount": yuan(row.amount_minor),
                "voucher": row.voucher or _("no voucher"),
            },
        )
        for row in (queries.ledger(fund.fund_id) if fund else ())
    ]


KIND = Kind(
    name="fund",
    label=lambda: _("Earmarked fund"),
    settings=FundSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"number"}),
)
