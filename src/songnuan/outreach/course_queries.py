"""Reads about courses: who is expected on a day, who attended and passed by then, and who is who."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from songnuan.kernel.bulk import among
from songnuan.organisation.models import Post, User
from songnuan.organisation.queries import day_of, subtree
from songnuan.organisation.rules import live
from songnuan.outreach.course_models import Attendance, Course, CourseTry, Door, Expected, Learner
from songnuan.outreach.course_rules import Enrolled, Shares, Standing, shares, tries_allowed
from songnuan.outreach.erased import is_gone
from songnuan.people.models import OPEN, Enrolment, Person, RosterStatus
from songnuan.people.queries.accounts import accounts_among
from songnuan.plans.models import MeasureStatus

PERSON = Coalesce("person__merged_into", "person")


def courses() -> QuerySet[Course]:
    """Return courses with what their pages show of them, the newest first."""
    told = ("lesson__measure__plan", "roster", "opened_by", "closed_by")
    return Course.objects.select_related(*told).order_by("-pk")


def course_of(lesson_id: int) -> Course | None:
    """Return the course of a lesson, where it is one."""
    return courses().filter(lesson=lesson_id).first()


def doors_of(course_id: int) -> list[Door]:
    """Return when and where a lesson is taught, the first first."""
    return list(Door.objects.filter(course=course_id).order_by("begins_at", "pk"))


def enrolled(roster_id: int) -> dict[int, Enrolled]:
    """Return who stands on a roster now, by person, and where; the erased are nobody."""
    rows = Enrolment.objects.filter(OPEN, roster_id=roster_id).exclude(is_gone())
    found: dict[int, Enrolled] = {}
    for person_id, unit_id, category in rows.order_by("pk").values_list(PERSON, "unit_id", "category"):
        found.setdefault(person_id, Enrolled(unit_id, category))
    return found


def open_periods(course_id: int) -> dict[int, tuple[int, Enrolled]]:
    """Return who is expected, by person: the period, and where."""
    return _periods(course_id)[0]


def learners_by_person(course_id: int) -> dict[int, int]:
    """Return as whom each person learns it; of two that were found to be one, the one who came."""
    came = Attendance.objects.filter(learner=OuterRef("pk"), voided_at__isnull=True)
    rows = Learner.objects.filter(course=course_id).annotate(came=Exists(came)).order_by("came", "-pk")
    return dict(rows.values_list(PERSON, "pk"))


def double_periods(course_id: int) -> list[int]:
    """Return the periods of who is expected twice, since two persons were found to be one.

    The one that stays is of who came already, before the other's.
    """
    return _periods(course_id)[1]


def _periods(course_id: int) -> tuple[dict[int, tuple[int, Enrolled]], list[int]]:
    came = Attendance.objects.filter(learner=OuterRef("learner"), voided_at__isnull=True)
    person = Coalesce("learner__person__merged_into", "learner__person")
    rows = Expected.objects.filter(learner__course=course_id, ends_on__isnull=True)
    living_first = F("learner__person__merged_into").asc(nulls_first=True)
    rows = rows.annotate(came=Exists(came)).order_by("-came", living_first, "pk")
    found: dict[int, tuple[int, Enrolled]] = {}
    doubles = []
    for pk, person_id, unit_id, category in rows.values_list("pk", person, "unit_id", "category"):
        if person_id in found:
            doubles.append(pk)
        else:
            found[person_id] = (pk, Enrolled(unit_id, category))
    return found, doubles


def accounts_of(people: Collection[int], unit_id: int, at: datetime) -> dict[int, int]:
    """Return whose account is whose, by person: the same name and phone, or, without a phone, the one name.

    A name alone tells who somebody is only where one person and one account below the unit bear it.
    """
    day = day_of(at)
    posts = Post.objects.filter(live(day), unit__in=subtree(unit_id, day).values("pk"))
    users = list(User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk"))
    persons = Person.objects.filter(pk__in=among(people))
    told = accounts_among(persons, ((one.pk, one.name, one.phone) for one in users))
    found: dict[int, int] = {}
    for user_id, person_id in sorted(told.items()):
        found.setdefault(person_id, user_id)
    named = dict(persons.values_list("pk", "name"))
    bears, borne = Counter(named.values()), Counter(one.name for one in users)
    phoneless = {one.name: one.pk for one in users if not one.phone and borne[one.name] == 1}
    for person_id, name in named.items():
        if person_id not in found and name and bears[name] == 1 and name in phoneless:
            found[person_id] = phoneless[name]
    return found


def standings(course: Course, on: date) -> list[Standing]:
    """Return how everybody stood on a day at its end: who was expected then, and what was known then.

    What is told later of the day changes nothing of it.
    """
    return standings_of_all({course: on})[course.pk]


def standings_of_all(days: Mapping[Course, date]) -> dict[int, list[Standing]]:
    """Return the same of many courses, each on its day, by id, in three questions however many they are."""
    asked = {course.pk: (course, on) for course, on in days.items()}
    attended = {
        learner: late
        for course_id, learner, late, noted_at, voided_at in Attendance.objects.filter(
            learner__course__in=asked
        )
        .order_by("pk")
        .values_list("learner__course", "learner", "is_late", "noted_at", "voided_at")
        if day_of(noted_at) <= (on := asked[course_id][1]) and (voided_at is None or day_of(voided_at) > on)
    }
    tries: Counter[int] = Counter()
    passed: set[int] = set()
    for course_id, learner, is_passed, at in CourseTry.objects.filter(learner__course__in=asked).values_list(
        "learner__course", "learner", "passed", "at"
    ):
        if day_of(at) <= asked[course_id][1]:
            tries[learner] += 1
            if is_passed:
                passed.add(learner)
    seen: dict[int, dict[int, Standing]] = {pk: {} for pk in asked}
    columns = ("learner__course", "learner", "unit", "category", "learner__granted", "starts_on", "ends_on")
    periods = Expected.objects.filter(learner__course__in=asked).order_by("pk")
    for course_id, learner, unit_id, category, granted, starts_on, ends_on in periods.values_list(*columns):
        course, on = asked[course_id]
        if starts_on > on or (ends_on is not None and ends_on <= on):
            continue
        seen[course_id][learner] = Standing(
            learner,
            unit_id,
            category,
            learner in attended,
            attended.get(learner, False),
            tries[learner],
            learner in passed if course.pass_at else None,
            tries_allowed(course.tries, granted) - tries[learner],
        )
    return {pk: list(told.values()) for pk, told in seen.items()}


def shares_of(course: Course, on: date) -> Shares:
    """Count how a course stood on a day."""
    return shares(standings(course, on))


def last_day(course: Course, today: date) -> date:
    """Return the day as of which a course is told: today, or the one on which it was closed."""
    return day_of(course.closed_at) if course.closed_at else today


def learners(ids: Iterable[int]) -> dict[int, Learner]:
    """Return learners with their persons, by id."""
    rows = Learner.objects.filter(pk__in=among(ids)).select_related("person__merged_into", "user")
    return {one.pk: one for one in rows}


def name_of(learner: Learner) -> str:
    """Return what somebody is called; empty once they are erased."""
    return (learner.person.merged_into or learner.person).name


def expected_now(course_id: int) -> QuerySet[Learner]:
    """Return who is expected; nobody who was erased, or whose roster was."""
    live_ones = Expected.objects.filter(learner__course=course_id, ends_on__isnull=True)
    rows = Learner.objects.filter(pk__in=live_ones.values("learner"))
    rows = rows.exclude(is_gone() | Q(course__roster__status=RosterStatus.ERASED))
    return rows.select_related("person__merged_into", "user", "course__lesson__measure__plan")


def named(course_id: int, name: str) -> QuerySet[Learner]:
    """Return who of those expected bears a name; of nobody else a number is opened."""
    own = Q(person__merged_into__isnull=True, person__name=name)
    rows = expected_now(course_id).filter(own | Q(person__merged_into__name=name))
    return rows.order_by("pk") if name else rows.none()


def has_account(learner: Learner) -> bool:
    """Return whether somebody has an account that they can sign in with; a closed one is none."""
    return isinstance(learner.user, User) and learner.user.is_active


def own_learner(course_id: int, user_id: int) -> Learner | None:
    """Return as whom somebody with an account is expected."""
    return expected_now(course_id).filter(user=user_id).first()


def learner_of_code(code: str) -> Learner | None:
    """Return whose code it is; nobody's once they are expected no more, or were erased."""
    found = Learner.objects.filter(code=code).values_list("course", flat=True).first()
    return expected_now(found).filter(code=code).first() if found is not None else None


def attendance_of(learner_id: int) -> Attendance | None:
    """Return the attendance of somebody that counts."""
    return Attendance.objects.filter(learner=learner_id, voided_at__isnull=True).first()


def tries_of(learner_id: int) -> list[CourseTry]:
    """Return somebody's tries, the first first."""
    return list(CourseTry.objects.filter(learner=learner_id).order_by("number"))


def owed_by(user_id: int) -> list[tuple[Course, bool, bool]]:
    """Return what somebody with an account still has to learn: whether they lack it, and its test.

    A test of which all tries are used is asked of nobody until they are granted new ones.
    """
    under_way = Q(course__closed_at__isnull=True, course__lesson__measure__status=MeasureStatus.OPEN)
    rows = Learner.objects.filter(under_way, user=user_id)
    live_ones = Expected.objects.filter(learner__in=rows, ends_on__isnull=True).values("learner")
    allowed = F("course__tries") * (1 + F("granted"))
    told = rows.filter(pk__in=live_ones).annotate(used=Count("tries"), allowed=allowed)
    mine, spent = {}, set()
    for pk, course_id, is_spent in told.annotate(is_spent=Q(used__gte=F("allowed"))).values_list(
        "pk", "course", "is_spent"
    ):
        mine[course_id] = pk
        spent |= {pk} if is_spent else set()
    there = set(
        Attendance.objects.filter(learner__in=mine.values(), voided_at__isnull=True).values_list(
            "learner", flat=True
        )
    )
    passed = set(
        CourseTry.objects.filter(learner__in=mine.values(), passed=True).values_list("learner", flat=True)
    )
    found = []
    for course in courses().filter(pk__in=mine):
        learner = mine[course.pk]
        lacks = learner not in there
        fails = bool(course.pass_at) and learner not in passed and learner not in spent
        if lacks or fails:
            found.append((course, lacks, fails))
    return found
