"""Rates against a slow and obvious reckoning, while units report, are excused, move, open and close."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emergency.house import CENTRE, EAST, OFFICE, WEST, ReportHouse, at, event, make_house
from songnuan.emergency import report_checks
from songnuan.emergency.actions import Days
from songnuan.emergency.models import ReportPeriod
from songnuan.emergency.report_queries import levels, node_counts, over_time, unit_over_time
from songnuan.emergency.report_rules import Told
from songnuan.journeys.base import step
from songnuan.journeys.create_account import create_account
from songnuan.journeys.end_post import end_post
from songnuan.journeys.excuse_reports import excuse_reports
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Post, UnitKind
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of

FIRST = 3  # of February, the day on which reporting begins


@dataclass
class Expected:
    """One unit on one day, as it was expected: who stood above it, and what came in."""

    unit: int
    above: tuple[int, ...]
    reports: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class World:
    """What anybody could write down by hand: the tree as it is, slots by day, and days excused."""

    parents: dict[int, int]
    slots: dict[int, list[Expected]] = field(default_factory=dict)
    excuses: list[tuple[int, int, int]] = field(default_factory=list)

    def line(self, unit: int) -> tuple[int, ...]:
        """Return the units above one, the nearest first."""
        found = []
        while unit in self.parents:
            unit = self.parents[unit]
            found.append(unit)
        return tuple(found)

    def freeze(self, day: int, office: int) -> None:
        """Write down who is expected on a day."""
        self.slots[day] = [Expected(unit, self.line(unit)) for unit in self.parents if unit != office]

    def is_excused(self, unit: int, day: int) -> bool:
        """Return whether a unit need not report on a day."""
        return any(one == unit and first <= day <= last for one, first, last in self.excuses)

    def figures(self, day: int, slots: list[Expected]) -> tuple[int, ...]:
        """Return expected, excused, received, on time, zero, event and corrected, one slot after another."""
        found = [0] * 7
        for slot in slots:
            excused = self.is_excused(slot.unit, day)
            found[0] += 1
            found[1] += excused
            if not slot.reports:
                continue
            if not excused:
                found[2] += 1
                found[3] += slot.reports[0][1] <= at(day, 16)
            found[4 if slot.reports[-1][0] == "zero" else 5] += 1
            found[6] += len(slot.reports) > 1
        return tuple(found)

    def below(self, day: int, node: int) -> list[Expected]:
        """Return who counts for a node on a day: all below it, and itself where it is expected."""
        return [slot for slot in self.slots[day] if node in (slot.unit, *slot.above)]

    def nodes(self, day: int) -> set[int]:
        """Return every unit that somebody stands below on a day."""
        return {above for slot in self.slots[day] for above in slot.above}


class Story:
    """Plays a list of acts in the house and in the world."""

    def __init__(self, house: ReportHouse) -> None:
        names = house.units
        parents = {names[name]: names[CENTRE] for name in names if name in {OFFICE, EAST, WEST, "机动队"}} | {
            names[name]: names[EAST] for name in ("一站", "二站", "三站")
        }
        parents |= {names[name]: names[WEST] for name in ("四站", "五站")}
        self.house, self.world, self.day = house, World(parents), FIRST
        self.names = {pk: name for name, pk in names.items()}
        self.fresh = count(1)
        self._open()

    def _open(self) -> None:
        self.house.open(at(self.day, 8))
        self.world.freeze(self.day, self.house.units[OFFICE])

    def _unit(self, place: int) -> int:
        units = sorted(self.world.parents)
        return units[place % len(units)]

    def _slot(self, place: int, back: int) -> tuple[int, Expected]:
        day = max(FIRST, self.day - back)
        slots = sorted(self.world.slots[day], key=lambda one: one.unit)
        return day, slots[place % len(slots)]

    def play(self, act: str, place: int, other: int, late: bool) -> None:  # noqa: FBT001
        """Do one act."""
        moment = at(self.day, 17 if late else 10)
        if act == "day":
            self.day += 1
            self._open()
        elif act == "report":
            self._report(place, other % 3, moment)
        elif act == "excuse":
            self._excuse(place, self.day - other % 3, moment)
        elif act == "move":
            self._move(self._unit(place), self._unit(other), moment)
        elif act == "open":
            self._new(self._unit(place), moment)
        else:
            self._close(self._unit(place), moment)

    def _report(self, place: int, back: int, moment: datetime) -> None:
        day, slot = self._slot(place, back)
        name = self.names[slot.unit]
        if name not in self.house.liaisons:
            return
        kind = "zero" if place % 2 else "event"
        reason = "更正" if slot.reports else ""
        told = Told("zero", reason=reason) if kind == "zero" else event(at(day, 9), reason=reason)
        if slot.reports and slot.reports[-1][0] == kind:
            return
        self.house.report(name, moment, told, day=day)
        slot.reports.append((kind, moment))

    def _excuse(self, place: int, first: int, moment: datetime) -> None:
        _day, slot = self._slot(place, 0)
        days = Days(date(2020, 2, first), date(2020, 2, first + 1))
        try:
            excuse_reports(
                measure_id=self.house.measure.pk, unit_id=slot.unit, days=days, reason="停业",
                actor=self.house.office, at=moment,
            )  # fmt: skip
        except Refusal as refusal:
            let_pass(refusal, {"excuse_stands", "not_permitted"})
            return
        self.world.excuses.append((slot.unit, first, first + 1))

    def _move(self, unit: int, parent: int, moment: datetime) -> None:
        try:
            with step():
                organisation.change_unit(unit_id=unit, parent_id=parent, actor=SYSTEM, at=moment)
        except Refusal as refusal:
            let_pass(refusal, {"under_itself", "before_last_change", "name_taken"})
            return
        self.world.parents[unit] = parent

    def _new(self, parent: int, moment: datetime) -> None:
        name = f"新站{next(self.fresh)}"
        try:
            with step():
                unit = organisation.create_unit(
                    name=name, kind=UnitKind.FRONT_LINE, parent_id=parent, opened_on=moment.date(),
                    actor=SYSTEM, at=moment,
                ).pk  # fmt: skip
        except Refusal as refusal:
            let_pass(refusal, {"before_last_change"})
            return
        user = create_account(username=f"new{unit}", name=name, password=None, actor=SYSTEM, at=moment)
        give_post(user_id=user.pk, unit_id=unit, role=Role.UNIT_LIAISON, actor=SYSTEM, at=moment)
        self.house.units[name], self.names[unit] = unit, name
        self.house.liaisons[name] = actor_of(user)
        self.world.parents[unit] = parent

    def _close(self, unit: int, moment: datetime) -> None:
        if unit in self.world.parents.values() or unit == self.house.units[OFFICE]:
            return
        for post in Post.objects.filter(unit_id=unit, ends_on=None):
            end_post(post_id=post.pk, actor=SYSTEM, at=moment)
        self.house.liaisons.pop(self.names[unit], None)
        try:
            with step():
                organisation.close_unit(unit_id=unit, actor=SYSTEM, at=moment)
        except Refusal as refusal:
            let_pass(refusal, {"before_last_change"})
            return
        del self.world.parents[unit]


def let_pass(refusal: Refusal, codes: set[str]) -> None:
    """Go on where the house may refuse so; the world is left as it is."""
    if refusal.code not in codes:
        raise refusal


ACTS = st.tuples(
    st.sampled_from(["day", "report", "report", "report", "excuse", "move", "open", "close"]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.booleans(),
)


class RatesAreThoseOfTheOracle(TestCase):
    @settings(max_examples=25)
    @given(st.lists(ACTS, min_size=5, max_size=24))
    def test_counts_of_every_node_unit_and_level(self, acts: list[tuple[str, int, int, bool]]) -> None:
        story = Story(make_house())
        for act in acts:
            story.play(*act)
        story.house.open(at(story.day + 1, 0))
        story.world.freeze(story.day + 1, story.house.units[OFFICE])
        for period in ReportPeriod.objects.all():
            compare(story, period)
        compare_units(story)
        assert list(report_checks.verify()) == []


def compare(story: Story, period: ReportPeriod) -> None:
    """Compare each node of a period, and each of its levels."""
    world, day = story.world, period.starts_at.astimezone(at(1).tzinfo).day
    kept = {one.node_id: one.tally for one in node_counts(period.pk)}
    assert kept.keys() == world.nodes(day)
    for node, told in kept.items():
        slots = world.below(day, node)
        assert tuple(_figures(told)) == world.figures(day, slots), (day, story.names[node])
        assert told.received <= told.asked
        deep = {slot.unit: len(slot.above) for slot in slots}
        for depth, level in levels(period.pk, node):
            there = [slot for slot in slots if deep[slot.unit] == depth]
            assert tuple(_figures(level)) == world.figures(day, there)


def compare_units(story: Story) -> None:
    """Compare each unit's own figures over all days that are due, and the top's."""
    world, last = story.world, at(story.day, 16)
    days = range(FIRST, story.day + 1)
    for unit in story.names:
        own = [world.figures(day, [one for one in world.slots[day] if one.unit == unit]) for day in days]
        summed = tuple(map(sum, zip(*own, strict=True)))
        told = unit_over_time(story.house.measure.pk, unit, at(FIRST, 0), last)
        assert tuple(_figures(told)) == summed
    top = story.house.units[CENTRE]
    whole = [world.figures(day, world.slots[day]) for day in days]
    told = over_time(story.house.measure.pk, [top], at(FIRST, 0) - timedelta(days=1), last)[top]
    assert tuple(_figures(told)) == tuple(map(sum, zip(*whole, strict=True)))


def _figures(told: object) -> Iterator[int]:
    names = ("expected", "excused", "received", "on_time", "zero", "event", "corrected")
    yield from (getattr(told, name) for name in names)
