"""Clock, actor, refusal."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA, wall
from songnuan.kernel.refusal import NotPermitted, Refusal


def test_the_clock_is_aware_in_utc_and_does_not_run_backwards() -> None:
    one, two = wall(), wall()
    assert one.tzinfo is UTC
    assert one <= two
    assert one.year >= 2024


def test_china_is_eight_hours_ahead_all_year() -> None:
    for month in (1, 7):
        moment = datetime(2020, month, 31, 16, tzinfo=UTC).astimezone(CHINA)
        assert moment.utcoffset() == timedelta(hours=8)
        assert (moment.day, moment.hour) == (1, 0)


def test_the_system_is_no_person() -> None:
    assert SYSTEM.is_system
    assert not Actor(key="user:17", label="张三", user_id=17).is_system


def test_an_actor_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SYSTEM.label = "other"  # type: ignore[misc]  # the fault shown


def test_a_refusal_carries_its_code_sentence_field_and_facts() -> None:
    refusal = Refusal("beyond_fund", "Too much.", field="amount", asked_minor=5, available_minor=3)
    assert (refusal.code, refusal.sentence, refusal.field) == ("beyond_fund", "Too much.", "amount")
    assert refusal.facts == {"asked_minor": 5, "available_minor": 3}
    assert str(refusal) == "Too much."
    assert Refusal("x", "y").field == ""


def test_lacking_permission_is_a_refusal() -> None:
    with pytest.raises(Refusal):
        raise NotPermitted("not_permitted", "No.")
