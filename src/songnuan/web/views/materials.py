"""What goes with a lesson: added to a draft, and given out to who may read the lesson, films by stretches."""

import re
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songnuan.journeys.add_material import add_material, drop_material
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.course_queries import learner_of_code
from songnuan.outreach.course_rules import plain_code
from songnuan.outreach.lesson_models import LessonStatus
from songnuan.outreach.material_models import Material, MaterialKind
from songnuan.records.media import PDF
from songnuan.records.video import MP4, PART
from songnuan.web.lesson_forms import MaterialForm
from songnuan.web.lesson_page import lesson_seen
from songnuan.web.opening import stretch
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.lessons import lesson_page
from songnuan.web.views.shared import only_posted, reader_of

_STRETCH_MOST: Final = 4 * PART
"""Bytes of a film that one answer to a range has at most: the player asks on from where it ends."""
_RANGE: Final = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@login_required
@only_posted
def lesson_material(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a file to a draft, or take one out."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    back = reverse("lesson", args=(pk,)) + "#material"
    if request.POST.get("act") == "drop":
        number = request.POST.get("material", "")
        material_id = int(number) if number.isdecimal() and len(number) < 19 else 0
        try:
            drop_material(lesson_id=pk, material_id=material_id, actor=reader.actor, at=reader.at)
            messages.success(request, _("Taken out."))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect(back)
    form = MaterialForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        with form.refusals():
            add_material(
                lesson_id=pk,
                file=sent.file,
                size=sent.size,
                name=sent.name,
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Added."))
            return redirect(back)
    return lesson_page(request, reader, found, rights, {"material": form})


@login_required
@require_safe
def material(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a file of a lesson to who may read the lesson."""
    row = _kept(pk)
    lesson_seen(row.lesson_id, reader_of(request))
    return _given(request, row)


@without_sign_in
@require_safe
def material_by_code(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Give a file of a lesson to who learns it by their own code."""
    row, learner = _kept(pk), learner_of_code(plain_code(code))
    if learner is None or learner.course.lesson_id != row.lesson_id:
        raise Http404
    if learner.course.lesson.status == LessonStatus.WITHDRAWN:
        raise Http404
    return _given(request, row)


def _kept(pk: int) -> Material:
    row = Material.objects.filter(pk=pk, removed_at__isnull=True).first()
    if row is None:
        raise Http404
    return row


def _given(request: HttpRequest, row: Material) -> HttpResponseBase:
    """Give a file, or the stretch of it that is asked for."""
    is_video = row.kind == MaterialKind.VIDEO
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip()) if is_video else None
    first, last = 0, row.size - 1
    if asked is not None:
        begins, ends = asked.groups()
        if begins:
            first, last = int(begins), min(int(ends), last) if ends else last
        else:
            first = max(row.size - int(ends or 0), 0)
        last = min(last, first + _STRETCH_MOST - 1)
        if first > last:
            refused = HttpResponse(status=416)
            refused.headers["Content-Range"] = f"bytes */{row.size}"
            return refused
    parts = list(row.parts.select_related("file").order_by("position"))
    answer = StreamingHttpResponse(
        () if request.method == "HEAD" else stretch([one.file for one in parts], first, last, part=PART),
        content_type=MP4 if is_video else PDF,
        status=200 if asked is None else 206,
    )
    answer.headers["Content-Length"] = str(last - first + 1)
    answer.headers["Content-Disposition"] = "inline"
    if is_video:
        answer.headers["Accept-Ranges"] = "bytes"
    if asked is not None:
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{row.size}"
    return answer


urlpatterns: list[URLPattern] = [
    path("lessons/<int:pk>/material/", lesson_material, name="lesson_material"),
    path("lessons/material/<int:pk>/", material, name="material"),
    path("learn/<str:code>/material/<int:pk>/", material_by_code, name="material_by_code"),
]
