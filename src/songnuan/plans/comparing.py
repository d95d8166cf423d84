"""Two versions side by side: which clauses came, went, moved or were reworded, and what else differs.

Clauses are told apart by their keys, never by number or title. Pure: the texts go in, the differences
come out. Settings of measures are compared as they are written; what a kind makes of them is not known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from songnuan.kernel.money import yuan
from songnuan.plans.aligning import Budget, in_order, likeness, steps_between
from songnuan.plans.planfile import (
    BasisEntry,
    ClauseEntry,
    FundEntry,
    MeasureEntry,
    PlanFile,
    QuestionEntry,
    paragraphs,
)

# A run of Latin letters or figures changes as a whole; a Chinese character is a word of its own.
_WORDS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|\s+|.", re.DOTALL)
_ALIKE = 0.4  # of two lines, the share that has to be the same for one to answer the other
_MOST_PAIRS = 400  # of lines that are held against each other
_ISLAND = 2  # what stayed between two changes is shown as changed too when it is shorter


class Mark(StrEnum):
    """What became of a piece."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, went or came."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One named value that is another now; empty where there was or is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A thing of a list that came, went or changed: a basis, a fund, a question, a measure."""

    mark: Mark
    name: str
    kind: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause over both versions. `before` and `after` hold its lines, heading first, in pieces."""

    key: str
    mark: Mark
    moved: bool
    level: int
    heading: str
    before: tuple[tuple[Piece, ...], ...]
    after: tuple[tuple[Piece, ...], ...]
    measures: tuple[ItemChange, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs; `clauses` in the order of the newer text, with those gone at their place.

    `is_coarse` when the texts were too long, or too unlike, for all of it to be compared word by word.
    """

    head: tuple[Difference, ...]
    basis: tuple[ItemChange, ...]
    funds: tuple[ItemChange, ...]
    questions: tuple[ItemChange, ...]
    clauses: tuple[ClauseChange, ...]
    is_coarse: bool

    @property
    def changed(self) -> tuple[ClauseChange, ...]:
        """The clauses that are not what and where they were."""
        return tuple(row for row in self.clauses if row.mark is not Mark.SAME or row.moved)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (self.head or self.basis or self.funds or self.questions or self.changed)


def compare(old: PlanFile, new: PlanFile, budget: Budget | None = None) -> Comparison:
    """Return how `new` differs from `old`; what the budget does not reach is shown whole."""
    budget = budget or Budget()
    clauses = tuple(_clauses(old, new, budget))
    return Comparison(
        head=tuple(_differences(_head(old), _head(new))),
        basis=_items(
            _in_turn(old.basis),
            _in_turn(new.basis),
            named="title",
        ),
        funds=_items(
            {row.number: _fund(row) for row in old.funds},
            {row.number: _fund(row) for row in new.funds},
        ),
        questions=_items(
            {row.key: _question(row) for row in old.questions},
            {row.key: _question(row) for row in new.questions},
            named="text",
        ),
        clauses=clauses,
        is_coarse=budget.is_spent,
    )


def _head(plan: PlanFile) -> dict[str, Any]:
    told = {name: getattr(plan, name) for name in ("title", "unit", "office", "starts_on", "due_on")}
    return {"plan_kind": plan.kind, **told}


def _in_turn(rows: Iterable[BasisEntry]) -> dict[str, dict[str, Any]]:
    """Return what a plan rests on by title; of papers with one title, each answers the one in its turn."""
    seen: Counter[str] = Counter()
    told = {}
    for row in rows:
        seen[row.title] += 1
        told[f"{row.title}\n{seen[row.title]}"] = row.model_dump()
    return told


def _fund(fund: FundEntry) -> dict[str, Any]:
    return {**fund.model_dump(exclude={"amount_minor"}), "amount": yuan(fund.amount_minor)}


def _question(question: QuestionEntry) -> dict[str, Any]:
    """Return a question; its choices with their keys, because programs go by them."""
    choices = [choice.line for choice in question.choices]
    return {**question.model_dump(mode="json"), "choices": choices or None}


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Difference(name, shown(old.get(name)), shown(new.get(name)))


def shown(value: object) -> str:
    """Return a value of a plan file as a reader takes it in; entries and lists on lines of their own.

    The lasting key of an entry is not for readers. A bare number of days says what it counts.
    """
    if value is None:
        return ""
    if isinstance(value, dict):
        told = ((name, shown(item)) for name, item in value.items() if name != "key")
        return " · ".join(f"{word} {name}" if name == "due_workdays" else word for name, word in told)
    if isinstance(value, list | tuple):
        return "\n".join(shown(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _items(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], named: str = ""
) -> tuple[ItemChange, ...]:
    found = []
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key, {}), new.get(key, {})
        if before == after:
            continue
        mark = Mark.NEW if key not in old else Mark.GONE if key not in new else Mark.CHANGED
        name = str((after or before).get(named, key)) if named else key
        found.append(ItemChange(mark, name, "", tuple(_differences(before, after))))
    return tuple(found)


def _clauses(old: PlanFile, new: PlanFile, budget: Budget) -> Iterator[ClauseChange]:
    was = {clause.key: clause for clause in old.clauses}
    now = {clause.key: clause for clause in new.clauses}
    stayed = in_order([key for key in was if key in now], [key for key in now if key in was])
    left = list(old.clauses)
    for clause in new.clauses:
        # What stood in front of a clause that stayed in its place, and is gone, is shown in front of it.
        if clause.key in stayed:
            while left and left[0].key != clause.key:
                if (gone := left.pop(0)).key not in now:
                    yield _clause(gone, None, budget, moved=False)
            del left[:1]
        before = was.get(clause.key)
        yield _clause(before, clause, budget, moved=before is not None and clause.key not in stayed)
    for gone in left:
        if gone.key not in now:
            yield _clause(gone, None, budget, moved=False)


def _clause(old: ClauseEntry | None, new: ClauseEntry | None, budget: Budget, *, moved: bool) -> ClauseChange:
    told = new or old
    assert told is not None  # noqa: S101 - one of the two is there
    before, after = side_by_side(_lines(old), _lines(new), budget)
    measures = _measures(old.measures if old else (), new.measures if new else ())
    if old is None or new is None:
        mark = Mark.NEW if old is None else Mark.GONE
    else:
        mark = Mark.CHANGED if _lines(old) != _lines(new) or measures else Mark.SAME
    return ClauseChange(
        key=told.key,
        mark=mark,
        moved=moved,
        level=told.level,
        heading=told.heading,
        before=before,
        after=after,
        measures=measures,
    )


def _lines(clause: ClauseEntry | None) -> list[str]:
    return [clause.heading, *paragraphs(clause.text)] if clause else []


def _measures(old: Sequence[MeasureEntry], new: Sequence[MeasureEntry]) -> tuple[ItemChange, ...]:
    was, now = {row.key: row for row in old}, {row.key: row for row in new}
    found = []
    for key in dict.fromkeys([*was, *now]):
        before, after = was.get(key), now.get(key)
        told = after or before
        if told is None or (
            before and after and (before.kind, before.settings) == (after.kind, after.settings)
        ):
            continue
        mark = Mark.NEW if before is None else Mark.GONE if after is None else Mark.CHANGED
        rows = _differences(before.settings if before else {}, after.settings if after else {})
        found.append(ItemChange(mark, key, told.kind, tuple(rows)))
    return tuple(found)


def side_by_side(
    old: Sequence[str], new: Sequence[str], budget: Budget
) -> tuple[tuple[tuple[Piece, ...], ...], tuple[tuple[Piece, ...], ...]]:
    """Return both texts line by line in pieces: lines that answer each other are compared word by word."""
    before: list[tuple[Piece, ...]] = []
    after: list[tuple[Piece, ...]] = []
    for verb, a, b, c, d in steps_between(old, new, budget):
        answers = _answers(old[a:b], new[c:d], budget) if verb == "replace" else {}
        reworded = {there: words(old[a + here], new[c + there], budget) for here, there in answers.items()}
        mark = Mark.SAME if verb == "equal" else Mark.GONE
        for place, line in enumerate(old[a:b]):
            before.append(reworded[answers[place]][0] if place in answers else (Piece(mark, line),))
        mark = Mark.SAME if verb == "equal" else Mark.NEW
        for place, line in enumerate(new[c:d]):
            after.append(reworded[place][1] if place in reworded else (Piece(mark, line),))
    return tuple(before), tuple(after)


def _answers(old: Sequence[str], new: Sequence[str], budget: Budget) -> dict[int, int]:
    """Return which line answers which: those most alike, in their order."""
    if len(old) * len(new) > _MOST_PAIRS:
        budget.is_spent = True
        return {}
    best: dict[tuple[int, int], tuple[float, dict[int, int]]] = {}
    for here in range(len(old) + 1):
        for there in range(len(new) + 1):
            found: tuple[float, dict[int, int]] = (0.0, {})
            if here and there:
                alike = likeness(old[here - 1], new[there - 1], budget, _ALIKE)
                score, pairs = best[here - 1, there - 1]
                tries = [best[here - 1, there], best[here, there - 1]]
                if alike >= _ALIKE:
                    tries.append((score + alike, {**pairs, here - 1: there - 1}))
                found = max(tries, key=lambda one: one[0])
            best[here, there] = found
    return best[len(old), len(new)][1]


def words(old: str, new: str, budget: Budget) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return one line before and after, in pieces that stayed, went and came."""
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    steps = steps_between(a, b, budget)
    before: list[Piece] = []
    after: list[Piece] = []
    for place, (verb, a1, a2, b1, b2) in enumerate(steps):
        is_island = 0 < place < len(steps) - 1 and a2 - a1 < _ISLAND
        same = verb == "equal" and not is_island
        _put(before, Mark.SAME if same else Mark.GONE, "".join(a[a1:a2]))
        _put(after, Mark.SAME if same else Mark.NEW, "".join(b[b1:b2]))
    return tuple(before), tuple(after)


def _put(pieces: list[Piece], mark: Mark, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].mark is mark:
        text = pieces.pop().text + text
    pieces.append(Piece(mark, text))
