"""What the page of a lesson shows of where it went: receipts by unit, what was passed on by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from songnuan.journeys.lesson_papers import copy_words
from songnuan.journeys.pass_on import REFUSED
from songnuan.organisation.queries import names_then
from songnuan.outreach.lesson_models import Lesson, LessonStatus
from songnuan.outreach.robot_models import RobotStatus
from songnuan.outreach.robot_queries import robot_sendings, robots_for
from songnuan.outreach.sending_queries import Receipt, handed_on, receipts_of, sendings_of
from songnuan.web.lesson_page import Rights, units_seen
from songnuan.web.robot_forms import RobotsForm
from songnuan.web.views.shared import Reader, names_on


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """How a lesson stands in a unit, or in all together."""

    name: str
    receipt: Receipt
    failed: str


def sending_of(lesson: Lesson, reader: Reader, rights: Rights) -> dict[str, Any]:
    """Return what the page shows of where a lesson went, as far as the reader sees it."""
    seen = units_seen(lesson.measure, reader)
    if lesson.status not in {LessonStatus.SIGNED, LessonStatus.WITHDRAWN} or not seen:
        return {}
    rows = [one for one in receipts_of(lesson.pk) if rights.sees_all or one.unit_id in seen]
    hands = [one for one in handed_on(lesson.pk) if rights.sees_all or one.unit_id in seen]
    ids = [*(one.unit_id for one in rows), *(one.unit_id for one in hands)]
    names = names_on(ids, reader.day)
    lines = [ReceiptLine(names[one.unit_id], one, failed_words(one)) for one in rows]
    unit_id = lesson.measure.plan.unit_id or 0
    groups = groups_of(lesson, reader) if rights.writes else []
    organ = names_then({unit_id}, reader.day).get(unit_id, "")
    return {
        "shows_sending": True,
        "receipts": lines,
        "together": _together(rows) if rights.sees_all and len(rows) > 1 else None,
        "unread": sum(one.sent - one.read for one in rows),
        "sendings": sendings_of(lesson.pk) if rights.sees_all else [],
        "hands": [(one, names[one.unit_id]) for one in hands],
        "robots": RobotsForm(groups=groups),
        "has_groups": bool(groups),
        "robot_sendings": robot_sendings(lesson.pk) if rights.sees_all else [],
        "copy": copy_words(lesson, organ) if lesson.status == LessonStatus.SIGNED else "",
    }


def groups_of(lesson: Lesson, reader: Reader) -> list[tuple[int, str]]:
    """Return the groups with a robot to which a lesson did not go yet."""
    had = {one.robot_id for one in robot_sendings(lesson.pk) if one.status != RobotStatus.FAILED}
    return [
        (one.pk, f"{one.label}（{one.get_service_display()}）")
        for one in robots_for(lesson, reader.day)
        if one.pk not in had
    ]


def _together(rows: Sequence[Receipt]) -> ReceiptLine:
    whole = Receipt(0)
    for one in rows:
        whole.sent += one.sent
        whole.read += one.read
        whole.letters += one.letters
        for error, count in one.failed.items():
            whole.failed[error] = whole.failed.get(error, 0) + count
    return ReceiptLine(_("Together"), whole, failed_words(whole))


def failed_words(one: Receipt) -> str:
    """Return how many letters failed, and why."""
    refused = one.failed.get(REFUSED, 0)
    others = sum(one.failed.values()) - refused
    parts = []
    if refused:
        parts.append(_("%(count)s: address not taken") % {"count": refused})
    if others:
        parts.append(_("%(count)s: mail server not reached") % {"count": others})
    return "；".join(parts)
