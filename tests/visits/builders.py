"""A small bureau for the tests of visits, tasks and approvals, written straight into the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from songnuan.audit.models import Entry
from songnuan.audit.record import trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import Assignment, Post, Unit, UnitLink, UnitRecord, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, Plan
from songnuan.records.models import StoredFile
from songnuan.visits.actions.reports import Signed
from songnuan.visits.models import LaterDay, Visit, VisitMember, VisitStatus
from songnuan.visits.rules import Member

FOUNDED = date(2020, 1, 1)
STARTS_ON = date(2020, 4, 6)
DUE_ON = date(2020, 4, 21)
SLUG = "front-line-visits"


def moment(day: int, hour: int = 10, minute: int = 0, *, month: int = 4) -> datetime:
    """Return a time of 2020 in China, in April unless another month is named."""
    return datetime(2020, month, day, hour, minute, tzinfo=CHINA)


@contextmanager
def acting() -> Iterator[None]:
    """Open the transaction and the trail in which an action runs."""
    with transaction.atomic(), trail():
        yield


def unit(name: str, parent: Unit | None = None, kind: str = "front_line") -> Unit:
    """Make a unit below `parent`, open since FOUNDED."""
    made = Unit.objects.create(key=f"u{Unit.objects.count()}", opened_on=FOUNDED)
    UnitRecord.objects.create(unit=made, parent=parent, name=name, kind=kind, starts_on=FOUNDED)
    above = UnitLink.objects.filter(descendant=parent) if parent else UnitLink.objects.none()
    links = [(link.ancestor_id, link.depth + 1) for link in above]
    UnitLink.objects.bulk_create(
        UnitLink(ancestor_id=ancestor, descendant=made, depth=depth, starts_on=FOUNDED)
        for ancestor, depth in [(made.pk, 0), *links]
    )
    return made


def person(name: str, role: Role, at_unit: Unit) -> Actor:
    """Make a user who holds `role` at the unit."""
    count = User.objects.count()
    user = User.objects.create(username=f"p{count}", name=name, created_at=moment(1))
    give(actor_of(user), role, at_unit)
    return actor_of(user)


def give(actor: Actor, role: Role, at_unit: Unit) -> None:
    """Give the actor a post, whatever else the person holds."""
    assert actor.user_id is not None
    Post.objects.create(user_id=actor.user_id, unit=at_unit, role=role.value, starts_on=FOUNDED)


@dataclass(frozen=True)
class Bureau:
    """A bureau, two leads, three front-line units outside its tree, a plan with a measure of visits.

    `lead` is paired with `lock` and `pier`, `other_lead` with `gate`.
    """

    bureau: Unit
    lead: Unit
    other_lead: Unit
    lock: Unit
    pier: Unit
    gate: Unit
    plan: Plan
    measure: Measure
    officer: Actor
    approver: Actor
    office: Actor
    liaison: Actor
    stranger: Actor

    @property
    def stream(self) -> str:
        """The plan's chain in the trail."""
        return f"plan:{self.plan.slug}"

    def trail(self) -> list[str]:
        """Return what the plan's chain says was done, in order."""
        return list(
            Entry.objects.filter(stream__name=self.stream).order_by("seq").values_list("action", flat=True)
        )


def bureau() -> Bureau:
    """Found the bureau."""
    top = unit("澄江省水运管理局", kind="bureau")
    lead, other_lead = unit("航道处", top, "department"), unit("船闸处", top, "department")
    outside = unit("沿江各站点", kind="bureau")
    lock, pier, gate = (unit(name, outside) for name in ("东江船闸卡点", "西江码头检疫点", "北口道路卡点"))
    plan = Plan.objects.create(slug=SLUG, title="走访慰问方案", unit=top, starts_on=STARTS_ON, due_on=DUE_ON)
    for holder, subject in ((lead, lock), (lead, pier), (other_lead, gate)):
        Assignment.objects.create(purpose=SLUG, holder=holder, subject=subject, starts_on=FOUNDED)
    return Bureau(
        bureau=top,
        lead=lead,
        other_lead=other_lead,
        lock=lock,
        pier=pier,
        gate=gate,
        plan=plan,
        measure=measure(plan),
        officer=person("田野", Role.PROGRAMME_OFFICER, top),
        approver=person("安澜", Role.APPROVER, top),
        office=person("钟守正", Role.EPIDEMIC_OFFICE, top),
        liaison=person("方巡河", Role.LEAD_LIAISON, lead),
        stranger=person("别如海", Role.LEAD_LIAISON, other_lead),
    )


def measure(plan: Plan, key: str = "visits") -> Measure:
    """Add an open measure of visits to the plan."""
    return Measure.objects.create(
        plan=plan,
        position=plan.measures.count(),
        key=key,
        clause_key="visits",
        kind="unit_visits",
        status="open",
        opened_at=moment(6),
    )


def visit(house: Bureau, at_unit: Unit, planned_on: date | None = date(2020, 4, 10), **facts: Any) -> Visit:
    """Plan a visit of the lead to the unit, straight into the table."""
    row: dict[str, Any] = {"measure": house.measure, "lead": house.lead, "due_on": DUE_ON}
    return Visit.objects.create(unit=at_unit, planned_on=planned_on, **{**row, **facts})


def later(house: Bureau, at_unit: Unit, day: date, planned_on: date | None = None, **facts: Any) -> LaterDay:
    """Plan a visit for which a day after the deadline waits to be allowed; asked for by the liaison."""
    made = visit(house, at_unit, planned_on)
    row = {"reason": "汛期停航", "asked_by_id": house.liaison.user_id, "asked_at": moment(9), **facts}
    return LaterDay.objects.create(visit=made, day=day, **row)


def recorded(house: Bureau, at_unit: Unit, happened_at: datetime, **facts: Any) -> Visit:
    """Write a recorded visit, whole, straight into the table; received an hour after it took place."""
    row: dict[str, Any] = {
        "status": VisitStatus.RECORDED,
        "form": "on_site",
        "happened_at": happened_at,
        "received_at": happened_at + timedelta(hours=1),
        "prevention": "good",
        "conditions": "三班倒，食宿有保障",
        "receiver_name": "赵守江",
        "signature": signature(),
        "late": happened_at.astimezone(CHINA).date() > DUE_ON,
    }
    made = visit(house, at_unit, **{**row, **facts})
    VisitMember.objects.create(visit=made, position=1, name="方巡河")
    return made


def signature() -> StoredFile:
    """Make the row of a stored signature."""
    return StoredFile.objects.create(
        digest=f"{StoredFile.objects.count():064d}",
        name="signature.png",
        media_type="image/png",
        size=9,
        created_at=moment(1),
    )


def report(house: Bureau, **changes: Any) -> dict[str, Any]:
    """Return what `visits.actions.record` takes beside the visit, for a visit that took place on 10 April."""
    facts: dict[str, Any] = {
        "form": "on_site",
        "happened_at": moment(10, 10),
        "device_at": moment(10, 10, 20),
        "received_at": moment(10, 11),
        "clock_skew_seconds": 3,
        "prevention": "good",
        "conditions": "三班倒，食宿有保障",
        "receiver_name": "赵守江",
        "members": [Member("方巡河", house.liaison.user_id), Member("丁小满")],
        "actor": house.liaison,
        "at": moment(10, 11),
    }
    facts |= changes
    picture = facts.pop("signature_id", 0)
    by_name = facts.pop("confirmed_by_name", False)
    text = facts.pop("signed_for", "今收到：苹果 1 箱。")
    facts.setdefault("signed", Signed(signature().pk if picture == 0 else picture, by_name, text))
    return facts


def places(count: int) -> list[Unit]:
    """Make so many checkpoints."""
    return [unit(f"卡点{number}") for number in range(count)]
