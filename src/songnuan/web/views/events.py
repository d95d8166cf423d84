"""Pages of events: the list, planning one, inviting, answering, and who came."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.documents.calendar import render_calendar
from songnuan.journeys.event_papers import event_paper
from songnuan.journeys.hold_event import (
    answer_invitation,
    cancel_event,
    change_event,
    end_event,
    invite,
    note_who_came,
    plan_event,
)
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, now
from songnuan.outreach.actions.events import as_invited
from songnuan.outreach.event_models import Event, EventStatus, Invitation
from songnuan.outreach.event_queries import (
    KIND,
    answers,
    events,
    invitation_of_code,
    invitations_of,
    invited_to,
    may_be_invited,
)
from songnuan.outreach.shown_names import invited_listed
from songnuan.plans.models import Measure
from songnuan.web.event_forms import AnswerForm, CameForm, CancelForm, EventForm, InviteForm
from songnuan.web.event_page import (
    MARKS,
    Seen,
    appointment,
    event_measure_seen,
    event_seen,
    invited_lines,
    other_days,
    persons_named,
    users_told,
)
from songnuan.web.forms import Form
from songnuan.web.lesson_page import rights_of
from songnuan.web.opening import saved
from songnuan.web.paging import before_of, page_of
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.shared import PAGE, Reader, only_posted, reader_of


@login_required
@never_cache
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """List the reader's invitations, and the events of plans that they may see."""
    reader = reader_of(request)
    seen = reader.reach_ids(Permission.OUTREACH_VIEW)
    rows = Measure.objects.filter(kind=KIND, plan__unit__in=seen).exclude(opened_at=None)
    rows = rows.annotate(has_events=Exists(Event.objects.filter(measure=OuterRef("pk"))))
    measures = list(rows.select_related("plan").order_by("-pk"))
    held, before = events().filter(measure__in=measures).order_by("-begins_at", "-pk"), before_of(request)
    last = Event.objects.filter(pk=before).first() if before is not None else None
    if last is not None:
        earlier = Q(begins_at__lt=last.begins_at) | Q(begins_at=last.begins_at, pk__lt=last.pk)
        held = held.filter(earlier)
    found, older = page_of(held[: PAGE + 1], PAGE, lambda one: one.pk)
    by_measure: dict[int, list[tuple[Event, str]]] = {}
    for row in found:
        by_measure.setdefault(row.measure_id, []).append((row, MARKS[EventStatus(row.status)]))
    context = {
        "mine": list(invited_to(reader.user.pk)[:PAGE]),
        "measures": [
            (one, rights_of(one, reader), by_measure.get(one.pk, []))
            for one in measures
            if last is None or one.pk in by_measure
        ],
        "older": older,
    }
    return render(request, "web/events.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the form of a new event, and plan it."""
    reader = reader_of(request)
    measure, rights = event_measure_seen(measure_id, reader)
    if not rights.writes:
        return redirect("events")
    form = EventForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = plan_event(measure_id=measure.pk, plan=form.plan(), actor=reader.actor, at=reader.at)
            messages.success(request, _("Planned. Invite people now."))
            return redirect("event", made.pk)
    context = {"measure": measure, "form": form, "event": None}
    return render(request, "web/event_form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an event to be changed, and change it."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    if not seen.leads:
        return redirect("event", pk)
    event = seen.event
    told = {one: getattr(event, one) for one in ("title", "place", "begins_at", "ends_at", "words")}
    form = EventForm(request.POST) if request.method == "POST" else EventForm(initial=told)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            change_event(event_id=pk, plan=form.plan(), actor=reader.actor, at=reader.at)
            messages.success(request, _("Kept."))
            return redirect("event", pk)
    context = {"measure": event.measure, "form": form, "event": event}
    return render(request, "web/event_form.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an event: to who leads it with all that can be done, to who is invited with their answer."""
    reader = reader_of(request)
    return _page(request, reader, event_seen(pk, reader))


def _page(
    request: HttpRequest, reader: Reader, seen: Seen, forms: dict[str, Form] | None = None
) -> HttpResponse:
    found = seen.event
    rows = list(invitations_of([found.pk])) if seen.rights.sees_all else []
    mine = seen.mine
    answered = {"answer": mine.answer, "deputy": mine.deputy or ""} if mine else {}
    is_begun, is_day = reader.at >= found.begins_at, reader.day >= day_of(found.begins_at)
    context = {
        "seen": seen,
        "event": found,
        "mark": MARKS[EventStatus(found.status)],
        "lines": invited_lines(request, rows, leads=seen.leads),
        "counts": answers(rows),
        "unanswered": sum(not row.answer for row in rows),
        "plan_days": other_days(found) if seen.leads else "",
        "is_begun": is_begun,
        "may_answer": mine is not None and found.status == EventStatus.PLANNED and not is_begun,
        "answer": AnswerForm(initial=answered),
        "invite": _invite_form(None, seen, reader) if seen.leads and not is_begun else None,
        "came": CameForm(rows=_came_rows(rows, reader)) if seen.leads and rows and is_day else None,
        "cancel": CancelForm(),
        **(forms or {}),
    }
    return render(request, "web/event.html", context, status=422 if forms else 200)


def _came_rows(rows: list[Invitation], reader: Reader) -> list[tuple[int, str, str]]:
    return [(row.pk, invited_listed(row) or "—", row.came) for row in rows if row.user_id != reader.user.pk]


def _invite_form(told: Any, seen: Seen, reader: Reader) -> InviteForm:  # noqa: ANN401 - what was posted
    had = set(invitations_of([seen.event.pk]).values_list("user", flat=True))
    rows = may_be_invited(seen.event.measure.plan.unit_id or 0, reader.at)
    return InviteForm(told, users=users_told([one for one in rows if one.pk not in had], reader))


@login_required
@only_posted
def event_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite people."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    form = _invite_form(request.POST, seen, reader)
    if form.is_valid():
        with form.refusals():
            made = invite(
                event_id=pk,
                capacity=form.cleaned_data["capacity"],
                user_ids=form.cleaned_data["users"],
                person_ids=persons_named(form.told_names(), reader),
                actor=reader.actor,
                at=reader.at,
            )
            words = ngettext("%(count)s person is invited.", "%(count)s people are invited.", len(made))
            messages.success(request, words % {"count": len(made)})
            return redirect(reverse("event", args=(pk,)) + "#invited")
    return _page(request, reader, seen, {"invite": form})


@login_required
@only_posted
def event_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in the reader's answer to their invitation."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    if seen.mine is None:
        raise Http404
    form = AnswerForm(request.POST)
    if form.is_valid():
        with form.refusals():
            answer_invitation(
                invitation_id=seen.mine.pk, actor=reader.actor, at=reader.at, **form.cleaned_data
            )
            messages.success(request, _("Thank you: your answer is noted."))
            return redirect("event", pk)
    return _page(request, reader, seen, {"answer": form})


@login_required
@only_posted
def event_came(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who came."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    rows = list(invitations_of([pk])) if seen.rights.sees_all else []
    form = CameForm(request.POST, rows=_came_rows(rows, reader))
    if form.is_valid():
        with form.refusals():
            note_who_came(event_id=pk, came=form.came(), actor=reader.actor, at=reader.at)
            messages.success(request, _("Noted."))
            return redirect(reverse("event", args=(pk,)) + "#came")
    return _page(request, reader, seen, {"came": form})


@login_required
@only_posted
def event_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an event was held, or cancel it."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    who: dict[str, Any] = {"event_id": pk, "actor": reader.actor, "at": reader.at}
    act = request.POST.get("act", "")
    if act not in {"cancel", "held"}:
        raise Http404
    if act == "cancel":
        form = CancelForm(request.POST)
        if form.is_valid():
            with form.refusals():
                cancel_event(remark=form.cleaned_data["remark"], **who)
                messages.success(request, _("Cancelled. Everybody with an account has been told."))
                return redirect("event", pk)
        return _page(request, reader, seen, {"cancel": form})
    try:
        end_event(**who)
        messages.success(request, _("Held. Who came stays as it is noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("event", pk)


@login_required
@require_safe
def event_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an event as a calendar file."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    return _calendar(seen.event, request.build_absolute_uri(reverse("event", args=(pk,))))


def _calendar(found: Event, address: str) -> HttpResponse:
    content = render_calendar(found.title, [appointment(found, address)], now())
    return saved(content, f"{found.title}.ics", "text/calendar; charset=utf-8")


@login_required
@never_cache
@require_safe
def event_file(request: HttpRequest, pk: int, ext: str) -> HttpResponse:
    """Give the list of who is invited and came, as a workbook or to print and sign."""
    reader = reader_of(request)
    seen = event_seen(pk, reader)
    if not seen.rights.sees_all or ext not in {"pdf", "xlsx"}:
        raise Http404
    made = event_paper(seen.event, ext, reader.day)
    return saved(made.content, made.name, made.media_type)


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Show an invitation to who has no account, and take in the answer."""
    row = invitation_of_code(code)
    if row is None:
        return render(request, "web/invited.html", {"row": None}, status=404)
    at = now()
    form = AnswerForm(initial={"answer": row.answer, "deputy": row.deputy or ""})
    is_done = False
    if request.method == "POST":
        form = AnswerForm(request.POST)
        if form.is_valid():
            with form.refusals():
                told = form.cleaned_data
                answer_invitation(invitation_id=row.pk, actor=as_invited(row), at=at, **told)
                row, is_done = invitations_of([row.event_id]).get(pk=row.pk), True
    context = {
        "row": row,
        "event": row.event,
        "name": invited_listed(row),
        "form": form,
        "is_done": is_done,
        "may_answer": row.event.status == EventStatus.PLANNED and at < row.event.begins_at,
    }
    return render(request, "web/invited.html", context, status=422 if form.errors else 200)


@without_sign_in
@require_safe
def invited_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Give an event as a calendar file to who is invited without an account."""
    row = invitation_of_code(code)
    if row is None:
        raise Http404
    return _calendar(row.event, request.build_absolute_uri(reverse("invited", args=(code,))))


urlpatterns: list[URLPattern] = [
    path("events/", event_list, name="events"),
    path("events/new/<int:measure_id>/", event_new, name="event_new"),
    path("events/<int:pk>/", event, name="event"),
    path("events/<int:pk>/edit/", event_edit, name="event_edit"),
    path("events/<int:pk>/invite/", event_invite, name="event_invite"),
    path("events/<int:pk>/answer/", event_answer, name="event_answer"),
    path("events/<int:pk>/came/", event_came, name="event_came"),
    path("events/<int:pk>/act/", event_act, name="event_act"),
    path("events/<int:pk>/event.ics", event_calendar, name="event_calendar"),
    path("events/<int:pk>/invited.<str:ext>", event_file, name="event_file"),
    path("invited/<str:code>/", invited, name="invited"),
    path("invited/<str:code>/event.ics", invited_calendar, name="invited_calendar"),
]
