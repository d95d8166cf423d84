"""Sizes, margins, draws and intervals, against tables, exact arithmetic and slow oracles."""

from fractions import Fraction
from hashlib import sha256
from math import comb, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import (
    CONFIDENCES,
    MARGINS,
    allot,
    count_of,
    digest_of,
    interval,
    margin_for,
    size_for,
    z_of,
)
from songnuan.kernel.sampling import draw as draw_of
from songnuan.visits.sampling import draw

# As printed in tables of the normal distribution.
Z = {80: 1.281552, 90: 1.644854, 95: 1.959964, 99: 2.575829}


@pytest.mark.parametrize(("confidence", "value"), Z.items())
def test_the_reach_of_a_confidence_is_that_of_the_tables(confidence: int, value: float) -> None:
    assert z_of(confidence) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("population", "confidence", "margin", "size"),
    [
        (47, 95, 10, 32),
        (47, 95, 5, 42),
        (47, 90, 10, 28),
        # Krejcie & Morgan (1970), 95 %, ±5 %, rounded up
        (100, 95, 5, 80),
        (500, 95, 5, 218),
        (1_000, 95, 5, 278),
        (10_000, 95, 5, 370),
        (1_000_000, 95, 5, 384),
        (1, 95, 10, 1),
        (0, 95, 10, 0),
        (2, 80, 20, 2),
    ],
)
def test_sizes_are_those_of_the_tables(population: int, confidence: int, margin: int, size: int) -> None:
    assert size_for(population, confidence=confidence, margin=margin) == size


@given(
    population=st.integers(1, 5_000),
    confidence=st.sampled_from(CONFIDENCES),
    margin=st.sampled_from(MARGINS),
)
def test_a_size_is_the_smallest_that_keeps_to_the_margin(
    population: int, confidence: int, margin: int
) -> None:
    """By the variance of drawing without putting back, told another way than in the rule."""
    size = size_for(population, confidence=confidence, margin=margin)

    def error(drawn: int) -> float:
        if drawn >= population:
            return 0.0
        variance = Fraction(1, 4 * drawn) * Fraction(population - drawn, population - 1)
        return Z[confidence] * sqrt(variance) * 100

    assert error(size) <= margin + 1e-3
    if size > 1:
        assert error(size - 1) > margin - 1e-3
    assert margin_for(population, size=size, confidence=confidence) == pytest.approx(error(size), abs=1e-3)


def test_what_a_number_gives_is_told_the_other_way_round() -> None:
    assert margin_for(47, size=32, confidence=95) == pytest.approx(9.8930, abs=1e-3)
    assert margin_for(47, size=47, confidence=95) == 0
    assert margin_for(47, size=0, confidence=95) == 100
    assert margin_for(47, size=1, confidence=99) == 100


@given(
    leads=st.dictionaries(st.integers(1, 10_000), st.integers(1, 8), min_size=1, max_size=60),
    seed=st.text(min_size=1, max_size=20),
    by_lead=st.booleans(),
    data=st.data(),
)
def test_a_draw_is_the_same_for_whoever_draws_again(
    leads: dict[int, int], seed: str, data: st.DataObject, *, by_lead: bool
) -> None:
    least = len(set(leads.values())) if by_lead else 1
    size = data.draw(st.integers(least, len(leads)))
    drawn = draw(leads, size, seed, by_lead=by_lead)
    shuffled = dict(data.draw(st.permutations(sorted(leads.items()))))
    assert draw(shuffled, size, seed, by_lead=by_lead) == drawn
    assert len(set(drawn)) == size
    assert set(drawn) <= set(leads)
    if by_lead:
        assert {leads[one] for one in drawn} == set(leads.values())
    else:
        ranks = {one: sha256(f"{seed}:{one}".encode()).digest() for one in leads}
        assert drawn == sorted(leads, key=ranks.__getitem__)[:size]


@given(counts=st.dictionaries(st.integers(1, 30), st.integers(1, 40), min_size=1), data=st.data())
def test_shares_add_up_leave_nobody_out_and_stay_near_the_proportion(
    counts: dict[int, int], data: st.DataObject
) -> None:
    whole = sum(counts.values())
    size = data.draw(st.integers(len(counts), whole))
    shares = allot(counts, size)
    assert sum(shares.values()) == size
    assert all(1 <= shares[lead] <= count for lead, count in counts.items())
    if all(size * count >= whole for count in counts.values()):  # nobody is lifted to one
        assert all(abs(shares[lead] - size * count / whole) <= 1 for lead, count in counts.items())


def test_draws_are_even_over_seeds() -> None:
    """Each of ten receipts comes in about 30 % of many draws of three: chi-squared below its 99.9 % bound."""
    leads = dict.fromkeys(range(10), 1)
    hits = dict.fromkeys(leads, 0)
    for seed in range(2_000):
        for one in draw(leads, 3, f"seed {seed}", by_lead=False):
            hits[one] += 1
    assert sum((count - 600) ** 2 / 600 for count in hits.values()) < 27.88


@pytest.mark.parametrize(("size", "by_lead"), [(0, False), (4, False), (1, True), (-1, False)])
def test_a_size_that_cannot_be_drawn_is_refused_with_the_figures(size: int, *, by_lead: bool) -> None:
    with pytest.raises(Refusal) as refused:
        draw({1: 1, 2: 2, 3: 2}, size, "s", by_lead=by_lead)
    assert refused.value.code == "sample_size"
    assert "3" in refused.value.sentence


def test_nothing_is_drawn_from_nothing() -> None:
    with pytest.raises(Refusal) as refused:
        draw({}, 1, "s", by_lead=False)
    assert refused.value.code == "sample_size"


def test_a_digest_tells_one_draw_from_another() -> None:
    rows = [(1, 5), (2, 5), (3, 6)]
    base = digest_of("s", rows, [2, 3], with_shares=False)
    assert base == digest_of("s", rows, [2, 3], with_shares=False)
    others = [
        digest_of("t", rows, [2, 3], with_shares=False),
        digest_of("s", rows, [3, 2], with_shares=False),
        digest_of("s", rows, [2, 3], with_shares=True),
        digest_of("s", rows[:2], [2, 3], with_shares=False),
    ]
    assert len({base, *others}) == 5
    assert count_of([5, 5, 6]) == {5: 2, 6: 1}


@pytest.mark.parametrize(
    ("good", "asked", "confidence", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3
        (81, 263, 95, 0.2553, 0.3662),
        (15, 148, 95, 0.0624, 0.1605),
        (0, 20, 95, 0.0000, 0.1611),
        (1, 29, 95, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_that_were_published(
    good: int, asked: int, confidence: int, low: float, high: float
) -> None:
    found = interval(good, asked, population=10_000, confidence=confidence)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_where_all_were_asked_nothing_is_left_open() -> None:
    assert interval(45, 47, population=47, confidence=95) == (45 / 47, 45 / 47)
    with pytest.raises(ValueError, match="nobody"):
        interval(0, 0, population=47, confidence=95)


@pytest.mark.parametrize("good", [20, 40, 45])
def test_an_interval_holds_the_truth_as_often_as_it_says(good: int) -> None:
    """Over every outcome of drawing 32 of 47 without putting back, weighed by how likely it is."""
    population, asked = 47, 32
    held = Fraction(0)
    for hits in range(max(0, asked - (population - good)), min(asked, good) + 1):
        low, high = interval(hits, asked, population=population, confidence=95)
        weight = Fraction(comb(good, hits) * comb(population - good, asked - hits), comb(population, asked))
        held += weight if low <= good / population <= high else 0
    assert held >= Fraction(95, 100)


@pytest.mark.parametrize(("size", "with_shares"), [(0, False), (4, False), (1, True), (-1, False)])
def test_the_kernel_draws_no_size_that_cannot_be_drawn(size: int, *, with_shares: bool) -> None:
    with pytest.raises(ValueError, match="can not be drawn"):
        draw_of({1: 1, 2: 2, 3: 2}, size, "s", with_shares=with_shares)
