"""Kits that units got straight out of the store: an inspector sees, draws and calls back about them too."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspection_people import another, give, no_visit_brings_kits, nothing_changed, whole
from people import SLUG, Bureau, at, open_plan_1
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.goods.gifts import Handing
from songnuan.goods.models import Issue, Kit, Movement
from songnuan.journeys.check_receipt import check_receipt
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.inspection import inspected, signs_by_plan
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.show_receipt_contact import show_receipt_contact
from songnuan.journeys.take_back_issue import take_back_issue
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import contact_of, pairs
from songnuan.plans.models import Plan
from songnuan.tasks.models import Task
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.receipts import Receipt, one_each, receipts
from songnuan.visits.sample_models import ReceiptCheck, Sample, SampleReceipt
from songnuan.visits.sample_queries import called_amiss, drawn, is_redrawn_the_same, of_plan
from web.browsing import visits_of

pytestmark = pytest.mark.django_db
DAY = date(2020, 4, 10)


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 with its kits bought, one of which a visit brought."""
    plan = open_plan_1(bureau)
    whole(bureau, plan)
    visit = visits_of(bureau)[0]
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    return plan


@pytest.fixture
def kit(plan: Plan) -> Kit:
    """Its kit, which units get at the store from now on."""
    return no_visit_brings_kits(plan)


@pytest.fixture
def units(kit: Kit) -> list[int]:
    """Units that got nothing yet."""
    got = set(Movement.objects.filter(kit=kit, kind="hand_over").values_list("unit_id", flat=True))
    return [pair.unit_id for pair in pairs(SLUG, at(9).date()) if pair.unit_id not in got]


def at_store(plan: Plan) -> list[Receipt]:
    return [row for row in receipts(plan, DAY) if row.issue_id is not None]


def sample(bureau: Bureau, size: int) -> Sample:
    """Draw so many of all."""
    facts: dict[str, Any] = {"confidence": 95, "by_lead": False, "key": uuid4(), "at": at(10)}
    return Sample.objects.get(pk=draw_sample(slug=SLUG, size=size, actor=bureau.inspector, **facts))


def of_store(row: Sample) -> SampleReceipt:
    return SampleReceipt.objects.get(sample=row, visit__isnull=True)


def call(bureau: Bureau, receipt: SampleReceipt, outcome: str = "ok", words: str = "") -> bool:
    return check_receipt(
        receipt_id=receipt.pk,
        outcome=outcome,
        words=words,
        happened_on=date(2020, 4, 11),
        key=uuid4(),
        actor=bureau.inspector,
        at=at(11),
    )


# Receipts ----------------------------------------------------------------------------------------


def test_what_a_unit_signed_for_at_the_store_is_a_receipt_beside_those_of_visits(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    by_hand: dict[str, Any] = {"handing": Handing("江守渡"), "signature": signature(3)}
    issue = give(kit, units[0], bureau.office, **by_hand)
    visited, row = receipts(plan, DAY)
    assert (visited.issue_id, visited.received_at) == (None, at(8, 11))
    assert (row.visit_id, row.issue_id, row.visited_at, row.received_at) == (None, issue, None, None)
    assert (row.unit_id, row.lead_id) == (units[0], plan.office_id)
    assert row.compound == next(pair.compound for pair in pairs(SLUG, DAY) if pair.unit_id == units[0])
    assert (row.handed_at, row.booked_at, row.is_late_entry) == (at(9, 10), at(9, 10), False)
    assert (row.receiver, row.by_name, row.recorded_by_id) == ("江*渡", False, bureau.office.user_id)
    assert row.signature_id == Issue.objects.get().signature_id is not None
    assert row.packs == (("方便面", 2, "箱"), ("苹果", 1, "箱"), ("梨", 1, "箱"))


def test_a_plan_without_an_office_has_its_unit_for_the_lead(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    give(kit, units[0], bureau.office)
    Plan.objects.filter(pk=plan.pk).update(office=None)
    assert [row.lead_id for row in at_store(Plan.objects.get(pk=plan.pk))] == [plan.unit_id]


def test_parts_of_a_units_kit_are_one_with_all_that_it_got(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    give(kit, units[0], bureau.office, ["苹果"])
    give(kit, units[1], bureau.office)
    last = give(kit, units[0], bureau.office, ["方便面", "梨"], at=at(9, 15))
    assert len(receipts(plan, DAY)) == 4
    one, two, three = one_each(receipts(plan, DAY))
    assert one.visit_id is not None
    assert (two.unit_id, three.unit_id, three.issue_id) == (units[1], units[0], last)
    assert {item: count for item, count, _packing in three.packs} == {"苹果": 1, "方便面": 2, "梨": 1}


def test_what_was_taken_back_is_no_receipt(bureau: Bureau, plan: Plan, kit: Kit, units: list[int]) -> None:
    issue = give(kit, units[0], bureau.office)
    take_back_issue(issue_id=issue, reason="发错单位", key=uuid4(), actor=bureau.office, at=at(9, 16))
    assert at_store(plan) == []


def test_more_receipts_at_the_store_take_no_more_queries(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    found = []
    for unit_id in units[:3]:
        give(kit, unit_id, bureau.office)
        with CaptureQueriesContext(connection) as queries:
            assert receipts(plan, DAY)
        found.append(len(queries))
    assert found[0] == found[2] <= 8
    row = sample(bureau, 4)
    with CaptureQueriesContext(connection) as queries:
        assert len(drawn(row, plan, DAY)) == 4
    assert len(queries) <= 12


# Samples -----------------------------------------------------------------------------------------


def test_receipts_at_the_store_are_drawn_and_counted(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    give(kit, units[0], bureau.office, ["苹果"])
    give(kit, units[0], bureau.office, ["方便面", "梨"], at=at(9, 15))
    row = sample(bureau, 2)
    assert (row.population, row.size) == (2, 2)
    receipt = of_store(row)
    assert (receipt.unit_id, receipt.handed_by_id) == (units[0], bureau.office.user_id)
    assert is_redrawn_the_same(row)
    for one in SampleReceipt.objects.all():
        assert call(bureau, one) is False
    result = of_plan(plan.pk)[0].result
    assert (result.answered, result.good, result.low) == (2, 2, 1.0)
    assert [*check_visits(), *verify()] == []


def test_what_follows_a_draw_is_told_with_it_under_the_number_that_was_drawn(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    first = give(kit, units[0], bureau.office, ["苹果"])
    row = sample(bureau, 2)
    give(kit, units[0], bureau.office, ["方便面", "梨"], happened_on=DAY, at=at(10, 15))
    (told,) = [one.receipt for one in drawn(row, plan, DAY) if one.receipt.visit_id is None]
    assert (told.movement_id, told.issue_id) == (of_store(row).movement_id, first)
    assert {item for item, _count, _packing in told.packs} == {"苹果", "方便面", "梨"}
    assert (told.withdrawn_at, told.beside) == (None, ())


def test_a_receipt_taken_back_after_the_draw_says_so_and_what_the_unit_has_otherwise(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    issue = give(kit, units[0], bureau.office)
    row = sample(bureau, 2)
    taken, second = at(10, 16), another(bureau, "second", Role.EPIDEMIC_OFFICE)
    take_back_issue(issue_id=issue, reason="发错单位", key=uuid4(), actor=second, at=taken)
    (told,) = [one.receipt for one in drawn(row, plan, DAY) if one.receipt.visit_id is None]
    assert (told.issue_id, told.withdrawn_at, told.beside) == (issue, taken, ())
    assert len(told.packs) == 3
    give(kit, units[0], bureau.office, ["苹果"], happened_on=DAY, at=at(10, 17))
    (told,) = [one.receipt for one in drawn(row, plan, DAY) if one.receipt.visit_id is None]
    assert (told.withdrawn_at, told.beside) == (taken, (("苹果", 1, "箱"),))
    assert call(bureau, of_store(row), "taken_back", "说是登记错了，没有给过我们。") is True
    assert check_visits() == []


@pytest.mark.parametrize("part", [0, 1])
def test_nobody_checks_what_they_gave_out_be_it_a_part(
    bureau: Bureau, kit: Kit, units: list[int], part: int
) -> None:
    issues = [
        give(kit, units[0], bureau.office, ["苹果"]),
        give(kit, units[0], bureau.office, ["方便面", "梨"], at=at(9, 15)),
    ]
    Issue.objects.filter(pk=issues[part]).update(recorded_by=bureau.inspector.user_id)
    receipt = of_store(sample(bureau, 2))
    with nothing_changed(), pytest.raises(Refusal) as refused:
        call(bureau, receipt)
    assert refused.value.code == "own_work"
    assert not ReceiptCheck.objects.exists()


def test_what_is_amiss_at_the_store_becomes_a_task_and_a_sign(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    give(kit, units[0], bureau.office)
    receipt = of_store(sample(bureau, 2))
    assert call(bureau, receipt, "not_received", "没有人来领过。") is True
    task = Task.objects.get(source=f"visits.receipt:{receipt.pk}")
    assert (task.unit_id, task.owner_id) == (units[0], plan.office_id)
    assert [row.unit_id for row in called_amiss([plan.pk])] == [units[0]]
    assert "called_amiss" in [flag.code for flag in inspected(plan, at(11)).flags]


def test_whom_to_call_back_about_what_was_given_at_the_store_is_noted_with_it(
    bureau: Bureau, kit: Kit, units: list[int]
) -> None:
    issue = give(kit, units[0], bureau.office)
    receipt = of_store(sample(bureau, 2))
    contact = show_receipt_contact(receipt_id=receipt.pk, actor=bureau.inspector, at=at(11))
    assert contact == contact_of(units[0], date(2020, 4, 11))
    assert Entry.objects.get(action="visits.show_contact").subject == f"goods.issue:{issue}"


def test_a_receipt_of_a_sample_that_stands_beside_no_visit_of_its_own_is_found(
    bureau: Bureau, kit: Kit, units: list[int]
) -> None:
    give(kit, units[0], bureau.office)
    row = sample(bureau, 2)
    at_visit = SampleReceipt.objects.get(sample=row, visit__isnull=False)
    store, visit_id = of_store(row), at_visit.visit_id
    row.pk, row.number = None, 2
    row.save(force_insert=True)
    for receipt, other in ((at_visit, None), (store, visit_id)):
        receipt.pk, receipt.sample, receipt.visit_id = None, row, other
        receipt.save(force_insert=True)
    assert [finding.code for finding in check_visits()] == ["sample_receipt_elsewhere"] * 2


# Signs -------------------------------------------------------------------------------------------


def test_what_was_given_by_name_or_entered_late_at_the_store_is_a_sign(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    issues = [
        give(kit, unit_id, bureau.office, reason_late="补录", happened_on=date(2020, 4, 8), at=at(10))
        for unit_id in units[:3]
    ]
    about = [f"goods.issue:{pk}" for pk in issues]
    found = signs_by_plan([plan], at(11))[plan.pk]
    assert found == inspected(plan, at(11)).flags
    signs = {(flag.code, flag.subjects) for flag in found}
    assert {("reported_late", (one,)) for one in about} <= signs
    assert {("late_by_name", (one,)) for one in about} <= signs
    assert ("without_signatures", tuple(about)) in signs
    assert not {flag.code for flag in found} & {"before_stock", "at_night", "handed_later", "two_at_once"}


def test_one_picture_for_a_visit_and_for_a_kit_at_the_store_is_a_sign(
    bureau: Bureau, plan: Plan, kit: Kit, units: list[int]
) -> None:
    picture = bureau.report(at(8)).signature
    issue = give(kit, units[0], bureau.office, handing=Handing("江守渡"), signature=picture)
    (flag,) = [flag for flag in inspected(plan, at(11)).flags if flag.code == "same_signature"]
    assert flag.subjects == (f"visits.visit:{visits_of(bureau)[0].pk}", f"goods.issue:{issue}")
