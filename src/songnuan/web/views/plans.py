"""Pages of plans: the list, the living plan, and what is done about the plan itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.approvals.models import RequestStatus, Verb
from songnuan.approvals.queries import ActRow, acts, latest
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.living_plan import LivingPlan, living_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.return_plan import return_plan
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure, Plan, PlanStatus
from songnuan.plans.queries import current_version, open_questions, visible_plans
from songnuan.web.views import pairing
from songnuan.web.views.evidence import OF_FUNDS, evidence
from songnuan.web.views.issue import issuing_of
from songnuan.web.views.shared import Reader, cards, evidence_link, plan_seen, reader_of

# Until it is opened, the page also says what is to be done about the plan itself.
_BEFORE_OPENING = frozenset({PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.APPROVED})


@dataclass(frozen=True, slots=True)
class ActLine:
    """What one person did about the plan's approval."""

    person: str
    verb_label: str
    at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan lies before it is opened, and what the reader may do about it now.

    `digest` is that of the text on the page: an approval holds for that text and no other.
    """

    findings: tuple[LintFinding, ...]
    open_questions: int
    request_id: int | None
    digest: str
    acts: tuple[ActLine, ...]
    may_submit: bool
    may_approve: bool
    may_open: bool


@login_required
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """List every plan that the reader may see."""
    reader = reader_of(request)
    return render(request, "web/plans.html", {"plans": cards(visible_plans(reader.actor, reader.at), reader)})


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
    digest, remark = request.POST.get("digest", ""), request.POST.get("remark", "")
    return _act(
        request,
        slug,
        _("The plan is approved. It can be opened now."),
        lambda reader: approve_plan(
            slug=slug, digest=digest, remark=remark, actor=reader.actor, at=reader.at
        ),
    )


@login_required
def plan_return(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the plan back, with what is to be changed."""
    digest, remark = request.POST.get("digest", ""), request.POST.get("remark", "")
    return _act(
        request,
        slug,
        _("The plan went back to its writer, as a draft."),
        lambda reader: return_plan(slug=slug, digest=digest, remark=remark, actor=reader.actor, at=reader.at),
    )


@login_required
def plan_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the plan in motion."""
    said = _("The plan is under way: its funds and its measures are open.")
    return _act(request, slug, said, lambda reader: open_plan(slug=slug, actor=reader.actor, at=reader.at))


@login_required
def question_answer(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Keep the answer to a question that the text leaves open."""
    answer, ground = request.POST.get("answer", ""), request.POST.get("ground", "")
    return _act(
        request,
        slug,
        _("The answer is part of the plan now."),
        lambda reader: answer_question(
            slug=slug, key=key, answer=answer, ground=ground, actor=reader.actor, at=reader.at
        ),
        tried={"key": key, "answer": answer, "ground": ground},
    )


def _act(
    request: HttpRequest,
    slug: str,
    said: str,
    act: Callable[[Reader], object],
    tried: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Carry out one act on the plan and go back to its page; say there what was wrong with the input."""
    reader = reader_of(request)
    plan = plan_seen(reader, slug)
    if request.method != "POST":
        return redirect("plan", slug)
    try:
        act(reader)
    except Refusal as refusal:
        if not refusal.field:
            raise
        messages.error(request, refusal.sentence)
        typed = tried or {"remark": request.POST.get("remark", "")}
        return _page(request, reader, plan, {**typed, refusal.field + "_error": refusal.sentence})
    messages.success(request, said)
    return redirect("plan", slug)


def _page(
    request: HttpRequest, reader: Reader, plan: Plan, tried: Mapping[str, str] | None = None
) -> HttpResponse:
    """Show the plan; `tried` is what was typed and could not be taken, with what was wrong with it."""
    kinds = set(Measure.objects.filter(plan=plan).values_list("kind", flat=True))
    context = {
        "plan": _with_open_evidence(living_plan(plan, reader.at, evidence_link(plan.slug)), reader, plan),
        "standing": _standing(reader, plan) if plan.status in _BEFORE_OPENING else None,
        "annexes": [{"label": _("Units to be visited"), "url": reverse("pairing", args=(plan.slug,))}]
        if kinds & {"pairing", "unit_visits"}
        else [],
        "issuing": issuing_of(reader, plan),
        "may_answer": plan.status != PlanStatus.CLOSED and reader.may(Permission.PLAN_WRITE, plan.unit_id),
        "tried": tried or {},
    }
    return render(request, "web/living_plan.html", context, status=422 if tried else 200)


def _with_open_evidence(page: LivingPlan, reader: Reader, plan: Plan) -> LivingPlan:
    """Leave out the lists of evidence that would not open to the reader."""
    if reader.may(Permission.FUND_VIEW, plan.unit_id):
        return page
    clauses = tuple(
        replace(
            clause,
            margins=tuple(
                replace(mark, evidence=tuple(row for row in mark.evidence if row.kind not in OF_FUNDS))
                for mark in clause.margins
            ),
        )
        for clause in page.clauses
    )
    return replace(page, clauses=clauses)


def _standing(reader: Reader, plan: Plan) -> Standing:
    version = current_version(plan)
    subject = f"plans.plan:{plan.slug}@{plan.version}"
    request = latest(subject)
    waiting = request if request is not None and request.status == RequestStatus.PENDING else None
    done = acts(subject)
    may_write = reader.may(Permission.PLAN_WRITE, plan.unit_id)
    may_sign = reader.may(Permission.PLAN_APPROVE, plan.unit_id)
    has_acted = waiting is not None and any(
        act.request_id == waiting.pk and act.person_id == reader.user.pk for act in done
    )
    return Standing(
        findings=tuple(check_plan(version.source)) if may_write or may_sign else (),
        open_questions=len(open_questions(plan.pk)),
        request_id=waiting.pk if waiting else None,
        digest=version.digest,
        acts=tuple(map(_line, done)),
        may_submit=plan.status == PlanStatus.DRAFT and may_write,
        may_approve=waiting is not None and may_sign and not has_acted,
        may_open=plan.status == PlanStatus.APPROVED and reader.may(Permission.PLAN_OPEN, plan.unit_id),
    )


def _line(act: ActRow) -> ActLine:
    return ActLine(person=act.person_name, verb_label=str(Verb(act.verb).label), at=act.at, remark=act.remark)


urlpatterns: list[URLPattern] = [
    path("plans/", plans, name="plans"),
    path("plans/<slug:slug>/", plan, name="plan"),
    path("plans/<slug:slug>/submit/", plan_submit, name="plan_submit"),
    path("plans/<slug:slug>/approve/", plan_approve, name="plan_approve"),
    path("plans/<slug:slug>/return/", plan_return, name="plan_return"),
    path("plans/<slug:slug>/open/", plan_open, name="plan_open"),
    path("plans/<slug:slug>/questions/<slug:key>/", question_answer, name="question_answer"),
    path("plans/<slug:slug>/measures/<int:measure_id>/evidence/<slug:kind>/", evidence, name="evidence"),
    *pairing.urlpatterns,
]
