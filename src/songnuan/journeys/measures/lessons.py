"""Lessons (宣传培训): what is said to whom, and whether it was understood (知晓率)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.outreach.lesson_models import Audience, Lesson, LessonStatus, QuizRound, RoundKind
from songnuan.outreach.lesson_queries import KIND as NAME
from songnuan.outreach.lesson_queries import Standings, lessons, rounds_of, standings_of
from songnuan.outreach.quiz_rules import Rate
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

SIGNED = (LessonStatus.SIGNED, LessonStatus.WITHDRAWN)


class LessonsSettings(Settings):
    """The awareness rate that the plan wants."""

    aim: Count = Field(default=90, gt=0, le=100, description="知晓率目标（%） / awareness rate wanted")


def settings_of(measure: Measure) -> LessonsSettings:
    """Return the settings of a measure."""
    return LessonsSettings.model_validate(measure.settings)


def lint(_plan: PlanFile, _clause: ClauseEntry, _settings: LessonsSettings) -> Iterator[LintFinding]:
    """Nothing in the file can be wrong with it beyond its settings."""
    yield from ()


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
    return {measure.pk: _one(measure, told[measure.pk]) for measure in measures}


def _one(measure: Measure, rows: Sequence[tuple[Lesson, list[QuizRound]]]) -> Progress:
    if not rows:
        return Progress(headline=_("No lesson is signed off yet"), next=_("Write the first lesson"))
    aim = settings_of(measure).aim
    quizzes = [(one, held) for one, held in rows if one.questions]
    done, below, newest = 0, [], ""
    for lesson, held in quizzes:
        last = next((row for row in reversed(held) if row.closed_at is not None), None)
        if last is None:
            continue
        standings = standings_of(lesson, held)
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
    return sorted([*signed, *closed], key=lambda one: one.at)


KIND = Kind(
    name=NAME,
    label=lambda: _("Lessons"),
    settings=LessonsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
