"""The field app: its shell, what a device takes along, and what it sends."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from pydantic import BaseModel, ConfigDict, ValidationError

from songnuan.journeys.close_device import close_device
from songnuan.journeys.note_device_seen import note_device_seen
from songnuan.journeys.open_device import open_device
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.clocks import clock_offset
from songnuan.organisation.devices import device_of, devices_of, is_closed
from songnuan.organisation.models import Device
from songnuan.web.accounts import has_just_signed_in
from songnuan.web.field import shell
from songnuan.web.field.envelope import BODY_MOST, MB, clock_of, opened
from songnuan.web.field.looks import note_looks
from songnuan.web.field.packing import known_parts, packs
from songnuan.web.field.taking import take_all
from songnuan.web.views.shared import only_posted, posted_from, reader_of

View = Callable[..., HttpResponse]
_LANGUAGES = ("zh-hans", "zh-hant", "en")
_SMALL = 2_000


def _said(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"code": code, "sentence": sentence}, status=status)


def for_script(view: View) -> Callable[..., HttpResponseBase]:
    """Answer a script of who is signed in; without a sign-in it is told so, and led nowhere."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _said(401, "signed_out", _("Your sign-in has run out. Sign in again."))
        return view(request, *args, **kwargs)

    asked: Callable[..., HttpResponseBase] = login_not_required(never_cache(answered))
    return asked


_in_app = posted_from(lambda *_args, **_kwargs: reverse("field"))


# The shell ---------------------------------------------------------------------------------------


def _of_shell(content: bytes, media_type: str) -> HttpResponse:
    """Answer with a file of the shell: a browser that has it asks each time whether it is the same."""
    return HttpResponse(content, content_type=media_type, headers={"Cache-Control": "no-cache"})


@login_not_required
@require_safe
def field(_request: HttpRequest) -> HttpResponse:
    """Give the one page of the app; it tells nothing of anybody."""
    return _of_shell(shell.page(), "text/html; charset=utf-8")


@login_not_required
@require_safe
def field_worker(_request: HttpRequest) -> HttpResponse:
    """Give the service worker, with the list of what the shell is made of."""
    return _of_shell(shell.worker(), "text/javascript; charset=utf-8")


@login_not_required
@require_safe
def field_manifest(_request: HttpRequest) -> HttpResponse:
    """Give what a phone needs to install the app."""
    return _of_shell(shell.manifest(), "application/manifest+json")


@login_not_required
@require_safe
def field_words(_request: HttpRequest, language: str) -> HttpResponse:
    """Give the words of the app in a language."""
    if language not in _LANGUAGES:
        raise Http404
    return _of_shell(shell.words_file(language), "application/json")


# What a device takes along and sends ----------------------------------------------------------------


@for_script
@require_safe
def field_standing(request: HttpRequest) -> HttpResponse:
    """Say who is signed in, whether just now, and give the token that is sent along."""
    reader = reader_of(request)
    told = {"person": reader.user.pk, "name": reader.actor.label, "fresh": has_just_signed_in(request)}
    return JsonResponse({**told, "token": get_token(request)})


@for_script
@gzip_page
@require_safe
def field_pack(request: HttpRequest) -> HttpResponse:
    """Give what the reader's device takes along, but for what it has: `known` names that by digests.

    A device that was closed takes nothing along.
    """
    reader = reader_of(request)
    try:
        device = device_of(_number(request.GET.get("device", "")), reader.user.pk)
    except Refusal as refusal:
        return _said(422, refusal.code, refusal.sentence)
    if device.closed_at is not None:
        return _said(410, "device_closed", _("This device was closed."))
    kinds = packs(reader, known_parts(request.GET.get("known", "")))
    note_looks(reader, device.pk, kinds)
    return JsonResponse(
        {
            "person": reader.user.pk,
            "name": reader.actor.label,
            "token": get_token(request),
            "at": reader.at.isoformat(),
            "kinds": kinds,
        }
    )


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # no device's


class _Opening(BaseModel):
    """What a device says of itself when the app is opened on it."""

    model_config = ConfigDict(extra="forbid")

    device: UUID
    person: int
    name: str = ""


@_in_app
@for_script
def field_device(request: HttpRequest) -> HttpResponse:
    """Give a device its key: when the app is first opened on it, or its PIN was forgotten.

    A sign-in that lives on in the browser of a phone is no word of its owner: the password has to be fresh.
    """
    reader = reader_of(request)
    try:
        told = _Opening.model_validate_json(request.read(_SMALL))
    except ValidationError:
        return _said(400, "field_unreadable", _("What this device sent can't be read."))
    if told.person != reader.user.pk:
        return _other_person()
    if not is_closed(told.device) and not has_just_signed_in(request):
        return _said(422, "sign_in_again", _("Enter your password once more first."))
    try:
        row = open_device(number=told.device, name=told.name, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        status = 410 if refusal.code == "device_closed" else 422
        return _said(status, refusal.code, refusal.sentence)
    return JsonResponse({"device": str(row.number), "key": row.key})


def _other_person() -> JsonResponse:
    sentence = _("These records are of somebody else. Sign in as who recorded them.")
    return _said(409, "other_person", sentence)


@_in_app
@for_script
def field_send(request: HttpRequest) -> HttpResponse:
    """Take records in; each is answered by itself, in the order in which they came."""
    reader = reader_of(request)
    body = request.read(BODY_MOST + 1)
    if len(body) > BODY_MOST:
        sentence = _("More than %(most)s MB were sent at once. Open the app anew; what it holds is kept.")
        return _said(413, "field_size", sentence % {"most": BODY_MOST // MB})
    try:
        envelope = opened(body)
        if envelope.person != reader.user.pk:
            return _other_person()
        device_of(envelope.device, reader.user.pk)
        answers = take_all(reader, envelope.records, clock_of(envelope, reader.at, clock_offset()))
        kept = sum(answer["state"] == "later" for answer in answers)
        device = note_device_seen(
            number=envelope.device,
            unsent=max(envelope.unsent - len(answers) + kept, 0),
            actor=reader.actor,
            at=reader.at,
        )
    except Refusal as refusal:
        return _said(422, refusal.code, refusal.sentence)
    return JsonResponse({"answers": answers, "closed": device.closed_at is not None})


@login_not_required  # its number is nobody else's to know; a phone that was lost has no sign-in any more
@never_cache
@require_safe
def field_device_standing(_request: HttpRequest, number: UUID) -> HttpResponse:
    """Say whether a device was closed; it deletes what it keeps then."""
    return JsonResponse({"closed": is_closed(number)})


# One's devices ---------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def field_devices(request: HttpRequest) -> HttpResponse:
    """List the reader's devices: when each was last seen, and how many records it still held."""
    reader = reader_of(request)
    return render(request, "web/field/devices.html", {"devices": devices_of(reader.user.pk), "of": None})


@only_posted
@login_required
@never_cache
def field_device_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a device, one's own or as an administrator; return to the list it stands in."""
    reader = reader_of(request)
    owner = Device.objects.filter(pk=pk).values_list("user_id", flat=True).first()
    if close_device(device_id=pk, actor=reader.actor, at=reader.at):
        messages.success(
            request,
            _("Closed; all other sign-ins have ended. The device deletes what it keeps when next seen."),
        )
        if owner == reader.user.pk:
            reader.user.refresh_from_db(fields=["session_round"])
            update_session_auth_hash(request, reader.user)  # who closes it stays signed in here
    if owner not in {None, reader.user.pk}:
        return redirect("account_edit", owner)
    return redirect("field_devices")


urlpatterns: list[URLPattern] = [
    path("field/", field, name="field"),
    path("field/sw.js", field_worker, name="field_worker"),
    path("field/manifest.webmanifest", field_manifest, name="field_manifest"),
    path("field/words/<str:language>.json", field_words, name="field_words"),
    path("field/standing/", field_standing, name="field_standing"),
    path("field/pack/", field_pack, name="field_pack"),
    path("field/device/", field_device, name="field_device"),
    path("field/send/", field_send, name="field_send"),
    path("field/devices/", field_devices, name="field_devices"),
    path("field/devices/<uuid:number>/standing/", field_device_standing, name="field_device_standing"),
    path("field/devices/<int:pk>/close/", field_device_close, name="field_device_close"),
]
