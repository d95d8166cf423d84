"""The page on which a standard is tried on a file of people before it is used; nothing of it is kept."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.benefits import people_file
from songnuan.benefits.answers_file import as_book, as_csv, rule_words, total_of
from songnuan.benefits.preview import Answer, preview
from songnuan.benefits.standardfile import StandardFile
from songnuan.documents.reading import as_file
from songnuan.kernel.clock import CHINA
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.kernel.refusal import Refusal
from songnuan.web.counting import taken
from songnuan.web.opening import saved
from songnuan.web.standard_page import told_of, version_in, versions_of
from songnuan.web.standard_uploads import TrialForm
from songnuan.web.views.shared import Reader, reader_of

ROWS_MOST = 5_000
"""Rows of people that are answered while somebody waits."""
SHOWN = 200
"""Rows that a page shows; the files hold all."""
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What one row of the file comes to, in words."""

    answer: Answer
    rule: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What all rows come to: those that could not be read first, then as many as a page shows."""

    as_of: date
    count: int
    unread: tuple[AnswerLine, ...]
    unread_count: int
    rows: tuple[AnswerLine, ...]
    open_count: int
    total_minor: int

    @property
    def is_sayable(self) -> bool:
        """Whether the total is one that can be written in words."""
        return self.total_minor <= LIMIT_MINOR


@login_required
def standard_try(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for people, and show what the standard gives each of them."""
    reader = reader_of(request)
    version = version_in(versions_of(reader, slug), request.GET.get("version", ""))
    told = told_of(version)
    if told is None:
        return redirect("standard", slug)
    first = {"as_of": min(told.ends_on or reader.day, reader.day)}
    is_posted = request.method == "POST"
    form = TrialForm(request.POST, request.FILES, initial=first) if is_posted else TrialForm(initial=first)
    answers = _answers(form, told, reader) if form.is_bound and form.is_valid() else None
    if answers is not None:
        taken()
        wanted = request.POST.get("as", "")
        if wanted in _TYPES:
            each = [answer for answer, _is_unread in answers]
            return _file(wanted, told, each, form.cleaned_data["as_of"], reader)
    trial = None
    if answers is not None:
        trial = _trial(told, answers, form.cleaned_data["as_of"])
        form = TrialForm(initial={"as_of": trial.as_of})  # the file is not kept, and nothing is wrong with it
    context = {
        "version": version,
        "told": told,
        "form": form,
        "trial": trial,
        "rows_most": ROWS_MOST,
    }
    return render(request, "web/standard_try.html", context, status=422 if form.errors else 200)


def _answers(form: TrialForm, told: StandardFile, reader: Reader) -> list[tuple[Answer, bool]] | None:
    """Return what each row comes to, and whether it could not be read; None where the file cannot be."""
    try:
        with as_file(form.cleaned_data["file"]) as file:
            rows = people_file.read(file, form.file_name, reader.day, ROWS_MOST)
    except Refusal as refusal:
        form.add_error("file", refusal.sentence)
        return None
    found = preview(told.made(), rows, form.cleaned_data["as_of"])
    return [(answer, row.claim is None) for answer, row in zip(found, rows, strict=True)]


def _trial(told: StandardFile, answers: list[tuple[Answer, bool]], as_of: date) -> Trial:
    each = [AnswerLine(answer, rule_words(told, answer), is_unread) for answer, is_unread in answers]
    unread = [line for line in each if line.is_unread]
    return Trial(
        as_of=as_of,
        count=len(each),
        unread=tuple(unread[:SHOWN]),
        unread_count=len(unread),
        rows=tuple(each[:SHOWN]),
        open_count=sum(line.answer.amount_minor is None and not line.is_unread for line in each),
        total_minor=total_of([line.answer for line in each]),
    )


def _file(kind: str, told: StandardFile, answers: list[Answer], as_of: date, reader: Reader) -> HttpResponse:
    """Give the answers as a file, all of them."""
    made_at = reader.at.astimezone(CHINA)
    content = as_csv(told, answers) if kind == "csv" else as_book(told, answers, as_of, made_at)
    name = _("%(standard)s, trial.%(ending)s") % {"standard": told.title, "ending": kind}
    return saved(content, name, _TYPES[kind])


urlpatterns: list[URLPattern] = [path("standards/<slug:slug>/try/", standard_try, name="standard_try")]
