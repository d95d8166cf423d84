"""The people of the tests: a small bureau with one holder for each post."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from django.db.models import QuerySet

from put_back import put_back
from songnuan.cli.drawing import signature
from songnuan.goods.queries import kit_of
from songnuan.goods.rules import Draft, Line
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.journeys.hand_over_later import hand_over_later
from songnuan.journeys.import_units import import_units
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.record_visit import Problem, VisitReport
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, units_by_name
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY
from songnuan.visits.rules import InspectionAnswer, Member

BUREAU = "澄江省水运管理局"
OFFICE = "局疫情防控办公室"
LEAD = "航道处"
LEADS = (
    "办公室",
    "人事处",
    "财务处",
    "规划处",
    "建设处",
    "船闸处",
    "安全监督处",
    "法规处",
    "科技信息处",
    "审计处",
    "机关党委",
    "离退休干部处",
    "东江航道中心",
    "西江航道中心",
    "船闸运行中心",
    "水上搜救中心",
    "后勤服务中心",
)
START = datetime(2020, 4, 1, 9, tzinfo=CHINA)
POSTS = {
    "officer": (Role.PROGRAMME_OFFICER, BUREAU),
    "approver": (Role.APPROVER, BUREAU),
    "finance": (Role.FINANCE, BUREAU),
    "office": (Role.EPIDEMIC_OFFICE, BUREAU),
    "inspector": (Role.INSPECTOR, BUREAU),
    "liaison": (Role.LEAD_LIAISON, LEAD),
    "stranger": (Role.LEAD_LIAISON, "审计处"),
}


@dataclass(frozen=True)
class Bureau:
    """The bureau, its actors by post, and the lead office of the liaison."""

    bureau_id: int
    lead_id: int
    officer: Actor
    approver: Actor
    finance: Actor
    office: Actor
    inspector: Actor
    liaison: Actor
    stranger: Actor

    def report(
        self, happened_at: datetime, problems: Sequence[Problem] = (), **changes: object
    ) -> VisitReport:
        """Return what the liaison puts down after a visit."""
        facts: dict[str, object] = {
            "form": "on_site",
            "form_reason": "",
            "happened_at": happened_at,
            "device_at": happened_at + timedelta(minutes=20),
            "clock_skew_seconds": 0,
            "prevention": "good",
            "prevention_note": "",
            "conditions": "值班三班倒，食宿有保障。",
            "receiver_name": "赵守江",
            "members": [Member(name=self.liaison.label, user_id=self.liaison.user_id)],
            "inspection": [InspectionAnswer(item_key=key, result="pass", note="") for key in checklist()],
            "problems": problems,
            "signature": _signature(),
        }
        return VisitReport(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


@cache
def _signature() -> bytes:
    return signature(1)


def checklist() -> list[str]:
    """Return the keys of the plan's checklist."""
    return [item["key"] for item in Measure.objects.get(kind="inspection").settings["items"]]


def make_bureau() -> Bureau:
    """Found the bureau: units, accounts, posts."""
    return put_back("bureau", _make_bureau)


def _make_bureau() -> Bureau:
    day = date(2020, 1, 1)
    rows = [
        NewUnit(BUREAU, "bureau", ""),
        NewUnit(OFFICE, "department", BUREAU),
        NewUnit(LEAD, "department", BUREAU),
    ]
    rows += [NewUnit(name, "department", BUREAU) for name in LEADS]
    create_units(rows=rows, opened_on=day, actor=SYSTEM, at=START)
    ids = units_by_name([BUREAU, LEAD, "审计处"], START.date())
    actors = {}
    for username, (role, unit) in POSTS.items():
        user = create_account(
            username=username, name=f"测试{username}", password=None, actor=SYSTEM, at=START
        )
        give_post(user_id=user.pk, unit_id=ids[unit], role=role, actor=SYSTEM, at=START)
        actors[username] = actor_of(user)
    return Bureau(bureau_id=ids[BUREAU], lead_id=ids[LEAD], **actors)


SLUG = "front-line-visits"
PLANS = Path(__file__).resolve().parents[1] / "plans"


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """Return a moment of April 2020 in China."""
    return datetime(2020, 4, day, hour, minute, tzinfo=CHINA)


_COMPARING = re.compile(r"^ +(compare_from_yuan|quotes_least):.*\n", re.MULTILINE)


def open_plan_1(bureau: Bureau, appropriated_minor: int = 14_100_00, *, compared: bool = False) -> Plan:
    """Bring plan 1 to the point where it is under way, with its money appropriated.

    Unless it is `compared`, its text asks for no comparison of prices: what is bought is bought at once.
    """
    name = ("plan 1", bureau, appropriated_minor, compared)
    made = put_back(name, lambda: _open_plan_1(bureau, appropriated_minor, compared=compared))
    return Plan.objects.get(pk=made)


def plan_1_text(*, compared: bool = False) -> str:
    """Return the text of plan 1, in which prices are compared only where that is asked for."""
    source = (PLANS / f"{SLUG}.yaml").read_text()
    return source if compared else _COMPARING.sub("", source)


def _open_plan_1(bureau: Bureau, appropriated_minor: int, *, compared: bool) -> int:
    plan = load_plan(source=plan_1_text(compared=compared), actor=bureau.officer, at=at(6))
    workbook = (PLANS / "samples/front-line-units.xlsx").read_bytes()
    import_units(
        content=workbook, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(6)
    )
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))
    kit = kit_of(Measure.objects.get(plan=plan, kind="kit_purchase").pk)
    assert kit is not None
    appropriate_fund(
        fund_id=kit.fund_id,
        amount_minor=appropriated_minor,
        voucher="记-01",
        happened_on=date(2020, 4, 7),
        key=uuid4(),
        actor=bureau.finance,
        at=at(7),
    )
    return plan.pk


def hand_over(visit_id: int, actor: Actor, at: datetime, **changes: object) -> None:
    """Book the kit that a visit owes, as its lead does: the receiver confirms by name."""
    facts: dict[str, object] = {"receiver_name": "赵守江", "confirmed_by_name": True, "key": uuid4()}
    hand_over_later(visit_id=visit_id, actor=actor, at=at, **{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def raised() -> QuerySet[Task]:
    """Return the problems that were raised: tasks, without the duties that the plan assigns."""
    return Task.objects.exclude(source__startswith=DUTY)


def buy(
    bureau: Bureau,
    plan: Plan,
    lines: dict[str, tuple[int, int]],
    invoice: str,
    key: UUID | None = None,
    *,
    received: bool = True,
) -> int:
    """Let boxes be bought at fen a box, as finance, for a test of something else."""
    name = ("buy", bureau, plan.pk, tuple(lines.items()), invoice, key, received)
    return put_back(name, lambda: really_buy(bureau, plan, lines, invoice, key, received=received))


def really_buy(
    bureau: Bureau,
    plan: Plan,
    lines: dict[str, tuple[int, int]],
    invoice: str,
    key: UUID | None = None,
    *,
    received: bool = True,
) -> int:
    """Buy boxes at fen a box by the real act, where it is done at once with others or killed."""
    measure = Measure.objects.get(plan=plan, kind="kit_purchase")
    kit = kit_of(measure.pk)
    assert kit is not None
    items = {part.item: part.item_id for part in kit.parts}
    draft = Draft(
        "澄江粮油副食公司",
        invoice,
        date(2020, 4, 7),
        tuple(Line(items[name], count, price) for name, (count, price) in lines.items()),
    )
    return buy_kits(
        measure_id=measure.pk,
        draft=draft,
        key=key or uuid4(),
        actor=bureau.finance,
        at=at(7, 15),
        received=received,
    )
