"""A union whose employees may ask for flexible work, with everybody who acts on it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from benefits.register import Register, make_register
from benefits.union import NOW
from goods.builders import make_person, make_unit
from songnuan.approvals.models import Request
from songnuan.casework.actions.flexible import Review
from songnuan.casework.flexible_models import FlexibleAct, FlexibleRequest
from songnuan.casework.flexible_rules import Terms, Wish
from songnuan.journeys.ask_flexible import ask_flexible
from songnuan.journeys.decide_flexible import approve_flexible, return_flexible, withdraw_flexible
from songnuan.journeys.review_flexible import review_flexible
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role
from songnuan.people.models import Enrolment, Person
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus

TODAY = NOW.date()
HOURS = Terms("hours", "12345", 10 * 60, 16 * 60)
HOME = Terms("remote", "24")
ROTA = Terms("rota", pattern="上二休二，不排夜班")
WHY = "父母在外地，孩子放学后无人看护"


def later(days: int) -> datetime:
    """Return the moment so many days after NOW."""
    return NOW + timedelta(days=days)


@dataclass
class FlexibleHouse:
    """The register with a department 一车间 and a staff office 人力资源部, and the people of both."""

    register: Register
    shop: Unit
    staff: Unit
    liaison: Actor
    head: Actor
    hr: Actor
    stranger: Actor

    @property
    def measure(self) -> Measure:
        """The measure as it stands."""
        return Measure.objects.select_related("plan").get(pk=self.register.measure.pk)

    def person(self, name: str) -> Person:
        """Return a person as the register has them now."""
        return Person.objects.get(pk=self.register.person(name).pk)

    def family(self, name: str, *, child: date | None = date(2014, 5, 1)) -> None:
        """Employ somebody whose spouse is at the front, with a child."""
        self.register.employ(name)
        Enrolment.objects.filter(person=self.register.person(name)).update(unit=self.shop)
        self.register.relate(name, "spouse", f"{name}妻")
        self.register.relate(name, "child", f"{name}小宝")
        self.born(f"{name}小宝", child)
        self.register.serve([f"{name}妻"], "武汉市", starts_on=date(2020, 2, 1), ends_on=None)

    def born(self, name: str, day: date | None) -> None:
        """Note a date of birth."""
        Person.objects.filter(pk=self.register.person(name).pk).update(birth_on=day)

    def wish(self, name: str, **changes: Any) -> Wish:
        """Return what is asked for."""
        facts: dict[str, Any] = {
            "terms": HOURS,
            "starts_on": TODAY,
            "ends_on": TODAY + timedelta(days=59),
            "dependants": (self.register.person(f"{name}小宝").key,),
            "why": WHY,
            **changes,
        }
        return Wish(**facts)

    def ask(self, name: str, *, actor: Actor | None = None, at: datetime = NOW, **changes: Any) -> int:
        """Ask for flexible work; return the request's id."""
        return ask_flexible(
            measure_id=self.measure.pk,
            person_key=self.register.person(name).key,
            wish=self.wish(name, **changes),
            key=uuid4(),
            actor=actor or self.liaison,
            at=at,
        )

    def approve(self, pk: int, actor: Actor, at: datetime = NOW, **changes: Any) -> Request:
        """Approve a request at the step where it lies."""
        digest = FlexibleRequest.objects.get(pk=pk).digest
        return approve_flexible(**{"request_id": pk, "digest": digest, "actor": actor, "at": at, **changes})

    def return_(self, pk: int, actor: Actor, remark: str = "请写明班次") -> None:
        """Return a request."""
        digest = FlexibleRequest.objects.get(pk=pk).digest
        return_flexible(request_id=pk, digest=digest, remark=remark, actor=actor, at=NOW)

    def withdraw(self, pk: int, actor: Actor) -> None:
        """Withdraw a request."""
        withdraw_flexible(request_id=pk, actor=actor, at=NOW)

    def arranged(self, name: str, at: datetime = NOW, **changes: Any) -> int:
        """Return a request that both have approved."""
        pk = self.ask(name, at=at, **changes)
        self.approve(pk, self.head, at)
        self.approve(pk, self.hr, at)
        return pk

    def review(self, pk: int, verb: str, actor: Actor | None = None, **changes: Any) -> int:
        """Decide about an arrangement as it stands."""
        at = changes.pop("at", later(30))
        seen = FlexibleAct.objects.filter(request=pk).latest("pk").pk
        told: dict[str, Any] = {"verb": verb, "words": "复核情况属实", "seen": seen, **changes}
        return review_flexible(request_id=pk, review=Review(**told), actor=actor or self.hr, at=at)


def make_flexible_house(**settings: Any) -> FlexibleHouse:
    """Make the union, its department and its staff office, and 甲 whose wife is at the front."""
    register = make_register()
    union = register.union.unit
    shop, staff = make_unit("一车间", union), make_unit("人力资源部", union)
    told = {"roster": "staff", "staff_office": "人力资源部", **settings}
    Measure.objects.filter(pk=register.measure.pk).update(
        kind="flexible_work", settings=told, status=MeasureStatus.OPEN, opened_at=NOW
    )
    Plan.objects.filter(pk=register.measure.plan_id).update(status=PlanStatus.OPEN)
    house = FlexibleHouse(
        register,
        shop,
        staff,
        liaison=make_person("联络员己", Role.UNIT_LIAISON, shop),
        head=make_person("车间主任庚", Role.APPROVER, shop),
        hr=make_person("人事辛", Role.APPROVER, staff),
        stranger=make_person("外人壬", Role.UNIT_LIAISON, make_unit("二车间", union)),
    )
    house.family("甲")
    return house
