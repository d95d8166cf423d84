"""A list is put up masked, for whole working days; what is objected is answered by others than its maker."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from goods.builders import make_person, snapshot
from payments.house import NOW, ListHouse
from payments.noticing import BEGINS, LINES, TOLD, answer, later, named_house, object_, publish, signed
from songnuan.journeys.cancel_notice import cancel_notice
from songnuan.journeys.object_to_notice import record_objection
from songnuan.journeys.show_objector import show_objector
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.workdays import is_workday
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.payments.actions.notices import Said
from songnuan.payments.models import (
    How,
    Notice,
    NoticeEnd,
    NoticeLine,
    Objection,
    ObjectionAnswer,
    Objector,
    PaymentList,
)
from songnuan.payments.notice_rules import Gate, Standing, last_day, require_over, shown_name, shown_tail
from songnuan.payments.notices import notice_over, released_from, require_noticed
from songnuan.payments.noticing import digest_now
from songnuan.people.columns import index
from songnuan.people.models import Person
from songnuan.plans.models import Measure

db = pytest.mark.django_db(transaction=True)
TABLES = (Notice, NoticeLine, NoticeEnd, Objection, Objector, ObjectionAnswer, PaymentList)


@pytest.fixture
def house() -> ListHouse:
    return named_house()


def refused(code: str, act: Callable[[], object]) -> Refusal:
    """Do what is refused with a code, and show that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    assert snapshot(TABLES) == before
    return found.value


@db
def test_a_notice_is_the_list_masked_with_the_last_of_its_working_days(house: ListHouse) -> None:
    list_id = signed(house)
    notice = publish(house, list_id)
    assert (notice.begins_on, notice.ends_on, notice.days) == (BEGINS, date(2020, 4, 16), 5)
    assert (notice.title, notice.organ) == ("关于一线医务人员家属慰问金发放名单的公示", "临澄市总工会")
    rows = NoticeLine.objects.order_by("position")
    assert list(rows.values_list("position", "name", "tail", "row", "amount_minor")) == LINES
    assert set(rows.values_list("unit", flat=True)) == {"临澄市总工会"}
    assert notice.digest == digest_now(notice)
    assert released_from(list_id) == date(2020, 4, 16)


@db
def test_of_a_minor_no_part_of_the_number_is_shown(house: ListHouse) -> None:
    Person.objects.filter(name="张小三").update(restricted=True)
    Person.objects.filter(name="欧阳娜娜").update(birth_on=date(2002, 4, 11))
    publish(house, signed(house))
    assert list(NoticeLine.objects.order_by("position").values_list("tail", flat=True)) == ["", "", "011X"]


@db
def test_the_plan_says_how_many_days(house: ListHouse) -> None:
    list_id = signed(house)
    measure = Measure.objects.get(pk=house.register.measure.pk)
    measure.settings = {**measure.settings, "notice_days": 7}
    measure.save()
    assert publish(house, list_id).ends_on == date(2020, 4, 20)


@pytest.mark.parametrize(
    ("begins_on", "days", "ends_on"),
    [
        ("2020-04-27", 5, "2020-05-06"),  # Labour Day took 1 to 5 May
        ("2020-04-30", 2, "2020-05-06"),
        ("2020-05-01", 1, "2020-05-06"),
        ("2020-05-08", 2, "2020-05-09"),  # a Saturday worked in its place
        ("2020-04-25", 1, "2020-04-26"),  # a Sunday worked in its place
        ("2020-04-24", 1, "2020-04-24"),
    ],
)
def test_days_are_working_days_over_the_holiday(begins_on: str, days: int, ends_on: str) -> None:
    assert last_day(date.fromisoformat(begins_on), days) == date.fromisoformat(ends_on)


@given(st.dates(date(2019, 1, 1), date(2021, 1, 1)), st.integers(1, 20))
def test_a_notice_has_its_working_days_whole(begins_on: date, days: int) -> None:
    ends_on = last_day(begins_on, days)
    span = (ends_on - begins_on).days + 1
    assert sum(is_workday(begins_on + timedelta(days=at)) for at in range(span)) == days
    assert is_workday(ends_on)


@given(st.text(max_size=12), st.text("0123456789X", max_size=18), st.booleans())
def test_nothing_is_shown_whole(name: str, number: str, minor: bool) -> None:  # noqa: FBT001 - drawn
    shown = shown_name(name)
    assert "*" in shown
    assert len(shown) < 3 or name not in shown
    assert len(shown_tail(number, minor=minor)) <= (0 if minor else 4)


DAYS = st.none() | st.integers(0, 9)


@given(DAYS, st.integers(0, 9), st.integers(0, 2), st.integers(0, 2), st.integers(0, 20))
def test_only_what_is_over_answered_and_not_upheld_may_be_paid(
    begins: int | None, span: int, waiting: int, upheld: int, day: int
) -> None:
    at = [BEGINS + timedelta(days=count) for count in range(40)]
    gate = Gate() if begins is None else Gate(at[begins], at[begins + span], waiting, upheld)
    standing = gate.standing(at[day])
    pays = begins is not None and day > begins + span and not waiting and not upheld
    assert (standing is Standing.OVER) == pays
    if pays:
        require_over(gate, at[day])
        return
    codes = {
        Standing.MISSING: "notice_missing",
        Standing.AHEAD: "notice_running",
        Standing.RUNNING: "notice_running",
        Standing.OPEN: "objection_open",
        Standing.UPHELD: "objection_upheld",
    }
    with pytest.raises(Refusal) as found:
        require_over(gate, at[day])
    assert found.value.code == codes[standing]
    if standing in {Standing.AHEAD, Standing.RUNNING} and gate.ends_on:
        assert found.value.facts["ends_on"] == gate.ends_on.isoformat()


@db
def test_a_list_may_be_paid_when_its_notice_is_over_and_every_objection_answered(house: ListHouse) -> None:
    list_id = signed(house)
    refused("notice_missing", lambda: require_noticed(list_id, NOW))
    notice = publish(house, list_id)
    assert refused("notice_running", lambda: require_noticed(list_id, later(6))).facts == {
        "ends_on": "2020-04-16"
    }
    require_noticed(list_id, later(7))
    assert not notice_over(list_id, date(2020, 4, 16))
    object_(notice, uuid4())
    refused("objection_open", lambda: require_noticed(list_id, later(7)))
    answer(list_id, house.checker)
    require_noticed(list_id, later(7))
    object_(notice, uuid4(), later(3))
    answer(list_id, house.inspector, upheld=True)
    refused("objection_upheld", lambda: require_noticed(list_id, later(3)))
    assert not notice_over(list_id, date(2020, 4, 17))


@db
def test_only_a_signed_list_is_put_up_by_who_may(house: ListHouse) -> None:
    list_id = house.approved()
    refused("list_not_signed", lambda: publish(house, list_id))
    house.sign(list_id, house.inspector)
    for actor in (house.finance, house.checker, house.inspector, house.register.union.stranger):
        told = refused("not_permitted", partial(publish, house, list_id, actor=actor))
        assert isinstance(told, NotPermitted)
    publish(house, list_id)
    refused("notice_there", lambda: publish(house, list_id))


@db
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("notice_day", {"begins_on": BEGINS - timedelta(days=1)}),
        ("notice_day", {"begins_on": BEGINS + timedelta(days=31)}),
        ("place_missing", {"place": " "}),
        ("text_too_long", {"place": "长" * 201}),
        ("phone_invalid", {"phone": "12"}),
        ("email_invalid", {"email": "no mail"}),
    ],
)
def test_what_a_notice_says_is_held_against_rules(
    house: ListHouse, code: str, changes: dict[str, Any]
) -> None:
    list_id = signed(house)
    refused(code, lambda: publish(house, list_id, **changes))


@db
def test_what_the_register_tells_otherwise_by_now_is_not_put_up(house: ListHouse) -> None:
    list_id = signed(house)
    Person.objects.filter(name="张小三").update(bank="另一家银行")
    refused("list_differs", lambda: publish(house, list_id))


@db
def test_a_notice_is_taken_back_and_put_up_anew_and_no_objection_is_lost(house: ListHouse) -> None:
    list_id = signed(house)
    first = publish(house, list_id, phone="12388")
    object_(first, uuid4())

    def take_back(why: str = "电话有误", **changes: Any) -> None:
        facts = {"list_id": list_id, "why": why, "actor": house.officer, "at": NOW, **changes}
        cancel_notice(**facts)

    refused("objection_open", take_back)
    answer(list_id, house.checker)
    refused("not_permitted", lambda: take_back(actor=house.finance))
    refused("reason_missing", lambda: take_back(why=" "))
    take_back()
    refused("notice_missing", take_back)
    refused("notice_ended", lambda: object_(first, uuid4()))
    assert publish(house, list_id).number == 2
    object_(Notice.objects.get(number=2), uuid4())
    answer(list_id, house.checker, upheld=True)
    refused("objection_upheld", take_back)
    house.cancel(list_id, house.finance)
    assert NoticeEnd.objects.count() == 2
    refused("list_not_signed", lambda: publish(house, list_id))


@db
def test_a_cancelled_list_ends_its_notice(house: ListHouse) -> None:
    list_id = signed(house)
    notice = publish(house, list_id)
    house.cancel(list_id, house.finance)
    end = NoticeEnd.objects.get(notice=notice)
    assert (end.why, end.ended_by_id) == ("名单有误", house.finance.user_id)
    refused("notice_ended", lambda: object_(notice, uuid4()))


@db
def test_who_objects_need_not_say_who_they_are(house: ListHouse) -> None:
    notice, key = publish(house, signed(house)), uuid4()
    assert object_(notice, key, position=2) == 1
    assert object_(notice, key, position=2) == 1
    assert object_(notice, uuid4(), text="本人金额有误", name=" 李四 ", phone="13800138000") == 2
    anonymous, named = Objection.objects.order_by("pk")
    assert (anonymous.how, anonymous.recorded_by, anonymous.received_on) == (How.PAGE, None, BEGINS)
    assert (anonymous.line.position if anonymous.line else 0, Objector.objects.count()) == (2, 1)
    assert (named.objector.name, named.objector.phone) == ("李四", "13800138000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM payments_objector")
        assert not {"李四", "13800138000"} & set(cursor.fetchone())


@db
@pytest.mark.parametrize(
    ("code", "said", "days"),
    [
        ("objection_empty", {"text": " 不 "}, 0),
        ("text_too_long", {"text": "长" * 1001}, 0),
        ("line_unknown", {"position": 4}, 0),
        ("phone_invalid", {"phone": "12"}, 0),
        ("name_too_long", {"name": "长" * 61}, 0),
        ("notice_ended", {}, 7),
    ],
)
def test_what_is_no_objection_is_refused(
    house: ListHouse, code: str, said: dict[str, Any], days: int
) -> None:
    notice = publish(house, signed(house))
    refused(code, lambda: object_(notice, uuid4(), later(days), **said))


@db
def test_no_objection_before_the_notice_begins_and_none_without_one(house: ListHouse) -> None:
    notice = publish(house, signed(house), begins_on=date(2020, 4, 13))
    refused("notice_ahead", lambda: object_(notice, uuid4()))
    notice.key = "x"
    refused("notice_unknown", lambda: object_(notice, uuid4()))


@db
def test_the_staff_notes_what_came_by_other_ways(house: ListHouse) -> None:
    list_id = signed(house)

    def note(**changes: Any) -> int:
        facts = {
            "list_id": list_id,
            "said": Said("电话反映金额有误"),
            "how": How.PHONE,
            "received_on": BEGINS,
            "key": uuid4(),
            "actor": house.officer,
            "at": later(10),
            **changes,
        }
        return record_objection(**facts)

    refused("notice_missing", note)
    publish(house, list_id)
    assert (note(actor=house.checker), note(actor=house.inspector), note()) == (1, 2, 3)
    for actor in (house.finance, house.register.union.stranger):
        refused("not_permitted", partial(note, actor=actor))
    refused("how_unknown", lambda: note(how=How.PAGE))
    refused("objection_day", lambda: note(received_on=BEGINS - timedelta(days=1)))
    refused("objection_day", lambda: note(received_on=date(2020, 4, 21)))
    refused("objection_open", lambda: require_noticed(list_id, later(10)))
    key = uuid4()
    assert note(key=key) == note(key=key) == 4


@db
def test_who_made_the_list_answers_nothing_by_any_way(house: ListHouse) -> None:
    list_id = signed(house)
    object_(publish(house, list_id), uuid4(), name="李四")
    one = Objection.objects.get()
    for role in (Role.EPIDEMIC_OFFICE, Role.APPROVER):
        Post.objects.create(
            user_id=house.officer.user_id or 0,
            unit=house.register.union.unit,
            role=role.value,
            starts_on=NOW.date(),
        )
    assert isinstance(refused("own_list", lambda: answer(list_id, house.officer)), NotPermitted)
    refused(
        "own_list",
        lambda: show_objector(list_id=list_id, objection_id=one.pk, actor=house.officer, at=NOW),
    )
    row: dict[str, Any] = {
        "objection_id": one.pk,
        "text": "无误",
        "is_upheld": False,
        "answered_by_id": house.officer.user_id,
        "answered_at": NOW,
    }

    def by_sql() -> None:
        names = ", ".join(row)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO payments_objectionanswer ({names}) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608
                [*row.values()],
            )

    for write in (
        lambda: ObjectionAnswer.objects.create(**row),
        lambda: ObjectionAnswer.objects.bulk_create([ObjectionAnswer(**row)]),
        by_sql,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert not ObjectionAnswer.objects.exists()


@db
def test_who_turns_out_to_be_paid_puts_nothing_up_and_answers_nothing(house: ListHouse) -> None:
    """An account that was given a phone only after the list was made is found when its user acts."""
    list_id = signed(house)
    other = make_person("工会壬", Role.UNION_OFFICER, house.register.union.unit)
    payee = Person.objects.get(name="张小三")
    payee.phone, payee.phone_index = "13900000001", index("phone", "13900000001")
    payee.save()
    for actor in (other, house.checker):
        User.objects.filter(pk=actor.user_id or 0).update(name="张小三", phone="13900000001")
    refused("payee_acts", lambda: publish(house, list_id, actor=other))
    object_(publish(house, list_id), uuid4())
    refused("payee_acts", lambda: answer(list_id, house.checker))


@db
def test_whom_the_list_pays_answers_nothing_either(house: ListHouse) -> None:
    user = User.objects.get(pk=house.checker.user_id or 0)
    user.name, user.phone = "张小三", "13900000001"
    payee = Person.objects.get(name="张小三")
    payee.phone, payee.phone_index = user.phone, index("phone", user.phone)
    payee.save()
    other = make_person("专班庚", Role.EPIDEMIC_OFFICE, house.register.union.unit)
    user.save()
    list_id = house.put_up()
    house.approve(list_id, other)
    house.approve(list_id, house.approver)
    house.sign(list_id, house.inspector)
    object_(publish(house, list_id), uuid4())
    refused("payee_acts", lambda: answer(list_id, house.checker))
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionAnswer.objects.create(
            objection=Objection.objects.get(),
            text="无误",
            is_upheld=False,
            answered_by_id=user.pk,
            answered_at=NOW,
        )


@db
def test_an_objection_is_answered_once_by_who_may_and_of_its_list(house: ListHouse) -> None:
    list_id = signed(house)
    object_(publish(house, list_id), uuid4(), name="李四", phone="13800138000")
    for actor in (house.finance, house.approver, house.register.union.stranger):
        refused("not_permitted", partial(answer, list_id, actor))
    one = Objection.objects.get()
    told = show_objector(list_id=list_id, objection_id=one.pk, actor=house.inspector, at=NOW)
    assert told == ("李四", "13800138000")
    answer(list_id, house.checker)
    refused("objection_answered", lambda: answer(list_id, house.inspector, upheld=True))
    refused("objection_unknown", lambda: show_objector(list_id=list_id, objection_id=0, **_of(house)))


def _of(house: ListHouse) -> dict[str, Any]:
    return {"actor": house.inspector, "at": NOW}


@db
def test_the_database_holds_to_what_was_put_up(house: ListHouse) -> None:
    list_id = signed(house)
    notice = publish(house, list_id)
    object_(notice, uuid4())
    line = {"notice": notice, "unit": "某单位", "row": "某档", "amount_minor": 1}
    second = {**{name: value for name, value in TOLD.items() if name != "begins_on"}, "key": "k", "number": 2}
    writes: list[Callable[[], object]] = [
        lambda: NoticeLine.objects.create(**line, position=4, name="张*"),
        lambda: NoticeLine.objects.create(**line, position=0, name="张*"),
        lambda: NoticeLine.objects.update(name="张小三"),
        lambda: NoticeLine.objects.all().delete(),
        lambda: Notice.objects.update(ends_on=BEGINS),
        lambda: Objection.objects.update(number=7),
        lambda: Objection.objects.all().delete(),
        lambda: Notice.objects.create(
            **second,
            payment_list_id=list_id,
            begins_on=BEGINS,
            ends_on=BEGINS,
            days=1,
            lines_count=1,
            total_minor=1,
            digest="x",
            published_by_id=house.officer.user_id or 0,
            published_at=NOW,
        ),
    ]
    for write in writes:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    Objection.objects.update(text="")
    assert notice.digest == digest_now(notice)


@db
def test_the_database_takes_no_unmasked_name_and_no_more_than_the_end_of_a_number(house: ListHouse) -> None:
    list_id = signed(house)
    row = PaymentList.objects.get(pk=list_id)
    notice = Notice.objects.create(
        **TOLD,
        payment_list=row,
        number=1,
        key="k",
        title="公示",
        organ="单位",
        ends_on=BEGINS,
        days=1,
        lines_count=3,
        total_minor=1,
        digest="x",
        published_by_id=house.officer.user_id or 0,
        published_at=NOW,
    )
    line = {"notice": notice, "unit": "某单位", "row": "某档", "amount_minor": 1, "position": 1}
    for wrong in ({"name": "张小三"}, {"name": "张*", "tail": "10014"}):
        with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011 - PostgreSQL says too long
            NoticeLine.objects.create(**line, **wrong)
    NoticeLine.objects.create(**line, name="张*", tail="0014")
