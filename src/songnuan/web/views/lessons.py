"""Pages of messages and lessons: the list, writing one, signing it off, its quiz."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.journeys.measures.lessons import settings_of
from songnuan.journeys.send_lesson import read_lesson
from songnuan.journeys.sign_lesson import give_lesson_back, sign_lesson, withdraw_lesson
from songnuan.journeys.write_lesson import (
    add_question,
    change_lesson,
    drop_question,
    hand_in_lesson,
    set_aware_at,
    write_lesson,
)
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.outreach.course_queries import course_of, own_learner
from songnuan.outreach.lesson_models import Lesson, LessonStatus
from songnuan.outreach.lesson_queries import KIND, asked_of, lessons, rounds_of, told_to
from songnuan.outreach.quiz_rules import questions_of
from songnuan.outreach.sending_queries import addressed_to
from songnuan.plans.models import Measure
from songnuan.web.forms import Form
from songnuan.web.lesson_forms import (
    BarForm,
    CodeForm,
    HandForm,
    LessonForm,
    MaterialForm,
    QuestionForm,
    RemarkForm,
    RoundForm,
)
from songnuan.web.lesson_page import (
    MARKS,
    Rights,
    audience_words,
    districts_of,
    kinds_left,
    lesson_seen,
    materials_of,
    measure_seen,
    rate_tables,
    rights_of,
    units_of,
    units_seen,
)
from songnuan.web.lesson_sending import sending_of
from songnuan.web.views.shared import Reader, key_of, names_on, only_posted, reader_of, was_received

_SHOWN = 50


@login_required
@never_cache
@require_safe
def lesson_list(request: HttpRequest) -> HttpResponse:
    """List the plans that teach, with their lessons, and what is for the reader."""
    reader = reader_of(request)
    rows = Measure.objects.filter(kind=KIND, plan__unit__in=reader.reach_ids(Permission.OUTREACH_VIEW))
    measures = list(rows.exclude(opened_at=None).select_related("plan").order_by("-pk"))
    asked = list(asked_of(reader.user.pk))
    told = [
        (one, rights_of(one, reader), _marked(lessons().filter(measure=one)[:_SHOWN])) for one in measures
    ]
    above = told_to(reader.user.pk)[:_SHOWN]
    listed = {lesson.pk for _one, _rights, found in told for lesson, _mark in found}
    context = {
        "asked": asked,
        "measures": told,
        "others": _marked(one for one in above if one.pk not in listed),
    }
    return render(request, "web/lessons.html", context)


def _marked(rows: Any) -> list[tuple[Lesson, str]]:  # noqa: ANN401 - any of lessons
    return [(row, MARKS[LessonStatus(row.status)]) for row in rows]


@login_required
@never_cache
def lesson_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the form of a new lesson, and begin it."""
    reader = reader_of(request)
    measure = measure_seen(measure_id, reader)
    if was_received(request):
        return redirect("lessons")
    form = _lesson_form(request, measure, reader)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            pk = write_lesson(
                measure_id=measure.pk,
                draft=form.draft(),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Kept as a draft. Add a quiz if there is to be one, and hand it in."))
            return redirect("lesson", pk)
    context = {"measure": measure, "form": form, "lesson": None}
    return render(request, "web/lesson_form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def lesson_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft to be written anew, and keep it."""
    reader = reader_of(request)
    lesson, rights = lesson_seen(pk, reader)
    if not rights.writes or lesson.status != LessonStatus.DRAFT:
        return redirect("lesson", pk)
    told = {
        "title": lesson.title,
        "text": lesson.text,
        "roles": lesson.roles,
        "units": list(lesson.units.values_list("unit", flat=True)),
        "district": lesson.district,
        "is_drill": lesson.is_drill,
    }
    form = _lesson_form(request, lesson.measure, reader, told)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            change_lesson(lesson_id=pk, draft=form.draft(), actor=reader.actor, at=reader.at)
            messages.success(request, _("Kept."))
            return redirect("lesson", pk)
    context = {"measure": lesson.measure, "form": form, "lesson": lesson}
    return render(request, "web/lesson_form.html", context, status=422 if form.errors else 200)


def _lesson_form(
    request: HttpRequest, measure: Measure, reader: Reader, told: dict[str, Any] | None = None
) -> LessonForm:
    offered: dict[str, Any] = {
        "places": list(units_of(measure, reader).items()),
        "districts": districts_of(measure, reader),
    }
    if request.method == "POST":
        return LessonForm(request.POST, **offered)
    return LessonForm(initial=told or {}, **offered)


@login_required
@never_cache
@require_safe
def lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lesson, with all that can be done about it."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    told = addressed_to(pk, reader.user.pk)
    if told is not None and told.read_at is None:
        read_lesson(lesson_id=pk, actor=reader.actor, at=reader.at)
    return lesson_page(request, reader, found, rights)


def lesson_page(
    request: HttpRequest,
    reader: Reader,
    found: Lesson,
    rights: Rights,
    forms: dict[str, Form] | None = None,
) -> HttpResponse:
    """Show the page of a lesson, with forms that were refused."""
    rounds = rounds_of([found.pk])
    units = units_of(found.measure, reader)
    codes = list(found.codes.filter(ended_at__isnull=True).select_related("unit").order_by("pk"))
    names = names_on([one.unit_id for one in codes], reader.day)
    is_draft = found.status == LessonStatus.DRAFT
    shows_right = rights.writes or rights.signs
    context: dict[str, Any] = {
        "lesson": found,
        "measure": found.measure,
        "rights": rights,
        "mark": MARKS[LessonStatus(found.status)],
        "is_own": found.written_by_id == reader.user.pk,
        "audience": audience_words(found, reader),
        "aim": settings_of(found.measure).aim,
        "questions": _questions(found) if shows_right else [],
        "rounds": rounds,
        "running": next((one for one in rounds if one.closed_at is None), None),
        "tables": rate_tables(found, rounds, reader, rights) if rounds else [],
        "mine": asked_of(reader.user.pk).filter(round__lesson=found).first(),
        "codes": [(one, names[one.unit_id]) for one in codes],
        "question": QuestionForm() if rights.writes and is_draft else None,
        "bar": BarForm(initial={"aware_at": found.aware_at}),
        "remark": RemarkForm(),
        "round": RoundForm(kinds=kinds_left(rounds)) if kinds_left(rounds) and found.questions else None,
        "code": CodeForm(places=list(units.items())),
        **_course_of(found, reader, rights),
        "materials": materials_of(found),
        "material": MaterialForm() if rights.writes and is_draft else None,
        "hand": HandForm(places=own_places(found, reader)),
        **sending_of(found, reader, rights),
        **(forms or {}),
    }
    return render(request, "web/lesson.html", context, status=422 if forms else 200)


def _course_of(found: Lesson, reader: Reader, rights: Rights) -> dict[str, Any]:
    """Return the course of a lesson for who may open it; who learns it has a page of their own."""
    course = course_of(found.pk)
    opens = course is not None and (rights.sees_all or bool(units_seen(found.measure, reader)))
    learns = course is not None and own_learner(course.pk, reader.user.pk) is not None
    names = course is not None and reader.may(Permission.PEOPLE_VIEW, course.roster.unit_id)
    return {"course": course, "opens_course": opens, "learns": learns, "sees_names": names}


def own_places(found: Lesson, reader: Reader) -> list[tuple[int, str]]:
    """Return the units of a plan for which the reader passes its lessons on."""
    seen = units_seen(found.measure, reader)
    return [(pk, name) for pk, name in units_of(found.measure, reader).items() if pk in seen]


def _questions(found: Lesson) -> list[tuple[str, list[tuple[str, bool]]]]:
    return [
        (one.text, [(text, place in one.right) for place, text in enumerate(one.options)])
        for one in questions_of(found.questions)
    ]


@login_required
@only_posted
def lesson_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what was posted about a lesson: the quiz of a draft, handing in, signing off, giving back."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    act = request.POST.get("act", "")
    who: dict[str, Any] = {"lesson_id": pk, "actor": reader.actor, "at": reader.at}
    if act in _FORMS:
        name, form = _form_of(request, act)
        if form.is_valid():
            with form.refusals(("own_text",)):
                _said(request, act, form.cleaned_data, who)
                return redirect("lesson", pk)
        return lesson_page(request, reader, found, rights, {name: form})
    try:
        if act == "hand_in":
            hand_in_lesson(**who)
            messages.success(request, _("Handed in. The publicity officer has been told."))
        elif act == "sign":
            sign_lesson(**who)
            messages.success(request, _("Signed off. It can be sent, hung up and answered now."))
        elif act == "drop":
            number = request.POST.get("number", "")
            drop_question(number=int(number) if number.isdecimal() else 0, **who)
            messages.success(request, _("Taken out."))
        else:
            raise Http404
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("lesson", pk)


_FORMS = frozenset({"question", "bar", "give_back", "withdraw"})


def _form_of(request: HttpRequest, act: str) -> tuple[str, Form]:
    """Return the form of an act, as it was handed in, with its name on the page."""
    if act == "question":
        return "question", QuestionForm(request.POST)
    if act == "bar":
        return "bar", BarForm(request.POST)
    return "remark", RemarkForm(request.POST)


def _said(request: HttpRequest, act: str, told: dict[str, Any], who: dict[str, Any]) -> None:
    if act == "question":
        add_question(text=told["question"], options=told["options"], **who)
        messages.success(request, _("Added."))
    elif act == "bar":
        set_aware_at(aware_at=told["aware_at"], **who)
        messages.success(request, _("Kept."))
    elif act == "give_back":
        give_lesson_back(remark=told["remark"], **who)
        messages.success(request, _("Given back to be changed."))
    else:
        withdraw_lesson(remark=told["remark"], **who)
        messages.success(request, _("Withdrawn. It is shown and sent no more."))


urlpatterns: list[URLPattern] = [
    path("lessons/", lesson_list, name="lessons"),
    path("lessons/new/<int:measure_id>/", lesson_new, name="lesson_new"),
    path("lessons/<int:pk>/", lesson, name="lesson"),
    path("lessons/<int:pk>/edit/", lesson_edit, name="lesson_edit"),
    path("lessons/<int:pk>/act/", lesson_act, name="lesson_act"),
]
