"""A database made before later days were asked for keeps what waited in its visits."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from schema import newest
from songnuan.visits.models import LaterDay, Visit
from visits.builders import bureau, moment, recorded, visit

OLD = [("visits", "0001_visits_and_reports")]
BEFORE_REASONS = [("visits", "0003_later_days_are_allowed")]
AFTER = date(2020, 4, 24)


def migrate(target: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(target)


@pytest.mark.django_db(transaction=True)
def test_a_later_day_that_nobody_allowed_waits_and_an_allowed_one_stands() -> None:
    house = bureau()
    rows = [visit(house, place) for place in (house.lock, house.pier, house.gate)]
    waiting, allowed, in_time = (row.pk for row in rows)
    try:
        migrate(OLD)
        late = {"planned_on": AFTER, "planned_by_id": house.liaison.user_id, "late_reason": "汛期停航"}
        Visit.objects.filter(pk__in=[waiting, allowed]).update(**late)
        Visit.objects.filter(pk=allowed).update(late_approved=True)
    finally:
        newest()
    asked = LaterDay.objects.get()
    assert (asked.visit_id, asked.day, asked.reason, asked.status) == (waiting, AFTER, "汛期停航", "waiting")
    assert asked.asked_by_id == house.liaison.user_id
    columns = ("pk", "planned_on", "late_reason", "late_approved")
    assert list(Visit.objects.order_by("pk").values_list(*columns)) == [
        (waiting, None, "", False),
        (allowed, AFTER, "汛期停航", True),
        (in_time, date(2020, 4, 10), "", False),
    ]


@pytest.mark.django_db(transaction=True)
def test_late_entries_of_before_say_that_nobody_was_asked() -> None:
    house = bureau()
    in_time, late = recorded(house, house.lock, moment(9)), recorded(house, house.pier, moment(9))
    try:
        migrate(BEFORE_REASONS)
        Visit.objects.filter(pk=late.pk).update(late_entry=True, received_at=moment(9) + timedelta(days=3))
    finally:
        newest()
    reasons = dict(Visit.objects.values_list("pk", "entry_reason"))
    assert reasons[in_time.pk] == ""
    assert "尚未要求" in reasons[late.pk]
