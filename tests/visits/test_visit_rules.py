"""What a report must say, each rule by itself, and what makes a visit late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.visits.day_rules import late_reason_for, refuse_same_day
from songnuan.visits.rules import (
    BEFORE_MOST,
    CONDITIONS_SHORTEST,
    ENTRY_IN_TIME,
    FUTURE_TOLERANCE,
    MEMBERS_MOST,
    NAME_LONGEST,
    REASON_LONGEST,
    SKEW_MOST,
    TEXT_LONGEST,
    Begun,
    InspectionAnswer,
    Member,
    Report,
    ReportRefused,
    entered_in_time_from,
    examine,
    is_before_plan,
    is_late,
    is_late_entry,
    is_overdue,
    needs_entry_reason,
    tidy,
)

START = date(2020, 4, 6)
NOON = datetime(2020, 4, 10, 12, tzinfo=CHINA)
ITEMS = ("masks", "register", "disinfection")
GOOD = Report(
    form="on_site",
    happened_at=NOON - timedelta(hours=1),
    device_at=NOON - timedelta(minutes=40),
    received_at=NOON,
    clock_skew_seconds=0,
    prevention="good",
    prevention_note="",
    conditions="三班倒，食宿有保障",
    receiver_name="赵守江",
    signed=True,
    members=[Member("方巡河", 1)],
    inspection=[InspectionAnswer(key, "pass") for key in ITEMS],
)


def codes(report: Report, items: tuple[str, ...] = ITEMS, starts_on: date | None = START) -> list[str]:
    return [problem.code for problem in examine(report, begun=Begun(starts_on), items=items)]


def answers(*keys: str, result: str = "pass") -> list[InspectionAnswer]:
    return [InspectionAnswer(key, result) for key in keys]


def test_a_whole_report_has_no_problem() -> None:
    assert codes(GOOD) == []
    assert codes(replace(GOOD, device_at=None)) == []


@pytest.mark.parametrize("form", ["delivery", "call"])
def test_a_form_other_than_on_site_says_why(form: str) -> None:
    assert codes(replace(GOOD, form=form)) == ["form_reason_missing"]
    assert codes(replace(GOOD, form=form, form_reason="  ")) == ["form_reason_missing"]
    assert codes(replace(GOOD, form=form, form_reason="封闭管理，不得入内")) == []


def test_a_reason_that_the_form_does_not_ask_for_is_dropped() -> None:
    for form, kept in (("on_site", ""), ("call", "其实是打电话"), ("letter", "其实是打电话")):
        report = tidy(replace(GOOD, form=form, form_reason=" 其实是打电话 ", short_reason="改日送达"))
        assert (report.form_reason, report.short_reason) == (kept, ""), form
    assert codes(replace(GOOD, form_reason="长" * (REASON_LONGEST + 1))) == []


def test_a_form_is_one_of_the_three() -> None:
    assert codes(replace(GOOD, form="letter")) == ["form_unknown"]
    assert codes(replace(GOOD, form="")) == ["form_unknown"]


def test_a_visit_does_not_take_place_in_the_future() -> None:
    edge = NOON + FUTURE_TOLERANCE
    assert codes(replace(GOOD, happened_at=edge)) == []
    assert codes(replace(GOOD, happened_at=edge + timedelta(seconds=1))) == ["happened_in_future"]


def test_a_day_long_before_the_plan_is_a_year_mistyped_and_asks_for_no_reason() -> None:
    first = datetime(2020, 4, 6, 9, 0, tzinfo=CHINA)
    edge = replace(GOOD, happened_at=first - BEFORE_MOST)
    assert codes(edge) == ["entry_reason_missing"]
    assert codes(replace(edge, happened_at=edge.happened_at - timedelta(days=1))) == ["visit_long_ago"]
    [problem] = examine(replace(GOOD, happened_at=NOON.replace(year=2019)), begun=Begun(START), items=ITEMS)
    assert problem.field == "happened_at"
    assert codes(replace(GOOD, happened_at=NOON.replace(year=2019)), starts_on=None) == [
        "entry_reason_missing"
    ]


def test_what_is_not_in_order_is_named() -> None:
    found = [*answers("masks", "register"), InspectionAnswer("disinfection", "fail", " ")]
    [problem] = examine(replace(GOOD, inspection=found), begun=Begun(START), items=ITEMS)
    assert (problem.field, problem.code) == ("note_disinfection", "inspection_note_missing")
    found[-1] = InspectionAnswer("disinfection", "fail", "消毒记录缺两天")
    assert codes(replace(GOOD, inspection=found)) == []


def test_a_visit_before_the_plan_began_is_taken_and_says_why() -> None:
    first = datetime(2020, 4, 6, 0, 0, tzinfo=CHINA)
    just_in = replace(GOOD, happened_at=first, received_at=first + timedelta(hours=1))
    assert codes(just_in) == []
    assert codes(replace(just_in, happened_at=first - timedelta(minutes=1))) == ["entry_reason_missing"]
    early = replace(GOOD, happened_at=first - timedelta(days=9), entry_reason="方案印发前的走访")
    assert codes(early) == []
    assert codes(early, starts_on=None) == []
    assert is_before_plan(early.happened_at, Begun(START))
    assert not is_before_plan(early.happened_at, Begun())
    opened = Begun(None, first)
    assert not is_before_plan(first, opened)
    assert is_before_plan(first - timedelta(seconds=1), opened)


def test_a_clock_that_is_years_off_is_refused_and_any_other_kept() -> None:
    assert codes(replace(GOOD, clock_skew_seconds=-SKEW_MOST)) == []
    assert codes(replace(GOOD, clock_skew_seconds=SKEW_MOST + 1)) == ["clock_skew_too_large"]
    assert SKEW_MOST < 2**31, "it fits its column"


def test_somebody_took_part_and_has_a_name() -> None:
    assert codes(replace(GOOD, members=[])) == ["members_missing"]
    assert codes(replace(GOOD, members=[Member("方巡河"), Member(" ")])) == ["members_missing"]
    assert codes(replace(GOOD, members=[Member("长" * (NAME_LONGEST + 1))])) == ["members_too_long"]
    assert codes(replace(GOOD, members=[Member("方巡河")] * (MEMBERS_MOST + 1))) == ["members_too_long"]


@pytest.mark.parametrize("prevention", ["partial", "weak"])
def test_prevention_short_of_good_says_what_is_wrong(prevention: str) -> None:
    assert codes(replace(GOOD, prevention=prevention)) == ["prevention_note_missing"]
    assert codes(replace(GOOD, prevention=prevention, prevention_note="夜间登记有缺漏")) == []


def test_prevention_is_one_of_the_three() -> None:
    assert codes(replace(GOOD, prevention="fine")) == ["prevention_unknown"]
    too_long = replace(GOOD, prevention_note="长" * (TEXT_LONGEST + 1))
    assert codes(too_long) == ["prevention_note_too_long"]


@pytest.mark.parametrize(
    ("length", "found"),
    [
        (CONDITIONS_SHORTEST - 1, ["conditions_missing"]),
        (CONDITIONS_SHORTEST, []),
        (TEXT_LONGEST, []),
        (TEXT_LONGEST + 1, ["conditions_too_long"]),
    ],
)
def test_conditions_are_told_in_words_within_bounds(length: int, found: list[str]) -> None:
    assert codes(replace(GOOD, conditions=" " + "好" * length + "\n")) == found


def test_a_visit_on_site_answers_every_item_once() -> None:
    assert codes(replace(GOOD, inspection=answers(*reversed(ITEMS), result="na"))) == []
    short: list[tuple[str, ...]] = [(), ITEMS[:2], ("masks", "masks", "register")]
    for keys in short:
        assert codes(replace(GOOD, inspection=answers(*keys))) == ["inspection_missing"], keys
    long: list[tuple[str, ...]] = [(*ITEMS, "more"), (*ITEMS, ITEMS[0])]
    for keys in long:
        assert codes(replace(GOOD, inspection=answers(*keys))) == ["inspection_items_differ"], keys


def test_a_clause_that_asks_for_no_inspection_takes_none() -> None:
    assert codes(replace(GOOD, inspection=[]), items=()) == []
    assert codes(replace(GOOD, inspection=answers("masks")), items=()) == ["inspection_items_differ"]


@pytest.mark.parametrize("form", ["delivery", "call"])
def test_who_was_not_on_site_leaves_the_inspection_out_or_gives_it_whole(form: str) -> None:
    elsewhere = replace(GOOD, form=form, form_reason="封闭管理，不得入内")
    assert codes(replace(elsewhere, inspection=[])) == []
    assert codes(elsewhere) == []
    assert codes(replace(elsewhere, inspection=answers("masks"))) == ["inspection_items_differ"]


def test_an_item_is_answered_in_one_of_three_ways() -> None:
    assert codes(replace(GOOD, inspection=answers(*ITEMS, result="maybe"))) == ["inspection_result_unknown"]
    noted = [InspectionAnswer(key, "fail", "长" * (REASON_LONGEST + 1)) for key in ITEMS]
    assert codes(replace(GOOD, inspection=noted)) == ["inspection_note_too_long"]


def test_somebody_received_the_visit_and_signed() -> None:
    assert codes(replace(GOOD, receiver_name=" ")) == ["receiver_missing"]
    assert codes(replace(GOOD, receiver_name="长" * (NAME_LONGEST + 1))) == ["receiver_name_too_long"]
    assert codes(replace(GOOD, signed=False)) == ["signature_missing"]
    for ours in (GOOD.members[0].name, f" {GOOD.members[0].name} "):
        barred = [f"{GOOD.members[0].name} ", "贺明远"]
        assert codes(replace(GOOD, receiver_name=ours, barred=barred)) == ["receiver_is_visitor"]
    assert codes(replace(GOOD, barred=[GOOD.receiver_name])) == ["receiver_is_visitor"]
    namesake = f"{GOOD.members[0].name}（船闸管理所）"
    assert codes(replace(GOOD, receiver_name=namesake, barred=[GOOD.members[0].name])) == []
    assert codes(replace(GOOD, signed=False, form="call", form_reason="封闭管理")) == []


def test_a_late_visit_is_no_problem_and_a_late_entry_says_why() -> None:
    much_later = replace(GOOD, received_at=NOON + timedelta(days=90))
    assert codes(much_later) == ["entry_reason_missing"]
    assert codes(replace(much_later, entry_reason=" ")) == ["entry_reason_missing"]
    assert codes(replace(much_later, entry_reason="岸上没有信号")) == []
    assert codes(replace(much_later, entry_reason="长" * (REASON_LONGEST + 1))) == ["entry_reason_too_long"]
    assert codes(replace(GOOD, late_reason="长" * (REASON_LONGEST + 1))) == ["late_reason_too_long"]


@pytest.mark.parametrize(
    "begun", [Begun(), Begun(START), Begun(date(2020, 4, 10)), Begun(START, NOON - timedelta(hours=3))]
)
def test_from_one_moment_on_nothing_is_a_late_entry(begun: Begun) -> None:
    moment = entered_in_time_from(NOON, begun)
    assert not needs_entry_reason(moment, NOON, begun)
    assert needs_entry_reason(moment - timedelta(seconds=1), NOON, begun)


def test_all_problems_come_at_once_in_the_order_of_the_form() -> None:
    empty = Report(
        form="",
        happened_at=NOON + timedelta(days=1),
        device_at=None,
        received_at=NOON,
        clock_skew_seconds=0,
        prevention="",
        prevention_note="",
        conditions="",
        receiver_name="",
        signed=False,
        members=[],
    )
    problems = examine(empty, begun=Begun(START), items=ITEMS)
    fields = ["form", "happened_at", "members", "prevention", "conditions", "receiver_name", "signature"]
    on_site = examine(replace(empty, form="on_site"), begun=Begun(START), items=ITEMS)
    assert [problem.field for problem in on_site] == [*fields[1:5], "inspection", *fields[5:]]
    assert [problem.field for problem in problems] == fields
    assert all(problem.sentence for problem in problems)
    refusal = ReportRefused(problems)
    assert (refusal.code, refusal.field) == ("form_unknown", "form")
    assert [problem.code for problem in refusal.problems] == str(refusal.facts["problems"]).split(",")


def test_texts_and_names_are_tidied() -> None:
    tidied = tidy(
        replace(
            GOOD,
            conditions=" 三班倒\x00 ",
            receiver_name=" 赵 守江 ",
            members=[Member("阿依 • 买买提", 4)],
            inspection=[InspectionAnswer("masks", "pass", " 足 ")],
        )
    )
    assert (tidied.conditions, tidied.receiver_name) == ("三班倒", "赵守江")
    assert list(tidied.members) == [Member("阿依·买买提", 4)]
    assert list(tidied.inspection) == [InspectionAnswer("masks", "pass", "足")]


def test_late_goes_by_the_day_in_china() -> None:
    due = date(2020, 4, 21)
    assert not is_late(datetime(2020, 4, 21, 23, 59, tzinfo=CHINA), due)
    assert is_late(datetime(2020, 4, 22, 0, 0, tzinfo=CHINA), due)


def test_an_entry_is_late_after_a_day() -> None:
    assert not is_late_entry(NOON, NOON + ENTRY_IN_TIME)
    assert is_late_entry(NOON, NOON + ENTRY_IN_TIME + timedelta(seconds=1))


def test_overdue_is_past_the_planned_day_or_without_one_past_the_deadline() -> None:
    day = date(2020, 4, 10)
    assert not is_overdue(day, day, day)
    assert not is_overdue(None, day, day)
    assert is_overdue(date(2020, 4, 9), day, day)
    assert is_overdue(None, date(2020, 4, 9), day)
    assert not is_overdue(date(2020, 4, 12), date(2020, 4, 9), day), "a later day stands only when allowed"


def test_a_day_that_changes_nothing_is_refused() -> None:
    stands, later, waits = date(2020, 4, 14), date(2020, 4, 24), (date(2020, 4, 24), "汛期停航")
    refuse_same_day(later, stands=stands, waits=None, reason="汛期停航")
    refuse_same_day(stands, stands=stands, waits=waits, reason="")
    refuse_same_day(later, stands=stands, waits=waits, reason="船闸检修")
    refuse_same_day(stands, stands=None, waits=None, reason="")
    cases = ((stands, None, ""), (later, waits, "汛期停航"))
    for day, waiting, reason in cases:
        with override("zh-hans"), pytest.raises(Refusal) as caught:
            refuse_same_day(day, stands=stands, waits=waiting, reason=reason)
        assert (caught.value.code, caught.value.field) == ("day_unchanged", "planned_on")
        assert f"4月{day.day}日" in caught.value.sentence


def test_a_date_after_the_deadline_needs_a_reason_and_no_other_keeps_one() -> None:
    due = date(2020, 4, 21)
    assert late_reason_for(due, due, "有雨") == ""
    assert late_reason_for(None, due, "") == ""
    assert late_reason_for(date(2020, 4, 22), due, " 汛期停航 ") == "汛期停航"
    for reason, code in ((" ", "late_reason_missing"), ("长" * (REASON_LONGEST + 1), "late_reason_too_long")):
        with pytest.raises(Refusal) as caught:
            late_reason_for(date(2020, 4, 22), due, reason)
        assert (caught.value.code, caught.value.field) == (code, "late_reason")


TEXTS = st.one_of(st.sampled_from(["", " ", "好", "三班倒"]), st.text(max_size=12))
REPORTS = st.builds(
    Report,
    form=st.sampled_from(["on_site", "delivery", "call", "other"]),
    happened_at=st.datetimes(datetime(2020, 4, 1), datetime(2020, 5, 1), timezones=st.just(CHINA)),  # noqa: DTZ001 - zone beside
    device_at=st.none(),
    received_at=st.datetimes(datetime(2020, 4, 1), datetime(2020, 5, 1), timezones=st.just(CHINA)),  # noqa: DTZ001 - zone beside
    clock_skew_seconds=st.integers(-(10**10), 10**10),
    prevention=st.sampled_from(["good", "partial", "weak", ""]),
    prevention_note=TEXTS,
    conditions=TEXTS,
    receiver_name=TEXTS,
    signed=st.booleans(),
    members=st.lists(st.builds(Member, TEXTS), max_size=3),
    inspection=st.lists(
        st.builds(InspectionAnswer, st.sampled_from(ITEMS), st.sampled_from(["pass", "fail", "na", "?"])),
        max_size=4,
    ),
    form_reason=TEXTS,
    late_reason=TEXTS,
    entry_reason=TEXTS,
)


@given(REPORTS)
def test_tidying_twice_changes_nothing_and_hides_no_problem(report: Report) -> None:
    tidied = tidy(report)
    assert tidy(tidied) == tidied
    assert codes(report) == codes(tidied)


WORDS = st.sampled_from(["夜间登记有缺漏", " 封闭管理 ", "三班倒"])
WHOLE = st.builds(
    Report,
    form=st.just("on_site"),
    happened_at=st.datetimes(datetime(2020, 4, 6), datetime(2020, 5, 1), timezones=st.just(CHINA)),  # noqa: DTZ001 - zone beside
    device_at=st.none(),
    received_at=st.just(datetime(2020, 5, 1, tzinfo=CHINA)),
    clock_skew_seconds=st.integers(-SKEW_MOST, SKEW_MOST),
    prevention=st.sampled_from(["good", "partial", "weak"]),
    prevention_note=WORDS,
    conditions=WORDS,
    receiver_name=WORDS.map(lambda name: f"{name}（船闸管理所）"),
    signed=st.just(True),
    members=st.lists(st.builds(Member, WORDS), min_size=1, max_size=3),
    inspection=st.permutations(ITEMS).flatmap(
        lambda keys: st.tuples(
            *(
                st.builds(InspectionAnswer, st.just(key), st.sampled_from(["pass", "fail"]), WORDS)
                for key in keys
            )
        )
    ),
    late_reason=st.sampled_from(["", "汛期停航"]),
    entry_reason=WORDS,
)


GAPS: dict[str, Callable[[Report], Report]] = {
    "form": lambda report: replace(report, form=""),
    "prevention": lambda report: replace(report, prevention=""),
    "conditions": lambda report: replace(report, conditions=""),
    "receiver_name": lambda report: replace(report, receiver_name=""),
    "members": lambda report: replace(report, members=[*report.members, Member("")]),
    "inspection": lambda report: replace(report, inspection=report.inspection[1:]),
    "signature": lambda report: replace(report, signed=False),
}


@given(WHOLE, st.sampled_from(sorted(GAPS)))
def test_a_whole_report_is_taken_and_each_gap_in_it_is_found(report: Report, gap: str) -> None:
    assert codes(report) == []
    assert [problem.field for problem in examine(GAPS[gap](report), begun=Begun(START), items=ITEMS)] == [gap]


@given(REPORTS, st.integers(-30, 30))
def test_one_fault_more_is_one_problem_more(report: Report, hours: int) -> None:
    """Problems of one input do not hide those of another."""
    worse = replace(
        report, receiver_name="", happened_at=report.received_at + timedelta(days=1, hours=hours % 24)
    )
    found = codes(worse)
    assert "receiver_missing" in found
    assert "happened_in_future" in found
    untouched = {"happened_in_future", "entry_reason_missing", "receiver_missing", "receiver_name_too_long"}
    untouched.add("receiver_is_visitor")
    assert [code for code in found if code not in untouched] == [
        code for code in codes(report) if code not in untouched
    ]


@given(st.datetimes(datetime(2020, 4, 1), datetime(2020, 5, 1), timezones=st.just(CHINA)), st.dates())  # noqa: DTZ001 - zone beside
def test_late_means_after_the_last_minute_of_the_deadline(happened_at: datetime, due_on: date) -> None:
    if due_on == date.max:
        return
    midnight = datetime.combine(due_on + timedelta(days=1), datetime.min.time(), CHINA)
    assert is_late(happened_at, due_on) == (happened_at >= midnight)
