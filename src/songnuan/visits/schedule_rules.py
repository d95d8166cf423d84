"""What schedules go by, as it is entered, and what is wrong with it. Pure; minutes are after midnight."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.visits.scheduling.problem import Car

NAME_LONGEST = 60
DAY = 24 * 60
MOST = 20
WAY_LONGEST = 480


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for a plan's visits; minutes, and minutes after midnight. No rest: both None."""

    visit_minutes: int
    near_minutes: int
    far_minutes: int
    opens: int
    closes: int
    rest_begins: int | None
    rest_ends: int | None
    most: int


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """A team as it was entered; `members` are ids of accounts at the lead office.

    `district`: where a team without a car goes; "" for the lead office's own.
    """

    name: str
    car: str
    seats: int
    starts: int
    ends: int
    most: int
    members: Collection[int] = ()
    district: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking rows of a proposal: ids of visits taken, changed meanwhile, and in the way."""

    taken: tuple[int, ...]
    changed: tuple[int, ...]
    clashing: tuple[int, ...]


def check_usual(usual: Usual) -> None:
    """Let pass what can hold for a plan's visits.

    Raises:
        Refusal: `hours_wrong`, `hours_short`, `number_wrong`, with the field.

    """
    check_hours(usual.opens, usual.closes, "closes")
    if (usual.rest_begins is None) != (usual.rest_ends is None):
        raise Refusal(
            "hours_wrong", _("Enter when the rest begins and when it ends, or neither."), field="rest_ends"
        )
    if usual.rest_begins is not None and usual.rest_ends is not None:
        check_hours(usual.rest_begins, usual.rest_ends, "rest_ends")
    check_number(usual.visit_minutes, 1, WAY_LONGEST, "visit_minutes")
    rest = (
        None if usual.rest_begins is None or usual.rest_ends is None else (usual.rest_begins, usual.rest_ends)
    )
    check_room(usual.opens, usual.closes, visit_minutes=usual.visit_minutes, rest=rest, field="closes")
    check_number(usual.near_minutes, 0, WAY_LONGEST, "near_minutes")
    check_number(usual.far_minutes, usual.near_minutes, WAY_LONGEST, "far_minutes")
    check_number(usual.most, 1, MOST, "most")


def team_name(text: str) -> str:
    """Return the tidied name of a team.

    Raises:
        Refusal: `name_missing`, `name_too_long`.

    """
    name = tidy_name(text.replace("\x00", ""))
    if not name:
        raise Refusal("name_missing", _("Give the team a name."), field="name")
    if len(name) > NAME_LONGEST:
        sentence = _("This text has %(length)s characters. Keep it within %(most)s.")
        raise Refusal("name_too_long", sentence % {"length": len(name), "most": NAME_LONGEST}, field="name")
    return name


def check_hours(begins: int, ends: int, field: str) -> None:
    """Let pass hours that end after they begin, within a day.

    Raises:
        Refusal: `hours_wrong`.

    """
    if not 0 <= begins < ends <= DAY:
        raise Refusal("hours_wrong", _("It ends before it begins. Enter a later end."), field=field)


def check_room(
    begins: int, ends: int, *, visit_minutes: int, rest: tuple[int, int] | None, field: str
) -> None:
    """Let pass hours in which a whole visit fits, before the rest at noon or after it.

    Raises:
        Refusal: `hours_short`.

    """
    parts = [(begins, ends)]
    if rest is not None:
        parts = [(begins, min(ends, rest[0])), (max(begins, rest[1]), ends)]
    if max(last - first for first, last in parts) < visit_minutes:
        sentence = _(
            "A visit takes %(minutes)s minutes and does not fit into these hours. Enter a later end."
        )
        raise Refusal("hours_short", sentence % {"minutes": visit_minutes}, field=field)


def team_district(draft: TeamDraft, *, own: str, known: Collection[str]) -> str:
    """Return the district that is kept for a team: one of those `known`, for a team without a car alone.

    Raises:
        Refusal: `district_missing` when such a team would go nowhere.

    """
    if draft.car != Car.NONE:
        return ""
    if draft.district and (draft.district == own or draft.district in known):
        return draft.district
    if not known:
        sentence = _(
            "No unit of the lead office has a district, so a team without a car goes nowhere."
            " Enter the units' districts first, or give the team a car."
        )
        raise Refusal("district_missing", sentence, field="car")
    if draft.district or not own:
        sentence = _("A team without a car goes to one district alone. Choose it.")
        raise Refusal("district_missing", sentence, field="district")
    return ""


def check_number(number: int, least: int, most: int, field: str) -> None:
    """Let pass a number within its bounds.

    Raises:
        Refusal: `number_wrong`.

    """
    if not least <= number <= most:
        sentence = _("Enter a number from %(least)s to %(most)s.")
        raise Refusal("number_wrong", sentence % {"least": least, "most": most}, field=field)
