"""What journeys about situation reports share: finding a measure or a period, with its plan."""

from django.utils.translation import gettext as _

from songnuan.emergency.models import ReportPeriod
from songnuan.emergency.report_queries import KIND
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure


def found_measure(measure_id: int) -> Measure:
    """Return a measure of situation reports.

    Raises:
        Refusal: `measure_unknown`.

    """
    row = Measure.objects.select_related("plan").filter(pk=measure_id, kind=KIND).first()
    if row is None:
        raise Refusal("measure_unknown", _("There is no such part of a plan."), measure=measure_id)
    return row


def found_period(period_id: int) -> ReportPeriod:
    """Return a period.

    Raises:
        Refusal: `period_unknown`.

    """
    row = ReportPeriod.objects.select_related("measure__plan").filter(pk=period_id).first()
    if row is None:
        raise Refusal("period_unknown", _("There is no such period. Choose one of the list."))
    return row
