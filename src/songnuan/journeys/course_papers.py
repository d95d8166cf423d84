"""Papers of a course: the rates (参加率、通过率统计表), who has to make up for it, and everybody's own code.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Callable, Iterable
from datetime import date

from songnuan.documents import sheet_pdf, sheet_xlsx
from songnuan.documents.sheet_paper import Cell, Group, Kind, Part, SheetColumn, SheetPaper, SheetTable
from songnuan.journeys.papers import SHEET, Paper
from songnuan.organisation.queries import names_then
from songnuan.outreach.course_models import Course
from songnuan.outreach.course_queries import (
    expected_now,
    has_account,
    last_day,
    learners,
    shares_of,
    standings,
)
from songnuan.outreach.course_rules import Share, percent
from songnuan.outreach.shown_names import learner_listed

_RATES_NOTE = (
    "参加率＝已参加÷应参加；通过率＝通过÷应参加。"
    "应参加人数为统计日名册在册人数，以往日期的统计不因名册变动而改变。"
)
_CODES_NOTE = (
    "学习码由本人保管，凭码在手机上阅读、确认、测试，也可在签到处使用。有账号的人员用本人账号，不发码。"
)


def course_sheet(course: Course, what: str, *, site: str, on: date) -> SheetPaper:
    """Return what a paper of a course says.

    Args:
        course: Which.
        what: "rates", "make-up" or "codes".
        site: Where the pages of the house are, for the codes.
        on: Today.

    Raises:
        KeyError: For another paper.

    """
    day = last_day(course, on)
    made: dict[str, Callable[[], SheetPaper]] = {
        "rates": lambda: _rates(course, day),
        "make-up": lambda: _make_up(course, day),
        "codes": lambda: _codes(course, day, site),
    }
    return made[what]()


def rows_of(sheet: SheetPaper) -> int:
    """Return how many rows stand on a paper: on a list of people, so many people."""
    parts = sheet.table.parts if sheet.table else ()
    return sum(len(group.rows) for part in parts for group in part.groups)


def course_paper(course: Course, sheet: SheetPaper, kind: str) -> Paper:
    """Return a paper of a course as a workbook ("xlsx") or to print ("pdf").

    Raises:
        KeyError: For another kind.
        Refusal: `no_chinese_font`.

    """
    name = f"{sheet.title} {course.lesson.title}.{kind}"
    if kind == "xlsx":
        return Paper(name, SHEET, sheet_xlsx.render([sheet]))
    if kind == "pdf":
        told = sheet_pdf.render([sheet])
        return Paper(name, "application/pdf", told.content, told.missing, told.undrawn)
    raise KeyError(kind)


def _head(course: Course, title: str, on: date, table: SheetTable, note: str = "") -> SheetPaper:
    plan = course.lesson.measure.plan
    organ = names_then({plan.unit_id or 0}, on).get(plan.unit_id or 0, "")
    test = (
        f"测试：{len(course.lesson.questions)}题中答对{course.pass_at}题以上通过"
        if course.pass_at
        else "不设测试"
    )
    return SheetPaper(
        title=f"{title}{'（演练）' if course.lesson.is_drill else ''}",
        lines=(
            f"单位：{organ}　　方案：{plan.title}",
            f"学习内容：{course.lesson.title}　　完成期限：{course.until_on.isoformat()}",
            test,
        ),
        dated_on=on,
        table=table,
        foot=("制表人", "审核人"),
        note=note,
    )


def _table(columns: Iterable[SheetColumn], rows: Iterable[tuple[Cell, ...]]) -> SheetTable:
    return SheetTable(tuple(columns), (Part(tuple(Group((row,)) for row in rows)),))


def _rates(course: Course, on: date) -> SheetPaper:
    found = shares_of(course, on)
    names = names_then(found.units, on)
    columns = [
        SheetColumn("单位或类别", 18),
        SheetColumn("应参加", 7, Kind.QUANTITY),
        SheetColumn("已参加", 7, Kind.QUANTITY),
        SheetColumn("参加率", 8, is_centred=True),
        SheetColumn("其中迟到", 8, Kind.QUANTITY),
    ]
    if course.pass_at:
        columns += [
            SheetColumn("已测", 7, Kind.QUANTITY),
            SheetColumn("通过", 7, Kind.QUANTITY),
            SheetColumn("通过率", 8, is_centred=True),
        ]
    has_test = bool(course.pass_at)
    rows = [_share(names.get(pk, ""), one, has_test=has_test) for pk, one in sorted(found.units.items())]
    if len(found.categories) > 1:
        rows += [
            _share(f"其中：{name or '未注明类别'}", one, has_test=has_test)
            for name, one in sorted(found.categories.items())
        ]
    rows.append(_share("合计", found.whole, has_test=has_test))
    return _head(course, "学习参加情况统计表", on, _table(columns, rows), _RATES_NOTE)


def _share(name: str, one: Share, *, has_test: bool) -> tuple[Cell, ...]:
    told: tuple[Cell, ...] = (
        name,
        one.expected,
        one.attended,
        percent(one.attended, one.expected),
        one.late,
    )
    return (*told, one.tested, one.passed, percent(one.passed, one.expected)) if has_test else told


def _make_up(course: Course, on: date) -> SheetPaper:
    lacking = [one for one in standings(course, on) if one.lacks]
    people = learners(one.learner_id for one in lacking)
    names = names_then({one.unit_id for one in lacking}, on)
    columns = [
        SheetColumn("序号", 5, Kind.QUANTITY),
        SheetColumn("单位", 14),
        SheetColumn("姓名", 9),
        SheetColumn("类别", 9),
        SheetColumn("须补", 14),
        SheetColumn("完成情况", 12),
        SheetColumn("签名", 10, Kind.SIGN),
    ]
    ordered = sorted(lacking, key=lambda one: (one.unit_id, one.learner_id))
    rows: list[tuple[Cell, ...]] = []
    for number, one in enumerate(ordered, 1):
        what = [] if one.attended else ["补学"]
        if one.passed is False:
            what.append(f"补测（已测{one.tries}次）" if one.tries else "测试")
        name = learner_listed(people[one.learner_id])
        rows.append((number, names.get(one.unit_id, ""), name, one.category, "、".join(what), None, None))
    return _head(course, "补学补测名单", on, _table(columns, rows))


def _codes(course: Course, on: date, site: str) -> SheetPaper:
    found = [one for one in expected_now(course.pk).order_by("pk") if not has_account(one)]
    told = {one.learner_id: one for one in standings(course, on)}
    names = names_then({one.unit_id for one in told.values()}, on)
    columns = [
        SheetColumn("单位", 14),
        SheetColumn("姓名", 9),
        SheetColumn("学习码", 11, is_centred=True),
        SheetColumn("网址", 30),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            names.get(told[one.pk].unit_id, "") if one.pk in told else "",
            learner_listed(one),
            one.code,
            f"{site.rstrip('/')}/learn/{one.code}/",
        )
        for one in found
    ]
    return _head(course, "学习码表", on, _table(columns, rows), _CODES_NOTE)
