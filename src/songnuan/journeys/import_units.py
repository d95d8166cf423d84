"""Units come in from a file: front-line units, each with its lead office, or units alone in their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import BinaryIO, NoReturn

from django.utils.translation import gettext as _

from songnuan.documents.header import normal
from songnuan.documents.marking import Mark, mark
from songnuan.documents.reading import as_file, read_frames
from songnuan.journeys.base import journey, step
from songnuan.journeys.find import find_plan
from songnuan.journeys.measures.unit_visits import UnitVisitsSettings, plan_from_pairs
from songnuan.journeys.place_units import place, top_of
from songnuan.journeys.roster_result import Repeated, SheetRows, Unknown, repeated_in
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import beside
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Assignment, UnitKind, UnitRecord
from songnuan.organisation.queries import day_of, subtree, units_by_name
from songnuan.organisation.roster import PAIRS, UNITS, Problem, UnitRow, UnitSheet, read_units
from songnuan.organisation.rules import LEAD_KINDS, live
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.visits.day_rules import PLANNED_AHEAD
from songnuan.visits.models import Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do. Of `accepted` rows some are `created`, `changed` or `unchanged`.

    A row is unchanged when its unit and its pair, with lead and day, were there already, just so; it is
    created, or joined, when its unit was not there. `pairs_created` and `pairs_changed` count the pairs
    alone. A unit in no row stays, so that none has `left`. `problems` name the rows that were rejected,
    with sheet, row from 1, column, code and sentence.
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
    joined: int
    left: int
    unknown: Sequence[Unknown]
    repeated: Sequence[Repeated]
    sheets: Sequence[SheetRows]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class _Done:
    """What was done with the rows of a table; `problems` beside those it was read with."""

    accepted: int
    created: int
    unchanged: int
    problems: Sequence[Problem]
    pairs: organisation.PairResult


class _Rehearsed(Exception):  # noqa: N818 - carries a result out of a transaction that is to be undone
    def __init__(self, result: Imported) -> None:
        super().__init__()
        self.result = result


def import_units(
    *,
    content: bytes,
    slug: str,
    create_leads: bool,
    dry_run: bool,
    name: str = "",
    columns: Mapping[str, str] = MappingProxyType({}),
    alone: bool = False,
    unit: str = "",
    report_to: BinaryIO | None = None,
    actor: Actor,
    at: datetime,
) -> Imported:
    """Import units and pair each with its lead for the plan; rejected rows do not hold up the others.

    Args:
        content: A file of any kind that `documents` reads.
        slug: The plan whose pairing table it is; "" for none, if `alone`.
        create_leads: Whether a unit that rows name, as a lead or as the place of another, is created when
            it is not known; else these rows are rejected.
        dry_run: Whether only to say what would happen.
        name: The file's name.
        columns: Headings to the fields they tell, "" for none.
        alone: Whether a file without leads, or without a plan, is one of units alone.
        unit: Of units alone without a plan, the name of the unit they stand below; "" for the one at the top.
        report_to: Where the copy with the wrong cells marked is written, if anywhere.
        actor: Who.
        at: When.

    Raises:
        Refusal: `plan_unknown`, `not_permitted`, `unreadable`, `too_large`, `header_missing`, `unit_needed`.

    """
    # Read first, in a process of its own with its limits: nobody else waits for the database meanwhile.
    plan = find_plan(slug) if slug or not alone else None
    sheet = _read(content, name, plan, columns, at, alone=alone)
    told = _Told(sheet, plan if plan and "lead_name" in sheet.columns else None, unit, create_leads)
    if plan and told.plan is None:
        told = replace(told, top_id=plan.unit_id)
    done = _rehearsed(told, actor, at) if dry_run else _import(told=told, actor=actor, at=at)
    if report_to is not None:
        _report(content, name, sheet, done.problems, report_to)
    return done


def rehearse_units(
    *, content: bytes, slug: str, actor: Actor, at: datetime
) -> tuple[Imported, list[UnitRow]]:
    """Return what an import of the plan's pairing table would do, and the rows that it would take.

    Raises:
        Refusal: As `import_units`.

    """
    plan = find_plan(slug)
    sheet = _read(content, "", plan, {}, at, alone=False)
    would = _rehearsed(_Told(sheet, plan, "", create=False), actor, at)
    wrong = {problem.place for problem in would.problems}
    return would, [row for row in sheet.sound if row.place not in wrong]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is to be imported: for a plan, or alone below a unit, by its id or by its name."""

    sheet: UnitSheet
    plan: Plan | None
    unit: str
    create: bool
    top_id: int | None = None


def _read(
    content: bytes, name: str, plan: Plan | None, columns: Mapping[str, str], at: datetime, *, alone: bool
) -> UnitSheet:
    """Return the table of units; with leads if it is a plan's, and must be or can be."""
    known = {normal(heading): told for heading, told in columns.items()}
    year = ((plan.due_on if plan else None) or day_of(at)).year
    if plan is not None:
        try:
            return read_units(content, year=year, name=name, known=known, layout=PAIRS)
        except Refusal as refusal:
            if not alone or refusal.code != "header_missing":
                raise
    return read_units(content, year=year, name=name, known=known, layout=UNITS)


def _rehearsed(told: _Told, actor: Actor, at: datetime) -> Imported:
    """Return what the import would do; nothing of it stays."""
    try:
        with step():
            _rehearse(_do(told, actor, at))
    except _Rehearsed as rehearsed:
        return rehearsed.result


def _rehearse(result: Imported) -> NoReturn:
    raise _Rehearsed(result)


@journey
def _import(*, told: _Told, actor: Actor, at: datetime) -> Imported:
    return _do(told, actor, at)


def _do(told: _Told, actor: Actor, at: datetime) -> Imported:
    sheet = told.sheet
    if told.plan is not None:
        done = _with_pairs(sheet, told.plan, actor, at, create_leads=told.create)
    else:
        top_id = told.top_id or top_of(told.unit, sheet, actor, at)
        placed, wrong = place(sheet, top_id, actor, at, create=told.create)
        none = organisation.PairResult(0, 0, 0)
        done = _Done(placed.accepted, placed.created, placed.unchanged, wrong, none)
    order = [table.name for table in sheet.sheets]
    problems = sorted(
        [*sheet.problems, *done.problems], key=lambda problem: (order.index(problem.sheet), problem.row)
    )
    rejected = {problem.place for problem in problems}
    rows = {row.place for row in sheet.rows} | rejected
    return Imported(
        sheet=sheet.sheet,
        columns=dict(sheet.columns),
        rows=len(rows),
        accepted=done.accepted,
        created=done.created,
        changed=done.accepted - done.created - done.unchanged,
        unchanged=done.unchanged,
        pairs_created=done.pairs.created,
        pairs_changed=done.pairs.changed,
        rejected=len(rejected),
        joined=done.created,
        left=0,
        unknown=[
            Unknown(table.name, unknown.heading, unknown.proposal)
            for table in sheet.sheets
            for unknown in table.columns.unknown
        ],
        repeated=repeated_in(table.document() for table in sheet.sheets),
        sheets=[SheetRows(name, sum(where == name for where, _row in rows)) for name in order],
        problems=problems,
    )


def _with_pairs(sheet: UnitSheet, plan: Plan, actor: Actor, at: datetime, *, create_leads: bool) -> _Done:
    """Take front-line units, pair them with their leads, and let the visits follow."""
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
    created = sum(unit not in before for unit in units)
    unchanged = sum(after[unit] == before.get(unit) for unit in units)
    return _Done(len(rows), created, unchanged, [*strangers, *untimely, *nameless], pairs)


def _report(
    content: bytes, name: str, sheet: UnitSheet, problems: Sequence[Problem], report_to: BinaryIO
) -> None:
    """Write the copy of the file in which what is wrong is marked."""
    headings = {table.name: table.header.headings for table in sheet.sheets}
    marks: dict[tuple[str, int], list[Mark]] = {}
    for problem in problems:
        theirs = headings[problem.sheet]
        place_of = theirs.index(problem.column) if problem.column in theirs else None
        marks.setdefault(problem.place, []).append(Mark(place_of, problem.message))
    headers = {table.name: table.header.row for table in sheet.sheets}
    with as_file(content) as file:
        mark(read_frames(file, name), marks, report_to, headers=headers)


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

    A day after the deadline needs its reason, one a year ahead is mistyped; a visit still to do is not
    moved to a day that is over.
    """
    due_on, today = _deadline(plan), day_of(at)
    over = {row.place for row in _moved_into_past(rows, plan, at)}
    sound, problems = [], []
    for row in rows:
        day = row.planned_on
        late = day is not None and due_on is not None and day > due_on
        code = ""
        if day is not None and day - today > PLANNED_AHEAD:
            code, sentence = (
                "planned_too_far",
                _("“%(unit)s”: %(day)s is more than a year ahead. Check the year."),
            )
        elif late and not row.late_reason:
            code = "late_reason_missing"
            sentence = _(
                "“%(unit)s” is planned on %(day)s, after the deadline %(due)s."
                " Give the reason in a column 延期理由, or an earlier day."
            )
        elif row.place in over:
            code, sentence = "planned_in_past", _("“%(unit)s”: %(day)s is over. Choose today or a later day.")
        if day is not None and code:
            facts = {"unit": row.name, "day": beside(day, today), "due": beside(due_on or today, today)}
            problems.append(sheet.problem(row, "planned_on", code, sentence % facts))
        else:
            # A reason for a day within the deadline says nothing, and does not make the pair another one.
            sound.append(row if late else replace(row, late_reason=""))
    return sound, problems


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
    sentence = _("“%(name)s” is no department or subordinate unit here. Correct it, or create it first.")
    strangers = [
        sheet.problem(row, "lead_name", "unit_unknown", sentence % {"name": row.lead_name})
        for row in rows
        if row.lead_name not in known
    ]
    return [row for row in rows if row.lead_name in known], strangers
