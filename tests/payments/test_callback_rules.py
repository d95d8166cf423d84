"""What an answer must say, what of it is amiss, and how many are drawn: rules without a database."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import CONFIDENCES, MARGINS, draw, margin_for
from songnuan.payments.sample_models import Finding
from songnuan.payments.sample_rules import (
    Answer,
    Booked,
    Order,
    Scope,
    check_called_on,
    check_scope,
    checked,
    findings,
    size_of,
    why_again,
)

BANK, CASH = Booked(2000_00), Booked(2000_00, is_cash=True)
FINE = Answer(reached=True, received="whole", kept="kept")
GAVE = replace(FINE, kept="gave_back", back_minor=300_00, back_to="组长", words="要交回三百")


def code_of(answer: Answer, booked: Booked = BANK) -> tuple[str, str]:
    """Return the code of the refusal, and beside which field it stands."""
    with pytest.raises(Refusal) as refused:
        checked(answer, booked)
    return refused.value.code, refused.value.field


@pytest.mark.parametrize(
    ("answer", "booked", "found"),
    [
        (Answer(reached=False), BANK, ()),
        (FINE, BANK, ()),
        (replace(FINE, signed=True), CASH, ()),
        (replace(FINE, signed=False), CASH, (Finding.UNSIGNED,)),
        (replace(FINE, signed=False), replace(CASH, by_proxy=True), ()),
        (Answer(reached=True, received="nothing"), BANK, (Finding.NOTHING,)),
        (Answer(reached=True, received="nothing"), replace(BANK, came_back=True), ()),
        (FINE, replace(BANK, came_back=True), (Finding.CAME_BACK,)),
        (replace(FINE, received="other", received_minor=1500_00), BANK, (Finding.LESS,)),
        (replace(FINE, received="other", received_minor=2500_00), BANK, (Finding.MORE,)),
        (replace(FINE, kept="asked"), BANK, (Finding.ASKED,)),
        (GAVE, BANK, (Finding.GAVE_BACK,)),
        (
            replace(GAVE, received="other", received_minor=1000_00, signed=False),
            CASH,
            (Finding.LESS, Finding.GAVE_BACK, Finding.UNSIGNED),
        ),
    ],
)
def test_what_is_amiss_follows_from_answer_and_books(
    answer: Answer, booked: Booked, found: tuple[Finding, ...]
) -> None:
    assert findings(answer, booked) == found


@pytest.mark.parametrize(
    ("answer", "booked", "code", "field"),
    [
        (Answer(reached=True), BANK, "answer_missing", "received"),
        (replace(FINE, received="maybe"), BANK, "answer_missing", "received"),
        (replace(FINE, received="other"), BANK, "sum_wrong", "received_minor"),
        (replace(FINE, received="other", received_minor=0), BANK, "sum_wrong", "received_minor"),
        (replace(FINE, received="other", received_minor=2000_00), BANK, "sum_wrong", "received_minor"),
        (replace(FINE, kept=""), BANK, "answer_missing", "kept"),
        (replace(GAVE, back_minor=None), BANK, "sum_wrong", "back_minor"),
        (replace(GAVE, back_minor=2000_01), BANK, "sum_wrong", "back_minor"),
        (
            replace(GAVE, received="other", received_minor=200_00, back_minor=300_00),
            BANK,
            "sum_wrong",
            "back_minor",
        ),
        (replace(GAVE, back_to=" "), BANK, "answer_missing", "back_to"),
        (replace(GAVE, back_to="张三13800138000"), BANK, "number_of_person", "back_to"),
        (FINE, CASH, "answer_missing", "signed"),
        (replace(GAVE, words="是"), BANK, "words_missing", "words"),
        (Answer(reached=True, received="nothing"), BANK, "words_missing", "words"),
        (replace(FINE, words="电话13800138000"), BANK, "number_of_person", "words"),
        (replace(FINE, words="长" * 1001), BANK, "text_too_long", "words"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_beside_its_field(
    answer: Answer, booked: Booked, code: str, field: str
) -> None:
    assert code_of(answer, booked) == (code, field)


def test_what_does_not_belong_to_an_answer_is_left_out() -> None:
    told = replace(GAVE, kept="kept", received_minor=5, signed=True, words=" 都好\x00 ")
    assert checked(told, BANK) == replace(FINE, words="都好")
    assert checked(replace(GAVE, received="nothing"), BANK) == Answer(
        reached=True, received="nothing", words=GAVE.words
    )
    assert checked(replace(GAVE, reached=False, words=""), CASH) == Answer(reached=False)


ANSWERS = st.builds(
    Answer,
    reached=st.booleans(),
    received=st.sampled_from(["", "whole", "other", "nothing"]),
    received_minor=st.none() | st.integers(-1, 3000_00),
    kept=st.sampled_from(["", "kept", "asked", "gave_back"]),
    back_minor=st.none() | st.integers(-1, 3000_00),
    back_to=st.sampled_from(["", "组长"]),
    signed=st.none() | st.booleans(),
    words=st.sampled_from(["", "说了几句"]),
)
BOOKED = st.builds(
    Booked,
    amount_minor=st.integers(1, 3000_00),
    is_cash=st.booleans(),
    by_proxy=st.booleans(),
    came_back=st.booleans(),
)


@given(answer=ANSWERS, booked=BOOKED)
def test_whatever_is_taken_in_is_whole_and_stays_as_it_is(answer: Answer, booked: Booked) -> None:
    try:
        told = checked(answer, booked)
    except Refusal:
        return
    assert checked(told, booked) == told
    assert (told.received_minor is not None) == (told.received == "other")
    assert (told.back_minor is not None) == (told.kept == "gave_back") == bool(told.back_to)
    assert (told.kept == "") == (not told.reached or told.received == "nothing")
    assert (told.signed is not None) == (told.reached and booked.is_cash)
    if findings(told, booked):
        assert told.words
    if told.back_minor is not None:
        assert 0 < told.back_minor <= (told.received_minor or booked.amount_minor)


@given(
    pool=st.dictionaries(st.integers(1, 9_999), st.integers(1, 8), min_size=1, max_size=80),
    confidence=st.sampled_from(CONFIDENCES),
    margin=st.sampled_from(MARGINS),
    by_unit=st.booleans(),
)
def test_a_size_from_a_margin_keeps_to_it_and_gives_each_unit_its_share(
    pool: dict[int, int], confidence: int, margin: int, *, by_unit: bool
) -> None:
    size = size_of(Order(confidence, by_unit, margin=margin), pool)
    assert margin_for(len(pool), size=size, confidence=confidence) <= margin + 1e-6
    drawn = draw(pool, size, "种子", with_shares=by_unit)
    assert len(set(drawn)) == len(drawn) == size
    assert set(drawn) <= set(pool)
    assert draw(dict(reversed(pool.items())), size, "种子", with_shares=by_unit) == drawn
    if by_unit:
        assert {pool[one] for one in drawn} == set(pool.values())


@pytest.mark.parametrize(
    "order",
    [
        Order(95, by_unit=False),
        Order(95, by_unit=False, margin=4),
        Order(95, by_unit=False, size=0),
        Order(95, by_unit=False, size=4),
        Order(95, by_unit=True, size=1),
    ],
)
def test_what_can_not_be_drawn_is_refused(order: Order) -> None:
    with pytest.raises(Refusal) as refused:
        size_of(order, {1: 5, 2: 5, 3: 6})
    assert (refused.value.code, refused.value.field) == ("sample_size", "size")


def test_nothing_is_drawn_where_nothing_was_paid() -> None:
    with pytest.raises(Refusal) as refused:
        size_of(Order(95, by_unit=False, size=1), {})
    assert refused.value.code == "sample_size"


def test_days_and_reasons() -> None:
    day, after = date(2020, 4, 20), date(2020, 4, 22)
    check_called_on(day, paid_on=day, today=day)
    for told, paid, code in ((after, day, "happened_in_future"), (day, after, "called_before_payment")):
        with pytest.raises(Refusal) as refused:
            check_called_on(told, paid_on=paid, today=day if code == "happened_in_future" else after)
        assert (refused.value.code, refused.value.field) == (code, "happened_on")
    check_scope(Scope(list_id=1), day)
    check_scope(Scope(since=day, until=after), day)
    for scope in (Scope(), Scope(since=after, until=day), Scope(since=after, until=after)):
        with pytest.raises(Refusal) as refused:
            check_scope(scope, day)
        assert refused.value.code == "period_wrong"
    assert why_again("", is_open=False) == ""
    assert why_again(" 抽取面太窄 ", is_open=True) == "抽取面太窄"
    with pytest.raises(Refusal) as refused:
        why_again(" ", is_open=True)
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
