"""Reads for others: lessons, who belongs to the audience of one, and how a quiz was answered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from songnuan.audit.chain import canonical
from songnuan.kernel.bulk import among, digest_rows
from songnuan.organisation.models import Post, UnitRecord, User
from songnuan.organisation.queries import day_of, subtree
from songnuan.organisation.rules import live
from songnuan.outreach.lesson_models import (
    Audience,
    Lesson,
    LessonStatus,
    QuizAsked,
    QuizRound,
    QuizTally,
)
from songnuan.outreach.quiz_rules import SMALL, Rate, held_back
from songnuan.outreach.sending_models import Addressed

KIND = "lessons"


def lessons() -> QuerySet[Lesson]:
    """Return lessons with what their pages show of them, the newest first."""
    return Lesson.objects.select_related("measure__plan", "written_by", "signed_by").order_by("-pk")


def audience_of(lesson: Lesson, at: datetime) -> dict[int, int]:
    """Return who of the staff a lesson is for on the day of `at`: the unit of each, by id of the account.

    Who holds several posts of the audience belongs to it by the first of them.
    """
    on = day_of(at)
    named = list(lesson.units.order_by("unit").values_list("unit", flat=True)) or [
        lesson.measure.plan.unit_id
    ]
    units: set[int] = set()
    for unit_id in named:
        if unit_id is not None:
            units |= set(subtree(unit_id, on).values_list("pk", flat=True))
    if lesson.district:
        there = UnitRecord.objects.filter(live(on), district=lesson.district, unit__in=units)
        units = set(there.values_list("unit", flat=True))
    posts = Post.objects.filter(live(on), user__is_active=True, unit__in=units)
    if lesson.roles:
        posts = posts.filter(role__in=lesson.roles)
    return dict(posts.order_by("-pk").values_list("user", "unit"))


def accounts(user_ids: Iterable[int]) -> QuerySet[User]:
    """Return accounts in the order of their ids."""
    return User.objects.filter(pk__in=list(user_ids)).order_by("pk")


def open_round(lesson_id: int) -> QuizRound | None:
    """Return the round that is open."""
    return QuizRound.objects.filter(lesson=lesson_id, closed_at__isnull=True).first()


def digest_of(round_id: int) -> str:
    """Return the digest of what is counted of a round, by which is seen that nothing of it changed."""
    told = QuizTally.objects.filter(round=round_id).order_by("unit", "audience")
    counts = told.values_list("unit", "audience", "answered", "aware", "right")
    return digest_rows((canonical(list(one)),) for one in counts)


def rounds_of(lesson_ids: Collection[int]) -> list[QuizRound]:
    """Return the rounds of lessons, in the order in which they were opened."""
    rows = QuizRound.objects.filter(lesson__in=lesson_ids).select_related("opened_by", "closed_by")
    return list(rows.order_by("opened_at", "pk"))


def asked_of(user_id: int) -> QuerySet[QuizAsked]:
    """Return what quizzes somebody still has to answer."""
    rows = QuizAsked.objects.filter(user=user_id, answered_at__isnull=True, round__closed_at__isnull=True)
    rows = rows.filter(round__lesson__status=LessonStatus.SIGNED)
    return rows.select_related("round__lesson__measure__plan").order_by("round__until_on", "pk")


@dataclass(frozen=True, slots=True)
class Standing:
    """How those of a unit and audience stand in a round.

    `asked` is how many of the staff were asked, 0 for others. `rate` is None where it is told to nobody: the
    round is not closed, or too few answered.
    """

    answered: int = 0
    asked: int = 0
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """How an audience stands in the rounds of a quiz, by kind of round: each unit's, and all together."""

    audience: Audience
    units: dict[int, dict[str, Standing]] = field(default_factory=dict)
    whole: dict[str, Standing] = field(default_factory=dict)
    right: dict[str, list[int]] = field(default_factory=dict)
    """How many answered each question right, where the rate of all together is told."""


def standings_of(lesson: Lesson, rounds: Iterable[QuizRound]) -> list[Standings]:
    """Return how each audience that answered or was asked stands, staff first."""
    return standings_of_all([(lesson, list(rounds))])[lesson.pk]


def standings_of_all(told: Iterable[tuple[Lesson, Sequence[QuizRound]]]) -> dict[int, list[Standings]]:
    """Return the same of many lessons, by id, in two questions however many they are."""
    rows = [(lesson, list(rounds)) for lesson, rounds in told]
    ids = [one.pk for _lesson, rounds in rows for one in rounds]
    tallies: dict[int, list[QuizTally]] = {pk: [] for pk in ids}
    for tally in QuizTally.objects.filter(round__in=among(ids)).order_by("unit"):
        tallies[tally.round_id].append(tally)
    asked: dict[int, dict[int, int]] = {pk: {} for pk in ids}
    counted = QuizAsked.objects.filter(round__in=among(ids)).order_by().values("round", "unit")
    for pk, unit_id, count in counted.annotate(all=Count("pk")).values_list("round", "unit", "all"):
        asked[pk][unit_id] = count
    made = {}
    for lesson, rounds in rows:
        found = {one: Standings(one) for one in Audience}
        for row in rounds:
            _add_round(found, lesson, row, tallies[row.pk], asked[row.pk])
        made[lesson.pk] = [one for one in found.values() if one.units]
    return made


def _add_round(
    found: dict[Audience, Standings],
    lesson: Lesson,
    row: QuizRound,
    tallies: Sequence[QuizTally],
    asked: Mapping[int, int],
) -> None:
    for audience, told in found.items():
        own = {one.unit_id: one for one in tallies if one.audience == audience}
        expected = asked if audience == Audience.STAFF else {}
        answered = {unit: own[unit].answered if unit in own else 0 for unit in {*own, *expected}}
        if not answered:
            continue
        hidden = held_back(answered)
        is_closed = row.closed_at is not None
        for unit, count in sorted(answered.items()):
            is_told = is_closed and count and unit not in hidden
            rate = Rate(own[unit].aware, count) if is_told else None
            told.units.setdefault(unit, {})[row.kind] = Standing(count, expected.get(unit, 0), rate)
        whole = sum((Rate(one.aware, one.answered) for one in own.values()), Rate())
        is_told = is_closed and whole.answered >= SMALL
        told.whole[row.kind] = Standing(whole.answered, sum(expected.values()), whole if is_told else None)
        if is_told:
            told.right[row.kind] = [
                sum(one.right[place] for one in own.values()) for place in range(len(lesson.questions))
            ]


def told_to(user_id: int) -> QuerySet[Lesson]:
    """Return the signed lessons that were sent to somebody, or in whose rounds they were asked."""
    sent = Addressed.objects.filter(user=user_id).values("lesson")
    asked = QuizAsked.objects.filter(user=user_id).values("round__lesson")
    return lessons().filter(Q(pk__in=sent) | Q(pk__in=asked), status=LessonStatus.SIGNED)
