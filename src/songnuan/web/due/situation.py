"""What is due of situation reports: to report, to pass on, to consolidate; what never came."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.emergency.models import ReportPeriod, ReportSummary, SummaryStatus
from songnuan.emergency.report_gaps import gaps_of
from songnuan.emergency.report_queries import KIND, due_slots, part_states, tops
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.models import MeasureStatus
from songnuan.web.due.base import Desk, Due
from songnuan.web.views.shared import names_on

_BACK = timedelta(days=3)
"""Of how long ago a period still waits for its part or its consolidated report."""


def to_tell_the_situation(desk: Desk) -> Iterator[Due]:
    """Yield the reports that are due from the reader's units."""
    slots = list(due_slots(desk.reach_ids(Permission.SITUATION_REPORT), desk.at))
    names = names_on((slot.unit_id for slot in slots), desk.day)
    for slot in slots:
        plan = slot.period.measure.plan
        is_over = desk.at > slot.period.due_at
        if is_over:
            detail = _("The due time has passed. The report is taken all the same, and marked as late.")
        else:
            detail = _("All safe, or what happened: until %(time)s.")
            detail %= {"time": _clock(slot.period)}
        yield Due(
            title=_("Situation report: %(unit)s, %(period)s")
            % {"unit": names[slot.unit_id], "period": _name(slot.period)},
            plan=plan.title,
            detail=detail,
            url=reverse("situation_slot", args=(slot.pk,)),
            action=pgettext("situation report", "Report"),
            today=desk.day,
            due_on=day_of(slot.period.due_at),
            is_over=is_over,
        )


def to_pass_parts_on(desk: Desk) -> Iterator[Due]:
    """Yield the parts that the reader's units have not passed on, or that changed since."""
    own = desk.reach_ids(Permission.SITUATION_REPORT)
    if not own:
        return
    rows = [row for row in part_states(_recent(desk), own) if row.is_whole or row.period.due_at < desk.at]
    names = names_on((row.node_id for row in rows), desk.day)
    for row in rows:
        changed = _("Something has changed since it was passed on.")
        yield Due(
            title=_("Pass on the reports below %(unit)s, %(period)s")
            % {"unit": names[row.node_id], "period": _name(row.period)},
            plan=row.period.measure.plan.title,
            detail=changed if row.is_passed else "",
            url=reverse("situation_period", args=(row.period.pk,)) + f"?node={row.node_id}",
            action=_("Look and pass on"),
            today=desk.day,
            due_on=day_of(row.period.due_at),
        )


def to_consolidate(desk: Desk) -> Iterator[Due]:
    """Yield the consolidated reports that the office has to make, to send, or to get a receipt for."""
    managed = desk.reach_ids(Permission.EMERGENCY_MANAGE)
    if not managed:
        return
    periods = [row for row in _recent(desk) if row.measure.plan.unit_id in managed and row.due_at < desk.at]
    if not periods:
        return
    newest = {
        row.period_id: row
        for row in ReportSummary.objects.filter(period__in=periods).defer("snapshot").order_by("version")
    }
    counted = tops([row.pk for row in periods])
    for period in periods:
        made = newest.get(period.pk)
        if made is not None and made.status == SummaryStatus.RECEIVED:
            continue
        top = counted.get(period.pk)
        if top is None:
            continue
        yield _summary(period, made, top.tally.lacking, desk)


def to_see_what_never_came(desk: Desk) -> Iterator[Due]:
    """Yield, as one, the reports of earlier days that never came, for the office."""
    # The few units of plans, not the thousands below a post.
    managed = {plan.unit_id for plan in desk.running(desk.reach_ids(Permission.EMERGENCY_MANAGE))}
    gaps = gaps_of(managed, desk.at) if managed else None
    if gaps is None:
        return
    title = ngettext(
        "%(count)s situation report of earlier days never came",
        "%(count)s situation reports of earlier days never came",
        gaps.reports,
    )
    detail = ngettext("Of %(count)s period.", "Of %(count)s periods.", gaps.periods)
    yield Due(
        title=title % {"count": gaps.reports},
        detail=detail % {"count": gaps.periods},
        url=reverse("situation_gaps"),
        action=_("See the list"),
        today=desk.day,
        due_on=day_of(gaps.due_at),
    )


def _summary(period: ReportPeriod, made: ReportSummary | None, lacks: int, desk: Desk) -> Due:
    if made is None:
        action = pgettext("consolidated report", "Make it")
        words = ngettext("%(count)s unit is missing.", "%(count)s units are missing.", lacks)
        detail = words % {"count": lacks} if lacks else _("All expected units have reported.")
    elif made.status == SummaryStatus.MADE:
        action, detail = pgettext("consolidated report", "Send it"), made.number
    else:
        action, detail = pgettext("consolidated report", "Enter the receipt"), made.number
    return Due(
        title=_("Consolidated report, %(period)s") % {"period": _name(period)},
        plan=period.measure.plan.title,
        detail=detail,
        url=reverse("situation_summary", args=(period.pk,)),
        action=action,
        today=desk.day,
        due_on=day_of(period.due_at),
    )


def _recent(desk: Desk) -> Sequence[ReportPeriod]:
    rows = ReportPeriod.objects.filter(
        measure__kind=KIND,
        measure__status=MeasureStatus.OPEN,
        starts_at__lte=desk.at,
        starts_at__gt=desk.at - _BACK,
    )
    return list(rows.select_related("measure__plan").order_by("due_at"))


def _name(period: ReportPeriod) -> str:
    return period_name(period, settings_of(period.measure).rhythm)


def _clock(period: ReportPeriod) -> str:
    return period.due_at.astimezone(CHINA).strftime("%H:%M")
