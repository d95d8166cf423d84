"""The day of a visit still to do is changed; who records it hears of it, and who may allow a later one."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_moves import spots_of, tell_of_moves
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import beside
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.visits import actions as visits
from songnuan.visits.models import LaterDay, LaterDayStatus


@journey
def replan_visit(*, visit_id: int, planned_on: date, late_reason: str, actor: Actor, at: datetime) -> None:
    """Set another day; one after the deadline needs `late_reason`, and waits until somebody else allows it.

    A day that breaks a hard rule of the schedule needs it too. Team and time stay where they can.

    Raises:
        Refusal: `not_permitted`, `planned_in_past`, `planned_too_far`, `late_reason_missing`,
            `late_reason_too_long`, `rule_broken`, `reason_too_long`, `day_unchanged`, `wrong_state`,
            `visit_unknown`.

    """
    before = spots_of([visit_id])
    visits.replan(visit_id=visit_id, planned_on=planned_on, late_reason=late_reason, actor=actor, at=at)
    waits = LaterDay.objects.filter(visit_id=visit_id, status=LaterDayStatus.WAITING)
    for asked in waits.select_related("visit__measure__plan"):
        tell_of_asking(asked, actor=actor, at=at)
    tell_of_moves(before, actor=actor, at=at)


def tell_of_asking(asked: LaterDay, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for those who may allow the day, but for who asks: the unit, the day and the reason."""
    visit = asked.visit
    names = names_then({visit.unit_id, visit.lead_id}, day_of(at))

    def say() -> tuple[str, str]:
        day = beside(asked.day, visit.due_on)
        title = _("A later day is asked for: %(unit)s, %(day)s")
        body = _("%(person)s of %(lead)s asks for %(day)s; the deadline is %(due)s. Reason: %(reason)s")
        facts = {"unit": names[visit.unit_id][:NAME_SHOWN], "day": day, "person": actor.label}
        facts |= {
            "lead": names[visit.lead_id],
            "due": beside(visit.due_on, asked.day),
            "reason": asked.reason,
        }
        return title % facts, body % facts

    tell(
        holders(Permission.VISIT_ALLOW, visit.measure.plan.unit_id, at).exclude(pk=asked.asked_by_id or 0),
        say,
        topic="visit.asked",
        key=f"later_day:{asked.pk}:asked",
        url=f"/visits/{visit.pk}/",
        plan=visit.measure.plan.title,
        actor=actor,
        at=at,
    )
