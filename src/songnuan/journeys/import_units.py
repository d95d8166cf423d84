"""Front-line units come in from a workbook, each with its lead office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import trail
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.measures.unit_visits import plan_from_pairs
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import UnitKind
from songnuan.organisation.queries import units_by_name
from songnuan.organisation.roster import Problem, UnitRow, UnitSheet, read_units
from songnuan.organisation.rules import LEAD_KINDS
from songnuan.plans.models import Measure, MeasureStatus, Plan


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do. `unchanged` of `accepted` were there already, just so.

    `problems` name the rows that were rejected, with sheet, row from 1, column, code and sentence.
    """

    sheet: str
    columns: dict[str, str]
    rows: int
    accepted: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    problems: Sequence[Problem]


class _Rehearsed(Exception):  # noqa: N818 - carries a result out of a transaction that is to be undone
    def __init__(self, result: Imported) -> None:
        super().__init__()
        self.result = result


def import_units(
    *, content: bytes, slug: str, create_leads: bool, dry_run: bool, actor: Actor, at: datetime
) -> Imported:
    """Import units and pair each with its lead for the plan; rejected rows do not hold up the others.

    Args:
        content: An .xlsx file.
        slug: The plan whose pairing table it is.
        create_leads: Whether a lead office that is not known is created; else its rows are rejected.
        dry_run: Whether only to say what would happen.
        actor: Who.
        at: When.

    Raises:
        Refusal: `plan_unknown`, `not_permitted`, `unreadable`, `too_large`, `header_missing`.

    """
    # Read first, in a process of its own with its limits: nobody else waits for the database meanwhile.
    plan = find_plan(slug)
    sheet = read_units(content, year=(plan.due_on or at.astimezone(CHINA).date()).year)
    if not dry_run:
        return _import(sheet=sheet, plan=plan, create_leads=create_leads, actor=actor, at=at)
    try:
        with transaction.atomic(durable=True), trail():
            _rehearse(_do(sheet, plan, actor, at, create_leads=create_leads))
    except _Rehearsed as rehearsed:
        return rehearsed.result


def _rehearse(result: Imported) -> NoReturn:
    raise _Rehearsed(result)


@journey
def _import(*, sheet: UnitSheet, plan: Plan, create_leads: bool, actor: Actor, at: datetime) -> Imported:
    return _do(sheet, plan, actor, at, create_leads=create_leads)


def _do(sheet: UnitSheet, plan: Plan, actor: Actor, at: datetime, *, create_leads: bool) -> Imported:
    rows, strangers = (sheet.sound, []) if create_leads else _with_leads(sheet, sheet.sound, plan, at)
    result = organisation.import_units(
        bureau_id=plan.unit_id, rows=rows, create_leads=create_leads, actor=actor, at=at
    )
    # Once more, now that leads may have been created: a name may also be that of no lead, or of two.
    rows, nameless = _with_leads(sheet, rows, plan, at)
    _pair(rows, plan, actor, at)
    for measure in Measure.objects.filter(plan=plan, kind="unit_visits", status=MeasureStatus.OPEN):
        plan_from_pairs(measure, actor, at)
    problems = sorted([*sheet.problems, *strangers, *nameless], key=lambda problem: problem.row)
    rejected = {problem.row for problem in problems}
    return Imported(
        sheet=sheet.sheet,
        columns=dict(sheet.columns),
        rows=len({row.row for row in sheet.rows} | rejected),
        accepted=result.accepted,
        created=result.created,
        changed=result.changed,
        unchanged=result.unchanged,
        rejected=len(rejected),
        problems=problems,
    )


def _pair(rows: Sequence[UnitRow], plan: Plan, actor: Actor, at: datetime) -> None:
    day = at.astimezone(CHINA).date()
    units = units_by_name({row.name for row in rows}, day, under=plan.unit_id, kinds=[UnitKind.FRONT_LINE])
    leads = units_by_name({row.lead_name for row in rows}, day, under=plan.unit_id, kinds=LEAD_KINDS)
    organisation.pair_units(
        purpose=plan.slug,
        rows=[
            organisation.PairRow(
                unit_id=units[row.name],
                lead_id=leads[row.lead_name],
                compound=row.compound,
                planned_on=row.planned_on,
            )
            for row in rows
        ],
        actor=actor,
        at=at,
    )


def _with_leads(
    sheet: UnitSheet, rows: Sequence[UnitRow], plan: Plan, at: datetime
) -> tuple[list[UnitRow], list[Problem]]:
    """Return the rows whose lead is known, and the others as problems."""
    day = at.astimezone(CHINA).date()
    known = units_by_name({row.lead_name for row in rows}, day, under=plan.unit_id, kinds=LEAD_KINDS)
    strangers = [
        Problem(
            sheet=sheet.sheet,
            row=row.row,
            column=sheet.columns["lead_name"],
            code="unit_unknown",
            message=_("“%(name)s” is no department or subordinate unit here. Correct it, or create it first.")
            % {"name": row.lead_name},
        )
        for row in rows
        if row.lead_name not in known
    ]
    return [row for row in rows if row.lead_name in known], strangers
