"""How many to draw at random, which ones, and what the answers tell of all: pure.

Sizes are those for a share in a finite population, in the worst case of one half. A draw goes by SHA-256
over the seed and the number of each thing, so that anybody with the seed draws the same ones. Things may
belong to strata (a lead office, a unit), of which each then has its share.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from statistics import NormalDist

from django.utils.translation import gettext as _

from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal

CONFIDENCES = (80, 90, 95, 99)
MARGINS = (3, 5, 10, 15, 20)


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
