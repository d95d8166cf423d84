from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from pairs import link, pair, person, roster
from people import Bureau
from people_builders import acting, at
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.actions import note_pairs, tell_apart
from songnuan.people.duplicates import Found, alike, find
from songnuan.people.models import DuplicatePair, PairStatus, Person

BORN = date(1985, 3, 12)
PHONE = "13800010001"
NUMBER, OTHER_NUMBER = "320101198503120017", "320101198503120033"


def reasons() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the reasons of each pair that is found, by the names of the two."""
    names = dict(Person.objects.values_list("pk", "name"))
    return {(names[one.first], names[one.second]): one.reasons for one in find()}


def noted_pairs(found: Sequence[Found], moment: datetime) -> int:
    """Note pairs as the system, at a time."""
    with acting():
        return note_pairs(found=found, actor=SYSTEM, at=moment)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("张建国", "张建国", True),
        ("張建國", "张建国", True),
        ("张建国", "张建果", True),
        ("张建国", "章建国", True),
        ("张建国", "李建军", False),
        ("张伟", "李伟", False),
        ("张伟", "张玮", False),
        ("阿依古丽·买买提", "阿依古丽·买买题", True),
    ],
)
def test_names_are_alike_in_other_characters_or_with_one_mistyped(
    one: str,
    other: str,
    expected: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert alike(one, other) is expected
    assert alike(other, one) is expected


@pytest.mark.django_db
def test_the_same_phone_and_name_are_a_pair_and_likelier_than_the_phone_alone() -> None:
    person("张建国", phone=PHONE)
    person("张建國", phone=PHONE)
    person("王秀英", phone=PHONE)
    assert reasons() == {
        ("张建国", "张建國"): ("alike_name_phone",),
        ("张建国", "王秀英"): ("same_phone",),
        ("张建國", "王秀英"): ("same_phone",),
    }
    scores = [one.score for one in find()]
    assert scores[0] > 80
    assert scores[1:] == [30, 30]


@pytest.mark.django_db
def test_family_who_share_a_phone_are_no_pair(bureau: Bureau) -> None:
    mother = person("王秀英", phone=PHONE)
    link(roster(bureau.bureau_id, "families"), person("张建国", phone=PHONE), mother)
    assert reasons() == {}


@pytest.mark.django_db
def test_parent_and_child_of_nearly_one_name_and_one_phone_are_no_pair() -> None:
    person("张建国", phone=PHONE, birth_on=BORN)
    person("张建军", phone=PHONE, birth_on=BORN + timedelta(days=365 * 25))
    assert reasons() == {}


@pytest.mark.django_db
def test_two_identity_cards_are_two_people_of_one_name_and_birth_date() -> None:
    person("张建国", birth_on=BORN, id_number=NUMBER)
    person("张建国", birth_on=BORN, id_number=OTHER_NUMBER)
    assert reasons() == {}
    person("张建国", birth_on=BORN, id_number="E12345678", id_kind="passport")
    assert set(reasons().values()) == {("same_name_birth",)}
    assert len(find()) == 2


@pytest.mark.django_db
def test_the_same_account_is_a_pair_whoever_it_belongs_to() -> None:
    person("张建国", account="6222020000000000012", id_number=NUMBER)
    person("张建国", account="6222020000000000012", id_number=OTHER_NUMBER)
    person("王秀英", account="6222020000000000012")
    found = {one.reasons for one in find()}
    assert found == {("same_account",)}
    assert len(find()) == 3


@pytest.mark.django_db
def test_names_mistyped_on_one_birth_date_are_a_pair() -> None:
    person("张建国", birth_on=BORN, id_number=NUMBER)
    person("张建果", birth_on=BORN)
    person("李建国", birth_on=BORN)
    person("张建国", birth_on=BORN + timedelta(days=1), id_number=OTHER_NUMBER)
    assert reasons() == {("张建国", "张建果"): ("alike_name_birth",)}


@pytest.mark.django_db
def test_a_namesake_without_a_number_is_a_pair_unless_something_speaks_against_it() -> None:
    person("张建国", id_number=NUMBER, phone=PHONE)
    person("张建国")
    assert reasons() == {("张建国", "张建国"): ("same_name_no_number",)}
    Person.objects.filter(id_index="").delete()
    person("张建国", phone="13800010002")
    assert reasons() == {}


@pytest.mark.django_db
def test_a_name_or_phone_that_many_share_says_nothing() -> None:
    for _ in range(6):
        person("王伟")
    for name in ("赵一鸣", "钱二虎", "孙三省", "李四光", "周五常"):
        person(name, phone=PHONE)
    assert reasons() == {}


@pytest.mark.django_db
def test_who_is_merged_is_no_side_of_a_pair() -> None:
    kept = person("张建国", phone=PHONE)
    person("张建国", phone=PHONE, status="merged", merged_into=kept)
    assert find() == []


@pytest.mark.django_db
def test_only_what_changed_is_searched_when_asked_so() -> None:
    person("张建国", phone=PHONE)
    person("张建国", phone=PHONE)
    assert len(find()) == 1
    assert find(at(2)) == []
    person("张建国", phone=PHONE, at=at(3))
    assert len(find(at(2))) == 3


@pytest.mark.django_db
def test_a_pair_is_noted_once_and_decided_anew_only_for_a_new_reason() -> None:
    one, other = person("张建国", phone=PHONE), person("张建国", phone=PHONE)
    found = find()
    assert noted_pairs(found, at(1)) == 1
    assert noted_pairs(found, at(2)) == 0
    noted = DuplicatePair.objects.get()
    with acting():
        tell_apart(pair_id=noted.pk, remark="父子同名", actor=SYSTEM, at=at(3))
    assert noted_pairs(found, at(4)) == 0
    noted.refresh_from_db()
    assert (noted.status, noted.remark, noted.found_at) == (PairStatus.DISTINCT, "父子同名", at(1))
    more = [Found(one.pk, other.pk, ("alike_name_phone", "same_account"), 95)]
    assert noted_pairs(more, at(5)) == 1
    noted.refresh_from_db()
    assert noted.status == PairStatus.OPEN
    assert noted.reasons == ["alike_name_phone", "same_account", "same_name_no_number"]


@pytest.mark.django_db
def test_who_was_merged_meanwhile_is_not_noted() -> None:
    one, other = person("张建国", phone=PHONE), person("张建国", phone=PHONE)
    found = find()
    Person.objects.filter(pk=other.pk).update(status="merged", merged_into=one)
    assert noted_pairs(found, at(1)) == 0
    assert not DuplicatePair.objects.exists()


@pytest.mark.django_db
def test_who_may_not_merge_tells_nobody_apart(bureau: Bureau) -> None:
    noted = pair(person("张建国"), person("张建国"))
    with pytest.raises(NotPermitted), acting():
        tell_apart(pair_id=noted.pk, remark="", actor=bureau.officer, at=at(1))
    with pytest.raises(Refusal) as refused, acting():
        tell_apart(pair_id=noted.pk, remark="长" * 401, actor=SYSTEM, at=at(1))
    assert refused.value.code == "text_too_long"
    noted.refresh_from_db()
    assert noted.status == PairStatus.OPEN
