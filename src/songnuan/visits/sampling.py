"""How many receipts to draw, which ones, and what the answers tell of all of them: pure decisions.

Sizes are those for a share in a finite population, in the worst case of one half. A draw goes by SHA-256
over the seed and the number of each receipt, so that anybody with the seed draws the same ones.
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


def rank(seed: str, receipt: int) -> str:
    """Return what a receipt is ordered by in a draw."""
    return sha256(f"{seed}:{receipt}".encode()).hexdigest()


def draw(receipts: Mapping[int, int], size: int, seed: str, *, by_lead: bool) -> list[int]:
    """Return `size` receipts in the order of the draw; `receipts` are their leads by number.

    With `by_lead` each lead has its share, at least one receipt.

    Raises:
        Refusal: `sample_size` when there are fewer receipts, or fewer than leads.

    """
    check_size(receipts, size, by_lead=by_lead)
    ordered = sorted(receipts, key=lambda receipt: rank(seed, receipt))
    if not by_lead:
        return ordered[:size]
    left = allot(count_of(receipts.values()), size)
    drawn = []
    for receipt in ordered:
        if left[receipts[receipt]]:
            left[receipts[receipt]] -= 1
            drawn.append(receipt)
    return drawn


def count_of(leads: Iterable[int]) -> dict[int, int]:
    """Return how many receipts each lead has."""
    counts: dict[int, int] = {}
    for lead in leads:
        counts[lead] = counts.get(lead, 0) + 1
    return counts


def allot(counts: Mapping[int, int], size: int) -> dict[int, int]:
    """Return how many of `size` fall to each lead: one at least, the rest by how many receipts it has.

    What is left after whole shares goes to the largest remainders, the lower number first.
    """
    whole = sum(counts.values())
    shares = {lead: max(1, size * count // whole) for lead, count in counts.items()}
    order = sorted(counts, key=lambda lead: (-(size * counts[lead] % whole), lead))
    while sum(shares.values()) < size:
        shares[next(lead for lead in order if shares[lead] < counts[lead])] += 1
        order = [*order[1:], order[0]]
    while sum(shares.values()) > size:
        shares[max(shares, key=lambda lead: (shares[lead], -lead))] -= 1
    return shares


def check_size(receipts: Mapping[int, int], size: int, *, by_lead: bool) -> None:
    """Let pass a size that can be drawn.

    Raises:
        Refusal: `sample_size`.

    """
    least = len(set(receipts.values())) if by_lead else 1
    if not receipts:
        sentence = _("Nothing was handed over there yet, so there is nothing to draw from.")
        raise Refusal("sample_size", sentence, field="size", population=0)
    if not least <= size <= len(receipts):
        sentence = _("Between %(least)s and %(most)s units can be drawn here. Choose a number between them.")
        figures = {"least": least, "most": len(receipts)}
        raise Refusal("sample_size", sentence % figures, field="size", population=len(receipts), least=least)


def digest_of(
    seed: str, receipts: Sequence[tuple[int, int]], drawn: Collection[int], *, by_lead: bool
) -> str:
    """Return the digest that freezes a sample: what it was drawn from, how, and what came out."""
    return digest_rows([("sample", seed, by_lead), *receipts, ("drawn", *drawn)])


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
