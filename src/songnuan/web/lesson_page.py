"""What the pages of lessons show: who may do what, whom a lesson is for, rates as lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.journeys.measures.lessons import is_below, percent, settings_of
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission, role_label
from songnuan.organisation.queries import subtree
from songnuan.organisation.rules import live
from songnuan.outreach.course_models import Learner
from songnuan.outreach.lesson_models import Audience, Lesson, LessonStatus, QuizAsked, QuizRound, RoundKind
from songnuan.outreach.lesson_queries import Standing, Standings, audience_of, lessons, standings_of
from songnuan.outreach.material_models import Material
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.views.shared import Reader, names_on

MARKS = {
    LessonStatus.DRAFT: "none",
    LessonStatus.READY: "waiting",
    LessonStatus.SIGNED: "done",
    LessonStatus.WITHDRAWN: "none",
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do about lessons of a plan; `sees_all` of its figures, not own units alone."""

    writes: bool
    signs: bool
    sees_all: bool
    is_open: bool


def rights_of(measure: Measure, reader: Reader) -> Rights:
    """Return what the reader may do."""
    unit_id = measure.plan.unit_id
    is_open = measure.status == MeasureStatus.OPEN
    return Rights(
        writes=is_open and reader.may(Permission.OUTREACH_WRITE, unit_id),
        signs=reader.may(Permission.OUTREACH_SIGN, unit_id),
        sees_all=reader.may(Permission.OUTREACH_VIEW, unit_id),
        is_open=is_open,
    )


def measure_seen(measure_id: int, reader: Reader) -> Measure:
    """Return a measure of lessons that the reader reaches.

    Raises:
        Http404: Without a word on whether it exists.

    """
    found = Measure.objects.filter(pk=measure_id, kind="lessons").select_related("plan").first()
    if found is None or found.opened_at is None or not rights_of(found, reader).sees_all:
        raise Http404
    return found


def lesson_seen(pk: int, reader: Reader) -> tuple[Lesson, Rights]:
    """Return a lesson and what the reader may do about it; of one's own audience one sees what is signed.

    Raises:
        Http404: Without a word on whether it exists.

    """
    lesson = lessons().filter(pk=pk).first()
    if lesson is None:
        raise Http404
    rights = rights_of(lesson.measure, reader)
    if not rights.sees_all and not (lesson.status == LessonStatus.SIGNED and _is_for(lesson, reader)):
        raise Http404
    return lesson, rights


def _is_for(lesson: Lesson, reader: Reader) -> bool:
    own = units_seen(lesson.measure, reader)
    if own or QuizAsked.objects.filter(round__lesson=lesson, user=reader.user).exists():
        return True
    if Learner.objects.filter(course__lesson=lesson, user=reader.user).exists():
        return True
    return reader.user.pk in audience_of(lesson, reader.at)


def materials_of(lesson: Lesson, code: str = "") -> list[tuple[Material, str]]:
    """Return what goes with a lesson, with its addresses: for accounts, or for an own code."""
    rows = lesson.materials.filter(removed_at__isnull=True).order_by("kind", "pk")
    if code:
        return [(one, reverse("material_by_code", args=(code, one.pk))) for one in rows]
    return [(one, reverse("material", args=(one.pk,))) for one in rows]


def units_of(measure: Measure, reader: Reader) -> dict[int, str]:
    """Return the units of a plan by id, with their names."""
    ids = list(subtree(measure.plan.unit_id or 0, reader.day).values_list("pk", flat=True))
    names = names_on(ids, reader.day)
    return {pk: names[pk] for pk in ids if pk in names}


def districts_of(measure: Measure, reader: Reader) -> list[str]:
    """Return the districts in which units of a plan lie."""
    units = subtree(measure.plan.unit_id or 0, reader.day).values("pk")
    rows = UnitRecord.objects.filter(live(reader.day), unit__in=units).exclude(district="")
    return sorted(set(rows.values_list("district", flat=True)))


def units_seen(measure: Measure, reader: Reader) -> frozenset[int]:
    """Return the units of a plan whose figures the reader sees."""
    below = subtree(measure.plan.unit_id or 0, reader.day).values_list("pk", flat=True)
    return reader.reach_ids(Permission.OUTREACH_VIEW) & frozenset(below)


def audience_words(lesson: Lesson, reader: Reader) -> str:
    """Return whom a lesson is for, in words."""
    units = names_on(lesson.units.order_by("unit").values_list("unit", flat=True), reader.day)
    parts = ["、".join(units.values()) or _("all units")]
    parts.append("、".join(str(role_label(one)) for one in lesson.roles) or _("all staff"))
    if lesson.district:
        parts.append(lesson.district)
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Cell:
    """A rate in a round: `words` such as 83.3%, `detail` such as 5 of 6; `is_below` the aim."""

    words: str = ""
    detail: str = ""
    is_below: bool = False


@dataclass(frozen=True, slots=True)
class RateLine:
    """A unit, or all together, in the rounds of a quiz: a cell for each."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RateTable:
    """How an audience stands: its units, all together (None where the reader sees not all), each question."""

    audience: str
    lines: list[RateLine]
    whole: RateLine | None
    questions: list[RateLine]


def rate_tables(
    lesson: Lesson, rounds: Sequence[QuizRound], reader: Reader, rights: Rights
) -> list[RateTable]:
    """Return the rates of a lesson as the reader may see them."""
    aim = settings_of(lesson.measure).aim
    seen = None if rights.sees_all else units_seen(lesson.measure, reader)
    found = []
    for one in standings_of(lesson, rounds):
        shown = {unit: row for unit, row in one.units.items() if seen is None or unit in seen}
        if not shown:
            continue
        names = names_on(shown, reader.day)
        found.append(
            RateTable(
                audience=str(Audience(one.audience).label),
                lines=[RateLine(names[unit], _cells(rounds, row, aim)) for unit, row in shown.items()],
                whole=RateLine(_("Together"), _cells(rounds, one.whole, aim)) if seen is None else None,
                questions=_questions(lesson, one, rounds) if seen is None else [],
            )
        )
    return found


def _cells(rounds: Iterable[QuizRound], row: dict[str, Standing], aim: int) -> tuple[Cell, ...]:
    return tuple(_cell(one, row.get(one.kind), aim) for one in rounds)


def _cell(one: QuizRound, standing: Standing | None, aim: int) -> Cell:
    if standing is None:
        return Cell("—")
    of_asked = _("%(answered)s of %(asked)s answered") % {
        "answered": standing.answered,
        "asked": standing.asked,
    }
    answered = of_asked if standing.asked else _("%(count)s answered") % {"count": standing.answered}
    if standing.rate is None:
        if not standing.answered:
            return Cell("—", answered if standing.asked else "")
        words = _("runs") if one.closed_at is None else _("not shown")
        return Cell(words, answered)
    counts = _("%(aware)s of %(answered)s aware") % {
        "aware": standing.rate.aware,
        "answered": standing.rate.answered,
    }
    detail = f"{counts} · {answered}" if standing.asked else counts
    return Cell(percent(standing.rate), detail, is_below(standing.rate, aim))


def _questions(lesson: Lesson, one: Standings, rounds: Sequence[QuizRound]) -> list[RateLine]:
    """Return how many answered each question right, of all together."""
    if not one.right:
        return []
    return [
        RateLine(
            f"{place + 1}. {question['text']}",
            tuple(
                Cell(f"{one.right[row.kind][place]}/{one.whole[row.kind].answered}")
                if row.kind in one.right
                else Cell("—")
                for row in rounds
            ),
        )
        for place, question in enumerate(lesson.questions)
    ]


def kinds_left(rounds: Sequence[QuizRound]) -> list[str]:
    """Return the rounds that can still be opened."""
    held = {one.kind for one in rounds}
    if RoundKind.AFTER in held:
        return []
    return [one for one in RoundKind.values if one not in held]
