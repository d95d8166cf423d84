"""Periods of half-days, days and weeks; what a slot counts; what a report must say."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergency.house import at, event
from songnuan.emergency.models import SlotStatus
from songnuan.emergency.report_rules import (
    Rhythm,
    Span,
    State,
    Tally,
    Told,
    excuse_days,
    nodes_of,
    path_of,
    permille,
    span_at,
    spans,
    state_of,
    tally,
    tidy,
)
from songnuan.kernel.refusal import Refusal

DAILY = Rhythm("day", time(16))
HALVES = Rhythm("half_day", time(11), time(17, 30))
WEEKLY = Rhythm("week", time(15), weekday=5)
KEYS = ("fever", "contacts")
SPAN = Span(at(5, 0), at(5, 16), at(6, 0))
MOMENTS = st.integers(0, 600_000).map(lambda minutes: at(1, 0) + timedelta(minutes=minutes))


def test_a_day_begins_at_midnight_in_china_and_is_due_at_its_hour() -> None:
    assert span_at(DAILY, at(5, 16, 30)) == Span(at(5, 0), at(5, 16), at(6, 0))
    assert span_at(DAILY, datetime.fromisoformat("2020-02-04T16:00:00+00:00")).day == date(2020, 2, 5)


def test_half_days_divide_at_noon() -> None:
    assert span_at(HALVES, at(5, 11, 59)) == Span(at(5, 0), at(5, 11), at(5, 12))
    assert span_at(HALVES, at(5, 12)) == Span(at(5, 12), at(5, 17, 30), at(6, 0))


def test_a_week_begins_on_monday() -> None:
    assert span_at(WEEKLY, at(5)) == Span(at(3, 0), at(7, 15), at(10, 0))
    assert span_at(WEEKLY, at(9, 23)).day == date(2020, 2, 3)


@given(rhythm=st.sampled_from([DAILY, HALVES, WEEKLY]), moment=MOMENTS)
def test_periods_follow_one_another_without_gap_and_each_moment_has_one(
    rhythm: Rhythm, moment: datetime
) -> None:
    span = span_at(rhythm, moment)
    assert span.starts_at <= moment < span.ends_at
    assert span.starts_at < span.due_at <= span.ends_at
    after = span_at(rhythm, span.ends_at)
    assert after.starts_at == span.ends_at
    assert span_at(rhythm, span.starts_at) == span


def test_the_first_period_is_one_that_can_still_be_reported_in_time() -> None:
    until = at(6, 1)
    assert [one.day.day for one in spans(DAILY, at(3, 9), None, until)] == [3, 4, 5, 6]
    assert [one.day.day for one in spans(DAILY, at(3, 16), None, until)] == [4, 5, 6]
    assert [one.day.day for one in spans(DAILY, at(3, 9), date(2020, 2, 4), until)] == [3, 4]
    assert list(spans(DAILY, at(3, 17), None, at(3, 23))) == []


@pytest.mark.parametrize(
    ("status", "moment", "is_excused", "state"),
    [
        ("open", at(5, 16), False, State.OPEN),
        ("open", at(5, 16, 1), False, State.MISSING),
        ("open", at(5, 9), True, State.EXCUSED),
        ("open", at(9), True, State.EXCUSED),
        ("zero", at(9), False, State.ZERO),
        ("event", at(5, 9), True, State.EVENT),
    ],
)
def test_how_a_slot_stands(status: str, moment: datetime, is_excused: bool, state: State) -> None:  # noqa: FBT001
    assert state_of(status, SPAN.due_at, moment, is_excused=is_excused) == state


@given(
    st.lists(
        st.tuples(st.sampled_from(SlotStatus.values), st.integers(1, 3), st.booleans(), st.booleans()),
        max_size=30,
    )
)
def test_no_rate_passes_100_per_cent_whatever_is_counted(rows: list[tuple[str, int, bool, bool]]) -> None:
    told = Tally()
    for status, version, late, excused in rows:
        is_open = status == SlotStatus.OPEN
        told += tally(status, 0 if is_open else version, is_late=late and not is_open, is_excused=excused)
    assert 0 <= told.on_time <= told.received <= told.asked <= told.expected == len(rows)
    assert told.lacking == sum(status == "open" and not excused for status, _v, _l, excused in rows)
    for rate in (told.completeness, told.timeliness):
        assert rate is None if not told.asked else rate is not None and 0 <= rate <= 1000


def test_rates_are_rounded_down_so_that_only_all_is_all() -> None:
    assert permille(Tally(expected=3000, received=2999).completeness) == "99.9%"
    assert permille(Tally(expected=3, received=3).completeness) == "100%"
    assert permille(Tally(expected=2, excused=2).completeness) == "—"


def test_a_path_comes_back_as_it_was() -> None:
    assert path_of([3, 17]) == ",3,17,"
    assert nodes_of(",3,17,") == [3, 17]


def test_a_zero_report_keeps_nothing_of_an_event_and_counts_zero() -> None:
    kept = tidy(Told("zero", category="health", words="x", figures={"fever": 9}), KEYS, SPAN, at(5))
    assert kept == Told("zero", figures={"fever": 0, "contacts": 0})


def test_a_figure_left_empty_is_zero_and_words_are_tidied() -> None:
    kept = tidy(event(at(5, 8), words="  发热\x00一人 "), KEYS, SPAN, at(5))
    assert kept.figures == {"fever": 2, "contacts": 0}
    assert kept.words == "发热一人"


@pytest.mark.parametrize(
    ("told", "moment", "code", "field"),
    [
        (Told("zero"), at(4, 23, 59), "period_not_begun", ""),
        (Told("open"), at(5), "kind_unfit", "kind"),
        (Told(""), at(5), "kind_unfit", "kind"),
        (event(at(5, 8), category="war"), at(5), "category_missing", "category"),
        (event(at(5, 8), happened_at=None), at(5), "happened_missing", "happened_at"),
        (event(at(5, 9, 6)), at(5), "happened_ahead", "happened_at"),
        (event(at(6, 0)), at(6, 8), "happened_later", "happened_at"),
        (event(at(5, 0) - timedelta(days=31)), at(5), "happened_long_ago", "happened_at"),
        (event(at(5, 8), words=" \x00 "), at(5), "words_missing", "words"),
        (event(at(5, 8), words="热" * 1_000_000), at(5), "text_too_long", "words"),
        (event(at(5, 8), figures={"fever": -1}), at(5), "figure_unfit", "figure-fever"),
        (event(at(5, 8), words="住户电话13900001234。"), at(5), "number_of_person", "words"),
        (event(at(5, 8), words="一人，110105194912310021。"), at(5), "number_of_person", "words"),
        (event(at(5, 8), figures={"fever": 10**30}), at(5), "figure_unfit", "figure-fever"),
        (event(at(5, 8), figures={"fever": True}), at(5), "figure_unfit", "figure-fever"),
        (event(at(5, 8), figures={"hacked": 1}), at(5), "figure_unfit", ""),
        (Told("zero", reason="改" * 401), at(5), "text_too_long", "reason"),
    ],
)
def test_what_a_report_may_not_say(told: Told, moment: datetime, code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        tidy(told, KEYS, SPAN, moment)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(refused.value.sentence) < 200


def test_a_phone_a_little_fast_is_believed() -> None:
    assert tidy(event(at(5, 9, 4)), KEYS, SPAN, at(5)).happened_at == at(5, 9, 4)


def test_the_digest_tells_reports_apart_and_not_the_zone() -> None:
    one, other = event(at(5, 8)), event(at(5, 8).astimezone(tz=None))
    assert one.digest(1) == other.digest(1) != one.digest(2)
    assert len({one.digest(1), event(at(5, 8), words="无").digest(1), Told("zero").digest(1)}) == 3


@pytest.mark.parametrize(
    ("first", "last", "ok"),
    [
        (date(2020, 2, 5), date(2020, 2, 5), True),
        (date(2019, 2, 10), date(2019, 2, 12), True),
        (date(2020, 2, 6), date(2020, 2, 5), False),
        (date(2020, 2, 5), date(2021, 2, 5), False),
        (date(2022, 1, 1), date(2022, 1, 2), False),
    ],
)
def test_days_of_an_excuse(first: date, last: date, ok: bool) -> None:  # noqa: FBT001
    if ok:
        excuse_days(first, last, date(2020, 2, 5))
        return
    with pytest.raises(Refusal, match=r".+") as refused:
        excuse_days(first, last, date(2020, 2, 5))
    assert refused.value.code == "excuse_days"
