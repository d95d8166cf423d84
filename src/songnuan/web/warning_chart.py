"""A chart of counts, what was expected and the bound, as SVG that the server draws; its figures as rows.

It is drawn twice, for a phone and for a desk, each at its own size, so that letters stay as large as others
on the page; the style sheet shows one of them. A period of which nothing was told breaks the line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.early_warning import Judged
from songnuan.emergency.warning_rules import bound_words, plain

_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 20, 26
_STEPS: Final = (1, 2, 5)
_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How large a drawing is, how many periods it shows at most, how many names of periods."""

    name: str
    width: int
    height: int
    periods: int
    labels: int


SIZES: Final = (Size("small", 328, 230, 28, 4), Size("large", 1060, 300, 90, 10))
SHOWN: Final = max(size.periods for size in SIZES)


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its name, and what was reckoned of it; `is_marked` is the one that the page is about."""

    name: str
    label: str
    judged: Judged
    is_marked: bool = False

    @property
    def count(self) -> str:
        """The count; a dash where nothing was told."""
        return "—" if self.judged.count is None else str(self.judged.count)

    @property
    def expected(self) -> str:
        """What was expected."""
        return plain(self.judged.expected, 2)

    @property
    def upper(self) -> str:
        """The bound."""
        return bound_words(self.judged.upper)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the drawing, at a place."""

    x: str
    y: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws: all places are texts, so that no language writes them with a comma."""

    size: Size
    grid: tuple[tuple[str, Text], ...]
    names: tuple[Text, ...]
    gaps: tuple[tuple[str, str], ...]
    gap_height: str
    marked: tuple[str, str] | None
    counts: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]
    expected: tuple[str, ...]
    upper: tuple[str, ...]
    alarms: tuple[tuple[str, Text], ...]
    left: str
    right: str
    top: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title, its description, and the figures beneath, the newest first."""

    title: str
    description: str
    drawings: tuple[Drawing, ...]
    rows: tuple[Point, ...]
    how: str


def chart_of(title: str, how: str, points: Sequence[Point]) -> Chart:
    """Return the chart of a series, its periods in their order.

    Args:
        title: What it shows.
        how: How its counts are judged: method, threshold, floor.
        points: The periods; the last of them are drawn, as many as there is room for.

    """
    shown = points[-SHOWN:]
    drawings = tuple(_drawing(size, shown[-size.periods :]) for size in SIZES)
    return Chart(title, _described(how, shown), drawings, tuple(reversed(shown)), how)


def _described(how: str, points: Sequence[Point]) -> str:
    """Return in words what the drawing shows, for who does not see it."""
    untold = sum(one.judged.count is None for one in points)
    words = ngettext("%(count)s period", "%(count)s periods", len(points)) % {"count": len(points)}
    if points:
        span = _("%(words)s, %(first)s to %(last)s.")
        words = span % {"words": words, "first": points[0].name, "last": points[-1].name}
    if untold:
        without = ngettext("%(count)s of them without a count.", "%(count)s of them without a count.", untold)
        words += without % {"count": untold}
    alarms = [one for one in points if one.judged.alarm]
    if alarms:
        told = _("%(period)s %(count)s, bound %(upper)s")
        listed = [told % {"period": one.name, "count": one.count, "upper": one.upper} for one in alarms[-10:]]
        words += _("Above the bound: %(list)s.") % {"list": "；".join(listed)}
    else:
        words += _("No count is above the bound.")
    return f"{words}{_('Reckoned by %(how)s.') % {'how': how}}"


# Drawn ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """From periods and counts to places of a drawing."""

    size: Size
    periods: int
    top: int

    def across(self, place: float) -> float:
        room = self.size.width - _LEFT - _RIGHT
        return _LEFT + room * (place + 0.5) / max(self.periods, 1)

    def up(self, count: float) -> float:
        room = self.size.height - _TOP - _BOTTOM
        return self.size.height - _BOTTOM - room * count / self.top


def _drawing(size: Size, points: Sequence[Point]) -> Drawing:
    step = step_of(_highest(points))
    top = step * max(1, ceil(_highest(points) / step))
    scale = _Scale(size, len(points), top)
    rows = [one.judged for one in points]
    wide = (size.width - _LEFT - _RIGHT) / max(len(points), 1)
    gaps = [
        (_n(scale.across(place) - wide / 2), _n(wide)) for place, row in enumerate(rows) if row.count is None
    ]
    marked = [_n(scale.across(place)) for place, one in enumerate(points) if one.is_marked]
    counts = [row.count for row in rows]
    return Drawing(
        size=size,
        grid=tuple(_grid(scale, step)),
        names=tuple(_names(scale, points)),
        gaps=tuple(gaps),
        gap_height=_n(size.height - _TOP - _BOTTOM),
        marked=(marked[-1], _n(size.height - _BOTTOM)) if marked else None,
        counts=tuple(_lines(scale, counts)),
        dots=tuple(
            (_n(scale.across(place)), _n(scale.up(count)))
            for place, count in enumerate(counts)
            if count is not None
        ),
        expected=tuple(_lines(scale, [row.expected for row in rows])),
        upper=tuple(_lines(scale, [None if row.upper is None else max(row.upper, 0) for row in rows])),
        alarms=tuple(_alarms(scale, points)),
        left=_n(_LEFT),
        right=_n(size.width - _RIGHT),
        top=_n(_TOP),
    )


def _highest(points: Sequence[Point]) -> float:
    """Return the highest count or bound; of bounds far above all counts only so much as shows that."""
    counts = [one.judged.count or 0 for one in points]
    bounds = [one.judged.upper or 0 for one in points]
    return max([1, *counts, *bounds])


def step_of(highest: float) -> int:
    """Return by how much lines of the grid stand apart: 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size * _LINES >= highest:
                return step * size
        size *= 10


def _grid(scale: _Scale, step: int) -> Iterator[tuple[str, Text]]:
    for count in range(0, scale.top + 1, step):
        y = scale.up(count)
        yield _n(y), Text(_n(_LEFT - 6), _n(y + 4), str(count), "end")


def _names(scale: _Scale, points: Sequence[Point]) -> Iterator[Text]:
    """Yield names of some periods, the last of them for certain, so far apart that they do not touch."""
    apart = max(1, ceil(len(points) / scale.size.labels))
    for place in range(len(points) - 1, -1, -apart):
        x, anchor = scale.across(place), "middle"
        if x > scale.size.width - _RIGHT - 20:
            x, anchor = scale.size.width - 2, "end"
        elif x < _LEFT + 14:
            x, anchor = _LEFT - 10, "start"
        yield Text(_n(x), _n(scale.size.height - 8), points[place].label, anchor)


def _lines(scale: _Scale, values: Sequence[float | None]) -> Iterator[str]:
    """Yield a line for each run of values; one alone is a short stroke, so that it is seen."""
    run: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            run.append((scale.across(place), scale.up(value)))
        elif run:
            if len(run) == 1:
                [(x, y)] = run
                run = [(x - 3, y), (x + 3, y)]
            yield " ".join(f"{_n(x)},{_n(y)}" for x, y in run)
            run = []


def _alarms(scale: _Scale, points: Sequence[Point]) -> Iterator[tuple[str, Text]]:
    """Yield a mark for each alarm, and its count above it where there is room: the highest counts first."""
    found = [(scale.across(place), one) for place, one in enumerate(points) if one.judged.alarm]
    written: list[float] = []
    for x, one in sorted(found, key=lambda each: -(each[1].judged.count or 0)):
        y = scale.up(one.judged.count or 0)
        mark = f"{_n(x)},{_n(y - 6)} {_n(x + 6)},{_n(y)} {_n(x)},{_n(y + 6)} {_n(x - 6)},{_n(y)}"
        is_room = all(abs(x - other) >= 9 * len(one.count) + 6 for other in written)
        if is_room:
            written.append(x)
        yield mark, Text(_n(x), _n(max(y - 9, 12)), one.count if is_room else "")


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
