"""Households as readers see them, both parents at the front, and what is decided about it."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from organisation.house_samples import House, found, holder
from people_builders import Row, acting, at, bring, everything, on
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission, Role
from songnuan.people import actions, queries
from songnuan.people.checks import verify
from songnuan.people.duplicates import Found
from songnuan.people.family import Age, Days
from songnuan.people.models import (
    HouseholdNote,
    Person,
    Roster,
    Service,
)
from songnuan.people.queries import Asked, AtFront
from songnuan.people.rules import REMARK_MAX

pytestmark = pytest.mark.django_db

NUMBERS = {
    "张父": "110101199003071233",
    "李母": "11010519491231002X",
    "王远": "440524188001010014",
    "张小宝": "11010120100101001X",
}
DECIDED = "4月3日领导小组研究：李母推迟一周出发。"


def staff(name: str, unit: str) -> Row:
    return {"name": name, "id_number": NUMBERS[name], "unit_name": unit}


def kin(name: str, relation: str, relative: str, **more: Any) -> Row:
    return {
        "name": name,
        "id_number": NUMBERS[name],
        "relation": relation,
        "relative_name": relative,
        "relative_id_number": NUMBERS.get(relative, ""),
        **more,
    }


def aid(name: str, start: int, end: int | None = None, place: str = "武汉市") -> Row:
    told = {"name": name, "id_number": NUMBERS[name], "place": place, "starts_on": on(start).isoformat()}
    return told | ({} if end is None else {"ends_on": on(end).isoformat()})


def tell(house: House, *rows: Row, kind: str = "service", key: str = "", day: int = 3) -> None:
    """Bring rows into the roster of their kind."""
    bring(key or kind, kind, rows, day, unit_id=house.bureau).apply()


@pytest.fixture
def house(db: None) -> House:  # noqa: ARG001 - asks for the database
    """A bureau: 张父 at the audit department, 李母 at the channel one; married, with a child of ten."""
    house = found()
    tell(
        house, staff("张父", "审计处"), staff("李母", "航道处"), staff("王远", "航道处"), kind="people", day=2
    )
    child = {"relative_birth_on": "2010-01-01"}
    rows = (kin("张父", "spouse", "李母"), kin("张父", "child", "张小宝", **child))
    tell(house, *rows, kind="families")
    return house


def key_of(name: str) -> str:
    return Person.objects.get(name=name).key


def families(actor: Actor = SYSTEM, day: int = 4, **more: Any) -> list[AtFront]:
    return queries.both_parents_at_front(actor, at(day), **{"size": 9, **more})


def note(actor: Actor = SYSTEM, day: int = 4, text: str = DECIDED, **changes: str) -> list[str]:
    """Note a decision on what is told that day."""
    [family] = families(actor, day)
    told = {"first_key": family.first.key, "second_key": family.second.key, "seen": family.seen, **changes}
    with acting():
        return actions.note_household(text=text, actor=actor, at=at(day), **told)


def due(actor: Actor = SYSTEM, day: int = 4) -> int:
    return queries.children_at_front(actor, Permission.PEOPLE_IMPORT, at(day), due=True)


# Households -----------------------------------------------------------------------------------------


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


def both(house: House) -> None:
    """Let both serve, on the 5th to the 9th together, and tell that the child is that of both."""
    tell(house, aid("张父", 1, 9), aid("李母", 5, 20, "孝感市"))
    tell(house, kin("李母", "child", "张小宝"), kind="families", key="of-mother")


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


# What is decided ------------------------------------------------------------------------------------


def test_a_decision_is_kept_and_holds_until_more_is_told(house: House) -> None:
    both(house)
    officer = holder("officer", Role.UNION_OFFICER, house.bureau)
    assert due() == 1
    assert note(officer) == [key_of("张小宝")]
    assert due() == 0
    [family] = families()
    [told] = family.notes
    assert (told.text, told.by, told.children) == (DECIDED, officer.label, ("张*宝",))
    assert not family.is_due
    assert queries.children_at_front(SYSTEM, Permission.PEOPLE_IMPORT, at(4)) == 1, "it stays to be seen"
    tell(house, aid("张父", 1, 9) | {"minutes": 600}, day=5)
    assert due(day=5) == 0, "the same days, told with hours"
    tell(house, aid("张父", 12, 14, "黄冈市"), day=6)
    assert due(day=6) == 1
    [family] = families(day=6)
    assert (family.is_due, len(family.notes)) == (True, 1)
    note(officer, day=6, text="同意。")
    assert due(day=6) == 0
    assert [one.text for one in families(day=6)[0].notes] == ["同意。", DECIDED]
    assert list(verify(on(6))) == []


def test_a_second_click_notes_nothing_more(house: House) -> None:
    both(house)
    officer = holder("officer", Role.UNION_OFFICER, house.bureau)
    note(officer)
    note(officer)
    assert HouseholdNote.objects.count() == 1


def test_the_trail_has_keys_and_a_digest_and_no_word_of_it(house: House) -> None:
    both(house)
    note()
    [entry] = Entry.objects.filter(action="people.note_household")
    assert entry.subject == f"people.person:{key_of('张小宝')}"
    assert not any(word in entry.facts for word in ("张", "李", "领导小组"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM people_householdnote")
        assert "领导小组" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"text": " "}, "decision_missing", id="nothing said"),
        pytest.param({"text": "长" * (REMARK_MAX + 1)}, "text_too_long", id="too much"),
        pytest.param({"seen": "0" * 16}, "household_changed", id="something else was read"),
        pytest.param({"first_key": "0" * 32}, "person_gone", id="nobody"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_changes(
    house: House, changes: dict[str, str], code: str
) -> None:
    both(house)
    before = everything(HouseholdNote, Entry)
    with pytest.raises(Refusal) as refused:
        note(**changes)
    assert refused.value.code == code
    assert everything(HouseholdNote, Entry) == before


def test_who_may_not_import_there_decides_nothing(house: House) -> None:
    both(house)
    [family] = families()
    told = {"first_key": family.first.key, "second_key": family.second.key, "seen": family.seen}
    before = everything(HouseholdNote, Entry)
    for role, unit in (
        (Role.INSPECTOR, house.bureau),
        (Role.FINANCE, house.bureau),
        (Role.UNIT_LIAISON, house.channel),
        (Role.PRIVACY_OFFICER, house.bureau),
    ):
        actor = holder(role.value, role, unit)
        with pytest.raises(Refusal) as refused, acting():
            actions.note_household(text=DECIDED, actor=actor, at=at(4), **told)
        assert refused.value.code == "not_permitted"
    assert everything(HouseholdNote, Entry)[0] == before[0]
    assert not Entry.objects.filter(action="people.note_household").exists()


def test_nothing_is_decided_about_who_does_not_serve_at_the_same_time(house: House) -> None:
    both(house)
    [family] = families()
    told = {"first_key": family.first.key, "second_key": family.second.key, "seen": family.seen}
    with pytest.raises(Refusal) as refused, acting():
        actions.note_household(text=DECIDED, actor=SYSTEM, at=at(10), **told)
    assert refused.value.code == "household_settled"
    assert not HouseholdNote.objects.exists()


@pytest.mark.parametrize("name", ["张小宝", "张父", "李母"])
def test_a_decision_goes_with_each_of_the_three(house: House, name: str) -> None:
    both(house)
    note()
    with acting():
        actions.erase_person(person_key=key_of(name), actor=SYSTEM, at=at(6))
    assert not HouseholdNote.objects.exists()
    assert [one.code for one in verify(on(6)) if one.code.startswith("household")] == []


def test_a_decision_moves_with_who_was_entered_twice_and_is_asked_for_anew(house: House) -> None:
    both(house)
    note()
    tell(house, {"name": "李 母", "unit_name": "航道处"}, kind="people", key="again", day=5)
    keep, drop = Person.objects.get(name="李母"), Person.objects.exclude(name="李母").order_by("-pk").first()
    assert drop is not None
    with acting():
        actions.note_pairs(found=[Found(keep.pk, drop.pk, ("name",), 50)], actor=SYSTEM, at=at(5))
        actions.merge_persons(keep_key=drop.key, drop_key=keep.key, choices={}, actor=SYSTEM, at=at(5))
    moved = HouseholdNote.objects.get()
    assert drop.pk in {moved.first_id, moved.second_id}
    assert moved.first_id < moved.second_id
    assert due(day=5) == 1, "who served was the one that went"
    assert [one.code for one in verify(on(5)) if one.code.startswith("household")] == []


@pytest.mark.parametrize("name", ["张小宝", "张父", "李母"])
def test_each_of_the_three_may_read_what_was_decided(house: House, name: str) -> None:
    both(house)
    note(holder("officer", Role.UNION_OFFICER, house.bureau))
    [told] = queries.own_view(key_of(name), at(5)).decisions
    assert (told.text, told.posts) == (DECIDED, ("工会干部 · 澄江省水运管理局",))
    assert queries.own_view(key_of("王远"), at(5)).decisions == ()


def test_a_decision_that_was_tampered_with_is_found(house: House) -> None:
    both(house)
    note()
    assert list(verify(on(4))) == []
    HouseholdNote.objects.update(text="另一句话")
    assert [one.code for one in verify(on(4))] == ["household_note_changed"]
    HouseholdNote.objects.all().delete()
    assert [one.code for one in verify(on(4))] == ["household_note_missing"]


def test_a_note_is_about_three_persons_the_two_in_their_order(house: House) -> None:
    both(house)
    note()
    for change in ({"first": "second"}, {"child": "first"}):
        row = HouseholdNote.objects.get()
        for to, of in change.items():
            setattr(row, to, getattr(row, of))
        row.pk, row.digest = None, "1" * 64
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseholdNote.objects.bulk_create([row])
