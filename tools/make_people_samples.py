"""Writes the sample rosters: staff of the invented bureau as an office sends them, a newer list, volunteers.

No place has the area code 100101, nobody has the telephone numbers, and no bank has the cards: nobody in here
can be a real person.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from songnuan.cli.demo_invented import phone

OUT = Path(__file__).resolve().parents[1] / "plans/samples"
UNITS = ("办公室", "人事处", "财务处", "航道处", "船闸处", "东江航道中心", "西江航道中心", "船闸运行中心")
EACH = 26
POSTS = ("船闸值守", "航道巡查", "卡口测温", "综合保障", "调度值班", "信息联络")
RANKS = ("一级主任科员", "二级主任科员", "助理工程师", "工程师", "高级工", "技师")
KINDS = ("在编", "在编", "在编", "编外聘用")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
FIRST = "安望知守清远长听立行思若景怀承嘉子予"
SECOND = "澜舟桥涛航川闸帆流渡岸汀源泊洲屿"
RARE = ("欧阳望川", "司马听涛", "𠮷田守岸", "阿依古丽·买买提", "李㛃", "鲜于长桥")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
HEADINGS = ("序号", "职工姓名", "性别", "公民身份号码", "所在单位", "岗位", "职务/职称", "人员类别")
CONTACT = ("手机号码", "银行卡号", "家庭住址", "到岗情况")


@dataclass(frozen=True)
class Person:
    """One invented person, as the columns of the workbook tell."""

    name: str
    sex: str
    number: str
    unit: str
    post: str
    rank: str
    kind: str
    phone: str
    card: str
    address: str


def number(born: date, sequence: int) -> str:
    """Return an identity number of the place that does not exist, with its check digit."""
    digits = f"100101{born:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def staff() -> list[Person]:
    """Return the staff, unit by unit."""
    people = []
    for index in range(len(UNITS) * EACH):
        woman = index % 3 == 1
        born = date(1962, 3, 1) + timedelta(days=index * 71)
        plain = SURNAMES[index * 5 % len(SURNAMES)] + FIRST[index * 7 % len(FIRST)]
        name = plain if index % 9 == 4 else plain + SECOND[index * 11 % len(SECOND)]
        people.append(
            Person(
                name=RARE[index // 37] if index % 37 == 20 else name,
                sex="女" if woman else "男",
                number=number(born, 100 + index * 2 + (not woman)),
                unit=UNITS[index // EACH],
                post=POSTS[index % len(POSTS)],
                rank=RANKS[index * 3 % len(RANKS)],
                kind=KINDS[index % len(KINDS)],
                phone=phone(10_000 + index),
                card=f"6200000000{index * 7919 % 10**9:09d}",
                address=f"澄江市沿江路{100 + index}号",
            )
        )
    return people


def lines(people: Sequence[Person]) -> list[list[object]]:
    """Return a row for each person, in the order of the headings."""
    return [[place, *astuple(person), "在岗"] for place, person in enumerate(people, 1)]


def spoiled(people: Sequence[Person]) -> list[list[object]]:
    """Return the rows as they were typed: ten of them with the usual mistakes."""
    rows = lines(people)
    rows[6][1] = " ".join(str(rows[6][1]))  # a name spread with spaces: understood
    rows[9][3] = "".join(chr(ord(sign) + 0xFEE0) for sign in str(rows[9][3]))  # full-width: understood
    rows[15][3] = str(rows[15][3])[:17]
    rows[31][3] = float(str(rows[31][3]).replace("X", "0"))
    rows[48][3] = "1.00101E+17"
    rows[52][8] = phone(10_052)[:-1]
    rows[77][1] = ""
    rows[90][3] = str(rows[90][3])[:16] + "79"
    rows[120][3] = rows[117][3]
    rows[131][4] = "东江航道所"
    rows[150][3] = "100101198502301235"
    rows[171][9] = 6.2e18
    return rows


def write(name: str, title: str, rows: Sequence[Sequence[object]]) -> None:
    """Write one workbook: a title, the office's line, headings in two lines, rows, total, signatures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(OUT / name)) as book:
        book.set_properties({"title": title, "comments": "示例数据，均为虚构"})
        guide = book.add_worksheet("填表说明")
        for place, advice in enumerate(("一、请勿改动表头。", "二、身份证号请设为文本格式后填写。"), 1):
            guide.write(place, 0, advice)
        sheet = book.add_worksheet("职工名册")
        big = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
        head.set_bg_color("#F4F1EA")
        cell = book.add_format({"border": 1})
        columns = len(HEADINGS) + len(CONTACT)
        sheet.merge_range(0, 0, 0, columns - 1, title, big)
        sheet.set_row(0, 30)
        sheet.write(1, 0, "填报单位：人事处        填报日期：2020年4月10日")
        for place, heading in enumerate(HEADINGS):
            sheet.merge_range(2, place, 3, place, heading, head)
        sheet.merge_range(2, len(HEADINGS), 2, columns - 1, "联系方式及其他", head)
        for place, heading in enumerate(CONTACT, len(HEADINGS)):
            sheet.write(3, place, heading, head)
        for line, row in enumerate(rows, 4):
            for place, value in enumerate(row):
                sheet.write(line, place, value, cell)
        last = len(rows) + 4
        sheet.write(last, 0, "合计", cell)
        sheet.write(last, 1, len(rows), cell)
        sheet.write(last + 1, 0, "填表人：示例        审核人：示例")
        for column, width in enumerate([6, 18, 6, 22, 16, 12, 14, 10, 14, 22, 20, 10]):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(4, 2)
        sheet.activate()


def newer(people: Sequence[Person]) -> list[list[object]]:
    """Return the list of May: three left, five joined, four changed post, one moved."""
    kept = [person for place, person in enumerate(people) if place not in {3, 64, 140}]
    kept[12:16] = [replace(person, post="复工督导") for person in kept[12:16]]
    kept[40] = replace(kept[40], unit="办公室")
    joined = [
        replace(
            kept[place],
            name=f"{SURNAMES[place]}新{SECOND[place]}",
            number=number(date(1996, 5, 1) + timedelta(days=place * 40), 800 + place * 2 + (place % 3 != 1)),
            phone=phone(20_000 + place),
            card=f"6200000001{place * 7919:09d}",
            address=f"澄江市沿江路{800 + place}号",
        )
        for place in range(5)
    ]
    return lines([*kept, *joined])


def volunteers(people: Sequence[Person]) -> list[list[object]]:
    """Return the union's list: some of the staff by their number, and three known there by less.

    The first has another phone now, the second's name and the third's are written with another character.
    """
    known = [people[place] for place in range(0, 48, 4)]
    rows: list[list[object]] = [
        [
            person.name,
            person.sex,
            "",
            person.number,
            person.unit,
            person.phone,
            "" if place % 3 else "可值夜班",
        ]
        for place, person in enumerate(known)
    ]
    moved, miswritten, other = people[60], people[74], people[102]
    rows.append([moved.name, moved.sex, _born(moved), "", moved.unit, phone(39_001), "新换手机号"])
    rows.append([miswritten.name[:-1] + "州", miswritten.sex, "", "", miswritten.unit, miswritten.phone, ""])
    rows.append([other.name[:-1] + "侨", other.sex, _born(other), "", other.unit, other.phone, "可驾车"])
    return rows


def _born(person: Person) -> str:
    return f"{person.number[6:10]}-{person.number[10:12]}-{person.number[12:14]}"


def write_plain(name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a workbook as somebody types it: one line of headings, all cells text."""
    with xlsxwriter.Workbook(str(OUT / name)) as book:
        book.set_properties({"title": title, "comments": "示例数据，均为虚构"})
        sheet = book.add_worksheet("志愿者")
        for line, row in enumerate([headings, *rows]):
            for place, value in enumerate(row):
                sheet.write_string(line, place, str(value))
        for column, width in enumerate([12, 6, 14, 22, 18, 14, 14]):
            sheet.set_column(column, column, width)


VOLUNTEERS = ("姓名", "性别", "出生日期", "身份证号", "单位", "手机号码", "备注")


def main() -> None:
    """Write the workbooks."""
    people = staff()
    write("staff-roster.xlsx", "澄江省水运管理局在岗职工名册", spoiled(people))
    write("staff-roster-newer.xlsx", "澄江省水运管理局在岗职工名册（五月）", newer(people))
    write_plain("volunteers.xlsx", "防疫志愿者名单", VOLUNTEERS, volunteers(people))


if __name__ == "__main__":
    main()
