"""Pages of one's own reminders: where they go, when they come, and what the next one would say."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from songnuan.jobs.channels import CHANNELS, EMAIL, IN_APP
from songnuan.journeys.ask_address_code import ask_address_code
from songnuan.journeys.confirm_address import confirm_address
from songnuan.journeys.pass_on import preview_of
from songnuan.journeys.set_wishes import set_wishes
from songnuan.journeys.turn_way import turn_way
from songnuan.outreach import queries, rules
from songnuan.outreach.rules import Hours
from songnuan.web.fields import CharField, ChoiceField, TimeField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, key_of, reader_of

_AT_ONCE = "at_once"


class Time(TimeField):
    """A time of the day to the minute, with the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        super().__init__(**kwargs)


class HoursForm(Form):
    """When reminders leave the house, and in which language."""

    asks = "reminder_hours"

    at_once = ChoiceField(
        fact="outreach.wishes.at_once",
        label=gettext_lazy("How often"),
        choices=[
            ("daily", gettext_lazy("Once a day together; what is urgent at once")),
            (
                _AT_ONCE,
                gettext_lazy(
                    "Each as it comes, several at once in one letter, up to six letters a day; what is due, "
                    "and the rest, once a day together"
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )
    digest_at = Time(fact="outreach.wishes.digest_at", label=gettext_lazy("The daily digest comes at"))
    quiet_from = Time(
        fact="outreach.wishes.quiet_from",
        label=gettext_lazy("Quiet from"),
        help_text=gettext_lazy(
            "Nothing comes in the quiet hours, what is urgent right after them. Leave both empty for none."
        ),
        required=False,
    )
    quiet_until = Time(fact="outreach.wishes.quiet_until", label=gettext_lazy("Quiet until"), required=False)
    language = ChoiceField(
        fact="organisation.user.language",
        label=gettext_lazy("Language of reminders"),
        choices=settings.LANGUAGES,
    )

    def clean(self) -> dict[str, Any]:
        """Let pass quiet hours with two different ends, or none: equal ends may mean a day or nothing."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if {"quiet_from", "quiet_until"} & self.errors.keys():
            return told
        begins, ends = told.get("quiet_from"), told.get("quiet_until")
        if (begins is None) != (ends is None):
            sentence = _("Enter when the quiet hours begin and when they end, or neither.")
            self.add_error("quiet_from" if begins is None else "quiet_until", sentence)
        elif begins is not None and begins == ends:
            sentence = _(
                "The quiet hours end as they begin. Enter another end, or leave both empty for none."
            )
            self.add_error("quiet_until", sentence)
        return told

    def hours(self) -> Hours:
        """Return what was chosen; without quiet hours both ends are midnight."""
        told = self.cleaned_data
        return Hours(
            at_once=told["at_once"] == _AT_ONCE,
            quiet_from=told["quiet_from"] or time.min,
            quiet_until=told["quiet_until"] or time.min,
            digest_at=told["digest_at"],
        )


class AddressForm(Form):
    """Where mail goes."""

    asks = "reminder_address"

    email = CharField(
        fact="organisation.user.email",
        again="people enter their own address, an administrator that of somebody else",
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("A code is sent there, to see that it is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(Form):
    """The code that came by mail."""

    asks = "reminder_code"

    code = CharField(
        fact="act:code",
        label=gettext_lazy("Code from the mail"),
        max_length=rules.CODE_DIGITS + 4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        """Return the digits, however they were grouped."""
        return "".join(self.cleaned_data["code"].split())


@dataclass(frozen=True, slots=True)
class WayLine:
    """One way out of the house as the page shows it."""

    name: str
    label: str
    is_ready: bool
    is_email: bool
    address: str
    is_confirmed: bool
    is_on: bool
    is_refused: bool


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Show how the reader is reminded; a POST keeps the times."""
    reader = reader_of(request)
    form = HoursForm(request.POST if request.method == "POST" else None, initial=_standing(reader))
    if form.is_bound and form.is_valid():
        with form.refusals():
            set_wishes(
                hours=form.hours(), language=form.cleaned_data["language"], actor=reader.actor, at=reader.at
            )
        if form.is_valid():
            messages.success(request, _("Kept: reminders come as you wish."))
            return redirect("reminders")
    return _page(request, reader, hours=form)


@login_required
@never_cache
def reminder_address(request: HttpRequest) -> HttpResponse:
    """Keep the reader's address, and send a code to it."""
    reader = reader_of(request)
    if request.method != "POST":
        return redirect("reminders")
    form = AddressForm(request.POST)
    if form.is_valid():
        with form.refusals():
            ask_address_code(
                email=form.cleaned_data["email"], key=key_of(request), actor=reader.actor, at=reader.at
            )
        if form.is_valid():
            messages.success(request, _("A code is on its way. Enter it here once it has come."))
            return redirect("reminders")
    return _page(request, reader, address=form)


@login_required
@never_cache
def reminder_code(request: HttpRequest) -> HttpResponse:
    """Take the code that came to the reader's address."""
    reader = reader_of(request)
    if request.method != "POST":
        return redirect("reminders")
    form = CodeForm(request.POST)
    left: int | None = None
    if form.is_valid():
        with form.refusals():
            left = confirm_address(
                channel=EMAIL,
                code=form.cleaned_data["code"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
        if left is not None:
            form.add_error("code", _wrong(left))
        if form.is_valid():
            messages.success(request, _("The address is confirmed. Reminders go there from now on."))
            return redirect("reminders")
    return _page(request, reader, code=form)


def _wrong(left: int) -> str:
    if not left:
        return _("This is not the code, and it was the last try. Have a new code sent.")
    sentence = ngettext(
        "This is not the code. %(count)s try is left.",
        "This is not the code. %(count)s tries are left.",
        left,
    )
    return sentence % {"count": left}


@login_required
def reminder_turn(request: HttpRequest, channel: str) -> HttpResponse:
    """Turn one way on or off."""
    reader = reader_of(request)
    if channel not in CHANNELS or channel == IN_APP:
        raise Http404
    if request.method != "POST":
        return redirect("reminders")
    on = request.POST.get("on") == "1"
    turn_way(channel=channel, on=on, actor=reader.actor, at=reader.at)
    label = CHANNELS[channel].label
    said = (
        _("%(way)s is on: reminders go there from now on.")
        if on
        else _("%(way)s is off: nothing goes there.")
    )
    messages.success(request, said % {"way": label})
    return redirect("reminders")


@login_required
@never_cache
@require_safe
def reminder_preview(request: HttpRequest) -> HttpResponse:
    """Show what a digest would say if it went out now."""
    reader = reader_of(request)
    return render(request, "web/reminder_preview.html", {"preview": preview_of(reader.user, reader.at)})


def _standing(reader: Reader) -> dict[str, object]:
    hours = queries.hours_of(reader.user.pk)
    has_quiet = hours.quiet_from != hours.quiet_until
    return {
        "at_once": _AT_ONCE if hours.at_once else "daily",
        "digest_at": hours.digest_at,
        "quiet_from": hours.quiet_from if has_quiet else None,
        "quiet_until": hours.quiet_until if has_quiet else None,
        "language": reader.user.language,
    }


def _page(
    request: HttpRequest,
    reader: Reader,
    *,
    hours: HoursForm | None = None,
    address: AddressForm | None = None,
    code: CodeForm | None = None,
) -> HttpResponse:
    waits = queries.open_code(reader.user.pk, EMAIL, reader.at)
    # Read anew: what an act refused has changed nothing, what one kept is there.
    reader.user.refresh_from_db()
    context = {
        "ways": [_way(reader, name) for name in CHANNELS if name != IN_APP],
        "hours": hours or HoursForm(initial=_standing(reader)),
        "address": address or AddressForm(initial={"email": reader.user.email}),
        "code": code or (CodeForm() if waits else None),
        "is_unsent": waits is not None and queries.code_failed(waits),
    }
    tried = [form for form in (hours, address, code) if form is not None and form.errors]
    return render(request, "web/reminders.html", context, status=422 if tried else 200)


def _way(reader: Reader, name: str) -> WayLine:
    channel, user = CHANNELS[name], reader.user
    way = queries.way_of(user.pk, name)
    return WayLine(
        name=name,
        label=str(channel.label),
        is_ready=channel.is_ready(),
        is_email=name == EMAIL,
        address=channel.address_of(user),
        is_confirmed=not channel.is_confirmed or queries.is_confirmed(way, channel, user),
        is_on=way is not None and queries.reaches(way, channel, user),
        is_refused=way is not None and way.refused_at is not None,
    )


urlpatterns: list[URLPattern] = [
    path("reminders/", reminders, name="reminders"),
    path("reminders/address/", reminder_address, name="reminder_address"),
    path("reminders/code/", reminder_code, name="reminder_code"),
    path("reminders/preview/", reminder_preview, name="reminder_preview"),
    path("reminders/<slug:channel>/", reminder_turn, name="reminder_turn"),
]
