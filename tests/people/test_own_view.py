"""Codes for the person's own view, who is let in with one, and what is shown."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairs import enrol, link, pair, person, roster, serve
from people import Bureau
from people_builders import acting, at, on
from songnuan.audit.models import Entry
from songnuan.audit.queries import entries
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.open_own_view import open_own_view
from songnuan.journeys.show_person import show_person
from songnuan.kernel import codes
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import actor_of, permits
from songnuan.people import access_codes, queries
from songnuan.people.actions import (
    TABLES,
    Issued,
    Opened,
    begin_erasing,
    erase_person,
    erase_rows,
    finish_erasing,
    issue_code,
    merge_persons,
    revoke_code,
    take_own_view,
)
from songnuan.people.models import AccessCode, Person, Roster

pytestmark = pytest.mark.django_db

NUMBER = "11010119900307123X"
PHONE = "13800010001"


@pytest.fixture
def union(bureau: Bureau) -> Actor:
    """A union officer of the bureau."""
    user = create_account(username="union", name="沈工会", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster of the bureau's people."""
    return roster(bureau.bureau_id)


@pytest.fixture
def zhang(staff: Roster) -> Person:
    """Somebody with a number and a phone."""
    one = person("张建国", id_number=NUMBER, phone=PHONE)
    enrol(staff, one, post="闸工")
    return one


def issue(who: Person, actor: Actor, day: int = 2, **more: Any) -> Issued:
    """Give somebody a code."""
    with acting():
        return issue_code(person_key=who.key, actor=actor, at=at(day), **more)


def come(code: str, ending: str, day: int = 3) -> Opened | None:
    """Come in with a code."""
    return open_own_view(code=code, ending=ending, actor=SYSTEM, at=at(day))


def counts() -> list[tuple[int, int]]:
    """Return how often each code was used, and failed."""
    return list(AccessCode.objects.order_by("pk").values_list("used_count", "failed_count"))


def acts(one: Person) -> list[str]:
    """Return what the trail tells of a person, the first first."""
    return [row.action for row in reversed(entries(subject=f"people.person:{one.key}"))]


def test_a_code_is_twelve_signs_that_nobody_mistakes() -> None:
    codes = {access_codes.fresh() for _ in range(300)}
    assert len(codes) == 300
    for code in codes:
        assert [len(part) for part in code.split("-")] == [4, 4, 4]
        assert not set(code) - {*"23456789-"}, "it can be read aloud, and entered with the keys for numbers"
        assert access_codes.is_code(code)


@given(st.text(alphabet=codes.SIGNS, min_size=12, max_size=12), st.data())
def test_a_code_is_the_same_however_it_is_typed(code: str, data: st.DataObject) -> None:
    wide = code.translate({ord(sign): ord(sign) + 0xFEE0 for sign in code})
    between = data.draw(st.sampled_from(["", " ", "-", "—", "  ", "－"]))
    for typed in (code.lower(), wide, wide.lower(), between.join(code), f" {code[:4]} {code[4:]} "):
        assert access_codes.digest(typed) == access_codes.digest(code)


def test_who_has_the_code_and_the_ending_is_let_in_for_a_quarter_of_an_hour(
    union: Actor, zhang: Person
) -> None:
    issued = issue(zhang, union)
    opened = come(issued.code.lower().replace("-", " "), "１２３ｘ")
    assert opened is not None
    assert (opened.person_key, opened.until) == (zhang.key, at(3) + timedelta(minutes=15))
    assert queries.opened_for(opened.code_id) == zhang.key
    assert counts() == [(1, 0)]
    assert acts(zhang) == ["people.issue_code", "people.open_own_view"]
    entry = Entry.objects.get(action="people.open_own_view")
    assert entry.actor_key == f"person:{zhang.key}"
    assert "张" not in entry.actor_label


def test_a_code_opens_once(union: Actor, zhang: Person) -> None:
    first, second = issue(zhang, union, count=2).codes
    opened = come(first, "123X")
    assert opened is not None
    late = at(3) + access_codes.AGAIN
    assert open_own_view(code=first, ending="123X", actor=SYSTEM, at=late) is None
    told = queries.last_code(zhang.key, at(3))
    assert told is not None
    assert (told.count, told.left, told.used_count, told.is_live) == (2, 1, 1, True)
    assert queries.opened_for(opened.code_id) == zhang.key, "what it opened stays open for its time"
    assert come(second, "123X") is not None
    told = queries.last_code(zhang.key, at(3))
    assert told is not None
    assert (told.left, told.is_live) == (0, False)
    assert counts() == [(1, 0), (1, 0)]


def test_a_second_tap_is_the_same_visit_and_makes_it_no_longer(union: Actor, zhang: Person) -> None:
    code = issue(zhang, union).code
    opened = [
        open_own_view(code=code, ending="123X", actor=SYSTEM, at=at(3) + timedelta(seconds=seconds))
        for seconds in (0, 1, 100, 119, 121)
    ]
    until = at(3) + timedelta(minutes=15)
    assert [one and one.until for one in opened] == [until, until, until, until, None]
    told = queries.last_code(zhang.key, at(3))
    assert told is not None
    assert (told.left, told.is_live) == (0, False)


def test_codes_from_before_open_nothing_whatever_was_left_of_them(union: Actor, zhang: Person) -> None:
    old = issue(zhang, union, count=3).codes
    assert come(old[0], "123X") is not None
    new = issue(zhang, union).code
    assert [come(code, "123X") for code in old] == [None, None, None]
    assert come(new, "123X") is not None


def test_the_code_itself_is_kept_nowhere(union: Actor, zhang: Person) -> None:
    code = issue(zhang, union).code
    everything = repr([list(AccessCode.objects.values_list()), list(Entry.objects.values_list())])
    assert code not in everything
    assert code.replace("-", "") not in everything
    assert NUMBER not in everything
    assert "张建国" not in everything


@pytest.mark.parametrize("wrong", ["ending", "code", "late", "revoked", "newer", "erased"])
def test_all_others_stay_outside(union: Actor, zhang: Person, wrong: str) -> None:
    code, ending, day = issue(zhang, union).code, "123X", 3
    if wrong == "ending":
        ending = "1230"
    elif wrong == "code":
        code = "ABCD-EFGH-JKMN"
    elif wrong == "late":
        day = 16
    elif wrong == "revoked":
        with acting():
            assert revoke_code(person_key=zhang.key, actor=union, at=at(2))
    elif wrong == "newer":
        issue(zhang, union)
    else:
        empty: dict[str, Any] = {"id_number": None, "id_index": "", "phone": None, "phone_index": ""}
        Person.objects.filter(pk=zhang.pk).update(name="", status="erased", **empty)
    assert come(code, ending, day) is None
    assert not Entry.objects.filter(action="people.open_own_view").exists()
    assert sum(used for used, _failed in counts()) == 0
    assert sum(failed for _used, failed in counts()) == (1 if wrong == "ending" else 0)


def test_a_code_holds_to_its_last_moment(union: Actor, zhang: Person) -> None:
    issued = issue(zhang, union)
    assert issued.expires_at == at(16)
    almost = at(16) - timedelta(seconds=1)
    assert open_own_view(code=issued.code, ending="123X", actor=SYSTEM, at=almost) is not None
    assert open_own_view(code=issued.code, ending="123X", actor=SYSTEM, at=at(16)) is None


def test_the_fifth_failure_locks_the_code_and_is_told_once(union: Actor, zhang: Person) -> None:
    first, second, third = issue(zhang, union, count=3).codes
    for code in (first, first, second, third):
        assert come(code, "0000") is None
    assert come(first, "123X") is not None, "four failures are no lock"
    assert come(second, "0000") is None
    for code in (second, third):
        assert come(code, "123X") is None, "failures count for all that were handed over together"
    assert counts() == [(1, 5), (0, 5), (0, 5)]
    assert acts(zhang) == ["people.issue_code", "people.open_own_view", "people.lock_code"]
    told = queries.last_code(zhang.key, at(3))
    assert told is not None
    assert (told.locked, told.is_live, told.revoked) == (True, False, False)
    assert come(issue(zhang, union, day=3).code, "123X") is not None, "a new code opens"


def test_without_a_number_the_phone_goes_with_the_code(union: Actor, staff: Roster) -> None:
    one = person("王秀英", phone="0591-87123456-801")
    enrol(staff, one)
    opened = come(issue(one, union).code, "6801")
    assert opened is not None
    assert opened.person_key == one.key


def test_who_has_neither_number_nor_phone_gets_no_code(union: Actor, staff: Roster) -> None:
    one = person("王秀英")
    enrol(staff, one)
    with pytest.raises(Refusal) as refused:
        issue(one, union)
    assert refused.value.code == "ending_missing"
    assert not AccessCode.objects.exists()
    assert not queries.may_ask_code(one.key)


def test_a_minors_code_is_asked_for_by_a_guardian(union: Actor, staff: Roster) -> None:
    child = person("张小宝", phone=PHONE, birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, child)
    with pytest.raises(Refusal) as refused:
        issue(child, union, guardian=" ")
    assert (refused.value.code, refused.value.field) == ("guardian_missing", "guardian")
    assert not AccessCode.objects.exists()
    issue(child, union, guardian=" 张 建国 ")
    assert AccessCode.objects.get().guardian == "张建国"
    assert "张建国" not in Entry.objects.get(action="people.issue_code").facts


def test_only_who_may_see_the_person_gives_and_takes_a_code(
    bureau: Bureau, union: Actor, zhang: Person
) -> None:
    issue(zhang, union)
    before = list(AccessCode.objects.values())
    for act in (issue_code, revoke_code):
        for actor in (bureau.officer, bureau.liaison, access_codes.oneself(zhang.key)):
            with pytest.raises(NotPermitted), acting():
                act(person_key=zhang.key, actor=actor, at=at(2))
        with pytest.raises(Refusal) as refused, acting():
            act(person_key="nobody", actor=union, at=at(2))
        assert refused.value.code == "person_gone"
    with pytest.raises(NotPermitted):
        issue(zhang, SYSTEM)
    assert list(AccessCode.objects.values()) == before


def test_who_came_in_with_a_code_is_not_the_house(bureau: Bureau, zhang: Person) -> None:
    oneself = access_codes.oneself(zhang.key)
    assert not oneself.is_system
    for permission in Permission:
        assert not permits(oneself, permission, at=at(3))
        assert not permits(oneself, permission, unit_id=bureau.bureau_id, at=at(3))


def test_after_a_merge_the_code_opens_what_the_kept_entry_holds(union: Actor, zhang: Person) -> None:
    other = person("张建囯", phone="13800010002")
    pair(zhang, other)
    code = issue_as_system(other)
    with acting():
        merge_persons(keep_key=zhang.key, drop_key=other.key, choices={}, actor=SYSTEM, at=at(2))
    opened = come(code, "123X")
    assert opened is not None
    assert opened.person_key == zhang.key
    view = queries.own_view(zhang.key, at(3))
    assert view.facts.earlier == (("张建囯", ""),)
    issue(zhang, union, day=3)
    assert queries.opened_for(opened.code_id) is None, "a new code closes what the one before opened"


def issue_as_system(who: Person) -> str:
    """Enter a code without an officer."""
    code = access_codes.fresh()
    user = create_account(username="clerk", name="登记员", password=None, actor=SYSTEM, at=at(1))
    row = AccessCode(
        person=who,
        digest=access_codes.digest(code),
        issued_by=user,
        issued_at=at(2),
        expires_at=at(16),
    )
    AccessCode.objects.bulk_create([row])
    return code


def test_everything_held_is_shown_and_of_others_only_masked_names(
    bureau: Bureau, union: Actor, staff: Roster, zhang: Person
) -> None:
    Roster.objects.filter(pk=staff.pk).update(
        purpose="走访慰问", legal_ground="duty", notice="仅用于走访。", retain_until=date(2022, 12, 31)
    )
    wife, father = person("王秀英", phone="13800010009"), person("张大江")
    families, front = roster(bureau.bureau_id, "families"), roster(bureau.bureau_id, "service")
    link(families, zhang, wife)
    link(families, father, zhang, "child")
    serve(front, zhang)
    show_person(person_key=zhang.key, purpose="核对发放慰问金", actor=union, at=at(2))
    view = queries.own_view(zhang.key, at(3))
    assert (view.facts.id_number, view.facts.phone, view.facts.earlier) == (NUMBER, PHONE, ())
    told = {one.title: one for one in view.rosters}
    assert set(told) == {"people", "families", "service"}
    mine = told["people"]
    assert (mine.purpose, mine.legal_ground, mine.notice) == ("走访慰问", "duty", "仅用于走访。")
    assert mine.retain_until == date(2022, 12, 31)
    assert mine.unit == mine.lines[0].unit
    assert mine.unit != ""
    assert (mine.lines[0].post, mine.lines[0].told_on, mine.lines[0].starts_on) == ("闸工", on(1), on(1))
    kin = [(line.relation, line.other, line.of_other) for line in told["families"].lines]
    assert kin == [("spouse", "王*英", False), ("child", "张*江", True)]
    assert told["service"].lines[0].place == "东江大桥卡口"
    [look] = view.looks
    assert look.purpose == "核对发放慰问金"
    assert len(look.posts) == 1
    for hidden in ("王秀英", "13800010009", "张大江", "沈工会"):
        assert hidden not in repr(view)


def test_a_look_at_an_entry_that_was_merged_is_told_too(union: Actor, staff: Roster, zhang: Person) -> None:
    other = person("张建囯", phone="13800010002")
    enrol(staff, other)
    pair(zhang, other)
    show_person(person_key=other.key, purpose="寄送", actor=union, at=at(2))
    with acting():
        merge_persons(keep_key=zhang.key, drop_key=other.key, choices={}, actor=SYSTEM, at=at(2))
    assert [look.purpose for look in queries.own_view(zhang.key, at(3)).looks] == ["寄送"]


def test_a_copy_is_taken_by_oneself_only(union: Actor, zhang: Person) -> None:
    for actor in (union, SYSTEM, access_codes.oneself("another")):
        with pytest.raises(NotPermitted), acting():
            take_own_view(person_key=zhang.key, actor=actor, at=at(3))
    assert acts(zhang) == []
    with acting():
        take_own_view(person_key=zhang.key, actor=access_codes.oneself(zhang.key), at=at(3))
    assert acts(zhang) == ["people.take_own_view"]


@pytest.mark.parametrize(("text", "found"), [("张小", 0), ("张小宝", 0), (PHONE, 1)])
def test_a_minor_is_found_by_name_only_by_who_may_see_minors(
    bureau: Bureau, union: Actor, staff: Roster, text: str, found: int
) -> None:
    child = person("张小宝", phone=PHONE, birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, child)
    enrol(staff, person("张小江"))
    adults = 1 if text == "张小" else 0
    for actor, minors in ((bureau.officer, found), (union, 1), (SYSTEM, 1)):
        everywhere = queries.find_persons(actor, at(3), text, size=9)
        here = queries.search_roster(staff.pk, text, actor, at(3), size=9)
        assert len(everywhere) == len(here) == minors + adults, actor.key
        assert "张小宝" not in repr((everywhere, here))


def test_a_minor_of_another_unit_is_not_found_by_name(bureau: Bureau, staff: Roster) -> None:
    child = person("张小宝", phone=PHONE, birth_on=date(2014, 6, 1), restricted=True)
    enrol(staff, child)
    user = create_account(username="other", name="别处", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=bureau.lead_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    assert queries.search_roster(staff.pk, "张小宝", actor_of(user), at(3), size=9) == []


def test_who_came_of_age_since_the_last_file_asks_without_a_guardian(union: Actor, staff: Roster) -> None:
    grown = person("张小宝", phone=PHONE, birth_on=date(2002, 4, 2), restricted=True)
    enrol(staff, grown)
    assert queries.asks_guardian(grown.key, at(1))
    assert not queries.asks_guardian(grown.key, at(2)), "on the birthday"
    issue(grown, union, guardian="张父")
    assert AccessCode.objects.get().guardian is None
    assert json.loads(Entry.objects.get(action="people.issue_code").facts) == {"minor": False, "count": 1}


def test_of_an_erased_roster_nothing_stands_on_the_page(bureau: Bureau, staff: Roster, zhang: Person) -> None:
    for kind in ("people", "families", "service"):
        old = roster(bureau.bureau_id, kind, key=f"old-{kind}")
        if kind == "people":
            enrol(old, zhang, post="旧岗位")
        elif kind == "families":
            link(old, zhang, person("王秀英"))
        else:
            serve(old, zhang)
        Roster.objects.filter(pk=old.pk).update(retain_until=on(3))
        with acting():
            by: dict[str, Any] = {"roster_id": old.pk, "actor": SYSTEM, "at": at(4)}
            begin_erasing(**by)
            for table in TABLES:
                erase_rows(table=table, **by)
            finish_erasing(**by)
    view = queries.own_view(zhang.key, at(5))
    assert [one.title for one in view.rosters] == [staff.title]
    assert [line.post for line in view.rosters[0].lines] == ["闸工"]


def test_whose_account_is_signed_in_where_a_code_is_used_stands_in_the_trail(
    union: Actor, zhang: Person
) -> None:
    code, second = issue(zhang, union, count=2).codes
    assert come(code, "123X") is not None
    assert open_own_view(code=second, ending="123X", actor=union, at=at(3)) is not None
    [beside, alone] = entries(action="people.open_own_view")
    assert (alone.facts, beside.facts) == ({}, {"user": union.user_id})
    assert alone.actor_key == beside.actor_key == f"person:{zhang.key}"


def test_who_was_erased_meanwhile_takes_no_copy(zhang: Person) -> None:
    with acting():
        erase_person(person_key=zhang.key, actor=SYSTEM, at=at(3))
    before = Entry.objects.count()
    with pytest.raises(Refusal) as refused, acting():
        take_own_view(person_key=zhang.key, actor=access_codes.oneself(zhang.key), at=at(3))
    assert refused.value.code == "person_gone"
    assert Entry.objects.count() == before
