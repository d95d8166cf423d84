"""Finds what two sequences have in common, within a number of steps that is set beforehand.

The standard library's matcher takes time by the square of what repeats itself, and by the cube of what was
made to vex it. Its steps are counted before they are taken, so that the same texts end the same way anywhere.
"""

from bisect import bisect_left
from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate

STEPS = 2_000_000
"""Of one comparison: about a second's work."""

Step = tuple[str, int, int, int, int]


class Budget:
    """The steps that are left; `is_spent` once something was shown whole because they did not suffice."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps
        self.is_spent = False

    def take(self, steps: int) -> bool:
        """Take steps; return False, and take none, when there are not so many."""
        if steps > self.left:
            self.is_spent = True
            return False
        self.left -= steps
        return True


class _SpentError(Exception):
    """The budget does not hold the next search."""


class _Counting(SequenceMatcher[str]):
    """The matcher, taking from a budget what each of its searches costs, before it searches."""

    def __init__(self, old: Sequence[str], new: Sequence[str], budget: Budget) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._budget = budget
        places = self.b2j  # type: ignore[attr-defined]
        self._upto = [0, *accumulate(1 + len(places.get(one, ())) for one in old)]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        if not self._budget.take(self._upto[-1 if ahi is None else ahi] - self._upto[alo]):
            raise _SpentError
        return super().find_longest_match(alo, ahi, blo, bhi)


def steps_between(old: Sequence[str], new: Sequence[str], budget: Budget) -> Sequence[Step]:
    """Return the steps (verb, a1, a2, b1, b2) from old to new; one that replaces it all if they are dear."""
    if budget.take(len(old) + len(new)):
        try:
            return _Counting(old, new, budget).get_opcodes()
        except _SpentError:
            pass
    if old and new:
        return [("replace", 0, len(old), 0, len(new))]
    return [("delete" if old else "insert", 0, len(old), 0, len(new))] if old or new else []


def likeness(old: str, new: str, budget: Budget, least: float) -> float:
    """Return the share of two texts that is the same; 0 when it is below `least`, or too dear to be known."""
    if not budget.take(len(old) + len(new)):
        return 0.0
    matcher = _Counting(old, new, budget)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < least:
        return 0.0
    try:
        return matcher.ratio()
    except _SpentError:
        return 0.0


def in_order(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Return the most of the keys, each once in both, that did not move against each other."""
    place = {key: number for number, key in enumerate(old)}
    ends: list[int] = []  # the least place at which a run of each length can end
    tails: list[str] = []
    before: dict[str, str | None] = {}
    for key in new:
        length = bisect_left(ends, place[key])
        before[key] = tails[length - 1] if length else None
        ends[length : length + 1] = [place[key]]
        tails[length : length + 1] = [key]
    stayed: set[str] = set()
    last = tails[-1] if tails else None
    while last is not None:
        stayed.add(last)
        last = before[last]
    return stayed
