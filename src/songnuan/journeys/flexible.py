"""What the journeys of flexible work share: what the plan allows, the staff office, the request."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request
from songnuan.approvals.queries import latest
from songnuan.casework.actions.flexible import Allowed
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.casework.flexible_queries import employees
from songnuan.casework.flexible_rules import Limits, subject_of
from songnuan.journeys.measures.flexible_work import FlexibleWorkSettings, settings_of, staff_office
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, scope, subtree
from songnuan.people.models import Enrolment
from songnuan.plans.models import Measure


def limits_of(settings: FlexibleWorkSettings) -> Limits:
    """Return whom the plan means."""
    return Limits(settings.child_years, settings.elder_years, settings.elders_care)


def allowed_by(measure: Measure) -> Allowed:
    """Return what the plan of a measure allows."""
    settings = settings_of(measure)
    return Allowed(limits_of(settings), settings.longest_days, settings.review_days)


def decides_for_all(measure: Measure, actor: Actor, at: datetime) -> bool:
    """Return whether somebody decides in the staff office, and therefore sees all of the plan."""
    unit_id = staff_office(measure, at)
    return unit_id is not None and permits(actor, Permission.FLEXIBLE_DECIDE, unit_id=unit_id, at=at)


def employee_of(measure: Measure, person_key: str, actor: Actor, at: datetime) -> Enrolment | None:
    """Return where an employee stands in the plan's roster, at a unit of the plan that the actor asks for."""
    below = subtree(measure.plan.unit_id, day_of(at)).order_by().values("pk")
    units = scope(actor, Permission.FLEXIBLE_ASK, at).filter(pk__in=below)
    rows = employees(settings_of(measure).roster, units.values_list("pk", flat=True))
    return rows.filter(person__key=person_key).order_by("pk").first()


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
