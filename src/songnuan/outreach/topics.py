"""How urgent each kind of notice is, and what it is about: one table.

A notice that `asks` reminds of something on its reader's list of what is due today or late. A digest tells
it from that list, as it stands when the letter is written, so that what was done meanwhile is left out. One
that looks `ahead` speaks of a coming day; the day after it was left, that list speaks in its place. One that
`presses` was left because somebody asked for the thing (催办), who was told that it goes at once: it waits
for no digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True, slots=True)
class Topic:
    """What holds for notices of one kind."""

    is_urgent: bool = False
    asks: bool = False
    ahead: bool = False
    presses: bool = False


_NEWS, _ASKS, _AHEAD = Topic(), Topic(asks=True), Topic(ahead=True)
_URGENT, _URGENT_NEWS = Topic(is_urgent=True, asks=True), Topic(is_urgent=True)
_CHASED = Topic(is_urgent=True, asks=True, presses=True)

TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "visit.today": _URGENT,
        "visit.soon": _AHEAD,
        "visit.overdue": _URGENT,
        "visit.escalated": _URGENT_NEWS,
        "visit.recorded": _NEWS,
        "visit.moved": _NEWS,
        "visit.asked": _NEWS,
        "visit.allowed": _NEWS,
        "visit.returned": _NEWS,
        "problem.raised": _NEWS,
        "problem.closed": _NEWS,
        "problem.soon": _AHEAD,
        "problem.overdue": _URGENT,
        "problem.chased": _CHASED,
        "kits.arrived": _NEWS,
        "kits.owed": _ASKS,
        "pickups.changed": _NEWS,
        "pickups.referred": _ASKS,
        "plan.deadline": _NEWS,
        "plan.amended": _NEWS,
        "item.soon": _AHEAD,
        "item.over": _URGENT,
        "item.escalated": _URGENT,
        "instruction.assigned": _NEWS,
        "document.issued": _NEWS,
        "document.late": _URGENT_NEWS,
        "device.key_given": _URGENT_NEWS,
        "approval.waiting": _ASKS,
        "approval.stuck": _NEWS,
        "approval.approved": _NEWS,
        "approval.returned": _NEWS,
        "approval.withdrawn": _NEWS,
        "approval.in_your_office": _NEWS,
        "closing.confirmed": _NEWS,
        "closing.declined": _NEWS,
        "delegation.offered": _NEWS,
        "delegation.answered": _NEWS,
        "roster.ending": _NEWS,
        "emergency.activated": _URGENT,
        "emergency.answered": _URGENT_NEWS,
        "emergency.appointed": _NEWS,
        "emergency.assessed": _URGENT_NEWS,
        "emergency.ended": _URGENT_NEWS,
        "emergency.level": _URGENT_NEWS,
        "emergency.muster": _URGENT,
        "emergency.offered": _URGENT,
        "emergency.order": _URGENT,
        "emergency.stand_in": _URGENT_NEWS,
        "emergency.task": _URGENT,
        "situation.chased": _CHASED,
        "situation.entered": _URGENT_NEWS,
        "situation.excused": _NEWS,
        "situation.group": _URGENT_NEWS,
        "situation.liaison": _URGENT,
        "situation.office": _URGENT_NEWS,
        "situation.parent": _URGENT_NEWS,
        "situation.reported": _URGENT_NEWS,
        "returnees.answered": _NEWS,
        "returnees.chased": _CHASED,
        "returnees.corrected": _URGENT_NEWS,
        "returnees.given": _ASKS,
        "returnees.missed": _URGENT,
        "returnees.office": _URGENT_NEWS,
        "returnees.unwell": _URGENT,
        "screening.chased": _CHASED,
        "screening.opened": _ASKS,
        "event.cancelled": _URGENT_NEWS,
        "event.changed": _URGENT_NEWS,
        "event.invited": _ASKS,
        "lesson.chased": _CHASED,
        "lesson.learn": _ASKS,
        "lesson.quiz": _ASKS,
        "lesson.ready": _ASKS,
        "lesson.returned": _NEWS,
        "lesson.sent": _URGENT_NEWS,
        "lesson.signed": _NEWS,
        "families.declined": _NEWS,
        "families.deputy": _NEWS,
        "families.due": _URGENT,
        "families.feedback": _NEWS,
        "families.missed": _URGENT_NEWS,
        "families.offered": _ASKS,
        "families.reopened": _NEWS,
        "hold.placed": _URGENT_NEWS,
        "hold.answered": _NEWS,
        "hold.asked": _URGENT_NEWS,
        "hold.lifted": _URGENT_NEWS,
        "receipt.amiss": _URGENT_NEWS,
        "stock.count_decided": _NEWS,
        "stock.disposal_decided": _NEWS,
        "visit.chased": _CHASED,
        "warning.anew": _URGENT_NEWS,
        "warning.raised": _URGENT,
        "warning.waiting": _URGENT,
        "visit.corrected": _NEWS,
        "way.refused": _NEWS,
    }
)

_MATTERS: Mapping[str, Promise] = MappingProxyType(
    {
        "visit": pgettext_lazy("matter", "visits"),
        "problem": pgettext_lazy("matter", "problems"),
        "kits": pgettext_lazy("matter", "kits"),
        "plan": pgettext_lazy("matter", "plans"),
        "item": pgettext_lazy("matter", "instructions"),
        "instruction": pgettext_lazy("matter", "instructions"),
        "document": pgettext_lazy("matter", "documents"),
        "approval": pgettext_lazy("matter", "approvals"),
        "closing": pgettext_lazy("matter", "funds"),
        "delegation": pgettext_lazy("matter", "standing in"),
        "roster": pgettext_lazy("matter", "rosters"),
        "hold": pgettext_lazy("matter", "holds"),
        "receipt": pgettext_lazy("matter", "receipts"),
        "stock": pgettext_lazy("matter", "the store"),
        "warning": pgettext_lazy("matter", "early warning"),
        "way": pgettext_lazy("matter", "reminders"),
        "families": pgettext_lazy("matter", "families"),
        "returnees": pgettext_lazy("matter", "returnees"),
        "screening": pgettext_lazy("matter", "screening"),
        "lesson": pgettext_lazy("matter", "messages and lessons"),
        "event": pgettext_lazy("matter", "events"),
        "device": pgettext_lazy("matter", "devices"),
    }
)


def topic_of(name: str) -> Topic:
    """Return what holds for notices of a kind; one that the table does not have is news."""
    return TOPICS.get(name, _NEWS)


def matter_of(name: str) -> str:
    """Return what a notice is about, in one word without personal data."""
    return str(_MATTERS.get(name.partition(".")[0], gettext_lazy("a matter")))
