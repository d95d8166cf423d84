"""Requests, comparing and splitting, as rules alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.goods.request_rules import (
    Approved,
    Asked,
    Comparing,
    Offer,
    Quote,
    are_enough,
    check_choice,
    examine_against,
    examine_quote,
    examine_request,
    proposed,
    total_of,
    totals,
    within,
)
from songnuan.goods.rules import Bought, Draft, Line, Part, State
from songnuan.goods.splitting import Apart, examine_comparing, largest_week
from songnuan.kernel.refusal import Refusal

TODAY = date(2020, 4, 7)
PARTS = (Part(1, "方便面", "箱", 2), Part(2, "苹果", "箱", 1), Part(3, "梨", "箱", 1))
LINES = (Line(1, 94, 85_00), Line(2, 47, 68_00), Line(3, 47, 62_00))
COMPARING = Comparing(1_000_00, 3)


def state(**changes: object) -> State:
    facts: dict[str, object] = {
        "parts": PARTS,
        "standard_minor": 300_00,
        "units": 47,
        "bought": {},
        "available_minor": 14_100_00,
        "invoice_used": False,
        "today": TODAY,
    }
    return State(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def codes(asked: Asked, standing: State) -> list[str]:
    return [problem.code for problem in examine_request(asked, standing)]


def offer(pk: int, *prices: int, supplier: str = "") -> Offer:
    return Offer(pk, supplier or f"供应商{pk}", dict(enumerate(prices, start=1)))


def draft(total: int, on: date = TODAY) -> Draft:
    return Draft("澄江粮油", "1", on, (Line(1, 1, total),))


def test_a_request_to_the_last_fen_of_standard_need_and_fund_is_sound() -> None:
    assert codes(Asked("慰问一线", LINES), state()) == []


@pytest.mark.parametrize(
    ("asked", "changes", "code"),
    [
        (Asked("慰问", ()), {}, "lines_missing"),
        (Asked("慰问", (Line(9, 1, 1),)), {}, "not_in_kit"),
        (Asked("慰问", (Line(1, 0, 1),)), {}, "quantity_invalid"),
        (Asked("慰问", (Line(1, 1, 0),)), {}, "price_invalid"),
        (Asked("慰问", (Line(1, 1, 1), Line(1, 1, 1))), {}, "item_twice"),
        (Asked("慰问", (Line(1, 95, 1),)), {}, "more_than_needed"),
        (Asked("慰问", (Line(1, 1, 150_01),)), {}, "above_standard"),
        (Asked("慰问", LINES), {"available_minor": 14_099_99}, "beyond_fund"),
        (Asked("慰问", LINES[2:]), {"bought": {3: Bought(1, 62_00, 62_00)}}, "more_than_needed"),
        (Asked(" ", LINES), {}, "reason_missing"),
        (Asked("长" * 401, LINES), {}, "text_too_long"),
    ],
)
def test_what_is_wrong_with_a_request_is_said(asked: Asked, changes: dict[str, object], code: str) -> None:
    assert codes(asked, state(**changes)) == [code]


@pytest.mark.parametrize(
    ("quote", "code"),
    [
        (Quote(" ", TODAY, {1: 1}), "supplier_missing"),
        (Quote("供应商(一)", TODAY, {1: 1}), "supplier_quoted"),
        (Quote("商" * 121, TODAY, {1: 1}), "text_too_long"),
        (Quote("新", TODAY, {1: 1}, "长" * 401), "text_too_long"),
        (Quote("新", TODAY + timedelta(days=1), {1: 1}), "happened_in_future"),
        (Quote("新", TODAY - timedelta(days=400), {1: 1}), "happened_long_ago"),
        (Quote("新", TODAY, {}), "lines_missing"),
        (Quote("新", TODAY, {9: 1}), "not_asked"),
        (Quote("新", TODAY, {1: 0}), "price_invalid"),
        (Quote("新", TODAY, {1: 10**17}), "price_invalid"),
    ],
)
def test_what_is_wrong_with_a_quotation_is_said(quote: Quote, code: str) -> None:
    assert [one.code for one in examine_quote(quote, LINES, {"供应商（一）"}, TODAY)] == [code]


def test_a_quotation_may_lack_a_price_and_is_not_whole_then() -> None:
    assert examine_quote(Quote("新", TODAY, {1: 80_00}), LINES, set(), TODAY) == []
    assert total_of(offer(1, 80_00), LINES) is None
    assert total_of(offer(1, 80_00, 60_00, 60_00), LINES) == 94 * 80_00 + 94 * 60_00


_prices = st.lists(st.integers(1, 100_00), min_size=1, max_size=3)
_offers = st.lists(_prices, max_size=5).map(
    lambda rows: [offer(pk, *prices) for pk, prices in enumerate(rows, start=1)]
)


@given(_offers)
def test_the_cheapest_whole_quotation_within_the_request_is_proposed(offers: list[Offer]) -> None:
    fitting = [
        one
        for one in offers
        if all(line.item_id in one.prices for line in LINES)
        and all(one.prices[line.item_id] <= line.unit_price_minor for line in LINES)
    ]
    sums = [sum(line.quantity * one.prices[line.item_id] for line in LINES) for one in fitting]
    cheapest = {one.quotation_id for one, total in zip(fitting, sums, strict=True) if total == min(sums)}
    assert proposed(offers, LINES) == cheapest, "several where they ask as little"


@given(_offers, st.integers(1, 6), st.sampled_from(["", "质量更好"]), st.sampled_from([None, 2]))
def test_a_choice_passes_whole_within_the_request_among_enough_and_the_cheapest_or_with_its_reason(
    offers: list[Offer], pk: int, reason: str, before: int | None
) -> None:
    whole = totals(offers, LINES)
    sound = (
        pk in whole
        and all(offers[pk - 1].prices[line.item_id] <= line.unit_price_minor for line in LINES)
        and are_enough(offers, LINES, COMPARING.least, reason)
        and (bool(reason) or (whole[pk] == min(within(offers, LINES).values()) and before is None))
    )
    choice = {"comparing": COMPARING, "reason": f" {reason} ", "chosen_before": before}
    if sound:
        assert check_choice(pk, offers, LINES, **choice) == reason  # type: ignore[arg-type]  # right kinds
        return
    with pytest.raises(Refusal) as refused:
        check_choice(pk, offers, LINES, **choice)  # type: ignore[arg-type]  # right kinds
    assert refused.value.code in {
        "quotation_unknown",
        "quotation_partial",
        "above_approved",
        "quotes_missing",
        "reason_missing",
    }


def test_one_fen_more_than_the_cheapest_needs_its_reason() -> None:
    offers = [offer(1, 80_00, 60_00, 60_00), offer(2, 80_00, 60_00, 60_00), offer(3, 80_00, 60_00, 60_01)]
    choice = {"comparing": COMPARING, "chosen_before": None}
    for pk in (1, 2):
        assert check_choice(pk, offers, LINES, reason="", **choice) == ""  # type: ignore[arg-type]  # right kinds
    with pytest.raises(Refusal) as refused:
        check_choice(3, offers, LINES, reason=" ", **choice)  # type: ignore[arg-type]  # right kinds
    assert refused.value.facts["total_minor"] == 94 * 80_00 + 47 * 60_00 + 47 * 60_01
    assert "0.47" in refused.value.sentence


def test_below_the_threshold_one_quotation_is_enough() -> None:
    lines = (Line(1, 1, 999_99),)
    assert check_choice(1, [offer(1, 5)], lines, comparing=COMPARING, reason="", chosen_before=None) == ""
    with pytest.raises(Refusal) as refused:
        check_choice(
            1, [offer(1, 5)], (Line(1, 1, 1_000_00),), comparing=COMPARING, reason="", chosen_before=None
        )
    assert (refused.value.code, dict(refused.value.facts)) == ("quotes_missing", {"least": 3, "count": 1})


def test_what_is_dearer_than_approved_does_not_count_as_compared() -> None:
    fitting = [offer(1, 80_00, 60_00, 60_00), offer(2, 80_00, 60_00, 61_00)]
    dear = offer(3, 85_01, 60_00, 60_00)
    choice = {"comparing": COMPARING, "chosen_before": None}
    with pytest.raises(Refusal) as refused:
        check_choice(1, [*fitting, dear], LINES, reason=" ", **choice)  # type: ignore[arg-type]  # right kinds
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    assert dict(refused.value.facts) == {"least": 3, "count": 2}
    told = check_choice(1, [*fitting, dear], LINES, reason="本地仅两家有货", **choice)  # type: ignore[arg-type]  # right kinds
    assert told == "本地仅两家有货"
    with pytest.raises(Refusal) as refused:
        check_choice(1, fitting, LINES, reason="本地仅两家有货", **choice)  # type: ignore[arg-type]  # right kinds
    assert refused.value.code == "quotes_missing", "a reason takes the place of no quotation"


@given(_offers, st.integers(1, 5), st.sampled_from(["", "质量更好"]))
def test_enough_are_compared_within_the_prices_or_at_any_price_with_a_reason(
    offers: list[Offer], least: int, reason: str
) -> None:
    whole = [one for one in offers if len(one.prices) == len(LINES)]
    fitting = [
        one for one in whole if all(one.prices[line.item_id] <= line.unit_price_minor for line in LINES)
    ]
    expected = len(fitting) >= least or (reason != "" and len(whole) >= least)
    assert are_enough(offers, LINES, least, reason) == expected


_days = st.integers(-10, 10).map(lambda days: TODAY + timedelta(days=days))
_apart = st.builds(Apart, st.integers(1, 99), _days, st.integers(1, 2_000_00))


@given(st.lists(_apart, max_size=8))
def test_a_week_is_any_seven_days_that_hold_the_purchase(others: list[Apart]) -> None:
    worst = 0
    for first in range(-6, 1):
        week = {TODAY + timedelta(days=first + place) for place in range(7)}
        assert TODAY in week
        worst = max(worst, sum(row.total_minor for row in others if row.bought_on in week))
    assert sum(row.total_minor for row in largest_week(TODAY, others)) == worst


@given(
    total=st.integers(1, 2_000_00),
    others=st.lists(st.builds(Apart, st.integers(1, 99), _days, st.integers(1, 600_00)), max_size=4),
    start=st.sampled_from([None, 1_000_00]),
    compared=st.booleans(),
)
def test_what_is_not_compared_stays_below_the_threshold_however_it_is_split(
    total: int, others: list[Apart], start: int | None, *, compared: bool
) -> None:
    found = examine_comparing(draft(total), Comparing(start), others, is_compared=compared)
    needed = (
        start is not None and total + sum(row.total_minor for row in largest_week(TODAY, others)) >= start
    )
    assert [one.code for one in found] == (["comparison_missing"] if needed and not compared else [])


def test_the_figures_of_a_split_purchase_stand_in_the_sentence() -> None:
    others = [Apart(3, TODAY, 600_00), Apart(2, TODAY - timedelta(days=7), 900_00)]
    [problem] = examine_comparing(draft(400_00), COMPARING, others, is_compared=False)
    assert all(figure in problem.sentence for figure in ("600.00", "400.00", "1,000.00", "3"))
    assert problem.facts == {"asked_minor": 400_00, "before_minor": 600_00, "from_minor": 1_000_00}


@pytest.mark.parametrize(
    ("supplier", "lines", "codes"),
    [
        ("甲", ((1, 94, 80_00),), []),
        ("甲", ((1, 90, 79_00),), []),
        ("乙", ((1, 94, 80_00),), ["supplier_differs"]),
        ("甲", ((4, 1, 1),), ["not_asked"]),
        ("甲", ((1, 95, 80_00),), ["more_than_asked"]),
        ("甲", ((1, 47, 80_00), (1, 48, 80_00)), ["more_than_asked"]),
        ("甲", ((1, 94, 80_01),), ["above_approved"]),
    ],
)
def test_a_purchase_keeps_to_its_request_and_to_the_quotation_chosen(
    supplier: str, lines: tuple[tuple[int, int, int], ...], codes: list[str]
) -> None:
    approved = Approved(3, LINES, Offer(1, "甲", {1: 80_00, 2: 60_00, 3: 60_00}), is_compared=True)
    bought = Draft(supplier, "1", TODAY, tuple(Line(*line) for line in lines))
    assert [problem.code for problem in examine_against(bought, approved)] == codes


def test_a_price_above_the_quotation_chosen_is_not_called_approved() -> None:
    bought = Draft("甲", "1", TODAY, (Line(1, 1, 84_00),))
    sentences = []
    for quoted in (80_00, 85_00):
        offer_ = Offer(1, "甲", {1: quoted, 2: 60_00, 3: 60_00})
        approved = Approved(3, (Line(1, 94, 83_00), *LINES[1:]), offer_, is_compared=True)
        [problem] = examine_against(bought, approved)
        assert problem.facts == {"price_minor": 84_00, "most_minor": min(quoted, 83_00)}
        sentences.append(problem.sentence)
    assert "80.00" in sentences[0]
    assert "83.00" in sentences[1]
    assert sentences[0].replace("80.00", "83.00").replace("4.00", "1.00") != sentences[1]


def test_a_price_above_the_approved_one_is_refused_with_both() -> None:
    approved = Approved(3, LINES, None, is_compared=False)
    [problem] = examine_against(Draft("甲", "1", TODAY, (Line(1, 1, 86_00),)), approved)
    assert (problem.code, problem.field) == ("above_approved", "lines-0-unit_price")
    assert all(figure in problem.sentence for figure in ("86.00", "85.00", "1.00"))
