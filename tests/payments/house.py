"""A union whose list is reckoned, with everybody who acts on it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from benefits.register import Register, make_register
from benefits.union import SET, write
from goods.builders import acting, make_fund, make_person
from put_back import beginning
from songnuan.funds import actions as funds
from songnuan.funds.models import Fund
from songnuan.journeys.decide_list import approve_list, return_list
from songnuan.journeys.put_up_list import put_up_list
from songnuan.journeys.reckon_list import reckon_list
from songnuan.journeys.sign_list import cancel_list, sign_list
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Role
from songnuan.payments.models import PaymentList
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus

NOW = datetime(2020, 4, 10, 10, tzinfo=CHINA)
FUND = "临工财〔2020〕6号"
FAMILIES = SET.replace("parts:", "payee: relative\nparts:")


@dataclass
class ListHouse:
    """The register with a fund of 260,000.00 yuan, and the people; `checker` reviews."""

    register: Register
    fund_id: int
    checker: Actor

    @property
    def fund(self) -> Fund:
        """The fund as it stands."""
        return Fund.objects.get(pk=self.fund_id)

    @property
    def officer(self) -> Actor:
        """Who makes the list."""
        return self.register.union.officer

    @property
    def approver(self) -> Actor:
        """Who approves it."""
        return self.register.union.approver

    @property
    def inspector(self) -> Actor:
        """Who inspects it."""
        return self.register.union.inspector

    @property
    def finance(self) -> Actor:
        """Who pays it."""
        return self.register.union.finance

    def reckon(self) -> int:
        """Reckon the list; return its id."""
        return reckon_list(
            measure_id=self.register.measure.pk, as_of=NOW.date(), key=uuid4(), actor=self.officer, at=NOW
        )

    def put_up(self, **changes: Any) -> int:
        """Reckon and put up the list; return its id."""
        facts: dict[str, Any] = {"key": uuid4(), "actor": self.officer, "at": NOW, **changes}
        reckoning = facts.pop("reckoning_id", None) or self.reckon()
        return put_up_list(measure_id=self.register.measure.pk, reckoning_id=reckoning, **facts)

    def approve(self, list_id: int, actor: Actor, **changes: Any) -> None:
        """Check or approve a list as it is."""
        digest = PaymentList.objects.get(pk=list_id).digest
        approve_list(**{"list_id": list_id, "digest": digest, "actor": actor, "at": NOW, **changes})

    def return_(self, list_id: int, actor: Actor) -> None:
        """Return a list."""
        digest = PaymentList.objects.get(pk=list_id).digest
        return_list(list_id=list_id, digest=digest, remark="金额有误", actor=actor, at=NOW)

    def sign(self, list_id: int, actor: Actor, **changes: Any) -> None:
        """Sign a list as inspector."""
        digest = PaymentList.objects.get(pk=list_id).digest
        sign_list(**{"list_id": list_id, "digest": digest, "actor": actor, "at": NOW, **changes})

    def cancel(self, list_id: int, actor: Actor) -> None:
        """Cancel a list."""
        cancel_list(list_id=list_id, why="名单有误", actor=actor, at=NOW)

    def approved(self) -> int:
        """Return a list that is checked and approved."""
        list_id = self.put_up()
        self.approve(list_id, self.checker)
        self.approve(list_id, self.approver)
        return list_id


@beginning
def make_list_house() -> ListHouse:
    """Make the union, its fund, the standard, and three families."""
    register = make_register()
    plan_id = register.measure.plan_id
    settings = {"standard": "family-money", "roster": "staff", "fund": FUND}
    Measure.objects.filter(pk=register.measure.pk).update(
        kind="grants", settings=settings, status=MeasureStatus.OPEN, opened_at=NOW
    )
    Plan.objects.filter(pk=plan_id).update(status=PlanStatus.OPEN)
    fund_id = make_fund(Plan.objects.get(pk=plan_id), FUND, 260_000_00)
    with acting():
        funds.appropriate(
            fund_id=fund_id,
            amount_minor=260_000_00,
            voucher="记-01",
            happened_on=date(2020, 3, 30),
            actor=register.union.finance,
            at=NOW,
        )
    write(register.union, FAMILIES)
    register.employ("甲", "乙", "丙")
    for payee, relative, place in (("甲", "甲妻", "湖北"), ("乙", "乙父", "本市"), ("丙", "丙母", "本市")):
        register.relate(payee, "spouse" if place == "湖北" else "parent", relative)
        register.serve([relative], place)
    return ListHouse(register, fund_id, make_person("专班己", Role.EPIDEMIC_OFFICE, register.union.unit))
