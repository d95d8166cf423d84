"""A lesson as poster and picture, and its awareness rates as a sheet (知晓率统计表).

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import override

from songnuan.documents import poster as posters
from songnuan.documents import sheet_pdf, sheet_xlsx
from songnuan.documents.poster import Poster
from songnuan.documents.sheet_paper import (
    Cell,
    Group,
    Kind,
    Part,
    SheetColumn,
    SheetPaper,
    SheetTable,
)
from songnuan.journeys.measures.lessons import percent, settings_of
from songnuan.journeys.papers import SHEET, Paper
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of, names_then
from songnuan.outreach.lesson_models import Audience, Lesson, QuizCode, QuizRound, RoundKind
from songnuan.outreach.lesson_queries import Standing, Standings, standings_of
from songnuan.outreach.quiz_rules import SMALL

_DRILL = "演　练"
_PRIVACY = "不用登录，不留姓名和电话，不记录是谁答的。"
_HEADS = {RoundKind.BEFORE: "宣传前", RoundKind.AFTER: "宣传后"}
_NOTE = (
    f"知晓率＝达到知晓标准的人数÷答题人数。答题不足{SMALL}人的不公布；为防止由合计推算，必要时一并不公布答题人数最少的单位。"
    "轮次结束后公布。扫码答题不记录答题人，同一人重复答题无法完全排除。"
)


def poster_of(lesson: Lesson, code: QuizCode | None, address: str, on: date) -> Poster:
    """Return a lesson as it is hung up or passed on, with the code of a place or without one."""
    unit_id = code.unit_id if code else lesson.measure.plan.unit_id
    organ = names_then({lesson.measure.plan.unit_id or 0}, on).get(lesson.measure.plan.unit_id or 0, "")
    own = names_then({unit_id or 0}, on).get(unit_id or 0, "")
    count = len(lesson.questions)
    return Poster(
        title=lesson.title,
        lines=tuple(line or "　" for line in lesson.text.split("\n")),
        organ=organ if own == organ else f"{organ}　{own}",
        dated_on=day_of(lesson.signed_at) if lesson.signed_at else on,
        address=address,
        invitation=(f"扫一扫，答{count}道题" if count else "扫一扫，在手机上看") if address else "",
        privacy=_PRIVACY if address else "",
        drill=_DRILL if lesson.is_drill else "",
        written=f"网址：{address}" if address else "",
        place=f"张贴地点：{code.place}" if code else "",
    )


def poster_paper(poster: Poster, kind: str) -> Paper:
    """Return a poster ("pdf") or a picture ("png").

    Raises:
        KeyError: For another kind.
        Refusal: `no_chinese_font`.

    """
    name = f"{poster.title}.{kind}"
    if kind == "pdf":
        made = posters.render_pdf(poster)
        return Paper(name, "application/pdf", made.content, made.missing, made.undrawn)
    if kind == "png":
        return Paper(name, "image/png", posters.render_png(poster))
    raise KeyError(kind)


def rates_paper(lesson: Lesson, rounds: Sequence[QuizRound], on: date, kind: str) -> Paper:
    """Return the awareness rates of a lesson as a workbook ("xlsx") or to print ("pdf").

    Raises:
        KeyError: For another kind.
        Refusal: `no_chinese_font`.

    """
    sheet = _rates(lesson, rounds, on)
    name = f"{sheet.title} {lesson.title}.{kind}"
    if kind == "xlsx":
        return Paper(name, SHEET, sheet_xlsx.render([sheet]))
    if kind == "pdf":
        made = sheet_pdf.render([sheet])
        return Paper(name, "application/pdf", made.content, made.missing, made.undrawn)
    raise KeyError(kind)


def _rates(lesson: Lesson, rounds: Sequence[QuizRound], on: date) -> SheetPaper:
    held = [RoundKind(one.kind) for one in rounds]
    columns = [SheetColumn("人群", 10), SheetColumn("单位", 20)]
    for one in held:
        head = _HEADS[one]
        columns += [
            SheetColumn(f"{head}应答人数", 8, Kind.QUANTITY),
            SheetColumn(f"{head}答题人数", 8, Kind.QUANTITY),
            SheetColumn(f"{head}知晓人数", 8, Kind.QUANTITY),
            SheetColumn(f"{head}知晓率", 9, is_centred=True),
        ]
    found = standings_of(lesson, rounds)
    names = names_then({unit for one in found for unit in one.units}, on)
    parts = tuple(_part(one, held, names) for one in found)
    plan = lesson.measure.plan
    organ = names_then({plan.unit_id or 0}, on).get(plan.unit_id or 0, "")
    bar = f"{len(lesson.questions)}题中答对{lesson.aware_at}题以上"
    times = "；".join(_times(one) for one in rounds)
    return SheetPaper(
        title=f"知晓率统计表{'（演练）' if lesson.is_drill else ''}",
        lines=(
            f"单位：{organ}　　方案：{plan.title}",
            f"宣传内容：{lesson.title}",
            f"知晓标准：{bar}　　目标：{settings_of(lesson.measure).aim}%",
            times,
        ),
        dated_on=on,
        table=SheetTable(tuple(columns), parts),
        foot=("制表人", "审核人"),
        note=_NOTE,
        is_landscape=len(held) > 1,
    )


def _times(one: QuizRound) -> str:
    with override("zh-hans"):
        until = f"至{written(day_of(one.closed_at), 'full')}" if one.closed_at else "起，尚未结束"
        return f"{_HEADS[RoundKind(one.kind)]}：{written(day_of(one.opened_at), 'full')}{until}"


def _part(one: Standings, held: Sequence[RoundKind], names: dict[int, str]) -> Part:
    with override("zh-hans"):
        label = str(Audience(one.audience).label)
    rows = [(label, names.get(unit, ""), *_cells(row, held, one.audience)) for unit, row in one.units.items()]
    whole = (label, "合计", *_cells(one.whole, held, one.audience))
    return Part(tuple(Group((row,)) for row in (*rows, whole)))


def _cells(row: dict[str, Standing], held: Sequence[RoundKind], audience: Audience) -> list[Cell]:
    found: list[Cell] = []
    for kind in held:
        one = row.get(kind, Standing())
        asked: Cell = one.asked if audience == Audience.STAFF else "—"
        if one.rate is None:
            found += [asked, one.answered, "—", "不公布" if one.answered else "—"]
        else:
            found += [asked, one.answered, one.rate.aware, percent(one.rate)]
    return found


def copy_words(lesson: Lesson, organ: str) -> str:
    """Return a lesson as text to be pasted into a group: marked where it is of a drill, with who says it."""
    head = f"【演练】{lesson.title}" if lesson.is_drill else f"【{lesson.title}】"
    with override("zh-hans"):
        day = written(day_of(lesson.signed_at), "full") if lesson.signed_at else ""
    return f"{head}\n{lesson.text}\n——{organ}　{day}".rstrip()
