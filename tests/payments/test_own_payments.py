"""What payees see of their own money at every stage, and what they say of it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from goods.builders import make_person, snapshot
from payments.house import NOW, ListHouse
from payments.noticing import answer, later, named_house, object_, publish, signed
from payments.releasing import AFTER, DAY, ReleaseHouse, make_release_house, vouchers
from songnuan.audit.models import Entry
from songnuan.benefits.models import Entitlement, Reckoning, Settlement
from songnuan.journeys.say_received import answer_payee, say_received
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.payments.models import (
    Heard,
    ListStatus,
    PayeeWord,
    PayeeWordAnswer,
    PaymentLine,
    PaymentList,
    PersonAccount,
)
from songnuan.payments.notice_rules import Standing
from songnuan.payments.own_payments import OwnPayment, own_money
from songnuan.payments.own_rules import Sending, Stage, stage_of
from songnuan.payments.payee_queries import open_counts, own_line, payee_words_of
from songnuan.people.access_codes import oneself
from songnuan.people.models import Person, PersonStatus

db = pytest.mark.django_db(transaction=True)
TABLES = (PayeeWord, PayeeWordAnswer, PaymentList, PaymentLine)
FIRST, SECOND, THIRD = "欧阳娜娜", "张小三", "阿依古丽·买买提"


def key_of(name: str) -> str:
    return Person.objects.get(name=name).key


def mine(name: str = FIRST, at: Any = NOW) -> list[OwnPayment]:
    return list(own_money(key_of(name), at).payments)


def stages(name: str = FIRST, at: Any = NOW) -> list[Stage]:
    return [one.stage for one in mine(name, at)]


def say(position: int, name: str, said: str = "not", text: str = "", **changes: Any) -> None:
    """Say whether the money of a line came, as its payee."""
    line = PaymentLine.objects.get(position=position)
    person_key = key_of(name)
    facts: dict[str, Any] = {"line_id": line.pk, "person_key": person_key, "said": said, "text": text}
    say_received(**{**facts, "key": uuid4(), "actor": oneself(person_key), "at": AFTER, **changes})


def refused(code: str, act: Callable[[], object]) -> Refusal:
    """Do what is refused with a code, and show that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    assert snapshot(TABLES) == before
    return found.value


@pytest.fixture
def house() -> ListHouse:
    return named_house()


@pytest.fixture
def released() -> ReleaseHouse:
    return make_release_house(released=True)


# Where it stands ----------------------------------------------------------------------------------


@db
@pytest.mark.usefixtures("house")
def test_before_anything_is_reckoned_nothing_is_due() -> None:
    assert mine() == []
    assert own_money("nobody", NOW).payments == ()


@db
def test_a_sum_is_told_from_its_reckoning_to_its_payment(house: ListHouse) -> None:
    reckoning = house.reckon()
    [one] = mine()
    assert (one.stage, one.line_id, one.amount_minor) == (Stage.RECKONED, None, 5000_00)
    list_id = house.put_up(reckoning_id=reckoning)
    [one] = mine()
    line = PaymentLine.objects.get(payment_list=list_id, position=1)
    assert (one.stage, one.line_id, one.amount_minor) == (Stage.CHECKED, line.pk, 5000_00)
    assert (one.relation, one.other) == ("spouse", "甲*")
    assert "5,000.00" in one.why
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    assert stages() == [Stage.INSPECTED]
    house.sign(list_id, house.inspector)
    assert stages() == [Stage.TO_NOTICE]
    notice = publish(house, list_id)
    [one] = mine()
    assert one.stage is Stage.NOTICE
    assert one.notice is not None
    assert (one.notice.key, one.notice.ends_on, one.notice.position) == (notice.key, notice.ends_on, 1)
    assert stages(at=later(10)) == [Stage.TO_PAY]


@db
def test_an_objection_is_told_of_to_those_it_stops(house: ListHouse) -> None:
    list_id = signed(house)
    object_(publish(house, list_id), uuid4())
    assert stages(at=later(10)) == [Stage.OBJECTED]
    answer(list_id, house.checker, upheld=True)
    assert stages(at=later(10)) == [Stage.UPHELD]


@db
def test_a_list_that_was_returned_is_told_of_until_there_is_another(house: ListHouse) -> None:
    list_id = house.put_up()
    house.return_(list_id, house.checker)
    assert stages() == [Stage.TAKEN_BACK]
    reckoning = house.reckon()
    assert stages() == [Stage.RECKONED]
    house.put_up(reckoning_id=reckoning)
    assert stages() == [Stage.CHECKED]


@db
def test_what_waits_for_a_decision_or_comes_to_nothing_is_told_with_its_reason(house: ListHouse) -> None:
    reckoning = house.reckon()
    rows = Entitlement.objects.filter(reckoning=reckoning)
    rows.filter(payee__name=FIRST).update(blocked="couple", amount_minor=0)
    rows.filter(payee__name=SECOND).update(
        amount_minor=0, after_settled_minor=0, after_time_minor=0, after_family_minor=0
    )
    rows.filter(payee__name=THIRD).update(amount_minor=0, out_minor=2000_00)
    told = [(name, mine(name)[0]) for name in (FIRST, SECOND, THIRD)]
    assert [one.stage for _name, one in told] == [Stage.WAITS, Stage.NOTHING, Stage.DOUBLE]
    assert told[0][1].blocked == "couple"
    assert "2,000.00" in told[1][1].why


@db
def test_what_the_first_list_pays_is_not_told_once_more_as_nothing(released: ReleaseHouse) -> None:
    released.lists.reckon()
    assert Reckoning.objects.count() == 2
    assert stages() == [Stage.SENT]


@db
def test_what_was_sent_is_told_to_its_last_day(released: ReleaseHouse) -> None:
    [sent], [cash] = mine(at=AFTER), mine(THIRD, AFTER)
    assert (sent.stage, sent.on, sent.ending) == (Stage.SENT, DAY, "3445")
    assert (cash.stage, cash.ending) == (Stage.CASH, "")
    released.hand({1: (True, ""), 2: (False, "账号户名不符")})
    [paid], [failed] = mine(at=AFTER), mine(SECOND, AFTER)
    assert (paid.stage, paid.on, paid.ending) == (Stage.PAID, DAY, "3445")
    assert (failed.stage, failed.told, failed.ending) == (Stage.FAILED, "账号户名不符", "0123")
    released.sign()
    assert [(one.stage, one.on) for one in mine(THIRD, AFTER)] == [(Stage.SIGNED_FOR, DAY)]
    released.end(2)
    assert [(one.stage, one.told) for one in mine(SECOND, AFTER)] == [(Stage.ENDED, "本人放弃")]


@db
def test_a_payment_that_came_back_says_so_and_when(released: ReleaseHouse) -> None:
    released.hand({1: (True, "")})
    released.hand({1: (False, "账户已销户")}, vouchers=vouchers("回"))
    [one] = mine(at=AFTER)
    assert (one.stage, one.told, one.on) == (Stage.RETURNED, "账户已销户", DAY)


@db
@pytest.mark.usefixtures("released")
def test_nobody_sees_another_ones_money_not_even_whom_it_is_for() -> None:
    for name in (FIRST, SECOND, THIRD):
        assert len(mine(name, AFTER)) == 1
    assert mine("甲妻", AFTER) == [], "the qualifier is paid nothing"
    told = repr(own_money(key_of(FIRST), AFTER))
    for hidden in (SECOND, THIRD, "甲妻", "6222020200112233445"):
        assert hidden not in told


@db
@pytest.mark.usefixtures("released")
def test_who_was_merged_finds_the_money_of_both() -> None:
    kept, gone = Person.objects.get(name=FIRST), Person.objects.get(name=SECOND)
    Person.objects.filter(pk=gone.pk).update(status=PersonStatus.MERGED, merged_into=kept)
    assert stages(at=AFTER) == [Stage.SENT, Stage.SENT]
    line = PaymentLine.objects.get(position=2)
    assert own_line(line.pk, kept.key) is not None
    assert own_line(line.pk, gone.key) is None


@db
def test_what_others_paid_is_told_to_whom_they_paid_it(house: ListHouse) -> None:
    house.reckon()
    standard = Reckoning.objects.get().version.standard
    payee, served = Person.objects.get(name=FIRST), Person.objects.get(name="甲妻")
    facts: dict[str, Any] = {"standard": standard, "paid_on": DAY, "recorded_at": NOW, "qualifier": served}
    paid = Settlement.objects.create(payee=payee, amount_minor=300_00, source="区总工会", **facts)
    Settlement.objects.create(
        payee=payee, amount_minor=1_00, source="本表", origin="payments.list:1", **facts
    )
    Settlement.objects.create(
        payee=payee, amount_minor=2_00, source="误登", withdrawn_at=NOW, withdrawn_why="误登", **facts
    )
    [one] = own_money(payee.key, NOW).settled
    assert (one.source, one.amount_minor, one.title) == ("区总工会", 300_00, "一线医务人员家属慰问金")
    assert own_money(served.key, NOW).settled == (), "what the husband had is not hers to see"
    assert paid.payee_id == payee.pk


STATUSES = st.sampled_from(ListStatus.values)
SENDINGS = st.builds(
    Sending,
    status=st.sampled_from(["", "sent", "paid", "failed", "returned"]),
    channel=st.sampled_from(["bank", "cash"]),
    signed=st.booleans(),
    ended=st.booleans(),
)


@given(STATUSES, st.sampled_from(Standing), SENDINGS, st.booleans())
def test_money_is_said_to_have_come_only_where_it_was_booked_or_signed_for(
    status: str,
    standing: Standing,
    sending: Sending,
    is_held: bool,  # noqa: FBT001 - drawn
) -> None:
    stage = stage_of(status, standing, sending, is_held=is_held)
    came = (
        status == "released"
        and not sending.ended
        and (
            sending.status == "paid"
            or (sending.channel == "cash" and sending.signed and sending.status == "sent")
        )
    )
    assert (stage in {Stage.PAID, Stage.SIGNED_FOR}) == came
    stopped = is_held and status in {"pending", "approved", "signed"}
    assert (stage is Stage.HELD) == stopped


# What payees say ----------------------------------------------------------------------------------


@db
def test_a_payee_says_that_it_came_or_did_not(released: ReleaseHouse) -> None:
    say(1, FIRST, "not", " 没有到账 ")
    [word] = payee_words_of(released.list_id)
    assert (word.said, word.text, word.line.position) == (Heard.NOT, "没有到账", 1)
    assert open_counts(PaymentList.objects.all()) == {released.list_id: 1}
    entry = Entry.objects.get(action="payments.say_received")
    assert entry.actor_key == f"person:{key_of(FIRST)}"
    assert "没有到账" not in entry.facts
    say(1, FIRST, "got")
    assert open_counts(PaymentList.objects.all()) == {}
    [one] = mine(at=AFTER)
    assert one.word is not None
    assert one.word.said == Heard.GOT


@db
@pytest.mark.usefixtures("released")
def test_said_twice_with_one_key_it_stands_once() -> None:
    key = uuid4()
    say(1, FIRST, "got", key=key)
    say(1, FIRST, "got", key=key)
    assert PayeeWord.objects.count() == 1
    refused("key_reused", lambda: say(1, FIRST, "not", key=key))


@db
def test_nobody_says_it_for_somebody_else(released: ReleaseHouse) -> None:
    other = key_of(SECOND)
    refused("payment_unknown", lambda: say(1, SECOND))
    refused("not_permitted", lambda: say(1, FIRST, actor=oneself(other)))
    refused("not_permitted", lambda: say(1, FIRST, actor=released.lists.finance))
    refused("not_permitted", lambda: say(1, FIRST, actor=SYSTEM))
    refused("payment_unknown", lambda: say(1, FIRST, line_id=0))


@db
def test_only_what_was_sent_can_have_come(house: ListHouse) -> None:
    signed(house)
    refused("not_sent", lambda: say(1, FIRST, "got"))
    with pytest.raises(IntegrityError), transaction.atomic():
        PayeeWord.objects.bulk_create(
            [PayeeWord(line=PaymentLine.objects.get(position=1), said="got", said_at=NOW)]
        )


@db
@pytest.mark.parametrize(
    ("said", "text", "code", "field"),
    [
        ("maybe", "", "word_unknown", "said"),
        ("", "", "word_unknown", "said"),
        ("less", " ", "word_empty", "text"),
        ("not", "长" * 501, "text_too_long", "text"),
    ],
)
@pytest.mark.usefixtures("released")
def test_what_says_nothing_is_refused_beside_its_input(said: str, text: str, code: str, field: str) -> None:
    assert refused(code, lambda: say(1, FIRST, said, text)).field == field


def answering(
    released: ReleaseHouse, actor: Actor, text: str = "已与银行核对，4月22日到账。", **changes: Any
) -> None:
    word = PayeeWord.objects.latest("pk")
    facts: dict[str, Any] = {"list_id": released.list_id, "word_id": word.pk, "text": text}
    answer_payee(**{**facts, "actor": actor, "at": AFTER, **changes})


@db
def test_the_inspector_answers_once_and_the_payee_reads_it(released: ReleaseHouse) -> None:
    say(1, FIRST)
    refused("word_empty", lambda: answering(released, released.lists.inspector, " "))
    answering(released, released.lists.inspector)
    assert open_counts(PaymentList.objects.all()) == {}
    [one] = mine(at=AFTER)
    assert one.word is not None
    assert one.word.answer.text == "已与银行核对，4月22日到账。"
    refused("word_answered", lambda: answering(released, released.lists.inspector))
    say(1, FIRST)
    assert open_counts(PaymentList.objects.all()) == {released.list_id: 1}, "said once more, it waits again"


@db
def test_who_made_released_or_is_paid_by_the_list_answers_nothing(released: ReleaseHouse) -> None:
    say(1, FIRST)
    refused("own_list", lambda: answering(released, released.lists.finance))
    refused("not_permitted", lambda: answering(released, released.lists.officer))
    refused("not_permitted", lambda: answering(released, released.lists.checker))
    refused("word_gone", lambda: answering(released, released.lists.inspector, word_id=0))
    paid = make_person("财务丁", Role.FINANCE, released.lists.register.union.unit)
    answerer = Person.objects.get(name=SECOND)
    assert paid.user_id is not None
    PersonAccount.objects.create(user_id=paid.user_id, person=answerer, found_at=NOW)
    refused("own_list", lambda: answering(released, paid))
    word = PayeeWord.objects.get()
    for actor in (released.lists.finance, released.lists.officer, paid):
        assert actor.user_id is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            PayeeWordAnswer.objects.bulk_create(
                [PayeeWordAnswer(word=word, text="无误", answered_by_id=actor.user_id, answered_at=AFTER)]
            )
    say(1, FIRST, "got")
    refused("word_gone", lambda: answering(released, released.lists.inspector))


@db
def test_words_are_only_added_to_and_only_their_text_is_erased(released: ReleaseHouse) -> None:
    say(1, FIRST, "not", "没有到账")
    answering(released, released.lists.inspector)
    for statement in (
        "UPDATE payments_payeeword SET said = 'got', text = ''",
        "UPDATE payments_payeeword SET text = '到了'",
        "DELETE FROM payments_payeewordanswer",
        "UPDATE payments_payeewordanswer SET text = '另一个'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert PayeeWord.objects.update(text="") == 1
    assert PayeeWordAnswer.objects.update(text="") == 1
