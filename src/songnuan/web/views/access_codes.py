"""The page on which the office gives a person codes: on a slip, to be read aloud, or to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from songnuan.documents import qr
from songnuan.journeys.issue_access_code import issue_access_code
from songnuan.journeys.revoke_access_code import revoke_access_code
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import queries as people
from songnuan.people.columns import LIMITS
from songnuan.people.queries import PersonView
from songnuan.web.counting import taken
from songnuan.web.fields import CharField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, reader_of

WAYS: Mapping[str, int] = {"slip": 3, "aloud": 1, "sent": 1}
"""How codes come to a person, and how many then: on a printed slip, read aloud, or sent."""


class CodeForm(Form):
    """Who asks for the code of a minor."""

    asks = "access_code"

    guardian = CharField(
        fact="people.accesscode.guardian",
        label=gettext_lazy("Parent or guardian who asks"),
        help_text=gettext_lazy("The person is under 18. See the guardian's own paper first."),
        max_length=LIMITS["name"],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Link:
    """A code as it is handed over: with its address, and that as a square of `size` dots for cameras."""

    code: str
    address: str
    dots: str
    size: int


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_code(request: HttpRequest, key: str) -> HttpResponse:
    """Show how a person's code stands; a POST makes some, shown this once, or takes them back."""
    reader = reader_of(request)
    require(reader.actor, Permission.PEOPLE_SHOW, at=reader.at)
    found = people.person(key, reader.actor, reader.at)
    if found is None or not people.shown(key, reader.actor, reader.at):
        raise Http404
    person, _standings = found
    is_revoked = request.method == "POST" and request.POST.get("act") == "revoke"
    form = CodeForm(None if is_revoked else request.POST or None)
    if is_revoked:
        if revoke_access_code(person_key=key, actor=reader.actor, at=reader.at):
            messages.success(request, _("The code opens nothing any more."))
        return redirect("access_code", key)
    if request.method == "POST" and form.is_valid():
        try:
            return _slip(request, reader, person, form.cleaned_data["guardian"])
        except NotPermitted:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    context = {
        "person": person,
        "form": form,
        "code": people.last_code(key, reader.at),
        "possible": people.may_ask_code(key),
        "for_minor": people.asks_guardian(key, reader.at),
    }
    return render(request, "web/access_code.html", context, status=422 if form.errors else 200)


def _slip(request: HttpRequest, reader: Reader, person: PersonView, guardian: str) -> HttpResponse:
    """Make codes, and show them as they come to the person."""
    way = request.POST.get("way", "slip")
    count = WAYS.get(way, 1)
    issued = issue_access_code(
        person_key=person.key, guardian=guardian, count=count, actor=reader.actor, at=reader.at
    )
    taken()
    site = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    address = f"{site}{reverse('own_view')}"
    context = {
        "person": person,
        "name": mask_name(person.name) if not person.restricted else person.name,
        "guardian": mask_name(guardian) if people.asks_guardian(person.key, reader.at) else "",
        "way": way if way in WAYS else "slip",
        "codes": [_link(address, code) for code in issued.codes],
        "expires_at": issued.expires_at,
        "address": address,
        "by_phone": not person.id_kind,
        "day": reader.day,
    }
    return render(request, "web/access_slip.html", context)


def _link(address: str, code: str) -> Link:
    """Return a code with its address, in which it stands behind a # that no browser sends on."""
    link = f"{address}#{code}"
    dots, size = qr.path(link)
    return Link(code, link, dots, size)


urlpatterns: list[URLPattern] = [path("people/<slug:key>/code/", access_code, name="access_code")]
