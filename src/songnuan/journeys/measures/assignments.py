"""Duties assigned (交办事项): who does what by when, once or again and again, reported with feedback."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field, model_validator

from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.days import beside, written
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import CalendarEnds, add_workdays
from songnuan.organisation.queries import day_of, names_then, units_by_name
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.plans.planfile import ClauseEntry, Day, PlanFile
from songnuan.tasks import actions as tasks
from songnuan.tasks import queries
from songnuan.tasks.rules import DUTY, TITLE_LONGEST, is_duty

MOST_TIMES = 100
SHOWN = 3  # overdue duties named in a note


class Duty(BaseModel):
    """One thing to be done by one unit: once, or again and again until a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,38}$", description="标识 / key, lasting over versions")
    text: str = Field(min_length=2, max_length=300, description="交办内容 / what is to be done")
    owner: str = Field(
        min_length=1, max_length=100, description="承办单位名称 / name of the unit that does it"
    )
    due_on: Day | None = Field(default=None, description="完成期限 / last day; the first one when repeated")
    due_workdays: int | None = Field(
        default=None, gt=0, le=120, description="启动后几个工作日内 / working days after the opening"
    )
    every: Literal["day", "week", "month"] | None = Field(
        default=None, description="周期：每日、每周、每月 / again every day, week or month"
    )
    until: Day | None = Field(
        default=None,
        description="重复到哪一天，不写即方案期限 / last day of repeating, else the plan's deadline",
    )

    @model_validator(mode="after")
    def _one_deadline(self) -> Self:
        if (self.due_on is None) == (self.due_workdays is None):
            raise ValueError(_("give each duty a last day or a number of working days, one of the two."))
        if self.until is not None and self.every is None:
            raise ValueError(_("until when it is repeated is given; say how often, too."))
        return self

    def days(self, opened_on: date, last: date | None) -> list[date]:
        """Return the days the duty is due when it is assigned on a day, in a plan that lasts until `last`.

        Of one that is repeated none after the plan's end, whatever `until` says, but for the first one where
        it lies there; a few more than `MOST_TIMES` at most, so that it can be told. What would have been due
        before the plan was opened is not asked for again and again.

        Raises:
            CalendarEnds: When the table of working days does not reach so far.

        """
        first = self.due_on or add_workdays(opened_on, self.due_workdays or 0)
        until = min((day for day in (self.until, last) if day is not None), default=None)
        if self.every is None or until is None:
            return [first]
        times = _times_before(first, self.every, min(opened_on, until))
        found = [_later(first, self.every, times)]
        # The first one may lie before the opening; with it, two more than may be.
        while len(found) < MOST_TIMES + 2:
            times += 1
            if (day := _later(first, self.every, times)) > until:
                break
            found.append(day)
        return [day for day in found if opened_on <= day <= until] or found[-1:]


class AssignmentsSettings(Settings):
    """The duties of the clause."""

    items: list[Duty] = Field(min_length=1, max_length=30, description="交办事项 / duties")


def _times_before(first: date, every: str, day: date) -> int:
    """Return how often something due first on `first` has to come again to be due last before `day`."""
    if every != "month":
        return max((day - first).days - 1, 0) // (1 if every == "day" else 7)
    months = max((day.year - first.year) * 12 + day.month - first.month, 0)
    return months if not months or _later(first, every, months) < day else months - 1


def _later(first: date, every: str, times: int) -> date:
    """Return the day on which something due first on `first` is due for the time after `times`."""
    if every != "month":
        return first + timedelta(days=times if every == "day" else 7 * times)
    years, month = divmod(first.month - 1 + times, 12)
    beyond = date(first.year + years + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)
    return beyond.replace(day=min(first.day, beyond.day))


def lint(plan: PlanFile, clause: ClauseEntry, settings: AssignmentsSettings) -> Iterator[LintFinding]:
    """Keys are used once, days lie within the plan, nothing is asked for too often, somebody receives it."""
    for key, count in Counter(item.key for item in settings.items).items():
        if count > 1:
            message = _("Two duties of the clause have the key “%(key)s”.") % {"key": key}
            yield _error("item_twice", clause, message, _("Give every duty a key of its own."))
    for item in settings.items:
        yield from _lint_days(plan, clause, item)
    if not plan.office:
        message = _("Duties are assigned, but the plan names no office that follows them up.")
        mend = _("Name the office in the head of the plan.")
        yield _error("nobody_to_report_to", clause, message, mend)


def _lint_days(plan: PlanFile, clause: ClauseEntry, item: Duty) -> Iterator[LintFinding]:
    if item.every is not None and item.until is None and plan.due_on is None:
        message = _("“%(duty)s” is repeated, but neither it nor the plan says until when.")
        mend = _("Say with until on which day the repeating ends, or give the plan its last day.")
        yield _error("duty_endless", clause, message % {"duty": item.text}, mend)
    if item.until is not None and item.due_on is not None and item.until < item.due_on:
        message = _("“%(duty)s” is repeated until %(day)s, before it is due for the first time on %(first)s.")
        facts = {"duty": item.text, "day": beside(item.until, item.due_on), "first": written(item.due_on)}
        yield _error("duty_ends_early", clause, message % facts, _("Correct the day that is wrong."))
    begins = item.due_on or plan.starts_on
    try:
        days = item.days(begins, plan.due_on) if begins else []
    except CalendarEnds:
        return  # the deadline of the plan is pointed out for it
    if plan.due_on is not None and days and days[0] > plan.due_on:
        message = _("“%(duty)s” is due on %(day)s, after the plan itself ends on %(plan)s.")
        yield _after_plan(clause, item, message, days[0], plan.due_on)
    if plan.due_on is not None and item.until is not None and item.until > plan.due_on:
        message = _("“%(duty)s” is repeated until %(day)s, after the plan itself ends on %(plan)s.")
        yield _after_plan(clause, item, message, item.until, plan.due_on)
    if len(days) > MOST_TIMES:
        mend = _("Repeat it every week or month, or end it earlier with until.")
        yield _error("duty_too_often", clause, _too_often(item), mend)


def _after_plan(clause: ClauseEntry, item: Duty, message: str, day: date, last: date) -> LintFinding:
    facts = {"duty": item.text, "day": beside(day, last), "plan": written(last, "full")}
    mend = _("Set the earlier of the two days, or a later end of the plan.")
    return _error("measure_after_plan", clause, message % facts, mend)


def _too_often(item: Duty) -> str:
    words = _("“%(duty)s” would be asked for more than %(most)s times.")
    return words % {"duty": item.text, "most": MOST_TIMES}


def _error(code: str, clause: ClauseEntry, message: str, mend: str) -> LintFinding:
    return LintFinding(code, Severity.ERROR, clause.heading, message, mend)


def open_(opening: Opening) -> None:
    """Assign each duty to its unit, for every day on which it is due; opened again, only what is lacking."""
    settings: AssignmentsSettings = opening.settings
    plan, day = opening.measure.plan, day_of(opening.at)
    names = {item.owner for item in settings.items}
    owners = units_by_name(names, day, under=plan.unit_id)
    if unknown := sorted(names - owners.keys()):
        sentence = _(
            "These units are to do something, but are not among the units of the house, or not under one "
            "name: %(units)s. Create them, or correct the plan."
        )
        raise Refusal("owner_unknown", sentence % {"units": "、".join(unknown)}, count=len(unknown))
    assigned: dict[str, set[date]] = {}
    for row in queries.from_sources(_sources(opening.measure)):
        assigned.setdefault(row.source, set()).add(row.due_on)
    for item in settings.items:
        source = _source(opening.measure, item)
        known = assigned.get(source, set())
        if known and (item.every is None or item.due_on is None):
            continue
        lacking = [due_on for due_on in _days_asked(item, day, plan.due_on) if due_on not in known]
        _assign(opening, item, source, owners[item.owner], lacking)


def _days_asked(item: Duty, opened_on: date, last: date | None) -> list[date]:
    """Return the days on which the duty is due.

    Raises:
        Refusal: `duty_too_often`: none is left out without a word.

    """
    days = item.days(opened_on, last)
    if len(days) > MOST_TIMES:
        mend = _("Repeat it every week or month, or end it earlier with until.")
        raise Refusal("duty_too_often", f"{_too_often(item)}{mend}", duty=item.key)
    return days


def _assign(opening: Opening, item: Duty, source: str, owner_id: int, days: Collection[date]) -> None:
    plan = opening.measure.plan
    tasks.assign(
        plan_slug=plan.slug,
        source=source,
        title=_clipped(item.text),
        detail=item.text if len(item.text) > TITLE_LONGEST else "",
        owner_id=owner_id,
        unit_id=plan.unit_id,
        days=days,
        actor=opening.actor,
        at=opening.at,
    )


def _clipped(text: str) -> str:
    return text if len(text) <= TITLE_LONGEST else f"{text[: TITLE_LONGEST - 1]}…"


def _source(measure: Measure, item: Duty) -> str:
    return f"{DUTY}{measure.pk}/{item.key}"


def _sources(measure: Measure) -> list[str]:
    settings = AssignmentsSettings.model_validate(measure.settings)
    return [_source(measure, item) for item in settings.items]


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the duties done and overdue, name who is late with what, and say what is due next."""
    day = day_of(at)
    sources = {source: measure.pk for measure in measures for source in _sources(measure)}
    rows: dict[int, list[queries.TaskRow]] = {measure.pk: [] for measure in measures}
    for row in queries.from_sources(sources):
        rows[sources[row.source]].append(row)
    names = names_then({row.owner_id for found in rows.values() for row in found}, day)
    return {measure.pk: _one(measure, rows[measure.pk], names, day) for measure in measures}


def _one(measure: Measure, rows: Sequence[queries.TaskRow], names: Mapping[int, str], day: date) -> Progress:
    if not rows:
        asked = len(measure.settings["items"])
        words = ngettext("%(count)s duty to assign", "%(count)s duties to assign", asked)
        return Progress(due=asked, headline=words % {"count": asked})
    done = sum(row.done_at is not None for row in rows)
    still = [row for row in rows if row.done_at is None and measure.status != MeasureStatus.CLOSED]
    waiting = sorted(still, key=lambda row: (row.due_on, row.task_id))
    overdue = [row for row in waiting if row.is_overdue(day)]
    notes = [_overdue(overdue, day)] if overdue else []
    if closed_late := sum(row.was_late for row in rows):
        words = ngettext("%(count)s was done late", "%(count)s were done late", closed_late)
        notes.append(words % {"count": closed_late})
    return Progress(
        done=done,
        due=len(rows),
        late=len(overdue),
        headline=_("%(done)s of %(due)s duties done") % {"done": done, "due": len(rows)},
        late_names=tuple(dict.fromkeys(names[row.owner_id] for row in overdue)),
        next=_next(waiting, names, day),
        notes=tuple(notes),
    )


def _overdue(rows: Sequence[queries.TaskRow], day: date) -> str:
    """Return what is overdue, the longest first."""
    words = _("%(duty)s (due %(day)s)")
    parts = [words % {"duty": row.title, "day": beside(row.due_on, day)} for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        parts.append(_("and %(count)s more") % {"count": len(rows) - SHOWN})
    return _("Overdue: %(duties)s") % {"duties": "；".join(parts)}


def _next(waiting: Sequence[queries.TaskRow], names: Mapping[int, str], day: date) -> str:
    if not waiting:
        return ""
    row = waiting[0]
    words = _("%(owner)s: %(duty)s, due %(day)s")
    facts = {"owner": names[row.owner_id], "duty": row.title, "day": beside(row.due_on, day)}
    return words % facts


def lapsed(sources: Iterable[str]) -> set[str]:
    """Return those of these sources of duties whose measure is closed: nobody asks for them any more."""
    ids = {source: int(source.removeprefix(DUTY).partition("/")[0]) for source in sources if is_duty(source)}
    closed = set(
        Measure.objects.filter(pk__in=set(ids.values()), status=MeasureStatus.CLOSED).values_list(
            "pk", flat=True
        )
    )
    return {source for source, pk in ids.items() if pk in closed}


def duties_due(unit_ids: Collection[int]) -> list[queries.TaskRow]:
    """Return the duties of these units that are still asked for, by due date."""
    rows = queries.open_duties(unit_ids)
    over = lapsed({row.source for row in rows})
    return [row for row in rows if row.source not in over]


def next_duties(unit_ids: Collection[int]) -> list[queries.TaskRow]:
    """Return them as well; of one that comes again and again, the next."""
    first: dict[str, queries.TaskRow] = {}
    for row in duties_due(unit_ids):
        first.setdefault(row.source, row)
    return list(first.values())


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the duties that were reported as done; the words of the report stand on their page."""
    found = [(row, row.done_at) for row in queries.from_sources(_sources(measure))]
    return [
        Evidence(
            kind="duty",
            ref=str(row.task_id),
            at=done_at,
            label=f"{row.title} · {_('done late') if row.was_late else _('done')}",
        )
        for row, done_at in found
        if done_at is not None
    ]


KIND = Kind(
    name="assignments",
    label=lambda: _("Duties assigned"),
    settings=AssignmentsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"items"}),
)
