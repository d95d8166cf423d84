"""A centre with two districts whose stations report each day; what tests of situation reports share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models

from put_back import beginning
from songnuan.audit import models as audit
from songnuan.emergency.actions import Sent
from songnuan.emergency.models import (
    ReportChase,
    ReportCount,
    ReportExcuse,
    ReportPart,
    ReportPeriod,
    ReportSlot,
    ReportSummary,
    SituationReport,
)
from songnuan.emergency.report_rules import Told
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.journeys.report_periods import open_report_periods
from songnuan.journeys.report_situation import report_situation
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanKind, PlanStatus

CENTRE, OFFICE, EAST, WEST, TEAM = "临澄中心", "应急办", "东区", "西区", "机动队"
STATIONS = {"一站": EAST, "二站": EAST, "三站": EAST, "四站": WEST, "五站": WEST}
LEAVES = (*STATIONS, TEAM)
UNITS = (EAST, WEST, *LEAVES)
SETTINGS: dict[str, Any] = {
    "period": "day",
    "due": "16:00",
    "figures": [{"key": "fever", "label": "发热人数"}, {"key": "contacts", "label": "密接人数"}],
    "ladder": [
        {"after": -60, "whom": "liaison"},
        {"after": 10, "whom": "liaison"},
        {"after": 20, "whom": "parent"},
        {"after": 30, "whom": "office"},
        {"after": 60, "whom": "group"},
    ],
    "superior": "临澄市卫生健康局",
    "superior_due": "17:30",
    "code": "临澄社防",
}
TABLES: tuple[type[models.Model], ...] = (
    *(ReportPeriod, ReportSlot, SituationReport, ReportCount, ReportExcuse, ReportPart, ReportChase),
    *(ReportSummary, OutboxMessage),
)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment of February 2020 in China."""
    return datetime(2020, 2, day, hour, minute, tzinfo=CHINA)


ZERO = Told("zero")


def event(when: datetime, **told: Any) -> Told:
    """Return an event of which everything is told."""
    whole: dict[str, Any] = {
        "category": "health",
        "happened_at": when,
        "figures": {"fever": 2},
        "words": "两名职工发热，已送诊。",
    }
    return Told("event", **{**whole, **told})


@dataclass
class ReportHouse:
    """The centre: units by name, who acts for each, the office, and the measure."""

    units: dict[str, int]
    liaisons: dict[str, Actor]
    office: Actor
    viewer: Actor
    measure: Measure

    def open(self, moment: datetime) -> ReportPeriod:
        """Open what has begun; return the newest period."""
        open_report_periods(actor=SYSTEM, at=moment)
        return ReportPeriod.objects.latest("starts_at")

    def slot(self, name: str, day: int | None = None) -> ReportSlot:
        """Return a unit's slot of a day, or its newest."""
        rows = ReportSlot.objects.filter(unit_id=self.units[name])
        if day is not None:
            rows = rows.filter(period__starts_at=at(day, 0))
        return rows.latest("period__starts_at")

    def report(
        self, name: str, moment: datetime, told: Told = ZERO, *, day: int | None = None, **how: Any
    ) -> SituationReport:
        """Let a unit's liaison report."""
        key: UUID = how.pop("key", None) or uuid4()
        actor = how.pop("actor", None) or self.liaisons[name]
        return report_situation(
            slot_id=how.pop("slot_id", None) or self.slot(name, day).pk,
            told=told,
            sent=Sent(key, **how),
            actor=actor,
            at=moment,
        )

    def hire(self, username: str, role: Role, unit: str) -> Actor:
        """Give somebody an account with a post, and return who that is."""
        return _hire(self.units, username, role, unit)

    def user(self, name: str) -> User:
        """Return the account of a unit's liaison."""
        user_id = self.liaisons[name].user_id
        assert user_id is not None
        return User.objects.get(pk=user_id)


@beginning
def make_house(**settings: Any) -> ReportHouse:
    """Found the centre on 1 February 2020, with its measure under way from the 3rd at nine."""
    day, start = date(2020, 2, 1), at(1)
    rows = [NewUnit(CENTRE, "bureau", ""), NewUnit(OFFICE, "department", CENTRE)]
    rows += [NewUnit(name, "subordinate", CENTRE) for name in (EAST, WEST)]
    rows += [NewUnit(name, "front_line", parent) for name, parent in STATIONS.items()]
    rows += [NewUnit(TEAM, "department", CENTRE)]
    units = create_units(rows=rows, opened_on=day, actor=SYSTEM, at=start)

    def hire(username: str, role: Role, unit: str) -> Actor:
        return _hire(units, username, role, unit)

    role = {EAST: Role.LEAD_LIAISON, WEST: Role.LEAD_LIAISON}
    liaisons = {
        name: hire(f"liaison{place}", role.get(name, Role.UNIT_LIAISON), name)
        for place, name in enumerate(UNITS)
    }
    plan = Plan.objects.create(
        slug="emergency-response",
        title="疫情防控应急预案",
        unit_id=units[CENTRE],
        office_id=units[OFFICE],
        kind=PlanKind.EMERGENCY,
        status=PlanStatus.OPEN,
        version=1,
        starts_on=date(2020, 2, 3),
        due_on=date(2020, 6, 30),
    )
    measure = Measure.objects.create(
        plan=plan,
        position=1,
        key="daily",
        clause_key="reports",
        kind="situation_reports",
        settings={**SETTINGS, **settings},
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )
    return ReportHouse(
        units=units,
        liaisons=liaisons,
        office=hire("office", Role.EPIDEMIC_OFFICE, CENTRE),
        viewer=hire("viewer", Role.APPROVER, CENTRE),
        measure=measure,
    )


def _hire(units: dict[str, int], username: str, role: Role, unit: str) -> Actor:
    user = create_account(username=username, name=f"{unit}联络员", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=units[unit], role=role, actor=SYSTEM, at=at(1))
    return actor_of(user)


def rows_of(*tables: type[models.Model]) -> list[Any]:
    """Return every row of tables, to compare before and after."""
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables or TABLES]


def entries() -> int:
    """Return how many entries the trail has, but for refusals."""
    return audit.Entry.objects.exclude(action="journey.refused").exclude(subject="refusals").count()


def unchanged(act: Callable[[], Any]) -> None:
    """Do what is refused, and see that nothing but the refusal was written."""
    before = rows_of(), entries()
    act()
    assert (rows_of(), entries()) == before
