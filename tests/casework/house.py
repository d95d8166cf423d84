"""A union whose staff have relatives at the front, with a measure that looks after their families."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from benefits.register import Register, make_register
from goods.builders import make_person, make_unit
from songnuan.casework.actions import NewNeed, Touch
from songnuan.casework.case_models import Case, Need
from songnuan.casework.case_rules import FAMILY
from songnuan.journeys.act_on_need import close_need
from songnuan.journeys.answer_help import accept_family
from songnuan.journeys.family_feedback import make_link, note_call, take_feedback
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.open_families import open_families
from songnuan.journeys.raise_need import raise_need
from songnuan.journeys.record_contact import record_contact
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus

NOW = datetime(2020, 3, 2, 10, tzinfo=CHINA)
SETTINGS = {"roster": "staff", "first": 2, "every": 7, "chase": 2, "visit": 14, "most": 5}
GOODS = "买菜不便，需要送米面油。"


def day(number: int, hour: int = 10) -> datetime:
    """Return a moment so many days after the families were taken in."""
    return NOW.replace(hour=hour) + timedelta(days=number)


@dataclass
class CareHouse:
    """The register with its measure under way; two helpers at the union's unit, one at a unit below it."""

    register: Register
    first: Actor
    second: Actor
    below: Actor

    @property
    def officer(self) -> Actor:
        """Who manages the families."""
        return self.register.union.officer

    @property
    def inspector(self) -> Actor:
        """Who reads everything and changes nothing."""
        return self.register.union.inspector

    @property
    def stranger(self) -> Actor:
        """A union officer elsewhere."""
        return self.register.union.stranger

    @property
    def measure(self) -> Measure:
        """The measure as it stands."""
        return self.register.measure_now()

    def family(self, name: str, relative: str, **service: Any) -> None:
        """Let an employee have a spouse who serves, from 20 January on."""
        self.register.employ(name)
        self.register.relate(name, "spouse", relative)
        self.register.serve([relative], "湖北", **{"ends_on": None, **service})

    def open(self, at: datetime = NOW) -> list[Case]:
        """Take the families in; return all of them."""
        open_families(measure_id=self.measure.pk, actor=self.officer, at=at)
        return list(Case.objects.order_by("number"))

    def helped(self, name: str = "甲", helper: Actor | None = None, at: datetime = NOW) -> Case:
        """Return the family of an employee, whose helper has accepted."""
        case = self.case(name)
        someone = helper or self.first
        assert someone.user_id is not None
        offer_helpers(
            measure_id=self.measure.pk, chosen={case.pk: someone.user_id}, actor=self.officer, at=at
        )
        accept_family(case_id=case.pk, actor=someone, at=at)
        return self.case(name)

    def case(self, name: str = "甲") -> Case:
        """Return the family of an employee."""
        return Case.objects.get(employee__name=name)

    def contact(self, case: Case, at: datetime = NOW, actor: Actor | None = None, **told: Any) -> int:
        """Record a contact by phone on the day."""
        need = told.pop("need", None)
        touch = Touch(**{"happened_on": at.date(), "way": "phone", "reached": True, **told})
        return record_contact(
            case_id=case.pk, touch=touch, need=need, key=uuid4(), actor=actor or self.first, at=at
        )

    def need(self, case: Case, at: datetime = NOW, actor: Actor | None = None, **told: Any) -> Need:
        """Put down a need."""
        facts = {"category": "goods", "urgency": "days", "words": GOODS, **told}
        pk = raise_need(case_id=case.pk, need=NewNeed(**facts), key=uuid4(), actor=actor or self.first, at=at)
        return Need.objects.get(pk=pk)

    def call(self, need: Need, actor: Actor, at: datetime = NOW, **told: Any) -> None:
        """Note what the family said in a call."""
        facts = {
            "satisfied": "yes",
            "said_by": "甲",
            "said_on": at.date(),
            "text": "菜已送到，谢谢。",
            **told,
        }
        note_call(need_id=need.pk, key=uuid4(), actor=actor, at=at, **facts)

    def link(self, need: Need, at: datetime = NOW, actor: Actor | None = None) -> str:
        """Make the family's link, as the officer; return its secret."""
        return make_link(need_id=need.pk, actor=actor or self.officer, at=at)

    def answer(self, secret: str, at: datetime = NOW, **told: Any) -> None:
        """Answer by a link."""
        facts = {"satisfied": "yes", "text": "", **told}
        take_feedback(secret=secret, key=uuid4(), actor=FAMILY, at=at, **facts)

    def close(self, need: Need, actor: Actor | None = None, at: datetime = NOW, **told: Any) -> None:
        """Close a need."""
        facts = {"outcome": "solved", "text": "已送到家中。", **told}
        close_need(need_id=need.pk, actor=actor or self.first, at=at, **facts)


def name_of(case: Case) -> str:
    """Return the name of the employee of a family."""
    assert case.employee is not None
    return case.employee.name


def make_care() -> CareHouse:
    """Make the union, its measure under way, two families with somebody at the front, and helpers."""
    register = make_register()
    Measure.objects.filter(pk=register.measure.pk).update(
        kind="families", settings=SETTINGS, status=MeasureStatus.OPEN, opened_at=NOW
    )
    Plan.objects.filter(pk=register.measure.plan_id).update(status=PlanStatus.OPEN, due_on=date(2020, 6, 30))
    unit = register.union.unit
    house = CareHouse(
        register,
        make_person("联系人一", Role.UNIT_LIAISON, unit),
        make_person("联系人二", Role.UNIT_LIAISON, unit),
        make_person("联系人三", Role.UNIT_LIAISON, make_unit("基层工会", unit)),
    )
    house.family("甲", "甲妻")
    house.family("乙", "乙夫")
    return house
