"""Counts the inputs that forms ask, as they are handed in: the burden (填报负担), without a form for it.

Every form of ours is noted here as it is handed in; once the request was answered as done, what it asked is
kept. What was refused, and typed again, counts once. A page that answers with what was asked for, and leads
nowhere, says so itself (`taken`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase

from songnuan.organisation.queries import now
from songnuan.reporting.actions import count_inputs
from songnuan.reporting.rules import Asked, lines_of
from songnuan.web.facts import BY_HAND


@dataclass(slots=True)
class _Told:
    """The forms that a request handed in, and whether what they asked for was done on the page itself."""

    noted: dict[tuple[str, str], forms.BaseForm] = field(default_factory=dict)
    is_taken: bool = False


_told: ContextVar[_Told | None] = ContextVar("told", default=None)


def tell(form: forms.BaseForm, name: str) -> None:
    """Note a form that was handed in, whether its page reads it through or not; made again, it is one."""
    told = _told.get()
    if told is not None and name:
        told.noted[name, str(form.prefix or "")] = form


def taken() -> None:
    """Say that what was handed in was taken, though the answer is a page or a file and leads nowhere."""
    told = _told.get()
    if told is not None:
        told.is_taken = True


def _asked(form: Any, name: str) -> Iterator[Asked]:  # noqa: ANN401 - a form of ours, which is made further up
    """Yield what a form asked: its own inputs, and those of its lines that somebody filled in.

    A row of a list that was left as it stood is none, and neither is a line that was left empty.
    """
    if form.empty_permitted and not form.has_changed():
        return
    lines: dict[str, list[forms.BoundField]] = defaultdict(list)
    for bound in form:
        if not bound.is_hidden:
            lines[form.line_of(bound.name)].append(bound)
    changed = set(form.changed_data)
    own = lines.pop("", [])
    filled = [line for line in lines.values() if _says_something(line)]
    if own or filled:  # a button alone asks nothing
        yield _sum(name, own, changed, posted=1)
    if filled:
        yield _sum(lines_of(name), [bound for line in filled for bound in line], changed, posted=len(filled))


def _sum(name: str, inputs: list[forms.BoundField], changed: set[str], *, posted: int) -> Asked:
    filled = {bound.name for bound in inputs if _is_filled(bound)}
    return Asked(name, len(inputs), len(filled), len(filled & changed), posted)


def _says_something(line: list[forms.BoundField]) -> bool:
    """Return whether somebody filled a line in; a list that always has a choice says nothing by itself."""
    told = [bound for bound in line if _is_filled(bound)]
    return bool(told) and (len(line) == 1 or not all(map(_is_preset, told)))


def _is_preset(bound: forms.BoundField) -> bool:
    widget = bound.field.widget
    if not isinstance(widget, forms.Select) or isinstance(widget, forms.SelectMultiple):
        return False
    return all(value not in ("", None) for value, _label in widget.choices)


def _is_filled(bound: forms.BoundField) -> bool:
    value = bound.data
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
        told = _Told()
        token = _told.set(told)
        try:
            answer = self.get_response(request)
        finally:
            _told.reset(token)
        if not (told.is_taken or isinstance(answer, HttpResponseRedirectBase)):
            return answer
        asked = [one for (name, _prefix), form in told.noted.items() for one in _asked(form, name)]
        if asked := asked or _by_hand(request):
            count_inputs(user_id=request.user.pk, asked=asked, at=now())
        return answer


def _by_hand(request: HttpRequest) -> list[Asked]:
    """Return what was asked by the few inputs that stand in a page without a form of ours."""
    match = request.resolver_match
    told = [value for name in BY_HAND for value in request.POST.getlist(name)]
    filled = sum(bool(value.strip()) for value in told)
    if match is None or not told:
        return []
    return [Asked(form=f"page:{match.url_name}", shown=len(told), filled=filled, typed=filled)]
