"""Pages of who learns a lesson, with an account or not: check-in at the door, reading, the test."""

from dataclasses import dataclass
from typing import Any, Final

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from songnuan.journeys.attend_course import (
    AT_THE_DOOR,
    check_in_by_account,
    check_in_by_told,
    confirm_reading,
    open_reading,
    take_test,
)
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, now
from songnuan.outreach.actions.attending import as_learner
from songnuan.outreach.actions.courses import require_standing
from songnuan.outreach.course_models import Attendance, Door, Learner, Reading
from songnuan.outreach.course_queries import (
    attendance_of,
    has_account,
    learner_of_code,
    name_of,
    own_learner,
    tries_of,
)
from songnuan.outreach.course_rules import plain_code, tries_allowed
from songnuan.outreach.quiz_rules import questions_of
from songnuan.web.course_forms import AtDoorForm, ReadForm
from songnuan.web.lesson_page import materials_of
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.quizzes import answers_shown, asked_of_sheet, picks_of
from songnuan.web.views.shared import reader_of

_ACTION: Final = "course_door"
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": _ACTION,
    "config": {_ACTION: "60/10m/ip,200/h/ip"},
}
"""How often wrong names are tried; right ones are not counted: a whole school comes from one address."""


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, code: str) -> HttpResponse:
    """Check in whoever opened the code at the door: by name where they are signed in, else as they tell."""
    found = Door.objects.select_related("course__lesson__measure__plan").filter(code=code).first()
    if found is None or found.ended_at is not None:
        return render(request, "web/door.html", {"door": None}, status=404)
    user = request.user if isinstance(request.user, User) else None
    mine = own_learner(found.course_id, user.pk) if user else None
    form = AtDoorForm()
    context: dict[str, Any] = {
        "door": found,
        "lesson": found.course.lesson,
        "form": form,
        "mine": mine,
        "is_over": now() > found.ends_at or found.course.closed_at is not None,
    }
    if request.method != "POST":
        if mine is not None and user is not None:
            context |= _checked_in(attendance_of(mine.pk), user.name)
        return render(request, "web/door.html", context)
    if mine is not None and user is not None and request.POST.get("act") == "mine":
        try:
            made = check_in_by_account(code=code, actor=actor_of(user), at=now())
        except Refusal as refusal:
            return render(request, "web/door.html", {**context, "refusal": refusal}, status=422)
        return render(request, "web/door.html", {**context, **_checked_in(made, user.name)})
    return _by_told(request, found, context)


def _by_told(request: HttpRequest, found: Door, context: dict[str, Any]) -> HttpResponse:
    context["form"] = form = AtDoorForm(request.POST)
    if form.is_valid():
        if ratelimit.consume(request, dry_run=True, **_COUNTED) is None:
            form.add_error(None, _("Too many wrong names from here. Ask the office at the door."))
            return render(request, "web/door.html", context, status=429)
        with form.refusals():
            made = check_in_by_told(code=found.code, told=form.told(), actor=AT_THE_DOOR, at=now())
            name = mask_name(name_of(made.learner))
            return render(request, "web/door.html", {**context, **_checked_in(made, name)})
        ratelimit.consume(request, **_COUNTED)
    return render(request, "web/door.html", context, status=422)


def _checked_in(made: Attendance | None, name: str) -> dict[str, Any]:
    return {"attendance": made, "name": name} if made else {}


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody's own page: as whom they act, and where it is."""

    learner: Learner
    actor: Actor
    address: str

    @property
    def is_by_code(self) -> bool:
        """Whether they came in with their own code, not an account."""
        return self.actor.user_id is None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course_mine(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lesson to somebody with an account who learns it: reading, test, and how they stand."""
    reader = reader_of(request)
    mine = own_learner(pk, reader.user.pk)
    if mine is None:
        raise Http404
    return _own_page(request, Own(mine, reader.actor, reverse("course_mine", args=(pk,))))


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def learn(request: HttpRequest, code: str) -> HttpResponse:
    """Show a lesson to somebody without an account, by their own code."""
    mine = learner_of_code(plain_code(code))
    if mine is None:
        return render(request, "web/course_mine.html", {"learner": None}, status=404)
    if has_account(mine):
        return redirect("course_mine", mine.course_id)
    return _own_page(request, Own(mine, as_learner(mine), reverse("learn", args=(plain_code(code),))))


def _own_page(request: HttpRequest, own: Own) -> HttpResponse:
    course, lesson = own.learner.course, own.learner.course.lesson
    try:
        require_standing(course)
    except Refusal as over:
        shown = {"learner": own.learner, "lesson": lesson, "is_door": own.is_by_code, "withdrawn": over}
        return render(request, "web/course_mine.html", shown, status=410)
    questions = questions_of(lesson.questions)
    context: dict[str, Any] = {
        "learner": own.learner,
        "course": course,
        "lesson": lesson,
        "materials": materials_of(lesson, (own.learner.code or "") if own.is_by_code else ""),
        "address": own.address,
        "is_door": own.is_by_code,
        "name": mask_name(name_of(own.learner)) if own.is_by_code else name_of(own.learner),
    }
    who: dict[str, Any] = {"learner_id": own.learner.pk, "actor": own.actor, "at": now()}
    status, picks, refusal = 200, None, None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "test":
                picks = picks_of(request, questions)
                made, told = take_test(picks=picks, **who)
                context |= {"made": made, "told": told}
                picks = None
            else:
                form = ReadForm(request.POST)
                ticked = form.is_valid() and form.cleaned_data["is_at_end"]
                confirm_reading(is_at_end=ticked, **who)
                messages.success(request, _("Thank you: it is noted that you have learnt it."))
                return redirect(own.address)
        except NotPermitted:
            raise
        except Refusal as found:
            refusal, status = found, 422
    context |= _standing(own, who, is_get=request.method == "GET")
    if context["may_test"]:
        context |= {"asked": asked_of_sheet(questions, picks, refusal)}
    if context.get("made") and not context["may_test"]:
        context |= {"answers": answers_shown(questions, context["told"])}
    return render(request, "web/course_mine.html", {**context, "refusal": refusal}, status=status)


def _standing(own: Own, who: dict[str, Any], *, is_get: bool) -> dict[str, Any]:
    """Return how somebody stands; that they opened what is to be read is noted.

    Once it is, looking at the page writes nothing and waits for nobody who does.
    """
    course, tries = own.learner.course, tries_of(own.learner.pk)
    there = attendance_of(own.learner.pk)
    is_open = course.closed_at is None
    reads = is_open and there is None and course.by_reading
    if reads and is_get and not Reading.objects.filter(learner=own.learner).exists():
        open_reading(**who)
    is_passed = any(one.passed for one in tries)
    left = tries_allowed(course.tries, own.learner.granted) - len(tries)
    may_test = bool(is_open and there and course.pass_at and not is_passed and left > 0)
    return {
        "attendance": there,
        "passed": is_passed,
        "left": left,
        "reads": reads,
        "may_test": may_test,
        "form": ReadForm(),
    }


urlpatterns: list[URLPattern] = [
    path("door/<str:code>/", door, name="door"),
    path("courses/<int:pk>/mine/", course_mine, name="course_mine"),
    path("learn/<str:code>/", learn, name="learn"),
]
