"""Pages of plans: the list, the living plan, and what is done about the plan itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from songnuan.approvals.models import Request, RequestStatus, Verb
from songnuan.approvals.queries import may_act
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.living_plan import LivingPlan, Margin, living_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.plan_overview import Strip, strips
from songnuan.journeys.reopen_plan import reopen_plan
from songnuan.journeys.return_plan import return_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.journeys.withdraw_plan import withdraw_plan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure, Plan, PlanKind, PlanStatus, Question
from songnuan.plans.queries import current_version, open_questions, questions_of, visible_plans
from songnuan.plans.rules import UNANSWERABLE
from songnuan.tasks.instruction_queries import of_plan
from songnuan.web.approval_page import ActLine, CourseLine, history_of
from songnuan.web.measure_form import settings_words
from songnuan.web.pickup_page import sees_pickups
from songnuan.web.plan_findings import asked_of, grouped
from songnuan.web.templatetags.plan_words import value_words
from songnuan.web.views import pairing
from songnuan.web.views.evidence import OF_FUNDS, evidence
from songnuan.web.views.issue import issuing_of
from songnuan.web.views.plan_amend import text_line
from songnuan.web.views.shared import Reader, evidence_link, plan_seen, reader_of

_DIGITS = 4  # of the place of a step
# Until it is opened, the page also says what is to be done about the plan itself.
_BEFORE_OPENING = frozenset({PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.APPROVED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan lies before it is opened, and what the reader may do about it now.

    `digest` is that of the text on the page: an approval holds for that text and no other. `course` is the
    newest request, `earlier` what was done about those before it, `changed_since` the version handed in
    before, where the text is another one now. `step` is where it lies, and `in_stead_of` in whose office the
    reader would decide, empty in the own one.
    """

    findings: tuple[LintFinding, ...]
    open_questions: int
    request_id: int | None
    digest: str
    course: CourseLine | None
    earlier: tuple[ActLine, ...]
    changed_since: int | None
    step: int
    in_stead_of: str
    kind_label: str
    may_submit: bool
    may_withdraw: bool
    withdraw_needs_reason: bool
    may_approve: bool
    may_reopen: bool
    may_open: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Plans that stand alike; `key` is its anchor."""

    key: str
    label: str
    plans: tuple[Strip, ...]


@login_required
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Show every plan that the reader may see, those under way first."""
    reader = reader_of(request)
    seen = list(visible_plans(reader.actor, reader.at))
    found = strips(seen, reader.at)
    groups = [
        Group(key, label, tuple(strip for strip in found if strip.status in statuses))
        for key, label, statuses in _groups()
    ]
    context = {
        "groups": [group for group in groups if group.plans],
        "open_questions": questions_of(seen).count(),
        "may_write": reader.may(Permission.PLAN_WRITE),
    }
    return render(request, "web/plans.html", context)


def _groups() -> list[tuple[str, str, frozenset[str]]]:
    """Return the groups of the list in their order: what moves stands above what rests."""
    return [
        ("open", _("Under way"), frozenset({PlanStatus.OPEN.value})),
        ("waiting", _("Awaiting"), frozenset({PlanStatus.SUBMITTED.value, PlanStatus.APPROVED.value})),
        ("draft", _("Drafts"), frozenset({PlanStatus.DRAFT.value})),
        ("closed", pgettext("plans", "Closed"), frozenset({PlanStatus.CLOSED.value})),
    ]


@login_required
@require_safe
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the living plan."""
    reader = reader_of(request)
    return _page(request, reader, plan_seen(reader, slug))


@login_required
def plan_submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the plan up for approval."""
    said = _("The plan is handed in. Whoever signs finds it among what is due.")
    return _act(request, slug, said, lambda reader: submit_plan(slug=slug, actor=reader.actor, at=reader.at))


@login_required
def plan_approve(request: HttpRequest, slug: str) -> HttpResponse:
    """Approve the text that the reader saw."""
    seen = _seen(request)
    return _act(
        request,
        slug,
        _approved,
        lambda reader: approve_plan(slug=slug, actor=reader.actor, at=reader.at, **seen),
    )


@login_required
def plan_return(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the plan back, with what is to be changed."""
    seen = _seen(request)
    return _act(
        request,
        slug,
        _("The plan went back to its writer, as a draft."),
        lambda reader: return_plan(slug=slug, actor=reader.actor, at=reader.at, **seen),
    )


@login_required
def plan_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the request for approval back."""
    said = _("The request is taken back; the plan is a draft again.")
    remark = request.POST.get("remark", "")
    return _act(
        request,
        slug,
        said,
        lambda reader: withdraw_plan(slug=slug, remark=remark, actor=reader.actor, at=reader.at),
    )


@login_required
def plan_reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the approved plan back to draft."""
    said = _("The plan is a draft again. Once it is changed, ask for approval anew.")
    return _act(request, slug, said, lambda reader: reopen_plan(slug=slug, actor=reader.actor, at=reader.at))


@login_required
def plan_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the plan in motion."""
    said = _("The plan is under way: its funds and its measures are open.")
    return _act(request, slug, said, lambda reader: open_plan(slug=slug, actor=reader.actor, at=reader.at))


@login_required
def question_answer(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Keep the answer to a question that the text leaves open."""
    said = {name: request.POST.get(name, "") for name in ("answer", "choice", "ground")}
    return _act(
        request,
        slug,
        answered_words,
        lambda reader: answer_question(slug=slug, key=key, actor=reader.actor, at=reader.at, **said),
        tried={"key": key, **said},
    )


def answered_words(done: object) -> str:
    """Return what became of an answer: it is approved with the text, or stands apart from it."""
    if isinstance(done, Question) and done.after_approval:
        return _("The answer is kept. It was given after the approval, and is marked so wherever it stands.")
    return _("The answer is part of the plan now.")


def _approved(done: object) -> str:
    """Return what approving led to: the next step, or the approval itself."""
    if isinstance(done, Request) and done.status == RequestStatus.PENDING:
        return _("Approved. It goes on to the next step.")
    return _("The plan is approved. It can be opened now.")


class _Seen(TypedDict):
    """What the page showed when the reader decided, and what the reader said."""

    digest: str
    remark: str
    step: int | None


def _seen(request: HttpRequest) -> _Seen:
    step = request.POST.get("step", "")
    return {
        "digest": request.POST.get("digest", ""),
        "remark": request.POST.get("remark", ""),
        "step": int(step) if step.isdecimal() and len(step) < _DIGITS else None,
    }


def _act(
    request: HttpRequest,
    slug: str,
    said: str | Callable[[object], str],
    act: Callable[[Reader], object],
    tried: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Carry out one act on the plan and go back to its page; say there what was wrong with the input."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    if request.method != "POST":
        return redirect("plan", slug)
    try:
        done = act(reader)
    except Refusal as refusal:
        if not refusal.field:
            raise
        messages.error(request, refusal.sentence)
        typed = tried or {"remark": request.POST.get("remark", "")}
        return _page(request, reader, plan, {**typed, refusal.field + "_error": refusal.sentence})
    messages.success(request, said if isinstance(said, str) else said(done))
    return redirect("plan", slug)


def _page(
    request: HttpRequest, reader: Reader, plan: Plan, tried: Mapping[str, str] | None = None
) -> HttpResponse:
    """Show the plan; `tried` is what was typed and could not be taken, with what was wrong with it."""
    page = _with_open_evidence(living_plan(plan, reader.at, evidence_link(plan.slug)), reader, plan)
    standing = _standing(reader, plan) if plan.status in _BEFORE_OPENING else None
    page = _before_opening(page, plan) if standing else page
    context = {
        "plan": page,
        "standing": standing,
        "findings": grouped(standing.findings, page.clauses) if standing else [],
        "asked": asked_of(page) if plan.status != PlanStatus.CLOSED else [],
        "annexes": [
            {"label": _("Units to be visited"), "url": reverse("pairing", args=(plan.slug,))},
            {"label": _("Schedule of visits"), "url": reverse("schedule", args=(plan.slug,))},
        ]
        if {"pairing", "unit_visits"} & _kinds(page)
        else [],
        "shows_store": reader.may(Permission.FUND_VIEW, plan.unit_id),
        "opens_pickups": sees_pickups(reader, plan.unit_id),
        "issuing": issuing_of(reader, plan),
        "may_answer": plan.status not in UNANSWERABLE and reader.may(Permission.PLAN_WRITE, plan.unit_id),
        "tried": tried or {},
        "text": text_line(reader, plan),
        "followed": of_plan(plan.slug, reader.actor, reader.at),
    }
    return render(request, "web/living_plan.html", context, status=422 if tried else 200)


def _kinds(page: LivingPlan) -> set[str]:
    """Return the kinds of measures of a plan."""
    margins = [margin for clause in page.clauses for margin in clause.margins]
    return {margin.kind for margin in [*margins, *(row.margin for row in page.ended)]}


def _before_opening(page: LivingPlan, plan: Plan) -> LivingPlan:
    """Say beside each clause what its measures would set in motion: that is approved with the text."""
    told = {row.pk: settings_words(row.kind, row.settings) for row in Measure.objects.filter(plan=plan)}

    def mark(margin: Margin) -> Margin:
        lines = (
            _("%(where)s: %(sentence)s") % {"where": label, "sentence": value_words(line)}
            for label, value in told.get(margin.measure_id, ())
            for line in value.split("\n")
        )
        return replace(margin, next="", notes=(*margin.notes, *lines))

    return replace(
        page, clauses=tuple(replace(row, margins=tuple(map(mark, row.margins))) for row in page.clauses)
    )


def _with_open_evidence(page: LivingPlan, reader: Reader, plan: Plan) -> LivingPlan:
    """Leave out the lists of evidence that would not open to the reader."""
    if reader.may(Permission.FUND_VIEW, plan.unit_id):
        return page
    clauses = tuple(
        replace(clause, margins=tuple(map(_without_funds, clause.margins))) for clause in page.clauses
    )
    ended = tuple(replace(row, margin=_without_funds(row.margin)) for row in page.ended)
    return replace(page, clauses=clauses, ended=ended)


def _without_funds(mark: Margin) -> Margin:
    return replace(mark, evidence=tuple(row for row in mark.evidence if row.kind not in OF_FUNDS))


def _standing(reader: Reader, plan: Plan) -> Standing:
    version = current_version(plan)
    history = history_of(plan.slug, range(1, plan.version + 1), reader)
    request = history.request
    waiting = request if request is not None and request.status == RequestStatus.PENDING else None
    may_write = reader.may(Permission.PLAN_WRITE, plan.unit_id)
    office = may_act(reader.actor, request, reader.at) if request is not None else None
    may_check = may_write or office is not None or reader.may(Permission.PLAN_APPROVE, plan.unit_id)
    mine = [act for act in history.acts if waiting and act.request_id == waiting.pk]
    is_maker = any(act.verb == Verb.REQUEST and act.person_id == reader.user.pk for act in mine)
    # Who can decide where it lies returns it; at every other step, taking it back is the way out.
    signs = waiting is not None and office is None and reader.may(Permission.PLAN_APPROVE, plan.unit_id)
    return Standing(
        findings=tuple(check_plan(version.source, reader.at)) if may_check else (),
        open_questions=len(open_questions(plan.pk)),
        request_id=waiting.pk if waiting else None,
        digest=version.digest,
        course=history.course,
        earlier=history.earlier,
        changed_since=history.changed_since,
        step=waiting.step if waiting else 0,
        in_stead_of=office.holder.label if office is not None and office.delegation is not None else "",
        may_submit=plan.status == PlanStatus.DRAFT and may_write,
        kind_label=str(PlanKind(plan.kind).label),
        may_withdraw=is_maker or signs,
        withdraw_needs_reason=not is_maker,
        may_approve=office is not None,
        may_reopen=plan.status == PlanStatus.APPROVED and may_write,
        may_open=plan.status == PlanStatus.APPROVED and reader.may(Permission.PLAN_OPEN, plan.unit_id),
    )


urlpatterns: list[URLPattern] = [
    path("plans/", plans, name="plans"),
    path("plans/<slug:slug>/", plan, name="plan"),
    path("plans/<slug:slug>/submit/", plan_submit, name="plan_submit"),
    path("plans/<slug:slug>/approve/", plan_approve, name="plan_approve"),
    path("plans/<slug:slug>/return/", plan_return, name="plan_return"),
    path("plans/<slug:slug>/withdraw/", plan_withdraw, name="plan_withdraw"),
    path("plans/<slug:slug>/reopen/", plan_reopen, name="plan_reopen"),
    path("plans/<slug:slug>/open/", plan_open, name="plan_open"),
    path("plans/<slug:slug>/questions/<slug:key>/", question_answer, name="question_answer"),
    path("plans/<slug:slug>/measures/<int:measure_id>/evidence/<slug:kind>/", evidence, name="evidence"),
    *pairing.urlpatterns,
]
