"""An invented bureau, a way to act in it, and a way to see that nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import models, transaction

from put_back import beginning
from songnuan.audit.record import trail
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions
from songnuan.organisation.models import Assignment, Installation, Post, Unit, UnitLink, UnitRecord, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of

FIRST = date(2020, 4, 1)
TABLES: tuple[type[models.Model], ...] = (Assignment, Installation, Post, Unit, UnitLink, UnitRecord, User)


def at(day: int, hour: int = 9) -> datetime:
    """Return a moment on a day counted from 1 April 2020, in China."""
    return datetime(2020, 4, 1, hour, tzinfo=CHINA) + timedelta(days=day - 1)


def on(day: int) -> date:
    """Return the day of `at(day)`."""
    return FIRST + timedelta(days=day - 1)


@contextmanager
def acting() -> Iterator[None]:
    """A transaction with a trail of its own, as a journey has."""
    with transaction.atomic(), trail():
        yield


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What happens inside is refused with this code, and nothing in the tables has changed."""
    before = everything()
    with pytest.raises(Refusal) as caught, acting():
        yield
    assert caught.value.code == code
    assert everything() == before


def everything() -> dict[str, list[Any]]:
    """Return every row of every table."""
    return {table.__name__: list(table._default_manager.order_by("pk").values_list()) for table in TABLES}


def open_unit(name: str, kind: str, parent_id: int | None = None, day: int = 1, **facts: Any) -> int:
    """Open a unit, as the system; return its id."""
    with acting():
        unit = actions.create_unit(
            name=name, kind=kind, parent_id=parent_id, actor=SYSTEM, at=at(day), **facts
        )
    return unit.pk


def person(username: str) -> Actor:
    """Open an account, as the system."""
    with acting():
        user = actions.create_user(username=username, name=f"测试{username}", actor=SYSTEM, at=at(1))
    return actor_of(user)


def uid(actor: Actor) -> int:
    """Return the id of the account behind an actor."""
    assert actor.user_id is not None
    return actor.user_id


def give(actor: Actor, role: Role, unit_id: int, day: int = 1) -> int:
    """Give a person a post, as the system; return its id."""
    with acting():
        post = actions.give_post(user_id=uid(actor), unit_id=unit_id, role=role, actor=SYSTEM, at=at(day))
    return post.pk


def holder(username: str, role: Role, unit_id: int, day: int = 1) -> Actor:
    """Open an account with a post."""
    actor = person(username)
    give(actor, role, unit_id, day)
    return actor


@dataclass(frozen=True)
class House:
    """The ids of the units: the subordinate unit `center` has the office `desk` below it."""

    bureau: int
    channel: int
    audit: int
    center: int
    desk: int
    lock: int
    station: int
    gate: int

    @property
    def all(self) -> set[int]:
        """Every unit."""
        return {
            self.bureau, self.channel, self.audit, self.center, self.desk, self.lock, self.station, self.gate,
        }  # fmt: skip


@beginning
def found() -> House:
    """Open the units on the first day."""
    bureau = open_unit("澄江省水运管理局", "bureau", key="bureau")
    center = open_unit("东江航道中心", "subordinate", bureau)
    return House(
        bureau=bureau,
        channel=open_unit("航道处", "department", bureau),
        audit=open_unit("审计处", "department", bureau),
        center=center,
        desk=open_unit("中心办公室", "department", center),
        lock=open_unit("东港船闸管理所", "front_line", bureau),
        station=open_unit("西港航道管理站", "front_line", bureau),
        gate=open_unit("南浦水上交通检查站", "front_line", bureau),
    )
