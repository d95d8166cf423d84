"""A day after the deadline that was asked for a visit is allowed."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_moves import spots_of, tell_of_moves
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import beside
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of, unit_names
from songnuan.visits import actions as visits
from songnuan.visits.models import LaterDay, LaterDayStatus


@journey
def allow_late_visit(*, later_day_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Allow the day that the actor saw, and tell the one who asked for it, and who records the visit.

    Raises:
        Refusal: `not_permitted`, `own_plan`, `later_day_over`, `remark_too_long`, `wrong_state` when it was
            decided or taken back, `later_day_unknown`.

    """
    asked = LaterDay.objects.filter(pk=later_day_id)
    before = spots_of(asked.values_list("visit_id", flat=True))
    visits.allow_late(later_day_id=later_day_id, remark=remark, actor=actor, at=at)
    decided = asked.select_related("visit").get()
    tell_of_decision(decided, topic="visit.allowed", actor=actor, at=at)
    tell_of_moves(before, actor=actor, at=at, told_else=[decided.asked_by_id])


def tell_of_decision(asked: LaterDay, *, topic: str, actor: Actor, at: datetime) -> None:
    """Leave a notice for the one who asked for the day: what became of it, by whom, and why."""
    unit_id, due_on = asked.visit.unit_id, asked.visit.due_on
    name = unit_names({unit_id}, day_of(at)).get(unit_id, "")[:NAME_SHOWN]

    def say() -> tuple[str, str]:
        day = beside(asked.day, due_on)
        facts = {"unit": name, "day": day, "person": actor.label, "remark": asked.remark}
        if asked.status == LaterDayStatus.ALLOWED:
            title = _("Later day %(day)s allowed: %(unit)s")
        else:
            title = _("Later day %(day)s returned: %(unit)s")
        body = _("%(person)s: %(remark)s") if asked.remark else _("Allowed by %(person)s")
        return title % facts, body % facts

    tell(
        User.objects.filter(pk__in=[asked.asked_by_id], is_active=True),
        say,
        topic=topic,
        key=f"later_day:{asked.pk}:decided",
        url=f"/visits/{asked.visit_id}/",
        actor=actor,
        at=at,
    )
