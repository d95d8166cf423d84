"""What a quiz is, who counts as aware, and which rates are too small to be told; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

SMALL = 5
"""A rate of fewer answers is told to nobody."""
QUESTIONS_MOST, OPTIONS_LEAST, OPTIONS_MOST = 20, 2, 8
QUESTION_LONGEST, OPTION_LONGEST = 200, 120
SHEETS_AN_HOUR = 2000
"""Sheets that one code takes in an hour."""
RIGHT = "*＊"
"""What stands before a right option where a question is written."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `right` are the places of its right options, from 0."""

    text: str
    options: tuple[str, ...]
    right: frozenset[int]

    @property
    def has_several(self) -> bool:
        """Whether it is answered with more than one option."""
        return len(self.right) > 1

    def stored(self) -> dict[str, Any]:
        """Return it as a lesson keeps it."""
        return {"text": self.text, "options": list(self.options), "right": sorted(self.right)}


def questions_of(stored: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions that a lesson keeps."""
    return [Question(one["text"], tuple(one["options"]), frozenset(one["right"])) for one in stored]


def read_question(text: str, options: str) -> Question:
    """Return a question as somebody wrote it: an option a line, a star before those that are right.

    Raises:
        Refusal: `question_text`, `question_options`, `question_right`, `question_long`.

    """
    told = " ".join(text.split())
    if not told:
        raise Refusal("question_text", _("Write the question."), field="question")
    rows = [line.strip() for line in options.splitlines() if line.strip()]
    plain = [row.lstrip(RIGHT).strip() for row in rows]
    if not OPTIONS_LEAST <= len(rows) <= OPTIONS_MOST or not all(plain) or len(set(plain)) != len(plain):
        sentence = _("Write from %(least)s to %(most)s different options, each on a line of its own.")
        facts = {"least": OPTIONS_LEAST, "most": OPTIONS_MOST}
        raise Refusal("question_options", sentence % facts, field="options")
    for what, longest, field in ((told, QUESTION_LONGEST, "question"), *_each(plain)):
        if len(what) > longest:
            sentence = _("“%(what)s…” is longer than %(most)s characters. Shorten it.")
            facts_of_length = {"what": what[:12], "most": longest}
            raise Refusal("question_long", sentence % facts_of_length, field=field, length=len(what))
    right = frozenset(place for place, row in enumerate(rows) if row[0] in RIGHT)
    if not right:
        raise Refusal("question_right", _("Put a * before the options that are right."), field="options")
    return Question(told, tuple(plain), right)


def _each(options: Sequence[str]) -> list[tuple[str, int, str]]:
    return [(one, OPTION_LONGEST, "options") for one in options]


def check_quiz(count: int, aware_at: int) -> None:
    """Let pass a quiz that can tell who is aware.

    Raises:
        Refusal: `question_many`, `aware_at`.

    """
    if count > QUESTIONS_MOST:
        sentence = _("A quiz has at most %(most)s questions.")
        raise Refusal("question_many", sentence % {"most": QUESTIONS_MOST}, field="question")
    if (count and not 1 <= aware_at <= count) or (not count and aware_at):
        sentence = _("Somebody counts as aware who answers from 1 to all of the %(count)s questions right.")
        raise Refusal("aware_at", sentence % {"count": count}, field="aware_at")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How somebody answered: for each question whether it was right, and whether they are aware."""

    right: tuple[bool, ...]
    is_aware: bool


def outcome(questions: Sequence[Question], picks: Sequence[Collection[int]], aware_at: int) -> Outcome:
    """Return how a sheet was answered.

    Args:
        questions: Those of the quiz.
        picks: For each of them the places of the options that were picked.
        aware_at: From how many right answers on somebody is aware.

    Raises:
        Refusal: `answer_open` where a question has no answer, `answer_picks` where it has one that is not
            offered, or more than one where it asks for one.

    """
    for number, (one, picked) in enumerate(zip(questions, picks, strict=True), 1):
        if not picked:
            sentence = _("Question %(number)s is not answered yet.")
            raise Refusal("answer_open", sentence % {"number": number}, field=f"q{number}")
        is_offered = all(0 <= place < len(one.options) for place in picked)
        if not is_offered or (not one.has_several and len(set(picked)) > 1):
            sentence = _("The answer to question %(number)s is none of those offered. Reload the page.")
            raise Refusal("answer_picks", sentence % {"number": number}, field=f"q{number}")
    right = tuple(set(picked) == one.right for one, picked in zip(questions, picks, strict=True))
    return Outcome(right, sum(right) >= aware_at)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many are aware of so many who answered."""

    aware: int = 0
    answered: int = 0

    @property
    def permille(self) -> int | None:
        """The rate in thousandths, half up; None where nobody answered."""
        return (2000 * self.aware + self.answered) // (2 * self.answered) if self.answered else None

    def __add__(self, other: "Rate") -> "Rate":
        """Return both together."""
        return Rate(self.aware + other.aware, self.answered + other.answered)


def held_back(answered: Mapping[int, int]) -> frozenset[int]:
    """Return the units whose rate is told to nobody, beside the sum of all.

    Args:
        answered: How many answered, by unit.

    Returns:
        Those with fewer than `SMALL` answers, and, where the sum would tell them all the same because they
        are one alone or fewer than `SMALL` together, the smallest of the others with them. Units of which
        nobody answered tell of nobody.

    """
    rows = sorted((count, unit) for unit, count in answered.items() if count)
    hidden = [row for row in rows if row[0] < SMALL]
    shown = [row for row in rows if row[0] >= SMALL]
    while hidden and shown and (len(hidden) == 1 or sum(count for count, _unit in hidden) < SMALL):
        hidden.append(shown.pop(0))
    return frozenset(unit for _count, unit in hidden)
