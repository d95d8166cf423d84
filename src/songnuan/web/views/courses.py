"""Pages of who leads a course: opening one, how it stands, doors with their posters, people one by one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.documents import qr
from songnuan.journeys.attend_course import enter_attendance, grant_tries, take_attendance_back
from songnuan.journeys.course_papers import course_paper, course_sheet, rows_of
from songnuan.journeys.take_course_list import take_course_list
from songnuan.journeys.teach_course import (
    align_course,
    chase_course,
    close_course,
    end_door,
    open_course,
    open_door,
)
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.outreach.actions.taking import CourseList
from songnuan.outreach.course_models import Attendance, Door, Learner
from songnuan.outreach.course_queries import course_of, doors_of, expected_now, has_account, tries_of
from songnuan.outreach.lesson_models import LessonStatus
from songnuan.web.course_forms import BackForm, CourseForm, DoorForm, EnterForm
from songnuan.web.course_page import (
    Seen,
    course_seen,
    people_of,
    people_rows,
    roster_choices,
    share_table,
    shown_name,
    standings_now,
)
from songnuan.web.forms import Form
from songnuan.web.lesson_page import lesson_seen
from songnuan.web.opening import saved
from songnuan.web.paging import before_of
from songnuan.web.views.shared import PAGE, Reader, only_posted, posted_from, reader_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form that lets a roster learn a lesson, and open the course."""
    reader = reader_of(request)
    lesson, rights = lesson_seen(pk, reader)
    known = course_of(pk)
    if known is not None:
        return redirect("course", known.pk)
    if not rights.writes or lesson.status != LessonStatus.SIGNED:
        return redirect("lesson", pk)
    initial = {"pass_at": lesson.aware_at}
    told = request.POST if request.method == "POST" else None
    form = CourseForm(told, initial=initial, rosters=roster_choices(reader))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = open_course(
                lesson_id=pk,
                roster_id=form.cleaned_data["roster"],
                terms=form.terms(),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Open. Everybody with an account has been told."))
            return redirect("course", made.pk)
    context = {"lesson": lesson, "form": form}
    return render(request, "web/course_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a course stands."""
    reader = reader_of(request)
    return _page(request, reader, course_seen(pk, reader))


def _page(request: HttpRequest, reader: Reader, seen: Seen, form: Form | None = None) -> HttpResponse:
    context = {
        "seen": seen,
        "course": seen.course,
        "lesson": seen.course.lesson,
        "table": share_table(seen, reader),
        "doors": doors_of(seen.course.pk),
        "form": form or DoorForm(),
    }
    return render(request, "web/course.html", context, status=422 if form else 200)


@login_required
@only_posted
def course_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what was posted about a course: bring it in line with the roster, chase, close."""
    reader = reader_of(request)
    course_seen(pk, reader)
    who: dict[str, Any] = {"course_id": pk, "actor": reader.actor, "at": reader.at}
    act = request.POST.get("act", "")
    try:
        if act == "align":
            told = align_course(**who)
            sentence = _("Joined or moved: %(joined)s; left or moved: %(ended)s.")
            messages.success(request, sentence % {"joined": len(told.joined), "ended": len(told.ended)})
        elif act == "chase":
            count = chase_course(**who)
            words = ngettext("%(count)s person was told.", "%(count)s people were told.", count)
            messages.success(request, words % {"count": count})
        elif act == "close":
            close_course(**who)
            messages.success(request, _("Closed. Who did not learn it stays on the list."))
        else:
            raise Http404
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("course", pk)


@login_required
@only_posted
def course_door(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a code up at a door."""
    reader = reader_of(request)
    seen = course_seen(pk, reader)
    form = DoorForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            made = open_door(
                course_id=pk,
                place=told["place"],
                window=form.window(),
                is_make_up=told["is_make_up"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Made. Print the poster and hang it at the door."))
            return redirect(reverse("course", args=(pk,)) + f"#d{made.pk}")
    return _page(request, reader, seen, form)


def _course_of_door(request: HttpRequest, pk: int) -> str:
    """Return the page on which a door is ended."""
    door = get_object_or_404(Door, pk=pk)
    course_seen(door.course_id, reader_of(request))
    return reverse("course", args=(door.course_id,)) + "#doors"


@login_required
@posted_from(_course_of_door)
def course_door_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a door."""
    reader = reader_of(request)
    door = get_object_or_404(Door, pk=pk)
    course_seen(door.course_id, reader)
    try:
        end_door(door_id=door.pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("Nobody is checked in there any more. Take the poster down."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(reverse("course", args=(door.course_id,)) + "#doors")


@login_required
@never_cache
@require_safe
def course_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code to hang up at a door."""
    reader = reader_of(request)
    door = get_object_or_404(Door, pk=pk, ended_at__isnull=True)
    seen = course_seen(door.course_id, reader)
    if not seen.runs:
        raise Http404
    address = request.build_absolute_uri(reverse("door", args=(door.code,)))
    dots, size = qr.path(address)
    context = {
        "course": seen.course,
        "lesson": seen.course.lesson,
        "door": door,
        "address": address,
        "dots": dots,
        "size": size,
    }
    return render(request, "web/course_poster.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course_people(request: HttpRequest, pk: int) -> HttpResponse:
    """List who is expected, those who lack something first asked for; a POST looks for a name."""
    reader = reader_of(request)
    seen = course_seen(pk, reader)
    if not seen.names:
        raise Http404
    asked = request.POST.get("text", "").strip() if request.method == "POST" else ""
    lacking, before = request.GET.get("show") == "lacking", before_of(request)
    told = standings_now(seen, reader)
    wanted = [one.learner_id for one in told.values() if one.lacks] if lacking else None
    rows = people_rows(seen, asked, wanted)
    found = list(rows.filter(pk__gt=before or 0)[: PAGE + 1])
    context = {
        "seen": seen,
        "course": seen.course,
        "lesson": seen.course.lesson,
        "rows": people_of(found[:PAGE], told, reader),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "asked": asked,
        "lacking": lacking,
    }
    return render(request, "web/course_people.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how one who is expected stands; a POST enters that they were there, or takes it back."""
    reader = reader_of(request)
    row = get_object_or_404(Learner, pk=pk)
    seen = course_seen(row.course_id, reader)
    learner = expected_now(row.course_id).filter(pk=pk).first()
    if learner is None or not seen.names:
        raise Http404
    enter, back = EnterForm(initial={"happened_at": reader.at}), BackForm()
    who: dict[str, Any] = {"learner_id": pk, "actor": reader.actor, "at": reader.at}
    act = request.POST.get("act", "")
    if request.method == "POST" and act not in {"grant", "back", "enter"}:
        raise Http404
    if request.method == "POST" and act == "grant":
        try:
            grant_tries(**who)
            messages.success(request, _("Granted: they can take the test again."))
        except NotPermitted:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("course_person", pk)
    if request.method == "POST":
        is_back = act == "back"
        form: Form = BackForm(request.POST) if is_back else EnterForm(request.POST)
        if form.is_valid():
            with form.refusals(("learner_own",)):
                if is_back:
                    take_attendance_back(**form.cleaned_data, **who)
                    messages.success(request, _("Taken back. What was entered stays to be seen."))
                else:
                    enter_attendance(**form.cleaned_data, **who)
                    messages.success(request, _("Entered."))
                return redirect("course_person", pk)
        enter, back = (enter, form) if is_back else (form, back)  # type: ignore[assignment]
    return _person(request, reader, seen, learner, (enter, back))


def _person(
    request: HttpRequest, reader: Reader, seen: Seen, learner: Learner, forms: tuple[Form, Form]
) -> HttpResponse:
    told = Attendance.objects.filter(learner=learner).select_related("by", "voided_by", "door")
    enter, back = forms
    context = {
        "seen": seen,
        "course": seen.course,
        "lesson": seen.course.lesson,
        "line": people_of([learner], standings_now(seen, reader), reader)[0],
        "name": shown_name(learner),
        "history": told.order_by("-pk"),
        "tries": tries_of(learner.pk),
        "address": "" if has_account(learner) else _address_of(request, learner),
        "enter": enter,
        "back": back,
    }
    status = 422 if enter.errors or back.errors else 200
    return render(request, "web/course_person.html", context, status=status)


def _address_of(request: HttpRequest, learner: Learner) -> str:
    return request.build_absolute_uri(reverse("learn", args=(learner.code or "",)))


@login_required
@never_cache
@require_safe
def course_file(request: HttpRequest, pk: int, what: str, ext: str) -> HttpResponse:
    """Give the shares of a course, who has to make up for it, or the codes, as a workbook or to print.

    That a list of people was taken is noted.
    """
    reader = reader_of(request)
    seen = course_seen(pk, reader)
    allowed = {"rates": seen.rights.sees_all, "make-up": seen.names, "codes": seen.enters}
    if not allowed.get(what) or ext not in {"pdf", "xlsx"}:
        raise Http404
    site = request.build_absolute_uri("/")
    sheet = course_sheet(seen.course, what, site=site, on=reader.day)
    made = course_paper(seen.course, sheet, ext)
    if what != "rates":
        take_course_list(
            course_id=pk, what=CourseList(what), people=rows_of(sheet), actor=reader.actor, at=reader.at
        )
    return saved(made.content, made.name, made.media_type)


urlpatterns: list[URLPattern] = [
    path("lessons/<int:pk>/course/", course_new, name="course_new"),
    path("courses/<int:pk>/", course, name="course"),
    path("courses/<int:pk>/act/", course_act, name="course_act"),
    path("courses/<int:pk>/doors/", course_door, name="course_door"),
    path("courses/doors/<int:pk>/end/", course_door_end, name="course_door_end"),
    path("courses/doors/<int:pk>/poster/", course_poster, name="course_poster"),
    path("courses/<int:pk>/people/", course_people, name="course_people"),
    path("courses/people/<int:pk>/", course_person, name="course_person"),
    path("courses/<int:pk>/rates.<str:ext>", course_file, {"what": "rates"}, name="course_rates"),
    path("courses/<int:pk>/make-up.<str:ext>", course_file, {"what": "make-up"}, name="course_make_up"),
    path("courses/<int:pk>/codes.<str:ext>", course_file, {"what": "codes"}, name="course_codes"),
]
