"""A centre under a bureau, with an emergency plan under way and everybody who could want to command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from uuid import uuid4

from goods.builders import acting, make_person, make_unit
from songnuan.emergency.actions import group
from songnuan.emergency.actions.command import Launch
from songnuan.emergency.actions.orders import Ordered
from songnuan.emergency.models import Activation, Member, StandIn
from songnuan.journeys.activate_plan import activate_plan
from songnuan.journeys.hand_over_response import answer_handover, offer_handover
from songnuan.journeys.stand_down import stand_down
from songnuan.journeys.take_in_order import take_in_order
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus

NOW = datetime(2020, 2, 5, 9, tzinfo=CHINA)
BEFORE = date(2020, 2, 1)
SETTINGS: Mapping[str, object] = {
    "levels": [{"key": "one", "title": "Ⅰ级"}, {"key": "two", "title": "Ⅱ级"}],
    "signers": "leader",
    "code": "临澄急",
}
LAUNCH = Launch(level="two", scope="全中心", reason="辖区发现首例确诊病例。")
_numbers = count(1)


@dataclass
class Group:
    """`people` by what they are; see `make_group`."""

    bureau: Unit
    centre: Unit
    measure: Measure
    people: dict[str, Actor] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def activate(self, who: str = "leader", *, is_drill: bool = False, at: datetime = NOW) -> Activation:
        """Set the plan in motion."""
        launch = Launch(LAUNCH.level, LAUNCH.scope, LAUNCH.reason, is_drill)
        pk = activate_plan(
            measure_id=self.measure.pk, launch=launch, key=uuid4(), actor=self.people[who], at=at
        )
        return Activation.objects.get(pk=pk)

    def offer(self, row: Activation, successor: str, who: str = "leader") -> None:
        """Offer the authority to end a response."""
        user_id = self.people[successor].user_id or 0
        offer_handover(
            activation_id=row.pk, successor_id=user_id, reason="外出", actor=self.people[who], at=NOW
        )

    def hand_over(self, row: Activation, successor: str) -> None:
        """Offer the authority, and accept it."""
        self.offer(row, successor)
        answer_handover(activation_id=row.pk, accept=True, actor=self.people[successor], at=NOW)

    def order(self, asks: str, row: Activation | None = None, who: str = "office", **changes: object) -> int:
        """Take in an order of the superior."""
        number = f"临澄防指〔2020〕{next(_numbers)}号"
        told: dict[str, object] = {"number": number, "activation_id": row.pk if row else None, **changes}
        ordered = Ordered(asks, "phone", "临澄市疫情防控指挥部", text="请照办。", received_at=NOW, **told)  # type: ignore[arg-type]
        return take_in_order(
            measure_id=self.measure.pk, ordered=ordered, key=uuid4(), actor=self.people[who], at=NOW
        )

    def end(self, row: Activation, who: str = "leader", order_id: int | None = None) -> None:
        """Stand a response down."""
        stand_down(
            activation_id=row.pk,
            reason="连续14天无新增。",
            order_id=order_id,
            key=uuid4(),
            actor=self.people[who],
            at=NOW,
        )


def make_group(**settings: object) -> Group:
    """Make the centre with its group: a leader, three deputies of whom one stands in now, a member, one gone.

    Beside them: the office of the centre, that of the bureau above (`superior`) and of another centre
    (`stranger`), an officer, an inspector, an administrator, a liaison, and the system.
    """
    bureau = make_unit(f"临澄市卫生健康局{next(_numbers)}")
    centre, other = make_unit("社区与家庭服务中心", bureau), make_unit("另一中心", bureau)
    plan = Plan.objects.create(
        slug=f"emergency-{centre.pk}",
        title="疫情防控应急预案",
        unit=centre,
        office=centre,
        kind="emergency",
        status=PlanStatus.OPEN,
        version=1,
        starts_on=BEFORE,
        due_on=date(2020, 6, 30),
    )
    measure = Measure.objects.create(
        plan=plan,
        position=1,
        key="response",
        clause_key="orders",
        kind="response",
        status=MeasureStatus.OPEN,
        settings={**SETTINGS, **settings},
        opened_at=NOW,
    )
    found = Group(bureau, centre, measure)
    posts: dict[str, tuple[str, Role, Unit]] = {
        "leader": ("主任甲", Role.APPROVER, centre),
        "stand_in": ("副主任乙", Role.LEAD_LIAISON, centre),
        "deputy": ("副主任丙", Role.LEAD_LIAISON, centre),
        "asked": ("副主任丁", Role.LEAD_LIAISON, centre),
        "member": ("科长戊", Role.UNIT_LIAISON, centre),
        "gone": ("前任己", Role.APPROVER, centre),
        "office": ("应急办庚", Role.EPIDEMIC_OFFICE, centre),
        "superior": ("上级辛", Role.EPIDEMIC_OFFICE, bureau),
        "stranger": ("外人壬", Role.EPIDEMIC_OFFICE, other),
        "officer": ("经办癸", Role.PROGRAMME_OFFICER, centre),
        "inspector": ("纪检子", Role.INSPECTOR, centre),
        "administrator": ("管理丑", Role.ADMINISTRATOR, bureau),
        "liaison": ("联络寅", Role.UNIT_LIAISON, centre),
    }
    found.people = {name: make_person(*told) for name, told in posts.items()} | {"system": SYSTEM}
    places = {
        "leader": "leader",
        "stand_in": "deputy",
        "deputy": "deputy",
        "asked": "deputy",
        "member": "member",
    }
    for turn, (name, position) in enumerate([*places.items(), ("gone", "deputy")], start=1):
        found.members[name] = Member.objects.create(
            measure=measure,
            user_id=found.people[name].user_id or 0,
            position=position,
            turn=turn,
            starts_on=BEFORE,
            ends_on=NOW.date() if name == "gone" else None,
            appointed_at=NOW,
        )
    StandIn.objects.create(
        absent=found.members["leader"],
        member=found.members["stand_in"],
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(hours=8),
        reason="组长外出开会",
        recorded_at=NOW,
    )
    return found


def appoint(found: Group, name: str, position: str, **changes: object) -> Member:
    """Let the office give somebody a place in the group."""
    facts: dict[str, object] = {
        "turn": 9,
        "duty": "",
        "starts_on": NOW.date(),
        "actor": found.people["office"],
    }
    with acting():
        return group.appoint_member(
            measure_id=found.measure.pk,
            user_id=found.people[name].user_id or 0,
            position=position,
            at=NOW,
            **{**facts, **changes},  # type: ignore[arg-type]
        )
