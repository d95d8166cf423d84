"""Periods of situation reports are opened as they begin, and what each is called."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import ReportPeriod
from songnuan.emergency.report_queries import KIND
from songnuan.emergency.report_rules import Rhythm, spans
from songnuan.journeys.base import long_journey, step
from songnuan.journeys.report_settings import SituationReportsSettings, settings_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.plans.models import Measure, MeasureStatus


@long_journey
def open_report_periods(*, actor: Actor, at: datetime) -> int:
    """Open every period that has begun, of all measures under way, one transaction each; return how many."""
    opened = 0
    running = Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN)
    for measure in running.select_related("plan").order_by("pk"):
        settings = settings_of(measure)
        with step():
            opened += open_periods_of(measure, settings, measure.opened_at or at, actor, at)
    return opened


def open_periods_of(
    measure: Measure, settings: SituationReportsSettings, opened_at: datetime, actor: Actor, at: datetime
) -> int:
    """Open the periods of a measure that have begun and are not open yet; return how many."""
    known = set(ReportPeriod.objects.filter(measure=measure).values_list("starts_at", flat=True))
    expected = emergency.Expected(tuple(one.kind for one in settings.kinds), settings.depth)
    opened = 0
    for span in spans(settings.rhythm, opened_at, measure.plan.due_on, at):
        if span.starts_at not in known:
            made = emergency.open_period(measure=measure, span=span, expected=expected, actor=actor, at=at)
            opened += made is not None
    return opened


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
