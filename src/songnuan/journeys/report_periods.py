"""Periods of situation reports are opened as they begin, and what each is called."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportPeriod
from songnuan.emergency.report_queries import KIND, responses_of
from songnuan.emergency.report_rules import Rhythm, Span, drill_or_real, spans
from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.report_settings import SituationReportsSettings, settings_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.plans.models import Measure, MeasureStatus


@long_journey
def open_report_periods(*, actor: Actor, at: datetime) -> int:
    """Open every period that has begun, of all measures under way, one transaction each; return how many.

    A measure whose periods can't be opened is told at the end, and stops no other.
    """
    opened, failed = 0, list[Exception]()
    running = Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN)
    for measure in running.select_related("plan").order_by("pk"):
        with alone_at_fault(failed, f"measure {measure.pk}"):
            for span, is_drill in _to_open(measure, settings_of(measure), measure.opened_at or at, at):
                with step():
                    opened += _open(measure, span, is_drill=is_drill, actor=actor, at=at)
    if failed:
        raise ExceptionGroup("measures whose periods could not be opened", failed)
    return opened


def open_periods_of(
    measure: Measure, settings: SituationReportsSettings, opened_at: datetime, actor: Actor, at: datetime
) -> int:
    """Open the periods of a measure that have begun and are not open yet; return how many."""
    spans_ = _to_open(measure, settings, opened_at, at)
    return sum(_open(measure, span, is_drill=is_drill, actor=actor, at=at) for span, is_drill in spans_)


def _open(measure: Measure, span: Span, *, is_drill: bool, actor: Actor, at: datetime) -> bool:
    settings = settings_of(measure)
    expected = emergency.Expected(tuple(one.kind for one in settings.kinds), settings.depth)
    made = emergency.open_period(
        measure=measure, span=span, expected=expected, is_drill=is_drill, actor=actor, at=at
    )
    return made is not None


def _to_open(
    measure: Measure, settings: SituationReportsSettings, opened_at: datetime, at: datetime
) -> Iterator[tuple[Span, bool]]:
    """Yield the periods that have begun and are not open yet, and whether each is a drill's."""
    known = set(ReportPeriod.objects.filter(measure=measure).values_list("starts_at", "is_drill"))
    responses = responses_of(measure.plan_id) if settings.during == "response" else None
    for span in spans(settings.rhythm, opened_at, measure.plan.due_on, at):
        is_drill = False if responses is None else drill_or_real(span, responses)
        if is_drill is not None and (span.starts_at, is_drill) not in known:
            yield span, is_drill


def period_name(period: ReportPeriod, rhythm: Rhythm) -> str:
    """Return what a period is called: its day, its half of a day, its week; a drill's says so first."""
    name = span_name(period.starts_at, rhythm)
    return _("Drill · %(period)s") % {"period": name} if period.is_drill else name


def drill_marked(period: ReportPeriod, title: str) -> str:
    """Return the title of a notice, marked where it is about a drill."""
    return _("Drill! %(title)s") % {"title": title} if period.is_drill else title


def span_name(starts_at: datetime, rhythm: Rhythm) -> str:
    """Return what a period is called by the moment at which it begins."""
    here = starts_at.astimezone(CHINA)
    day = written(here.date(), "full")
    if rhythm.period == "half_day":
        words = _("%(day)s, afternoon") if here.hour else _("%(day)s, morning")
        return words % {"day": day}
    if rhythm.period == "week":
        last = written(here.date() + timedelta(days=6), "full")
        return _("%(first)s to %(last)s") % {"first": day, "last": last}
    return day
