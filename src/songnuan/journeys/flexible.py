"""What the journeys of flexible work share: what the plan allows, the staff office, the request."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.casework.actions.flexible import Allowed
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.casework.flexible_rules import Limits, subject_of
from songnuan.journeys.measures.flexible_work import FlexibleWorkSettings
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, unit_by_name
from songnuan.plans.models import Measure


def settings_of(measure: Measure) -> FlexibleWorkSettings:
    """Return the settings of a measure."""
    return FlexibleWorkSettings.model_validate(measure.settings)


def limits_of(settings: FlexibleWorkSettings) -> Limits:
    """Return whom the plan means."""
    return Limits(settings.child_years, settings.elder_years, settings.elders_care)


def allowed_by(measure: Measure, at: datetime) -> Allowed:
    """Return what the plan of a measure allows.

    Raises:
        Refusal: As `staff_office`.

    """
    settings = settings_of(measure)
    return Allowed(
        limits_of(settings), staff_office(measure, at), settings.longest_days, settings.review_days
    )


def staff_office(measure: Measure, at: datetime) -> int:
    """Return the unit that decides as the staff office: that of the plan where none is named.

    Raises:
        Refusal: `staff_office_unknown` where there is no such unit.

    """
    name, unit_id = settings_of(measure).staff_office, measure.plan.unit_id
    if not name:
        return unit_id
    found = unit_by_name(name, day_of(at), under=unit_id)
    if found is None:
        sentence = _("There is no unit “%(unit)s” below that of the plan. Have the plan's setting corrected.")
        raise Refusal("staff_office_unknown", sentence % {"unit": name}, measure=measure.pk)
    return found.pk


def decides_for_all(measure: Measure, actor: Actor, at: datetime) -> bool:
    """Return whether somebody decides in the staff office, and therefore sees all of the plan."""
    try:
        unit_id = staff_office(measure, at)
    except Refusal:
        return False
    return permits(actor, Permission.FLEXIBLE_DECIDE, unit_id=unit_id, at=at)


def find_flexible(request_id: int) -> FlexibleRequest:
    """Return a request with its plan and its employee.

    Raises:
        Refusal: `flexible_unknown`.

    """
    rows = FlexibleRequest.objects.select_related("measure__plan", "person", "made_by")
    row = rows.filter(pk=request_id).first()
    if row is None:
        sentence = _("There is no such request. Open it from the page of its clause.")
        raise Refusal("flexible_unknown", sentence)
    return row


def approval_of(row: FlexibleRequest) -> Request:
    """Return the request for the approval of flexible work.

    Raises:
        Refusal: `nothing_requested`.

    """
    found = latest(subject_of(row.pk))
    if found is None:
        raise Refusal("nothing_requested", _("Nothing waits for approval here. Reload the page."))
    return found


def page_of(row: FlexibleRequest) -> str:
    """Return the path of the page of a request."""
    return f"/flexible/requests/{row.pk}/"
