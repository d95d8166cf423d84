"""A lead's round: what to visit today, in order, with what each unit told already and what to take along."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.goods.queries import KitView
from songnuan.goods.rules import Part
from songnuan.organisation.cards import unit_cards
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import UnitView
from songnuan.plans.models import Measure
from songnuan.visits.kept import Heard, heard
from songnuan.visits.owed import Where, can_go, kit_owed, to_bring
from songnuan.visits.queries import VisitRow
from songnuan.visits.schedule_queries import hours_of, settings_of
from songnuan.visits.signing import words_of
from songnuan.web.schedule_forms import hours_words
from songnuan.web.views.shared import Reader

_NO_TIME = 24 * 60  # minutes: what has no time comes after what has one


@dataclass(frozen=True, slots=True)
class Round:
    """One visit of a lead's round; `unit` as it is on the day, None once it is closed.

    `asked_on` is a later day that waits to be allowed, `late_approved` says that `planned_on` was one.
    `where` are the goods that its unit lacks: ready, held or missing. `kit` is what to take along, in words,
    and `heard` what is known of the unit, both of visits late, of today and of tomorrow alone;
    `may_call`: its contact may be shown; who may call reads the `address` too. `hours`: when it is open.
    """

    id: int
    unit: UnitView | None
    planned_on: date | None = None
    due_on: date | None = None
    asked_on: date | None = None
    late_approved: bool = False
    plan_title: str = ""
    happened_at: datetime | None = None
    where: Where | None = None
    late_entry: bool = False
    kit: tuple[str, ...] = ()
    heard: Heard | None = None
    may_call: bool = False
    start: int | None = None
    team_name: str = ""
    address: str = ""
    hours: str = ""

    @property
    def unit_name(self) -> str:
        """Return the unit's name."""
        return self.unit.name if self.unit else _("(a closed unit)")

    @property
    def category(self) -> str:
        """Return what kind of place it is."""
        return self.unit.category if self.unit else ""

    @property
    def compound(self) -> str:
        """Return where it stands."""
        return self.unit.compound if self.unit else ""

    @property
    def staff_count(self) -> int | None:
        """Return how many work there, None where nobody said."""
        return self.unit.staff_count if self.unit else None


@dataclass(frozen=True, slots=True)
class Today:
    """Some visits in order, and what to load for them: packs in words; `short` kits are not in the store."""

    rows: list[Round]
    load: list[str]
    kits: int
    short: int


@dataclass(frozen=True, slots=True)
class Before:
    """What visitors want to know before they set out; the contact is masked, "" for who may not call."""

    kit: tuple[str, ...]
    heard: Heard | None
    address: str = ""
    contact: str = ""


def before_going(reader: Reader, unit_id: int, measure: Measure) -> Before:
    """Return what to take along to the unit, what it told last, and where it is; its contact is masked."""
    kit = kit_owed(measure, unit_id=unit_id)
    packs = _packs(kit.parts) if kit else ()
    told = heard({unit_id}, reader.day, seen=reader.reach_ids(Permission.VISIT_VIEW)).get(unit_id)
    card = unit_cards([unit_id], reader.day).get(unit_id)
    if card is None or not reader.may(Permission.CONTACT_VIEW, unit_id):
        return Before(packs, told)
    return Before(packs, told, card.address, " ".join(filter(None, (card.contact, card.phone))))


def in_order(rows: Sequence[VisitRow], units: Mapping[int, UnitView]) -> list[VisitRow]:
    """Return visits by their day and time; those without a time after, by place, then by the unit's name."""

    def place(row: VisitRow) -> tuple[date, int, str, str, int]:
        unit = units.get(row.unit_id)
        where = (unit.compound, unit.name) if unit else ("", "")
        start = _NO_TIME if row.start is None else row.start
        return row.planned_on or row.due_on, start, *where, row.visit_id

    return sorted(rows, key=place)


def round_of(row: VisitRow, units: Mapping[int, UnitView], measures: Mapping[int, Measure]) -> Round:
    """Return a visit with its unit and the title of its plan, and nothing of what is known before."""
    return Round(
        id=row.visit_id,
        unit=units.get(row.unit_id),
        planned_on=row.planned_on,
        due_on=row.due_on,
        asked_on=row.asked_on,
        late_approved=row.late_approved,
        plan_title=measures[row.measure_id].plan.title,
        start=row.start,
        team_name=row.team_name,
    )


def days_of(
    reader: Reader,
    days: Sequence[Sequence[VisitRow]],
    units: Mapping[int, UnitView],
    measures: Mapping[int, Measure],
) -> list[Today]:
    """Return the visits of each of some days in order, with what is known before.

    In a fixed number of queries, most of them for all the days at once. `measures` are those of the visits,
    by id, with their plans.
    """
    rows = [row for day in days for row in day]
    seen, called = reader.reach_ids(Permission.VISIT_VIEW), reader.reach_ids(Permission.CONTACT_VIEW)
    told = heard({row.unit_id for row in rows}, reader.day, seen=seen)
    kits = to_bring(measures, [(row.visit_id, row.measure_id, row.unit_id) for row in rows])
    cards = unit_cards({row.unit_id for row in rows} & called, reader.day)
    hours = _hours(rows, measures)

    def line(row: VisitRow) -> Round:
        kit = kits.get(row.visit_id)
        return replace(
            round_of(row, units, measures),
            kit=_packs(kit.parts) if kit else (),
            heard=told.get(row.unit_id) if row.unit_id in seen else None,
            may_call=row.unit_id in called,
            address=cards[row.unit_id].address if row.unit_id in cards else "",
            hours=hours.get(row.visit_id, ""),
        )

    found = []
    for day in days:
        ours = in_order(day, units)
        packed = [kits[row.visit_id] for row in ours if row.visit_id in kits]
        found.append(Today([line(row) for row in ours], *_load(packed, reader.day)))
    return found


def _hours(rows: Sequence[VisitRow], measures: Mapping[int, Measure]) -> dict[int, str]:
    """Return when each unit is open, in words by visit: two queries for each plan."""
    found: dict[int, str] = {}
    for plan_id in {measures[row.measure_id].plan_id for row in rows}:
        ours = [row for row in rows if measures[row.measure_id].plan_id == plan_id]
        hours = hours_of({row.unit_id for row in ours}, settings_of(plan_id))
        found |= {row.visit_id: hours_words(hours[row.unit_id]) for row in ours}
    return found


def _packs(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(words_of(part.item, part.quantity, part.packing) for part in parts)


def _load(kits: Sequence[KitView], day: date) -> tuple[list[str], int, int]:
    """Return what to load in words, how many kits that is, and how many of them the store lacks."""
    packs: Counter[tuple[str, str]] = Counter()
    for kit in kits:
        packs.update({(part.item, part.packing): part.quantity for part in kit.parts})
    load = [words_of(item, count, packing) for (item, packing), count in packs.items()]
    short = sum(kit.times for kit, goes in zip(kits, can_go(kits, day), strict=True) if not goes)
    return load, sum(kit.times for kit in kits), short
