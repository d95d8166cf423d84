"""Counts the inputs that forms ask, as they are handed in: the burden (填报负担), without a form for it.

Every form of ours tells here what it asked when it was read; once the request was answered as done, what it
told is kept. What was refused, and typed again, counts once.
"""

from collections.abc import Callable
from contextvars import ContextVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase

from songnuan.organisation.queries import now
from songnuan.reporting.actions import count_inputs
from songnuan.reporting.rules import Asked
from songnuan.web.facts import BY_HAND

_told: ContextVar[dict[tuple[str, str], Asked] | None] = ContextVar("told", default=None)


def tell(form: forms.BaseForm, name: str) -> None:
    """Note what a form that was handed in asked; read again, it is noted once.

    A row of a list that was left as it stood is none that anybody filled in.
    """
    told = _told.get()
    if told is None or (form.empty_permitted and not form.has_changed()):
        return
    visible = [field for field in form if not field.is_hidden]
    filled = {field.name for field in visible if _is_filled(field)}
    told[name, str(form.prefix or "")] = Asked(
        form=name, shown=len(visible), filled=len(filled), typed=len(filled & set(form.changed_data))
    )


def _is_filled(field: forms.BoundField) -> bool:
    value = field.data
    return bool(value.strip() if isinstance(value, str) else value)


class CountingMiddleware:
    """Keep what the forms of a request asked, once it was done.

    It stands innermost: what answers instead of a view has read no form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; count when a form was handed in and taken."""
        if request.method != "POST" or not request.user.is_authenticated:
            return self.get_response(request)
        told: dict[tuple[str, str], Asked] = {}
        token = _told.set(told)
        try:
            answer = self.get_response(request)
        finally:
            _told.reset(token)
        is_done = isinstance(answer, HttpResponseRedirectBase)
        if is_done and (asked := list(told.values()) or _by_hand(request)):
            count_inputs(user_id=request.user.pk, asked=asked, at=now())
        return answer


def _by_hand(request: HttpRequest) -> list[Asked]:
    """Return what was asked by the few inputs that stand in a page without a form of ours."""
    match = request.resolver_match
    filled = sum(bool(request.POST[name].strip()) for name in BY_HAND if name in request.POST)
    shown = sum(name in request.POST for name in BY_HAND)
    if match is None or not shown:
        return []
    return [Asked(form=f"page:{match.url_name}", shown=shown, filled=filled, typed=filled)]
