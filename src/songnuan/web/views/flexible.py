"""Flexible work under a measure: who may ask for it and why, the requests, the days, and the workbook.

What is looked for is posted, not put into the address: names have no place in the browser's history.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.casework.flexible_models import FlexibleStatus
from songnuan.casework.flexible_queries import at_stake, employees
from songnuan.casework.flexible_words import weekdays_words
from songnuan.journeys.flexible import limits_of
from songnuan.journeys.flexible_book import flexible_book
from songnuan.journeys.measures.flexible_work import settings_of
from songnuan.journeys.papers import SHEET
from songnuan.kernel.days import written
from songnuan.kernel.names import tidy_name
from songnuan.people.models import Roster
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.plans.queries import visible_plans
from songnuan.web.flexible_page import (
    Span,
    arrangements,
    day_rows,
    employee_rows,
    measure_seen,
    measures_seen,
    request_rows,
    seen_requests,
    spans_of,
    units_seen,
)
from songnuan.web.paging import before_of, page_of
from songnuan.web.views.shared import PAGE, Reader, reader_of

_NAME = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month, with how many work flexibly on it; None before the first and after the last."""

    day: date | None
    count: int = 0
    is_shown: bool = False
    is_today: bool = False


@login_required
@require_safe
def flexible(request: HttpRequest) -> HttpResponse:
    """List the plans under which flexible work is asked for; where there is one, lead on to it."""
    found = measures_seen(reader_of(request))
    if len(found) == 1:
        return redirect("flexible_work", found[0].pk)
    return render(request, "web/flexible.html", {"measures": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flexible_work(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the requests and the employees of a measure; a POST looks for an employee, and changes nothing."""
    reader = reader_of(request)
    measure = measure_seen(measure_id, reader)
    units, settings = units_seen(measure, reader), settings_of(measure)
    asked = tidy_name(request.POST.get("text", ""))[:_NAME] if request.method == "POST" else ""
    rows = employees(settings.roster, units).order_by("pk")
    if asked:
        found, older = list(rows.filter(person__name__startswith=asked)[:PAGE]), None
    else:
        after = before_of(request) or 0
        staked = at_stake(rows, reader.day).filter(pk__gt=after)
        found, older = page_of(staked.iterator(), PAGE, lambda row: row.pk)
    stands = arrangements(measure, units, reader.day)
    requests = seen_requests(measure, units)
    standing_ids = [one.row.pk for one in stands]
    waiting = requests.filter(status=FlexibleStatus.PENDING)
    others = requests.exclude(pk__in=standing_ids).exclude(status=FlexibleStatus.PENDING)
    context = {
        **_head(measure, reader),
        "settings": settings,
        "roster": Roster.objects.filter(key=settings.roster).first(),
        "stands": request_rows((one.row for one in stands), reader, stands),
        "waiting": request_rows(waiting, reader),
        "others": request_rows(others[:PAGE], reader),
        "employees": employee_rows(found, measure, limits_of(settings), reader),
        "older": older,
        "asked": asked,
        "is_open": measure.status == MeasureStatus.OPEN,
    }
    return render(request, "web/flexible_work.html", context)


def _head(measure: Measure, reader: Reader) -> dict[str, object]:
    shown = visible_plans(reader.actor, reader.at).filter(pk=measure.plan_id).exists()
    return {"measure": measure, "plan": measure.plan, "plan_shown": shown, "today": reader.day}


@login_required
@require_safe
def flexible_days(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show a month with how many work flexibly on each day, and who does on one of them."""
    reader = reader_of(request)
    measure = measure_seen(measure_id, reader)
    day = _day(request.GET.get("day", ""), reader.day)
    first = day.replace(day=1)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    spans = spans_of(seen_requests(measure, units_seen(measure, reader)), first, last)
    context = {
        **_head(measure, reader),
        "day": day,
        "month": written(day, "month"),
        "names_of_days": [weekdays_words(str(place)) for place in range(1, 8)],
        "weeks": _weeks(day, reader.day, spans),
        "rows": day_rows(spans, day, reader),
        "earlier": date.fromordinal(first.toordinal() - 1) if first > date.min.replace(year=2) else None,
        "later": date.fromordinal(last.toordinal() + 1) if last.year < date.max.year else None,
    }
    return render(request, "web/flexible_days.html", context)


def _day(text: str, today: date) -> date:
    """Return the day that the address names; today for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


def _weeks(shown: date, today: date, spans: Sequence[Span]) -> list[list[Cell]]:
    weeks = calendar.Calendar().monthdayscalendar(shown.year, shown.month)
    return [
        [_cell(shown.replace(day=number), shown, today, spans) if number else Cell(None) for number in week]
        for week in weeks
    ]


def _cell(day: date, shown: date, today: date, spans: Sequence[Span]) -> Cell:
    count = sum(one.covers(day) for one in spans)
    return Cell(day, count, is_shown=day == shown, is_today=day == today)


@login_required
@never_cache
@require_safe
def flexible_file(request: HttpRequest, measure_id: int) -> FileResponse:
    """Give the workbook of what was approved; that it was taken is noted."""
    reader = reader_of(request)
    measure = measure_seen(measure_id, reader)
    made = BytesIO()
    rows = seen_requests(measure, units_seen(measure, reader))
    flexible_book(measure=measure, rows=rows, to=made, actor=reader.actor, at=reader.at)
    made.seek(0)
    name = _("Flexible work %(day)s.xlsx") % {"day": reader.day.isoformat()}
    return FileResponse(made, as_attachment=True, filename=name, content_type=SHEET)


urlpatterns: list[URLPattern] = [
    path("flexible/", flexible, name="flexible"),
    path("flexible/<int:measure_id>/", flexible_work, name="flexible_work"),
    path("flexible/<int:measure_id>/days/", flexible_days, name="flexible_days"),
    path("flexible/<int:measure_id>/book/", flexible_file, name="flexible_file"),
]
