"""Reads for others: what went out of a lesson, who read it, what could not be sent and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from songnuan.jobs.models import OutboxMessage
from songnuan.outreach.models import Letter, Passed
from songnuan.outreach.sending_models import Addressed, HandedOn, Sending


@dataclass(slots=True)
class Receipt:
    """How a lesson stands in a unit: to how many it was sent, how many read it; by letter, and what failed.

    `letters` went out by e-mail, to those who wish it so; `failed` says how many have a letter that could
    not be sent since then, by the class of the error.
    """

    unit_id: int
    sent: int = 0
    read: int = 0
    letters: int = 0
    failed: dict[str, int] = field(default_factory=dict)


def message_key(lesson_id: int, user_id: int) -> str:
    """Return the key of the message that brings a lesson to somebody."""
    return f"lesson.sent:{lesson_id}:{user_id}"


def addressed_to(lesson_id: int, user_id: int) -> Addressed | None:
    """Return how a lesson went to somebody, if it did."""
    return Addressed.objects.filter(lesson=lesson_id, user=user_id).first()


def sendings_of(lesson_id: int) -> list[Sending]:
    """Return when a lesson went out, the newest first."""
    return list(Sending.objects.filter(lesson=lesson_id).select_related("by").order_by("-pk"))


def handed_on(lesson_id: int) -> list[HandedOn]:
    """Return where a lesson was passed on by hand, the newest first."""
    return list(HandedOn.objects.filter(lesson=lesson_id).select_related("by").order_by("-pk"))


def receipts_of(lesson_id: int) -> list[Receipt]:
    """Return how a lesson stands in each unit to which it was sent."""
    rows = list(Addressed.objects.filter(lesson=lesson_id).values_list("user", "unit", "read_at"))
    units = {user: unit for user, unit, _read in rows}
    found: dict[int, Receipt] = {unit: Receipt(unit) for unit in sorted(set(units.values()))}
    for _user, unit, read_at in rows:
        found[unit].sent += 1
        found[unit].read += read_at is not None
    for user, status, error in _letters(lesson_id, units):
        row = found[units[user]]
        if status == OutboxMessage.Status.SENT:
            row.letters += 1
        elif status == OutboxMessage.Status.FAILED:
            row.failed[error] = row.failed.get(error, 0) + 1
    return list(found.values())


def _letters(lesson_id: int, users: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return for each account the state of the last letter in which it was told of the lesson."""
    keys = {message_key(lesson_id, user): user for user in users}
    passed = Passed.objects.filter(message__key__in=list(keys), letter__isnull=False).order_by("pk")
    told = {
        keys[key]: (status, error)
        for key, status, error in passed.values_list(
            "message__key", "letter__message__status", "letter__message__error"
        )
    }
    first = Sending.objects.filter(lesson=lesson_id).order_by("pk").values("at")[:1]
    failed = Letter.objects.filter(
        message__status=OutboxMessage.Status.FAILED, way__user__in=list(users), message__created_at__gte=first
    )
    for user, error in failed.values_list("way__user", "message__error"):
        told.setdefault(user, (OutboxMessage.Status.FAILED.value, error))
    return [(user, status, error) for user, (status, error) in told.items()]
