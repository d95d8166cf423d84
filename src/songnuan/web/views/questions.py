"""The page of questions: what the texts of all plans leave open, asked once, and what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from songnuan.journeys.answer_question import answer_question
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Blocks, Clause, Plan, Question
from songnuan.plans.queries import visible_plans
from songnuan.plans.rules import UNANSWERABLE
from songnuan.web.views.plans import answered_words
from songnuan.web.views.shared import Reader, plan_seen, reader_of

# What holds up most stands first.
_ORDER = {Blocks.ISSUE: 0, Blocks.OPEN: 1, Blocks.PAYMENT: 2, Blocks.NOTHING: 3}


@dataclass(frozen=True, slots=True)
class Line:
    """One question in the list; `clause` is number and title, empty when it is about the whole plan."""

    plan: Plan
    question: Question
    clause: str
    may_answer: bool

    @property
    def anchor(self) -> str:
        """The id its form has on the page."""
        return f"{self.plan.slug}-{self.question.key}"


def lines(plans: Iterable[Plan], reader: Reader, *, answered: bool) -> list[Line]:
    """Return the questions of these plans: open ones by what they hold up, or answered ones, latest first."""
    by_pk = {plan.pk: plan for plan in plans}
    rows = (
        Question.objects.filter(plan__in=by_pk).select_related("answered_by").order_by("plan_id", "position")
    )
    rows = rows.exclude(answer="") if answered else rows.filter(answer="")
    writes = reader.reach_ids(Permission.PLAN_WRITE)
    headings = _headings([plan for plan in by_pk.values() if any(row.plan_id == plan.pk for row in rows)])
    found = [
        Line(
            plan=by_pk[row.plan_id],
            question=row,
            clause=headings.get((row.plan_id, row.clause_key), ""),
            may_answer=by_pk[row.plan_id].status not in UNANSWERABLE and by_pk[row.plan_id].unit_id in writes,
        )
        for row in rows
    ]
    if answered:
        return sorted(found, key=lambda line: str(line.question.answered_at), reverse=True)
    return sorted(found, key=lambda line: _ORDER[Blocks(line.question.blocks)])


def _headings(plans: Iterable[Plan]) -> dict[tuple[int, str], str]:
    """Return number and title of each clause of the versions the plans stand on."""
    rows = Clause.objects.filter(
        version__plan__in=[plan.pk for plan in plans], version__number=F("version__plan__version")
    ).values_list("version__plan_id", "key", "number", "title")
    return {(plan_id, key): f"{number}{title}" for plan_id, key, number, title in rows}


@login_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """List the questions of every plan that the reader may see, or of one plan."""
    return _page(request, reader_of(request))


@login_required
def answer(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Keep an answer, and go back to the list."""
    reader = reader_of(request)
    plan_seen(reader, slug)
    if request.method != "POST":
        return redirect("questions")
    said = {name: request.POST.get(name, "") for name in ("answer", "choice", "ground")}
    try:
        kept = answer_question(slug=slug, key=key, actor=reader.actor, at=reader.at, **said)
    except Refusal as refusal:
        if not refusal.field:
            raise
        tried = {"anchor": f"{slug}-{key}", **said}
        return _page(request, reader, {**tried, refusal.field + "_error": refusal.sentence})
    messages.success(request, answered_words(kept))
    return redirect("questions")


def _page(request: HttpRequest, reader: Reader, tried: Mapping[str, str] | None = None) -> HttpResponse:
    plans = list(visible_plans(reader.actor, reader.at))
    chosen = next((plan for plan in plans if plan.slug == request.GET.get("plan")), None)
    shown = [chosen] if chosen else plans
    context = {
        "chosen": chosen,
        "open": lines(shown, reader, answered=False),
        "answered": lines(shown, reader, answered=True),
        "tried": tried or {},
    }
    return render(request, "web/questions.html", context, status=422 if tried else 200)


urlpatterns: list[URLPattern] = [
    path("questions/", questions, name="questions"),
    path("questions/<slug:slug>/<slug:key>/", answer, name="question_kept"),
]
