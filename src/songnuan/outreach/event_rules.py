"""What an event has to be, what may be answered to an invitation, and how a planned day stands; pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from songnuan.kernel.blotting import without_number
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.lesson_rules import words

TITLE_LONGEST, PLACE_LONGEST, WORDS_LONGEST, NAME_LONGEST = 80, 80, 400, 60
LONGEST = timedelta(hours=24)
INVITED_MOST = 200


class Capacity(StrEnum):
    """As what somebody is invited."""

    CHAIR = "chair"
    COMMITTEE = "committee"
    LEADER = "leader"
    GUEST = "guest"


class Answer(StrEnum):
    """What is answered to an invitation."""

    YES = "yes"
    NO = "no"
    DEPUTY = "deputy"


class Came(StrEnum):
    """Who came for an invitation."""

    SELF = "self"
    DEPUTY = "deputy"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Plan:
    """What takes place, where and when."""

    title: str
    place: str
    begins_at: datetime
    ends_at: datetime
    words: str = ""


def check_plan(plan: Plan, at: datetime) -> Plan:
    """Return an event as it is kept.

    Raises:
        Refusal: `words_missing`, `text_too_long`, `number_of_person`, `event_times`, `event_past`.

    """
    title = words(" ".join(plan.title.split()), field="title", longest=TITLE_LONGEST)
    place = words(plan.place, field="place", longest=PLACE_LONGEST)
    if not timedelta(0) < plan.ends_at - plan.begins_at <= LONGEST:
        sentence = _("It ends after it begins, within a day.")
        raise Refusal("event_times", sentence, field="ends_at")
    if plan.begins_at <= at:
        sentence = _("Invite to what is still to come: this time has passed.")
        raise Refusal("event_past", sentence, field="begins_at")
    told = plan.words.strip()
    if told:
        told = words(told, field="words", longest=WORDS_LONGEST)
    return Plan(
        without_number(title, "title"),
        without_number(place, "place"),
        plan.begins_at,
        plan.ends_at,
        without_number(told, "words"),
    )


def check_answer(answer: str, deputy: str, begins_at: datetime, at: datetime) -> str | None:
    """Return who is sent, None for nobody.

    Raises:
        Refusal: `answer_unknown`, `answer_late`, `words_missing` and `text_too_long` for the deputy's name.

    """
    if answer not in set(Answer):
        raise Refusal("answer_unknown", _("Choose whether you come."), field="answer")
    if at >= begins_at:
        sentence = _("It has begun: nothing is answered any more. Tell the office.")
        raise Refusal("answer_late", sentence)
    if answer != Answer.DEPUTY:
        return None
    name = " ".join(deputy.split())
    if not name:
        raise Refusal("words_missing", _("Write the name of who comes for you."), field="deputy")
    return words(name, field="deputy", longest=NAME_LONGEST)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an event: when, who is invited as what and since when, and whether it was held."""

    on: date
    is_held: bool
    invited: tuple[tuple[str, date], ...] = ()


class DayState(StrEnum):
    """How a day on which the plan wants an event stands."""

    HELD = "held"
    INVITED = "invited"
    OPEN = "open"
    UNINVITED = "uninvited"
    UNRECORDED = "unrecorded"


LATE = frozenset({DayState.UNINVITED, DayState.UNRECORDED})


def day_state(
    on: date, wanted: Collection[str], invite_by: date | None, known: Iterable[Known], today: date
) -> DayState:
    """Return how a planned day stands.

    Args:
        on: The day.
        wanted: As what people are to be invited.
        invite_by: The last day on which they are.
        known: The events of the measure that were not cancelled.
        today: Until when it is known.

    """
    there = [one for one in known if one.on == on]
    if any(one.is_held and one.invited for one in there):
        return DayState.HELD
    if on < today:
        return DayState.UNRECORDED
    last = invite_by or on
    asked = {capacity for one in there for capacity, since in one.invited if since <= last}
    if there and set(wanted) <= asked:
        return DayState.INVITED
    return DayState.UNINVITED if last < today else DayState.OPEN
