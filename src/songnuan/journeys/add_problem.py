"""A problem that was found at a visit is added after its report was sent."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.record_visit import Problem, check_owners, raise_at_visit
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.plans.rules import check_measure_runs
from songnuan.visits.access import find_visit, may_add_problem


@journey
def add_problem(*, visit_id: int, problem: Problem, key: UUID, actor: Actor, at: datetime) -> int:
    """Raise the problem at the visit, and tell its owner; return the task it became.

    It is due as from the day it is added. The same `key` again adds nothing and returns the same task.

    Raises:
        Refusal: `visit_unknown`, `not_permitted`, `not_recorded`, `owner_unknown`, `title_missing`,
            `title_too_long`, `measure_closed`, `key_reused`.

    """
    visit = find_visit(visit_id)
    if not may_add_problem(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at):
        refuse(Permission.VISIT_RECORD, unit_id=visit.lead_id)
    digest = digest_rows([(visit_id, canonical(asdict(problem)))])
    earlier = jobs.receive(key=key, purpose="add_problem", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    check_measure_runs(visit.measure, at)
    check_owners(visit.measure.plan, [problem], at)
    task_id = raise_at_visit(visit, problem, actor, at)
    jobs.settle(key=key, result=str(task_id))
    return task_id
