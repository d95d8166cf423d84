"""What stands around every page."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from songnuan.documents.reading import FILE_MAX
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.records.media import MAX_BYTES
from songnuan.records.rules import TABLE_MOST
from songnuan.records.video import VIDEO_MOST

FIELD_HEADER = "X-Songnuan-Field"
REFUSAL_HEADER = "X-Songnuan-Refusal"
LOCATION_HEADER = "X-Songnuan-Location"


class RefusedAt(Refusal):
    """A refusal that leads to the page where the thing stands by now: `url`, and `label` for the link."""

    def __init__(self, refusal: Refusal, sentence: str, *, url: str, label: str) -> None:
        super().__init__(refusal.code, sentence, field=refusal.field, **refusal.facts)
        self.url = url
        self.label = label


# The largest upload, and the form around it.
BODY_MAX = 22_000_000
# Whole rosters and answers of banks, from those who have signed in only: their file, and the form around it.
AROUND = 2_000_000
ROSTER_MAX, ANSWER_MAX = FILE_MAX + AROUND, TABLE_MOST + AROUND
MATERIAL_MAX = VIDEO_MOST + AROUND
_TABLES = (
    (re.compile("/rosters/"), ROSTER_MAX),
    (re.compile(r"/lists/\d+/pay/\d+/answer/"), ANSWER_MAX),
    (re.compile(r"/lessons/\d+/material/"), MATERIAL_MAX),
)


class BodyLimitMiddleware:
    """Refuse a request that says it is larger than anything we take, before a byte of it is read.

    It stands behind sign-in and before the forms' check of origin, which reads the body: its page, too, is
    made without it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on what is small enough; answer 413 to the rest."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        taken = next((most for where, most in _TABLES if where.match(request.path)), BODY_MAX)
        most = taken if taken != BODY_MAX and request.user.is_authenticated else BODY_MAX
        if length.isdigit() and int(length) > most:
            return _too_large(request, most)
        return self.get_response(request)


def _too_large(request: HttpRequest, most: int) -> HttpResponse:
    """Say how large a file may be: on a page, or in a sentence where a script asked."""
    is_table = most != BODY_MAX
    if "/material/" in request.path:
        sentence = _(
            "What was sent is too large: a video may have at most %(file)s MB. Save it smaller, or cut it."
        )
    elif is_table:
        sentence = _(
            "What was sent is too large: such a table may have at most %(file)s MB. Send it in parts."
        )
    else:
        sentence = _(
            "What was sent is too large: a picture or PDF may have at most %(file)s MB, and all that is sent"
            " at once at most %(max)s MB. Make the files smaller, or send fewer at once."
        )
    file = most - AROUND if is_table else MAX_BYTES
    told = sentence % {"file": file // 1_000_000, "max": most // 1_000_000}
    refusal = Refusal("file_size", told)
    script = FIELD_HEADER in request.headers or "HX-Request" in request.headers
    template = "web/parts/refusal.html" if script else "413.html"
    context = {"refusal": refusal, "back": _back(request)}
    answer = render(request, template, context, status=413)
    answer.headers[REFUSAL_HEADER] = refusal.code
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


class PrivateMiddleware:
    """Keep what a signed-in reader saw out of every store: after sign-out, Back shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        answer = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in answer.headers:
            answer.headers["Cache-Control"] = "private, no-store"
        return answer


class OwnPasswordMiddleware:
    """Lead whoever still has a password that somebody else made to the page that changes it.

    It stands innermost, so that its redirects are told to scripts as any other.
    """

    # What stays open: changing it, leaving, and reading either in one's own language.
    OPEN = ("account_change_password", "account_logout", "set_language")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on who has a password of one's own."""
        must = request.user.is_authenticated and request.user.must_change_password
        if not must or request.path in map(reverse, self.OPEN):
            return self.get_response(request)
        page = reverse("account_change_password")
        return HttpResponseClientRedirect(page) if getattr(request, "htmx", False) else redirect(page)


class RefusalMiddleware:
    """Answer a refusal with its sentence: a page, or a fragment where a script asked.

    409 says that the rules do not allow it now, 403 that the reader may not do it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; give a field's script the address of a redirect instead of the redirect.

        A script that followed it would fetch the page unseen, and the page's messages would be gone.
        """
        answer = self.get_response(request)
        if FIELD_HEADER in request.headers and isinstance(answer, HttpResponseRedirectBase):
            return HttpResponse(status=204, headers={LOCATION_HEADER: answer.url})
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its answer; leave every other exception alone."""
        if not isinstance(exception, Refusal):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        asked_by_script = bool(getattr(request, "htmx", False)) or FIELD_HEADER in request.headers
        template = "web/parts/refusal.html" if asked_by_script else "web/refused.html"
        context = {"refusal": exception, "status": status, "back": _back(request)}
        answer = render(request, template, context, status=status)
        answer.headers[REFUSAL_HEADER] = exception.code
        return answer


def _back(request: HttpRequest) -> str:
    """Return the page of ours the reader comes from, or the first one."""
    referrer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        referrer, {request.get_host()}, require_https=request.is_secure()
    )
    return referrer if is_ours and referrer else reverse("home")
