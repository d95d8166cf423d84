"""Pure decisions about figures that are unlikely: they are taken once somebody says that they are checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

LAST_REPORTS: Final = 10
"""How many of a unit's other reports a figure is held against."""
LIKELY: Final = 100
"""No figure up to this asks a second look."""
LIKELY_FIRST: Final = 10_000
"""Nor one up to this, where the unit has told nothing of the kind before."""
TIMES: Final = 10


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure that asks a second look; `highest` of the unit's last reports, None where it is the first."""

    key: str
    figure: int
    highest: int | None


class FiguresUnlikely(Refusal):
    """Figures that nobody has said to be checked."""

    def __init__(self, unsure: Collection[Doubt], labels: Mapping[str, str]) -> None:
        """Take what nobody has checked, and what the plan calls each figure."""
        self.unsure = tuple(unsure)
        first = self.unsure[0]
        said = [_said(one, labels.get(one.key, one.key)) for one in self.unsure]
        said.append(_("Mend it, or tick below that you have checked it."))
        super().__init__("figure_unlikely", "".join(said), field=f"figure-{first.key}", figure=first.key)


def _said(one: Doubt, label: str) -> str:
    if one.highest is None:
        sentence = _("“%(label)s” is %(figure)s, and the unit has told of none before.")
    else:
        sentence = _(
            "“%(label)s” is %(figure)s, more than ten times the highest of the unit's last reports"
            " (%(highest)s)."
        )
    return sentence % {"label": label, "figure": one.figure, "highest": one.highest}


def may_be_unlikely(figures: Mapping[str, int]) -> bool:
    """Return whether a figure is so high that the unit's last reports have to be looked at."""
    return any(figure > LIKELY for figure in figures.values())


def doubts(figures: Mapping[str, int], before: Collection[Mapping[str, int]]) -> list[Doubt]:
    """Return the figures that ask a second look, in their order.

    Args:
        figures: What is reported.
        before: The figures of the unit's last reports; one that did not ask for a figure says nothing of it.

    """
    found = []
    for key, figure in figures.items():
        told = [one[key] for one in before if key in one]
        highest = max(told, default=None)
        likely = LIKELY_FIRST if highest is None else max(LIKELY, TIMES * highest)
        if figure > likely:
            found.append(Doubt(key, figure, highest))
    return found


def unsure(found: Collection[Doubt], checked: Mapping[str, int]) -> list[Doubt]:
    """Return those of which nobody has said that this very figure is checked."""
    return [one for one in found if checked.get(one.key) != one.figure]
