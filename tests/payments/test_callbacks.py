"""Payments are drawn by an inspector who stands apart, drawn again the same, and asked about one by one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goods.builders import make_person, make_unit, snapshot
from payments.calling import ASKED, BACK, CALLED, DAY, FINE, call, draw, paid_house, payment_of
from payments.noticing import later
from payments.releasing import AFTER, ReleaseHouse, make_release_house, vouchers
from songnuan.audit.models import Entry as TrailEntry
from songnuan.journeys.show_payee import show_payee
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.payments import checks
from songnuan.payments.models import (
    CallBack,
    ListAct,
    PaymentInstruction,
    PaymentSample,
    PersonAccount,
    SampledPayment,
    Verb,
)
from songnuan.payments.sample_models import Finding
from songnuan.payments.sample_pool import drawing_of, is_redrawn_the_same
from songnuan.payments.sample_queries import (
    amiss,
    drawn,
    next_to_call,
    row_of,
    samples_of,
    to_call,
)
from songnuan.payments.sample_rules import Answer, Scope
from songnuan.people.columns import index
from songnuan.people.models import LookPurpose, Person
from songnuan.people.purposes import LOOK
from songnuan.plans.models import Measure

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentSample, SampledPayment, CallBack, PaymentInstruction, ListAct, LookPurpose)
NOBODY = Answer(reached=False)
NOTHING = Answer(reached=True, received="nothing", words="没见到这笔钱")
CASH_FINE = replace(FINE, signed=True)


@pytest.fixture
def house() -> ReleaseHouse:
    return paid_house()


def refused(code: str, act: Callable[[], object]) -> Refusal:
    """Do what is refused with a code, and show that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code, found.value.sentence
    assert snapshot(TABLES) == before
    return found.value


def other_inspector(house: ReleaseHouse) -> Actor:
    return make_person("纪检乙", Role.INSPECTOR, house.lists.register.union.unit)


def pays(actor: Actor, name: str = "张小三") -> None:
    """Let an account of the house be a payee's."""
    person = Person.objects.get(name=name)
    PersonAccount.objects.create(user_id=actor.user_id or 0, person=person, found_at=AFTER)


# The draw ----------------------------------------------------------------------------------------


def test_a_draw_is_kept_whole_and_anybody_draws_the_same_again(house: ReleaseHouse) -> None:
    key = uuid4()
    made = draw(house, size=2, key=key)
    assert draw(house, size=2, key=key) == made, "clicked twice"
    paid = PaymentInstruction.objects.filter(status="paid").order_by("pk")
    assert json.loads(made.drawn_from) == [list(row) for row in paid.values_list("pk", "line__unit")]
    assert (made.number, made.population, made.size, made.total_minor) == (1, 3, 2, 9000_00)
    assert (made.drawn_by_id, made.payment_list_id) == (house.lists.inspector.user_id, house.list_id)
    assert len(made.seed) == 32
    assert is_redrawn_the_same(made)
    assert sum(len(part.numbers) for part in drawing_of(made).parts()) == 3
    assert checks.verify() == []
    [entry] = TrailEntry.objects.filter(action="payments.draw_sample")
    assert entry.stream.name == f"plan:{made.plan.slug}"


def test_what_failed_or_waits_can_not_be_drawn_and_what_came_back_can() -> None:
    house = make_release_house(released=True)
    refused("sample_size", lambda: draw(house, size=1))
    house.hand({1: (True, ""), 2: (False, "户名不符")})
    assert draw(house, size=1).population == 1
    house.hand({1: (False, "账户已销户")}, vouchers=vouchers("二"))
    made = draw(house, size=1, reason="上一次之后退回了一笔")
    assert SampledPayment.objects.get(sample=made).came_back
    assert not SampledPayment.objects.exclude(sample=made).get().came_back


def test_a_line_that_was_paid_again_is_drawn_once(house: ReleaseHouse) -> None:
    house.hand({2: (False, "账户已销户")}, vouchers=vouchers("二"))
    house.again(2)
    house.hand({1: (True, "")}, number=3, vouchers=vouchers("三"))
    made = draw(house)
    assert (made.population, made.total_minor) == (3, 9000_00)
    assert SampledPayment.objects.filter(sample=made, came_back=True).count() == 0


def test_a_margin_says_how_many_and_a_unit_has_its_share(house: ReleaseHouse) -> None:
    made = draw(house, size=None, margin=10, by_unit=True)
    assert (made.size, made.by_unit) == (3, True)
    assert samples_of(made.plan_id)[0].margin == 0
    parts = drawing_of(made).parts()
    assert [(part.share, len(part.numbers)) for part in parts] == [(part.share, part.share) for part in parts]
    assert is_redrawn_the_same(made)


def test_lists_of_a_clause_or_plan_are_drawn_by_the_day_of_payment(house: ReleaseHouse) -> None:
    paid_on = AFTER.date()
    measure = house.row.measure_id
    for place, scope in enumerate(
        (Scope(since=paid_on, until=paid_on), Scope(measure_id=measure, since=paid_on, until=DAY)), start=1
    ):
        made = draw(house, scope=scope, reason="另抽")
        assert (made.number, made.population, made.payment_list_id) == (place, 3, None)
    before = Scope(since=paid_on - timedelta(days=9), until=paid_on - timedelta(days=1))
    refused("sample_size", lambda: draw(house, scope=before, reason="另抽"))

    def again(scope: Scope) -> Callable[[], object]:
        return lambda: draw(house, reason="另抽", scope=scope)

    refused("period_wrong", again(Scope(since=DAY, until=paid_on)))
    refused("period_wrong", again(Scope()))
    refused("measure_unknown", again(replace(before, measure_id=measure + 99)))
    refused("list_unknown", again(Scope(list_id=house.list_id + 99)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 4}, "sample_size"),
        ({"size": 0}, "sample_size"),
        ({"size": None}, "sample_size"),
        ({"size": None, "margin": 7}, "sample_size"),
        ({"confidence": 97}, "confidence_unknown"),
        ({"reason": "因为电话13800138000"}, "number_of_person"),
    ],
)
def test_what_can_not_be_drawn_is_refused_and_takes_no_number(
    house: ReleaseHouse, changes: dict[str, Any], code: str
) -> None:
    refused(code, lambda: draw(house, **changes))
    assert draw(house).number == 1


def test_nothing_is_drawn_from_a_list_that_is_not_released() -> None:
    house = make_release_house()
    refused("list_not_released", lambda: draw(house))


def test_another_draw_while_calls_are_open_says_why(house: ReleaseHouse) -> None:
    first = draw(house)
    refused("reason_missing", lambda: draw(house))
    second = draw(house, reason="群众来信反映")
    assert (second.number, second.reason) == (2, "群众来信反映")
    for one in (*SampledPayment.objects.filter(sample=first), *SampledPayment.objects.filter(sample=second)):
        call(house, one, NOBODY)
    assert draw(house).number == 3, "whoever was not reached was called"
    assert [row.sample.number for row in samples_of(first.plan_id, house.list_id)] == [3, 2, 1]


# Who ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "checker", "approver", "finance"])
def test_nobody_but_an_inspector_draws_calls_or_looks(house: ReleaseHouse, who: str) -> None:
    actor = house.lists.checker if who == "checker" else getattr(house.lists, who)
    payment = payment_of(draw(house), 1)
    refused("not_permitted", lambda: draw(house, actor, reason="另抽"))
    refused("not_permitted", lambda: call(house, payment, actor=actor))
    refused("not_permitted", lambda: show_payee(payment_id=payment.pk, actor=actor, at=CALLED))


def test_an_inspector_of_another_unit_does_neither(house: ReleaseHouse) -> None:
    stranger = make_person("外单位纪检", Role.INSPECTOR, make_unit("另一单位"))
    payment = payment_of(draw(house), 1)
    refused("not_permitted", lambda: draw(house, stranger, reason="另抽"))
    refused("not_permitted", lambda: call(house, payment, actor=stranger))
    refused("not_permitted", lambda: show_payee(payment_id=payment.pk, actor=stranger, at=CALLED))


def test_whom_the_list_pays_neither_draws_nor_calls(house: ReleaseHouse) -> None:
    other = other_inspector(house)
    pays(other)
    payment = payment_of(draw(house), 1)
    refused("payee_acts", lambda: draw(house, other, reason="另抽"))
    refused("payee_acts", lambda: call(house, payment, actor=other))
    refused("payee_acts", lambda: show_payee(payment_id=payment.pk, actor=other, at=CALLED))


@pytest.mark.parametrize("verb", [Verb.MAKE, Verb.CHECK, Verb.APPROVE, Verb.RELEASE, Verb.RETURN])
def test_who_did_something_else_about_the_list_neither_draws_nor_calls(
    house: ReleaseHouse, verb: Verb
) -> None:
    other = other_inspector(house)
    made = draw(house)
    payment = payment_of(made, 1)
    ListAct.objects.filter(payment_list=house.list_id)
    if verb in {Verb.CHECK, Verb.APPROVE, Verb.RETURN}:
        ListAct.objects.create(payment_list=house.row, person_id=other.user_id or 0, verb=verb, at=AFTER)
    else:  # the house has one of each already: its own maker and releaser get the inspector's post
        other = house.lists.officer if verb == Verb.MAKE else house.lists.finance
        with pytest.raises(IntegrityError), transaction.atomic():
            CallBack.objects.create(**row_for(payment, other))
        return
    refused("already_acted", lambda: draw(house, other, reason="另抽"))
    refused("already_acted", lambda: call(house, payment, actor=other))
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.bulk_create([CallBack(**row_for(payment, other))])
    with pytest.raises(IntegrityError), transaction.atomic():
        redraw(made, other)


def test_who_signed_as_inspector_may_draw_and_another_inspector_may_call(house: ReleaseHouse) -> None:
    signed = ListAct.objects.get(payment_list=house.list_id, verb=Verb.INSPECT)
    assert signed.person_id == house.lists.inspector.user_id
    assert not call(house, payment_of(draw(house), 1), actor=other_inspector(house))


# In the database ---------------------------------------------------------------------------------


def row_for(payment: SampledPayment, actor: Actor, **changes: Any) -> dict[str, Any]:
    facts = {"payment": payment, "reached": True, "received": "whole", "kept": "kept", "is_amiss": False}
    return {**facts, "happened_on": DAY, "by_id": actor.user_id, "at": CALLED, **changes}


def redraw(made: PaymentSample, actor: Actor, **changes: Any) -> None:
    """Write a draw past the actions, with one payment of another."""
    one = SampledPayment.objects.filter(sample=made).order_by("position")[0]
    made.pk, made.number, made.drawn_by_id = None, made.number + 1, actor.user_id or 0
    made.save(force_insert=True)
    facts: dict[str, Any] = {"position": 1, "instruction_id": one.instruction_id, "came_back": False}
    SampledPayment.objects.bulk_create([SampledPayment(sample=made, **{**facts, **changes})])


def test_the_database_takes_no_draw_or_call_of_whom_the_list_pays(house: ReleaseHouse) -> None:
    made, other = draw(house), other_inspector(house)
    pays(other)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(**row_for(payment_of(made, 1), other))
    with pytest.raises(IntegrityError), transaction.atomic():
        redraw(made, other)


@pytest.mark.parametrize("changes", [{"position": 4}, {"position": 0}, {"came_back": True}])
def test_the_database_takes_nothing_else_into_a_draw(house: ReleaseHouse, changes: dict[str, Any]) -> None:
    made = draw(house)
    with pytest.raises(IntegrityError), transaction.atomic():
        redraw(made, house.lists.inspector, **changes)
    redraw(PaymentSample.objects.get(), house.lists.inspector)


@pytest.mark.parametrize(
    "changes",
    [
        {"received": ""},
        {"received": "other"},
        {"received_minor": 5},
        {"kept": ""},
        {"received": "nothing"},
        {"kept": "gave_back", "is_amiss": True, "words": "说了"},
        {"back_minor": 5},
        {"is_amiss": True},
        {"kept": "asked", "words": "说了"},
        {"reached": False},
    ],
)
def test_the_database_takes_no_answer_that_contradicts_itself(
    house: ReleaseHouse, changes: dict[str, Any]
) -> None:
    payment = payment_of(draw(house), 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(**row_for(payment, house.lists.inspector, **changes))
    CallBack.objects.create(**row_for(payment, house.lists.inspector))


def test_what_was_drawn_and_said_is_frozen(house: ReleaseHouse) -> None:
    call(house, payment_of(draw(house), 1), BACK)
    for model, change in (
        (PaymentSample, {"seed": "x"}),
        (SampledPayment, {"position": 9}),
        (CallBack, {"is_amiss": False}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all().delete()


def test_a_draw_that_its_seed_does_not_give_is_found(house: ReleaseHouse) -> None:
    made = draw(house, size=1)
    others = PaymentInstruction.objects.exclude(pk=SampledPayment.objects.get().instruction_id)
    redraw(made, house.lists.inspector, instruction_id=others[0].pk)
    assert [finding.code for finding in checks.verify()] == ["payment_sample_differs"]


def test_a_draw_whose_pool_was_emptied_is_found(house: ReleaseHouse) -> None:
    made = draw(house, size=1, by_unit=False)
    made.drawn_from = "[]"
    redraw(made, house.lists.inspector)
    assert [finding.code for finding in checks.verify()] == ["payment_sample_differs"]
    made.by_unit = True
    assert drawing_of(made).parts() == []


def test_what_is_amiss_is_read_at_once_however_many_draws_tell_of_it(
    house: ReleaseHouse, django_assert_max_num_queries: Any
) -> None:
    for _draw in range(3):
        made = draw(house, reason="另抽")
        call(house, payment_of(made, 1), BACK)
    with django_assert_max_num_queries(3):
        rows = amiss([made.plan_id])
    assert [row.findings for row in rows] == [(Finding.GAVE_BACK,)] * 3


# The calls ---------------------------------------------------------------------------------------


def test_the_newest_call_counts_and_all_stay(house: ReleaseHouse) -> None:
    made = draw(house)
    payment = payment_of(made, 2)
    assert not call(house, payment, NOBODY)
    assert row_of(made, drawn(made.pk)).result.not_reached == 1
    key = uuid4()
    assert call(house, payment, BACK, key=key)
    assert call(house, payment, BACK, key=key), "clicked twice"
    assert CallBack.objects.count() == 2
    row = next(one for one in drawn(made.pk) if one.payment_id == payment.pk)
    assert (row.state, row.last and row.last.findings) == ("amiss", (Finding.GAVE_BACK,))
    assert row.last is not None
    assert row.last.answer == BACK
    assert not call(house, payment)
    row = next(one for one in drawn(made.pk) if one.payment_id == payment.pk)
    assert (row.state, len(row.calls)) == ("fine", 3)
    assert row.was_amiss is not None
    [entry] = TrailEntry.objects.filter(action="payments.call_back", facts__contains="gave_back")
    assert "车间主任" not in entry.facts
    assert "三百" not in entry.facts


def test_the_result_is_told_with_its_interval(house: ReleaseHouse) -> None:
    made = draw(house, size=2)
    nothing = row_of(made, drawn(made.pk)).result
    assert (nothing.open, nothing.low, nothing.high) == (2, None, None)
    one, two = SampledPayment.objects.filter(sample=made).order_by("position")
    fine = CASH_FINE if one.instruction.batch.channel == "cash" else FINE
    call(house, one, fine)
    call(house, two, replace(NOTHING, signed=True))
    result = row_of(made, drawn(made.pk)).result
    assert (result.answered, result.good, result.bad, result.open) == (2, 1, 1, 0)
    assert result.low is not None
    assert result.high is not None
    assert 0 < result.low < 0.5 < result.high < 1


def test_where_all_were_asked_nothing_is_left_open(house: ReleaseHouse) -> None:
    made = draw(house)
    for position, answer in ((1, FINE), (2, BACK), (3, CASH_FINE)):
        call(house, payment_of(made, position), answer)
    result = row_of(made, drawn(made.pk)).result
    assert result.low == result.high == pytest.approx(2 / 3)


def test_cash_is_asked_who_signed_and_a_proxy_that_the_paper_names_is_fine() -> None:
    house = make_release_house(released=True)
    house.sign(signed_by="古丽", relation="spouse")
    house.book_cash()
    payment = payment_of(draw(house, size=1), 3)
    refused("answer_missing", lambda: call(house, payment, FINE))
    assert not call(house, payment, replace(FINE, signed=False))
    own = paid_house_again(house)
    assert own


def paid_house_again(house: ReleaseHouse) -> bool:
    """Show that the bank's payments are not asked for a signature."""
    house.hand({1: (True, "")})
    payment = payment_of(draw(house, size=2, reason="再抽"), 1)
    call(house, payment, replace(FINE, signed=True))
    return CallBack.objects.latest("pk").signed is None


def test_who_says_that_another_signed_is_amiss(house: ReleaseHouse) -> None:
    payment = payment_of(draw(house), 3)
    told = replace(FINE, signed=False)
    assert refused("words_missing", lambda: call(house, payment, told)).field == "words"
    assert call(house, payment, replace(told, words="不是我签的字"))
    row = next(one for one in drawn(payment.sample_id) if one.payment_id == payment.pk)
    assert row.last is not None
    assert row.last.findings == (Finding.UNSIGNED,)


def test_who_was_paid_and_whose_money_came_back_has_nothing_and_that_is_right(house: ReleaseHouse) -> None:
    house.hand({1: (False, "账户已销户")}, vouchers=vouchers("二"))
    payment = payment_of(draw(house), 1)
    assert not call(house, payment, Answer(reached=True, received="nothing"))
    assert call(house, payment, replace(FINE, words="收到了，一直没动"))


@pytest.mark.parametrize(
    ("day", "code"), [(date(2020, 4, 19), "called_before_payment"), (date(2020, 4, 23), "happened_in_future")]
)
def test_a_call_comes_after_the_payment_and_not_in_the_future(
    house: ReleaseHouse, day: date, code: str
) -> None:
    payment = payment_of(draw(house), 1)
    assert refused(code, lambda: call(house, payment, day=day)).field == "happened_on"
    call(house, payment, day=AFTER.date())


def test_a_payment_that_was_not_drawn_is_refused(house: ReleaseHouse) -> None:
    payment = payment_of(draw(house), 1)
    payment.pk += 99
    refused("sampled_unknown", lambda: call(house, payment))
    refused(
        "sampled_unknown",
        lambda: show_payee(payment_id=payment.pk, actor=house.lists.inspector, at=CALLED),
    )


def test_what_is_amiss_stays_a_sign_though_a_later_call_says_otherwise(house: ReleaseHouse) -> None:
    made = draw(house)
    payment = payment_of(made, 2)
    call(house, payment_of(made, 1))
    assert amiss([made.plan_id]) == []
    call(house, payment, ASKED)
    [row] = amiss([made.plan_id])
    assert (row.payment_id, row.findings, row.changed) == (payment.pk, (Finding.ASKED,), "")
    call(house, payment)
    [row] = amiss([made.plan_id])
    assert (row.findings, row.changed) == ((Finding.ASKED,), "fine")
    call(house, payment, NOBODY)
    [row] = amiss([made.plan_id])
    assert row.changed == "not_reached"


def test_whoever_handed_the_money_out_hears_nothing_of_what_was_said(house: ReleaseHouse) -> None:
    from songnuan.jobs.models import Notice  # noqa: PLC0415
    from songnuan.tasks.models import Task  # noqa: PLC0415

    before = Notice.objects.count(), Task.objects.count()
    call(house, payment_of(draw(house), 2), BACK)
    assert (Notice.objects.count(), Task.objects.count()) == before


def test_the_next_is_one_nobody_called_and_then_one_not_reached(house: ReleaseHouse) -> None:
    made = draw(house)
    one, two, three = SampledPayment.objects.filter(sample=made).order_by("position")

    def after(payment: SampledPayment) -> int | None:
        found = next_to_call(drawn(made.pk), payment.pk)
        return found.payment_id if found else None

    assert after(one) == two.pk
    call(house, two, NOBODY)
    assert after(one) == three.pk
    call(house, three, NOBODY)
    assert [after(one), after(two), after(three)] == [two.pk, one.pk, one.pk]
    [left] = to_call([made.plan_id])[made.plan_id]
    assert (left.to_call, left.not_reached) == (1, 2)
    for payment in (one, two, three):
        is_cash = payment.instruction.batch.channel == "cash"
        call(house, payment, CASH_FINE if is_cash else FINE)
    assert after(one) is None
    assert to_call([made.plan_id]) == {}


# The look ----------------------------------------------------------------------------------------


def test_a_phone_is_shown_by_a_recorded_look_that_the_person_can_see(house: ReleaseHouse) -> None:
    payment = payment_of(draw(house), 2)
    person = Person.objects.get(name="张小三")
    person.phone, person.phone_index = "13912345678", index("phone", "13912345678")
    person.save()
    told = show_payee(payment_id=payment.pk, actor=house.lists.inspector, at=CALLED)
    assert (told.name, told.phone) == ("张小三", "13912345678")
    [entry] = TrailEntry.objects.filter(action=LOOK)
    assert entry.subject == f"people.person:{person.key}"
    assert "139" not in entry.facts
    assert LookPurpose.objects.get().purpose == "发-0001发放回访"


def test_whom_the_register_merged_is_called_under_the_entry_that_stands(house: ReleaseHouse) -> None:
    payment = payment_of(draw(house), 2)
    old, kept = Person.objects.get(name="张小三"), Person.objects.get(name="欧阳娜娜")
    Person.objects.filter(pk=old.pk).update(status="merged", merged_into=kept)
    told = show_payee(payment_id=payment.pk, actor=house.lists.inspector, at=CALLED)
    assert told.name == "欧阳娜娜"


def test_a_second_of_one_plan_counts_on(house: ReleaseHouse) -> None:
    assert Measure.objects.filter(plan=draw(house).plan_id).exists()
    assert draw(house, reason="再抽", at=later(13)).number == 2
