"""Pages on which a plan is written: clause by clause, with its measures, its head and its questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.edit_plan import replace_text
from songnuan.journeys.measures import kinds
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans import rewriting
from songnuan.plans.faults import PlanRefused
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.plans.numbering import clause_number
from songnuan.plans.planfile import ClauseEntry, MeasureEntry, PlanFile, paragraphs
from songnuan.plans.queries import clause_keys_used, measure_keys_used
from songnuan.web.measure_form import MeasureForm, settings_words
from songnuan.web.plan_forms import ClauseForm, HeadForm, TextForm
from songnuan.web.plan_uploads import FileForm
from songnuan.web.plan_writing import Writing, base_of, edit_page, save, seen_by, written_by
from songnuan.web.question_forms import QuestionsForm
from songnuan.web.views.shared import Reader, key_of, reader_of

_MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure beside its clause: its settings in words, and the row under way that may be closed."""

    key: str
    label: str
    settings: tuple[tuple[str, str], ...]
    running_id: int | None
    closed: str


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause on the page of the text."""

    key: str
    number: str
    title: str
    level: int
    paragraphs: tuple[str, ...]
    measures: tuple[MeasureLine, ...]
    findings: tuple[LintFinding, ...]


@login_required
@require_safe
def plan_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the whole text, with what may be done at each place."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)
    try:
        findings = check_plan(writing.version.source, reader.at)
    except PlanRefused as refused:  # a kind that takes other settings by now
        findings = []
        messages.error(request, refused.sentence)
    headings = {clause.heading for clause in writing.text.clauses}
    rows = {row.key: row for row in Measure.objects.filter(plan=writing.plan)} if writing.amendment else {}
    context = {
        "writing": writing,
        "plan": writing.plan,
        "clauses": [_line(clause, findings, rows) for clause in writing.text.clauses],
        "findings": [row for row in findings if row.clause not in headings],
        "kinds": [{"name": name, "label": kind.label()} for name, kind in kinds().items()],
    }
    return render(request, "web/plan_text.html", context)


def _not_now(request: HttpRequest, slug: str) -> HttpResponse:
    messages.info(request, _("The text can’t be changed at the moment. Its page says where it lies."))
    return redirect("plan", slug)


def _line(clause: ClauseEntry, findings: list[LintFinding], rows: Mapping[str, Measure]) -> ClauseLine:
    return ClauseLine(
        key=clause.key,
        number=clause.number,
        title=clause.title,
        level=clause.level,
        paragraphs=tuple(paragraphs(clause.text)),
        measures=tuple(_measure_line(entry, rows.get(entry.key)) for entry in clause.measures),
        findings=tuple(row for row in findings if row.clause == clause.heading),
    )


def _measure_line(entry: MeasureEntry, row: Measure | None) -> MeasureLine:
    kind = kinds().get(entry.kind)
    return MeasureLine(
        key=entry.key,
        label=kind.label() if kind else entry.kind,
        settings=settings_words(entry.kind, entry.settings),
        running_id=row.pk if row and row.status == MeasureStatus.OPEN else None,
        closed=row.close_reason if row and row.status == MeasureStatus.CLOSED else "",
    )


def _clause(text: PlanFile, key: str) -> ClauseEntry | None:
    return next((clause for clause in text.clauses if clause.key == key), None)


@login_required
def plan_head_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the head: title, days, basis, funds."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)

    def make(text: PlanFile, data: Any) -> TextForm:  # noqa: ANN401 - a posted form
        return HeadForm(HeadForm.told_lists(text), data, initial=HeadForm.told(text))

    return edit_page(request, reader, writing, make, heading=_("Head, basis and funds"))


@login_required
def plan_questions_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the questions that the text leaves open."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)

    def make(text: PlanFile, data: Any) -> TextForm:  # noqa: ANN401 - a posted form
        return QuestionsForm(text, data)

    return edit_page(request, reader, writing, make, heading=_("Open questions"))


@login_required
def clause_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new clause, behind the one that the address names."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)
    seen = seen_by(request, writing)
    key = rewriting.free_key("clause", clause_keys_used(writing.plan, seen.version.number))
    before = _clause(writing.text, request.GET.get("after", ""))

    def make(_text: PlanFile, data: Any) -> TextForm:  # noqa: ANN401 - a posted form
        form = ClauseForm(data, initial={"number": _next_number(before)})
        form.key, form.after, form.is_new = key, before.key if before else "", True
        return form

    lead = _("Behind %(clause)s") % {"clause": before.heading} if before else _("In front of all others")
    anchor = f"#clause-{key}"
    return edit_page(request, reader, writing, make, anchor=anchor, heading=_("A new clause"), lead=lead)


def _next_number(before: ClauseEntry | None) -> str:
    if before is None:
        return clause_number(1, 1)
    return clause_number(before.level, min(before.place.ordinal + 1, 99))


@login_required
def clause_edit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Write one clause, move it or take it out."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)
    act = request.POST.get("act", "save")
    if request.method == "POST" and act in {*_MOVES, "remove"}:
        return _rearrange(request, reader, writing, key, act)

    def make(text: PlanFile, data: Any) -> TextForm | None:  # noqa: ANN401 - a posted form
        clause = _clause(text, key)
        if clause is None:
            return None
        form = ClauseForm(data, initial=ClauseForm.told(clause))
        form.key = key
        return form

    here = _clause(writing.text, key)
    heading = here.heading if here else ""
    context = {"heading": heading, "clause": here}
    return edit_page(request, reader, writing, make, anchor=f"#clause-{key}", **context)


def _rearrange(request: HttpRequest, reader: Reader, writing: Writing, key: str, act: str) -> HttpResponse:
    change = rewriting.remove_clause(key) if act == "remove" else rewriting.move_clause(key, _MOVES[act])
    return _done(request, reader, writing, change, anchor="" if act == "remove" else f"#clause-{key}")


def _done(
    request: HttpRequest, reader: Reader, writing: Writing, change: rewriting.Change, anchor: str
) -> HttpResponse:
    """Carry out what one button does; nothing was typed, so a refusal is simply said."""
    slug = writing.plan.slug
    try:
        save(request, reader, slug, change)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Saved as the next version."))
    answer = redirect("plan_text", slug)
    answer["Location"] += anchor
    return answer


def _base(request: HttpRequest, writing: Writing) -> int:
    return base_of(request) if request.method == "POST" else writing.version.number


@login_required
def measure_new(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Bind a measure of the kind that the address names to a clause."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)
    kind = request.GET.get("kind", "")
    if kind not in kinds():
        raise Http404
    taken = measure_keys_used(writing.plan, seen_by(request, writing).text)
    measure_key = rewriting.free_key(kind, taken, bare=True)

    def make(text: PlanFile, data: Any) -> TextForm | None:  # noqa: ANN401 - a posted form
        if _clause(text, key) is None:
            return None
        form = MeasureForm(kind, {}, data)
        form.clause_key, form.key, form.version = key, measure_key, _base(request, writing)
        return form

    here = _clause(writing.text, key)
    lead = here.heading if here else ""
    heading = _("A new measure: %(kind)s") % {"kind": kinds()[kind].label()}
    return edit_page(request, reader, writing, make, anchor=f"#clause-{key}", heading=heading, lead=lead)


@login_required
def measure_edit(request: HttpRequest, slug: str, key: str, measure_key: str) -> HttpResponse:
    """Set one measure, or take it out."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)
    if request.method == "POST" and request.POST.get("act") == "remove":
        return _done(
            request, reader, writing, rewriting.remove_measure(key, measure_key), anchor=f"#clause-{key}"
        )

    def make(text: PlanFile, data: Any) -> TextForm | None:  # noqa: ANN401 - a posted form
        clause = _clause(text, key)
        entry = next((row for row in clause.measures if row.key == measure_key), None) if clause else None
        if entry is None or entry.kind not in kinds():
            return None
        form = MeasureForm(entry.kind, entry.settings, data)
        form.clause_key, form.key, form.version = key, measure_key, _base(request, writing)
        return form

    here = _clause(writing.text, key)
    entry = next((row for row in here.measures if row.key == measure_key), None) if here else None
    heading = kinds()[entry.kind].label() if entry and entry.kind in kinds() else ""
    context = {"heading": heading, "lead": here.heading if here else "", "measure": entry}
    return edit_page(request, reader, writing, make, anchor=f"#clause-{key}", **context)


@login_required
def plan_file_replace(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the text of a file in the place of the whole text."""
    reader = reader_of(request)
    writing = written_by(reader, slug)
    if writing is None:
        return _not_now(request, slug)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            replace_text(
                slug=slug,
                base=base_of(request),
                source=form.cleaned_data["file"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Saved as the next version."))
            return redirect("plan_text", slug)
    context = {"writing": writing, "plan": writing.plan, "form": form}
    return render(request, "web/plan_file.html", context, status=422 if form.errors else 200)


_TEXT = "plans/<slug:slug>/text/"

urlpatterns: list[URLPattern] = [
    path(_TEXT, plan_text, name="plan_text"),
    path(f"{_TEXT}head/", plan_head_edit, name="plan_head_edit"),
    path(f"{_TEXT}questions/", plan_questions_edit, name="plan_questions_edit"),
    path(f"{_TEXT}file/", plan_file_replace, name="plan_file_replace"),
    path(f"{_TEXT}new-clause/", clause_new, name="clause_new"),
    path(f"{_TEXT}clauses/<slug:key>/", clause_edit, name="clause_edit"),
    path(f"{_TEXT}clauses/<slug:key>/new-measure/", measure_new, name="measure_new"),
    path(f"{_TEXT}clauses/<slug:key>/measures/<slug:measure_key>/", measure_edit, name="measure_edit"),
]
