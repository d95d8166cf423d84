"""The writers of leaders' visits."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require, scope
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.visits.leader_rules import LeaderReport, examine_leader, source_of, tidy_leader
from songnuan.visits.models import LeaderVisit, LeaderVisitProblem, LeaderVisitUnit, Visit, VisitStatus
from songnuan.visits.rules import (
    REASON_LONGEST,
    Begun,
    FieldProblem,
    ReportRefused,
    is_before_plan,
    longest,
    needs_entry_reason,
    plain,
)


@transaction.atomic(savepoint=False)
def record_leader(*, plan_id: int, report: LeaderReport, actor: Actor, at: datetime) -> LeaderVisit:
    """Record that a leader visited units under a plan. A late entry is marked, and not refused.

    Raises:
        NotPermitted: The actor may not record leaders' visits of the plan.
        ReportRefused: The report is wrong or lacks something; it holds every problem.
        Refusal: `visit_elsewhere` when the lead's visit is another plan's or not recorded,
            `leader_visit_twice` when this leader stands with that visit already.

    """
    plan = Plan.objects.get(pk=plan_id)
    require(actor, Permission.LEADER_VISIT_RECORD, unit_id=plan.unit_id, at=at)
    if report.visit_id is not None:
        report = _on_occasion(plan, report)
    report = tidy_leader(report)
    begun = _begun(plan)
    problems = examine_leader(report, received_at=at, begun=begun)
    known = scope(actor, Permission.LEADER_VISIT_RECORD, at).filter(pk__in=report.unit_ids)
    # Not as of the day of the visit: a unit may have been entered here after it.
    if known.count() < len(report.unit_ids):
        sentence = _("One of these units is not yours, or is closed. Choose the units again.")
        problems.append(FieldProblem("units", "unit_not_open", sentence))
    if problems:
        raise ReportRefused(problems)
    late_entry = needs_entry_reason(report.happened_at, at, begun)
    made = LeaderVisit.objects.create(
        plan=plan,
        leader_name=report.leader_name,
        leader_post=report.leader_post,
        visit_id=report.visit_id,
        happened_at=report.happened_at if report.visit_id is None else None,
        company=report.company,
        found=report.found,
        goods=report.goods,
        recorded_by_id=actor.user_id,
        recorded_at=at,
        late_entry=late_entry,
        before_plan=is_before_plan(report.happened_at, begun),
        entry_reason=report.entry_reason if late_entry else "",
    )
    LeaderVisitUnit.objects.bulk_create(
        LeaderVisitUnit(leader_visit=made, unit_id=unit_id) for unit_id in report.unit_ids
    )
    facts = {
        "happened_at": report.happened_at.isoformat(),
        "units": len(report.unit_ids),
        "for": f"visits.visit:{report.visit_id}" if report.visit_id else "",
        "late_entry": late_entry,
        "before_plan": made.before_plan,
    }
    _note(made, plan, "record_leader", actor, at, facts)
    return made


@transaction.atomic(savepoint=False)
def attach_leader_problem(*, leader_visit_id: int, task_id: int, actor: Actor, at: datetime) -> None:
    """Keep with a leader's visit the task that a problem raised there became.

    Raises:
        NotPermitted: The actor may not record leaders' visits of the plan.
        Refusal: `task_elsewhere`, `leader_visit_unknown`.

    """
    found = _find(leader_visit_id, actor, at)
    ours = Task.objects.filter(pk=task_id, source=source_of(leader_visit_id))
    if not ours.exists() or LeaderVisitProblem.objects.filter(task_id=task_id).exists():
        raise Refusal("task_elsewhere", _("This problem was not raised at this visit."), task=task_id)
    LeaderVisitProblem.objects.create(leader_visit=found, task_id=task_id)
    _note(found, found.plan, "attach_leader_problem", actor, at, {"task": task_id})


@transaction.atomic(savepoint=False)
def withdraw_leader(*, leader_visit_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw a leader's visit that was entered by mistake; it stays where it stands, and counts no more.

    Raises:
        NotPermitted: The actor may not record leaders' visits of the plan.
        Refusal: `withdraw_reason_missing`, `withdraw_reason_too_long`, `wrong_state` when it was withdrawn
            already, `leader_visit_unknown`.

    """
    found = _find(leader_visit_id, actor, at)
    reason = plain(reason)
    if not reason:
        sentence = _("Say why the entry is withdrawn. It stays in the list, marked.")
        raise Refusal("withdraw_reason_missing", sentence, field="reason")
    for problem in longest("reason", reason, REASON_LONGEST):
        raise Refusal("withdraw_reason_too_long", problem.sentence, field="reason")
    rows = LeaderVisit.objects.filter(pk=leader_visit_id, withdrawn_at=None)
    if not rows.update(withdrawn_at=at, withdrawn_by_id=actor.user_id, withdraw_reason=reason):
        raise Refusal("wrong_state", _("This entry was withdrawn already. Reload the page."))
    _note(found, found.plan, "withdraw_leader", actor, at, {})


def _on_occasion(plan: Plan, report: LeaderReport) -> LeaderReport:
    """Return the report with when and where the lead's visit was."""
    visit = Visit.objects.filter(
        pk=report.visit_id or 0, measure__plan=plan, status=VisitStatus.RECORDED
    ).first()
    if visit is None or visit.happened_at is None:
        sentence = _("Choose a visit of this plan that is recorded, or enter the leader's visit on its own.")
        raise Refusal("visit_elsewhere", sentence, field="visit")
    there = LeaderVisit.objects.filter(visit=visit, withdrawn_at=None)
    if there.filter(leader_name=tidy_leader(report).leader_name).exists():
        sentence = _("This leader stands with this visit already. Look at the list of leaders' visits.")
        raise Refusal("leader_visit_twice", sentence, field="leader_name")
    return replace(report, happened_at=visit.happened_at, unit_ids=(visit.unit_id,))


def _begun(plan: Plan) -> Begun:
    opened = Measure.objects.filter(plan=plan, kind="leader_visits").values_list("opened_at", flat=True)
    return Begun(plan.starts_on, opened.first())


def _find(leader_visit_id: int, actor: Actor, at: datetime) -> LeaderVisit:
    found = LeaderVisit.objects.select_related("plan").filter(pk=leader_visit_id).first()
    if found is None:
        raise Refusal("leader_visit_unknown", _("There is no such visit. Open the list again."))
    require(actor, Permission.LEADER_VISIT_RECORD, unit_id=found.plan.unit_id, at=at)
    return found


def _note(  # noqa: PLR0917 - as the trail wants it
    found: LeaderVisit, plan: Plan, verb: str, actor: Actor, at: datetime, facts: dict[str, object]
) -> None:
    trail.record(
        stream=f"plan:{plan.slug}",
        action=f"visits.{verb}",
        subject=f"visits.leader:{found.pk}",
        actor=actor,
        at=at,
        facts=facts,
    )
