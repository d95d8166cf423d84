"""What people ask to have corrected or erased, and what the office answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from pairs import enrol, link, pair, person, roster, serve
from people import Bureau, make_bureau
from people_builders import acting, at, bring, on
from songnuan.audit.models import Entry
from songnuan.audit.queries import entries
from songnuan.jobs.models import InboxEntry
from songnuan.journeys.answer_correction import answer_correction
from songnuan.journeys.ask_correction import ask_correction
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.show_correction import show_correction
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people import queries
from songnuan.people.access_codes import oneself
from songnuan.people.actions import merge_persons
from songnuan.people.checks import verify
from songnuan.people.columns import index
from songnuan.people.corrections import due_on
from songnuan.people.models import Correction, CorrectionStatus, Enrolment, Person, PersonStatus, Roster

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = "320101198503120016", "320101198503120032"
WOMAN = "320101199003120022"
PHONE, OTHER_PHONE = "13800010001", "13800010002"


def officer(username: str, unit_id: int) -> Actor:
    """Return a union officer of a unit."""
    user = create_account(username=username, name="沈工会", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=unit_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def union(bureau: Bureau) -> Actor:
    """A union officer of the bureau."""
    return officer("union", bureau.bureau_id)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster of the bureau's people, kept on a duty."""
    one = roster(bureau.bureau_id)
    Roster.objects.filter(pk=one.pk).update(legal_ground="duty")
    return one


@pytest.fixture
def zhang(staff: Roster) -> Person:
    """Somebody with a number and a phone."""
    born = date(1985, 3, 12)
    one = person("张建国", id_number=NUMBER, phone=PHONE, sex="male", birth_on=born, bank="农行")
    enrol(staff, one, post="闸工")
    return one


def ask(
    who: Person,
    field: str,
    value: str = "",
    reason: str = "身份证为准",
    *,
    day: int = 3,
    key: UUID | None = None,
) -> int:
    """Ask for something, as the person."""
    return ask_correction(
        person_key=who.key,
        field=field,
        value=value,
        reason=reason,
        key=key or uuid4(),
        actor=oneself(who.key),
        at=at(day),
    )


def answer(pk: int, actor: Actor, *, accept: bool = True, told: str = "", day: int = 5, **more: Any) -> None:
    """Look and answer."""
    show_correction(correction_id=pk, purpose="核对更正申请", actor=actor, at=at(day))
    answer_correction(correction_id=pk, accept=accept, answer=told, actor=actor, at=at(day), **more)


def everything() -> list[Any]:
    """Return every person and request as they are stored, and what the trail tells of done things."""
    kept = Entry.objects.filter(action__startswith="people.").values_list("action", "subject")
    return [
        list(Person.objects.order_by("pk").values()),
        list(Correction.objects.order_by("pk").values()),
        list(Enrolment.objects.order_by("pk").values()),
        [entry for entry in kept if entry[0] != "people.show_person"],
    ]


@pytest.mark.parametrize(
    ("field", "value", "changed"),
    [
        ("name", " 张 建 囯 ", {"name": "张建囯"}),
        ("phone", "138-0001 0002", {"phone": OTHER_PHONE, "phone_index": index("phone", OTHER_PHONE)}),
        (
            "account",
            "6222 0000 1111 2222",
            {"account": "6222000011112222", "account_index": index("account", "6222000011112222")},
        ),
        ("bank", "建设银行", {"bank": "建设银行"}),
        (
            "address",
            "澄江市 东江路1号",
            {"address": "澄江市 东江路1号", "address_index": index("address", "澄江市东江路1号")},
        ),
        (
            "id_number",
            WOMAN.replace("0022", " 0022"),
            {
                "id_number": WOMAN,
                "id_index": index("id_number", WOMAN),
                "sex": "female",
                "birth_on": date(1990, 3, 12),
            },
        ),
    ],
)
def test_what_is_accepted_is_written_as_an_import_writes_it(
    union: Actor, zhang: Person, field: str, value: str, changed: dict[str, Any]
) -> None:
    pk = ask(zhang, field, value)
    before = Person.objects.values().get(pk=zhang.pk)
    assert before["changed_at"] == at(1)
    answer(pk, union)
    after = Person.objects.values().get(pk=zhang.pk)
    assert after == {**before, **changed, "changed_at": at(5)}
    assert verify(on(5)) == []
    row = Correction.objects.get()
    assert (row.status, row.answered_by_id, row.answered_at) == ("accepted", union.user_id, at(5))
    [told, _look, asked] = entries(subject=f"people.person:{zhang.key}")
    assert (asked.action, asked.facts, asked.actor_key) == (
        "people.ask_correction",
        {"field": field},
        f"person:{zhang.key}",
    )
    taken = ["sex", "birth_on", "id_number"] if field == "id_number" else [field]
    assert told.facts == {"field": field, "outcome": "accepted", "taken": taken}


def test_no_value_stands_in_the_trail_the_inbox_or_unsealed(union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE, "手机换了")
    ask(zhang, "address", "澄江市东江路1号")
    answer(pk, union, told="已按您的申请更正")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value, reason, answer FROM people_correction")
        stored = repr(cursor.fetchall())
    kept = repr([list(Entry.objects.values_list()), list(InboxEntry.objects.values_list()), stored])
    for plain in (OTHER_PHONE, "东江路", "手机换了", "已按您", "张建国"):
        assert plain not in kept


@pytest.mark.parametrize(
    ("field", "value", "code", "beside"),
    [
        ("id_number", "320101198503120017", "value_wrong", "value"),
        ("id_number", "3201011985", "value_wrong", "value"),
        ("phone", "1380001", "value_wrong", "value"),
        ("account", "abc", "value_wrong", "value"),
        ("sex", "人", "value_wrong", "value"),
        ("sex", "女", "value_wrong", "value"),
        ("birth_on", "1985-03-13", "value_wrong", "value"),
        ("birth_on", "1985.03", "value_wrong", "value"),
        ("name", "张?国", "value_wrong", "value"),
        ("bank", "长" * 81, "value_wrong", "value"),
        ("other", "长" * 401, "text_too_long", "value"),
        ("name", "张建国", "value_same", "value"),
        ("phone", "+86 138 0001 0001", "value_same", "value"),
        ("phone", " ", "value_missing", "value"),
        ("phone", "无", "value_missing", "value"),
        ("restricted", "1", "field_unknown", "field"),
        ("status", "erased", "field_unknown", "field"),
    ],
)
def test_what_an_import_would_not_take_is_refused_beside_its_field(
    zhang: Person, field: str, value: str, code: str, beside: str
) -> None:
    before = everything()
    with pytest.raises(Refusal) as refused:
        ask(zhang, field, value)
    assert (refused.value.code, refused.value.field) == (code, beside)
    assert everything() == before


def test_a_correction_needs_a_reason_and_an_erasure_none(zhang: Person) -> None:
    with pytest.raises(Refusal) as refused:
        ask(zhang, "phone", OTHER_PHONE, " ")
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    with pytest.raises(Refusal) as refused:
        ask(zhang, "phone", OTHER_PHONE, "长" * 401)
    assert (refused.value.code, refused.value.field) == ("text_too_long", "reason")
    assert not Correction.objects.exists()
    ask(zhang, "", reason="")
    assert Correction.objects.get().value is None


def test_a_field_is_asked_for_once_at_a_time(union: Actor, zhang: Person) -> None:
    key = uuid4()
    pk = ask(zhang, "phone", OTHER_PHONE, key=key)
    assert ask(zhang, "phone", OTHER_PHONE, key=key) == pk, "sent twice, it is one"
    with pytest.raises(Refusal) as refused:
        ask(zhang, "phone", "13800010003")
    assert (refused.value.code, refused.value.field) == ("correction_open", "field")
    assert Correction.objects.count() == 1
    ask(zhang, "bank", "建设银行")
    answer(pk, union, accept=False, told="请持身份证到办公室核对")
    assert ask(zhang, "phone", OTHER_PHONE) != pk


def test_nobody_asks_for_another(bureau: Bureau, union: Actor, zhang: Person) -> None:
    for actor in (union, bureau.officer, SYSTEM, oneself("another")):
        with pytest.raises(NotPermitted):
            ask_correction(
                person_key=zhang.key,
                field="bank",
                value="建行",
                reason="x",
                key=uuid4(),
                actor=actor,
                at=at(3),
            )
    assert not Correction.objects.exists()


def test_only_who_may_see_the_person_looks_and_answers(bureau: Bureau, union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE)
    elsewhere = officer("elsewhere", bureau.lead_id)
    before = everything()
    for actor in (bureau.officer, bureau.liaison, elsewhere, oneself(zhang.key)):
        assert queries.correction(pk, actor, at(4)) is None
        assert queries.open_corrections(actor, at(4), size=9) == []
        for accept in (True, False):
            with pytest.raises(NotPermitted):
                answer_correction(correction_id=pk, accept=accept, answer="x", actor=actor, at=at(4))
        with pytest.raises(NotPermitted):
            show_correction(correction_id=pk, purpose="核对", actor=actor, at=at(4))
    with pytest.raises(Refusal) as refused:
        answer_correction(correction_id=pk + 1, accept=True, actor=union, at=at(4))
    assert refused.value.code == "correction_unknown"
    assert everything() == before


def test_who_answers_has_looked_since_it_was_asked(union: Actor, zhang: Person) -> None:
    first = ask(zhang, "bank", "建设银行")
    answer(first, union, day=4)
    pk = ask(zhang, "phone", OTHER_PHONE, day=5)
    before = everything()
    for accept in (True, False):
        with pytest.raises(Refusal) as refused:
            answer_correction(correction_id=pk, accept=accept, answer="x", actor=union, at=at(6))
        assert refused.value.code == "not_looked"
    assert everything() == before
    plain = show_correction(correction_id=pk, purpose="核对", actor=union, at=at(6))
    assert (plain.value, plain.reason, plain.person.phone) == (OTHER_PHONE, "身份证为准", PHONE)
    [look, *_others] = entries(subject=f"people.person:{zhang.key}")
    assert (look.action, queries.purposes_of([look])) == ("people.show_person", {look.id: "核对"})
    answer_correction(correction_id=pk, accept=True, actor=union, at=at(6))


def test_the_list_masks_what_is_asked_for_and_says_when_an_answer_is_due(union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE)
    ask(zhang, "other", "工龄应为十二年", day=4)
    [first, second] = queries.open_corrections(union, at(7), size=9)
    assert (first.pk, first.name, first.field, first.days) == (pk, "张建国", "phone", 4)
    assert (first.due_on, first.overdue) == (due_on(on(3)), False)
    assert [row.pk for row in queries.open_corrections(union, at(7), after=pk, size=9)] == [second.pk]
    seen = queries.correction(pk, union, at(7))
    assert seen is not None
    assert (seen.before, seen.after, seen.looked) == ("138****0001", "138****0002", False)
    other = queries.correction(second.pk, union, at(7))
    assert other is not None
    assert other.after == "****"
    late = queries.correction(pk, union, at(30))
    assert late is not None
    assert late.row.overdue


def test_an_answer_is_due_after_fifteen_working_days_and_never_unknown() -> None:
    assert due_on(date(2020, 4, 3)) == date(2020, 4, 26), "after Qingming, with a Sunday that is worked"
    assert due_on(date(2090, 1, 2)) == date(2090, 1, 23), "beyond the table: three weeks"


def test_what_is_declined_needs_an_answer_and_changes_nothing_else(union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "phone", OTHER_PHONE)
    before = list(Person.objects.values())
    with pytest.raises(Refusal) as refused:
        answer(pk, union, accept=False, told="  ")
    assert (refused.value.code, refused.value.field) == ("answer_missing", "answer")
    answer(pk, union, accept=False, told="电话与单位登记一致")
    assert list(Person.objects.values()) == before
    [own] = queries.own_view(zhang.key, at(6)).corrections
    assert (own.status, own.answer, own.value) == ("declined", "电话与单位登记一致", OTHER_PHONE)


def test_a_second_officer_is_told_that_it_was_answered(bureau: Bureau, union: Actor, zhang: Person) -> None:
    second = officer("second", bureau.bureau_id)
    pk = ask(zhang, "phone", OTHER_PHONE)
    answer(pk, union)
    before = everything()
    for accept in (True, False):
        with pytest.raises(Refusal) as refused:
            answer(pk, second, accept=accept, told="x")
        assert refused.value.code == "wrong_state"
    assert everything() == before


def test_something_else_is_done_by_hand_and_said(union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "other", "工龄应为十二年")
    before = list(Person.objects.values())
    with pytest.raises(Refusal) as refused:
        answer(pk, union)
    assert refused.value.code == "answer_missing"
    answer(pk, union, told="已在下次名册中更正")
    assert list(Person.objects.values()) == before
    assert Correction.objects.get().status == CorrectionStatus.ACCEPTED


def test_the_number_of_another_entry_is_not_given_twice(union: Actor, staff: Roster, zhang: Person) -> None:
    enrol(staff, person("张建囯", id_number=OTHER_NUMBER))
    pk = ask(zhang, "id_number", OTHER_NUMBER)
    before = everything()
    with pytest.raises(Refusal) as refused:
        answer(pk, union)
    assert (refused.value.code, refused.value.field) == ("number_taken", "answer")
    assert everything() == before


def test_a_number_that_a_merged_entry_had_may_become_the_persons(union: Actor, zhang: Person) -> None:
    dropped = person("张建囯", id_number=OTHER_NUMBER)
    pair(zhang, dropped)
    with acting():
        merge_persons(keep_key=zhang.key, drop_key=dropped.key, choices={}, actor=SYSTEM, at=at(2))
    answer(ask(zhang, "id_number", OTHER_NUMBER), union)
    zhang.refresh_from_db()
    assert zhang.id_number == OTHER_NUMBER
    assert verify(on(5)) == []


def test_what_was_asked_before_a_merge_is_answered_for_the_kept_entry(union: Actor, zhang: Person) -> None:
    dropped = person("张建囯", phone="13800010009")
    pk = ask(dropped, "address", "澄江市东江路1号")
    pair(zhang, dropped)
    with acting():
        merge_persons(keep_key=zhang.key, drop_key=dropped.key, choices={}, actor=SYSTEM, at=at(4))
    [row] = queries.open_corrections(union, at(5), size=9)
    assert row.person_key == zhang.key
    answer(pk, union)
    zhang.refresh_from_db()
    assert zhang.address == "澄江市东江路1号"
    assert [one.status for one in queries.own_view(zhang.key, at(6)).corrections] == ["accepted"]


def test_what_fits_no_more_when_it_is_answered_is_refused(union: Actor, staff: Roster) -> None:
    one = person("王秀英", phone=PHONE)
    enrol(staff, one)
    born = ask(one, "birth_on", "1985-03-12")
    number = ask(one, "id_number", WOMAN)
    answer(number, union)
    before = list(Person.objects.values())
    with pytest.raises(Refusal) as refused:
        answer(born, union)
    assert refused.value.code == "value_wrong"
    assert list(Person.objects.values()) == before
    assert Correction.objects.get(pk=born).status == CorrectionStatus.ASKED


def test_a_birth_date_makes_a_minor_and_a_grown_up(union: Actor, staff: Roster) -> None:
    one = person("王小英", phone=PHONE)
    enrol(staff, one)
    answer(ask(one, "birth_on", "2010-05-01"), union)
    one.refresh_from_db()
    assert one.restricted
    answer(ask(one, "birth_on", "1990-05-01"), union)
    one.refresh_from_db()
    assert not one.restricted
    assert verify(on(5)) == []


def test_a_file_that_was_there_before_takes_nothing_back(bureau: Bureau, union: Actor) -> None:
    rows = [{"name": "赵一", "id_number": NUMBER, "id_kind": "resident", "phone": PHONE}]
    bring("people", "people", rows, 2, unit_id=bureau.bureau_id).apply()
    one = Person.objects.get()
    answer(ask(one, "phone", OTHER_PHONE), union)
    bring("people", "people", rows, 6, unit_id=bureau.bureau_id).apply()
    one.refresh_from_db()
    assert one.phone == OTHER_PHONE


# To be erased ------------------------------------------------------------------------------------


def test_who_stands_by_consent_alone_is_erased_at_once(union: Actor, staff: Roster, zhang: Person) -> None:
    Roster.objects.filter(pk=staff.pk).update(legal_ground="consent")
    pk = ask(zhang, "", reason="不愿再被登记")
    phone = ask(zhang, "phone", OTHER_PHONE)
    answer_correction(correction_id=pk, accept=True, actor=union, at=at(5))
    zhang.refresh_from_db()
    assert (zhang.status, zhang.name, zhang.id_number, zhang.phone_index) == (
        PersonStatus.ERASED,
        "",
        None,
        "",
    )
    assert not Enrolment.objects.filter(ends_on=None).exists()
    kept = Correction.objects.get(pk=pk)
    assert (kept.status, kept.reason, kept.answer) == (CorrectionStatus.ACCEPTED, None, None)
    assert not Correction.objects.filter(pk=phone).exists()
    assert queries.open_corrections(union, at(6), size=9) == []
    facts = [row.facts for row in entries(action="people.answer_correction")]
    assert facts == [{"field": "erasure", "outcome": "accepted", "taken": []}]
    assert verify(on(5)) == []


@pytest.mark.parametrize("how", ["people", "left", "families", "relative", "service"])
def test_another_ground_than_consent_has_to_be_confirmed_with_a_reason(
    bureau: Bureau, union: Actor, how: str
) -> None:
    kinds = {"relative": "families", "left": "people"}
    kept = roster(bureau.bureau_id, kinds.get(how, how))
    one, other = person("张建国", id_number=NUMBER), person("王秀英")
    if how in {"people", "left"}:
        enrol(kept, one, ends_on=on(2) if how == "left" else None)
    elif how == "service":
        serve(kept, one)
    elif how == "families":
        link(kept, one, other)
    else:
        link(kept, other, one)
    if how == "left":  # somebody who is reached only where consent keeps them
        again = roster(bureau.bureau_id, key="again")
        Roster.objects.filter(pk=again.pk).update(legal_ground="consent")
        enrol(again, one)
    pk = ask(one, "")
    seen = queries.correction(pk, union, at(4))
    assert seen is not None
    assert seen.grounds == ((kept.title, "unstated"),)
    before = everything()
    for told, confirmed, code in (
        ("", False, "ground_requires"),
        ("无需保留", False, "ground_requires"),
        ("", True, "answer_missing"),
    ):
        with pytest.raises(Refusal) as refused:
            answer_correction(
                correction_id=pk, accept=True, answer=told, confirmed=confirmed, actor=union, at=at(5)
            )
        assert refused.value.code == code
    assert everything() == before
    answer_correction(
        correction_id=pk, accept=True, answer="任务已结束，无需保留", confirmed=True, actor=union, at=at(5)
    )
    one.refresh_from_db()
    assert one.status == PersonStatus.ERASED
    assert verify(on(5)) == []


def test_what_is_overwritten_is_left_in_no_log(
    union: Actor, staff: Roster, zhang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[bool] = []
    place = "songnuan.journeys.answer_correction.drop_overwritten"
    monkeypatch.setattr(place, lambda: dropped.append(Person.objects.get(pk=zhang.pk).name == ""))
    Roster.objects.filter(pk=staff.pk).update(legal_ground="consent")
    pk = ask(zhang, "")
    answer_correction(correction_id=pk, accept=False, answer="待核", actor=union, at=at(4))
    assert dropped == []
    answer_correction(correction_id=ask(zhang, "", day=5), accept=True, actor=union, at=at(6))
    assert dropped == [True], "after the person was erased"


def test_an_erasure_that_is_declined_leaves_everything_and_is_answered(union: Actor, zhang: Person) -> None:
    pk = ask(zhang, "")
    before = list(Person.objects.values())
    answer_correction(correction_id=pk, accept=False, answer="名册依法保留至2022年底", actor=union, at=at(5))
    assert list(Person.objects.values()) == before
    [own] = queries.own_view(zhang.key, at(6)).corrections
    assert (own.field, own.status, own.answer) == ("", "declined", "名册依法保留至2022年底")


# Two at once -------------------------------------------------------------------------------------


def together(*acts: Any) -> list[Any]:
    """Do things at the same moment; return what each came to: its result, or the code of its refusal."""
    start = Barrier(len(acts))

    def run(act: Any) -> Any:
        start.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_answers() -> None:
    bureau = make_bureau()
    one = person("张建国", id_number=NUMBER, phone=PHONE)
    enrol(roster(bureau.bureau_id), one)
    officers = [officer(name, bureau.bureau_id) for name in ("first", "second")]
    pk = ask(one, "phone", OTHER_PHONE)
    for actor in officers:
        show_correction(correction_id=pk, purpose="核对", actor=actor, at=at(4))

    def decide(actor: Actor, *, accept: bool) -> Any:
        return lambda: answer_correction(
            correction_id=pk, accept=accept, answer="核对过", actor=actor, at=at(5)
        )

    found = together(decide(officers[0], accept=True), decide(officers[1], accept=False))
    assert sorted(map(str, found)) == ["None", "wrong_state"]
    one.refresh_from_db()
    assert one.phone == (OTHER_PHONE if found[0] is None else PHONE)
    assert Entry.objects.filter(action="people.answer_correction").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_for_one_field_at_once_one_stands() -> None:
    bureau = make_bureau()
    one = person("张建国", id_number=NUMBER, phone=PHONE)
    enrol(roster(bureau.bureau_id), one)
    found = together(*[lambda: ask(one, "phone", OTHER_PHONE) for _ in range(3)])
    assert [code for code in found if isinstance(code, str)] == ["correction_open"] * 2
    assert Correction.objects.count() == 1
