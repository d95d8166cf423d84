"""Front-line units come in from a workbook, each with its lead office."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import trail
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.measures.unit_visits import UnitVisitsSettings, plan_from_pairs
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Assignment, UnitKind, UnitRecord
from songnuan.organisation.queries import day_of, subtree, units_by_name
from songnuan.organisation.roster import Problem, UnitRow, UnitSheet, read_units
from songnuan.organisation.rules import LEAD_KINDS, live
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.visits.models import Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do. Of `accepted` rows some are `created`, `changed` or `unchanged`.

    A row is unchanged when its unit and its pair, with lead and day, were there already, just so; it is
    created when its unit was not there. `pairs_created` and `pairs_changed` count the pairs alone.
    `problems` name the rows that were rejected, with sheet, row from 1, column, code and sentence.
    """

    sheet: str
    columns: dict[str, str]
    rows: int
    accepted: int
    created: int
    changed: int
    unchanged: int
    pairs_created: int
    pairs_changed: int
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
    sheet = read_units(content, year=(plan.due_on or day_of(at)).year)
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
    rows, untimely = _in_time(sheet, rows, plan, at)
    before = _standing(plan, at)
    organisation.import_units(
        bureau_id=plan.unit_id, rows=rows, create_leads=create_leads, actor=actor, at=at
    )
    # Once more, now that leads may have been created: a name may also be that of no lead, or of two.
    rows, nameless = _with_leads(sheet, rows, plan, at)
    units, pairs = _pair(rows, plan, actor, at)
    after = _standing(plan, at)
    moved = {unit for unit in units if after[unit].told() != before.get(unit, _NOTHING).told()}
    for measure in Measure.objects.filter(plan=plan, kind="unit_visits", status=MeasureStatus.OPEN):
        plan_from_pairs(measure, actor, at, moved=moved)
    problems = sorted([*sheet.problems, *strangers, *untimely, *nameless], key=lambda problem: problem.row)
    rejected = {problem.row for problem in problems}
    created = sum(unit not in before for unit in units)
    unchanged = sum(after[unit] == before.get(unit) for unit in units)
    return Imported(
        sheet=sheet.sheet,
        columns=dict(sheet.columns),
        rows=len({row.row for row in sheet.rows} | rejected),
        accepted=len(rows),
        created=created,
        changed=len(rows) - created - unchanged,
        unchanged=unchanged,
        pairs_created=pairs.created,
        pairs_changed=pairs.changed,
        rejected=len(rejected),
        problems=problems,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """Which record and which pair of a unit stand, and what the pair says of the day."""

    record_id: int | None = None
    pair_id: int | None = None
    planned_on: date | None = None
    late_reason: str = ""

    def told(self) -> tuple[date | None, str]:
        """Return the day and its reason."""
        return self.planned_on, self.late_reason


_NOTHING = _Standing()


def _standing(plan: Plan, at: datetime) -> dict[int, _Standing]:
    """Return what stands of each front-line unit below the plan's unit, by the unit's id."""
    day = day_of(at)
    units = subtree(plan.unit_id, day, [UnitKind.FRONT_LINE]).order_by().values("pk")
    records = UnitRecord.objects.filter(live(day), unit__in=units).values_list("unit_id", "pk")
    columns = ("subject_id", "pk", "planned_on", "late_reason")
    pairs = Assignment.objects.filter(live(day), purpose=plan.slug, subject__in=units).values_list(*columns)
    told = {unit_id: facts for unit_id, *facts in pairs}
    return {unit_id: _Standing(record_id, *told.get(unit_id, ())) for unit_id, record_id in records}


def _in_time(
    sheet: UnitSheet, rows: Sequence[UnitRow], plan: Plan, at: datetime
) -> tuple[list[UnitRow], list[Problem]]:
    """Return the rows whose day can be planned, and the others as problems.

    A day after the deadline needs its reason; a visit still to do is not moved to a day that is over.
    """
    due_on = _deadline(plan)
    late = {
        row.row: row
        for row in rows
        if due_on is not None and row.planned_on is not None and row.planned_on > due_on
    }
    problems = []
    for row in late.values():
        if not row.late_reason:
            sentence = _(
                "“%(unit)s” is planned on %(day)s, after the deadline %(due)s."
                " Give the reason in a column 延期理由, or an earlier day."
            )
            facts = {"unit": row.name, "day": row.planned_on, "due": due_on}
            problems.append(_day_problem(sheet, row, "late_reason_missing", sentence % facts))
    over = _moved_into_past(rows, plan, at)
    for row in over:
        sentence = _("“%(unit)s”: %(day)s is over. Choose today or a later day.")
        facts = {"unit": row.name, "day": row.planned_on}
        problems.append(_day_problem(sheet, row, "planned_in_past", sentence % facts))
    wrong = {problem.row for problem in problems}
    # A reason for a day within the deadline says nothing, and does not make the pair another one.
    sound = [row if row.row in late else replace(row, late_reason="") for row in rows]
    return [row for row in sound if row.row not in wrong], problems


def _deadline(plan: Plan) -> date | None:
    """Return the last day in principle: that of the plan's visits, else that of the plan."""
    visits = Measure.objects.filter(plan=plan, kind="unit_visits")
    days = [UnitVisitsSettings.model_validate(measure.settings).due_on for measure in visits]
    return min(days, default=plan.due_on)


def _moved_into_past(rows: Sequence[UnitRow], plan: Plan, at: datetime) -> list[UnitRow]:
    """Return the rows that would move a visit still to do to a day that is over."""
    today = day_of(at)
    over = [row for row in rows if row.planned_on is not None and row.planned_on < today]
    if not over:
        return []
    units = units_by_name({row.name for row in over}, today, under=plan.unit_id, kinds=[UnitKind.FRONT_LINE])
    standing = _standing(plan, at)
    dated = set(
        Visit.objects.filter(
            measure__plan=plan,
            measure__status=MeasureStatus.OPEN,
            status=VisitStatus.PLANNED,
            planned_on__isnull=False,
        ).values_list("unit_id", "planned_on")
    )
    to_do = {unit_id for unit_id, _day in dated}
    moved = []
    for row in over:
        unit = units.get(row.name)
        if unit is None or unit not in to_do or (unit, row.planned_on) in dated:
            continue
        if standing.get(unit, _NOTHING).planned_on != row.planned_on:
            moved.append(row)
    return moved


def _day_problem(sheet: UnitSheet, row: UnitRow, code: str, message: str) -> Problem:
    return Problem(
        sheet=sheet.sheet, row=row.row, column=sheet.columns["planned_on"], code=code, message=message
    )


def _pair(
    rows: Sequence[UnitRow], plan: Plan, actor: Actor, at: datetime
) -> tuple[list[int], organisation.PairResult]:
    """Pair each row's unit with its lead; return the units and what it changed."""
    day = day_of(at)
    units = units_by_name({row.name for row in rows}, day, under=plan.unit_id, kinds=[UnitKind.FRONT_LINE])
    leads = units_by_name({row.lead_name for row in rows}, day, under=plan.unit_id, kinds=LEAD_KINDS)
    result = organisation.pair_units(
        purpose=plan.slug,
        rows=[
            organisation.PairRow(
                unit_id=units[row.name],
                lead_id=leads[row.lead_name],
                compound=row.compound,
                planned_on=row.planned_on,
                late_reason=row.late_reason,
            )
            for row in rows
        ],
        actor=actor,
        at=at,
    )
    return [units[row.name] for row in rows], result


def _with_leads(
    sheet: UnitSheet, rows: Sequence[UnitRow], plan: Plan, at: datetime
) -> tuple[list[UnitRow], list[Problem]]:
    """Return the rows whose lead is known, and the others as problems."""
    day = day_of(at)
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
