"""Lessons (宣传培训): what is said to whom, and whether it was understood (知晓率)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of
from songnuan.outreach.course_models import Course
from songnuan.outreach.course_queries import courses, last_day
from songnuan.outreach.course_queries import standings_of_all as standings_of_courses
from songnuan.outreach.course_rules import Shares, shares
from songnuan.outreach.course_rules import percent as share_words
from songnuan.outreach.lesson_models import Audience, Lesson, LessonStatus, QuizRound, RoundKind
from songnuan.outreach.lesson_queries import KIND as NAME
from songnuan.outreach.lesson_queries import Standings, lessons, rounds_of, standings_of_all
from songnuan.outreach.quiz_rules import Rate
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

SIGNED = (LessonStatus.SIGNED, LessonStatus.WITHDRAWN)


class LessonsSettings(Settings):
    """The awareness rate that the plan wants, and by when everybody has to have learnt."""

    aim: Count = Field(default=90, gt=0, le=100, description="知晓率目标（%） / awareness rate wanted")
    learn_by: date | None = Field(
        default=None,
        description="按名册全员学习、测试（含补学补测）完成日 / day by which all on a roster have learnt",
    )


def settings_of(measure: Measure) -> LessonsSettings:
    """Return the settings of a measure."""
    return LessonsSettings.model_validate(measure.settings)


def lint(plan: PlanFile, clause: ClauseEntry, settings: LessonsSettings) -> Iterator[LintFinding]:
    """What everybody has to learn is learnt within the plan."""
    by = settings.learn_by
    if by and ((plan.starts_on and by < plan.starts_on) or (plan.due_on and by > plan.due_on)):
        yield LintFinding(
            code="lessons_outside_plan",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("The day by which everybody has learnt is not within the days of the plan."),
            mend=_("Correct the day of the measure, or those of the plan."),
        )


def open_(_opening: Opening) -> None:
    """Nothing to prepare: lessons are written on its page."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the quizzes of lessons whose last round reached the aim; drills count in nothing."""
    found = list(lessons().filter(measure__in=measures, is_drill=False, status__in=SIGNED, signed_at__lte=at))
    rounds: dict[int, list[QuizRound]] = {}
    for row in rounds_of([one.pk for one in found]):
        rounds.setdefault(row.lesson_id, []).append(row)
    told: dict[int, list[tuple[Lesson, list[QuizRound]]]] = {measure.pk: [] for measure in measures}
    for one in found:
        told[one.measure_id].append((one, rounds.get(one.pk, [])))
    quizzes = standings_of_all((one, rounds.get(one.pk, [])) for one in found)
    learnt: dict[int, list[Learnt]] = {measure.pk: [] for measure in measures}
    under_way = list(courses().filter(lesson__in=found, opened_at__lte=at).order_by("pk"))
    stands = standings_of_courses({course: last_day(course, day_of(at)) for course in under_way})
    for course in under_way:
        how = _learnt(course, shares(stands[course.pk]), day_of(at))
        # What nobody can learn any more is asked of nobody; what all had learnt before stays done.
        if how.is_done or course.lesson.status == LessonStatus.SIGNED:
            learnt[course.lesson.measure_id].append(how)
    return {
        measure.pk: _with_courses(
            measure, _one(measure, told[measure.pk], quizzes), learnt[measure.pk], day_of(at)
        )
        for measure in measures
    }


@dataclass(frozen=True, slots=True)
class Learnt:
    """How a course stands: in words, whether all have learnt it, and how many lack it after its day."""

    words: str
    is_done: bool
    late: int


def _learnt(course: Course, told: Shares, today: date) -> Learnt:
    whole = told.whole
    facts = {
        "title": course.lesson.title,
        "attended": whole.attended,
        "expected": whole.expected,
        "rate": share_words(whole.attended, whole.expected),
        "passed": whole.passed,
        "lacking": told.make_up,
    }
    words = _("“%(title)s”: %(attended)s of %(expected)s learnt it (%(rate)s)")
    if course.pass_at:
        words = _(
            "“%(title)s”: %(attended)s of %(expected)s learnt it (%(rate)s), %(passed)s passed the test"
        )
    parts = [words % facts]
    if told.make_up:
        parts.append(_("%(lacking)s have to make up for it") % facts)
    is_over = course.until_on < today or course.closed_at is not None
    return Learnt("；".join(parts), not told.make_up, told.make_up if is_over else 0)


def _with_courses(measure: Measure, told: Progress, learnt: Sequence[Learnt], today: date) -> Progress:
    """Add how the courses of a measure stand; what the plan wants by a day is late without any."""
    by = settings_of(measure).learn_by
    if not learnt:
        if by is None:
            return told
        words = _("Let everybody on the roster learn it by %(day)s") % {"day": written(by)}
        is_late = by < today
        late_names = (words,) if is_late else ()
        return replace(
            told, due=told.due + 1, late=int(is_late), next=told.next or words, late_names=late_names
        )
    return replace(
        told,
        done=told.done + sum(one.is_done for one in learnt),
        due=told.due + len(learnt),
        late=sum(one.late > 0 for one in learnt),
        late_names=tuple(one.words for one in learnt if one.late),
        notes=(*told.notes, *(one.words for one in learnt if not one.late)),
    )


def _one(
    measure: Measure,
    rows: Sequence[tuple[Lesson, list[QuizRound]]],
    stands: Mapping[int, Sequence[Standings]],
) -> Progress:
    if not rows:
        return Progress(headline=_("No lesson is signed off yet"), next=_("Write the first lesson"))
    aim = settings_of(measure).aim
    quizzes = [(one, held) for one, held in rows if one.questions]
    done, below, newest = 0, [], ""
    for lesson, held in quizzes:
        last = next((row for row in reversed(held) if row.closed_at is not None), None)
        if last is None:
            continue
        standings = stands[lesson.pk]
        newest = newest or rates_words(standings)
        rates = [one.whole[last.kind].rate for one in standings if last.kind in one.whole]
        if any(is_below(rate, aim) for rate in rates):
            below.append(lesson.title)
        elif any(rates):
            done += 1
    count = ngettext("%(count)s lesson signed off", "%(count)s lessons signed off", len(rows))
    headline = count % {"count": len(rows)}
    return Progress(
        done=done if quizzes else len(rows),
        due=len(quizzes) or len(rows),
        headline=f"{headline} · {newest}" if newest else headline,
        notes=tuple(
            _("“%(title)s” stays below %(aim)s %%: teach it again") % {"title": title, "aim": aim}
            for title in below
        ),
        at_risk=bool(below),
    )


def is_below(rate: Rate | None, aim: int) -> bool:
    """Return whether a rate that is told stays below the aim."""
    return rate is not None and rate.aware * 100 < aim * rate.answered


def percent(rate: Rate) -> str:
    """Return a rate as it is written: 91.7 %."""
    permille = rate.permille or 0
    return f"{permille // 10}.{permille % 10}%" if permille % 10 else f"{permille // 10}%"


def rates_words(standings: Sequence[Standings]) -> str:
    """Return the rates of all together in words, before and after."""
    parts = []
    for one in standings:
        told = [one.whole[kind].rate for kind in RoundKind.values if kind in one.whole]
        shown = [percent(rate) for rate in told if rate is not None]
        if shown:
            parts.append(f"{Audience(one.audience).label} {' → '.join(shown)}")
    return _("Awareness: %(rates)s") % {"rates": "；".join(parts)} if parts else ""


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the lessons that were signed off, and the rounds that were closed."""
    rows = list(lessons().filter(measure=measure, status__in=SIGNED))
    titles = {row.pk: row.title for row in rows}
    drills = {row.pk for row in rows if row.is_drill}
    signed = [
        Evidence(
            kind="lesson",
            ref=str(row.pk),
            at=row.signed_at,
            label=_("%(title)s, signed off by %(who)s")
            % {"title": row.title, "who": row.signed_by.name if row.signed_by else ""},
            note=_("drill") if row.is_drill else "",
        )
        for row in rows
        if row.signed_at is not None
    ]
    closed = [
        Evidence(
            kind="quiz",
            ref=str(row.lesson_id),
            at=row.closed_at,
            label=f"{titles[row.lesson_id]} · {RoundKind(row.kind).label}",
            note=_("drill") if row.lesson_id in drills else "",
        )
        for row in rounds_of(list(titles))
        if row.closed_at is not None
    ]
    return sorted([*signed, *closed, *_closed_courses(measure)], key=lambda one: one.at)


def _closed_courses(measure: Measure) -> Iterator[Evidence]:
    closed = list(courses().filter(lesson__measure=measure, closed_at__isnull=False))
    stands = standings_of_courses({course: last_day(course, date.max) for course in closed})
    for course in closed:
        if course.closed_at is not None:
            yield Evidence(
                kind="course",
                ref=str(course.pk),
                at=course.closed_at,
                label=_learnt(course, shares(stands[course.pk]), day_of(course.closed_at)).words,
                note=_("drill") if course.lesson.is_drill else "",
            )


KIND = Kind(
    name=NAME,
    label=lambda: _("Lessons"),
    settings=LessonsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
