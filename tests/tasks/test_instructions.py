"""Instructions: recorded, accepted, reported on, closed by somebody else, put off; who may and who not."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from hands import together
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.accept_item import accept_item
from songnuan.journeys.answer_extension import answer_extension
from songnuan.journeys.ask_extension import ask_extension
from songnuan.journeys.ask_item_closing import ask_item_closing
from songnuan.journeys.close_item import close_item
from songnuan.journeys.remind_of_items import remind_of_items
from songnuan.journeys.report_item import report_item
from songnuan.journeys.send_back_item import send_back_item
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.tasks import queries
from songnuan.tasks.checks import verify
from songnuan.tasks.instruction_queries import one_seen, seen, to_decide
from songnuan.tasks.instruction_rules import ITEMS_MOST, NewItem, is_day_off
from songnuan.tasks.models import Feedback, Instruction, Task, TaskStatus, Verb
from tasks.instructions import DONE, DUE, HEAD, LEADERS, House, asked, house_with_items, record_one
from visits.builders import Bureau, bureau, give, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return house_with_items()


def refused(code: str, act: Any, **arguments: Any) -> None:
    """Call `act`, which is refused with `code`, and see that nothing changed."""

    def state() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (Task, Instruction, Feedback)]

    before, sent = state(), OutboxMessage.objects.count()
    with pytest.raises(Refusal) as caught:
        act(**arguments)
    assert caught.value.code == code
    assert state() == before
    assert OutboxMessage.objects.count() == sent


def status(house: House) -> str:
    return Task.objects.get(pk=house.task_id).status


def test_an_instruction_is_broken_into_items_each_with_an_owner_and_both_dates(house: House) -> None:
    row = Instruction.objects.get()
    assert (row.number, row.received_at, row.recorded_at) == (HEAD.number, moment(2, 9), moment(2, 10))
    first, second = house.items
    assert (first.status, first.due_on, first.original_due_on) == ("assigned", DUE, DUE)
    assert (first.source, first.position) == (f"tasks.instruction:{row.pk}", 1)
    assert [one.unit_id for one in second.co_owners.all()] == [house.bureau.lead.pk]
    told = OutboxMessage.objects.filter(topic="instruction.assigned").values_list("recipient_id", flat=True)
    assert set(told) == {house.bureau.liaison.user_id, house.bureau.stranger.user_id}
    assert verify() == []


def test_the_same_form_twice_is_one_instruction_and_a_number_is_entered_once() -> None:
    made = bureau()
    key = uuid4()
    assert record_one(made, key=key) == record_one(made, key=key)
    assert Instruction.objects.count() == 1
    refused("instruction_known", record_one, house=made)
    record_one(made, head=LEADERS)
    record_one(made, head=LEADERS)
    assert Instruction.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"head": replace(HEAD, number=" ")}, "number_missing"),
        ({"head": replace(LEADERS, number="3号")}, "number_unexpected"),
        ({"head": replace(HEAD, kind="rumour")}, "kind_unknown"),
        ({"head": replace(HEAD, title="")}, "title_missing"),
        ({"head": replace(HEAD, title="长" * 201)}, "entry_too_long"),
        ({"head": replace(HEAD, issuer="")}, "issuer_missing"),
        ({"head": replace(HEAD, text="\x00 ")}, "text_missing"),
        ({"head": replace(HEAD, text="长" * 5001)}, "text_too_long"),
        ({"head": replace(HEAD, dated_on=date(2020, 4, 3))}, "dated_after_receipt"),
        ({"received_at": moment(2, 11)}, "received_in_future"),
        ({"items": []}, "items_missing"),
        ({"items": [NewItem("事项", 1, DUE)] * (ITEMS_MOST + 1)}, "items_too_many"),
        ({"plan_slug": "front-line-visits", "basis": "没有这份"}, "basis_unknown"),
        ({"plan_slug": "nowhere", "basis": "x"}, "plan_unknown"),
    ],
)
def test_an_instruction_that_is_not_whole_is_refused(changes: dict[str, Any], code: str) -> None:
    made = bureau()
    refused(code, record_one, house=made, **changes)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"matter": " "}, "matter_missing"),
        ({"matter": "长" * 121}, "entry_too_long"),
        ({"due_on": date(2020, 4, 1)}, "due_before_receipt"),
        ({"due_on": date(2202, 4, 15)}, "due_too_far"),
        ({"owner_id": 0}, "owner_unknown"),
        ({"co_owner_ids": (0,)}, "co_owner_unknown"),
    ],
)
def test_an_item_that_is_not_whole_is_refused_at_its_place(item: dict[str, Any], code: str) -> None:
    made = bureau()
    sound = NewItem("添置取暖设备", made.lead.pk, DUE)
    with pytest.raises(Refusal) as caught:
        record_one(made, items=[sound, replace(sound, **item)])
    assert (caught.value.code, caught.value.field[:8]) == (code, "items-1-")
    # The unit that follows up owns nothing itself, or nobody could close it.
    refused("owner_unknown", record_one, house=made, items=[replace(sound, owner_id=made.bureau.pk)])


def test_only_the_office_of_the_unit_records(house: House) -> None:
    made = house.bureau
    for actor in (made.officer, made.approver, made.liaison, made.stranger):
        refused("not_permitted", record_one, house=made, actor=actor, head=LEADERS)
    refused("not_permitted", record_one, house=made, unit_id=made.lock.pk, head=LEADERS)


def test_an_item_goes_from_its_acceptance_to_its_closing_by_another(house: House) -> None:
    made, pk = house.bureau, house.task_id
    refused(
        "wrong_state", report_item, task_id=pk, text="已联系", key=uuid4(), actor=made.liaison, at=moment(3)
    )
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    refused("wrong_state", accept_item, task_id=pk, actor=made.liaison, at=moment(3, 11))
    key = uuid4()
    for _twice in range(2):
        report_item(task_id=pk, text="已询价", key=key, actor=made.liaison, at=moment(6))
    report_item(task_id=pk, text="已下单", key=uuid4(), actor=made.liaison, at=moment(8))
    refused("wrong_state", close_item, task_id=pk, actor=made.office, at=moment(8))
    refused("feedback_missing", ask_item_closing, task_id=pk, text="。。。", actor=made.liaison, at=moment(9))
    ask_item_closing(task_id=pk, text=DONE, actor=made.liaison, at=moment(9))
    assert [row.task_id for row in to_decide([made.bureau.pk])] == [pk]
    refused("remark_missing", send_back_item, task_id=pk, remark="…", actor=made.office, at=moment(9))
    send_back_item(task_id=pk, remark="请附安装照片", actor=made.office, at=moment(9, 11))
    assert status(house) == "accepted"
    ask_item_closing(task_id=pk, text=f"{DONE}照片已交。", actor=made.liaison, at=moment(10))
    close_item(task_id=pk, remark="现场核实", actor=made.office, at=moment(10, 15))
    task = Task.objects.get(pk=pk)
    assert (task.status, task.feedback, task.done_at) == ("done", f"{DONE}照片已交。", moment(10, 15))
    assert task.done_by_id == made.office.user_id
    verbs = list(Feedback.objects.filter(task=pk).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["accept", "report", "report", "ask_closing", "send_back", "ask_closing", "close"]
    acts = Entry.objects.filter(stream__name="instructions").order_by("seq").values_list("action", flat=True)
    assert list(acts) == ["tasks.record_instruction", *(f"tasks.{verb}" for verb in verbs)]
    assert verify() == []
    (row,) = seen(made.office, moment(11))
    assert (row.done, row.is_closed) == (1, False)
    # Problems have lists of their own.
    assert queries.counts("", moment(11).date()).total == 0
    assert queries.open_of_units([made.lead.pk]) == []


def test_after_closing_nothing_more_is_said(house: House) -> None:
    made, pk = house.bureau, asked(house)
    close_item(task_id=pk, actor=made.office, at=moment(11))
    later = {"task_id": pk, "at": moment(12)}
    refused("wrong_state", close_item, actor=house.colleague, **later)
    refused("wrong_state", report_item, text="补充说明", key=uuid4(), actor=made.liaison, **later)
    refused("wrong_state", ask_item_closing, text=DONE, actor=made.liaison, **later)
    refused("wrong_state", send_back_item, remark="再核实", actor=made.office, **later)
    ask = {"due_on": date(2020, 4, 20), "reason": "还需要时间", "actor": made.liaison}
    refused("wrong_state", ask_extension, **ask, **later)


def test_nobody_closes_the_own_item(house: House) -> None:
    made, pk = house.bureau, asked(house)
    refused("not_permitted", close_item, task_id=pk, actor=made.liaison, at=moment(11))
    # The liaison joins the office, and the office's officer the owner: neither may decide now.
    give(made.liaison, Role.EPIDEMIC_OFFICE, made.bureau)
    give(house.colleague, Role.UNIT_LIAISON, made.lead)
    for actor in (made.liaison, house.colleague):
        refused("own_item", close_item, task_id=pk, actor=actor, at=moment(11))
        refused("own_item", send_back_item, task_id=pk, remark="再核实", actor=actor, at=moment(11))
    refused("person_needed", close_item, task_id=pk, actor=SYSTEM, at=moment(11))
    close_item(task_id=pk, actor=made.office, at=moment(11))
    assert status(house) == "done"


def test_the_table_itself_refuses_a_closing_by_who_asked_for_it(house: House) -> None:
    pk = asked(house)
    by_liaison = {"status": TaskStatus.DONE, "feedback": DONE, "done_at": moment(11)}
    with pytest.raises(IntegrityError, match="tasks_task_closed_by_another"), transaction.atomic():
        Task.objects.filter(pk=pk).update(**by_liaison, done_by_id=house.bureau.liaison.user_id)
    with pytest.raises(IntegrityError, match=r"tasks_task_(states|closed_by)"), transaction.atomic():
        Task.objects.filter(pk=pk).update(status=TaskStatus.OPEN, asked_by=None)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Feedback.objects.update(text="改过")


def test_another_unit_sees_nothing_and_may_do_nothing(house: House) -> None:
    made, pk = house.bureau, house.task_id
    record_one(made, head=LEADERS, items=[NewItem("只给航道处的事", made.lead.pk, DUE)])
    refused("not_permitted", accept_item, task_id=pk, actor=made.stranger, at=moment(3))
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    refused(
        "not_permitted", report_item, task_id=pk, text="已办", key=uuid4(), actor=made.stranger, at=moment(3)
    )
    refused("not_permitted", ask_item_closing, task_id=pk, text=DONE, actor=made.stranger, at=moment(3))
    (row,) = seen(made.stranger, moment(4))
    assert [item.owner_id for item in row.items] == [made.other_lead.pk]
    # A unit that helps sees the item, and may report on it, no more.
    second = house.items[1].pk
    whole = one_seen(house.items[0].instruction_id or 0, made.liaison, moment(4))
    assert whole is not None
    assert [item.task_id for item in whole.items] == [pk, second]
    accept_item(task_id=second, actor=made.stranger, at=moment(4))
    report_item(task_id=second, text="已协助排查", key=uuid4(), actor=made.liaison, at=moment(5))
    refused("not_permitted", ask_item_closing, task_id=second, text=DONE, actor=made.liaison, at=moment(5))
    assert one_seen(row.instruction_id + 1, made.stranger, moment(4)) is None


def test_a_later_date_is_asked_for_with_a_reason_and_decided_by_the_office(house: House) -> None:
    made, pk = house.bureau, house.task_id
    accept_item(task_id=pk, actor=made.liaison, at=moment(3))
    asking: dict[str, Any] = {
        "task_id": pk,
        "reason": "供货商推迟发货",
        "actor": made.liaison,
        "at": moment(14),
    }
    refused("extension_not_later", ask_extension, due_on=DUE, **asking)
    refused("due_too_far", ask_extension, due_on=date(2202, 4, 20), **asking)
    refused("reason_missing", ask_extension, due_on=date(2020, 4, 20), **{**asking, "reason": "忙。"})
    ask_extension(due_on=date(2020, 4, 20), **asking)
    refused("extension_waits", ask_extension, due_on=date(2020, 4, 21), **asking)
    deciding: dict[str, Any] = {
        "task_id": pk,
        "due_on": date(2020, 4, 20),
        "actor": made.office,
        "at": moment(14, 15),
    }
    refused("not_permitted", answer_extension, allowed=True, **{**deciding, "actor": made.liaison})
    refused("remark_missing", answer_extension, allowed=False, **deciding)
    refused("wrong_state", answer_extension, allowed=True, **{**deciding, "due_on": date(2020, 4, 21)})
    answer_extension(allowed=True, **deciding)
    task = Task.objects.get(pk=pk)
    assert (task.due_on, task.original_due_on, task.asked_due_on) == (date(2020, 4, 20), DUE, None)
    ask_extension(due_on=date(2020, 4, 24), **{**asking, "at": moment(17)})
    refusing = {**deciding, "due_on": date(2020, 4, 24), "at": moment(17, 15)}
    answer_extension(allowed=False, remark="按期完成", **refusing)
    task.refresh_from_db()
    assert (task.due_on, task.asked_due_on) == (date(2020, 4, 20), None)
    assert verify() == []


def test_reminders_come_once_for_each_stage_and_go_up_to_the_office(house: House) -> None:
    made, pk = house.bureau, house.task_id

    def told(topic: str) -> list[int | None]:
        rows = OutboxMessage.objects.filter(topic=topic, key__startswith=f"item:{pk}:")
        return list(rows.values_list("recipient_id", flat=True))

    assert remind_of_items(actor=SYSTEM, at=moment(9, 8)) == 0
    for at in (moment(10, 8), moment(13, 8), moment(13, 8)):
        assert remind_of_items(actor=SYSTEM, at=at) == 1
    assert told("item.soon") == [made.liaison.user_id]
    assert told("item.over") == []
    remind_of_items(actor=SYSTEM, at=moment(16, 8))
    remind_of_items(actor=SYSTEM, at=moment(17, 8))
    assert told("item.over") == [made.liaison.user_id]
    assert told("item.escalated") == []
    for _twice in range(2):
        remind_of_items(actor=SYSTEM, at=moment(20, 8))
    assert set(told("item.escalated")) == {made.office.user_id, house.colleague.user_id}
    assert len(told("item.escalated")) == 2
    asked(house, moment(20))
    count = OutboxMessage.objects.count()
    assert remind_of_items(actor=SYSTEM, at=moment(24, 8)) == 1
    assert OutboxMessage.objects.filter(key__startswith=f"item:{pk}:").count() <= count


def test_a_day_off_is_known_to_be_one() -> None:
    assert is_day_off(date(2020, 5, 1))
    assert not is_day_off(date(2020, 5, 9))
    assert is_day_off(date(2190, 5, 1))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_closes_and_one_is_refused(house: House) -> None:
    pk = asked(house)
    outcomes = together(
        *[
            lambda actor=actor: close_item(task_id=pk, actor=actor, at=moment(11))
            for actor in (house.bureau.office, house.colleague)
        ]
    )
    assert outcomes == {"done": 1, "wrong_state": 1}
    assert Feedback.objects.filter(task=pk, verb=Verb.CLOSE).count() == 1
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_report_and_a_closing_at_once_leave_nothing_said_after_the_closing(house: House) -> None:
    pk = asked(house)
    made = house.bureau
    outcomes = together(
        lambda: close_item(task_id=pk, actor=made.office, at=moment(11)),
        lambda: send_back_item(task_id=pk, remark="再核实一次", actor=house.colleague, at=moment(11)),
        lambda: report_item(task_id=pk, text="补充", key=uuid4(), actor=made.liaison, at=moment(11)),
    )
    assert outcomes["done"] in {1, 2}
    assert verify() == []


def test_the_checks_find_what_was_moved_past_the_actions(house: House) -> None:
    made: Bureau = house.bureau
    pk = asked(house)
    Task.objects.filter(pk=house.items[1].pk).update(due_on=date(2020, 4, 30))
    Task.objects.filter(pk=pk).update(
        status=TaskStatus.DONE, feedback=DONE, done_at=moment(11), done_by_id=made.office.user_id
    )
    Feedback.objects.create(task_id=house.items[1].pk, verb=Verb.CLOSE, at=moment(11))
    Feedback.objects.create(task_id=house.items[1].pk, verb=Verb.REPORT, text="迟了", at=moment(11))
    row = Instruction.objects.get()
    Instruction.objects.create(
        unit=row.unit, kind="leader", title="x", issuer="y", text="z", dated_on=DUE,
        received_at=moment(2), recorded_at=moment(2),
    )  # fmt: skip
    assert sorted(finding.code for finding in verify()) == [
        "instruction_without_item",
        "item_extension_unsaid",
        "item_said_after_closing",
        "item_state_unsaid",
        "item_state_unsaid",
    ]
