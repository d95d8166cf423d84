"""What is done with a lesson that is signed off: sending, reminding, passing on, poster and picture."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.journeys.lesson_papers import poster_of, poster_paper
from songnuan.journeys.send_lesson import note_handed_on, remind_of_lesson, send_lesson
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.lesson_models import LessonStatus
from songnuan.web.lesson_forms import HandForm
from songnuan.web.lesson_page import lesson_seen, units_seen
from songnuan.web.opening import saved
from songnuan.web.views.lessons import lesson_page, own_places
from songnuan.web.views.shared import only_posted, reader_of


@login_required
@only_posted
def lesson_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a lesson, or remind who did not read it."""
    reader = reader_of(request)
    lesson_seen(pk, reader)
    who: dict[str, Any] = {"lesson_id": pk, "actor": reader.actor, "at": reader.at}
    act = request.POST.get("act", "")
    if act not in {"send", "remind"}:
        raise Http404
    try:
        made = send_lesson(**who) if act == "send" else remind_of_lesson(**who)
        sentence = ngettext("Sent to %(count)s person.", "Sent to %(count)s people.", made.people)
        messages.success(request, sentence % {"count": made.people})
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(reverse("lesson", args=(pk,)) + "#sending")


@login_required
@only_posted
def lesson_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the reader passed a lesson on by hand."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    form = HandForm(request.POST, places=own_places(found, reader))
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            note_handed_on(
                lesson_id=pk,
                unit_id=told["unit"],
                way=told["way"],
                place=told["place"],
                people=told["people"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Noted."))
            return redirect(reverse("lesson", args=(pk,)) + "#by-hand")
    return lesson_page(request, reader, found, rights, {"hand": form})


@login_required
@never_cache
@require_safe
def lesson_paper(request: HttpRequest, pk: int, ext: str) -> HttpResponse:
    """Give a lesson as a poster (pdf) or a picture (png), without a code."""
    reader = reader_of(request)
    found, _rights = lesson_seen(pk, reader)
    if ext not in {"pdf", "png"} or found.status != LessonStatus.SIGNED:
        raise Http404
    if not units_seen(found.measure, reader):
        raise Http404
    made = poster_paper(poster_of(found, None, "", reader.day), ext)
    return saved(made.content, made.name, made.media_type)


urlpatterns: list[URLPattern] = [
    path("lessons/<int:pk>/send/", lesson_send, name="lesson_send"),
    path("lessons/<int:pk>/by-hand/", lesson_hand, name="lesson_hand"),
    path("lessons/<int:pk>/paper.<str:ext>", lesson_paper, name="lesson_paper"),
]
