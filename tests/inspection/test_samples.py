"""Receipts drawn at random: frozen, drawn again by anybody, checked by an inspector alone."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from inspection_people import PDF, another, nothing_changed, whole
from people import Bureau, at, open_plan_1
from put_back import put_back
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.goods.models import Movement, Purchase
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.add_invoice import add_invoice
from songnuan.journeys.amend_problem import amend_problem
from songnuan.journeys.check_receipt import check_receipt
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.inspection import inspected, signs_by_plan
from songnuan.journeys.note_flag import note_flag
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.sent_files import SentFile
from songnuan.journeys.show_contact import show_contact
from songnuan.journeys.show_receipt_contact import show_receipt_contact
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sampling import Left
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import contact_of
from songnuan.plans.models import Plan
from songnuan.tasks.actions.handling import may_amend
from songnuan.tasks.models import Task
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.models import Visit
from songnuan.visits.rules import Member
from songnuan.visits.sample_models import FlagNote, Outcome, ReceiptCheck, Sample, SampleReceipt
from songnuan.visits.sample_queries import (
    called_amiss,
    drawn,
    flag_notes,
    is_redrawn_the_same,
    next_to_call,
    noted_flags,
    of_plan,
    to_check,
    why_drawn,
)
from web.browsing import visits_of

pytestmark = pytest.mark.django_db
ROUNDS = 3


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 with its kits bought and three of them handed over."""
    return put_back(("three handed over", bureau), lambda: _three_handed_over(bureau))


def _three_handed_over(bureau: Bureau) -> Plan:
    plan = open_plan_1(bureau)
    whole(bureau, plan)
    for place, visit in enumerate(visits_of(bureau)[:ROUNDS]):
        record_visit(
            visit_id=visit.pk,
            report=bureau.report(at(8, 10 + place)),
            key=uuid4(),
            actor=bureau.liaison,
            at=at(8, 11 + place),
        )
    return plan


def sample(bureau: Bureau, size: int = 2, actor: Actor | None = None, **changes: Any) -> int:
    facts: dict[str, Any] = {"confidence": 95, "by_lead": False, "key": uuid4(), "at": at(10), **changes}
    return draw_sample(slug="front-line-visits", size=size, actor=actor or bureau.inspector, **facts)


def first(sample_id: int) -> SampleReceipt:
    return SampleReceipt.objects.get(sample_id=sample_id, position=1)


def call(bureau: Bureau, receipt: SampleReceipt, outcome: str, words: str = "", day: int = 11) -> bool:
    return check_receipt(
        receipt_id=receipt.pk,
        outcome=outcome,
        words=words,
        happened_on=date(2020, 4, day),
        key=uuid4(),
        actor=bureau.inspector,
        at=at(day),
    )


# The draw ----------------------------------------------------------------------------------------


def test_a_sample_is_drawn_from_all_receipts_and_drawn_again_the_same(bureau: Bureau, plan: Plan) -> None:
    key = uuid4()
    pk = sample(bureau, key=key)
    assert sample(bureau, key=key) == pk
    row = Sample.objects.get()
    handed = list(Movement.objects.filter(kind="hand_over").order_by("pk").values_list("pk", flat=True))
    assert json.loads(row.drawn_from) == [[one, bureau.lead_id] for one in handed]
    assert (row.number, row.population, row.size, row.drawn_by_id) == (1, 3, 2, bureau.inspector.user_id)
    assert len(row.seed) == 32
    assert is_redrawn_the_same(row)
    assert {one.receipt.movement_id for one in drawn(row, plan, date(2020, 4, 10))} < set(handed)
    assert check_visits() == []
    assert verify() == []


def test_every_draw_stays_in_the_list_with_its_number(bureau: Bureau, plan: Plan) -> None:
    for _ in range(3):
        sample(bureau, reason="上一次抽取面太窄")
    assert [row.number for row in of_plan(plan.pk)] == [3, 2, 1]
    assert len(set(Sample.objects.values_list("seed", flat=True))) == 3


def test_a_receipt_handed_over_after_the_draw_changes_nothing_of_it(bureau: Bureau, plan: Plan) -> None:
    sample(bureau)
    visit = Visit.objects.filter(status="planned").exclude(lead_id=bureau.lead_id).order_by("pk")[0]
    report = bureau.report(at(11), members=[Member("周行", None)])
    visitor = another(bureau, "second", Role.LEAD_LIAISON)
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=visitor, at=at(11, 11))
    assert Movement.objects.filter(kind="hand_over").count() == ROUNDS + 1
    assert Sample.objects.get().population == ROUNDS
    assert is_redrawn_the_same(Sample.objects.get())
    assert of_plan(plan.pk)[0].population == ROUNDS


def test_a_sample_is_drawn_from_what_was_booked_by_its_moment(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    row = Sample.objects.get(pk=sample(bureau, at=at(8, 12)))
    booked = Movement.objects.filter(kind="hand_over", at__lte=at(8, 12)).order_by("pk")
    assert [receipt for receipt, _lead in json.loads(row.drawn_from)] == [one.pk for one in booked]
    assert (row.population, row.size) == (ROUNDS - 1, 2)
    assert check_visits() == []


def test_a_sample_of_a_receipt_that_was_not_booked_yet_is_found(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    row = Sample.objects.get(pk=sample(bureau))
    drawn_before = list(SampleReceipt.objects.filter(sample=row))
    row.pk, row.number, row.drawn_at = None, 2, at(8, 12)
    row.save(force_insert=True)
    for receipt in drawn_before:
        receipt.pk, receipt.sample = None, row
        receipt.save(force_insert=True)
    assert is_redrawn_the_same(row)
    last = Movement.objects.filter(kind="hand_over").order_by("at").last()
    assert last is not None
    assert [(one.code, one.facts) for one in check_visits()] == [
        ("sample_before_receipt", {"receipt": last.pk})
    ]


@pytest.mark.parametrize(("changes", "left"), [({"lead_id": -1}, 0), ({"compound": "没有的院区"}, 0)])
def test_a_sample_of_one_lead_or_compound_is_drawn_from_its_receipts(
    bureau: Bureau, plan: Plan, changes: dict[str, Any], left: int
) -> None:
    assert plan.pk
    with pytest.raises(Refusal) as refused:
        sample(bureau, **changes)
    assert (refused.value.code, refused.value.facts["population"]) == ("sample_size", left)
    pk = sample(bureau, lead_id=bureau.lead_id, by_lead=True)
    assert Sample.objects.get(pk=pk).lead_id == bureau.lead_id


@pytest.mark.parametrize("who", ["officer", "approver", "finance", "office", "liaison", "stranger"])
def test_nobody_but_an_inspector_draws_checks_or_notes(bureau: Bureau, plan: Plan, who: str) -> None:
    receipt = first(sample(bureau))
    actor = getattr(bureau, who)
    with nothing_changed():
        with pytest.raises(NotPermitted):
            sample(bureau, actor=actor)
        with pytest.raises(NotPermitted):
            check_receipt(
                receipt_id=receipt.pk,
                outcome="ok",
                words="",
                happened_on=date(2020, 4, 11),
                key=uuid4(),
                actor=actor,
                at=at(11),
            )
        with pytest.raises(NotPermitted):
            note_flag(slug=plan.slug, flag="x", remark="看过了。", key=uuid4(), actor=actor, at=at(11))
    assert (Sample.objects.count(), ReceiptCheck.objects.count(), FlagNote.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize(
    ("size", "changes", "code"),
    [(0, {}, "sample_size"), (4, {}, "sample_size"), (2, {"confidence": 96}, "confidence_unknown")],
)
def test_what_cannot_be_drawn_is_refused_and_takes_no_number(
    bureau: Bureau, plan: Plan, size: int, changes: dict[str, Any], code: str
) -> None:
    with nothing_changed(), pytest.raises(Refusal) as refused:
        sample(bureau, size, **changes)
    assert refused.value.code == code
    sample(bureau)
    assert of_plan(plan.pk)[0].number == 1


def test_what_was_drawn_and_said_is_frozen_in_the_database(bureau: Bureau, plan: Plan) -> None:
    receipt = first(sample(bureau))
    call(bureau, receipt, "ok")
    assert plan.pk
    for model, changes in (
        (Sample, {"seed": "x"}),
        (SampleReceipt, {"position": 9}),
        (ReceiptCheck, {"outcome": "short", "words": "少了"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**changes)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 - our tables


def test_a_sample_that_its_seed_does_not_draw_is_found(bureau: Bureau, plan: Plan) -> None:
    row = Sample.objects.get(pk=sample(bureau))
    assert plan.pk
    left = Movement.objects.filter(kind="hand_over").exclude(
        pk__in=SampleReceipt.objects.values("movement_id")
    )[0]
    row.pk, row.number = None, 2
    row.save(force_insert=True)
    visit = Visit.objects.get(pk=int(left.subject.partition(":")[2]))
    SampleReceipt.objects.create(sample=row, position=1, movement=left, visit=visit)
    assert [finding.code for finding in check_visits()] == ["sample_differs"]


def test_another_draw_while_one_is_open_says_why_and_leaves_the_first_to_be_called(
    bureau: Bureau, plan: Plan
) -> None:
    one = sample(bureau)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        sample(bureau, reason=" ")
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    two = sample(bureau, 1, reason="补抽西港片区")
    assert to_check([plan.pk]) == {plan.pk: [Left(one, 1, 2, 0), Left(two, 2, 1, 0)]}
    assert (why_drawn(one), why_drawn(two)) == ("", "补抽西港片区")
    for receipt in SampleReceipt.objects.order_by("pk"):
        call(bureau, receipt, "ok")
    assert to_check([plan.pk]) == {}
    assert sample(bureau, 1), "nothing is open, so that no reason is asked for"


# Calling back ------------------------------------------------------------------------------------


def test_a_check_is_kept_and_the_newest_one_counts(bureau: Bureau, plan: Plan) -> None:
    pk = sample(bureau)
    receipt = first(pk)
    assert to_check([plan.pk]) == {plan.pk: [Left(pk, 1, 2, 0)]}
    assert call(bureau, receipt, "not_reached") is False
    assert to_check([plan.pk]) == {plan.pk: [Left(pk, 1, 1, 1)]}
    assert call(bureau, receipt, "ok", day=12) is False
    assert to_check([plan.pk]) == {plan.pk: [Left(pk, 1, 1, 0)]}
    assert ReceiptCheck.objects.count() == 2
    result = of_plan(plan.pk)[0].result
    assert (result.answered, result.good, result.bad, result.not_reached, result.open) == (1, 1, 0, 0, 1)
    assert result.low == pytest.approx(0.2065, abs=1e-4)
    assert result.high == 1
    assert not Task.objects.filter(source__startswith="visits.receipt:").exists()


@pytest.mark.parametrize("outcome", ["short", "not_received", "taken_back"])
def test_what_is_amiss_raises_one_task_for_the_office(bureau: Bureau, plan: Plan, outcome: str) -> None:
    receipt = first(sample(bureau))
    assert call(bureau, receipt, outcome, "只收到一箱苹果。") is True
    assert call(bureau, receipt, outcome, "再问仍是一箱。", day=12) is True
    task = Task.objects.get(source=f"visits.receipt:{receipt.pk}")
    assert (task.owner_id, task.unit_id) == (plan.office_id, receipt.unit_id)
    assert "只收到一箱苹果。" in task.detail
    told = OutboxMessage.objects.filter(topic="receipt.amiss").values_list("recipient_id", flat=True)
    assert list(told) == [bureau.office.user_id]
    close_problem(task_id=task.pk, feedback="已补发一箱，单位已签收。", actor=bureau.office, at=at(13))
    assert call(bureau, receipt, outcome, "仍未收到。", day=14) is True
    assert Task.objects.filter(source=f"visits.receipt:{receipt.pk}").count() == 2
    assert verify() == []


@pytest.mark.parametrize(
    ("outcome", "words", "day", "code"),
    [
        ("short", "", 11, "words_missing"),
        ("taken_back", " ", 11, "words_missing"),
        ("fine", "", 11, "outcome_unknown"),
        ("ok", "长" * 1001, 11, "text_too_long"),
        ("ok", "", 7, "called_before_receipt"),
        ("ok", "", 12, "happened_in_future"),
    ],
)
def test_a_check_that_makes_no_sense_is_refused(  # noqa: PLR0917 - fixtures and what varies
    bureau: Bureau, plan: Plan, outcome: str, words: str, day: int, code: str
) -> None:
    receipt = first(sample(bureau))
    assert plan.pk
    with nothing_changed(), pytest.raises(Refusal) as refused:
        check_receipt(
            receipt_id=receipt.pk,
            outcome=outcome,
            words=words,
            happened_on=date(2020, 4, day),
            key=uuid4(),
            actor=bureau.inspector,
            at=at(11),
        )
    assert refused.value.code == code
    assert not ReceiptCheck.objects.exists()


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("打电话138 0001 0001找王班长。", True),
        ("联系１３８０００１０００１。", True),
        ("身份证320101198503120017的人领走", True),
        ("身份证32010119850312001X的人领走", True),
        ("发票号08812071，少两箱，凭证2020041000123号。", False),
        ("少了2箱苹果，4月8日来的。", False),
        ("货号 6901028075831 的一箱不见了", False),
    ],
)
def test_what_a_unit_said_holds_no_number_of_a_person(
    bureau: Bureau, plan: Plan, said: str, *, is_one: bool
) -> None:
    receipt = first(sample(bureau))
    assert plan.pk
    if not is_one:
        assert call(bureau, receipt, "short", said)
        return
    with nothing_changed(), pytest.raises(Refusal) as refused:
        call(bureau, receipt, "short", said)
    assert (refused.value.code, refused.value.field) == ("number_of_person", "words")


def test_an_inspector_gives_what_was_heard_to_nobody_else(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    assert call(bureau, first(sample(bureau)), "short", "只收到一箱苹果。")
    task = Task.objects.get(source__startswith="visits.receipt:")
    told: Any = {"task_id": task.pk, "title": "少一箱梨", "owner_id": bureau.lead_id, "reason": "听错了"}
    with nothing_changed(), pytest.raises(NotPermitted):
        amend_problem(**told, actor=bureau.inspector, at=at(12))
    assert not may_amend(task, bureau.inspector, at(12))
    assert may_amend(task, bureau.office, at(12))
    amend_problem(**told, actor=bureau.office, at=at(12))


def test_nobody_checks_what_they_handed_over(bureau: Bureau, plan: Plan) -> None:
    Visit.objects.filter(status="recorded").update(recorded_by=bureau.inspector.user_id)
    receipt = first(sample(bureau))
    assert plan.pk
    with nothing_changed(), pytest.raises(Refusal) as refused:
        call(bureau, receipt, "ok")
    assert refused.value.code == "own_work"
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptCheck.objects.create(
            receipt=receipt,
            outcome="ok",
            happened_on=date(2020, 4, 11),
            by_id=bureau.inspector.user_id or 0,
            handed_by_id=bureau.inspector.user_id,
            at=at(11),
        )


def test_what_a_unit_says_is_a_sign_that_a_better_answer_does_not_take_away(
    bureau: Bureau, plan: Plan
) -> None:
    receipt = first(sample(bureau))

    def signs() -> list[tuple[str, ...]]:
        found = [flag for flag in inspected(plan, at(14)).flags if flag.code == "called_amiss"]
        assert tuple(found) == tuple(
            flag for flag in signs_by_plan([plan], at(14))[plan.pk] if flag.code == "called_amiss"
        )
        return [flag.subjects for flag in found]

    call(bureau, receipt, "not_received", "没有收到。")
    assert signs() == [(f"visits.receipt:{receipt.pk}",)]
    assert [row.unit_id for row in called_amiss([plan.pk])] == [receipt.unit_id]
    for outcome, words, changed in (
        ("not_reached", "", "not_reached"),
        ("taken_back", "又要回去一箱。", ""),
        ("ok", "", "ok"),
    ):
        call(bureau, receipt, outcome, words, day=12)
        assert signs() == [(f"visits.receipt:{receipt.pk}",)], "the answer before is not forgotten"
        assert [row.changed for row in called_amiss([plan.pk])] == [changed]
    (flag,) = [flag for flag in inspected(plan, at(14)).flags if flag.code == "called_amiss"]
    assert str(Outcome.TAKEN_BACK.label) in flag.sentence
    assert str(Outcome.OK.label) in flag.sentence
    note_flag(
        slug=plan.slug,
        flag=flag.key,
        remark="已核实，补发到位。",
        key=uuid4(),
        actor=bureau.inspector,
        at=at(14),
    )
    assert (plan.pk, flag.key) in noted_flags([plan.pk]), "it stays until somebody looked at it"


def test_a_paid_purchase_without_its_invoice_becomes_a_sign(bureau: Bureau, plan: Plan) -> None:
    def signs(day: int) -> list[str]:
        return [flag.code for flag in inspected(plan, at(day)).flags if flag.code == "without_invoice"]

    assert (signs(14), signs(15)) == ([], ["without_invoice"])
    purchase = Purchase.objects.get()
    invoice = SentFile(PDF, "发票.pdf", "application/pdf")
    add_invoice(purchase_id=purchase.pk, invoice=invoice, key=uuid4(), actor=bureau.finance, at=at(16))
    assert signs(17) == []


def test_the_next_unit_is_one_nobody_called_and_then_one_not_reached(bureau: Bureau, plan: Plan) -> None:
    row = Sample.objects.get(pk=sample(bureau, size=3))
    one, two, three = SampleReceipt.objects.filter(sample=row).order_by("position")

    def after(receipt: SampleReceipt) -> int | None:
        found = next_to_call(drawn(row, plan, date(2020, 4, 12)), receipt.pk)
        return found.receipt_id if found else None

    assert [after(each) for each in (one, two, three)] == [two.pk, three.pk, one.pk]
    call(bureau, two, "not_reached")
    assert [after(each) for each in (one, two, three)] == [three.pk, three.pk, one.pk]
    call(bureau, three, "ok")
    assert after(three) == one.pk
    call(bureau, one, "ok")
    assert [after(each) for each in (one, two, three)] == [two.pk, None, two.pk]


@pytest.mark.parametrize("who", ["officer", "approver", "finance", "office", "liaison", "stranger"])
def test_only_who_checks_receipts_sees_whom_to_call_back(bureau: Bureau, plan: Plan, who: str) -> None:
    receipt = first(sample(bureau))
    assert plan.pk
    with nothing_changed(), pytest.raises(NotPermitted):
        show_receipt_contact(receipt_id=receipt.pk, actor=getattr(bureau, who), at=at(11))
    with nothing_changed(), pytest.raises(Refusal) as refused:
        show_receipt_contact(receipt_id=10**9, actor=bureau.inspector, at=at(11))
    assert refused.value.code == "receipt_unknown"
    # Of a unit that was not drawn she sees nothing.
    with nothing_changed(), pytest.raises(NotPermitted):
        show_contact(visit_id=receipt.visit_id or 0, actor=bureau.inspector, at=at(11))


def test_a_look_at_whom_to_call_back_is_noted(bureau: Bureau, plan: Plan) -> None:
    receipt = first(sample(bureau))
    contact = show_receipt_contact(receipt_id=receipt.pk, actor=bureau.inspector, at=at(11))
    assert contact == contact_of(receipt.unit_id, date(2020, 4, 11))
    assert contact.phone
    (entry,) = Entry.objects.filter(action="visits.show_contact").select_related("stream")
    assert (entry.stream.name, entry.subject) == (f"plan:{plan.slug}", f"visits.visit:{receipt.visit_id}")
    assert json.loads(entry.facts) == {"unit": receipt.unit_id, "for": f"visits.receipt:{receipt.pk}"}
    assert verify() == []


def test_a_receipt_that_is_in_no_sample_is_refused(bureau: Bureau) -> None:
    with pytest.raises(Refusal) as refused:
        check_receipt(
            receipt_id=9,
            outcome="ok",
            words="",
            happened_on=date(2020, 4, 11),
            key=uuid4(),
            actor=bureau.inspector,
            at=at(11),
        )
    assert refused.value.code == "receipt_unknown"


# Signs -------------------------------------------------------------------------------------------


def test_a_sign_is_shown_and_noted_as_looked_at(bureau: Bureau, plan: Plan) -> None:
    found = inspected(plan, at(12))
    assert [row.number for row in found.purchases] == [1]
    assert len(found.receipts) == ROUNDS
    sign = next(flag for flag in found.flags if flag.code == "same_signature")
    key = uuid4()
    for _ in range(2):
        note_flag(
            slug=plan.slug,
            flag=sign.key,
            remark="样例签名，已核对原件。",
            key=key,
            actor=bureau.inspector,
            at=at(12),
        )
    assert flag_notes(plan.pk)[sign.key].remark == "样例签名，已核对原件。"
    assert FlagNote.objects.count() == 1
    with pytest.raises(Refusal) as refused:
        note_flag(
            slug=plan.slug, flag="split:x", remark="看过了。", key=uuid4(), actor=bureau.inspector, at=at(12)
        )
    assert refused.value.code == "flag_unknown"
    with pytest.raises(Refusal) as refused:
        note_flag(slug=plan.slug, flag=sign.key, remark=" ", key=uuid4(), actor=bureau.inspector, at=at(12))
    assert refused.value.code == "words_missing"
    with pytest.raises(IntegrityError), transaction.atomic():
        FlagNote.objects.update(remark="改过")
