"""The teachers of the demo, invented: as the first roster tells them, and as a later one does.

No place has the area codes 100103 to 100199, and nobody has their telephone numbers: nobody in here can be
a real person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from songnuan.cli.demo_invented import book, name_of, number, phone
from songnuan.cli.demo_school import Site

_RANKS = ("高级教师", "一级教师", "一级教师", "二级教师", "正高级教师", "二级教师", "见习期")
_AGES = 420  # days of birth before an area code is used up
LEFT, TWICE = 7, 4
"""Who left, and who stood on the first roster twice: their places on it, from 0."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """One invented teacher, with the place on the roster from 0."""

    place: int
    unit: str

    @property
    def name(self) -> str:
        """What nobody is called."""
        return name_of(20_000 + self.place)

    @property
    def is_woman(self) -> bool:
        """Whether the number tells a woman."""
        return self.place % 5 < 3

    @property
    def born(self) -> date:
        """The day of birth."""
        return date(1962, 5, 1) + timedelta(days=self.place * 187 % _AGES * 29)

    @property
    def number(self) -> str:
        """A number of a place that does not exist."""
        area, sequence = divmod(self.place // _AGES, 40)
        return number(f"1001{3 + area:02d}", self.born, 100 + 2 * sequence + (not self.is_woman))

    @property
    def phone(self) -> str:
        """A number that nobody has."""
        return phone(60_000 + self.place)


def teachers(site: Site) -> list[Teacher]:
    """Return who stands on the first roster, each once."""
    units = [name for name, count in site.places.items() for _one in range(count)]
    return [Teacher(place, name) for place, name in enumerate(units[: site.on_first - 1])]


def roster_book(site: Site) -> bytes:
    """Return the first roster; one of the teachers stands on it once more, with less and another phone."""
    people = teachers(site)
    rows = [_row(line, one) for line, one in enumerate(people, 1)]
    again, last = people[TWICE], list(site.places)[-1]
    sex, born = "女" if again.is_woman else "男", f"{again.born:%Y-%m-%d}"
    rows.append([len(rows) + 1, again.name, sex, born, "", phone(59_999), last, *_work(last), ""])
    return _book(site, rows)


def newer_book(site: Site) -> bytes:
    """Return the roster after a week: one left, some joined, and nobody stands on it twice."""
    stay = [one for one in teachers(site) if one.place != LEFT]
    groups = list(site.places)
    joined = [Teacher(site.on_first + place, groups[place]) for place in range(site.joining)]
    return _book(site, [_row(line, one) for line, one in enumerate([*stay, *joined], 1)])


def _book(site: Site, rows: Sequence[Sequence[object]]) -> bytes:
    headings = (
        "序号", "姓名", "性别", "出生日期", "身份证号", "手机号", "所在部门", "岗位", "人员类别", "职务职称",
    )  # fmt: skip
    return book(site.title, headings, rows)


def _row(line: int, one: Teacher) -> list[object]:
    sex, rank = "女" if one.is_woman else "男", _RANKS[one.place * 3 % len(_RANKS)]
    told = (line, one.name, sex, f"{one.born:%Y-%m-%d}", one.number, one.phone, one.unit)
    return [*told, *_work(one.unit), rank]


def _work(unit: str) -> tuple[str, str]:
    teaches = not unit.endswith(("处", "办公室"))
    return ("专任教师", "在编") if teaches else ("行政管理", "在编")
