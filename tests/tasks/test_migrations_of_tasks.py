"""A filled database of an earlier release keeps its problems, items and words; these stay closed."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from schema import newest
from songnuan.journeys.reassign_item import reassign_item
from songnuan.kernel.append_only import VERBS
from songnuan.tasks.checks import verify
from songnuan.tasks.models import CoOwner, Feedback, Instruction, Task
from tasks.instructions import asked, house_with_items
from visits.builders import moment

OBLIGATIONS, INSTRUCTIONS = [("tasks", "0001_obligations")], [("tasks", "0002_instructions")]


def migrate(target: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(target)


def triggers() -> set[str]:
    """Return the names of the triggers that stand on what was said."""
    statement = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'tasks_feedback'"
    if connection.vendor == "postgresql":
        statement = (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'tasks_feedback'::regclass AND NOT tgisinternal"
        )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}


def everything() -> dict[str, list[tuple[object, ...]]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in (Task, Instruction, CoOwner, Feedback)
    }


def refuses(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act()


@pytest.mark.django_db(transaction=True)
def test_what_was_said_stays_and_stays_closed_there_and_back() -> None:
    house = house_with_items()
    asked(house)
    before, closed = everything(), triggers()
    assert {f"tasks_feedback_no_{verb}" for verb in VERBS} <= closed
    try:
        migrate(INSTRUCTIONS)
        assert (everything(), triggers()) == (before, closed)
        refuses(lambda: Feedback.objects.update(text="x"))
    finally:
        newest()
    assert (everything(), triggers()) == (before, closed)
    refuses(lambda: Feedback.objects.update(text="x"))
    refuses(lambda: Feedback.objects.all().delete())
    lead, other = house.bureau.lead.pk, house.bureau.other_lead.pk
    reassign_item(
        task_id=house.task_id,
        from_id=lead,
        owner_id=other,
        reason="职责划入船闸处。",
        actor=house.bureau.office,
        at=moment(11),
    )
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_problems_of_before_there_were_instructions_stand_as_they_were() -> None:
    house = house_with_items()
    facts = {"plan_slug": "x", "owner_id": house.bureau.lead.pk, "unit_id": house.bureau.lock.pk}
    days = {"raised_at": moment(6), "due_on": date(2020, 4, 10), "original_due_on": date(2020, 4, 10)}
    try:
        with connection.cursor() as cursor:  # the release before knows no instructions
            cursor.execute("DELETE FROM tasks_coowner")
            cursor.execute("DELETE FROM tasks_task")
            cursor.execute("DELETE FROM tasks_instruction")
        migrate(OBLIGATIONS)
        old = MigrationExecutor(connection).loader.project_state(OBLIGATIONS).apps.get_model("tasks", "Task")
        old.objects.create(source="visits.visit:1", title="缺取暖设备", **facts, **days)
        ended = {"status": "done", "done_at": moment(8), "feedback": "已购置取暖器"}
        old.objects.create(source="visits.visit:2", title="雨天积水", **facts, **days, **ended)
    finally:
        newest()
    rows = Task.objects.order_by("pk")
    assert [(row.title, row.status, row.feedback) for row in rows] == [
        ("缺取暖设备", "open", ""),
        ("雨天积水", "done", "已购置取暖器"),
    ]
    assert all(row.instruction is None and row.asked_by is None for row in rows)
    assert verify() == []
    assert {f"tasks_feedback_no_{verb}" for verb in VERBS} <= triggers()
