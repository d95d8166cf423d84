"""What of a response is not finished, and that whoever ends it has read so."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.board_queries import open_alerts_of
from songnuan.emergency.models import Activation, Returnee, ReturneeStatus
from songnuan.emergency.order_task_queries import unfinished
from songnuan.emergency.report_queries import KIND, current_period, top_of
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure, MeasureStatus


def still_open(row: Activation, at: datetime) -> list[str]:
    """Return in words what of a real response is not finished: whoever ends it ought to know."""
    plan = row.measure.plan
    if row.is_drill:
        return []
    alerts = len(open_alerts_of(plan.pk, plan.unit_id))
    tasks = sum(not one.is_drill for one in unfinished([row.measure_id]))
    people = Returnee.objects.filter(measure__plan=plan, status=ReturneeStatus.OBSERVED).count()
    lacking = _lacking(plan.pk, at)
    told = (
        (alerts, ngettext("%(count)s open alert", "%(count)s open alerts", alerts)),
        (tasks, ngettext("%(count)s unfinished task", "%(count)s unfinished tasks", tasks)),
        (
            lacking,
            ngettext("%(count)s situation report missing", "%(count)s situation reports missing", lacking),
        ),
        (
            people,
            ngettext("%(count)s returnee under observation", "%(count)s returnees under observation", people),
        ),
    )
    return [words % {"count": count} for count, words in told if count]


def require_read(row: Activation, at: datetime, *, has_read: bool) -> None:
    """Let pass who has read what is still open, and whoever ends a response of which nothing is.

    Raises:
        Refusal: `still_open_unread`.

    """
    if has_read or not (left := still_open(row, at)):
        return
    sentence = _("Still open: %(what)s. Read it, and tick that you have; or finish it first.")
    told = {"what": "、".join(left)}
    raise Refusal("still_open_unread", sentence % told, field="has_read", activation=row.pk)


def _lacking(plan_id: int, at: datetime) -> int:
    """Return how many reports of the newest period are missing, once it was due."""
    count = 0
    rows = Measure.objects.filter(plan=plan_id, kind=KIND, status=MeasureStatus.OPEN)
    for measure_id in rows.values_list("pk", flat=True):
        period = current_period(measure_id, at)
        if period is not None and not period.is_drill and period.due_at < at:
            top = top_of(period.pk)
            count += top.tally.lacking if top else 0
    return count
