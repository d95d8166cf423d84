"""The fourth house of the demo: a city's education union, and below it a school, or a district of many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from songnuan.cli.demo_accounts import Person, make_accounts
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, unit_by_name
from songnuan.plans.models import Plan

TOP = "临澄市教育工会"
OFFICES = ("校工会", "校长办公室", "人事办公室", "德育处", "教务处", "总务处")
# Subject groups and offices of the school, and how many of them stand on its first roster.
GROUPS: Mapping[str, int] = {
    "语文组": 15, "数学组": 14, "英语组": 13, "物理组": 9, "化学组": 8, "生物组": 8, "政治组": 8,
    "历史组": 7, "地理组": 7, "体育组": 6, "艺术组": 4, "信息技术组": 4,
    "校长办公室": 3, "人事办公室": 2, "德育处": 2, "教务处": 4, "总务处": 5,
}  # fmt: skip
_TREES, _PLACES = "柳桂梅松竹兰荷枫杏桃槐榆桐柏银", "园苑溪桥湖山岭泉巷里"
_SCHOOLS, _PUPILS = 150, ("小学", "小学", "小学", "初级中学", "幼儿园")
_TODAY = date(2020, 4, 16)

At = Callable[..., datetime]


@dataclass(frozen=True, slots=True)
class Site:
    """Where plan 4 is carried out: who runs it, whose people, where they pick up what.

    `places` are the units of those on the first roster, with how many; `desks` are named with the kits they
    get for the first batch and for the second. `words` are written in the plan in the place of others.
    """

    unit: str
    slug: str
    title: str
    places: Mapping[str, int]
    desks: Mapping[str, tuple[int, int]]
    offices: tuple[str, ...] = OFFICES
    joining: int = 3
    words: tuple[tuple[str, str], ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether it is the one school, whose roster ships as a workbook."""
        return self.slug == "teachers-return-school"

    @property
    def on_first(self) -> int:
        """How many stand on the first roster."""
        return sum(self.places.values())

    @property
    def people(self) -> int:
        """How many stand on the roster in the end: one left, one was on it twice."""
        return self.on_first + self.joining - 2

    @property
    def gate(self) -> str:
        """The desk that had no network."""
        return next(iter(self.desks))


SCHOOL = Site(
    unit="临澄市望湖中学",
    slug="teachers-return-school",
    title="在岗教职工名册",
    places=GROUPS,
    desks={"东门": (40, 45), "行政楼": (25, 8)},
)


@cache
def district() -> Site:
    """Return a district of 150 schools with 20,000 teachers, who pick up at 20 desks."""
    schools = [_school(number) for number in range(_SCHOOLS)]
    each, more = divmod(20_000 + 2 - 3, _SCHOOLS)
    unit = "临澄市滨江区教育局"
    return Site(
        unit=unit,
        slug="teachers-return-district",
        title="全区在岗教师名册",
        places={name: each + (place < more) for place, name in enumerate(schools)},
        desks={
            f"{name}领取点": (560, 40 if place == 1 else 400) if place else (1_100, 700)
            for place, name in enumerate(schools[:: _SCHOOLS // 20][:20])
        },
        words=(
            ("临澄市望湖中学", unit),
            ("望湖中学〔2020〕4号", "滨江教〔2020〕4号"),
            ("teachers-return-school", "teachers-return-district"),
            ("120名", "20,000名"),
            ("people: 120", "people: 20000"),
            ("9,600", "1,600,000"),
            ("在东门和行政楼发放", "在20个领取点发放"),
            ("东门、行政楼", "各领取点"),
        ),
    )


def _school(number: int) -> str:
    """Return what a school of the district is called, by its number from 0: no two alike."""
    tree = number % len(_TREES)
    place = (number // len(_TREES) + tree) % len(_PLACES)
    return f"{_TREES[tree]}{_PLACES[place]}{_PUPILS[number % len(_PUPILS)]}"


# The sign-ins that are printed: username, name, role; all of them at the unit that runs the plan.
_POSTS = (
    ("school-officer", "纪从新", Role.PROGRAMME_OFFICER),
    ("school-union", "舒晴川", Role.UNION_OFFICER),
    ("school-head", "霍启明", Role.APPROVER),
    ("school-finance", "管清账", Role.FINANCE),
    ("school-store", "仓实在", Role.FINANCE),
    ("school-publicity", "文传薪", Role.PUBLICITY_OFFICER),
    ("school-gate", "门朝东", Role.UNIT_LIAISON),
    ("school-hall", "楼知行", Role.UNIT_LIAISON),
)
_CLERKS = ("姬小棠", "容与之", "阮知礼", "谈笑然", "路遥知", "柴守库")


def people_of(site: Site) -> tuple[tuple[str, str, Role, str], ...]:
    """Return the sign-ins that are printed: username, name, role, unit."""
    return tuple((*row, site.unit) for row in _POSTS)


def site_of(asked: Site) -> Site:
    """Return where the plan was begun, where it was: what goes on goes on as it began."""
    for known in (SCHOOL, district()):
        if _found(known.unit) is not None or Plan.objects.filter(slug=known.slug).exists():
            return known
    return asked


def unit(site: Site, name: str) -> Unit:
    """Return the unit that runs the plan, or one below it, by its name."""
    top = _found(site.unit)
    found = top if top is None or name == site.unit else unit_by_name(name, _TODAY, under=top.pk)
    if found is None:
        raise Unit.DoesNotExist(name)
    return found


def _found(name: str) -> Unit | None:
    top = unit_by_name(TOP, _TODAY)
    return None if top is None else unit_by_name(name, _TODAY, under=top.pk)


def actor(username: str) -> Actor:
    """Return somebody of the fourth house."""
    return actor_of(User.objects.get(username=username))


def clerk_of(office: str) -> str:
    """Return the username of who reports the duties of an office."""
    return f"school-clerk{OFFICES.index(office) + 1}"


def found_school(passwords: Mapping[str, str], site: Site, at: At) -> None:
    """Make the units and the accounts, as far as they are not there."""
    if unit_by_name(TOP, _TODAY) is None:
        rows = [NewUnit(TOP, "bureau", ""), NewUnit(site.unit, "subordinate", TOP)]
        below = dict.fromkeys((*site.offices, *site.places))
        rows += [NewUnit(name, "department", site.unit) for name in below]
        create_units(rows=rows, opened_on=date(2020, 1, 1), actor=SYSTEM, at=at(1, 9, 15))
    people: list[Person] = [(*row, passwords[row[0]]) for row in people_of(site)]
    people += [
        (clerk_of(office), name, Role.UNIT_LIAISON, office, None)
        for office, name in zip(site.offices, _CLERKS, strict=True)
    ]
    make_accounts(people, lambda name: unit(site, name), at(1, 10, 15))
    for username, role in (("privacy", Role.PRIVACY_OFFICER), ("inspector", Role.INSPECTOR)):
        watcher, top = User.objects.filter(username=username).first(), unit_by_name(TOP, _TODAY)
        if watcher is not None and top is not None and not watcher.posts.filter(unit=top).exists():
            give_post(user_id=watcher.pk, unit_id=top.pk, role=role, actor=SYSTEM, at=at(1, 10, 20))


def key_of(*told: object) -> UUID:
    """Return the key of an act of plan 4."""
    return uuid5(NAMESPACE_URL, "/".join(("demo/school", *map(str, told))))
