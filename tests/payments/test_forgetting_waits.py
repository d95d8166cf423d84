"""Whose payment is not over is not erased yet: the roster waits for them, and says for what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goods.builders import snapshot
from payments.calling import call, draw, paid_house, payment_of
from payments.house import ListHouse
from payments.living import FIRST, KEPT_UNTIL, NIGHT, SECOND, THIRD, sound
from payments.noticing import named_house, object_, publish, signed
from payments.releasing import ACCOUNTS, AFTER, ReleaseHouse, make_release_house, vouchers
from songnuan.approvals.hold_models import Hold
from songnuan.journeys.answer_correction import answer_correction
from songnuan.journeys.ask_correction import ask_correction
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.say_received import answer_payee, say_received
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.payments import checks
from songnuan.payments.models import PayeeWord, PaymentLine
from songnuan.payments.sample_rules import Answer
from songnuan.people.access_codes import oneself
from songnuan.people.models import Correction, Enrolment, Person, PersonStatus, Roster, RosterStatus

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {FIRST, SECOND, THIRD}


def due(house: ReleaseHouse | ListHouse) -> Roster:
    """Let the roster of staff be over on its day."""
    lists = house.lists if isinstance(house, ReleaseHouse) else house
    staff = lists.register.staff
    staff.retain_until = KEPT_UNTIL
    staff.save()
    return staff


def night(days: int = 0) -> list[str]:
    return [one.key for one in erase_rosters(actor=SYSTEM, at=NIGHT + timedelta(days=days))]


def left() -> set[str]:
    """Return which of the payees are still in the register."""
    active = Person.objects.filter(status=PersonStatus.ACTIVE, name__in=ALL)
    return set(active.values_list("name", flat=True))


def say(position: int) -> PayeeWord:
    line = PaymentLine.objects.select_related("payee").get(position=position)
    told: dict[str, Any] = {"line_id": line.pk, "person_key": line.payee.key, "said": "not", "text": ""}
    say_received(**told, key=uuid4(), actor=oneself(line.payee.key), at=AFTER)
    return PayeeWord.objects.get(line=line)


def sent() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = make_release_house(released=True)

    def done() -> None:
        house.hand({1: (True, ""), 2: (True, "")})
        house.sign()
        house.book_cash()

    return house, ALL, done


def cash() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = make_release_house(released=True)
    house.hand({1: (True, ""), 2: (True, "")})
    house.sign()  # signed for, and not booked yet
    return house, {THIRD}, house.book_cash


def failed() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = make_release_house(released=True)
    house.hand({1: (True, ""), 2: (False, "账号有误")})
    house.sign()
    house.book_cash()
    return house, {SECOND}, lambda: house.end(2)


def came_back() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = paid_house()
    house.book(house.read([["", ACCOUNTS[SECOND], SECOND, 2000, "失败", "退汇"]]), "2")
    return house, {SECOND}, lambda: house.end(2)


def unbooked() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = paid_house()
    result = house.read([["", ACCOUNTS[SECOND], SECOND, 2000, "失败", "退汇"]])

    def done() -> None:
        house.book(result, "2")
        house.end(2)

    return house, {FIRST, SECOND}, done


def held() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = paid_house()
    subject, inspector = f"payments.list:{house.list_id}", house.lists.inspector
    place_hold(subject=subject, reason="有群众来电反映", key=uuid4(), actor=inspector, at=AFTER)
    hold_id = Hold.objects.get().pk
    return (
        house,
        ALL,
        lambda: lift_hold(hold_id=hold_id, findings="已核实，无误。", actor=inspector, at=AFTER),
    )


def said() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = paid_house()
    word = say(1)
    told: dict[str, Any] = {"list_id": house.list_id, "word_id": word.pk, "text": "查过了", "at": AFTER}
    return house, {FIRST}, lambda: answer_payee(**told, actor=house.lists.inspector)


def drawn() -> tuple[ReleaseHouse, set[str], Callable[[], object]]:
    house = paid_house()
    sample = draw(house, size=1)
    payment = sample.payments.select_related("instruction__line").get()
    line = payment.instruction.line
    return house, {line.name}, lambda: call(house, payment_of(sample, line.position), Answer(reached=False))


WAITS = (sent, cash, failed, came_back, unbooked, held, said, drawn)


@pytest.mark.parametrize("what", WAITS, ids=lambda what: what.__name__)
def test_who_is_still_to_be_paid_waits_and_the_others_go(what: Callable[[], Any]) -> None:
    house, waiting, finish = what()
    staff = due(house)
    assert night() == []
    assert left() == waiting
    staff.refresh_from_db()
    assert staff.status == RosterStatus.ERASING
    assert not Enrolment.objects.filter(told_digest__gt="").exists()  # what the roster told is gone
    qualifiers = PaymentLine.objects.filter(payee__name__in=waiting).values("qualifier")
    assert not Person.objects.filter(pk__in=qualifiers).exclude(status=PersonStatus.ACTIVE).exists()
    sound()
    assert night(1) == []
    assert left() == waiting
    finish()
    assert {one.code for one in checks.verify((NIGHT + timedelta(days=9)).date())} == {"erasure_stuck"}
    assert night(2) == ["staff"]
    assert left() == set()
    assert not Person.objects.filter(status=PersonStatus.ACTIVE).exists()
    sound(NIGHT + timedelta(days=9))


@pytest.mark.parametrize("how", ["pending", "approved", "signed", "objected"])
def test_a_list_that_can_still_be_paid_keeps_all_whom_it_pays(how: str) -> None:
    lists = named_house()
    list_id = {"pending": lists.put_up, "approved": lists.approved}.get(how, lambda: signed(lists))()
    if how == "objected":
        object_(publish(lists, list_id), uuid4())
    due(lists)
    assert night() == []
    assert left() == ALL
    sound()
    if how == "pending":
        lists.return_(list_id, lists.checker)
    else:
        lists.cancel(list_id, lists.finance)
    assert night(1) == ["staff"]
    assert left() == set()
    sound(NIGHT + timedelta(days=9))


def test_somebody_merged_into_a_person_is_waited_for_as_they_are() -> None:
    house = make_release_house(released=True)
    due(house)
    first, second = (Person.objects.get(name=name) for name in (FIRST, SECOND))
    house.hand({2: (True, "")})
    house.sign()
    house.book_cash()
    Person.objects.filter(pk=first.pk).update(status=PersonStatus.MERGED, merged_into=second)
    Enrolment.objects.filter(person=first).delete()
    night()
    assert left() == {SECOND}
    house.hand({1: (True, "")}, vouchers=vouchers("手二"))
    night(1)
    assert not Person.objects.exclude(status=PersonStatus.ERASED).exists()


# Somebody asks for it ------------------------------------------------------------------------------------


def asked(name: str) -> int:
    """Have a payee ask to be erased; return the number of that."""
    Roster.objects.update(legal_ground="consent")
    key = Person.objects.get(name=name).key
    return ask_correction(
        person_key=key, field="", value="", reason="", key=uuid4(), actor=oneself(key), at=AFTER
    )


def erased(house: ReleaseHouse, correction_id: int) -> None:
    """Let the office erase who asked for it."""
    answer_correction(correction_id=correction_id, accept=True, actor=house.lists.officer, at=AFTER)


def has_to_wait(house: ReleaseHouse, correction_id: int) -> None:
    """See that nobody is erased who is still paid, and nothing else changed."""
    tables = (Person, Correction, PaymentLine, Enrolment)
    before = snapshot(tables)
    with pytest.raises(Refusal) as found:
        erased(house, correction_id)
    assert found.value.code == "payment_open"
    assert "发-0001" in found.value.sentence
    assert snapshot(tables) == before


def test_who_asks_to_be_erased_is_told_for_what_to_wait() -> None:
    house, _waiting, finish = failed()
    pk = asked(SECOND)
    has_to_wait(house, pk)
    finish()
    erased(house, pk)
    assert left() == {FIRST, THIRD}


def test_who_asks_and_is_erased_leaves_no_words() -> None:
    house, _waiting, finish = said()
    finish()
    say_text = PayeeWord.objects.get()
    answer_correction(correction_id=asked(FIRST), accept=True, actor=house.lists.officer, at=AFTER)
    say_text.refresh_from_db()
    assert (say_text.said, say_text.text, say_text.answer.text) == ("not", "", "")
    assert PaymentLine.objects.get(position=1).name == FIRST  # for the books


def test_who_was_merged_into_somebody_keeps_them_from_being_erased_while_unpaid() -> None:
    house, _waiting, finish = failed()
    into = Person.objects.get(name=FIRST)
    Person.objects.filter(name=SECOND).update(merged_into=into, status=PersonStatus.MERGED)
    pk = asked(FIRST)
    has_to_wait(house, pk)
    finish()
    erased(house, pk)
