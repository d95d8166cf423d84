"""When somebody has attended, read or passed, and how a group stands; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.kernel import codes
from songnuan.kernel.refusal import Refusal

CODE_LENGTH = 8
TRIES_MOST = 5
EARLY_MOST = LATE_MOST = 24 * 60
DOOR_LONGEST = timedelta(hours=12)
REASON_LONGEST = 200
_A_MINUTE = 600
"""Characters that a fast reader takes in a minute: who confirms sooner has not read it."""
_READ_LEAST, _READ_MOST = timedelta(seconds=10), timedelta(minutes=5)


def new_code() -> str:
    """Return a new code of a learner; without letters that are taken for digits."""
    return codes.drawn(CODE_LENGTH)


def plain_code(text: str) -> str:
    """Return a code as it is kept, however it was typed."""
    return "".join(text.split()).upper().replace("-", "")


def check_course(until_on: date, pass_at: int, tries: int, questions: int, today: date) -> None:
    """Let pass what can be asked of people.

    Raises:
        Refusal: `course_past`, `pass_at`, `course_tries`.

    """
    if until_on < today:
        raise Refusal("course_past", _("The last day lies in the past."), field="until_on")
    if not 0 <= pass_at <= questions:
        sentence = _("The test has %(count)s questions: write how many of them have to be right, 0 for none.")
        raise Refusal("pass_at", sentence % {"count": questions}, field="pass_at")
    if not 1 <= tries <= TRIES_MOST:
        sentence = _("Write from 1 to %(most)s tries.")
        raise Refusal("course_tries", sentence % {"most": TRIES_MOST}, field="tries")


@dataclass(frozen=True, slots=True)
class Window:
    """When a lesson is taught; who comes is taken in from `early` minutes before, and late after `late`."""

    begins_at: datetime
    ends_at: datetime
    early: int
    late: int

    def check(self, at: datetime) -> None:
        """Let pass what may be put up at a door.

        Raises:
            Refusal: `door_times`, `door_past`, `door_minutes`.

        """
        if not timedelta(0) < self.ends_at - self.begins_at <= DOOR_LONGEST:
            sentence = _("It ends after it begins, within twelve hours.")
            raise Refusal("door_times", sentence, field="ends_at")
        if self.ends_at <= at:
            raise Refusal("door_past", _("This time has passed already."), field="ends_at")
        for minutes, most, name in (
            (self.early, EARLY_MOST, "early_minutes"),
            (self.late, LATE_MOST, "late_minutes"),
        ):
            if not 0 <= minutes <= most:
                sentence = _("Write minutes from 0 to %(most)s.")
                raise Refusal("door_minutes", sentence % {"most": most}, field=name)

    def is_late(self, at: datetime) -> bool:
        """Return whether who comes now is late.

        Raises:
            Refusal: `door_early`, `door_over` where nobody is taken in.

        """
        if at < self.begins_at - timedelta(minutes=self.early):
            sentence = _("Checking in begins %(minutes)s minutes before. Come again then.")
            raise Refusal("door_early", sentence % {"minutes": self.early})
        if at > self.ends_at:
            sentence = _("This is over: nobody is checked in any more. Ask the office if you were there.")
            raise Refusal("door_over", sentence)
        return at > self.begins_at + timedelta(minutes=self.late)


def least_reading(text: str) -> timedelta:
    """Return how long reading a text takes at least."""
    takes = timedelta(minutes=len(text) / _A_MINUTE)
    return min(max(takes, _READ_LEAST), _READ_MOST)


def check_read(text: str, opened_at: datetime | None, at: datetime, *, is_at_end: bool) -> None:
    """Let pass who opened a lesson, stayed to its end, and says so.

    Raises:
        Refusal: `reading_unopened`, `reading_end`, `reading_fast`.

    """
    if opened_at is None:
        raise Refusal("reading_unopened", _("Open the lesson and read it first."))
    if not is_at_end:
        sentence = _("Read to the end, tick that you did, and confirm then.")
        raise Refusal("reading_end", sentence, field="is_at_end")
    if at - opened_at < least_reading(text):
        sentence = _("That was too quick to have read it. Take your time, and confirm then.")
        raise Refusal("reading_fast", sentence)


def tries_allowed(tries: int, granted: int) -> int:
    """Return how often somebody may try the test in all, who was granted all tries anew so often."""
    return tries * (1 + granted)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one who is expected stands. `passed` is None where there is no test; `left` are tries of it."""

    learner_id: int
    unit_id: int
    category: str
    attended: bool = False
    is_late: bool = False
    tries: int = 0
    passed: bool | None = None
    left: int = 0

    @property
    def lacks(self) -> bool:
        """Whether they have to make up for something."""
        return not self.attended or self.passed is False

    @property
    def can_make_up(self) -> bool:
        """Whether they can do so by themselves: who used all tries needs new ones first."""
        return not self.attended or (self.passed is False and self.left > 0)


@dataclass(slots=True)
class Share:
    """How many of those who are expected attended, came late, took the test, and passed it."""

    expected: int = 0
    attended: int = 0
    late: int = 0
    tested: int = 0
    passed: int = 0


@dataclass(slots=True)
class Shares:
    """How a course stands: all together, by unit, and by category of staff."""

    whole: Share = field(default_factory=Share)
    units: dict[int, Share] = field(default_factory=dict)
    categories: dict[str, Share] = field(default_factory=dict)
    make_up: int = 0


def shares(rows: Iterable[Standing]) -> Shares:
    """Count how a course stands."""
    found = Shares()
    for row in rows:
        unit = found.units.setdefault(row.unit_id, Share())
        category = found.categories.setdefault(row.category, Share())
        for share in (found.whole, unit, category):
            share.expected += 1
            share.attended += row.attended
            share.late += row.attended and row.is_late
            share.tested += bool(row.tries)
            share.passed += bool(row.passed)
        found.make_up += row.lacks
    return found


def permille(part: int, whole: int) -> int | None:
    """Return a share in thousandths, half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def percent(part: int, whole: int) -> str:
    """Return a share as it is written: 91.7%, and a dash of nothing."""
    told = permille(part, whole)
    if told is None:
        return "—"
    return f"{told // 10}.{told % 10}%" if told % 10 else f"{told // 10}%"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody on the roster now: where and as what."""

    unit_id: int
    category: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a newer roster changes: who joins, whose period ends, by person and by period."""

    joined: dict[int, Enrolled]
    ended: list[int]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.joined and not self.ended


def changes(now: Mapping[int, Enrolled], open_periods: Mapping[int, tuple[int, Enrolled]]) -> Changes:
    """Return what changes for those who are expected.

    Args:
        now: Who stands on the roster, by person.
        open_periods: Who is expected, by person: the period and where.

    """
    joined = {
        person: told
        for person, told in now.items()
        if person not in open_periods or open_periods[person][1] != told
    }
    ended = [
        period for person, (period, told) in open_periods.items() if person not in now or now[person] != told
    ]
    return Changes(joined, ended)
