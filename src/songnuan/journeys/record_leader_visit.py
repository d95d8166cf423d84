"""The office records that a leader visited units: what was found becomes problems with owner and due date."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.record_visit import Problem, check_owners, problem_due
from songnuan.journeys.tell_of_problems import tell_of_raised
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Plan
from songnuan.tasks import actions as tasks
from songnuan.visits import actions as visits
from songnuan.visits.leader_rules import LeaderReport, source_of
from songnuan.visits.models import LeaderVisit


@journey
def record_leader_visit(
    *,
    plan_id: int,
    report: LeaderReport,
    problems: Sequence[Problem] = (),
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Record a leader's visit and raise its problems; return its id. The same `key` again changes nothing.

    A problem that names no owner goes to the unit that was visited, the first of them.

    Raises:
        Refusal: `not_permitted`, what `visits.leader_rules` finds, `owner_unknown`, `visit_elsewhere`,
            `leader_visit_twice`, `key_reused` …

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.LEADER_VISIT_RECORD, unit_id=plan.unit_id, at=at)
    told = canonical({**asdict(report), "problems": [asdict(problem) for problem in problems]})
    digest = digest_rows([(plan_id, told)])
    earlier = jobs.receive(key=key, purpose="record_leader_visit", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    check_owners(plan, problems, at)
    made = visits.record_leader(plan_id=plan_id, report=report, actor=actor, at=at)
    for problem in problems:
        _raise(plan, made, problem, actor, at)
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _raise(plan: Plan, made: LeaderVisit, problem: Problem, actor: Actor, at: datetime) -> None:
    due_on, detail = problem_due(plan.pk, at)
    first = made.units.order_by("pk").values_list("unit_id", flat=True)[0]
    task = tasks.raise_task(
        plan_slug=plan.slug,
        source=source_of(made.pk),
        title=problem.title,
        detail="\n".join(filter(None, (problem.answer.strip(), detail))),
        owner_id=problem.owner_id or first,
        unit_id=first,
        due_on=due_on,
        actor=actor,
        at=at,
    )
    visits.attach_leader_problem(leader_visit_id=made.pk, task_id=task.pk, actor=actor, at=at)
    tell_of_raised(task, actor=actor, at=at)
