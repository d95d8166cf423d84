"""The rules of what goes out when, without a database."""

import ast
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people import at
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.facts import Fact, When, still_holds
from songnuan.outreach.letters import LINES, News, alone, digest, unpacked
from songnuan.outreach.rules import (
    ALONE_A_DAY,
    EACH_ALONE,
    Abilities,
    Going,
    Gone,
    Hours,
    Waiting,
    check_hours,
    going,
    is_quiet,
)
from songnuan.outreach.topics import TOPICS

SOURCE = Path(__file__).resolve().parents[2] / "src/songnuan"
MAIL = Abilities()
DAYS = 4
START = datetime(2020, 4, 6, tzinfo=CHINA)

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
moments = st.integers(0, DAYS * 24 * 60).map(lambda minute: START + timedelta(minutes=minute))


@st.composite
def all_hours(draw: st.DrawFn) -> Hours:
    """Draw wishes that the house would keep."""
    hours = Hours(draw(st.booleans()), draw(times), draw(times), draw(times))
    try:
        check_hours(hours)
    except Refusal:
        return Hours(hours.at_once, hours.quiet_from, hours.quiet_from, hours.digest_at)
    return hours


notices = st.lists(st.tuples(moments, st.booleans()), max_size=40).map(
    lambda rows: [
        Waiting(number, "visit.recorded", is_urgent, moment)
        for number, (moment, is_urgent) in enumerate(sorted(rows))
    ]
)


class Post:
    """A way through some days: what was given out at each look, and what still waits."""

    def __init__(
        self,
        rows: list[Waiting],
        hours: Hours,
        abilities: Abilities = MAIL,
        digest_on: datetime | None = None,
    ) -> None:
        self.waiting, self.hours, self.abilities = rows, hours, abilities
        self.digest_on = digest_on.date() if digest_on else None
        self.digests: list[tuple[datetime, tuple[Waiting, ...]]] = []
        self.letters: list[tuple[datetime, tuple[Waiting, ...]]] = []

    def look(self, moment: datetime) -> Going:
        """Look once, and give out what goes."""
        day = moment.astimezone(CHINA).date()
        there = [row for row in self.waiting if row.created_at <= moment]
        gone = Gone(sum(when.date() == day for when, _rows in self.letters), self.digest_on)
        found = going(there, gone, hours=self.hours, abilities=self.abilities, at=moment)
        left = {row.message_id for part in (*found.letters, found.digest) for row in part}
        self.waiting = [row for row in self.waiting if row.message_id not in left]
        self.letters += [(moment, rows) for rows in found.letters]
        if found.is_digest_due:
            self.digest_on = day
            self.digests.append((moment, found.digest))
        return found


def every(minutes: int, days: int = DAYS + 2) -> list[datetime]:
    """Return the looks of a worker that is never down."""
    return [START + timedelta(minutes=minute) for minute in range(0, days * 24 * 60, minutes)]


@given(notices, all_hours(), st.lists(moments, max_size=60))
def test_nothing_goes_out_in_quiet_hours_or_twice(
    rows: list[Waiting], hours: Hours, looks: list[datetime]
) -> None:
    post = Post(rows, hours)
    for moment in sorted(looks):
        post.look(moment)
    assert not any(is_quiet(when, hours) for when, _told in (*post.digests, *post.letters))
    told = [row.message_id for _when, part in (*post.letters, *post.digests) for row in part]
    assert len(told) == len(set(told))
    days = [when.astimezone(CHINA).date() for when, _told in post.digests]
    assert len(days) == len(set(days)), "one digest a day"
    for day in {when.date() for when, _rows in post.letters}:
        assert sum(when.date() == day for when, _rows in post.letters) <= ALONE_A_DAY
    for moment in {when for when, _rows in post.letters}:
        assert sum(when == moment for when, _rows in post.letters) <= EACH_ALONE


@given(notices, all_hours())
def test_whoever_waits_long_enough_is_told_everything_once(rows: list[Waiting], hours: Hours) -> None:
    post = Post(list(rows), hours)
    for moment in every(60):
        post.look(moment)
    assert post.waiting == []


@given(notices, all_hours(), st.integers(1, DAYS))
def test_a_worker_that_was_down_for_days_writes_one_digest(
    rows: list[Waiting], hours: Hours, days: int
) -> None:
    post = Post(list(rows), hours)
    back = START + timedelta(days=days)
    for moment in every(30):
        if back <= moment < back + timedelta(days=1):
            post.look(moment)
    assert len(post.digests) <= 1
    old = {row.message_id for row in rows if row.created_at < back - timedelta(days=1)}
    alone = {row.message_id for _when, part in post.letters for row in part}
    assert not old & alone, "what is old comes together"


def one(minute: datetime, *, is_urgent: bool = False, number: int = 1) -> Waiting:
    return Waiting(number, "visit.today" if is_urgent else "visit.recorded", is_urgent, minute)


def test_what_is_urgent_goes_at_once_and_in_quiet_hours_right_after_them() -> None:
    post = Post([one(at(8, 22), is_urgent=True)], Hours(), digest_on=at(8))
    assert post.look(at(8, 23)) == Going()
    assert post.look(at(9, 7)) == Going()
    assert len(post.look(at(9, 7, 30)).letters) == 1
    post = Post([one(at(9, 14), is_urgent=True)], Hours(), digest_on=at(9))
    assert len(post.look(at(9, 14, 1)).letters) == 1


def test_what_is_urgent_just_before_the_digest_of_the_day_waits_for_it() -> None:
    post = Post([one(at(9, 8), is_urgent=True)], Hours(), digest_on=at(8))
    assert post.look(at(9, 8, 5)) == Going()
    found = post.look(at(9, 8, 15))
    assert (len(found.letters), len(found.digest)) == (0, 1)
    post = Post([one(at(9, 8), is_urgent=True)], Hours(at_once=True), digest_on=at(8))
    assert len(post.look(at(9, 8, 5)).letters) == 1


def test_what_is_normal_waits_for_the_digest_of_the_day() -> None:
    post = Post([one(at(8, 7, 40))], Hours())
    assert post.look(at(8, 8, 14)) == Going()
    assert [row.message_id for row in post.look(at(8, 8, 15)).digest] == [1]
    assert not post.look(at(8, 8, 20)).is_digest_due


def test_beyond_six_letters_a_day_the_urgent_ones_join_the_digest() -> None:
    rows = [one(at(8, 10, minute), is_urgent=True, number=minute) for minute in range(9)]
    post = Post(rows, Hours())
    post.look(at(8, 9))  # the digest of the day, in which nothing stands yet
    for minute in range(9):
        post.look(at(8, 10, minute))
    assert [row.message_id for _when, (row,) in post.letters] == list(range(6))
    assert post.look(at(9, 7, 45)) == Going(), "what was left does not go alone the next morning"
    assert [row.message_id for row in post.look(at(9, 8, 15)).digest] == [6, 7, 8]


def test_more_than_three_at_once_go_as_one_letter_and_with_the_digest_that_goes_now() -> None:
    rows = [one(at(8, 10, minute), is_urgent=True, number=minute) for minute in range(8)]
    post = Post(list(rows), Hours(), digest_on=at(8))
    assert [len(letter) for letter in post.look(at(8, 10, 2)).letters] == [1, 1, 1]
    assert [len(letter) for letter in post.look(at(8, 11)).letters] == [5]
    post = Post(list(rows), Hours(at_once=True))
    found = post.look(at(8, 11))
    assert (found.letters, len(found.digest)) == ((), 8)
    post = Post(list(rows), Hours(), Abilities(is_batchable=False))
    assert len(post.look(at(8, 11)).letters) == ALONE_A_DAY, "what cannot go together goes each alone"


def test_what_somebody_asked_for_waits_for_no_digest_and_has_no_limit() -> None:
    chased = Waiting(99, "problem.chased", True, at(8, 8), presses=True)
    post = Post([chased], Hours())
    assert post.look(at(8, 8, 5)).letters == ((chased,),)
    found = going([chased], Gone(ALONE_A_DAY), hours=Hours(), abilities=MAIL, at=at(8, 8, 5))
    assert found.letters == ((chased,),)
    assert going([chased], Gone(), hours=Hours(), abilities=MAIL, at=at(8, 22)) == Going()


def test_who_is_told_at_once_gets_each_alone_and_a_channel_may_take_only_what_is_urgent() -> None:
    post = Post([one(at(8, 10))], Hours(at_once=True))
    assert len(post.look(at(8, 10, 5)).letters) == 1
    post = Post(
        [one(at(8, 10)), one(at(8, 10), is_urgent=True, number=2)], Hours(), Abilities(urgent_only=True)
    )
    assert [row.message_id for (row,) in post.look(at(8, 10, 5)).letters] == [2]
    assert not post.look(at(9, 9)).is_digest_due
    post = Post([one(at(8, 10))], Hours(), Abilities(is_batchable=False))
    assert len(post.look(at(8, 10, 5)).letters) == 1


@pytest.mark.parametrize(
    "hours",
    [
        Hours(digest_at=time(7, 29)),
        Hours(quiet_from=time(12), quiet_until=time(14), digest_at=time(13)),
        Hours(digest_at=time(21)),
    ],
)
def test_a_digest_in_the_quiet_hours_is_refused(hours: Hours) -> None:
    with pytest.raises(Refusal) as refused:
        check_hours(hours)
    assert (refused.value.code, refused.value.field) == ("digest_in_quiet", "digest_at")


@pytest.mark.parametrize(
    "hours", [Hours(digest_at=time(7, 30)), Hours(quiet_from=time(0), quiet_until=time(0), digest_at=time(0))]
)
def test_a_digest_outside_the_quiet_hours_is_kept(hours: Hours) -> None:
    check_hours(hours)


def test_every_kind_of_notice_that_is_left_says_how_urgent_it_is() -> None:
    said = {f"approval.{end}" for end in ("approved", "returned", "withdrawn", "waiting", "stuck")}
    said |= {f"item.{stage}" for stage in ("soon", "over", "escalated")}
    said |= {f"visit.{stage}" for stage in ("today", "soon", "overdue")}
    said |= {"problem.soon", "problem.overdue"}
    for path in (SOURCE / "journeys").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "topic" and isinstance(node.value, ast.Constant):
                said.add(str(node.value.value))
    # What is said about an item is news, whatever it is.
    assert {name for name in said if not name.startswith("outreach.")} - TOPICS.keys() == set()


FACTS = [
    Fact("走访：东港船闸", "", "走访慰问方案", "/visits/7/record/", When.LATE, date(2020, 4, 15)),
    Fact("走访：西港船闸", "", "走访慰问方案", "/visits/8/record/", When.TODAY, date(2020, 4, 16)),
    Fact("待签", "", "", "/approvals/3/", When.TODAY, None),
]


def test_a_subject_counts_and_names_nobody() -> None:
    news = [News("approval.in_your_office", "李岚代您签批", "", "/", "")]
    subject, letter = digest(news, FACTS, date(2020, 4, 16))
    assert subject == "送暖：今天 2 项待办，1 项逾期，1 条新通知"
    assert [section.title for section in letter.sections] == ["走访慰问方案", "其他事项"]
    assert [line.mark for line in letter.sections[0].lines] == ["逾期，应于4月15日", "今天"]
    subject, _letter = alone(news[0])
    assert "李岚" not in subject
    assert digest([], FACTS[:1], date(2020, 4, 16))[0] == "送暖：1 项逾期"


def test_a_letter_comes_out_of_the_outbox_as_it_went_in_and_stays_short() -> None:
    news = [
        News("visit.recorded", f"已走访 {number}", "", f"/visits/{number}/", "方案") for number in range(20)
    ]
    _subject, letter = digest(news, [], date(2020, 4, 16))
    assert unpacked(letter.packed()) == letter
    (section,) = letter.sections
    assert (len(section.lines), section.more) == (LINES, 20 - LINES)
    assert section.lines[0].title == "已走访 19", "what is only counted is the oldest"


def test_a_reminder_holds_while_something_late_or_of_today_stands_where_it_leads() -> None:
    assert still_holds("/visits/7/", FACTS)
    assert still_holds("/visits/", FACTS)
    assert not still_holds("/visits/9/", FACTS)
    assert not still_holds("/problems/1/", FACTS)
