"""Who has to solve a problem is told when it is raised, and both sides when it is closed (反馈)."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.remind_of_problems import who_answers
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of, holders, unit_names
from songnuan.organisation.rules import live
from songnuan.plans.queries import plan_by_slug
from songnuan.tasks.models import Feedback, Task, Verb
from songnuan.visits.models import LeaderVisit, Visit, VisitProblem


def tell_of_raised(task: Task, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for those who answer for the owner of a problem, but for who raised it themselves.

    A problem that is given to another unit later is new to that one.
    """
    _leave(
        who_answers(task.owner_id, at),
        partial(_words_raised, task, _name(task.unit_id, at), _name(task.owner_id, at)),
        task=task,
        topic="problem.raised",
        key=f"problem.raised:{task.pk}:{task.owner_id}:{_given(task)}",
        actor=actor,
        at=at,
    )


def tell_of_closed(task: Task, *, actor: Actor, at: datetime) -> None:
    """Leave a notice with what came of it for the owner's people and for who raised it.

    The unit it was found at has rarely an account of its own: the lead that visited it passes it on. Whoever
    recorded it, a leader's visit too, is told as well while they may look into visits there.
    """
    leads = VisitProblem.objects.filter(task=task).values_list("visit__lead_id", flat=True)
    posts = Post.objects.filter(
        live(day_of(at)),
        unit_id__in={task.unit_id, *leads},
        role__in=(Role.LEAD_LIAISON, Role.UNIT_LIAISON),
    )
    visits = (Visit.objects.filter(problems__task=task), LeaderVisit.objects.filter(problems__task=task))
    recorders = {pk for rows in visits for pk in rows.values_list("recorded_by", flat=True)}
    raisers = [
        *User.objects.filter(is_active=True, pk__in=posts.values("user")),
        *holders(Permission.VISIT_VIEW, task.unit_id, at).filter(pk__in=recorders),
    ]
    told = {user.pk: user for user in (*who_answers(task.owner_id, at), *raisers)}
    _leave(
        [user for _pk, user in sorted(told.items())],
        partial(_words_closed, task, _name(task.unit_id, at)),
        task=task,
        topic="problem.closed",
        key=f"problem.closed:{task.pk}",
        actor=actor,
        at=at,
    )


def _leave(
    readers: Iterable[User],
    say: partial[tuple[str, str]],
    *,
    task: Task,
    topic: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Leave it for all but the actor, who knows."""
    plan = plan_by_slug(task.plan_slug)
    tell(
        [user for user in readers if user.pk != actor.user_id],
        say,
        topic=topic,
        key=key,
        url=f"/problems/{task.pk}/",
        plan=plan.title if plan else "",
        actor=actor,
        at=at,
    )


def _name(unit_id: int, at: datetime) -> str:
    return unit_names({unit_id}, day_of(at)).get(unit_id, "")[:NAME_SHOWN]


def _given(task: Task) -> int:
    """Return what tells one time it was given to a unit from another: 0 when it was raised."""
    amended = Feedback.objects.filter(task=task, verb=Verb.AMEND).order_by("-pk").first()
    return amended.pk if amended else 0


def _words_raised(task: Task, unit: str, owner: str) -> tuple[str, str]:
    facts = {"owner": owner, "title": task.title[:NAME_SHOWN]}
    title = _("Problem for %(owner)s to solve: %(title)s") % facts
    body = _("It was found at %(unit)s; it is due on %(day)s.") % {"unit": unit, "day": written(task.due_on)}
    return title, body


def _words_closed(task: Task, unit: str) -> tuple[str, str]:
    title = _("Problem closed: %(title)s") % {"title": task.title[:NAME_SHOWN]}
    body = _("It was found at %(unit)s. What came of it: %(feedback)s")
    return title, body % {"unit": unit, "feedback": task.feedback}
