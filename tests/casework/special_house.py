"""A centre with special families: who leads them, contact persons, and everybody who may not know."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from casework.house import NOW, day
from goods.builders import make_person, make_unit
from songnuan.casework.actions import NewNeed, Touch, name_office
from songnuan.casework.case_models import Case, Need
from songnuan.casework.special_rules import SpecialWords
from songnuan.journeys.act_on_need import close_need
from songnuan.journeys.answer_help import accept_family
from songnuan.journeys.family_feedback import make_link, note_call
from songnuan.journeys.name_deputy import name_deputy
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.journeys.raise_need import raise_need
from songnuan.journeys.record_contact import record_contact
from songnuan.journeys.register_special_family import register_special_family
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanKind, PlanStatus

SETTINGS = {"office": "家庭发展科", "first": 2, "every": 7, "chase": 2, "most": 5, "keep": 90}
NAME, PHONE, ADDRESS = "欧阳静怡", "13800138000", "临澄市望江路88号"
ABOUT = "独居，患高血压，忌谈子女。"
WORRY = "夜里睡不好，想找人说说话。"
SECRETS = (NAME, PHONE, ADDRESS, ABOUT, WORRY)
"""What nobody may find who may not know the family."""


@dataclass
class SpecialHouse:
    """The measure under way. `outsiders` are all who hold a post there and may not know who the family is."""

    measure: Measure
    office: Unit
    community: Unit
    lead: Actor
    contact: Actor
    deputy: Actor
    inspector: Actor
    outsiders: dict[str, Actor]

    def register(self, at: datetime = NOW, actor: Actor | None = None, **told: str) -> Case:
        """Put a family down."""
        words = {"name": NAME, "phone": PHONE, "address": ADDRESS, "about": ABOUT, **told}
        pk = register_special_family(
            measure_id=self.measure.pk,
            unit_id=self.community.pk,
            told=SpecialWords(**words),
            key=uuid4(),
            actor=actor or self.lead,
            at=at,
        )
        return Case.objects.get(pk=pk)

    def ask(
        self, case: Case, at: datetime = NOW, actor: Actor | None = None, who: Actor | None = None
    ) -> Case:
        """Ask the contact person."""
        user = (who or self.contact).user_id or 0
        offer_helpers(measure_id=self.measure.pk, chosen={case.pk: user}, actor=actor or self.lead, at=at)
        return Case.objects.get(pk=case.pk)

    def helped(self, at: datetime = NOW) -> Case:
        """Return a family whose contact person accepted, with its deputy."""
        case = self.ask(self.register(at), at)
        accept_family(case_id=case.pk, actor=self.contact, at=at)
        self.depute(case, at=at)
        return Case.objects.get(pk=case.pk)

    def depute(
        self,
        case: Case,
        who: Actor | None = None,
        reason: str = "",
        at: datetime = NOW,
        actor: Actor | None = None,
    ) -> None:
        """Name the deputy."""
        user = (who or self.deputy).user_id or 0
        name_deputy(case_id=case.pk, deputy_id=user, reason=reason, actor=actor or self.lead, at=at)

    def touch(self, case: Case, at: datetime = NOW, actor: Actor | None = None) -> None:
        """Record a contact by phone."""
        told = Touch(at.date(), "phone", reached=True, words=WORRY)
        record_contact(case_id=case.pk, touch=told, key=uuid4(), actor=actor or self.contact, at=at)

    def need(self, case: Case, at: datetime = NOW, actor: Actor | None = None) -> Need:
        """Put a worry down."""
        told = NewNeed("mind", "days", WORRY)
        pk = raise_need(case_id=case.pk, need=told, key=uuid4(), actor=actor or self.contact, at=at)
        return Need.objects.get(pk=pk)

    def close(self, need: Need, actor: Actor, at: datetime = NOW) -> None:
        """Close a need."""
        close_need(need_id=need.pk, outcome="solved", text=WORRY, actor=actor, at=at)

    def call(self, need: Need, actor: Actor, at: datetime = NOW) -> None:
        """Note what the family said in a call."""
        told: dict[str, Any] = {"satisfied": "yes", "said_by": NAME, "said_on": at.date(), "text": WORRY}
        note_call(need_id=need.pk, key=uuid4(), actor=actor, at=at, **told)

    def link(self, need: Need, actor: Actor, at: datetime = NOW) -> str:
        """Make the family's link; return its secret."""
        return make_link(need_id=need.pk, actor=actor, at=at)


def make_special() -> SpecialHouse:
    """Make the centre, with a measure under way and no family yet."""
    centre = make_unit("临澄中心")
    lead, community, others = (make_unit(name, centre) for name in ("家庭发展科", "望江社区", "综合科"))
    plan = Plan.objects.create(
        slug="emergency-response",
        title="疫情防控应急预案",
        unit=centre,
        office=others,
        kind=PlanKind.EMERGENCY,
        status=PlanStatus.OPEN,
        version=1,
        starts_on=date(2020, 2, 3),
        due_on=date(2020, 6, 30),
    )
    measure = Measure.objects.create(
        plan=plan,
        position=1,
        key="special",
        clause_key="special_families",
        kind="special_families",
        settings=SETTINGS,
        status=MeasureStatus.OPEN,
        opened_at=NOW,
    )
    name_office(measure=measure, unit_id=lead.pk)
    roles = [role for role in Role if role not in {Role.INSPECTOR, Role.LEAD_LIAISON}]
    outsiders = {f"{role} of the centre": make_person(f"中心{role}", role, centre) for role in roles}
    outsiders |= {
        "lead liaison of the centre": make_person("中心牵头", Role.LEAD_LIAISON, centre),
        "lead liaison elsewhere": make_person("综合牵头", Role.LEAD_LIAISON, others),
        "liaison of the same unit": make_person("同科室联络员", Role.UNIT_LIAISON, lead),
        "liaison of the community": make_person("社区联络员", Role.UNIT_LIAISON, community),
        "inspector elsewhere": make_person("他处纪检", Role.INSPECTOR, community),
    }
    return SpecialHouse(
        measure=measure,
        office=lead,
        community=community,
        lead=make_person("科室负责人", Role.LEAD_LIAISON, lead),
        contact=make_person("社工一", Role.UNIT_LIAISON, community),
        deputy=make_person("社工二", Role.UNIT_LIAISON, community),
        inspector=make_person("纪检员", Role.INSPECTOR, centre),
        outsiders=outsiders,
    )


__all__ = [
    "ABOUT",
    "ADDRESS",
    "NAME",
    "NOW",
    "PHONE",
    "SECRETS",
    "WORRY",
    "SpecialHouse",
    "day",
    "make_special",
]
