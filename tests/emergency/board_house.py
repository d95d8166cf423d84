"""A centre with districts and all that a board shows: what tests of the board share."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from emergency.group import Group, make_group
from emergency.house import SETTINGS, ReportHouse, at
from emergency.test_muster import bring, call
from emergency.test_order_tasks import give
from emergency.warning_house import look, tell_days, watch
from goods.builders import FOUNDED, make_person
from put_back import beginning
from songnuan.emergency.actions.muster import Arrival
from songnuan.emergency.actions.screening import Days
from songnuan.emergency.models import Activation, ScreeningShare
from songnuan.emergency.returnee_rules import Found, Told
from songnuan.journeys.check_in import AT_THE_PLACE, check_in_by_code
from songnuan.journeys.enter_returnees import enter_returnee
from songnuan.journeys.record_daily_status import record_daily_status
from songnuan.journeys.screening import open_screening, report_screening
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit, UnitLink, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus

DISTRICTS = ("东湖街道", "西门街道", "南桥街道", "北苑街道", "临江新区管委会", "高铁站片区")
QUIET = [1, 0, 1, 1, 0, 1, 1]
"""Cases of a unit on the days before."""
NOW = at(10, 16, 30)


@dataclass
class BoardHouse:
    """The centre: its response, units by name, who looks; `now` is when the last day was due."""

    group: Group
    reports: ReportHouse
    units: dict[str, int]
    people: dict[str, Actor] = field(default_factory=dict)
    now: datetime = NOW

    @property
    def response(self) -> Measure:
        """The measure that the board is of."""
        return self.group.measure

    def measure(self, kind: str, **settings: object) -> Measure:
        """Let the plan have another measure."""
        return Measure.objects.create(
            plan=self.response.plan,
            position=Measure.objects.filter(plan=self.response.plan).count() + 1,
            key=kind,
            clause_key=kind,
            kind=kind,
            settings=settings,
            status=MeasureStatus.OPEN,
            opened_at=at(3),
        )


def _below(name: str, line: list[Unit]) -> Unit:
    """Make a unit below the last of a line."""
    unit = Unit.objects.create(key=f"b{Unit.objects.count()}", opened_on=FOUNDED)
    UnitRecord.objects.create(
        unit=unit, parent=line[-1], name=name, kind="front_line", starts_on=FOUNDED, staff_count=12
    )
    UnitLink.objects.bulk_create(
        UnitLink(ancestor=one, descendant=unit, depth=depth, starts_on=FOUNDED)
        for depth, one in enumerate([unit, *reversed(line)])
    )
    return unit


@beginning
def make_board_house(districts: int = 2, stations: int = 2, state: str = "real") -> BoardHouse:
    """Found the centre; `state` is what is in force: "real", "drill", or "none": then nothing else is told.

    The first station of the first district has nine cases on the last day; the last one of each says nothing.
    """
    group = make_group()
    if state != "none":
        group.activate(is_drill=state == "drill")
    units: dict[str, int] = {group.centre.records.get().name: group.centre.pk}
    line = [group.bureau, group.centre]
    counts: dict[str, list[int | None]] = {}
    for place in range(districts):
        name = DISTRICTS[place] if place < len(DISTRICTS) else f"第{place + 1}社区服务中心"
        district = _below(name, line)
        units[name] = district.pk
        counts[name] = [0] * 8
        for number in range(stations):
            station = f"{name}{number + 1}站"
            units[station] = _below(station, [*line, district]).pk
            last = 9 if place == number == 0 else 0
            counts[station] = [*QUIET, None if number and number == stations - 1 else last]
    units["机动队"] = _below("机动队", line).pk
    counts["机动队"] = [0] * 8
    house = BoardHouse(
        group, ReportHouse(units, {}, group.people["office"], group.people["officer"], group.measure), units
    )
    house.reports.measure = house.measure("situation_reports", **SETTINGS)
    first = Unit.objects.get(pk=units[DISTRICTS[0]])
    house.people = {
        "leader": group.people["leader"],
        "office": group.people["office"],
        "liaison": make_person("区联络员", Role.LEAD_LIAISON, first),
        "district": make_person("街道主任", Role.APPROVER, first),
        "station": make_person(
            "站联络员", Role.UNIT_LIAISON, Unit.objects.get(pk=units[f"{DISTRICTS[0]}1站"])
        ),
        "stranger": group.people["stranger"],
        "administrator": group.people["administrator"],
    }
    if state != "none":
        tell_days(house.reports, counts)
        watch(house.reports, reports="situation_reports")
        look(house.now)
        _muster_and_tasks(house)
        _returnees(house)
        _screening(house)
    return house


def _muster_and_tasks(house: BoardHouse) -> None:
    group = house.group
    bring(group)
    muster = call(group, Activation.objects.get(measure=group.measure))
    for phone, when in (("13900000001", 0), ("13900000002", 90)):
        moment = muster.called_at + timedelta(minutes=when)
        check_in_by_code(code=muster.code, phone=phone, arrival=Arrival(), actor=AT_THE_PLACE, at=moment)
    order = group.order("other")
    give(group, order)
    give(group, order, due_at=at(11), what="报送隔离场所床位数、医护人员数和物资储备天数，附明细表。")


def _returnees(house: BoardHouse) -> None:
    """Enter one at the first station, of whom nothing is said any more, and one at the last, found unwell."""
    measure = house.measure("returnees", days=14, due="16:00", chase=1, retain=30)
    office, stations = house.people["office"], list(house.units.values())
    for name, unit_id in (("周归来", stations[2]), ("吴归来", stations[-2])):
        told = Told(name, f"1390000{unit_id:04}", "江北省浦江市", date(2020, 2, 8))
        pk = enter_returnee(
            measure_id=measure.pk,
            unit_id=unit_id,
            told=told,
            helper_id=None,
            key=uuid4(),
            actor=office,
            at=at(9),
        )
    found = Found(date(2020, 2, 10), "unwell", at(10, 10), "体温38.1度。")
    record_daily_status(returnee_id=pk, found=found, key=uuid4(), actor=office, at=at(10, 10))


def _screening(house: BoardHouse) -> None:
    measure = house.measure("screening")
    days = Days("第一轮全员排查", date(2020, 2, 9), date(2020, 2, 12))
    told: dict[str, Any] = {"actor": house.people["office"], "at": at(9)}
    made = open_screening(measure_id=measure.pk, days=days, file=None, key=uuid4(), **told)
    for share in ScreeningShare.objects.filter(round=made).order_by("pk")[:3]:
        report_screening(share_id=share.pk, screened=9, unwell=0, reason="", key=uuid4(), **told)
