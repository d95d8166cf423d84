"""Periods of situation reports are opened as they begin, and what each is called."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportPeriod
from songnuan.emergency.report_queries import KIND
from songnuan.emergency.report_rules import Rhythm, Span, spans
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
            for span, expected in _to_open(measure, settings_of(measure), measure.opened_at or at, at):
                with step():
                    made = emergency.open_period(
                        measure=measure, span=span, expected=expected, actor=actor, at=at
                    )
                opened += made is not None
    if failed:
        raise ExceptionGroup("measures whose periods could not be opened", failed)
    return opened


def open_periods_of(
    measure: Measure, settings: SituationReportsSettings, opened_at: datetime, actor: Actor, at: datetime
) -> int:
    """Open the periods of a measure that have begun and are not open yet; return how many."""
    opened = 0
    for span, expected in _to_open(measure, settings, opened_at, at):
        made = emergency.open_period(measure=measure, span=span, expected=expected, actor=actor, at=at)
        opened += made is not None
    return opened


def _to_open(
    measure: Measure, settings: SituationReportsSettings, opened_at: datetime, at: datetime
) -> Iterator[tuple[Span, emergency.Expected]]:
    """Yield the periods that have begun and are not open yet, with who is expected in them."""
    known = set(ReportPeriod.objects.filter(measure=measure).values_list("starts_at", flat=True))
    expected = emergency.Expected(tuple(one.kind for one in settings.kinds), settings.depth)
    for span in spans(settings.rhythm, opened_at, measure.plan.due_on, at):
        if span.starts_at not in known:
            yield span, expected


def period_name(starts_at: datetime, rhythm: Rhythm) -> str:
    """Return what a period is called: its day, its half of a day, its week."""
    here = starts_at.astimezone(CHINA)
    day = written(here.date(), "full")
    if rhythm.period == "half_day":
        words = _("%(day)s, afternoon") if here.hour else _("%(day)s, morning")
        return words % {"day": day}
    if rhythm.period == "week":
        last = written(here.date() + timedelta(days=6), "full")
        return _("%(first)s to %(last)s") % {"first": day, "last": last}
    return day
