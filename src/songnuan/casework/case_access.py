"""Who reaches which family: the union's officers and the inspector by their posts, a helper the own ones."""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.casework.case_models import Case, HelperState
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of, permits, refuse, scope, subtree
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan


class Reach(IntEnum):
    """How far somebody reaches into a case."""

    NONE = 0
    ASKED = 1
    VIEW = 2
    HELP = 3
    MANAGE = 4

    @property
    def reads(self) -> bool:
        """Whether everything of the case is shown."""
        return self >= Reach.VIEW

    @property
    def acts(self) -> bool:
        """Whether contacts, needs and what is done for them may be recorded."""
        return self >= Reach.HELP


def reach_of(case: Case, actor: Actor, at: datetime) -> Reach:
    """Return how far an actor reaches into a case of which the plan is at hand."""
    if permits(actor, Permission.CASE_MANAGE, unit_id=case.plan.unit_id, at=at):
        return Reach.MANAGE
    is_own = actor.user_id is not None and case.helper_id == actor.user_id
    if is_own and case.helper_state == HelperState.ACCEPTED:
        return Reach.HELP
    if permits(actor, Permission.CASE_VIEW, unit_id=case.plan.unit_id, at=at):
        return Reach.VIEW
    return Reach.ASKED if is_own else Reach.NONE


def reached(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Return the cases of which an actor may read everything."""
    units = scope(actor, Permission.CASE_VIEW, at).values("pk")
    own = Q(helper=actor.user_id, helper_state=HelperState.ACCEPTED) if actor.user_id else Q(pk__in=())
    return Case.objects.filter(Q(plan__unit__in=units) | own)


def own_cases(user_id: int | None) -> QuerySet[Case]:
    """Return the cases that somebody helps, or is asked to."""
    return Case.objects.filter(helper=user_id or 0)


def require_acting(case: Case, actor: Actor, at: datetime) -> int:
    """Let pass who may record about a family; return their id.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not reach_of(case, actor, at).acts:
        refuse(Permission.CASE_MANAGE, unit_id=case.plan.unit_id)
    return actor.user_id


def require_managing(plan: Plan, actor: Actor, at: datetime) -> int:
    """Let pass who manages the families of a plan; return their id.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not permits(actor, Permission.CASE_MANAGE, unit_id=plan.unit_id, at=at):
        refuse(Permission.CASE_MANAGE, unit_id=plan.unit_id)
    return actor.user_id


def able_helpers(unit_id: int, at: datetime) -> QuerySet[User]:
    """Return who may be asked to help: who holds a post in the tree of the unit, and inspects nothing."""
    day = day_of(at)
    posts = Post.objects.filter(live(day), unit__in=subtree(unit_id, day).order_by().values("pk"))
    inspecting = Post.objects.filter(live(day), role=Role.INSPECTOR)
    users = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return users.exclude(pk__in=inspecting.values("user")).order_by("pk")


def require_able(user_ids: Collection[int], unit_id: int, at: datetime) -> None:
    """Let pass those who may be asked to help.

    Raises:
        Refusal: `helper_unfit`.

    """
    asked = set(user_ids)
    unfit = asked.difference(able_helpers(unit_id, at).filter(pk__in=asked).values_list("pk", flat=True))
    if unfit:
        sentence = _(
            "Only who holds a post at the unit of the plan or below it, and inspects nothing, can be asked."
            " Choose somebody else."
        )
        raise Refusal("helper_unfit", sentence, field="helper", user=min(unfit))


def own(case: Case, actor: Actor) -> int:
    """Return the id of the actor, who is asked to help this family.

    Raises:
        NotPermitted: `helper_other`.

    """
    if actor.user_id is None or case.helper_id != actor.user_id:
        raise NotPermitted("helper_other", _("Another person is asked to help this family."), case=case.pk)
    return actor.user_id
