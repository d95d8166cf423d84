"""The third house of the demo: a city's service centre, its sections, its streets and their stations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from songnuan.cli.demo_accounts import Person, make_accounts
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import Unit, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, unit_by_name

CENTRE = "临澄市社区与家庭服务中心"
OFFICE = "中心应急办公室"
SECTIONS = (
    "综合办公室", "流动人口服务科", "家庭发展科", "宣传教育科", "社区工作科",
    "人事科", "财务科", "信息统计科",
)  # fmt: skip
STREETS = ("东门", "西门", "望湖", "南市", "北塘", "新桥", "城关", "滨河", "石桥", "高桥")
_TREES, _PLACES = "柳桂梅松竹兰荷枫杏桃槐榆桐柏银", "园苑溪桥湖山岭泉巷里塘湾井台坊洲浦堤亭林"
SICK = 2
"""The street in which the outbreak is, by its place."""
_LIAISONS = "周宁 吴桐 郑和平 王小满 冯一舟 陈立夏 褚云 卫东来"
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩", "晓明 文静 立春 海燕 建平 秋月 志远 雨桐 国强 丽华"


@dataclass(frozen=True, slots=True)
class Scale:
    """How many streets, stations below each, and days of reports: the demo's, or fewer to be quick."""

    streets: int = 10
    stations: int = 30
    days: int = 30

    @property
    def first(self) -> date:
        """The day on which the response begins."""
        return TODAY - timedelta(days=self.days - 1)


TODAY = date(2020, 4, 16)
FULL, SMALL = Scale(), Scale(streets=4, stations=5, days=20)


def street(place: int) -> str:
    """Return what the centre of a street is called."""
    return f"{STREETS[place]}街道服务中心"


def station(number: int) -> str:
    """Return what a station is called, by its number from 0 in the whole city: no two alike."""
    tree = number % len(_TREES)
    place = (number // len(_TREES) + tree) % len(_PLACES)
    return f"{_TREES[tree]}{_PLACES[place]}社区服务站"


# The sign-ins that are printed: username, name, role, unit.
_STATION, _HOME = "duty-station", station(SICK * FULL.stations)
PEOPLE = (
    ("duty-officer", "方立言", Role.PROGRAMME_OFFICER, CENTRE),
    ("duty-leader", "孟广澜", Role.APPROVER, CENTRE),
    ("duty-deputy", "柯静川", Role.APPROVER, CENTRE),
    ("duty-office", "尹守夜", Role.EPIDEMIC_OFFICE, CENTRE),
    ("duty-publicity", "乔传音", Role.PUBLICITY_OFFICER, CENTRE),
    ("duty-family", "顾若兰", Role.LEAD_LIAISON, "家庭发展科"),
    ("duty-street", "聂望湖", Role.UNIT_LIAISON, street(SICK)),
    (_STATION, "骆小满", Role.UNIT_LIAISON, _HOME),
)


def stations(scale: Scale) -> list[tuple[int, int]]:
    """Return the stations as street and number, street by street."""
    return [
        (place, place * FULL.stations + number)
        for place in range(scale.streets)
        for number in range(scale.stations)
    ]


def unit(name: str) -> Unit:
    """Return a unit of the centre's tree by its name."""
    top = unit_by_name(CENTRE, TODAY)
    found = top if top is None or name == CENTRE else unit_by_name(name, TODAY, under=top.pk)
    if found is None:
        raise Unit.DoesNotExist(name)
    return found


def actor(username: str) -> Actor:
    """Return somebody of the centre."""
    return actor_of(User.objects.get(username=username))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in China, in UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA).astimezone(UTC)


def key_of(*told: object) -> UUID:
    """Return the key of an act of plan 2."""
    return uuid5(NAMESPACE_URL, "/".join(("demo/emergency", *map(str, told))))


def draw(most: int, *told: object) -> int:
    """Return a number below `most` that is always the same for what is told: the dice of the demo."""
    return key_of("dice", *told).int % most


def liaison_of(number: int) -> str:
    """Return the username of a station's liaison."""
    return _STATION if number == SICK * FULL.stations else f"duty-st{number + 1:03d}"


def liaison_of_street(place: int) -> str:
    """Return the username of a street's liaison."""
    return "duty-street" if place == SICK else f"duty-street{place + 1:02d}"


def clerk_of(section: str) -> str:
    """Return the username of who answers for a section."""
    return f"duty-sec{SECTIONS.index(section) + 1}"


def scale_of(asked: Scale) -> Scale:
    """Return the scale in which the centre was begun, where it was: what goes on goes on as it began."""
    if unit_by_name(CENTRE, TODAY) is None:
        return asked
    is_full = unit_by_name(street(FULL.streets - 1), TODAY) is not None
    is_small = unit_by_name(street(SMALL.streets - 1), TODAY) is not None
    return FULL if is_full else SMALL if is_small else asked


def found_centre(passwords: Mapping[str, str], scale: Scale) -> None:
    """Make the units and the accounts, as far as they are not there."""
    begun = date(2020, 1, 1)
    if unit_by_name(CENTRE, TODAY) is None:
        rows = [NewUnit(CENTRE, "bureau", ""), NewUnit(OFFICE, "department", CENTRE)]
        rows += [NewUnit(name, "department", CENTRE) for name in SECTIONS]
        rows += [NewUnit(street(place), "subordinate", CENTRE) for place in range(scale.streets)]
        rows += [NewUnit(station(number), "front_line", street(place)) for place, number in stations(scale)]
        create_units(rows=rows, opened_on=begun, actor=SYSTEM, at=at(begun, 9, 10))
    people: list[Person] = [(*row, passwords[row[0]]) for row in PEOPLE]
    people += [(*row, None) for row in _others(scale)]
    make_accounts(people, unit, at(begun, 10, 20))


def _others(scale: Scale) -> list[tuple[str, str, Role, str]]:
    given = _GIVEN.split()
    rows = [
        (clerk_of(section), name, Role.UNIT_LIAISON, section)
        for section, name in zip(SECTIONS, _LIAISONS.split(), strict=True)
    ]
    rows += [
        (liaison_of_street(place), f"{_SURNAMES[place]}望舒", Role.UNIT_LIAISON, street(place))
        for place in range(scale.streets)
        if place != SICK
    ]
    rows += [
        (
            liaison_of(number),
            _SURNAMES[number % len(_SURNAMES)] + given[number // len(_SURNAMES) % len(given)],
            Role.UNIT_LIAISON,
            station(number),
        )
        for _place, number in stations(scale)
        if liaison_of(number) != _STATION
    ]
    return rows


def watch_over_centre() -> None:
    """Give the bureau's inspector and privacy officer the same posts here: they watch over all houses."""
    top, moment = unit(CENTRE), at(date(2020, 1, 1), 10, 30)
    for username, role in (("privacy", Role.PRIVACY_OFFICER), ("inspector", Role.INSPECTOR)):
        watcher = User.objects.filter(username=username).first()
        if watcher is not None and not watcher.posts.filter(unit=top).exists():
            give_post(user_id=watcher.pk, unit_id=top.pk, role=role, actor=SYSTEM, at=moment)
