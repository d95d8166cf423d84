"""Who reaches which family: the union's officers and the inspector by their posts, a helper the own ones.

A special family is reached by the office that leads it, its contact person and the deputy; nobody else.
"""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum
from typing import NoReturn

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.casework.case_models import Case, HelperState
from songnuan.casework.special_models import CaseOffice
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of, permits, refuse, scope, subtree
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, Plan


class Reach(IntEnum):
    """How far somebody reaches into a case; `COUNTED`: into its number and how it stands, not who it is."""

    NONE = 0
    COUNTED = 1
    ASKED = 2
    VIEW = 3
    HELP = 4
    MANAGE = 5

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
    if case.is_special:
        return _of_special(case, actor, at)
    if permits(actor, Permission.CASE_MANAGE, unit_id=case.plan.unit_id, at=at):
        return Reach.MANAGE
    is_own = actor.user_id is not None and case.helper_id == actor.user_id
    if is_own and case.helper_state == HelperState.ACCEPTED:
        return Reach.HELP
    if permits(actor, Permission.CASE_VIEW, unit_id=case.plan.unit_id, at=at):
        return Reach.VIEW
    return Reach.ASKED if is_own else Reach.NONE


def _of_special(case: Case, actor: Actor, at: datetime) -> Reach:
    """Return how far an actor reaches into a special family: once it has ended, the office alone."""
    if keeps_accounts(actor, at):
        return Reach.NONE
    if permits(actor, Permission.CASE_LEAD, unit_id=case.lead_id, at=at):
        return Reach.MANAGE
    if actor.user_id is not None and case.ended_at is None:
        if case.deputy_id == actor.user_id:
            return Reach.HELP
        if case.helper_id == actor.user_id:
            return Reach.HELP if case.helper_state == HelperState.ACCEPTED else Reach.ASKED
    return Reach.COUNTED if inspects(case.plan, actor, at) else Reach.NONE


def keeps_accounts(actor: Actor, at: datetime) -> bool:
    """Return whether an actor hands out posts: who could let themselves in reaches no special family."""
    return not actor.is_system and permits(actor, Permission.ACCOUNT_MANAGE, at=at)


def inspects(plan: Plan, actor: Actor, at: datetime) -> bool:
    """Return whether an actor supervises a plan: of special families they see counts."""
    return permits(actor, Permission.TRAIL_VIEW, unit_id=plan.unit_id, at=at)


def reached(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Return the cases of which an actor may read everything."""
    units = scope(actor, Permission.CASE_VIEW, at).values("pk")
    own = Q(pk__in=())
    if actor.user_id:
        own = Q(helper=actor.user_id, helper_state=HelperState.ACCEPTED) | Q(deputy=actor.user_id)
    found = Q(lead__isnull=True) & (Q(plan__unit__in=units) | own)
    if not keeps_accounts(actor, at):
        leads = scope(actor, Permission.CASE_LEAD, at).values("pk")
        found |= Q(lead__in=leads) | (Q(lead__isnull=False, ended_at__isnull=True) & own)
    return Case.objects.filter(found)


def own_cases(user_id: int | None) -> QuerySet[Case]:
    """Return the cases that somebody helps, also as deputy, or is asked to."""
    own = Q(helper=user_id or 0) | Q(deputy=user_id or 0)
    return Case.objects.filter(own, ended_at__isnull=True)


def lead_of(measure_id: int) -> int | None:
    """Return the unit that leads the special families of a measure; None where its families are none."""
    return CaseOffice.objects.filter(measure=measure_id).values_list("unit", flat=True).first()


def led_measures(actor: Actor, at: datetime) -> QuerySet[Measure]:
    """Return the measures of which an actor leads the special families."""
    if keeps_accounts(actor, at):
        return Measure.objects.none()
    leads = scope(actor, Permission.CASE_LEAD, at).values("pk")
    return Measure.objects.filter(pk__in=CaseOffice.objects.filter(unit__in=leads).values("measure"))


def manages(measure: Measure, actor: Actor, at: datetime) -> bool:
    """Return whether an actor manages the families of a measure, of which the plan is at hand."""
    lead = lead_of(measure.pk)
    if lead is not None:
        may = permits(actor, Permission.CASE_LEAD, unit_id=lead, at=at)
        return may and not keeps_accounts(actor, at)
    return permits(actor, Permission.CASE_MANAGE, unit_id=measure.plan.unit_id, at=at)


def require_manager(measure: Measure, actor: Actor, at: datetime) -> int:
    """Let pass who manages the families of a measure; return their id.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not manages(measure, actor, at):
        lead = lead_of(measure.pk)
        refuse(
            Permission.CASE_MANAGE if lead is None else Permission.CASE_LEAD,
            unit_id=lead or measure.plan.unit_id,
        )
    return actor.user_id


def require_manager_of(case: Case, actor: Actor, at: datetime) -> int:
    """Let pass who manages a family; return their id.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or reach_of(case, actor, at) != Reach.MANAGE:
        _refuse(case)
    return actor.user_id


def _refuse(case: Case) -> NoReturn:
    right = Permission.CASE_LEAD if case.is_special else Permission.CASE_MANAGE
    refuse(right, unit_id=case.lead_id or case.plan.unit_id)


def require_acting(case: Case, actor: Actor, at: datetime) -> int:
    """Let pass who may record about a family; return their id.

    Raises:
        NotPermitted: `not_permitted`.

    """
    if actor.user_id is None or not reach_of(case, actor, at).acts:
        _refuse(case)
    return actor.user_id


def able_helpers(unit_id: int, at: datetime, *, is_special: bool = False) -> QuerySet[User]:
    """Return who may be asked to help: who holds a post in the tree of the unit, and inspects nothing.

    An administrator is not asked to help a special family either.
    """
    day = day_of(at)
    posts = Post.objects.filter(live(day), unit__in=subtree(unit_id, day).order_by().values("pk"))
    unfit = (Role.INSPECTOR, Role.ADMINISTRATOR) if is_special else (Role.INSPECTOR,)
    others = Post.objects.filter(live(day), role__in=unfit)
    users = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return users.exclude(pk__in=others.values("user")).order_by("pk")


def require_able(user_ids: Collection[int], unit_id: int, at: datetime, *, is_special: bool = False) -> None:
    """Let pass those who may be asked to help.

    Raises:
        Refusal: `helper_unfit`.

    """
    asked = set(user_ids)
    able = able_helpers(unit_id, at, is_special=is_special)
    unfit = asked.difference(able.filter(pk__in=asked).values_list("pk", flat=True))
    if unfit:
        sentence = _(
            "Only who holds a post at the unit of the plan or below it, and inspects nothing, can be asked."
            " Choose somebody else."
        )
        if is_special:
            sentence = _(
                "Only who holds a post at the unit of the plan or below it, and neither inspects nor keeps"
                " accounts, can be asked. Choose somebody else."
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
