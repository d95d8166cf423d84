"""Writes the sample workbook of plan 1: 47 invented front-line units with their leads.

Nobody has the telephone numbers, and no place or person exists.
"""

from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from songnuan.cli.demo_invented import phone

OUT = Path(__file__).resolve().parents[1] / "plans/samples/front-line-units.xlsx"

LEADS = [
    "办公室",
    "人事处",
    "财务处",
    "规划处",
    "建设处",
    "航道处",
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
]
COMPOUNDS = ["局机关大院", "东江院区", "西江院区", "闸区家属院", "科技楼院区", "后勤院区"]
PLACES = [
    "东港",
    "西港",
    "南浦",
    "北渡",
    "白石",
    "青山",
    "清水",
    "龙门",
    "双桥",
    "月亮湾",
    "柳林",
    "石门",
    "红岩",
    "沙溪",
    "松涛",
    "云台",
]
FORMS = [
    ("{}船闸管理所", "船闸"),
    ("{}航道管理站", "航道站"),
    ("{}水上交通检查站", "检查站"),
]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = ["守闸", "望江", "巡航", "清源", "长桥", "渡生", "听涛", "远帆", "立闸", "知水"]
HEADERS = [
    "序号",
    "慰问单位",
    "类别",
    "包联院区",
    "地址",
    "一线人数",
    "联系人",
    "联系电话",
    "牵头处室（单位）",
    "慰问标准（元）",
    "拟慰问时间",
    "备注",
]
FIRST = date(2020, 4, 8)


def units() -> list[tuple[str, str]]:
    """Return name and category of the 47 units."""
    named = [(form.format(place), category) for place in PLACES for form, category in FORMS]
    return [*named[:45], ("港航公安联合卡口疫情防控专班", "卡口"), ("客运码头留验点服务保障专班", "专班")]


def planned(index: int) -> date:
    """Return the planned day of a visit: four to six a day on working days from 8 to 20 April."""
    days = [FIRST + timedelta(days=offset) for offset in range(13)]
    working = [day for day in days if day.weekday() < 5]
    return working[index * len(working) // 47]


def main() -> None:
    """Write the workbook as an office would send it: titles above, total and signatures below."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(OUT))
    sheet = book.add_worksheet("慰问单位一览表")
    title = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#F4F1EA"}
    )
    cell = book.add_format({"border": 1})
    day = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "澄江省水运管理局走访慰问单位一览表", title)
    sheet.write(1, 0, "填报单位：局疫情防控办公室")
    sheet.set_row(0, 32)
    for column, header in enumerate(HEADERS):
        sheet.write(2, column, header, head)
    total = 0
    for index, (name, category) in enumerate(units()):
        staff = 6 + index * 7 % 23
        total += staff
        row = index + 3
        person = SURNAMES[index % len(SURNAMES)] + GIVEN[index % len(GIVEN)]
        values = [
            index + 1,
            name,
            category,
            COMPOUNDS[index % len(COMPOUNDS)],
            f"澄江省沿江路{100 + index}号",
            staff,
            person,
            phone(index + 1),
            LEADS[index % len(LEADS)],
            300,
            None,
            "",
        ]
        for column, value in enumerate(values):
            sheet.write(row, column, value, cell)
        sheet.write_datetime(row, 10, planned(index), day)
    last = len(units()) + 3
    sheet.write(last, 0, "合计", cell)
    sheet.write(last, 5, total, cell)
    sheet.write(last, 9, 300 * len(units()), cell)
    sheet.write(last + 1, 0, f"填表人：示例    审核人：示例    联系电话：{phone(9_999)}")
    for column, width in enumerate([6, 32, 10, 14, 24, 9, 10, 14, 18, 11, 13, 10]):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(3, 2)
    book.set_properties({"title": "慰问单位一览表", "comments": "示例数据，均为虚构"})
    book.close()


if __name__ == "__main__":
    main()
