"""The staff of the demo's company: who works there, who of their families is at the front, as workbooks.

No place has the area code 100102, nobody has the telephone numbers, and no bank has the cards: nobody in here
can be a real person.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from songnuan.cli.demo_invented import book, name_of, number, phone
from songnuan.cli.demo_union import DEPARTMENTS, HEADED

HOSPITALS = (
    "临澄市第一人民医院", "临澄市第二人民医院", "临澄市传染病医院", "临澄市中医医院",
    "临澄市妇幼保健院", "临澄市中心医院", "临澄市职业病防治院", "澄湖区人民医院", "澄东区人民医院",
    "青岭县人民医院", "临澄市急救中心附属康复医院",
)  # fmt: skip
BANK = "临澄农村商业银行澄湖支行"
EMPLOYEES = 2000
_FRONT = (3, 9, 16)  # of every twenty
_POSTS = ("挡车工", "机修工", "检验员", "班组长", "统计员", "驾驶员", "技术员", "保管员", "业务员")
_RANKS = (
    "工人",
    "工人",
    "工人",
    "高级工",
    "班组长",
    "助理工程师",
    "工程师",
    "主管",
    "部门副经理",
    "工人",
    "技师",
)
_KINDS = ("合同制", "合同制", "合同制", "劳务派遣")
_DUTIES = ("重症护理", "发热门诊", "隔离病区护理", "核酸检测", "影像检查", "院感防控", "急救转运")
_LATER = 50
_CASH = (7, 58, 121, 167, 203)
FAILS, BACK_FROM_HUBEI = 31, range(0, 60, 5)
"""Whose payment fails, by the place among those with a relative at the front; who of Hubei came back."""


@dataclass(frozen=True, slots=True)
class Employee:
    """One invented employee, with the place in the list from 0."""

    place: int
    name: str
    sex: str
    born: date
    number: str
    account: str

    @property
    def department(self) -> str:
        """Where they work."""
        return DEPARTMENTS[self.place * len(DEPARTMENTS) // EMPLOYEES]

    @property
    def phone(self) -> str:
        """A number that nobody has."""
        return phone(50_000 + self.place)


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative of an employee; those at the front have a hospital, and those sent out a place."""

    of: Employee
    relation: str
    name: str
    sex: str
    born: date
    number: str = ""
    hospital: str = ""
    sent_to: str = ""
    is_later: bool = False


def _number(born: date, sequence: int) -> str:
    return number("100102", born, sequence)


@cache
def employees() -> tuple[Employee, ...]:
    """Return the staff."""
    cash = {_with_front(place) for place in _CASH}
    rows = []
    for place in range(EMPLOYEES):
        born = date(1964, 1, 1) + timedelta(days=place * 37 % EMPLOYEES * 6)
        woman = place % 5 < 2
        account = "" if place in cash else f"6200000002{place * 7919 % 10**9:09d}"
        rows.append(
            Employee(
                place,
                name_of(place),
                "女" if woman else "男",
                born,
                _number(born, 301 - woman),
                account,
            )
        )
    return tuple(rows)


def _with_front(place: int) -> int:
    """Return the place in the staff of the one at a place among those with somebody at the front."""
    return place // len(_FRONT) * 20 + _FRONT[place % len(_FRONT)]


@cache
def at_the_front() -> tuple[Relative, ...]:
    """Return 302 ties of 300 employees to 300 relatives at the front, 60 of them sent out.

    Two medics have two children in the company each; two employees have two relatives at the front.
    """
    staff = employees()
    rows = [_relative(place, staff[_with_front(place)]) for place in range(EMPLOYEES * len(_FRONT) // 20)]
    city = [place for place, row in enumerate(rows) if not row.sent_to]
    for place in city[-_LATER:]:
        rows[place] = replace(rows[place], is_later=True)
    children = [place for place in city[:-_LATER] if rows[place].relation == "母亲"][:4]
    for one, other in zip(children[::2], children[1::2], strict=True):
        rows[other] = replace(rows[one], of=rows[other].of)
    spouses = [row for row in rows[100:] if row.relation in {"丈夫", "妻子"} and row.of.born.year > 1985]
    city_spouses = [row for row in spouses if not row.sent_to and not row.is_later][:2]
    return (*rows, *(_second(place, row.of) for place, row in enumerate(city_spouses)))


def _relative(place: int, employee: Employee) -> Relative:
    year, odd = employee.born.year, place % 2
    woman = employee.sex == "男"
    relation, years = "妻子" if woman else "丈夫", 0
    if year <= 1970 and odd:
        woman = place % 4 == 1
        relation, years = "女儿" if woman else "儿子", 26
    elif year >= 1986 and odd:
        woman = place % 4 == 1
        relation, years = "母亲" if woman else "父亲", -24
    born = employee.born + timedelta(days=years * 365 + 3)
    surname = employee.name[0] if years else ""
    sent = ("武汉", "武汉", "武汉", "湖北")[place // 5 % 4] if place % 5 == 0 else ""
    return Relative(
        of=employee,
        relation=relation,
        name=name_of(3000 + place * 13, "" if relation == "母亲" else surname),
        sex="女" if woman else "男",
        born=born,
        number=_number(born, 300 + 2 * place + (not woman)),
        hospital=HOSPITALS[place % len(HOSPITALS)],
        sent_to=sent,
    )


def _second(place: int, employee: Employee) -> Relative:
    born = employee.born - timedelta(days=27 * 365 + 2 + place)
    name, hospital = name_of(9000 + place * 31), HOSPITALS[place]
    return Relative(employee, "母亲", name, "女", born, _number(born, 700), hospital)


@cache
def at_home() -> tuple[Relative, ...]:
    """Return children of employees whose spouse is at the front, and elders, told without numbers."""
    couples = [row for row in at_the_front() if row.relation in {"丈夫", "妻子"}]
    young = [row for row in couples if row.of.born.year > 1978]
    headed = [row for row in young if row.of.department == HEADED]
    others = [row for row in young if row.of.department != HEADED]
    rows = []
    for place, row in enumerate((*headed, *others[::4])):
        surname = (row.of if row.of.sex == "男" else row).name[0]
        born = date(2011, 3, 1) + timedelta(days=place * 61)
        girl = place % 2 == 0
        child, name = "女儿" if girl else "儿子", name_of(5000 + place * 17, surname)
        rows.append(Relative(row.of, child, name, "女" if girl else "男", born))
        if place % 3 == 2:  # old enough to need somebody, or young enough to be there for the child
            born = date(1950 if place % 2 else 1964, 5, 1) + timedelta(days=place * 40)
            rows.append(Relative(row.of, "母亲", name_of(7000 + place * 19), "女", born))
    return tuple(rows)


# The workbooks -----------------------------------------------------------------------------------


def staff_book() -> bytes:
    """Return the roster of the staff."""
    headings = (
        "序号", "工号", "姓名", "性别", "身份证号", "手机号", "银行卡号", "开户行", "所在部门", "岗位",
        "职务职称", "人员类别",
    )  # fmt: skip
    return book("职工名册", headings, [_staff_row(one) for one in employees()])


def failing() -> Employee:
    """Return whose account is closed when the bank wants to pay."""
    return employees()[_with_front(FAILS)]


def changed_book() -> bytes:
    """Return the one row of who told another account after the bank sent the money back."""
    one = replace(failing(), account="6200000003000415001")
    headings = ("序号", "工号", "姓名", "身份证号", "银行卡号", "开户行", "所在部门")
    row = _staff_row(one)
    return book("变更银行卡", headings, [[1, row[1], row[2], row[4], row[6], row[7], row[8]]])


def _staff_row(one: Employee) -> list[object]:
    bank = BANK if one.account else ""
    place = one.place
    return [
        *(place + 1, f"CH{place + 1:05d}", one.name, one.sex, one.number, one.phone, one.account, bank),
        *(one.department, _POSTS[place % len(_POSTS)], _RANKS[place * 7 % len(_RANKS)]),
        _KINDS[place % len(_KINDS)],
    ]


def families_book() -> bytes:
    """Return the roster of the families."""
    headings = (
        "序号", "职工姓名", "身份证号", "所在部门", "家属姓名", "与职工关系", "家属身份证号", "家属性别",
        "家属出生日期", "家属工作单位",
    )  # fmt: skip
    rows = [
        [
            *(place, one.of.name, one.of.number, one.of.department),
            *(one.name, one.relation, one.number, one.sex, f"{one.born:%Y-%m-%d}", one.hospital),
        ]
        for place, one in enumerate((*at_the_front(), *at_home()), 1)
    ]
    return book("职工家属", headings, rows)


def service_book(*, later: bool) -> bytes:
    """Return who serves where: what was known at the beginning of April, or what came since."""
    rows: list[list[object]] = []
    seen: set[str] = set()
    sent = [one for one in at_the_front() if one.sent_to]
    back = {sent[place].number for place in BACK_FROM_HUBEI}
    for place, one in enumerate(at_the_front()):
        is_wanted = one.is_later == later or (later and one.number in back)
        if one.number in seen or not is_wanted:
            continue
        seen.add(one.number)
        first = date(2020, 2, 9 if one.sent_to else 1) + timedelta(days=place % 9)
        last = "2020-04-10" if later and one.number in back else ""
        duty = "后勤保障" if one.is_later and place % 7 == 0 else _DUTIES[place % len(_DUTIES)]
        where = one.sent_to or one.hospital
        rows.append([len(rows) + 1, one.name, one.number, where, duty, f"{first:%Y-%m-%d}", last])
    headings = ("序号", "姓名", "身份证号", "支援地点", "承担工作", "开始时间", "结束时间")
    return book("一线医务人员", headings, rows)


def paid_elsewhere_book() -> bytes:
    """Return the one sum that another union says it has paid to somebody of the staff."""
    one = next(row.of for row in at_the_front()[200:] if not row.sent_to and not row.is_later)
    headings = ("姓名", "身份证号", "金额（元）", "发放日期", "备注")
    return book("已发放", headings, [[one.name, one.number, "800.00", "2020-03-20", "医院工会慰问"]])
