"""The living plan of all plans: each as one strip, whatever their number, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.approvals.models import Request, RequestStatus
from songnuan.funds.queries import FundRow, of_plans
from songnuan.journeys.living_plan import leading, opened_on, progress_of
from songnuan.journeys.measures.base import Progress
from songnuan.organisation.queries import day_of, unit_names
from songnuan.plans.models import Measure, Plan, PlanStatus, Question
from songnuan.records.queries import issued_days


@dataclass(frozen=True, slots=True)
class Strip:
    """A plan on one look; figures as in `living_plan.LivingPlan`, only of a plan under way.

    `waits_since` is when the approval was asked for that the plan waits for; `questions` are those open.
    """

    slug: str
    title: str
    status: str
    office: str
    issued_on: date | None
    starts_on: date | None
    due_on: date | None
    days_left: int | None
    waits_since: datetime | None
    questions: int
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of all plans together, by their ids."""

    day: date
    measures: Mapping[int, Sequence[Measure]]
    progress: Mapping[int, Progress]
    questions: Mapping[int, int]
    funds: Mapping[int, Sequence[FundRow]]
    offices: Mapping[int, str]
    waits: Mapping[str, datetime]
    issued: Mapping[str, date]


def strips(plans: Sequence[Plan], at: datetime) -> list[Strip]:
    """Return the plans as strips, in the order given, as of `at`.

    Each kind of measure is asked once for all plans together, and so is everything else.
    """
    known = _read(plans, at)
    return [_strip(plan, known) for plan in plans]


def _read(plans: Sequence[Plan], at: datetime) -> _Known:
    ids = [plan.pk for plan in plans]
    measures: dict[int, list[Measure]] = {pk: [] for pk in ids}
    for measure in Measure.objects.filter(plan__in=ids).select_related("plan").order_by("position"):
        measures[measure.plan_id].append(measure)
    # Before a plan is opened nothing of it has happened, and of a closed one its summary tells.
    under_way = [plan.pk for plan in plans if plan.status == PlanStatus.OPEN]
    asked = Question.objects.filter(plan__in=ids, answer="").values_list("plan_id")
    waiting = Request.objects.filter(subject__in=map(_subject, plans), status=RequestStatus.PENDING)
    return _Known(
        day=day_of(at),
        measures=measures,
        progress=progress_of([row for pk in under_way for row in measures[pk]], at),
        questions=dict(asked.annotate(count=Count("pk"))),
        funds=of_plans(ids),
        offices=unit_names({plan.office_id for plan in plans if plan.office_id}, day_of(at)),
        waits=dict(waiting.values_list("subject", "requested_at")),
        issued=issued_days([_subject(plan) for plan in plans]),
    )


def _subject(plan: Plan) -> str:
    return f"plans.plan:{plan.slug}@{plan.version}"


def _strip(plan: Plan, known: _Known) -> Strip:
    rows, money = known.measures[plan.pk], known.funds[plan.pk]
    progress = {row.pk: known.progress[row.pk] for row in rows if row.pk in known.progress}
    lead = leading(rows, progress) if progress else Progress()
    questions = known.questions.get(plan.pk, 0)
    return Strip(
        slug=plan.slug,
        title=plan.title,
        status=plan.status,
        office=known.offices.get(plan.office_id or 0, ""),
        issued_on=known.issued.get(_subject(plan)) or opened_on(rows),
        starts_on=plan.starts_on,
        due_on=plan.due_on,
        days_left=(plan.due_on - known.day).days if plan.due_on else None,
        waits_since=known.waits.get(_subject(plan)),
        questions=questions,
        done=lead.done,
        due=lead.due,
        late=sum(row.late for row in progress.values()),
        lead_late=lead.late,
        late_names=tuple(dict.fromkeys(name for row in progress.values() for name in row.late_names)),
        disbursed_minor=sum(fund.balance.disbursed for fund in money),
        appropriated_minor=sum(fund.balance.appropriated for fund in money),
        next_step=next((row.next for row in progress.values() if row.next), "")
        or _next(plan.status, questions),
        forecast=lead.forecast,
        later_until=lead.later_until,
    )


def _next(status: str, questions: int) -> str:
    """Return the next step of a plan whose measures say none."""
    if status == PlanStatus.DRAFT and questions:
        words = ngettext("Answer %(count)s open question", "Answer %(count)s open questions", questions)
        return words % {"count": questions}
    steps = {
        PlanStatus.DRAFT.value: _("Ask for approval"),
        PlanStatus.SUBMITTED.value: _("Approve or return it"),
        PlanStatus.APPROVED.value: _("Open the plan"),
    }
    return steps.get(status, "")
