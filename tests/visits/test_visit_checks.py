"""The check finds visits that contradict themselves, each fault by its own code."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from songnuan.tasks.models import Task
from songnuan.visits.checks import verify
from songnuan.visits.models import LaterDay, Visit, VisitMember, VisitProblem
from visits.builders import SLUG, Bureau, bureau, moment, recorded, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Bureau:
    return bureau()


def change(made: Visit, **facts: object) -> None:
    Visit.objects.filter(pk=made.pk).update(**facts)


def break_seal(made: Visit) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE visits_visit SET receiver_name = %s WHERE id = %s", ["k1:AAAA", made.pk])


FAULTS: dict[str, Callable[[Visit], object]] = {
    "visit_unsigned": lambda made: change(made, signature=None),
    "visit_without_receiver": lambda made: change(made, receiver_name=" "),
    "visit_receiver_unreadable": break_seal,
    "visit_without_members": lambda made: VisitMember.objects.filter(visit=made).delete(),
    "visit_late_differs": lambda made: change(made, late=True),
    "visit_late_entry_differs": lambda made: change(made, received_at=moment(20)),
    "visit_later_day_left": lambda made: LaterDay.objects.create(
        visit=made, day=date(2020, 4, 24), reason="汛期停航", asked_at=moment(9)
    ),
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_found_where_it_is(house: Bureau, code: str) -> None:
    made = recorded(house, house.lock, moment(9))
    recorded(house, house.pier, moment(10))
    visit(house, house.gate)
    assert verify() == []
    FAULTS[code](made)
    assert [(row.code, row.where) for row in verify()] == [(code, f"visits.visit:{made.pk}")]


def test_a_call_goes_without_a_signature(house: Bureau) -> None:
    recorded(house, house.lock, moment(9), form="call", form_reason="封闭管理", signature=None)
    assert verify() == []


def test_problems_and_visits_point_at_each_other(house: Bureau) -> None:
    made, other = recorded(house, house.lock, moment(9)), recorded(house, house.pier, moment(10))
    for at_visit in (made, other):
        task = Task.objects.create(
            plan_slug=SLUG,
            source=f"visits.visit:{at_visit.pk}",
            title="夜班岗亭缺取暖设备",
            owner=house.lead,
            unit=at_visit.unit,
            raised_at=moment(10),
            due_on=date(2020, 4, 15),
            original_due_on=date(2020, 4, 15),
        )
        if at_visit == made:
            VisitProblem.objects.create(visit=other, task=task)
    assert [(row.code, row.where) for row in verify()] == [
        ("visit_problem_elsewhere", f"visits.visit:{other.pk}"),
        ("visit_task_unlinked", f"visits.visit:{other.pk}"),
    ]
