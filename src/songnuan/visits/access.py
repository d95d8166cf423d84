"""Who may do what with a visit: asked for by the actions, the journeys and the pages alike."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, require, subtree
from songnuan.organisation.rules import live
from songnuan.visits.models import Visit


def find_visit(visit_id: int) -> Visit:
    """Return the visit with its measure and plan.

    Raises:
        Refusal: `visit_unknown`.

    """
    visit = Visit.objects.select_related("measure__plan").filter(pk=visit_id).first()
    if visit is None:
        raise Refusal("visit_unknown", _("There is no such visit. Open your list of visits again."))
    return visit


def may_record(actor: Actor, *, unit_id: int, lead_id: int, at: datetime) -> bool:
    """Return whether the actor records visits for this lead at this unit.

    The unit alone does not do: another lead may be paired with it for another purpose.
    """
    both = (lead_id, unit_id)
    return all(permits(actor, Permission.VISIT_RECORD, unit_id=one, at=at) for one in both)


def require_recorder(actor: Actor, *, unit_id: int, lead_id: int, at: datetime) -> None:
    """Let pass who records visits for this lead at this unit.

    Raises:
        NotPermitted: `not_permitted`, with the permission and the unit or the lead.

    """
    for one in (lead_id, unit_id):
        require(actor, Permission.VISIT_RECORD, unit_id=one, at=at)


def may_add_problem(actor: Actor, *, unit_id: int, lead_id: int, at: datetime) -> bool:
    """Return whether the actor adds what was found at a visit: who records it, and the office."""
    return may_record(actor, unit_id=unit_id, lead_id=lead_id, at=at) or permits(
        actor, Permission.PROBLEM_CLOSE, unit_id=unit_id, at=at
    )


def may_replan(actor: Actor, *, plan_unit_id: int, unit_id: int, lead_id: int, at: datetime) -> bool:
    """Return whether the actor sets the day of a visit: who writes the plan, or records the visit."""
    return permits(actor, Permission.PLAN_WRITE, unit_id=plan_unit_id, at=at) or may_record(
        actor, unit_id=unit_id, lead_id=lead_id, at=at
    )


def went_on(lead_id: int, on: date, *, today: date) -> QuerySet[User]:
    """Return who may have gone for the lead on the day: who held a post then.

    Where the house knows nobody of that day, since its records begin later, those who hold one today.
    """
    then = colleagues(lead_id, on)
    return then if then.exists() else colleagues(lead_id, today)


def colleagues(lead_id: int, on: date) -> QuerySet[User]:
    """Return who held a post at the lead, or below it, on the day: those who may be named by account."""
    posts = Post.objects.filter(live(on), unit__in=subtree(lead_id, on).order_by().values("pk"))
    return User.objects.filter(pk__in=posts.values("user")).order_by("pk")
