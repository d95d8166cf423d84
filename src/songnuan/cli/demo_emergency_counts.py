"""What the units of plan 2 say on each day of the demo, and when: thrown by dice that always fall alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from songnuan.cli.demo_emergency import SICK, TODAY, Scale, at, draw

# What the outbreak brings, by station of its street, on each of the four days before today: unwell, contacts.
_OUTBREAK = {
    0: ((2, 0), (3, 0), (4, 0), (5, 6)),
    1: ((0, 0), (1, 0), (2, 0), (4, 0)),
    2: ((0, 0), (0, 0), (1, 0), (2, 0)),
}
_OUTBREAK_DAYS = 4
_SAID = {
    "health": "居民自述发热，已劝其到发热门诊就诊并登记。",
    "supply": "消毒液剩余三天用量，请协调补充。",
    "public": "居民咨询返程登记要求较多，已在宣传栏张贴说明。",
}
OUTBREAK_SAID = "同一楼栋出现发热人员，已登记并协助就诊，楼道已消毒。"


@dataclass(frozen=True, slots=True)
class Say:
    """What one unit says of a day, and when; nothing at all where it says nothing."""

    moment: datetime
    category: str = ""
    fever: int = 0
    contacts: int = 0
    words: str = ""
    by_phone: bool = False


def mistaken_on(scale: Scale) -> int:
    """Return the day on which a station writes a figure that is wrong, by its place."""
    return scale.days // 2


MISTAKEN = (0, 3)
"""Street and station that make the mistake."""


def said(scale: Scale, day: int, street: int, number: int) -> Say | None:
    """Return what a station says on a day (both by their place), None where it says nothing.

    Sections have the street −1.
    """
    outbreak = _sick(scale, day, street, number)
    how = draw(1000, "how", street, number, day)
    is_mistaken = (street, number) == MISTAKEN and day == mistaken_on(scale)
    must = outbreak is not None or is_mistaken
    if how < 30 and not must:
        return None
    on = scale.first + timedelta(days=day)
    minutes = draw(445, "when", street, number, day)
    moment = at(on, 8, 30) + timedelta(minutes=minutes)
    if how < 80 and not must:
        # A few so late that the street has passed its part on before.
        moment = at(on, 16, 2) + timedelta(minutes=minutes // (3 if how < 34 else 12))
    if outbreak is not None:
        return Say(moment, "health", *outbreak, OUTBREAK_SAID)
    if is_mistaken:
        return Say(moment, "health", 21, 0, _SAID["health"])
    if number in _unwell(scale, day, street):
        return Say(moment, "health", 1, 0, _SAID["health"])
    kind = {0: "supply", 1: "public"}.get(draw(120, "else", street, number, day))
    if kind:
        return Say(moment, kind, words=_SAID[kind])
    return Say(moment, by_phone=how >= 990 and moment < at(on, 16))


def is_done(say: Say, now: datetime) -> bool:
    """Return whether it was said by now."""
    return say.moment <= now


def _unwell(scale: Scale, day: int, street: int) -> set[int]:
    """Return which stations of a street have somebody unwell as on any day: none, one or two of them."""
    if street < 0:
        return set()
    many = (0, 1, 1, 1, 2)[draw(5, "many", street, day)]
    return {draw(scale.stations, "who", street, day, one) for one in range(many)}


def outbreak_from(scale: Scale) -> int:
    """Return the first day of the outbreak, by its place."""
    return scale.days - 1 - _OUTBREAK_DAYS


def _sick(scale: Scale, day: int, street: int, number: int) -> tuple[int, int] | None:
    place = day - outbreak_from(scale)
    if street != SICK or number not in _OUTBREAK or not 0 <= place < _OUTBREAK_DAYS:
        return None
    told = _OUTBREAK[number][place]
    return told if any(told) else None


def now_of_demo() -> datetime:
    """Return the moment up to which the demo's units have reported today."""
    return at(TODAY, 14, 20)
