"""How many to draw at random, which ones, and what the answers tell of all: pure.

Sizes are those for a share in a finite population, in the worst case of one half. A draw goes by SHA-256
over the seed and the number of each thing, so that anybody with the seed draws the same ones. Things may
belong to strata (a lead office, a unit), of which each then has its share.
"""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import NormalDist

from django.utils.translation import gettext as _

from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal

CONFIDENCES = (80, 90, 95, 99)
MARGINS = (3, 5, 10, 15, 20)
NOT_REACHED = "not_reached"
"""How something that was drawn stands when its call reached nobody; "" before any call."""


def check_confidence(confidence: int) -> None:
    """Let pass a confidence (per cent) that can be chosen.

    Raises:
        Refusal: `confidence_unknown`.

    """
    if confidence not in CONFIDENCES:
        raise Refusal("confidence_unknown", _("Choose a confidence from the list."), field="confidence")


def z_of(confidence: int) -> float:
    """Return how many standard deviations a confidence (per cent) reaches either way: 95 -> 1.96."""
    return NormalDist().inv_cdf(0.5 + confidence / 200)


def size_for(population: int, *, confidence: int, margin: int) -> int:
    """Return how many of `population` to draw for an error of at most `margin` per cent either way."""
    if population <= 0:
        return 0
    endless = (z_of(confidence) / 2 / (margin / 100)) ** 2
    # A hair below: what is whole but for the rounding of floats is not counted one higher.
    return min(population, math.ceil(endless / (1 + (endless - 1) / population) - 1e-9))


def margin_for(population: int, *, size: int, confidence: int) -> float:
    """Return the error, per cent either way, that `size` of `population` leave in the worst case."""
    if size <= 0:
        return 100.0
    if size >= population:
        return 0.0
    rest = (population - size) / (population - 1)
    return min(100.0, 100 * z_of(confidence) / 2 * math.sqrt(rest / size))


def rank(seed: str, number: int) -> str:
    """Return what a thing is ordered by in a draw."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()


def least_of(pool: Mapping[int, int], *, with_shares: bool) -> int:
    """Return how few can be drawn: one, or one of each stratum; `pool` is the strata of things by number."""
    return len(set(pool.values())) if with_shares else 1


def draw(pool: Mapping[int, int], size: int, seed: str, *, with_shares: bool) -> list[int]:
    """Return `size` things in the order of the draw; `pool` is their strata by number.

    With `with_shares` each stratum has its share, at least one thing.

    Raises:
        ValueError: When there are fewer things, or fewer are drawn than there are strata.

    """
    if not least_of(pool, with_shares=with_shares) <= size <= len(pool):
        raise ValueError(f"{size} of {len(pool)} can not be drawn")
    ordered = sorted(pool, key=lambda number: rank(seed, number))
    if not with_shares:
        return ordered[:size]
    left = allot(count_of(pool.values()), size)
    drawn = []
    for number in ordered:
        if left[pool[number]]:
            left[pool[number]] -= 1
            drawn.append(number)
    return drawn


def count_of(strata: Iterable[int]) -> dict[int, int]:
    """Return how many things each stratum has."""
    counts: dict[int, int] = {}
    for stratum in strata:
        counts[stratum] = counts.get(stratum, 0) + 1
    return counts


def allot(counts: Mapping[int, int], size: int) -> dict[int, int]:
    """Return how many of `size` fall to each stratum: one at least, the rest by how many things it has.

    What is left after whole shares goes to the largest remainders, the lower number first.
    """
    whole = sum(counts.values())
    shares = {stratum: max(1, size * count // whole) for stratum, count in counts.items()}
    order = sorted(counts, key=lambda stratum: (-(size * counts[stratum] % whole), stratum))
    while sum(shares.values()) < size:
        shares[next(stratum for stratum in order if shares[stratum] < counts[stratum])] += 1
        order = [*order[1:], order[0]]
    while sum(shares.values()) > size:
        shares[max(shares, key=lambda stratum: (shares[stratum], -stratum))] -= 1
    return shares


def digest_of(
    seed: str, pool: Sequence[tuple[int, int]], drawn: Collection[int], *, with_shares: bool
) -> str:
    """Return the digest that freezes a sample: what it was drawn from, how, and what came out."""
    return digest_rows([("sample", seed, with_shares), *pool, ("drawn", *drawn)])


def interval(good: int, asked: int, *, population: int, confidence: int) -> tuple[float, float]:
    """Return between which shares, from 0 to 1, that of all lies when `good` of `asked` are (Wilson).

    Where all were asked, nothing is left open.

    Raises:
        ValueError: When nobody was asked.

    """
    if asked <= 0:
        raise ValueError("nobody was asked")
    share = good / asked
    if asked >= population:
        return share, share
    z = z_of(confidence)
    spread = 1 + z * z / asked
    middle = (share + z * z / (2 * asked)) / spread
    half = z * math.sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked)) / spread
    return max(0.0, middle - half), min(1.0, middle + half)


def pool_text(pool: Sequence[tuple[int, int]]) -> str:
    """Return what a sample was drawn from as it is kept: JSON, [thing, stratum] in order."""
    return json.dumps(pool, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class PoolPart:
    """The things of one stratum that a sample was drawn from, by number; `share` is 0 without shares."""

    stratum: int
    share: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a sample was drawn, and from what, in order: all that it takes to draw it again."""

    pool: tuple[tuple[int, int], ...]
    size: int
    seed: str
    with_shares: bool

    @classmethod
    def of(cls, kept: str, size: int, seed: str, *, with_shares: bool) -> "Drawing":
        """Return a drawing from what `pool_text` gave."""
        pool = tuple((int(number), int(stratum)) for number, stratum in json.loads(kept))
        return cls(pool, size, seed, with_shares)

    @property
    def is_whole(self) -> bool:
        """Whether the pool still holds enough to draw from; it does unless it was changed from outside."""
        pool = dict(self.pool)
        return least_of(pool, with_shares=self.with_shares) <= self.size <= len(pool)

    def gives(self, stand: Sequence[int], digest: str) -> bool:
        """Return whether the seed gives the very things that stand in the sample, and the digest holds."""
        if not self.is_whole:
            return False
        again = draw(dict(self.pool), self.size, self.seed, with_shares=self.with_shares)
        told = digest_of(self.seed, self.pool, stand, with_shares=self.with_shares)
        return again == list(stand) and told == digest

    def parts(self) -> list[PoolPart]:
        """Return everything that could be drawn, by stratum."""
        numbers: dict[int, list[int]] = {}
        for number, stratum in self.pool:
            numbers.setdefault(stratum, []).append(number)
        counts = {stratum: len(some) for stratum, some in numbers.items()}
        shares = allot(counts, self.size) if self.with_shares and self.is_whole else {}
        return [PoolPart(one, shares.get(one, 0), tuple(numbers[one])) for one in sorted(numbers)]


@dataclass(frozen=True, slots=True)
class Result:
    """How many answered and what; `low` and `high` bound the share of all that is in order, from 0 to 1."""

    size: int
    answered: int
    good: int
    bad: int
    not_reached: int
    low: float | None
    high: float | None

    @property
    def open(self) -> int:
        """How many nobody has called yet."""
        return self.size - self.answered - self.not_reached


def result_of(  # noqa: PLR0913 - counts, and what they are told by
    size: int, *, good: int, bad: int, not_reached: int, population: int, confidence: int
) -> Result:
    """Return what the newest answers about the `size` things drawn come to."""
    low = high = None
    if good + bad:
        low, high = interval(good, good + bad, population=population, confidence=confidence)
    return Result(size, good + bad, good, bad, not_reached, low, high)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to call about of a sample: what nobody called about yet, and where nobody was reached."""

    sample_id: int
    number: int
    to_call: int
    not_reached: int


def next_open(states: Sequence[str], after: int) -> int | None:
    """Return the place of what is called about next: one nobody called about (""), else one not reached.

    They come in the order of the draw, from the place `after` on and then from its beginning.
    """
    others = [*range(after + 1, len(states)), *range(after)]
    return next((one for state in ("", NOT_REACHED) for one in others if states[one] == state), None)
