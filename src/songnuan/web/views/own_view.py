"""What people see of themselves: the way in with a code, the page of everything held, what they ask for.

A person here is nobody who has signed in: what a code opened stands in the session under a name of its
own for a quarter of an hour, and gives no other right.
"""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any, Final

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songnuan.goods.own_pickups import own_kits
from songnuan.journeys.ask_correction import ask_correction
from songnuan.journeys.open_own_view import open_own_view
from songnuan.journeys.take_own_view import take_own_view
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, day_of, now
from songnuan.outreach.own_learning import own_learning
from songnuan.payments.own_payments import own_money
from songnuan.people import queries as people
from songnuan.people.access_codes import digest, oneself
from songnuan.people.corrections import ERASURE
from songnuan.people.models import Person
from songnuan.web.forms import Form
from songnuan.web.own_forms import CorrectionForm, ErasureForm, WayInForm
from songnuan.web.own_money import money_of
from songnuan.web.own_pickups import pickups_of
from songnuan.web.own_words import as_data, corrections_of, facts_of, outlook_of, rosters_of
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.shared import key_of, only_posted

OPENED: Final = "own_view"
FAILED_AFTER: Final = 0.3
"""Seconds that every failure takes at least: how long it took tells nobody whether there is such a code."""

# As often as at the sign-in, counted apart from it.
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": OPENED,
    "config": {OPENED: settings.ACCOUNT_RATE_LIMITS["login_failed"]},
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came in with a code, and until when it stays open."""

    person_key: str
    actor: Actor
    at: datetime
    until: datetime


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_view(request: HttpRequest) -> HttpResponse:
    """Show what is held of who came in; before that, the way in."""
    if request.method == "POST":
        return _enter(request)
    if request.GET:  # a code has no place in an address: it would stand in logs, and in the browser's history
        return redirect("own_view")
    visit = visit_of(request)
    if visit is None:
        return _door(request, WayInForm())
    try:
        view, pickups = people.own_view(visit.person_key, visit.at), pickups_of(visit.person_key)
        learning = own_learning(visit.person_key)
    except Person.DoesNotExist:  # merged or erased at this moment
        return closed(request)
    money = money_of(visit.person_key, visit.at)
    context = {
        "visit": visit,
        "facts": facts_of(view.facts),
        "rosters": rosters_of(view, day_of(visit.at)),
        "pickups": pickups,
        "learning": learning,
        "looks": view.looks,
        "decisions": view.decisions,
        "asked": corrections_of(view),
        "outlook": outlook_of(view, is_paid=bool(money["money"])),
        **money,
    }
    return render(request, "web/own_view.html", context)


@without_sign_in
@only_posted
def own_leave(request: HttpRequest) -> HttpResponse:
    """Close what a code opened; who is signed in besides stays so."""
    request.session.pop(OPENED, None)
    if request.session.keys():
        request.session.cycle_key()
    else:
        request.session.flush()
    messages.success(request, _("Your page is closed."))
    return redirect("own_view")


@without_sign_in
@only_posted
def own_data(request: HttpRequest) -> HttpResponse:
    """Hand over a copy of everything, for a program to read."""
    visit = visit_of(request)
    if visit is None:
        return closed(request)
    try:
        learning = own_learning(visit.person_key)
        view = take_own_view(person_key=visit.person_key, actor=visit.actor, at=visit.at)
    except (Refusal, Person.DoesNotExist):  # merged or erased at this moment
        return closed(request)
    options = {"ensure_ascii": False, "indent": 2}
    name = _("What is held of me") + ".json"
    disposition = content_disposition_header(True, name) or "attachment"
    return JsonResponse(
        as_data(view, own_money(visit.person_key, visit.at), own_kits(visit.person_key), learning),
        json_dumps_params=options,
        headers={"Content-Disposition": disposition},
    )


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_correction(request: HttpRequest) -> HttpResponse:
    """Take in what is wrong."""
    asked = {"field": request.GET.get("field", "")}
    form = CorrectionForm(request.POST) if request.method == "POST" else CorrectionForm(initial=asked)
    return _ask(request, form, "web/own_correction.html")


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_erasure(request: HttpRequest) -> HttpResponse:
    """Take in that somebody wants to be erased."""
    form = ErasureForm(request.POST) if request.method == "POST" else ErasureForm()
    return _ask(request, form, "web/own_erasure.html")


def visit_of(request: HttpRequest) -> Visit | None:
    """Return who came in, as long as it is open; what is over is forgotten.

    Over, too, is what was opened before somebody signed in here: the next at this device is another one.
    """
    kept = request.session.get(OPENED)
    if kept is None:
        return None
    at, until = now(), datetime.fromisoformat(kept["until"])
    is_open = at < until and kept.get("beside") == request.user.pk
    person_key = people.opened_for(kept["code"]) if is_open else None
    if person_key is None:
        del request.session[OPENED]
        return None
    return Visit(person_key, oneself(person_key), at, until)


def _enter(request: HttpRequest) -> HttpResponse:
    """Let in who has the code and what goes with it; all others hear one sentence."""
    form = WayInForm(request.POST)
    if not form.is_valid():
        return _door(request, form)
    begun = monotonic()
    told = form.cleaned_data
    attempt = ratelimit.consume(request, key=digest(told["code"]), **_COUNTED)
    if attempt is None:
        form.add_error(None, _("There were too many attempts. Wait ten minutes, then try again."))
        return _door(request, form, status=429)
    actor = actor_of(request.user) if isinstance(request.user, User) else SYSTEM
    opened = open_own_view(code=told["code"], ending=told["ending"], actor=actor, at=now())
    if opened is None:
        form.add_error(
            None,
            _(
                "The code and the four characters do not fit together, or the code was used already, or holds"
                " no more. Compare both with your slip or message; after five failures a code is locked. Your"
                " unit gives you a new one."
            ),
        )
        sleep(max(0.0, FAILED_AFTER - (monotonic() - begun)))
        return _door(request, form)
    attempt.rollback()
    until = opened.until.isoformat()
    request.session[OPENED] = {"code": opened.code_id, "until": until, "beside": request.user.pk}
    request.session.cycle_key()
    return redirect("own_view")


def _door(request: HttpRequest, form: WayInForm, *, status: int = 200) -> HttpResponse:
    if form.errors and status == 200:
        status = 422
    return render(request, "web/own_door.html", {"form": form}, status=status)


def closed(request: HttpRequest) -> HttpResponseRedirect:
    """Lead back to the way in, and say why."""
    sentence = _(
        "Your page is closed: its time is over, or the code holds no more. Come in with another code."
    )
    messages.warning(request, sentence)
    return redirect("own_view")


def _ask(request: HttpRequest, form: Form, template: str) -> HttpResponse:
    """Show a form of something to ask for, and take it in."""
    visit = visit_of(request)
    if visit is None:
        return closed(request)
    if request.method == "POST" and form.is_valid():
        try:
            _take(request, visit, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("Your request is with the office. The answer will stand on this page.")
            )
            return redirect("own_view")
    context = {"form": form, "visit": visit}
    return render(request, template, context, status=422 if form.errors else 200)


def _take(request: HttpRequest, visit: Visit, form: Form) -> None:
    told = form.cleaned_data
    ask_correction(
        person_key=visit.person_key,
        field=told.get("field", ERASURE),
        value=told.get("value", ""),
        reason=told["reason"],
        key=key_of(request),
        actor=visit.actor,
        at=visit.at,
    )


urlpatterns: list[URLPattern] = [
    path("my/", own_view, name="own_view"),
    path("my/leave/", own_leave, name="own_leave"),
    path("my/copy/", own_data, name="own_data"),
    path("my/correction/", own_correction, name="own_correction"),
    path("my/erasure/", own_erasure, name="own_erasure"),
]
