"""Whoever ends a response has read what of it is still open, by whatever way it is ended."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.urls import reverse

from emergency.board_house import NOW, BoardHouse, make_board_house
from emergency.house import rows_of
from songnuan.emergency.models import (
    Activation,
    ActivationAct,
    Alert,
    DailyStatus,
    Handover,
    Muster,
    Order,
    OrderTask,
    ReportPeriod,
    Returnee,
)
from songnuan.emergency.still_open import still_open
from songnuan.journeys.act_on_alert import acknowledge_alert, close_alert, verify_alert
from songnuan.journeys.observe_returnees import end_observation
from songnuan.journeys.order_tasks import withdraw_task
from songnuan.journeys.record_daily_status import answer_daily_status
from songnuan.journeys.stand_down import stand_down
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Measure
from songnuan.records.models import NumberSequence
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
TABLES: tuple[type[models.Model], ...] = (
    *(
        Activation,
        ActivationAct,
        Alert,
        Handover,
        Muster,
        Order,
        OrderTask,
        ReportPeriod,
        Returnee,
        NumberSequence,
    ),
)


def end(who: Actor, **how: Any) -> int:
    row = Activation.objects.get()
    return stand_down(activation_id=row.pk, reason="平稳", actor=who, at=NOW, **{"key": uuid4(), **how})


def refused(who: Actor, **how: Any) -> Refusal:
    before = rows_of(*TABLES)
    with pytest.raises(Refusal) as caught:
        end(who, **how)
    assert rows_of(*TABLES) == before
    return caught.value


def test_a_response_with_something_open_is_ended_by_who_has_read_it() -> None:
    house = make_board_house()
    leader, key = house.people["leader"], uuid4()
    left = still_open(Activation.objects.get(), NOW)
    assert len(left) == 4
    found = refused(leader, key=key)
    assert (found.code, found.field) == ("still_open_unread", "has_read")
    assert all(one in found.sentence for one in left)
    # Who may not end it is told that, and not what is open.
    other = refused(house.people["office"])
    assert isinstance(other, NotPermitted)
    assert other.code == "not_the_holder"
    # The form that was refused is sent again under its key, with the tick.
    pk = end(leader, key=key, has_read=True)
    assert end(leader, key=key, has_read=True) == pk
    assert Activation.objects.get().status == "ended"


def close_alerts(house: BoardHouse) -> None:
    told: dict[str, Any] = {"actor": house.people["office"], "at": NOW}
    for alert in Alert.objects.exclude(status="closed"):
        acknowledge_alert(alert_id=alert.pk, key=uuid4(), **told)
        verify_alert(alert_id=alert.pk, is_true=False, words="核实", key=uuid4(), **told)
        close_alert(alert_id=alert.pk, outcome="chance", words="无异常", key=uuid4(), **told)


def withdraw_tasks(house: BoardHouse) -> None:
    for task in OrderTask.objects.all():
        withdraw_task(order_task_id=task.pk, text="不再需要", actor=house.people["office"], at=NOW)


def end_observations(house: BoardHouse) -> None:
    told: dict[str, Any] = {"actor": house.people["office"], "at": NOW}
    for status in DailyStatus.objects.filter(outcome="unwell"):
        answer_daily_status(status_id=status.pk, words="已就诊", **told)
    for one in Returnee.objects.all():
        end_observation(returnee_id=one.pk, ended_as="moved", words="已离开", **told)


def close_reports(_house: BoardHouse) -> None:
    Measure.objects.filter(kind="situation_reports").update(status="closed")


CLOSING: Mapping[str, Callable[[BoardHouse], None]] = {
    "预警": close_alerts,
    "任务": withdraw_tasks,
    "返程": end_observations,
    "情况报告": close_reports,
}


@pytest.mark.parametrize("last", CLOSING)
def test_each_open_thing_alone_asks_for_it_and_nothing_open_for_none(last: str) -> None:
    house = make_board_house()
    for word, close in CLOSING.items():
        if word != last:
            close(house)
    [left] = still_open(Activation.objects.get(), NOW)
    assert last in left
    assert refused(house.people["leader"]).code == "still_open_unread"
    CLOSING[last](house)
    assert page(house, "leader").context["open"] == []
    assert 'name="has_read"' not in page(house, "leader").content.decode()
    assert page(house, "leader", {"act": "stand_down", "reason": "平稳"}).status_code == 302
    assert Activation.objects.get().status == "ended"


def test_what_is_not_due_yet_is_not_missing_and_a_drill_leaves_nothing_open() -> None:
    make_board_house()
    row = Activation.objects.get()
    assert any("情况报告" in one for one in still_open(row, NOW))
    assert not any("情况报告" in one for one in still_open(row, NOW.replace(hour=16, minute=0)))
    row.is_drill = True
    assert still_open(row, NOW) == []


def page(house: BoardHouse, who: str, told: dict[str, Any] | None = None) -> Any:
    path = reverse("activation", args=(Activation.objects.get().pk,))
    client = as_(house.people[who])
    with on(NOW):
        return client.get(path) if told is None else client.post(path, {"key": uuid4(), **told})


def test_the_form_asks_for_the_tick_only_while_something_is_open() -> None:
    house = make_board_house()
    told = {"act": "stand_down", "reason": "平稳"}
    assert "has_read" in page(house, "leader").context["forms"]["stand_down"].fields
    assert 'name="has_read"' not in page(house, "office").content.decode()
    before = rows_of(*TABLES)
    wrong = page(house, "leader", told)
    assert wrong.status_code == 422
    assert [*wrong.context["forms"]["stand_down"].errors] == ["has_read"]
    assert wrong.content.decode().count('name="has_read"') == 1
    assert rows_of(*TABLES) == before
    assert page(house, "leader", {**told, "has_read": "on"}).status_code == 302
    assert Activation.objects.get().status == "ended"
