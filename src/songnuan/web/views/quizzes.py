"""Pages of quizzes: rounds, posters, answering with an account and by a code, the rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.journeys.answer_quiz import answer_by_code, answer_quiz
from songnuan.journeys.hold_quiz import close_quiz, end_quiz_code, make_quiz_code, open_quiz
from songnuan.journeys.lesson_papers import poster_of, poster_paper, rates_paper
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now
from songnuan.outreach.lesson_models import Lesson, LessonStatus, QuizCode, RoundKind
from songnuan.outreach.lesson_queries import asked_of, open_round, rounds_of
from songnuan.outreach.quiz_rules import SHEETS_AN_HOUR, Outcome, Question, questions_of
from songnuan.web.lesson_forms import CodeForm, RoundForm
from songnuan.web.lesson_page import kinds_left, lesson_seen, units_of
from songnuan.web.opening import saved
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.lessons import lesson_page
from songnuan.web.views.shared import only_posted, posted_from, reader_of

_HOUR: Final = 3600


@login_required
@only_posted
def quiz_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a round, or close the one that is open."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    if request.POST.get("act") == "close":
        try:
            close_quiz(lesson_id=pk, actor=reader.actor, at=reader.at)
            messages.success(request, _("Closed. The rates are shown now."))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("lesson", pk)
    form = RoundForm(request.POST, kinds=kinds_left(rounds_of([pk])))
    if form.is_valid():
        with form.refusals():
            row = open_quiz(lesson_id=pk, actor=reader.actor, at=reader.at, **form.cleaned_data)
            sentence = _("Open. %(count)s of the staff have been told.")
            messages.success(request, sentence % {"count": row.asked.count()})
            return redirect("lesson", pk)
    return lesson_page(request, reader, found, rights, {"round": form})


@login_required
@only_posted
def quiz_code_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a code for a poster."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    form = CodeForm(request.POST, places=list(units_of(found.measure, reader).items()))
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            make_quiz_code(
                lesson_id=pk,
                unit_id=told["unit"],
                audience=told["audience"],
                place=told["place"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Made. Print the poster, or pass the picture on."))
            return redirect(reverse("lesson", args=(pk,)) + "#codes")
    return lesson_page(request, reader, found, rights, {"code": form})


def _lesson_of_code(request: HttpRequest, pk: int) -> str:
    """Return the page on which a code is ended."""
    row = get_object_or_404(QuizCode, pk=pk)
    lesson_seen(row.lesson_id, reader_of(request))
    return reverse("lesson", args=(row.lesson_id,)) + "#codes"


@login_required
@posted_from(_lesson_of_code)
def quiz_code_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a code."""
    reader = reader_of(request)
    row = get_object_or_404(QuizCode, pk=pk)
    lesson_seen(row.lesson_id, reader)
    try:
        end_quiz_code(code_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("The code is not valid any more. Take the poster down."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(reverse("lesson", args=(row.lesson_id,)) + "#codes")


@login_required
@never_cache
@require_safe
def quiz_poster(request: HttpRequest, pk: int, ext: str) -> HttpResponse:
    """Give the poster of a place (pdf), or its picture for groups (png)."""
    reader = reader_of(request)
    row = QuizCode.objects.filter(pk=pk, ended_at__isnull=True).first()
    if row is None or ext not in {"pdf", "png"}:
        raise Http404
    found, rights = lesson_seen(row.lesson_id, reader)
    if not rights.sees_all:
        raise Http404
    address = request.build_absolute_uri(reverse("quiz_by_code", args=(row.code,)))
    made = poster_paper(poster_of(found, row, address, reader.day), ext)
    return saved(made.content, made.name, made.media_type)


@login_required
@never_cache
@require_safe
def quiz_rates(request: HttpRequest, pk: int, ext: str) -> HttpResponse:
    """Give the awareness rates as a workbook, or to print."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    rounds = rounds_of([pk])
    if not rights.sees_all or not rounds or ext not in {"pdf", "xlsx"}:
        raise Http404
    made = rates_paper(found, rounds, reader.day, ext)
    return saved(made.content, made.name, made.media_type)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked: `error` where its answer was refused."""

    number: int
    question: Question
    options: list[tuple[int, str, bool]]
    error: str = ""


def picks_of(request: HttpRequest, questions: Sequence[Question]) -> list[set[int]]:
    """Return what was picked; what is no place of an option is none that is offered."""
    return [
        {int(one) if one.isdecimal() and len(one) < 3 else -1 for one in request.POST.getlist(f"q{number}")}
        for number in range(1, len(questions) + 1)
    ]


def asked_of_sheet(
    questions: Sequence[Question], given: Sequence[set[int]] | None, refusal: Refusal | None
) -> list[Asked]:
    """Return the questions as they are asked, with what was picked before."""
    picks = given or [set() for _one in questions]
    return [
        Asked(
            number,
            one,
            [(place, text, place in picks[number - 1]) for place, text in enumerate(one.options)],
            refusal.sentence if refusal is not None and refusal.field == f"q{number}" else "",
        )
        for number, one in enumerate(questions, 1)
    ]


def _sheet(
    lesson: Lesson, picks: Sequence[set[int]] | None = None, refusal: Refusal | None = None
) -> dict[str, Any]:
    questions, row = questions_of(lesson.questions), open_round(lesson.pk)
    return {
        "lesson": lesson,
        "round": row,
        "asked": asked_of_sheet(questions, picks, refusal),
        "refusal": refusal,
        "last": None if row else lesson.rounds.order_by("closed_at").last(),
    }


def _result(lesson: Lesson, found: Outcome) -> dict[str, Any]:
    """Return what somebody is told who has answered; the right answers once no round is to follow."""
    row = open_round(lesson.pk)
    tells = row is not None and row.kind == RoundKind.AFTER
    questions = questions_of(lesson.questions)
    return {
        "lesson": lesson,
        "round": row,
        "right": sum(found.right),
        "of": len(found.right),
        "answers": answers_shown(questions, found) if tells else [],
    }


def answers_shown(questions: Sequence[Question], found: Outcome) -> list[tuple[str, str, bool]]:
    """Return each question with its right answer, and whether it was given."""
    return [
        (one.text, "；".join(one.options[place] for place in sorted(one.right)), is_right)
        for one, is_right in zip(questions, found.right, strict=True)
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_quiz(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a quiz to somebody with an account, and take in the answers."""
    reader = reader_of(request)
    found, _rights = lesson_seen(pk, reader)
    mine = asked_of(reader.user.pk).filter(round__lesson=pk).first()
    if request.method != "POST":
        context = {**_sheet(found), "mine": mine}
        return render(request, "web/quiz.html", context)
    picks = picks_of(request, questions_of(found.questions))
    try:
        told = answer_quiz(lesson_id=pk, picks=picks, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        if refusal.field:
            context = {**_sheet(found, picks, refusal), "mine": mine}
            return render(request, "web/quiz.html", context, status=422)
        messages.error(request, refusal.sentence)
        return redirect("lesson_quiz", pk)
    return render(request, "web/quiz.html", {**_result(found, told), "is_done": True})


@csrf_exempt
@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def quiz_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Show a lesson's quiz to whoever opened the code of a poster, and count the answers of nobody.

    There is no form of ours and no token of origin: both would set a cookie, and a sheet needs no right.
    """
    request.user = AnonymousUser()  # whoever is signed in here answers as nobody all the same
    rows = QuizCode.objects.select_related("lesson__measure__plan")
    found = rows.filter(code=code, ended_at__isnull=True).first()
    if found is None or found.lesson.status != LessonStatus.SIGNED:
        # Not the house's page of what is not there: that one has a form, and sets a cookie.
        return render(request, "web/quiz_open.html", {"lesson": None}, status=404)
    lesson = found.lesson
    if request.method != "POST":
        return render(request, "web/quiz_open.html", {**_sheet(lesson), "code": found})
    picks = picks_of(request, questions_of(lesson.questions))
    if _is_crowded(found, now()):
        sentence = _("Very many answers came in just now. Please try again in an hour.")
        context = {**_sheet(lesson, picks, Refusal("crowded", sentence)), "code": found}
        return render(request, "web/quiz_open.html", context, status=429)
    try:
        told = answer_by_code(code=code, key=_key(request), picks=picks)
    except Refusal as refusal:
        context = {**_sheet(lesson, picks, refusal), "code": found}
        return render(request, "web/quiz_open.html", context, status=422)
    return render(request, "web/quiz_open.html", {**_result(lesson, told), "code": found, "is_done": True})


def _key(request: HttpRequest) -> UUID:
    """Return the key that the page was given.

    Raises:
        Refusal: `code_unknown` when there is none.

    """
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refusal("code_unknown", _("Open the code again, and answer on that page.")) from None


def _is_crowded(code: QuizCode, at: datetime) -> bool:
    """Count a sheet of a code in this hour, by the code alone; return whether it is one too many."""
    name = f"quiz:{code.pk}:{at:%Y%m%d%H}"
    if cache.add(name, 1, _HOUR):
        return False
    try:
        return int(cache.incr(name)) > SHEETS_AN_HOUR
    except ValueError:  # it ran out between the two: another hour begins
        return False


urlpatterns: list[URLPattern] = [
    path("lessons/<int:pk>/rounds/", quiz_round, name="quiz_round"),
    path("lessons/<int:pk>/codes/", quiz_code_new, name="quiz_code_new"),
    path("lessons/codes/<int:pk>/end/", quiz_code_end, name="quiz_code_end"),
    path("lessons/codes/<int:pk>/poster.<str:ext>", quiz_poster, name="quiz_poster"),
    path("lessons/<int:pk>/rates.<str:ext>", quiz_rates, name="quiz_rates"),
    path("lessons/<int:pk>/quiz/", lesson_quiz, name="lesson_quiz"),
    path("q/<str:code>/", quiz_by_code, name="quiz_by_code"),
]
