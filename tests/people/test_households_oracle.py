"""Whose two parents serve on the same days, and who stands in whose household, against a slow reading."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from people_builders import at, on, open_unit
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.permissions import Permission
from songnuan.people import queries
from songnuan.people.both_parents import Three, three_of
from songnuan.people.family import Days, Spell, is_settled, shared, together
from songnuan.people.models import (
    FamilyLink,
    Person,
    Relation,
    Roster,
    RosterImport,
    Service,
)
from songnuan.people.queries.households import Asked

TODAY = 10
PEOPLE = range(5)
BACK = {"spouse": "spouse", "parent": "child", "child": "parent"}

RELATIONS = st.sampled_from(["spouse", "spouse", "parent", "child", "child", "sibling"])
MOSTLY = st.sampled_from([True] * 7 + [False])
LINKS = st.dictionaries(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda pair: pair[0] != pair[1]),
    st.tuples(
        st.sampled_from(["spouse", "parent", "child", "child", "sibling"]),
        MOSTLY,
    ),
    min_size=5,
    max_size=9,
)
SERVICES = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.integers(1, 20),
        st.one_of(st.none(), st.integers(0, 8)),
        MOSTLY,
    ),
    min_size=5,
    max_size=8,
    unique_by=lambda one: (one[0], one[1]),
)


@dataclass
class House:
    """Six people, who is told to be whose relative, and who serves from when until when."""

    links: dict[tuple[int, int], tuple[str, bool]]
    services: list[tuple[int, int, int | None, bool]]
    ids: list[int] = field(default_factory=list)

    def is_to(self, one: int, other: int) -> set[str]:
        """Return what the one is to the other, told from either side."""
        told = set()
        for (person, relative), (relation, stands) in self.links.items():
            if stands and (relative, person) == (one, other):
                told.add(relation)
            if stands and (person, relative) == (one, other) and relation in BACK:
                told.add(BACK[relation])
        return told

    def days(self, one: int) -> set[int]:
        """Return the days on which somebody serves, as far as a test looks."""
        return {
            day
            for person, start, more, stands in self.services
            for day in range(start, 60 if more is None else start + more + 1)
            if stands and person == one
        }

    def both(self, one: int, other: int) -> bool:
        """Return whether two serve on a day that is not over."""
        return any(day >= TODAY for day in self.days(one) & self.days(other))

    def threes(self) -> Iterator[tuple[int, int, int, int | None]]:
        """Yield a child, the two who serve, and whose child it is where it is that of one alone."""
        for child in PEOPLE:
            for one, other in combinations([person for person in PEOPLE if person != child], 2):
                if not self.both(one, other):
                    continue
                parents = [person for person in (one, other) if "parent" in self.is_to(person, child)]
                if len(parents) == 2:
                    yield child, one, other, None
                elif parents and "spouse" in self.is_to(one, other):
                    yield child, one, other, parents[0]

    def kin(self, employee: int) -> dict[int, tuple[str, bool]]:
        """Return who stands in the household of an employee, as what, and whether as the spouse's."""
        found: dict[int, tuple[str, bool]] = {}
        spouses = [one for one in PEOPLE if "spouse" in self.is_to(one, employee) and one != employee]
        for wanted in ("spouse", "child", "parent"):
            for of_spouse, heads in ((False, [employee]), (True, [] if wanted == "spouse" else spouses)):
                for head in heads:
                    for one in PEOPLE:
                        if one not in {head, employee} and wanted in self.is_to(one, head):
                            found.setdefault(one, (wanted, of_spouse))
        return found

    def is_employee(self, one: int) -> bool:
        """Return whether relatives of somebody are told."""
        return any(
            stands and person == one and relation in BACK
            for (person, _relative), (relation, stands) in self.links.items()
        )

    def listed(self) -> list[int]:
        """Return whose households are listed: of two who are married one, and everybody in some."""

        def lower(one: int, among: list[int]) -> bool:
            return any(other < one and "spouse" in self.is_to(other, one) for other in among)

        employees = [one for one in PEOPLE if self.is_employee(one)]
        first = [one for one in employees if not lower(one, employees)]
        return [one for one in employees if not lower(one, first)]


def write(house: House) -> None:
    """Put it into the register."""
    unit = open_unit("澄江医院", "bureau")
    kinds = ("families", "service")
    rosters = [
        Roster.objects.create(key=kind, title=kind, kind=kind, unit_id=unit, created_at=at(1))
        for kind in kinds
    ]
    told = {"told_digest": "0" * 64}
    source = RosterImport.objects.create(
        key="0" * 32,
        kind="families",
        unit_id=unit,
        file_name="x",
        file_digest="0" * 64,
        file_size=1,
        created_at=at(1),
        touched_at=at(1),
        day=on(1),
    )
    moment = {"created_at": at(1), "changed_at": at(1)}
    persons = [Person.objects.create(key=f"{one:032x}", name=f"张{one}", **moment) for one in PEOPLE]
    house.ids = [person.pk for person in persons]
    for (person, relative), (relation, stands) in house.links.items():
        FamilyLink.objects.create(
            roster=rosters[0],
            person=persons[person],
            relative=persons[relative],
            relation=Relation(relation),
            told_by=source,
            starts_on=on(1),
            ends_on=None if stands else on(2),
            **told,
        )
    for person, start, more, stands in house.services:
        Service.objects.create(
            roster=rosters[1],
            person=persons[person],
            unit_id=unit,
            place="武汉市",
            starts_on=on(start),
            ends_on=None if more is None else on(start + more),
            told_by=source,
            recorded_on=on(1),
            withdrawn_on=None if stands else on(2),
            **told,
        )


@pytest.mark.django_db
@given(LINKS, SERVICES)
def test_the_register_is_read_as_a_slow_reading_reads_it(
    links: dict[tuple[int, int], tuple[str, bool]], services: list[tuple[int, int, int | None, bool]]
) -> None:
    house = House(links, services)
    with transaction.atomic():
        write(house)
        one_of = dict(zip(house.ids, PEOPLE, strict=True))
        key_of = {f"{one:032x}": one for one in PEOPLE}
        found = three_of(SYSTEM, Permission.PEOPLE_VIEW, at(TODAY))
        # That a child's two parents are each the other's spouse too makes it no third family.
        wanted = {
            Three(house.ids[child], house.ids[one], house.ids[other], 0 if of is None else house.ids[of])
            for child, one, other, of in house.threes()
        }
        assert sorted(found) == sorted(wanted)
        for family in queries.both_parents_at_front(SYSTEM, at(TODAY), size=99):
            first, second = key_of[family.first.key], key_of[family.second.key]
            common = house.days(first) & house.days(second)
            told = {
                day
                for days in family.days
                for day in range(1, 60)
                if days.first <= on(day) and (days.last is None or on(day) <= days.last)
            }
            assert {day for day in common if day >= TODAY} == {day for day in told if day >= TODAY}
            assert told <= common
        shown = queries.households(SYSTEM, at(TODAY), size=99).rows
        told_kin = {
            key_of[row.employee.key]: {
                key_of[kin.member.key]: (kin.relation, kin.of_spouse) for kin in row.kin
            }
            for row in shown
        }
        assert told_kin == {one: house.kin(one) for one in house.listed()}
        at_front = queries.households(SYSTEM, at(TODAY), Asked(at_front=True), size=99).rows
        assert [row.employee.key for row in at_front] == [
            f"{one:032x}"
            for one in house.listed()
            if any(TODAY in house.days(member) for member in (one, *house.kin(one)))
        ]
        assert {row.employee.key for row in at_front} <= {row.employee.key for row in shown}
        assert set(one_of.values()) == set(PEOPLE)
        transaction.set_rollback(True)


DAYS = st.builds(
    lambda start, more: Days(on(start), None if more is None else on(start) + timedelta(days=more)),
    st.integers(1, 12),
    st.one_of(st.none(), st.integers(0, 5)),
)


def every(days: Days) -> set[date]:
    """Return the days one by one, as far as a test looks."""
    return {on(day) for day in range(1, 40) if days.first <= on(day) <= days.end}


@given(DAYS, DAYS)
def test_days_that_two_share_are_those_of_both(one: Days, other: Days) -> None:
    both = shared(one, other)
    assert (every(both) if both else set()) == every(one) & every(other)
    assert (both is not None and both.last is None) == (one.last is None and other.last is None)
    assert one.covers(other) == (every(other) <= every(one) and (one.last is None or other.last is not None))


@given(st.lists(DAYS, max_size=6))
def test_days_put_together_are_the_same_with_gaps_between_them(some: list[Days]) -> None:
    found = together(some)
    assert set().union(*map(every, found)) == set().union(*map(every, some))
    for one, after in pairwise(found):
        assert one.last is not None
        assert one.last + timedelta(days=1) < after.first


def spell(pk: int, start: int, end: int | None, until: int | None = None, place: str = "武汉市") -> Spell:
    last = None if end is None else on(end)
    return Spell(pk, place, "", Days(on(start), last), None if until is None else on(until))


@pytest.mark.parametrize(
    ("first", "settled"),
    [
        pytest.param([spell(1, 1, 20)], True, id="as it was"),
        pytest.param([spell(1, 1, 20, until=8), spell(5, 1, 20)], True, id="told again alike"),
        pytest.param([spell(1, 1, 20, until=8), spell(5, 1, 15)], True, id="shorter than before"),
        pytest.param([spell(1, 1, 20, until=8), spell(5, 1, 30)], True, id="longer, but not together"),
        pytest.param([spell(1, 1, 12, until=8), spell(5, 1, 20)], False, id="longer together"),
        pytest.param([spell(1, 1, 20), spell(5, 3, 9, place="孝感市")], False, id="another place"),
        pytest.param([spell(1, 1, 20), spell(5, 1, 4, place="孝感市")], True, id="another place, but over"),
        pytest.param([spell(1, 1, 20, until=3), spell(5, 1, 20)], False, id="taken back before it was noted"),
        pytest.param([spell(5, 1, 20)], False, id="told after it was noted"),
        pytest.param([], True, id="nothing any more"),
    ],
)
def test_a_decision_holds_until_more_days_together_are_told(first: list[Spell], settled: bool) -> None:  # noqa: FBT001
    second = [spell(2, 1, 16)]
    assert is_settled(first, second, through=2, noted_on=on(5), on=on(6)) is settled
    assert is_settled(second, first, through=2, noted_on=on(5), on=on(6)) is settled
