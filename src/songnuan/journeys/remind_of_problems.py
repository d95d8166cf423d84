"""Who answers for a problem is reminded on the working day before it is due, and once it is overdue."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.journeys.working_days import next_working, works
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan, PlanStatus
from songnuan.tasks.queries import TaskRow, open_due_by


@journey
def remind_of_problems(*, actor: Actor, at: datetime) -> int:
    """Leave a notice before the due date and one after it, once for each due date; none on days off.

    Kits still to be handed over are problems too, of which another journey reminds.

    Returns:
        How many problems are due by the next working day, or overdue.

    """
    day = day_of(at)
    if not works(day):
        return 0
    plans = dict(Plan.objects.filter(status=PlanStatus.OPEN).values_list("slug", "title"))
    rows = [row for row in open_due_by(next_working(day), list(plans)) if visit_of(row.source) is None]
    names = names_then({row.owner_id for row in rows}, day)
    for row in rows:
        stage = "overdue" if row.due_on < day else "soon"
        tell(
            who_answers(row.owner_id, at),
            partial(_words, row, names[row.owner_id], is_late=stage == "overdue"),
            topic=f"problem.{stage}",
            key=f"problem.{stage}:{row.task_id}:{row.due_on}",
            url=f"/problems/{row.task_id}/",
            plan=plans[row.plan_slug],
            actor=actor,
            at=at,
        )
    return len(rows)


def who_answers(owner_id: int, at: datetime) -> Iterable[User]:
    """Return the owner's own liaisons, or, where it has none, who may close its problems."""
    posts = Post.objects.filter(live(day_of(at)), unit_id=owner_id, role=Role.LEAD_LIAISON)
    own = list(User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk"))
    return own or holders(Permission.PROBLEM_CLOSE, owner_id, at)


def _words(row: TaskRow, owner: str, *, is_late: bool) -> tuple[str, str]:
    title = (
        _("Problem overdue since %(day)s: %(title)s") if is_late else _("Problem due on %(day)s: %(title)s")
    )
    body = _("%(unit)s answers for it.") % {"unit": owner}
    return title % {"day": written(row.due_on), "title": row.title[:NAME_SHOWN]}, body
