"""What stands around every page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from songnuan.kernel.refusal import NotPermitted, Refusal

FIELD_HEADER = "X-Songnuan-Field"
REFUSAL_HEADER = "X-Songnuan-Refusal"


class RefusalMiddleware:
    """Answer a refusal with its sentence: a page, or a fragment where a script asked.

    409 says that the rules do not allow it now, 403 that the reader may not do it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its answer; leave every other exception alone."""
        if not isinstance(exception, Refusal):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        asked_by_script = bool(getattr(request, "htmx", False)) or FIELD_HEADER in request.headers
        template = "web/parts/refusal.html" if asked_by_script else "web/refused.html"
        answer = render(request, template, {"refusal": exception, "status": status}, status=status)
        answer.headers[REFUSAL_HEADER] = exception.code
        return answer
