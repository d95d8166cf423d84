"""The second house of the demo: a city's trade union, a company below it, and who works for plan 3."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from songnuan.cli.demo_accounts import Person, make_accounts
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, unit_by_name

UNION = "临澄市总工会"
COMPANY = "临澄市澄湖实业集团有限公司"
STAFF_OFFICE = "人力资源部"
OFFICES = (
    "权益保障部", "基层工作部", "办公室", "财务部", "派驻纪检监察组", "关爱医务人员家属工作专班",
)  # fmt: skip
DEPARTMENTS = (
    "企业管理部", STAFF_OFFICE, "财务管理部", "安全环保部", "设备动力部", "质量检验部", "技术研发中心",
    "采购供应部", "市场营销部", "物流运输部", "信息中心", "纺纱一车间", "纺纱二车间", "织造一车间",
    "织造二车间", "印染车间", "服装一车间", "服装二车间", "包装车间", "后勤服务部",
)  # fmt: skip
HEADED = "织造一车间"
"""The department whose head and whose helper have a sign-in."""

# The sign-ins that are printed: username, name, role, unit.
PEOPLE = (
    ("care-officer", "陶之远", Role.PROGRAMME_OFFICER, UNION),
    ("care-union", "温若谷", Role.UNION_OFFICER, UNION),
    ("care-check", "梅清正", Role.EPIDEMIC_OFFICE, UNION),
    ("care-approver", "康定国", Role.APPROVER, UNION),
    ("care-finance", "钱一帆", Role.FINANCE, UNION),
    ("care-inspector", "石守廉", Role.INSPECTOR, UNION),
    ("care-company", "盛夏荷", Role.UNIT_LIAISON, COMPANY),
    ("care-head", "武振声", Role.APPROVER, HEADED),
    ("care-hr", "安素心", Role.APPROVER, STAFF_OFFICE),
    ("care-helper", "常青苗", Role.UNIT_LIAISON, HEADED),
)
# Who reports the duties of an office of the union.
_CLERKS = ("殷实", "毛建业", "章程", "费明细", "纪小严", "乐为")
_HELPERS_EACH = 3
_FAMILY_NAMES, _GIVEN = "顾贾夏侯左石崔龚程邢裴陆荣翁荀", ("建国", "红梅", "志强", "淑芬")

At = Callable[..., datetime]


def unit(name: str) -> Unit:
    """Return a unit of the union's tree by its name."""
    on = date(2020, 4, 16)
    top = unit_by_name(UNION, on)
    found = top if top is None or name == UNION else unit_by_name(name, on, under=top.pk)
    if found is None:
        raise Unit.DoesNotExist(name)
    return found


def actor(username: str) -> Actor:
    """Return somebody of the second house."""
    return actor_of(User.objects.get(username=username))


def found_union(passwords: Mapping[str, str], at: At) -> None:
    """Make the units and the accounts, as far as they are not there."""
    if unit_by_name(UNION, date(2020, 4, 16)) is None:
        rows = [NewUnit(UNION, "bureau", "")]
        rows += [NewUnit(name, "department", UNION) for name in OFFICES]
        rows += [NewUnit(COMPANY, "subordinate", UNION)]
        rows += [NewUnit(name, "department", COMPANY) for name in DEPARTMENTS]
        create_units(rows=rows, opened_on=date(2020, 1, 1), actor=SYSTEM, at=at(1, 9, 5))
    people: list[Person] = [(*row, passwords[row[0]]) for row in PEOPLE]
    people += [(*row, None) for row in (*_clerks(), *_heads(), *_helpers())]
    make_accounts(people, unit, at(1, 10, 5))


def watch_over_both(at: At) -> None:
    """Give the bureau's inspector and privacy officer the same posts here.

    The trail is verified and the register assessed as a whole, by who reaches all of the installation.
    """
    top = unit(UNION)
    for username, role in (("privacy", Role.PRIVACY_OFFICER), ("inspector", Role.INSPECTOR)):
        watcher = User.objects.get(username=username)
        if not watcher.posts.filter(unit=top).exists():
            give_post(user_id=watcher.pk, unit_id=top.pk, role=role, actor=SYSTEM, at=at(1, 10, 10))


def clerk_of(office: str) -> str:
    """Return the username of who reports the duties of an office."""
    return f"care-clerk{OFFICES.index(office) + 1}"


def _clerks() -> list[tuple[str, str, Role, str]]:
    return [
        (clerk_of(office), name, Role.UNIT_LIAISON, office)
        for office, name in zip(OFFICES, _CLERKS, strict=True)
    ]


def head_of(department: str) -> str:
    """Return the username of who heads a department."""
    return "care-head" if department == HEADED else f"care-head{DEPARTMENTS.index(department) + 1:02d}"


def _heads() -> list[tuple[str, str, Role, str]]:
    return [
        (head_of(department), f"{surname}为民", Role.APPROVER, department)
        for department, surname in zip(DEPARTMENTS, _FAMILY_NAMES + "樊霍虞万柯", strict=False)
        if department != HEADED
    ]


def _helpers() -> list[tuple[str, str, Role, str]]:
    """Return three helpers of each department; one of them has a sign-in."""
    rows = []
    for place, department in enumerate(DEPARTMENTS):
        for number in range(_HELPERS_EACH - (department == HEADED)):
            index = place * _HELPERS_EACH + number
            name = _FAMILY_NAMES[index % len(_FAMILY_NAMES)] + _GIVEN[index // len(_FAMILY_NAMES)]
            rows.append((f"care-help{index + 1:02d}", name, Role.UNIT_LIAISON, department))
    return rows
