"""Pages of musters: the call tree, calling people together, the live board, and the door at the place."""

from datetime import timedelta
from typing import Any, Final

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.documents import qr
from songnuan.emergency.actions.muster import Arrival, leads
from songnuan.emergency.models import Activation, ActivationStatus, Muster
from songnuan.emergency.muster_queries import lines_of, running, tree_of
from songnuan.emergency.muster_rules import Presence, presence
from songnuan.journeys.call_muster import call_muster, close_muster
from songnuan.journeys.chase_muster import note_call, show_number
from songnuan.journeys.check_in import AT_THE_PLACE, check_in_another, check_in_by_code, check_in_oneself
from songnuan.journeys.set_call_tree import set_call_tree
from songnuan.kernel.names import mask_name, mask_phone
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import now, require
from songnuan.web.emergency_page import emergency_seen, role_of
from songnuan.web.muster_forms import CallForm, CallTreeForm, HereForm, MusterForm
from songnuan.web.muster_page import board_of, muster_seen
from songnuan.web.unsigned import without_sign_in
from songnuan.web.views.shared import Reader, key_of, only_posted, reader_of

_REMEMBERED: Final = "songnuan-here"
_DAYS: Final = 30
_ACTION: Final = "muster_here"
_COUNTED: Final[dict[str, Any]] = {
    "app": "songnuan.web",
    "action": _ACTION,
    "config": {_ACTION: "60/10m/ip,200/h/ip"},
}
"""How often wrong numbers are tried; right ones are not counted: a whole house comes from one address."""
_AHEAD: Final = timedelta(hours=1)


@login_required
@never_cache
def call_tree(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show who calls whom, and take in a new table."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    role, tree = role_of(measure, reader), tree_of(measure_id)
    if not role.manages and role.member is None:
        require(reader.actor, Permission.EMERGENCY_MANAGE, unit_id=measure.plan.unit_id, at=reader.at)
    form = CallTreeForm()
    if request.method == "POST":
        form = CallTreeForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            with form.refusals():
                made = set_call_tree(
                    measure_id=measure_id,
                    content=file.read(),
                    name=file.name,
                    actor=reader.actor,
                    at=reader.at,
                )
                sentence = _("The call tree has %(count)s people now.")
                messages.success(request, sentence % {"count": made.lines})
                return redirect("call_tree", measure_id)
    lines = lines_of(tree.pk) if tree else []
    context = {
        "measure": measure,
        "role": role,
        "tree": tree,
        "lines": [(one, mask_phone(one.phone) if one.phone else "") for one in lines],
        "form": form,
    }
    return render(request, "web/call_tree.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def muster_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form that calls people together, and call them."""
    reader = reader_of(request)
    row = get_object_or_404(Activation.objects.select_related("measure__plan", "holder__user"), pk=pk)
    measure = emergency_seen(row.measure_id, reader)
    is_active, may_call = row.status == ActivationStatus.ACTIVE, leads(row, reader.actor, reader.at)
    initial = {"due_at": reader.at + _AHEAD}
    form = MusterForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals(("person_needed",)):
            made = call_muster(
                activation_id=pk, call=form.call(), key=key_of(request), actor=reader.actor, at=reader.at
            )
            messages.success(request, _("Everybody with an account has been told. Call the others."))
            return redirect("muster", made)
    context = {
        "row": row,
        "measure": measure,
        "form": form,
        "tree": tree_of(measure.pk),
        "is_active": is_active,
        "may_call": may_call,
        "runs": next(iter(running([pk])), None) if may_call else None,
    }
    return render(request, "web/muster_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def muster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a muster stands; asked for by the page itself, only its part that moves."""
    reader = reader_of(request)
    template = "web/parts/muster_board.html" if request.headers.get("HX-Request") else "web/muster.html"
    return _board(request, reader, muster_seen(pk, reader), CallForm(), template=template)


def _board(
    request: HttpRequest,
    reader: Reader,
    found: Muster,
    form: CallForm,
    **shown: Any,  # noqa: ANN401
) -> HttpResponse:
    """Show a muster; `line` is the person whose number is shown in full (`phone`), or whose form is wrong."""
    template = shown.pop("template", "web/muster.html")
    context = {
        "board": board_of(found, reader),
        "muster": found,
        "form": form,
        "blank": CallForm(),
        "shown": shown,
    }
    return render(request, template, context, status=422 if form.errors else 200)


@login_required
@only_posted
def muster_here(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the reader in."""
    reader = reader_of(request)
    muster_seen(pk, reader)
    try:
        check_in_oneself(
            muster_id=pk,
            arrival=Arrival(position=request.POST.get("place", "")),
            actor=reader.actor,
            at=reader.at,
        )
        messages.success(request, _("You are checked in."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("muster", pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def muster_person(request: HttpRequest, pk: int, line_id: int) -> HttpResponse:
    """Do what was posted about one who is expected: check in, note a call, show the number.

    A number is shown in the answer itself: it is kept nowhere.
    """
    reader = reader_of(request)
    found = muster_seen(pk, reader)
    back = redirect(reverse("muster", args=(pk,)) + f"#p{line_id}")
    if request.method != "POST":
        return back
    who: dict[str, Any] = {"muster_id": pk, "line_id": line_id, "actor": reader.actor, "at": reader.at}
    act = request.POST.get("act", "")
    form = CallForm(request.POST) if act == "note" else CallForm()
    if act not in {"there", "number", "note"}:
        raise Http404
    try:
        if act == "there":
            check_in_another(**who)
            messages.success(request, _("Checked in."))
        elif act == "number":
            return _board(request, reader, found, form, line=line_id, phone=show_number(**who))
        elif not form.is_valid():
            return _board(request, reader, found, form, line=line_id)
        else:
            told = form.cleaned_data
            note_call(outcome=told["outcome"], text=told["words"], **who)
            messages.success(request, _("Noted."))
    except Refusal as refusal:
        if refusal.field and act == "note":
            form.refuse(refusal)
            return _board(request, reader, found, form, line=line_id)
        messages.error(request, refusal.sentence)
    return back


@login_required
@only_posted
def muster_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a muster."""
    reader = reader_of(request)
    muster_seen(pk, reader)
    try:
        close_muster(muster_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("The muster is closed."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("muster", pk)


@login_required
@never_cache
@require_safe
def muster_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code to hang up at the place."""
    reader = reader_of(request)
    found = muster_seen(pk, reader)
    if not leads(found.activation, reader.actor, reader.at):
        raise Http404
    if found.closed_at is not None:
        messages.error(request, _("This muster is closed: nobody checks in any more."))
        return redirect("muster", pk)
    address = request.build_absolute_uri(reverse("here", args=(found.code,)))
    dots, size = qr.path(address)
    context = {"muster": found, "address": address, "dots": dots, "size": size}
    return render(request, "web/muster_poster.html", context)


@without_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, code: str) -> HttpResponse:
    """Check in whoever opened the code that hangs at the place, without an account."""
    found = Muster.objects.select_related("activation__measure__plan").filter(code=code).first()
    if found is None:
        raise Http404
    remembered = request.get_signed_cookie(_REMEMBERED, "", salt=_REMEMBERED)
    form = HereForm(initial={"phone": remembered})
    context: dict[str, Any] = {"muster": found, "form": form}
    if request.method != "POST":
        return render(request, "web/here.html", context)
    context["form"] = form = HereForm(request.POST)
    if form.is_valid():
        if ratelimit.consume(request, dry_run=True, **_COUNTED) is None:
            form.add_error(
                None, _("Too many wrong numbers from here. Ask the office at the place to check you in.")
            )
            return render(request, "web/here.html", context, status=429)
        with form.refusals():
            phone = form.cleaned_data["phone"]
            entry = check_in_by_code(
                code=code, phone=phone, arrival=form.arrival(), actor=AT_THE_PLACE, at=now()
            )
            state = presence(found.due_at, entry.arrived_at, None, None)
            context |= {"name": mask_name(entry.line.name), "entry": entry, "late": state == Presence.LATE}
            answer = render(request, "web/here.html", context)
            answer.set_signed_cookie(
                _REMEMBERED,
                phone,
                salt=_REMEMBERED,
                max_age=_DAYS * 86400,
                path="/here/",
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
            return answer
        if form.has_error("phone"):
            ratelimit.consume(request, **_COUNTED)
    return render(request, "web/here.html", context, status=422)


urlpatterns: list[URLPattern] = [
    path("emergency/<int:measure_id>/call-tree/", call_tree, name="call_tree"),
    path("emergency/activations/<int:pk>/muster/", muster_new, name="muster_new"),
    path("musters/<int:pk>/", muster, name="muster"),
    path("musters/<int:pk>/here/", muster_here, name="muster_here"),
    path("musters/<int:pk>/people/<int:line_id>/", muster_person, name="muster_person"),
    path("musters/<int:pk>/close/", muster_close, name="muster_close"),
    path("musters/<int:pk>/poster/", muster_poster, name="muster_poster"),
    path("here/<str:code>/", here, name="here"),
]
