from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairs import enrol, link, pair, person, roster, serve
from people import Bureau
from people_builders import acting, at, on
from songnuan.audit.queries import entries
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.actions import merge_persons
from songnuan.people.checks import verify
from songnuan.people.matching.known import bearers
from songnuan.people.merging import left_of
from songnuan.people.models import (
    DuplicatePair,
    Enrolment,
    FamilyLink,
    PairStatus,
    Person,
    PersonStatus,
    Service,
)
from songnuan.people.queries import links_between

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = "320101198503120017", "320101198503120033"
CHILD_NUMBER = "320101201001010014"
PHONE, OTHER_PHONE = "13800010001", "13800010002"


def merge(keep: Person, drop: Person, **choices: str) -> list[str]:
    """Merge a pair on the tenth day, as the system."""
    with acting():
        return merge_persons(keep_key=keep.key, drop_key=drop.key, choices=choices, actor=SYSTEM, at=at(10))


def test_what_the_kept_one_lacks_is_filled_and_the_other_holds_no_more_than_its_name_and_number() -> None:
    keep = person("张建国", phone=PHONE)
    drop = person(
        "张建国", id_number=CHILD_NUMBER, phone=OTHER_PHONE, birth_on=date(2010, 1, 1), address="东江路1号"
    )
    pair(keep, drop)
    assert merge(keep, drop) == ["birth_on", "id_number", "address"]
    keep.refresh_from_db()
    drop.refresh_from_db()
    assert (keep.id_number, keep.phone, keep.address, keep.restricted) == (
        CHILD_NUMBER,
        PHONE,
        "东江路1号",
        True,
    )
    assert (drop.status, drop.merged_into_id, drop.name) == (PersonStatus.MERGED, keep.pk, "张建国")
    assert (drop.id_number, drop.phone, drop.address, drop.birth_on) == (None, None, None, None)
    assert (drop.id_index, drop.phone_index, drop.address_index) == ("", "", "")
    assert DuplicatePair.objects.get().status == PairStatus.MERGED
    assert verify(on(10)) == []


def test_a_chosen_number_is_taken_and_the_one_given_up_still_leads_to_the_person() -> None:
    keep = person("张建国", id_number=NUMBER)
    drop = person("张建囯", id_number=OTHER_NUMBER)
    pair(keep, drop)
    old, new = keep.id_index, drop.id_index
    assert merge(keep, drop, id_number="drop", name="keep") == ["id_number"]
    keep.refresh_from_db()
    assert keep.id_number == OTHER_NUMBER
    assert bearers({old, new}) == {new: {"张建国": keep.pk}, old: {"张建国": keep.pk, "张建囯": keep.pk}}
    assert verify(on(10)) == []


@pytest.mark.parametrize("birth_on", ["keep", "drop"])
def test_sex_and_birth_date_are_those_of_the_number_that_stays(birth_on: str) -> None:
    keep = person("张建国", phone=PHONE, sex="female", birth_on=date(1985, 3, 12))
    drop = person("张建国", id_number=CHILD_NUMBER, phone=PHONE, birth_on=date(1985, 3, 13))
    pair(keep, drop)
    merge(keep, drop, birth_on=birth_on)
    keep.refresh_from_db()
    assert (keep.id_number, keep.birth_on, keep.sex) == (CHILD_NUMBER, date(2010, 1, 1), "male")
    assert keep.restricted, "a minor by the number is one in every list"
    assert verify(on(10)) == []


def test_rosters_family_and_service_move_and_what_both_have_stays_once(bureau: Bureau) -> None:
    staff, other = roster(bureau.bureau_id), roster(bureau.bureau_id, key="other")
    families, front = roster(bureau.bureau_id, "families"), roster(bureau.bureau_id, "service")
    keep, drop, wife, son = (person(name) for name in ("张建国", "张建國", "王秀英", "张小宝"))
    pair(keep, drop)
    enrol(staff, keep, on(3))
    enrol(staff, drop, on(1))
    enrol(other, drop, on(1))
    for link_of in (keep, drop):
        link(families, link_of, wife)
        serve(front, link_of)
    link(families, drop, son, "child")
    serve(front, drop, "澄江站")
    merge(keep, drop)
    stood = Enrolment.objects.order_by("roster", "starts_on").values_list("roster", "starts_on", "ends_on")
    assert list(stood) == [(staff.pk, on(1), on(3)), (staff.pk, on(3), None), (other.pk, on(1), None)]
    open_links = FamilyLink.objects.filter(person=keep, ends_on=None).values_list("relative", flat=True)
    assert sorted(open_links) == [wife.pk, son.pk]
    assert FamilyLink.objects.filter(person=keep, ends_on=on(10)).count() == 1
    standing = Service.objects.filter(person=keep, withdrawn_on=None).values_list("place", flat=True)
    assert sorted(standing) == ["东江大桥卡口", "澄江站"]
    for model in (Enrolment, FamilyLink, Service):
        assert not model.objects.filter(person=drop).exists()
    assert verify(on(10)) == []


def test_a_chain_of_merges_leads_to_the_last(bureau: Bureau) -> None:
    staff = roster(bureau.bureau_id)
    first, second, third = (person("张建国") for _ in range(3))
    enrol(staff, first)
    pair(first, second)
    pair(second, third)
    merge(second, first)
    merge(third, second)
    assert set(Person.objects.exclude(pk=third.pk).values_list("merged_into", flat=True)) == {third.pk}
    assert Enrolment.objects.get().person_id == third.pk
    assert verify(on(10)) == []


def test_who_was_told_apart_from_the_one_is_told_apart_from_the_other() -> None:
    keep, drop, third, fourth = (person("张建国") for _ in range(4))
    pair(keep, drop)
    pair(drop, third, status=PairStatus.DISTINCT, decided_at=at(2), remark="另一人")
    pair(keep, third)
    pair(drop, fourth)
    merge(keep, drop)
    left = DuplicatePair.objects.exclude(status=PairStatus.MERGED).order_by("pk")
    assert [(one.first_id, one.second_id, one.status) for one in left] == [
        (keep.pk, third.pk, PairStatus.DISTINCT),
        (keep.pk, fourth.pk, PairStatus.OPEN),
    ]


def test_the_trail_tells_keys_and_fields_but_no_value() -> None:
    keep, drop = person("张建国"), person("张建国", phone=PHONE)
    pair(keep, drop)
    merge(keep, drop)
    [row] = entries(subject=f"people.person:{keep.key}")
    assert (row.action, row.facts) == ("people.merge_persons", {"merged": drop.key, "taken": ["phone"]})


def test_a_second_merge_of_the_same_two_is_refused_and_changes_nothing() -> None:
    keep, drop = person("张建国"), person("张建国", phone=PHONE)
    pair(keep, drop)
    merge(keep, drop)
    before = list(Person.objects.order_by("pk").values())
    with pytest.raises(Refusal) as refused:
        merge(drop, keep)
    assert refused.value.code == "person_gone"
    assert list(Person.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("why", ["relatives", "no_pair", "himself", "choice", "reach"])
def test_what_may_not_be_merged_stays_as_it_was(bureau: Bureau, why: str) -> None:
    keep, drop = person("张建国"), person("张建国", phone=PHONE)
    if why != "no_pair":
        pair(keep, drop)
    if why == "relatives":
        link(roster(bureau.bureau_id, "families"), keep, drop)
    choices = {"phone": "both"} if why == "choice" else {}
    other = keep if why == "himself" else drop
    actor = bureau.officer if why == "reach" else SYSTEM
    with pytest.raises((Refusal, NotPermitted)) as refused, acting():
        merge_persons(keep_key=keep.key, drop_key=other.key, choices=choices, actor=actor, at=at(10))
    assert (
        refused.value.code
        == {
            "relatives": "merge_relatives",
            "no_pair": "wrong_state",
            "himself": "pair_unknown",
            "choice": "choice_unknown",
            "reach": "not_permitted",
        }[why]
    )
    assert set(Person.objects.values_list("status", flat=True)) == {PersonStatus.ACTIVE}
    assert not DuplicatePair.objects.filter(status=PairStatus.MERGED).exists()


@pytest.mark.parametrize("other_way", [False, True])
def test_two_who_are_wrongly_told_to_be_family_are_merged_when_that_is_to_be_ended(
    bureau: Bureau, *, other_way: bool
) -> None:
    keep, drop, wife = person("张建国"), person("张建国", phone=PHONE), person("王秀英")
    pair(keep, drop)
    families = roster(bureau.bureau_id, "families")
    link(families, *((drop, keep) if other_way else (keep, drop)), "sibling")
    link(families, drop, wife)
    assert links_between(drop.pk, keep.pk) == [(families.title, "sibling")]
    with acting():
        merge_persons(
            keep_key=keep.key, drop_key=drop.key, choices={}, end_links=True, actor=SYSTEM, at=at(10)
        )
    drop.refresh_from_db()
    assert drop.merged_into_id == keep.pk
    assert FamilyLink.objects.get(relation="sibling").ends_on == on(10)
    [left] = FamilyLink.objects.filter(ends_on=None)
    assert (left.person_id, left.relative_id) == (keep.pk, wife.pk)
    [row] = entries(subject=f"people.person:{keep.key}")
    assert row.facts["links_ended"] == 1
    assert verify(on(10)) == []


DAYS = st.integers(1, 12)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date | None]:
    """Draw a period."""
    start, length = draw(DAYS), draw(st.integers(1, 12) | st.none())
    return on(start), None if length is None else on(start + length)


def days_of(period: tuple[date, date | None]) -> set[date]:
    """Return the days of a period among the first forty."""
    return {on(day) for day in range(1, 41) if period[0] <= on(day) < (period[1] or date.max)}


@given(periods(), st.lists(periods(), max_size=3))
def test_what_is_left_of_a_period_are_its_days_outside_of_the_others(
    period: tuple[date, date | None], taken: list[tuple[date, date | None]]
) -> None:
    left = left_of(period, taken)
    outside = days_of(period) - {day for one in taken for day in days_of(one)}
    assert {day for one in left for day in days_of(one)} == outside
    assert sum(len(days_of(one)) for one in left) == len(outside)
