"""How far a plan is, as a document for programs."""

from datetime import datetime
from typing import Any

from songnuan.funds.queries import of_plan as funds_of_plan
from songnuan.journeys.find import find_plan
from songnuan.journeys.living_plan import evidence_of, progress_of
from songnuan.journeys.measures.base import Progress
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.plans.models import Measure
from songnuan.plans.queries import clauses, measures, visible_plans


def plan_status(*, slug: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return how far the plan is.

    It is `{plan, clauses: [{number, title, measures: [{kind, done, due, late, money_minor, evidence}]}],
    removed: [{clause, reason, kind, …}], totals}`; `removed` are the measures whose clause the text in force
    has no more. Counts are integers; `due` is how many the clause asks for in all; `money_minor` is what
    was disbursed, in fen; evidence is `[{kind, ref, at}]`.

    Raises:
        Refusal: `plan_unknown`, `not_permitted`.

    """
    plan = find_plan(slug)
    if not visible_plans(actor, at).filter(pk=plan.pk).exists():
        refuse(Permission.PLAN_VIEW, unit_id=plan.unit_id)
    rows = list(measures(plan.pk))
    progress = progress_of(rows, at)
    measured = {row.pk: _measured(row, progress[row.pk], at) for row in rows}
    in_force = clauses(plan)
    keys = {clause.key for clause in in_force}
    funds = funds_of_plan(plan.pk)
    return {
        "plan": {
            "slug": plan.slug,
            "title": plan.title,
            "status": plan.status,
            "version": plan.version,
            "starts_on": plan.starts_on,
            "due_on": plan.due_on,
            "at": at,
        },
        "clauses": [
            {
                "number": clause.number,
                "title": clause.title,
                "measures": [measured[row.pk] for row in rows if row.clause_key == clause.key],
            }
            for clause in in_force
        ],
        "removed": [
            {"clause": row.clause_key, "reason": row.close_reason, **measured[row.pk]}
            for row in rows
            if row.clause_key not in keys
        ],
        "totals": {
            "measures": len(rows),
            "done": sum(row.done for row in progress.values()),
            "due": sum(row.due for row in progress.values()),
            "late": sum(row.late for row in progress.values()),
            "money_minor": sum(fund.balance.disbursed for fund in funds),
            "appropriated_minor": sum(fund.balance.appropriated for fund in funds),
            "returned_minor": sum(fund.balance.returned for fund in funds),
            "available_minor": sum(fund.balance.available for fund in funds),
        },
    }


def _measured(measure: Measure, progress: Progress, at: datetime) -> dict[str, Any]:
    return {
        "kind": measure.kind,
        "done": progress.done,
        "due": progress.due,
        "late": progress.late,
        "money_minor": progress.money_minor,
        "evidence": [
            {"kind": piece.kind, "ref": piece.ref, "at": piece.at} for piece in evidence_of(measure, at)
        ],
    }
