"""What can be posted about an item: the name of its form, its journey, and what is said after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songnuan.journeys.accept_item import accept_item
from songnuan.journeys.answer_extension import answer_extension
from songnuan.journeys.ask_extension import ask_extension
from songnuan.journeys.ask_item_closing import ask_item_closing
from songnuan.journeys.close_item import close_item
from songnuan.journeys.reassign_item import reassign_item
from songnuan.journeys.report_item import report_item
from songnuan.journeys.send_back_item import send_back_item
from songnuan.web.views.shared import Reader, key_of

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to post. `shown_as` is the form's name on the page: two acts may share one."""

    shown_as: str
    run: Callable[[HttpRequest, Reader, int, Told], None]
    done: Promise


def _accept(_request: HttpRequest, reader: Reader, pk: int, _told: Told) -> None:
    accept_item(task_id=pk, actor=reader.actor, at=reader.at)


def _report(request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    report_item(task_id=pk, text=told["text"], key=key_of(request), actor=reader.actor, at=reader.at)


def _ask_closing(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    ask_item_closing(task_id=pk, text=told["text"], actor=reader.actor, at=reader.at)


def _ask_extension(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    ask_extension(task_id=pk, due_on=told["due_on"], reason=told["reason"], actor=reader.actor, at=reader.at)


def _close(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    close_item(task_id=pk, remark=told["remark"], actor=reader.actor, at=reader.at)


def _send_back(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    send_back_item(task_id=pk, remark=told["remark"], actor=reader.actor, at=reader.at)


def _allow(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    answer_extension(task_id=pk, allowed=True, **told, actor=reader.actor, at=reader.at)


def _refuse(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    answer_extension(task_id=pk, allowed=False, **told, actor=reader.actor, at=reader.at)


def _reassign(_request: HttpRequest, reader: Reader, pk: int, told: Told) -> None:
    reassign_item(
        task_id=pk,
        from_id=told["former"],
        owner_id=told["owner"],
        reason=told["reason"],
        actor=reader.actor,
        at=reader.at,
    )


ACTS: Mapping[str, Act] = {
    "accept": Act("accept", _accept, _("The item is accepted.")),
    "report": Act("report", _report, _("Your feedback is kept.")),
    "ask-closing": Act("ask_closing", _ask_closing, _("The office is asked to close it.")),
    "ask-extension": Act("ask_extension", _ask_extension, _("The office is asked.")),
    "close": Act("decide", _close, _("The item is closed.")),
    "send-back": Act("decide", _send_back, _("The item went back to its unit.")),
    "allow": Act("extension", _allow, _("The later date holds.")),
    "refuse": Act("extension", _refuse, _("The date stays as it is.")),
    "reassign": Act("reassign", _reassign, _("The item lies with the other unit now; both are told.")),
}
