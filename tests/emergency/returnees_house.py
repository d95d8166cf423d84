"""A centre whose stations keep a register of returnees; what tests of it share."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import models

from emergency.house import CENTRE, ReportHouse, at, make_house
from songnuan.emergency.models import (
    DailyStatus,
    PeriodChange,
    Returnee,
    ReturneeCode,
    StatusAnswer,
)
from songnuan.emergency.returnee_rules import Found, Told
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.create_account import create_account
from songnuan.journeys.enter_returnees import enter_returnee
from songnuan.journeys.give_post import give_post
from songnuan.journeys.record_daily_status import record_daily_status
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, MeasureStatus

TABLES: tuple[type[models.Model], ...] = (
    *(Returnee, ReturneeCode, DailyStatus, StatusAnswer, PeriodChange, OutboxMessage),
)
START = at(3)
TOLD = Told("周归来", "13900001111", "江北省浦江市", date(2020, 2, 2), "杏林路8号3幢201室")


@dataclass
class Register:
    """The register: the house, its measure, who helps at the first station, an inspector."""

    house: ReportHouse
    measure: Measure
    helper: Actor
    inspector: Actor

    @property
    def liaison(self) -> Actor:
        """The liaison of the first station."""
        return self.house.liaisons["一站"]

    def enter(self, moment: datetime = START, **changes: Any) -> Returnee:
        """Enter somebody at the first station, with the helper as contact person."""
        how: dict[str, Any] = {
            "measure_id": self.measure.pk,
            "unit_id": self.house.units["一站"],
            "told": TOLD,
            "helper_id": self.helper.user_id,
            "key": uuid4(),
            "actor": self.liaison,
            "at": moment,
        }
        return Returnee.objects.get(pk=enter_returnee(**{**how, **changes}))

    def found(
        self, row: Returnee, moment: datetime, outcome: str = "well", words: str = "", **how: Any
    ) -> DailyStatus:
        """Let the helper record how somebody was found at a moment."""
        actor, key = how.pop("actor", self.helper), how.pop("key", None) or uuid4()
        day = how.pop("day", moment.date())
        told: dict[str, Any] = {"found_at": None if outcome == "not_attempted" else moment, **how}
        found = Found(day, outcome, words=words or ("" if outcome == "well" else "体温38.1度。"), **told)
        return record_daily_status(returnee_id=row.pk, found=found, key=key, actor=actor, at=moment)


def make_register(**settings: Any) -> Register:
    """Open the register on 3 February 2020."""
    house = make_house()
    measure = Measure.objects.create(
        plan=house.measure.plan,
        position=2,
        key="returnees",
        clause_key="returnees",
        kind="returnees",
        settings={"days": 14, "due": "16:00", "chase": 1, "retain": 30, **settings},
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )

    def hire(name: str, role: Role, unit: str) -> Actor:
        user = create_account(username=name, name=name, password=None, actor=SYSTEM, at=at(1))
        give_post(user_id=user.pk, unit_id=house.units[unit], role=role, actor=SYSTEM, at=at(1))
        return actor_of(user)

    return Register(
        house=house,
        measure=measure,
        helper=hire("helper", Role.PROGRAMME_OFFICER, "一站"),
        inspector=hire("inspector", Role.INSPECTOR, CENTRE),
    )


def every_day(found: Register, row: Returnee, first: int, last: int) -> None:
    """Let the helper see somebody well on days of February."""
    moment = at(first, 10)
    while moment <= at(last, 10):
        found.found(row, moment)
        moment += timedelta(days=1)
