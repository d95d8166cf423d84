"""Households as readers see them, and children whose two parents are at the front."""

import pytest
from pytest_django import DjangoAssertNumQueries

from household_builders import NUMBERS, aid, both, due, families, found_family, key_of, kin, tell
from organisation.house_samples import House, holder
from people_builders import acting, at, on
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.permissions import Permission, Role
from songnuan.people import actions, queries
from songnuan.people.family import Age, Days
from songnuan.people.models import Roster, Service
from songnuan.people.queries import Asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db: None) -> House:  # noqa: ARG001 - asks for the database
    """A bureau with two employees who are married, and their child."""
    return found_family()


def test_a_household_is_told_once_with_who_serves_where(house: House) -> None:
    tell(house, kin("李母", "parent", "李奶奶"), kind="families", key="families-2")
    tell(house, aid("李母", 1, 9))
    [row] = queries.households(SYSTEM, at(4), size=9).rows
    assert (row.employee.name, row.is_at_front) == ("张父", True)
    assert [(one.member.name, one.relation, one.of_spouse) for one in row.kin] == [
        ("李母", "spouse", False),
        ("张*宝", "child", False),
        ("李奶奶", "parent", True),
    ]
    [serving] = row.kin[0].member.serves
    assert (serving.place, serving.starts_on, serving.ends_on) == ("武汉市", on(1), on(9))
    assert row.kin[1].member.restricted
    assert row.kin[1].member.age is Age.MINOR


@pytest.mark.parametrize(("day", "serves"), [(1, False), (2, True), (5, True), (6, False)])
def test_the_last_day_of_service_is_one_of_it(house: House, day: int, serves: bool) -> None:  # noqa: FBT001
    tell(house, aid("李母", 2, 5), day=2)
    rows = queries.households(SYSTEM, at(day), Asked(at_front=True), size=9).rows
    assert bool(rows) is serves


def test_households_come_page_by_page_in_few_queries(
    house: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = [{"name": f"赵{number}"} for number in range(30)]
    tell(house, *many, kind="people", key="more")
    rows = [
        {"name": f"赵{number}", "relation": "spouse", "relative_name": f"钱{number}"} for number in range(30)
    ]
    tell(house, *rows, kind="families", key="more-families")
    names, after = [], 0
    while True:
        page = queries.households(SYSTEM, at(4), after=after, size=7)
        names += [row.employee.name for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert sorted(names) == sorted(["张父", *(f"赵{number}" for number in range(30))])
    with django_assert_max_num_queries(7):
        queries.households(SYSTEM, at(4), size=31)


def test_a_household_is_found_by_anybody_in_it(house: House) -> None:
    for text in ("李母", NUMBERS["李母"], "张小宝", "张父"):
        assert len(queries.households(SYSTEM, at(4), Asked(text=text), size=9).rows) == 1, text
    assert queries.households(SYSTEM, at(4), Asked(text="王远"), size=9).rows == ()
    assert queries.households(SYSTEM, at(4), Asked(at_front=True, text="李母"), size=9).rows == ()
    near = holder("near", Role.UNIT_LIAISON, house.audit)
    minor = queries.households(near, at(4), Asked(text="张小宝"), size=9).rows
    assert minor == (), "a minor is found by name only by who may see them in full"


def test_nobody_is_shown_to_whom_another_unit_sees(house: House) -> None:
    tell(house, kin("李母", "parent", "李奶奶"), kind="families", key="families-2")
    audit = holder("audit", Role.UNIT_LIAISON, house.audit)
    [row] = queries.households(audit, at(4), size=9).rows
    assert [one.member.name for one in row.kin] == ["李母", "张*宝"], "of the spouse's family nobody"
    channel = holder("channel", Role.UNIT_LIAISON, house.channel)
    [row] = queries.households(channel, at(4), size=9).rows
    assert (row.employee.name, [one.member.name for one in row.kin]) == ("李母", ["李奶奶"])
    blind = holder("blind", Role.ADMINISTRATOR, house.bureau)
    assert queries.households(blind, at(4), size=9).rows == ()


# Both parents ---------------------------------------------------------------------------------------


def test_a_child_whose_two_parents_serve_on_the_same_days_is_told(house: House) -> None:
    both(house)
    [family] = families()
    assert [one.name for one in family.carers] == ["张父", "李母"]
    [child] = family.children
    assert (child.member.name, child.parent_key, child.is_noted) == ("张*宝", "", False)
    assert family.days == (Days(on(5), on(9)),)
    assert [one.serves[0].place for one in family.carers] == ["武汉市", "孝感市"]
    assert families(day=9) == [family]
    assert families(day=10) == [], "the last day they share is over"


def test_the_spouse_of_a_parent_counts_and_is_marked(house: House) -> None:
    tell(house, aid("张父", 1, 9), aid("李母", 5, 20))
    [family] = families()
    assert family.children[0].parent_key == key_of("张父")


def test_who_is_not_married_to_a_parent_does_not_count(house: House) -> None:
    tell(house, aid("张父", 1, 9), aid("王远", 1, 9))
    assert families() == []


def test_service_on_other_days_or_taken_back_does_not_count(house: House) -> None:
    tell(house, aid("张父", 1, 4), aid("李母", 5, 20))
    assert families() == []
    tell(house, aid("张父", 1, 5), day=4)
    assert len(families(day=4)) == 1
    Service.objects.filter(person__name="李母").update(withdrawn_on=on(4))
    assert families(day=4) == []


def test_rosters_that_are_erased_do_not_count(house: House) -> None:
    both(house)
    Roster.objects.filter(key="service").update(retain_until=on(4))
    roster = Roster.objects.get(key="service")
    with acting():
        actions.begin_erasing(roster_id=roster.pk, actor=SYSTEM, at=at(6))
    for table in actions.TABLES:
        step: int | None = 0
        while step is not None:
            with acting():
                step = actions.erase_rows(
                    roster_id=roster.pk, table=table, after=step, size=9, actor=SYSTEM, at=at(6)
                )
    assert families(day=6) == []


def test_minors_come_first_then_those_of_untold_age_and_each_page_goes_on(house: House) -> None:
    tell(house, aid("张父", 1), aid("李母", 1), aid("王远", 1))
    tell(
        house,
        kin("王远", "spouse", "李母"),
        kin("王远", "child", "王不详"),
        kin("王远", "child", "王成年", relative_birth_on="1990-01-01"),
        kind="families",
        key="families-2",
    )
    order = [[child.member.age for child in family.children] for family in families()]
    assert order == [[Age.MINOR], [Age.UNTOLD, Age.ADULT]]
    [first] = families(size=1)
    [second] = families(size=1, after=first.after)
    assert [first, second] == families()
    assert families(size=1, after=second.after) == []
    assert len(families(after="no-such-key")) == 2
    assert queries.children_at_front(SYSTEM, Permission.PEOPLE_VIEW, at(4)) == 2, "of age is nobody's concern"
    assert len(families(text="王不详")) == 1


def test_a_family_is_told_to_who_sees_all_three(house: House) -> None:
    both(house)
    above = holder("above", Role.UNION_OFFICER, house.bureau)
    inspector = holder("inspector", Role.INSPECTOR, house.bureau)
    audit = holder("audit", Role.UNIT_LIAISON, house.audit)
    channel = holder("channel", Role.UNIT_LIAISON, house.channel)
    for actor, sees, decides in (
        (above, 1, 1),
        (inspector, 1, 0),
        (audit, 1, 1),
        (channel, 0, 0),
    ):
        assert len(families(actor)) == sees
        assert due(actor) == decides
        assert len(queries.both_parents_of(key_of("张小宝"), actor, at(4))) == sees
        told = queries.both_parents(key_of("李母"), key_of("张父"), actor, at(4))
        assert (told is not None) == bool(sees)
