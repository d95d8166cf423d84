"""A roster of people comes in: who is found, what is learnt, what joins, changes and leaves."""

import pytest
from django.db.models import ExpressionWrapper, F, TextField

from people_builders import acting, at, bring, everything, on, open_unit, prepared, problems, seen
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.actions import close_unit
from songnuan.organisation.queries import unit_by_name
from songnuan.people import actions, queries
from songnuan.people.checks import verify
from songnuan.people.models import (
    Enrolment,
    ImportProblem,
    KeptRow,
    Mend,
    Person,
    PersonStatus,
    Roster,
    RosterImport,
    StagedPerson,
)

pytestmark = pytest.mark.django_db

ZHANG = {
    "name": "张三",
    "id_number": "110101199003071233",
    "phone": "13800138000",
    "unit_name": "急诊科",
    "post": "医生",
}
LI = {"name": "李四", "phone": "13900139000", "unit_name": "检验科", "post": "检验员"}
WANG = {"name": "王五", "unit_name": "急诊科", "post": "护士"}


@pytest.fixture
def top(db: None) -> int:  # noqa: ARG001 - asks for the database
    """A hospital with two departments; returns its id."""
    top = open_unit("澄江医院", "bureau")
    for name in ("急诊科", "检验科"):
        open_unit(name, "department", top)
    return top


def test_a_file_makes_its_roster_its_persons_and_their_enrolments(top: int) -> None:
    steps = bring("people", "people", [ZHANG, LI, WANG], 2, unit_id=top)
    assert not Roster.objects.exists()
    assert not Person.objects.exists()
    assert seen(steps.key) == {"rows": 3, "accepted": 3, "new": 3}
    steps.apply()
    roster = Roster.objects.get()
    assert (roster.key, roster.title, roster.unit_id, roster.legal_ground) == (
        "people",
        "people",
        top,
        "unstated",
    )
    zhang = Person.objects.get(name="张三")
    assert (zhang.id_number, zhang.phone, zhang.account, zhang.status) == (
        "110101199003071233", "13800138000", None, "active",
    )  # fmt: skip
    enrolment = Enrolment.objects.get(person=zhang)
    assert (enrolment.post, enrolment.starts_on, enrolment.ends_on) == ("医生", on(2), None)
    assert enrolment.told_by.key == steps.key
    assert verify(on(2)) == []
    assert verify_trail() == []


def test_numbers_are_sealed_in_the_tables_and_equal_ones_look_different(top: int) -> None:
    bring("people", "people", [ZHANG, {**LI, "phone": ZHANG["phone"]}], 2, unit_id=top).apply()
    plain = ExpressionWrapper(F("phone"), TextField())
    stored = Person.objects.annotate(kept=plain).values_list("kept", flat=True)
    assert len(set(stored)) == 2
    assert all(text.startswith("k1:") and "138" not in text for text in stored)


def test_the_same_file_again_changes_nothing_at_all(top: int) -> None:
    bring("people", "people", [ZHANG, LI, WANG], 2, unit_id=top).apply()
    before = everything(Person, Enrolment)
    entries = Entry.objects.filter(action="people.apply_rows").count()
    again = bring("people", "people", [ZHANG, LI, WANG], 9, unit_id=top)
    assert seen(again.key) == {"rows": 3, "accepted": 3, "unchanged": 3}
    again.apply(end_missing=True)
    assert everything(Person, Enrolment) == before
    assert Entry.objects.filter(action="people.apply_rows").count() == entries


def test_what_a_row_leaves_empty_stays_as_it_is_known(top: int) -> None:
    bring(
        "people", "people", [{**ZHANG, "account": "6222000000000001", "bank": "工商银行"}], 2, unit_id=top
    ).apply()
    less = {"name": "张三", "id_number": ZHANG["id_number"]}
    bring("people", "people", [less], 3, unit_id=top).apply()
    zhang = Person.objects.get()
    assert (zhang.phone, zhang.account, zhang.bank) == ("13800138000", "6222000000000001", "工商银行")
    enrolment = Enrolment.objects.get()
    assert (enrolment.post, enrolment.starts_on) == ("医生", on(2))


def test_another_post_ends_the_enrolment_and_begins_the_next(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    steps = bring("people", "people", [{**ZHANG, "post": "主任"}], 5, unit_id=top)
    assert seen(steps.key) == {"rows": 1, "accepted": 1, "changed": 1}
    steps.apply()
    periods = list(Enrolment.objects.order_by("pk").values_list("post", "starts_on", "ends_on"))
    assert periods == [("医生", on(2), on(5)), ("主任", on(5), None)]
    assert verify(on(5)) == []


def test_another_phone_is_learnt_without_another_period(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    bring("people", "people", [{**ZHANG, "phone": "13700137000"}], 5, unit_id=top).apply()
    assert Person.objects.get().phone == "13700137000"
    assert list(Enrolment.objects.values_list("starts_on", "ends_on")) == [(on(2), None)]


def test_a_change_on_the_day_of_the_first_leaves_an_empty_period(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    bring("people", "people", [{**ZHANG, "post": "主任"}], 2, unit_id=top).apply()
    periods = list(Enrolment.objects.order_by("pk").values_list("post", "starts_on", "ends_on"))
    assert periods == [("医生", on(2), on(2)), ("主任", on(2), None)]
    assert verify(on(2)) == []


def test_a_person_without_a_number_is_found_by_name_and_phone_and_gets_the_number(top: int) -> None:
    bring("people", "people", [LI], 2, unit_id=top).apply()
    steps = bring("people", "people", [{**LI, "id_number": "11010519491231002X"}], 3, unit_id=top)
    assert seen(steps.key)["changed"] == 1
    steps.apply()
    assert Person.objects.get().id_number == "11010519491231002X"
    assert verify(on(3)) == []


def test_two_numbers_for_one_phone_and_name_are_two_people_and_neither_is_guessed(top: int) -> None:
    bring("people", "people", [LI], 2, unit_id=top).apply()
    one, two = {**LI, "id_number": "11010519491231002X"}, {**LI, "id_number": "440524188001010014"}
    steps = bring("people", "people", [one, two], 3, unit_id=top)
    assert seen(steps.key) == {"rows": 2, "accepted": 2, "new": 2, "left": 1}
    steps.apply()
    numbers = Person.objects.order_by("pk").values_list("id_number", flat=True)
    assert list(numbers) == [None, "11010519491231002X", "440524188001010014"]


def test_a_number_known_under_another_name_is_refused_and_nothing_changes(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    before = everything(Person, Enrolment)
    steps = bring("people", "people", [{**ZHANG, "name": "张山", "post": "主任"}], 3, unit_id=top)
    assert seen(steps.key) == {"rows": 1, "rejected": 1, "problems": 1}
    assert [(code, column) for _row, code, column in problems()] == [("conflict_existing", "身份证号")]
    steps.apply(end_missing=True)
    assert everything(Person, Enrolment) == before


def test_of_a_number_twice_in_a_file_the_first_row_stands(top: int) -> None:
    steps = bring("people", "people", [ZHANG, {**ZHANG, "post": "主任"}], 2, unit_id=top)
    assert seen(steps.key) == {"rows": 2, "accepted": 1, "new": 1, "rejected": 1, "problems": 1}
    [problem] = ImportProblem.objects.all()
    assert (problem.row, problem.code, problem.field) == (3, "duplicate_in_file", "id_number")
    assert problem.facts == '{"sheet": "人员", "row": 2}'
    steps.apply()
    assert Enrolment.objects.get().post == "医生"


@pytest.mark.parametrize(
    "less",
    [{"name": "张三", "phone": ZHANG["phone"]}, {"name": "张三", "unit_name": "急诊科"}],
    ids=["name and phone", "name and unit"],
)
def test_a_row_that_tells_less_is_superfluous_beside_one_that_tells_more(
    top: int, less: dict[str, str]
) -> None:
    steps = bring("people", "people", [less, ZHANG], 2, unit_id=top)
    assert problems() == [(2, "duplicate_in_file", "姓名")]
    steps.apply()
    assert Person.objects.get().id_number == ZHANG["id_number"]


def test_namesakes_whom_nothing_tells_apart_are_not_guessed(top: int) -> None:
    one, two = {**ZHANG, "phone": ""}, {**ZHANG, "phone": "", "id_number": "11010519491231002X"}
    bring("people", "people", [one, two], 2, unit_id=top).apply()
    bare = {"name": "张三", "unit_name": "急诊科", "post": "主任"}
    steps = bring("people", "people", [bare], 3, unit_id=top)
    assert problems() == [(2, "person_ambiguous", "姓名")]
    assert seen(steps.key) == {"rows": 1, "rejected": 1, "problems": 1}


def test_a_rejected_row_shields_whom_it_may_mean_from_leaving(top: int) -> None:
    bring("people", "people", [ZHANG, LI, WANG], 2, unit_id=top).apply()
    torn = {**ZHANG, "name": "", "state": "rejected"}
    garbled = {"name": "李四", "state": "rejected"}
    steps = bring("people", "people", [torn, garbled], 3, unit_id=top)
    assert seen(steps.key) == {"rows": 2, "rejected": 2, "left": 1}
    steps.apply(end_missing=True)
    assert list(Enrolment.objects.filter(ends_on=None).values_list("person__name", flat=True)) == [
        "张三",
        "李四",
    ]


def test_who_is_not_in_the_file_leaves_only_on_demand(top: int) -> None:
    bring("people", "people", [ZHANG, LI], 2, unit_id=top).apply()
    bring("people", "people", [ZHANG], 3, unit_id=top).apply()
    assert Enrolment.objects.filter(ends_on=None).count() == 2
    counts = bring("people", "people", [ZHANG], 4, unit_id=top).apply(end_missing=True)
    assert counts["ended"] == 1
    assert Enrolment.objects.get(person__name="李四").ends_on == on(4)
    assert Person.objects.get(name="李四").status == PersonStatus.ACTIVE


def test_who_came_after_the_preview_does_not_leave_by_it(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    whole = bring("people", "people", [ZHANG], 3, unit_id=top)
    bring("people", "people", [LI], 3, unit_id=top).apply()
    whole.apply(end_missing=True)
    assert Enrolment.objects.filter(ends_on=None).count() == 2


def test_a_unit_nobody_knows_rejects_the_row_and_two_of_a_name_too(top: int) -> None:
    other = open_unit("分院", "subordinate", top)
    open_unit("急诊科", "department", other)
    rows = [ZHANG, {**LI, "unit_name": "化验室"}, {**WANG, "unit_name": "检验科"}]
    steps = bring("people", "people", rows, 2, unit_id=top)
    assert problems() == [(2, "unit_ambiguous", "所在单位"), (3, "unit_unknown", "所在单位")]
    assert seen(steps.key)["accepted"] == 1


def test_units_to_be_made_pass_and_must_be_there_before_the_rows_are_written(top: int) -> None:
    steps = bring(
        "people", "people", [{**LI, "unit_name": "化验室"}, WANG], 2, unit_id=top, create_units=True
    )
    source = RosterImport.objects.get(key=steps.key)
    assert seen(steps.key) == {"rows": 2, "accepted": 2, "new": 2, "units": 1}
    assert queries.unknown_units(source.pk) == ["化验室"]
    with pytest.raises(Refusal) as refused:
        steps.apply()
    assert refused.value.code == "units_missing"
    assert RosterImport.objects.get().status == "staged"
    lab = open_unit("化验室", "department", top)
    steps.apply()
    assert Enrolment.objects.get(person__name="李四").unit_id == lab


def test_a_unit_closed_after_the_preview_takes_nobody(top: int) -> None:
    steps = bring("people", "people", [LI, WANG], 2, unit_id=top)
    unit = unit_by_name("检验科", on(2))
    assert unit is not None
    with acting():
        close_unit(unit_id=unit.pk, actor=SYSTEM, at=at(2))
    counts = steps.apply()
    assert (counts["new"], counts["rejected"]) == (1, 1)
    assert Person.objects.get().name == "王五"


def test_a_minor_is_restricted_from_the_first_day(top: int) -> None:
    child = {**LI, "birth_on": "2002-04-03"}
    bring("people", "people", [child, {**WANG, "birth_on": "2002-04-01"}], 2, unit_id=top).apply()
    assert dict(Person.objects.values_list("name", "restricted")) == {"李四": True, "王五": False}
    assert verify(on(2)) == []


def test_a_mended_row_is_staged_anew_and_all_is_matched_again(top: int) -> None:
    wrong = {**LI, "id_number": ZHANG["id_number"]}
    steps = bring("people", "people", [ZHANG, wrong], 2, unit_id=top)
    assert seen(steps.key)["rejected"] == 1
    steps.call(actions.mend, sheet="人员", row=3, place=2, value="")
    assert RosterImport.objects.get().status == "reading"
    right = prepared("people", 3, LI)
    steps.call(actions.restage, sheet="人员", row=3, prepared=right)
    steps.match()
    assert seen(steps.key) == {"rows": 2, "accepted": 2, "new": 2}
    assert problems() == []
    assert queries.mends(RosterImport.objects.get().pk) == {("人员", 3): {2: ""}}
    steps.apply()
    assert Person.objects.count() == 2


def test_mending_the_first_of_two_frees_the_second(top: int) -> None:
    steps = bring("people", "people", [{**ZHANG, "name": "张叁"}, ZHANG], 2, unit_id=top)
    assert problems() == [(3, "duplicate_in_file", "身份证号")]
    steps.call(actions.mend, sheet="人员", row=2, place=0, value="")
    steps.call(actions.restage, sheet="人员", row=2, prepared=None)
    steps.match()
    assert seen(steps.key) == {"rows": 1, "accepted": 1, "new": 1}
    assert problems() == []


def test_what_was_staged_is_cleared_in_steps_and_what_is_asked_for_stays(top: int) -> None:
    steps = bring("people", "people", [ZHANG, LI, {**WANG, "unit_name": "化验室"}], 2, unit_id=top)
    steps.call(actions.mend, sheet="人员", row=4, place=3, value="急诊科")
    steps.match()
    steps.apply()
    assert steps.call(actions.clear_staged, size=2, keep_problems=True)
    while steps.call(actions.clear_staged, size=2, keep_problems=True):
        pass
    assert (StagedPerson.objects.count(), Mend.objects.count(), ImportProblem.objects.count()) == (0, 0, 1)
    while steps.call(actions.clear_staged, size=2):
        pass
    assert ImportProblem.objects.count() == 0
    assert Person.objects.count() == 2


def test_no_more_rows_are_kept_than_there_is_room_for(top: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.people.staging.KEPT_MAX", 2)
    steps = bring("people", "people", [ZHANG], 2, unit_id=top)
    steps.call(actions.keep_rows, kept=[("人员", row, "k1:x") for row in (2, 3, 4)])
    assert sorted(KeptRow.objects.values_list("row", flat=True)) == [2, 3]


def test_zeros_that_excel_may_have_put_there_are_rejected_for_good(top: int) -> None:
    steps = bring("people", "people", [{**ZHANG, "id_zeros": True}, LI], 2, unit_id=top)
    steps.call(actions.start_reading)
    assert steps.call(actions.doubt_zeros) == 1
    steps.match()
    assert problems() == [(2, "id_lost_digits", "身份证号")]
    assert seen(steps.key) == {"rows": 2, "accepted": 1, "new": 1, "rejected": 1, "problems": 1}
