"""What papers tell of visits: many at once, in as many queries as for one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from songnuan.documents.sheet_paper import Signed
from songnuan.goods.models import Issue, Movement, MovementKind, MovementLine
from songnuan.journeys.paper_units import PaperUnits
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import mask_name
from songnuan.kernel.sealed import SealBroken
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.records.pictures import is_whole
from songnuan.records.queries import read_file
from songnuan.tasks.models import TaskStatus
from songnuan.visits.checklist import texts_asked
from songnuan.visits.leader_models import LeaderVisit
from songnuan.visits.models import (
    InspectionResult,
    LaterReceipt,
    ReportVersion,
    Visit,
    VisitForm,
    VisitProblem,
    VisitStatus,
)
from songnuan.visits.owed import to_bring
from songnuan.visits.scheduling.words import clock_words


@dataclass(frozen=True, slots=True)
class RaisedRow:
    """A problem raised at a visit, the answer given there, and who settles it by when."""

    title: str
    answer: str
    owner: str
    due_on: date
    is_open: bool


@dataclass(frozen=True, slots=True)
class CheckRow:
    """An answer of the inspection: what was asked, one of the results, what was noted."""

    text: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class VisitPaperRow:
    """One visit as papers tell it, empty where not recorded. `day`: of the visit, or today.

    `kit` is what was handed over, part after part, each with its day where that was not at the visit, and
    `kit_owed` what follows, in words. `members`: the leader first; `leaders` went along, with their posts.
    `compound` is the part of the office's grounds or of a port that the unit stands in. `checks` are the
    answers of the inspection that travelled with the visit, each with what was asked and what was noted.
    `planned_times` are from when to when it is planned, `team` is who of the lead goes. `corrected_on`: when
    the report was put right, which `is_signed` tells that the unit signed.
    """

    visit_id: int
    unit_id: int
    day: date
    unit: str
    place: str
    compound: str
    address: str
    staff_count: int | None
    contact: str
    lead: str
    planned_on: date | None
    planned_times: str
    team: str
    due_on: date
    is_recorded: bool
    form: str
    form_reason: str
    happened_at: datetime | None
    members: tuple[str, ...]
    prevention: str
    prevention_note: str
    conditions: str
    receiver: Signed | None
    recorded_by: str
    problems: tuple[RaisedRow, ...]
    kit: tuple[tuple[str, date | None], ...]
    kit_owed: str
    marks: tuple[str, ...]
    late_reason: str
    entry_reason: str
    leaders: tuple[str, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    corrected_on: date | None = None
    is_signed: bool = True


def visits_of(plan: Plan) -> Measure | None:
    """Return the measure whose visits are made: one that was closed gives way to what took its place."""
    of_plan = (
        Measure.objects.select_related("plan").filter(plan=plan, kind="unit_visits").order_by("position")
    )
    return min(of_plan, key=lambda row: row.status == MeasureStatus.CLOSED, default=None)


def visit_rows(ids: Collection[int], on: date, *, is_full: bool = False) -> list[VisitPaperRow]:
    """Return the visits by day, those without one last; names and contacts masked unless `is_full`."""
    ordered = Visit.objects.filter(pk__in=ids).order_by(
        F("happened_at").asc(nulls_last=True), F("planned_on").asc(nulls_last=True), "pk"
    )
    visits = list(
        ordered.select_related("recorded_by", "signature", "planned_team").prefetch_related("members")
    )
    problems = VisitProblem.objects.filter(visit_id__in=ids).select_related("task").order_by("pk")
    raised: dict[int, list[VisitProblem]] = defaultdict(list)
    for problem in problems:
        raised[problem.visit_id].append(problem)
    owners = {problem.task.owner_id for rows in raised.values() for problem in rows}
    both = {unit_id for visit in visits for unit_id in (visit.unit_id, visit.lead_id)}
    units = PaperUnits(both | owners, is_full=is_full)
    beside = _Beside(_kits(visits), _leaders(ids), _checks(visits))
    return [_row(visit, on, units, raised[visit.pk], beside, is_full=is_full) for visit in visits]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside visits, by visit: kits, leaders who went along, answers of the inspection."""

    kits: "Mapping[int, _Kit]"
    leaders: Mapping[int, list[str]]
    checks: Mapping[int, list[CheckRow]]


def _leaders(ids: Collection[int]) -> Mapping[int, list[str]]:
    """Return by visit the leaders who went along on it, each with the post."""
    found: dict[int, list[str]] = defaultdict(list)
    went = LeaderVisit.objects.filter(visit__in=ids, withdrawn_at__isnull=True).order_by("pk")
    for visit_id, name, post in went.values_list("visit_id", "leader_name", "leader_post"):
        found[visit_id].append(f"{name}（{post}）")
    return found


def _checks(visits: Sequence[Visit]) -> Mapping[int, list[CheckRow]]:
    """Return by visit the answers of its inspection."""
    answers = InspectionResult.objects.filter(visit__in=visits).order_by("pk")
    columns = ("visit_id", "visit__measure__plan_id", "item_key", "result", "note")
    rows = list(answers.values_list(*columns))
    # A paper is of one plan, as a rule; each asks in its own words.
    texts = {plan_id: texts_asked(plan_id) for plan_id in {row[1] for row in rows}}
    found: dict[int, list[CheckRow]] = defaultdict(list)
    for visit_id, plan_id, key, result, note in rows:
        found[visit_id].append(CheckRow(texts[plan_id].get(key, key), result, note))
    return found


def receiver_of(visit: Visit | Issue | LaterReceipt | ReportVersion, *, is_full: bool) -> Signed | None:
    """Return who received a visit, or goods, and whether by a signature on the screen or by name."""
    if not visit.receiver_name:
        return None
    name = visit.receiver_name if is_full else mask_name(visit.receiver_name)
    if visit.signature is None:
        return Signed(f"{name}（具名确认）" if visit.confirmed_by_name else name)
    try:
        content = read_file(visit.signature)
    except FileNotFoundError:
        return Signed(f"{name}（屏幕签名，图片缺失）")
    except SealBroken:
        return Signed(f"{name}（屏幕签名，图片被改动或损坏）")
    # One that was kept before pictures were looked at wholly would break the paper for everybody else.
    return (
        Signed(f"{name}（屏幕签名）", content)
        if is_whole(content)
        else Signed(f"{name}（屏幕签名，图片损坏）")
    )


def marks_of(visit: Visit) -> tuple[str, ...]:
    """Return what is unusual about a visit, as paper says it."""
    marks = []
    if visit.late:
        marks.append("逾期走访（延后已批准）" if visit.late_approved else "逾期走访")
    elif visit.late_approved:
        marks.append("延后已批准")
    if visit.late_entry:
        marks.append("补录（方案开始前）" if visit.before_plan else "补录")
    return tuple(marks)


def times_of(visit: Visit) -> str:
    """Return from when to when a visit is planned: 09:30–10:15; empty where only its day is."""
    if visit.planned_start is None or visit.planned_minutes is None:
        return ""
    ends = visit.planned_start + visit.planned_minutes
    return f"{clock_words(visit.planned_start)}–{clock_words(ends)}"


def packs(parts: Iterable[tuple[str, int, str]]) -> str:
    """Return packs in words: 方便面2箱、苹果1箱."""
    return "、".join(f"{item}{quantity}{packing}" for item, quantity, packing in parts)


@dataclass(frozen=True, slots=True)
class _Kit:
    """What a unit was given, each time with the day and when it was booked, and what it is owed."""

    given: tuple[tuple[date, datetime, str], ...]
    owed: str


def _kits(visits: Sequence[Visit]) -> dict[int, _Kit]:
    """Return by visit what was handed over of its kit, and what is left of it."""
    subjects = {f"visits.visit:{visit.pk}": visit.pk for visit in visits}
    lines = MovementLine.objects.filter(
        movement__kind=MovementKind.HAND_OVER, movement__subject__in=subjects, quantity__gt=0
    )
    held: dict[Movement, Counter[tuple[str, str]]] = defaultdict(Counter)
    for line in lines.select_related("movement", "lot__item").order_by("movement__part", "pk"):
        held[line.movement][line.lot.item.label, line.lot.item.packing] += line.quantity
    given: dict[int, list[tuple[date, datetime, str]]] = defaultdict(list)
    for movement, goods in held.items():
        words = packs((item, count, packing) for (item, packing), count in goods.items())
        given[subjects[movement.subject]].append((day_of(movement.happened_at), movement.at, words))
    measures = Measure.objects.select_related("plan").in_bulk({visit.measure_id for visit in visits})
    owed = to_bring(measures, [(visit.pk, visit.measure_id, visit.unit_id) for visit in visits])
    left = {
        pk: packs((part.item, part.quantity, part.packing) for part in kit.parts) for pk, kit in owed.items()
    }
    return {visit.pk: _Kit(tuple(given[visit.pk]), left.get(visit.pk, "")) for visit in visits}


def _row(
    visit: Visit,
    on: date,
    units: PaperUnits,
    raised: Sequence[VisitProblem],
    beside: _Beside,
    *,
    is_full: bool,
) -> VisitPaperRow:
    kit = beside.kits[visit.pk]
    day = day_of(visit.happened_at) if visit.happened_at else on
    unit = units.on(visit.unit_id, day)
    return VisitPaperRow(
        visit_id=visit.pk,
        unit_id=visit.unit_id,
        day=day,
        unit=unit.name if unit else "",
        place=units.place(visit.unit_id, day),
        compound=unit.compound if unit else "",
        address=unit.address if unit else "",
        staff_count=unit.staff_count if unit else None,
        contact=units.contact(visit.unit_id, day),
        lead=units.name(visit.lead_id, day),
        planned_on=visit.planned_on,
        planned_times=times_of(visit),
        team=visit.planned_team.name if visit.planned_team else "",
        due_on=visit.due_on,
        is_recorded=visit.status == VisitStatus.RECORDED,
        form=str(VisitForm(visit.form).label) if visit.form else "",
        form_reason=visit.form_reason,
        happened_at=visit.happened_at.astimezone(CHINA) if visit.happened_at else None,
        members=tuple(row.name for row in sorted(visit.members.all(), key=lambda row: row.position)),
        prevention=str(visit.get_prevention_display()) if visit.prevention else "",
        prevention_note=visit.prevention_note,
        conditions=visit.conditions,
        receiver=receiver_of(visit, is_full=is_full),
        recorded_by=visit.recorded_by.name if visit.recorded_by else "",
        problems=tuple(_raised(problem, units, on) for problem in raised),
        # A report is corrected, its goods are not: they came with it if they were booked with it.
        kit=tuple((words, None if at == visit.received_at else day) for day, at, words in kit.given),
        kit_owed=kit.owed,
        marks=marks_of(visit),
        # Made in time after all, a visit has no need of the reason with which a later day was allowed.
        late_reason="" if visit.status == VisitStatus.RECORDED and not visit.late else visit.late_reason,
        entry_reason=visit.entry_reason,
        leaders=tuple(beside.leaders.get(visit.pk, ())),
        checks=tuple(beside.checks.get(visit.pk, ())),
        corrected_on=day_of(visit.corrected_at) if visit.corrected_at else None,
        is_signed=visit.signature_id is not None or visit.confirmed_by_name,
    )


def _raised(problem: VisitProblem, units: PaperUnits, on: date) -> RaisedRow:
    return RaisedRow(
        title=problem.task.title,
        answer=problem.answer,
        owner=units.name(problem.task.owner_id, on),
        due_on=problem.task.due_on,
        is_open=problem.task.status != TaskStatus.DONE,
    )
