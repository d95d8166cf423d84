"""The living plan: the plan's own text with, beside each clause, how far it is and what shows it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.funds.queries import of_plan as funds_of_plan
from songnuan.journeys.held_measures import held_measures
from songnuan.journeys.measures import kinds
from songnuan.journeys.measures.base import Evidence, Progress
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import unit_names
from songnuan.plans.models import Clause, Measure, MeasureStatus, Plan, Question
from songnuan.plans.planfile import paragraphs
from songnuan.plans.queries import basis, clause_headings, clauses, measures, questions
from songnuan.records.queries import issued


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """How many pieces of evidence of one kind a measure has, and the address of their list."""

    kind: str
    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Margin:
    """What stands beside a clause for one measure. Amounts in fen; `in_money` is that of its progress.

    `held` says which holds of the inspector stop it.
    """

    measure_id: int
    kind: str
    label: str
    state: str
    headline: str
    done: int
    due: int
    late: int
    late_names: tuple[str, ...]
    money_minor: int
    budget_minor: int | None
    in_money: bool
    next: str
    notes: tuple[str, ...]
    held: tuple[str, ...]
    evidence: tuple[EvidenceGroup, ...]
    undecided: bool
    at_risk: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question that the text leaves open, with the choices it offers, and its answer if there is one."""

    key: str
    text: str
    choices: tuple[Mapping[str, str], ...]
    answer: str
    ground: str
    blocks: str
    answered_by: str
    answered_at: datetime | None
    after_approval: bool


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One clause as a page shows it; `has_parts` when clauses of a lower level follow under it."""

    key: str
    number: str
    title: str
    level: int
    has_parts: bool
    paragraphs: tuple[str, ...]
    margins: tuple[Margin, ...]
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, slots=True)
class EndedView:
    """A measure that was closed before its plan, or whose clause is gone; `clause` is number and title.

    `clause_key` is empty when the text in force has no such clause any more.
    """

    clause: str
    clause_key: str
    closed_at: datetime | None
    reason: str
    margin: Margin


@dataclass(frozen=True, slots=True)
class BasisView:
    """One thing the plan rests on."""

    title: str
    number: str


@dataclass(frozen=True, slots=True)
class LivingPlan:
    """The whole page.

    `done`, `due` and `lead_late` are those of the leading measure, the visits; `late` counts what is late
    in all measures.
    """

    slug: str
    title: str
    number_line: str
    unit: str
    office: str
    status: str
    issued_on: date | None
    starts_on: date | None
    due_on: date | None
    days_left: int | None
    done: int
    due: int
    late: int
    lead_late: int
    late_names: tuple[str, ...]
    disbursed_minor: int
    appropriated_minor: int
    next_step: str
    forecast: date | None
    later_until: date | None
    basis: tuple[BasisView, ...]
    fund_numbers: tuple[str, ...]
    clauses: tuple[ClauseView, ...]
    ended: tuple[EndedView, ...]


Link = Callable[[int, str], str]

# The measure whose figures stand at the head of the page; the first of these that a plan has.
LEADING = ("unit_visits", "pickups", "kit_purchase", "pairing", "families")
# A plan without any of them is as far as all its duties together.
TOGETHER = "assignments"


def _labels() -> dict[str, str]:
    return {
        "pair": _("Pairs"),
        "visit": _("Visit reports"),
        "inspection": _("Inspections"),
        "purchase": _("Purchases"),
        "issue": pgettext("goods", "Receipts of units"),
        "entry": _("Ledger entries"),
        "report": _("Reports received"),
        "problem": _("Problems"),
        "duty": _("Duties done"),
        "burden": _("Weeks counted"),
        "leader_visit": _("Leaders' visits"),
        "reckoning": _("Lists reckoned"),
        "payment_list": _("Payment lists"),
        "flexible": _("Requests for flexible work and decisions"),
        "activation": _("Responses and what was done about them"),
        "emergency_order": _("Orders of superiors"),
        "contact": _("Contacts with families"),
        "home_visit": _("Visits at home"),
        "need": _("Needs closed"),
        "lesson": _("Lessons signed off"),
        "quiz": _("Rounds of quizzes"),
        "course": _("Lessons learnt by a roster"),
        "event": _("Invitations and events"),
        "report_period": _("Periods reported"),
        "daily_status": _("Daily statuses of returnees"),
        "returnee": _("Returnees released"),
        "screening": _("Reports of screening"),
        "pickup": _("Pickups at desks"),
        "report_summary": _("Consolidated reports"),
    }


def evidence_label(kind: str) -> str:
    """Return the reader's word for a kind of evidence."""
    return _labels().get(kind, kind)


def progress_of(rows: Sequence[Measure], at: datetime) -> dict[int, Progress]:
    """Return the progress of every measure, each kind asked once; a closed one is at rest."""
    found: dict[int, Progress] = {}
    in_order = sorted(rows, key=lambda measure: measure.kind)
    for name, group in groupby(in_order, key=lambda measure: measure.kind):
        found.update(kinds()[name].progress(list(group), at))
    closed = [row.pk for row in rows if row.status == MeasureStatus.CLOSED]
    return found | {pk: found[pk].at_rest() for pk in closed}


def evidence_of(measure: Measure, at: datetime) -> list[Evidence]:
    """Return the evidence of one measure."""
    return kinds()[measure.kind].evidence(measure, at)


def _margin(
    measure: Measure, progress: Progress, link: Link, at: datetime, held: Sequence[str] = ()
) -> Margin:
    found = evidence_of(measure, at)
    counts: dict[str, int] = {}
    for piece in found:
        counts[piece.kind] = counts.get(piece.kind, 0) + 1
    return Margin(
        measure_id=measure.pk,
        kind=measure.kind,
        label=kinds()[measure.kind].label(),
        state=progress.state,
        headline=progress.headline,
        done=progress.done,
        due=progress.due,
        late=progress.late,
        late_names=progress.late_names,
        money_minor=progress.money_minor,
        budget_minor=progress.budget_minor,
        in_money=progress.in_money,
        next=progress.next,
        notes=(*progress.notes, *_closed(measure)),
        held=tuple(held),
        evidence=tuple(
            EvidenceGroup(kind, evidence_label(kind), count, link(measure.pk, kind))
            for kind, count in counts.items()
        ),
        undecided=progress.undecided,
        at_risk=progress.at_risk,
        closed=progress.closed,
    )


def _closed(measure: Measure) -> Iterator[str]:
    if measure.close_reason:
        yield _("Closed: %(reason)s") % {"reason": measure.close_reason}


def living_plan(plan: Plan, at: datetime, link: Link) -> LivingPlan:
    """Put the page together, as of `at`: progress is asked for once a kind, evidence once a measure.

    `link(measure_id, kind)` gives the address of a list of evidence.
    """
    rows = list(measures(plan.pk))
    progress = progress_of(rows, at)
    day = at.astimezone(CHINA).date()
    lead = leading(rows, progress)
    money = funds_of_plan(plan.pk)
    names = unit_names({unit for unit in (plan.unit_id, plan.office_id) if unit}, day)
    notice = issued(f"plans.plan:{plan.slug}@{plan.version}")
    held = held_measures(plan)
    margins = {row.pk: _margin(row, progress[row.pk], link, at, held.get(row.pk, ())) for row in rows}
    text = list(clauses(plan))
    by_clause: dict[str, list[Margin]] = {}
    for measure in rows:
        by_clause.setdefault(measure.clause_key, []).append(margins[measure.pk])
    return LivingPlan(
        slug=plan.slug,
        title=plan.title,
        number_line=notice.number if notice else "",
        unit=names.get(plan.unit_id, ""),
        office=names.get(plan.office_id, "") if plan.office_id else "",
        status=plan.status,
        issued_on=notice.issued_at.astimezone(CHINA).date() if notice else opened_on(rows),
        starts_on=plan.starts_on,
        due_on=plan.due_on,
        days_left=(plan.due_on - day).days if plan.due_on else None,
        done=lead.done,
        due=lead.due,
        late=sum(row.late for row in progress.values()),
        lead_late=lead.late,
        late_names=tuple(dict.fromkeys(name for row in progress.values() for name in row.late_names)),
        disbursed_minor=sum(fund.balance.disbursed for fund in money),
        appropriated_minor=sum(fund.balance.appropriated for fund in money),
        next_step=next((progress[row.pk].next for row in rows if progress[row.pk].next), ""),
        forecast=lead.forecast,
        later_until=lead.later_until,
        basis=tuple(BasisView(row.title, row.number) for row in basis(plan)),
        fund_numbers=tuple(fund.document_number for fund in money),
        clauses=_clauses(text, plan, by_clause),
        ended=_ended(text, plan, rows, margins),
    )


def _ended(
    text: Sequence[Clause], plan: Plan, rows: Sequence[Measure], margins: Mapping[int, Margin]
) -> tuple[EndedView, ...]:
    """Return the measures that ended before the plan, and those whose clause is gone, the latest first."""
    there = {clause.key for clause in text}
    found = [row for row in rows if has_ended(row) or row.clause_key not in there]
    headings = clause_headings(plan, {row.clause_key for row in found})
    latest = sorted(found, key=lambda row: (str(row.closed_at), row.pk), reverse=True)
    return tuple(
        EndedView(
            clause=headings.get(row.clause_key, ""),
            clause_key=row.clause_key if row.clause_key in there else "",
            closed_at=row.closed_at,
            reason=row.close_reason,
            margin=margins[row.pk],
        )
        for row in latest
    )


def has_ended(measure: Measure) -> bool:
    """Return whether the measure was closed by itself, and not with its plan."""
    return measure.status == MeasureStatus.CLOSED and measure.close_reason != ""


def leading(rows: Sequence[Measure], progress: Mapping[int, Progress]) -> Progress:
    """Return the progress of the measure whose figures stand for the whole plan.

    One that was closed by itself stands for it only where nothing else is left.
    """
    told = [row for row in rows if not has_ended(row)] or rows
    for kind in LEADING:
        for row in told:
            if row.kind == kind:
                return progress[row.pk]
    duties = [progress[row.pk] for row in told if row.kind == TOGETHER]
    return Progress(
        done=sum(row.done for row in duties),
        due=sum(row.due for row in duties),
        late=sum(row.late for row in duties),
    )


def opened_on(rows: Sequence[Measure]) -> date | None:
    """Return the day on which the first of a plan's measures was opened; None before that."""
    moments = [row.opened_at for row in rows if row.opened_at is not None]
    return min(moments).astimezone(CHINA).date() if moments else None


def _clauses(
    rows: Sequence[Clause], plan: Plan, margins: Mapping[str, Sequence[Margin]]
) -> tuple[ClauseView, ...]:
    """Return the clauses; a question stands with its clause, or with the first when it names none."""
    asked: dict[str, list[QuestionView]] = {}
    for row in questions(plan):
        asked.setdefault(row.clause_key or rows[0].key, []).append(_question(row))
    return tuple(
        ClauseView(
            key=clause.key,
            number=clause.number,
            title=clause.title,
            level=clause.level,
            has_parts=place + 1 < len(rows) and rows[place + 1].level > clause.level,
            paragraphs=tuple(paragraphs(clause.text)),
            margins=tuple(margins.get(clause.key, ())),
            questions=tuple(asked.get(clause.key, ())),
        )
        for place, clause in enumerate(rows)
    )


def _question(row: Question) -> QuestionView:
    return QuestionView(
        key=row.key,
        text=row.text,
        choices=tuple(row.choices),
        answer=row.answer,
        ground=row.ground,
        blocks=row.blocks,
        answered_by=row.answered_by.name if row.answered_by else "",
        answered_at=row.answered_at,
        after_approval=row.after_approval,
    )
