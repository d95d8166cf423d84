"""Families and needs as pages show them: what is due, who helps, what stands open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.utils.translation import pgettext

from songnuan.casework.case_models import Case, HelperState, Urgency
from songnuan.casework.case_queries import NeedRow, loads, need_rows, open_needs_of, standings
from songnuan.casework.case_rules import (
    Rhythm,
    Standing,
    contact_due,
    is_at_rest,
    printed,
    visit_due,
    visit_owed,
)
from songnuan.journeys.case_settings import settings_of
from songnuan.organisation.models import User
from songnuan.organisation.queries import names_then
from songnuan.people.queries.families import FamilyFacts, family_facts
from songnuan.web.case_words import STAGE_MARKS, stage_words

ORDER: Mapping[str, int] = {one.value: place for place, one in enumerate(Urgency)}


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family as lists show it; `due_on` is the first day on which something about it is due.

    Of a special family no list shows the `name`: it is empty, and its number stands alone.
    """

    case: Case
    number: str
    name: str
    unit: str
    helper: str
    helper_state: HelperState
    deputy: str
    standing: Standing
    contact_on: date | None
    visit_on: date | None
    needs: tuple[NeedRow, ...]
    on: date

    @property
    def is_late(self) -> bool:
        """Whether something about it is overdue."""
        return self.is_contact_late or self.is_visit_late or any(row.is_late(self.on) for row in self.needs)

    @property
    def is_contact_late(self) -> bool:
        """Whether a contact was missed."""
        return self.contact_on is not None and self.contact_on < self.on

    @property
    def is_visit_late(self) -> bool:
        """Whether the visit after somebody came back was missed."""
        return self.visit_on is not None and self.visit_on < self.on

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing more is due."""
        return is_at_rest(self.standing)

    @property
    def came_back_on(self) -> date | None:
        """The last day of the service after which a visit is owed."""
        return visit_owed(self.standing)

    @property
    def helper_words(self) -> str:
        """How it stands with its helper."""
        return str(self.helper_state.label)

    @property
    def helper_mark(self) -> str:
        """The mark beside it."""
        return {"": "late", "offered": "waiting"}.get(self.helper_state.value, "done")

    @property
    def urgency(self) -> str:
        """How urgent the most urgent of its open needs is, in words; empty without any."""
        first = min(self.needs, key=lambda row: ORDER[row.need.urgency], default=None)
        return str(Urgency(first.need.urgency).label) if first else ""

    @property
    def due_on(self) -> date:
        """The first day on which something is due; the last there is where nothing is."""
        days = (self.contact_on, self.visit_on, *(row.promised_on for row in self.needs))
        return min((day for day in days if day is not None), default=date.max)


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need as pages show it."""

    row: NeedRow
    mark: str
    words: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Load:
    """How many families a helper has; `is_over`: more than the plan sets."""

    name: str
    families: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class UrgencyLine:
    """How many needs of one urgency are open, how many of them late, and how old the oldest is."""

    label: str
    count: int
    late: int
    oldest: int


def family_rows(cases: Sequence[Case], on: date) -> list[FamilyRow]:
    """Return families as lists show them, in their order; each with its measure and its helper at hand."""
    stand = standings(cases, on)
    facts = family_facts({case.employee_id for case in cases if case.employee_id is not None})
    deputies = {case.deputy_id for case in cases if case.deputy_id is not None}
    names = dict(User.objects.filter(pk__in=deputies).values_list("pk", "name")) if deputies else {}
    units = names_then({case.unit_id for case in cases}, on)
    rhythms: dict[int, Rhythm] = {}
    for case in cases:
        if case.measure_id not in rhythms:
            rhythms[case.measure_id] = settings_of(case.measure).rhythm
    needs: dict[int, list[NeedRow]] = {}
    for row in need_rows(open_needs_of([case.pk for case in cases])):
        needs.setdefault(row.need.case_id, []).append(row)
    return [
        FamilyRow(
            case=case,
            number=printed(case.number),
            name="" if case.employee_id is None else name_of(facts.get(case.employee_id)),
            unit=units.get(case.unit_id, ""),
            helper=case.helper.name if case.helper else "",
            helper_state=HelperState(case.helper_state),
            deputy=names.get(case.deputy_id or 0, ""),
            standing=stand[case.pk],
            contact_on=contact_due(stand[case.pk], rhythms[case.measure_id]),
            visit_on=visit_due(stand[case.pk], rhythms[case.measure_id]),
            needs=tuple(needs.get(case.pk, ())),
            on=on,
        )
        for case in cases
    ]


def name_of(facts: FamilyFacts | None) -> str:
    """Return the name of the employee of a family; of who was erased a word in its place."""
    return facts.name if facts and facts.name else pgettext("person", "erased")


def need_lines(rows: Iterable[NeedRow], on: date) -> list[NeedLine]:
    """Return needs as pages show them: what is open by its urgency and its day, then what is closed."""
    lines = [NeedLine(row, STAGE_MARKS[row.stage], stage_words(row.stage), row.is_late(on)) for row in rows]
    return sorted(
        lines,
        key=lambda line: (
            line.row.closing is not None,
            ORDER[line.row.need.urgency],
            line.row.promised_on,
            -line.row.need.pk,
        ),
    )


def load_lines(plan_id: int, most: int) -> list[Load]:
    """Return how many families each helper of a plan has or is asked about, the most first."""
    found = loads(plan_id)
    names = dict(User.objects.filter(pk__in=found).values_list("pk", "name"))
    ranked = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return [Load(names.get(pk, ""), count, count > most) for pk, count in ranked]


def urgency_lines(rows: Sequence[FamilyRow], on: date) -> list[UrgencyLine]:
    """Return what is open by urgency, without those of which nothing is."""
    needs = list(chain.from_iterable(row.needs for row in rows))
    lines = []
    for urgency in Urgency:
        some = [row for row in needs if row.need.urgency == urgency]
        if some:
            late = sum(row.is_late(on) for row in some)
            lines.append(UrgencyLine(str(urgency.label), len(some), late, max(row.age(on) for row in some)))
    return lines
