"""What the pages of courses show: who may see what, shares as lines, people one by one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from songnuan.kernel.bulk import among
from songnuan.kernel.names import tidy_name
from songnuan.organisation.permissions import Permission
from songnuan.outreach.course_models import Attendance, Course, Learner
from songnuan.outreach.course_queries import courses, expected_now, last_day, shares_of, standings
from songnuan.outreach.course_rules import Share, Shares, Standing, percent
from songnuan.outreach.shown_names import learner_listed
from songnuan.people.models import LIVING, RosterKind
from songnuan.people.queries.rosters import rosters
from songnuan.web.lesson_page import Rights, rights_of, units_seen
from songnuan.web.views.shared import Reader, names_on


@dataclass(frozen=True, slots=True)
class Seen:
    """A course, and what the reader may do and see of it; `names`: who is on its roster."""

    course: Course
    rights: Rights
    units: frozenset[int]
    names: bool

    @property
    def runs(self) -> bool:
        """Whether the reader leads it and it is open."""
        return self.rights.writes and self.course.closed_at is None

    @property
    def enters(self) -> bool:
        """Whether the reader enters for people by name."""
        return self.runs and self.names


def course_seen(pk: int, reader: Reader) -> Seen:
    """Return a course for who sees figures of its plan, of all units or the own.

    Raises:
        Http404: Without a word on whether it exists.

    """
    course = courses().filter(pk=pk).first()
    if course is None:
        raise Http404
    rights = rights_of(course.lesson.measure, reader)
    units = units_seen(course.lesson.measure, reader)
    if not rights.sees_all and not units:
        raise Http404
    is_kept = course.roster.status in LIVING
    names = is_kept and reader.may(Permission.PEOPLE_VIEW, course.roster.unit_id)
    return Seen(course, rights, units, names)


def roster_choices(reader: Reader) -> list[tuple[int, str]]:
    """Return the rosters of people that the reader sees, by title."""
    found = rosters(reader.reach(Permission.PEOPLE_VIEW))
    kept = [one for one in found if one.kind == RosterKind.PEOPLE and one.status in LIVING]
    return [(one.pk, f"{one.title}（{one.people}）") for one in kept]


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A unit, a category or all together: its share, and the rates in words."""

    name: str
    share: Share
    attended: str
    passed: str


@dataclass(frozen=True, slots=True)
class ShareTable:
    """How a course stands, by unit and by category; `whole` is None where the reader sees not all."""

    units: list[ShareLine]
    categories: list[ShareLine]
    whole: ShareLine | None
    make_up: int


def share_table(seen: Seen, reader: Reader) -> ShareTable:
    """Return how a course stands, as the reader may see it."""
    found: Shares = shares_of(seen.course, last_day(seen.course, reader.day))
    shown = {pk: one for pk, one in found.units.items() if seen.rights.sees_all or pk in seen.units}
    names = names_on(shown, reader.day)
    sees_all = seen.rights.sees_all
    categories = sorted(found.categories.items()) if sees_all and len(found.categories) > 1 else []
    return ShareTable(
        [_line(names[pk], one) for pk, one in sorted(shown.items())],
        [_line(name or _("not told"), one) for name, one in categories],
        _line(_("Together"), found.whole) if sees_all else None,
        found.make_up,
    )


def _line(name: str, share: Share) -> ShareLine:
    return ShareLine(
        name, share, percent(share.attended, share.expected), percent(share.passed, share.expected)
    )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One who is expected, as a list shows them."""

    learner: Learner
    name: str
    unit: str
    standing: Standing
    attendance: Attendance | None


def standings_now(seen: Seen, reader: Reader) -> dict[int, Standing]:
    """Return how everybody stands as of the day on which the course is told, by learner."""
    return {one.learner_id: one for one in standings(seen.course, last_day(seen.course, reader.day))}


def people_of(
    rows: Sequence[Learner], by_learner: Mapping[int, Standing], reader: Reader
) -> list[PersonLine]:
    """Return how some of those expected stand."""
    there = _attendances(rows)
    units = (by_learner[row.pk].unit_id for row in rows if row.pk in by_learner)
    names = names_on(units, reader.day)
    return [
        PersonLine(
            row,
            shown_name(row),
            names[by_learner[row.pk].unit_id],
            by_learner[row.pk],
            there.get(row.pk),
        )
        for row in rows
        if row.pk in by_learner
    ]


def _attendances(rows: Iterable[Learner]) -> Mapping[int | None, Attendance]:
    found = Attendance.objects.filter(learner__in=[row.pk for row in rows], voided_at__isnull=True)
    return {one.learner_id: one for one in found.select_related("by", "door")}


def shown_name(learner: Learner) -> str:
    """Return the name of somebody as a list shows it."""
    return learner_listed(learner) or "—"


def people_rows(seen: Seen, text: str, lacking: Collection[int] | None) -> QuerySet[Learner]:
    """Return those expected whose name begins so, by id; of these only those who lack something, if given."""
    rows = expected_now(seen.course.pk)
    name = tidy_name(text)
    if name:
        begins = Q(person__name__startswith=name) | Q(person__merged_into__name__startswith=name)
        rows = rows.filter(begins)
    if lacking is not None:
        rows = rows.filter(pk__in=among(lacking))
    return rows.order_by("pk")
