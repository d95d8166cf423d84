"""What is due about plans themselves: to be signed, acknowledged, moved on, chased, answered."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.approvals.models import DelegationStatus, Request, RequestStatus, Verb
from songnuan.approvals.queries import acts, asked_about, delegations_of, pending_for
from songnuan.goods.request_queries import asked_sums
from songnuan.journeys.living_plan import progress_of
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Blocks, Measure, Plan, PlanStatus
from songnuan.plans.queries import questions_of
from songnuan.plans.rules import UNANSWERABLE
from songnuan.visits.figures import progress as visit_figures
from songnuan.visits.queries import WaitingDay, waiting_for
from songnuan.web.approval_page import asked_words, kind_label, url_of
from songnuan.web.due.base import Desk, Due, Part
from songnuan.web.views.issue import waiting_for_receipt
from songnuan.web.views.shared import names_on

_PARTS = 6
_QUESTIONS = 3


def to_sign(desk: Desk) -> Iterator[Due]:
    """Yield what waits for the reader's approval."""
    waiting = pending_for(desk.actor, desk.at)
    sums = asked_sums({row.subject for row in waiting})
    for request in waiting:
        asked = sums.get(request.subject)
        detail = asked_words(request)
        if asked is not None:
            detail = _("%(sum)s yuan at the most. %(asked)s") % {
                "sum": yuan(asked.total_minor),
                "asked": detail,
            }
        is_held = asked is not None and asked.is_held
        yield Due(
            title=request.title,
            plan=kind_label(request.kind),
            detail=detail,
            url=url_of(request.subject, request.kind) or reverse("approvals"),
            action=_("Read it") if is_held else _("Read and decide"),
            today=desk.day,
            is_held=is_held,
        )


def to_stand_in(desk: Desk) -> Iterator[Due]:
    """Yield the offices that somebody asks the reader to take on, until that is answered."""
    for row in delegations_of(desk.user.pk).filter(delegate=desk.user, status=DelegationStatus.OFFERED):
        if row.ends_on > desk.day:
            first, last = written(row.starts_on), written(row.ends_on - timedelta(days=1))
            yield Due(
                title=_("%(person)s asks you to act in their stead") % {"person": row.giver.name},
                detail=_("From %(first)s to %(last)s. It counts once you accept it.")
                % {"first": first, "last": last},
                url=reverse("delegations"),
                action=_("Accept or decline"),
                today=desk.day,
            )


def to_allow(desk: Desk) -> Iterator[Due]:
    """Yield the later days of visits that wait for the reader, those of one plan together."""
    running = {plan.pk: plan for plan in desk.running(desk.reach_ids(Permission.VISIT_ALLOW))}
    if not running:
        return
    waiting: dict[int, list[WaitingDay]] = {}
    for row in waiting_for(desk.user.pk, running):
        waiting.setdefault(row.plan_id, []).append(row)
    names = names_on((row.unit_id for rows in waiting.values() for row in rows), desk.day)
    for plan_id, rows in waiting.items():
        count = len(rows)
        title = ngettext(
            "%(count)s later day waits for approval", "%(count)s later days wait for approval", count
        )
        yield Due(
            title=title % {"count": count},
            plan=running[plan_id].title,
            url=reverse("pairing", args=(running[plan_id].slug,)) + "?state=asked",
            action=_("See which"),
            today=desk.day,
            parts=tuple(
                Part(names[row.unit_id], _asked(row), reverse("visit", args=(row.visit_id,)))
                for row in rows[:_PARTS]
            ),
        )


def _asked(row: WaitingDay) -> str:
    """Return who asks for which day, and why."""
    facts = {"person": row.asked_by, "day": written(row.day), "reason": row.reason}
    return _("%(person)s asks for %(day)s: %(reason)s") % facts


def to_acknowledge(desk: Desk) -> Iterator[Due]:
    """Yield the notices that wait until the reader says they have arrived."""
    for document, count, due_on in waiting_for_receipt(desk):
        slug = document.subject.partition(":")[2].partition("@")[0]
        units = ngettext("for %(count)s unit", "for %(count)s units", count) % {"count": count}
        yield Due(
            title=_("Acknowledge %(number)s") % {"number": document.number},
            plan=document.title,
            detail=units,
            url=reverse("plan_issue", args=(slug,)) + "#acknowledge",
            action=_("Acknowledge"),
            today=desk.day,
            due_on=due_on,
        )


def to_move_on(desk: Desk) -> Iterator[Due]:
    """Yield the plans that wait for the reader to hand them in, or to open them."""
    steps = {
        PlanStatus.DRAFT.value: (
            Permission.PLAN_WRITE,
            _("Ask for approval"),
            _("A draft, not yet handed in."),
        ),
        PlanStatus.APPROVED.value: (Permission.PLAN_OPEN, _("Open the plan"), _("Approved, not yet opened.")),
    }
    reach = {permission: desk.reach_ids(permission) for permission, _action, _detail in steps.values()}
    mine = [
        plan for plan in desk.plans if plan.status in steps and plan.unit_id in reach[steps[plan.status][0]]
    ]
    returned = _returned(plan for plan in mine if plan.status == PlanStatus.DRAFT)
    for plan in mine:
        _permission, action, detail = steps[plan.status]
        if plan.slug in returned:
            action, detail = (
                _("Correct the plan"),
                _("Returned: %(remark)s") % {"remark": returned[plan.slug]},
            )
        yield Due(
            title=plan.title,
            detail=detail,
            url=reverse("plan", args=(plan.slug,)),
            action=action,
            today=desk.day,
            due_on=plan.starts_on,
        )


def _returned(drafts: Iterable[Plan]) -> dict[str, str]:
    """Return, for the drafts that were returned the last time they were handed in, what was said."""
    subjects = [
        f"plans.plan:{plan.slug}@{number}" for plan in drafts for number in range(1, plan.version + 1)
    ]
    last: dict[str, Request] = {}
    for row in asked_about(subjects) if subjects else ():
        last.setdefault(row.subject.removeprefix("plans.plan:").rpartition("@")[0], row)
    back = {row.pk: slug for slug, row in last.items() if row.status == RequestStatus.RETURNED}
    done = acts([row for row in last.values() if row.pk in back])
    return {back[act.request_id]: act.remark for act in done if act.verb == Verb.RETURN}


def to_chase(desk: Desk) -> Iterator[Due]:
    """Yield the late visits of the plans the reader looks after, each day until all are chased."""
    watched = desk.reach_ids(Permission.PLAN_OPEN) | desk.reach_ids(Permission.PROBLEM_CLOSE)
    running = desk.running(watched)
    if not running:
        return
    measures = list(Measure.objects.filter(plan__in=running, kind="unit_visits").select_related("plan"))
    progress = progress_of(measures, desk.at)
    figures = visit_figures([measure.pk for measure in measures], desk.at)
    for measure in measures:
        how_far = progress[measure.pk]
        if figures[measure.pk].overdue > figures[measure.pk].chased_today:
            yield Due(
                title=how_far.next,
                plan=measure.plan.title,
                detail=how_far.headline,
                url=reverse("pairing", args=(measure.plan.slug,)) + "?state=overdue",
                action=_("See which"),
                today=desk.day,
                due_on=figures[measure.pk].overdue_since,
            )


def to_answer(desk: Desk) -> Iterator[Due]:
    """Yield what the texts of plans leave open and the reader may answer: one by itself, several together.

    Until a plan is opened, what holds nothing up can wait.
    """
    reach = desk.reach_ids(Permission.PLAN_WRITE)
    mine = [plan for plan in desk.plans if plan.status not in UNANSWERABLE and plan.unit_id in reach]
    parts = [
        Part(
            row.text,
            row.plan.title,
            reverse("plan", args=(row.plan.slug,)) + (f"#clause-{row.clause_key}" if row.clause_key else ""),
        )
        for row in questions_of(mine)
        if row.plan.status == PlanStatus.OPEN or row.blocks != Blocks.NOTHING
    ]
    if len(parts) == 1:
        yield Due(
            title=parts[0].title,
            plan=parts[0].detail,
            detail=_("an open question"),
            url=parts[0].url,
            action=_("Answer"),
            today=desk.day,
        )
    elif parts:
        yield Due(
            title=_("%(count)s questions that the plans leave open") % {"count": len(parts)},
            url=reverse("questions"),
            action=_("Answer"),
            today=desk.day,
            parts=tuple(parts[:_QUESTIONS]),
        )
