"""Who may ask for flexible work follows from the family data; an obvious reading of them is the oracle."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benefits.union import NOW
from casework.flexible_house import TODAY, FlexibleHouse, make_flexible_house
from songnuan.casework.flexible_models import Dependant
from songnuan.casework.flexible_queries import at_stake, employees, families
from songnuan.casework.flexible_rules import Family, Ground, Kin, Limits, Spouse, assess, years
from songnuan.casework.flexible_words import mend_words, reason_words
from songnuan.people.models import FamilyLink, Person, Service

LIMITS = Limits(child_years=14, elder_years=60)
WIFE = Spouse("w", "王芳", "武汉市", date(2020, 2, 1))
HOME = Spouse("h", "李雷")
CHILD = Kin("c", "甲*宝", Dependant.CHILD, date(2014, 5, 1))
ELDER = Kin("e", "甲父", Dependant.ELDER, date(1950, 5, 1))
PARENT = Kin("p", "甲母", Dependant.ELDER, date(1964, 5, 1))
GROWN = Kin("g", "甲大宝", Dependant.CHILD, date(1999, 5, 1))


def family(*kin: Kin, spouses: tuple[Spouse, ...] = (WIFE,), serves: bool = False) -> Family:
    return Family(serves, spouses, kin)


@pytest.mark.parametrize(
    ("told", "ground"),
    [
        (family(CHILD), Ground.ELIGIBLE),
        (family(ELDER), Ground.ELIGIBLE),
        (family(CHILD, ELDER), Ground.ELIGIBLE),
        (family(CHILD, serves=True), Ground.SERVES),
        (family(CHILD, spouses=()), Ground.NO_SPOUSE),
        (family(CHILD, spouses=(HOME,)), Ground.SPOUSE_HOME),
        (family(CHILD, spouses=(WIFE, HOME)), Ground.CARED_FOR),
        (family(), Ground.NOBODY),
        (family(PARENT), Ground.NOBODY),
        (family(CHILD, PARENT), Ground.CARED_FOR),
        (family(CHILD, replace(PARENT, serves=True)), Ground.ELIGIBLE),
        (family(CHILD, GROWN), Ground.CARED_FOR),
        (family(CHILD, replace(GROWN, birth_on=date(2003, 5, 1))), Ground.ELIGIBLE),
        (family(replace(CHILD, birth_on=None)), Ground.NOBODY),
        (family(CHILD, replace(PARENT, birth_on=None)), Ground.CARED_FOR),
    ],
)
def test_a_family_is_read_so(told: Family, ground: Ground) -> None:
    assert assess(told, LIMITS, TODAY).ground is ground


def test_birthdays_count_to_the_day() -> None:
    born = date(2006, 3, 2)  # fourteen today
    assert years(born, TODAY) == 14
    assert assess(family(replace(CHILD, birth_on=born)), LIMITS, TODAY).ground is Ground.NOBODY
    assert assess(family(replace(CHILD, birth_on=date(2006, 3, 3))), LIMITS, TODAY).is_eligible
    assert assess(family(replace(ELDER, birth_on=date(1960, 3, 2))), LIMITS, TODAY).is_eligible
    assert not assess(family(replace(ELDER, birth_on=date(1960, 3, 3))), LIMITS, TODAY).is_eligible


def test_elders_look_after_children_only_where_the_plan_says_so() -> None:
    lets = replace(LIMITS, elders_care=True)
    both = family(CHILD, ELDER)
    assert assess(both, LIMITS, TODAY).alone == (CHILD, ELDER)
    assert assess(both, lets, TODAY).alone == (ELDER,)  # the elder has nobody all the same


def test_what_is_missing_is_said_with_what_would_change_it() -> None:
    unknown = replace(CHILD, birth_on=None)
    verdict = assess(family(unknown), LIMITS, TODAY)
    assert verdict.lacking == (unknown,)
    assert "甲*宝" in mend_words(verdict)
    parent = replace(PARENT, birth_on=None)
    verdict = assess(family(CHILD, parent), LIMITS, TODAY)
    assert (verdict.carers, verdict.lacking) == (("甲母",), (parent,))
    assert mend_words(assess(family(CHILD), LIMITS, TODAY)) == ""
    for ground in Ground:
        told = replace(verdict, ground=ground, lacking=())
        assert reason_words(told, LIMITS, TODAY)
        assert bool(mend_words(told)) is (ground is not Ground.ELIGIBLE)


DAYS = st.one_of(st.none(), st.dates(date(1930, 1, 1), TODAY))
KIN = st.lists(
    st.builds(
        Kin,
        st.uuids().map(str),
        st.just("某人"),
        st.sampled_from(Dependant),
        DAYS,
        serves=st.booleans(),
    ),
    max_size=5,
)
SPOUSES = st.lists(st.sampled_from([WIFE, HOME]), max_size=2)


def turns(birth_on: date, age: int) -> date:
    """Return the birthday on which somebody becomes so old; of 29 February, 1 March."""
    try:
        return birth_on.replace(year=birth_on.year + age)
    except ValueError:
        return date(birth_on.year + age, 3, 1)


def obvious(told: Family, limits: Limits) -> set[str]:
    """Return the keys of those whom nobody else can look after, read as the clause says it, one by one."""
    if told.serves or not any(one.from_on for one in told.spouses):
        return set()
    alone = set()
    for one in told.kin:
        if one.serves or one.birth_on is None:
            continue
        is_child = one.kind == Dependant.CHILD
        if is_child and turns(one.birth_on, limits.child_years) <= TODAY:
            continue
        if not is_child and turns(one.birth_on, limits.elder_years) > TODAY:
            continue
        somebody = any(not other.from_on for other in told.spouses)
        for other in told.kin:
            if other is one or other.serves:
                continue
            if other.kind == Dependant.CHILD:
                is_grown = other.birth_on is not None and turns(other.birth_on, 18) <= TODAY
                somebody = somebody or is_grown
            else:
                is_old = other.birth_on is not None and turns(other.birth_on, limits.elder_years) <= TODAY
                somebody = somebody or not is_old or (limits.elders_care and is_child)
        if not somebody:
            alone.add(one.key)
    return alone


@given(
    kin=KIN,
    spouses=SPOUSES,
    serves=st.booleans(),
    limits=st.builds(Limits, st.integers(1, 18), st.integers(50, 90), st.booleans()),
)
def test_it_is_as_an_obvious_reading_has_it(
    *, kin: list[Kin], spouses: list[Spouse], serves: bool, limits: Limits
) -> None:
    told = Family(serves, tuple(spouses), tuple(kin))
    verdict = assess(told, limits, TODAY)
    expected = obvious(told, limits)
    assert verdict.is_eligible is bool(expected)
    assert {one.key for one in verdict.alone} == expected
    assert reason_words(verdict, limits, TODAY)


# What the register tells -------------------------------------------------------------------------


@pytest.fixture
def house() -> FlexibleHouse:
    return make_flexible_house()


def ground(house: FlexibleHouse, name: str = "甲", **changes: Any) -> Ground:
    pk = house.register.person(name).pk
    return assess(families([pk], TODAY)[pk], replace(LIMITS, **changes), TODAY).ground


@pytest.mark.django_db
def test_a_household_is_found_from_either_side(house: FlexibleHouse) -> None:
    assert ground(house) is Ground.ELIGIBLE
    FamilyLink.objects.all().delete()
    house.register.relate("甲妻", "spouse", "甲")
    house.register.relate("甲妻", "child", "甲小宝")  # told of the spouse alone
    assert ground(house) is Ground.ELIGIBLE
    house.register.relate("甲妻", "parent", "甲岳母")
    house.born("甲岳母", date(1965, 1, 1))
    assert ground(house) is Ground.CARED_FOR


@pytest.mark.django_db
def test_only_service_that_stands_today_counts(house: FlexibleHouse) -> None:
    rows = employees("staff", [house.shop.pk])
    assert at_stake(rows, TODAY).count() == 1
    Service.objects.update(withdrawn_on=TODAY)
    assert ground(house) is Ground.SPOUSE_HOME
    assert at_stake(rows, TODAY).count() == 0
    Service.objects.update(withdrawn_on=None, ends_on=date(2020, 3, 1))
    [spouse] = families([house.register.person("甲").pk], TODAY)[house.register.person("甲").pk].spouses
    assert (spouse.serves, spouse.served_until) == (False, date(2020, 3, 1))
    Service.objects.update(starts_on=date(2020, 3, 3), ends_on=None)
    assert ground(house) is Ground.SPOUSE_HOME
    Service.objects.update(starts_on=TODAY, ends_on=TODAY)
    assert ground(house) is Ground.ELIGIBLE


@pytest.mark.django_db
def test_names_of_children_are_masked(house: FlexibleHouse) -> None:
    Person.objects.filter(name="甲小宝").update(name="张小宝")
    pk = house.register.person("甲").pk
    verdict = assess(families([pk], TODAY)[pk], LIMITS, TODAY)
    sentence = reason_words(verdict, LIMITS, TODAY)
    assert "张小宝" not in sentence
    assert "甲妻" in sentence
    assert "2014" not in sentence
    assert NOW.date() == TODAY
