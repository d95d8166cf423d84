"""Papers of visits: the sheet to take along, the record of one visit, the register and the table of a plan.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence

from songnuan.documents.official import chinese_day
from songnuan.documents.sheet_paper import (
    Cell,
    Entry,
    Group,
    Kind,
    Part,
    Qr,
    SheetColumn,
    SheetPaper,
    SheetTable,
    Signed,
    Total,
)
from songnuan.journeys import notice_table
from songnuan.journeys.paper_head import FOOT, PaperHead, short_day
from songnuan.journeys.visit_paper_rows import CheckRow, RaisedRow, VisitPaperRow
from songnuan.journeys.visit_sheet_room import room_beside
from songnuan.organisation.queries import day_of
from songnuan.visits.kept import Heard
from songnuan.visits.models import Prevention, Result, VisitForm

MASKED = "姓名、电话已隐去部分内容。"

_CHECKS = (
    SheetColumn("序号", 14, Kind.QUANTITY),
    SheetColumn("检查内容", 40),
    SheetColumn("符合", 8, is_centred=True),
    SheetColumn("不符合", 9, is_centred=True),
    SheetColumn("不适用", 9, is_centred=True),
    SheetColumn("备注", 20),
)
_REGISTER = (
    SheetColumn("序号", 5, Kind.QUANTITY),
    SheetColumn("时间", 11),
    SheetColumn("地点", 13),
    SheetColumn("被慰问单位/人", 14),
    SheetColumn("带队及参加人员", 13),
    SheetColumn("慰问方式", 9),
    SheetColumn("慰问金/物", 12),
    SheetColumn("防控措施落实情况", 16),
    SheetColumn("工作生活情况", 22),
    SheetColumn("反映困难诉求", 20),
    SheetColumn("现场答复", 14),
    SheetColumn("后续责任人及时限", 14),
    SheetColumn("被慰问方签字", 16, Kind.SIGN),
    SheetColumn("记录人", 9, is_centred=True),
)


def visit_sheet(
    row: VisitPaperRow,
    before: Heard | None,
    *,
    head: PaperHead,
    kit: str,
    checks: Sequence[str],
    address: Callable[[int], str] | None,
    is_full: bool,
) -> SheetPaper:
    """Return the sheet (走访单) that a lead takes along: one page, with a code that opens the visit's form.

    The room to write gives way to what is told above it, so that the sheet stays one page.

    Args:
        row: The visit.
        before: What is known of the unit, as the page of the visit says it; None where nothing is.
        head: The head of the plan's papers.
        kit: What to take along, in words.
        checks: The items of the inspection that travels with the visits.
        address: Gives the absolute address of a visit's form; without it there is no code.
        is_full: Whether the contact stands there in full.

    """
    qr = Qr(address(row.visit_id), "手机扫码填写走访记录") if address else None
    entries = (
        Entry("走访单位", row.unit),
        Entry("类别/院区", row.place),
        Entry("地址", row.address),
        Entry("一线人数", "" if row.staff_count is None else f"{row.staff_count}人"),
        Entry("联系人、电话", row.contact),
        Entry("牵头处室（单位）", row.lead),
        *([Entry("走访组", row.team)] if row.team else []),
        Entry("计划时间", _planned(row)),
        Entry("完成时限", chinese_day(row.due_on)),
        Entry("随带慰问品", kit or "无", is_wide=True),
        Entry("此前反映情况", _known(before) or "本系统中无此前走访记录。", is_wide=True),
    )
    room = room_beside(entries, checks)
    return SheetPaper(
        title="走访单",
        lines=head.lines(),
        dated_on=head.day,
        entries=entries,
        table=_checklist(checks),
        after=(
            Entry("走访时间", "　　月　　日　　时　　分", lines=2),
            Entry("参加人员", None, lines=2),
            Entry("走访方式", _boxes(VisitForm.labels), is_wide=True),
            Entry("防控措施落实情况", _boxes(Prevention.labels), is_wide=True, lines=2),
            Entry("工作生活情况", None, is_wide=True, lines=room.told),
            Entry("反映困难诉求", None, is_wide=True, lines=room.raised),
            Entry("现场答复", None, is_wide=True, lines=2),
            Entry("被慰问方签字", None, lines=2),
            Entry("记录人", None, lines=2),
        ),
        note=head.noted("" if is_full else MASKED, "现场已用手机填写的，不必再填此单。" if qr else ""),
        qr=qr,
    )


def _boxes(labels: Sequence[object]) -> str:
    """Return the choices of the form, each with a box to tick."""
    return "　　".join(f"□{label}" for label in labels)


def _planned(row: VisitPaperRow) -> str:
    marks = f"（{'、'.join(row.marks)}）" if row.marks else ""
    times = f" {row.planned_times}" if row.planned_times else ""
    return f"{chinese_day(row.planned_on)}{times}{marks}" if row.planned_on else "未定"


def _known(before: Heard | None) -> str:
    """Return what is known of a unit: what it told, what leaders found, which problems are open."""
    if before is None:
        return ""
    told = []
    if before.happened_at is not None:
        told.append(f"{chinese_day(day_of(before.happened_at))}走访：{before.conditions}")
    for row in before.leaders:
        found = "该次走访涉及多个单位，情况仅向有权查看全部单位的人员提供" if row.is_kept else row.found
        told.append(
            f"{chinese_day(day_of(row.happened_at))}{row.leader_name}（{row.leader_post}）走访：{found}"
        )
    told += [f"尚未办结：{problem.title}" for problem in before.problems]
    return "".join(f"{text.rstrip('。；')}。" for text in told)


def _checklist(checks: Sequence[str]) -> SheetTable | None:
    if not checks:
        return None
    rows = tuple((place, text, "□", "□", "□", None) for place, text in enumerate(checks, 1))
    return SheetTable(_CHECKS, (Part(tuple(Group((row,)) for row in rows)),))


def visit_record(row: VisitPaperRow, *, head: PaperHead, is_full: bool) -> SheetPaper:
    """Return the record (走访慰问记录表) of one visit, as a form with its facts beside their labels."""
    return SheetPaper(
        title="走访慰问记录表",
        lines=head.lines(),
        dated_on=head.day,
        entries=(
            Entry("时间", _moment(row)),
            Entry("地点", _where(row)),
            Entry("被慰问单位/人", row.unit),
            Entry("牵头处室（单位）", row.lead),
            Entry("带队及参加人员", _members(row), is_wide=True),
            Entry("慰问方式", _form(row), is_wide=True),
            Entry("慰问金/物", _given(row), is_wide=True),
            Entry("防控措施落实情况", _prevention(row), is_wide=True, lines=3),
            *([Entry("检查情况", _checked(row.checks), is_wide=True)] if row.checks else []),
            Entry("工作生活情况", row.conditions, is_wide=True, lines=6),
            Entry("反映困难诉求", _raised(row.problems), is_wide=True, lines=6),
            Entry("现场答复", _answers(row.problems), is_wide=True, lines=4),
            Entry("后续责任人及时限", _followed(row.problems), is_wide=True, lines=4),
            Entry("被慰问方签字", _signed(row), lines=4),
            Entry("记录人", row.recorded_by, lines=4),
        ),
        note=head.noted("" if is_full else "被慰问方姓名已隐去部分内容。", *_reasons(row)),
    )


def visit_register(
    rows: Sequence[VisitPaperRow], *, head: PaperHead, is_partial: bool, is_full: bool
) -> SheetPaper:
    """Return the register of a plan's recorded visits, on pages that lie on their side."""
    groups = tuple(
        Group(
            (
                (
                    place,
                    _moment(row) + (f"（{short_day(row.corrected_on)}更正）" if row.corrected_on else ""),
                    _where(row),
                    row.unit,
                    _members(row),
                    _form(row),
                    _given(row),
                    "；".join(filter(None, (_prevention(row), _checked(row.checks)))),
                    row.conditions,
                    _raised(row.problems),
                    _answers(row.problems),
                    _followed(row.problems),
                    _signed(row),
                    row.recorded_by,
                ),
            )
        )
        for place, row in enumerate(rows, 1)
    )
    return SheetPaper(
        title="走访慰问登记表",
        lines=head.lines(f"走访单位：{len(rows)}个{_PARTIAL if is_partial else ''}"),
        dated_on=head.day,
        table=SheetTable(_REGISTER, (Part(groups),)),
        foot=FOOT,
        note=head.noted("" if is_full else "被慰问方姓名已隐去部分内容。"),
        is_landscape=True,
    )


# How a visit stands takes more room than the empty column of the annex.
_WIDER = {"完成情况": 16, "备注": 14, "联系电话": 21, "一线人数": 10, "慰问品": 26}
_KINDS = {"序号": Kind.QUANTITY, "一线人数": Kind.QUANTITY, "慰问标准（元）": Kind.MONEY}
_PARTIAL = "（仅列制表人有权查看的单位）"


def unit_table(
    rows: Sequence[VisitPaperRow],
    states: Mapping[int, str],
    *,
    head: PaperHead,
    kit: tuple[str, str],
    total_minor: int | None,
    is_partial: bool,
    is_full: bool,
) -> SheetPaper:
    """Return the table of units (慰问单位一览表) with how each visit stands, and what all come to.

    Args:
        rows: The visits, in the order of the table.
        states: By visit, how it stands in words.
        head: The head of the plan's papers.
        kit: The standard in yuan and the goods in words.
        total_minor: What the kits of all its units come to by the standard, in fen; None where visits
            bring none.
        is_partial: Whether units are left out that the reader may not see.
        is_full: Whether contacts stand there in full.

    """
    columns = tuple(
        SheetColumn(
            column.heading,
            _WIDER.get(column.heading, column.width),
            _KINDS.get(column.heading, Kind.TEXT),
            column.is_figure,
        )
        for column in notice_table.COLUMNS
    )
    groups = tuple(Group((_unit(place, row, states, kit),)) for place, row in enumerate(rows, 1))
    done = sum(row.is_recorded for row in rows)
    places = {column.heading: place for place, column in enumerate(columns)}
    sums = [(places["一线人数"], sum(row.staff_count or 0 for row in rows))]
    if total_minor is not None:
        sums.append((places["慰问标准（元）"], total_minor))
    total = Total("合计", tuple(sums), total_minor)
    return SheetPaper(
        title="慰问单位一览表",
        lines=head.lines(f"共{len(rows)}个单位，已走访{done}个{_PARTIAL if is_partial else ''}"),
        dated_on=head.day,
        table=SheetTable(columns, (Part(groups, totals=(total,)),)),
        foot=FOOT,
        note=head.noted("" if is_full else "联系人、联系电话已隐去部分内容。"),
        is_landscape=True,
    )


def _unit(
    place: int, row: VisitPaperRow, states: Mapping[int, str], kit: tuple[str, str]
) -> tuple[Cell, ...]:
    name, _gap, phone = row.contact.partition("  ")
    return (
        place,
        row.unit,
        row.place,
        row.address,
        row.staff_count,
        name,
        phone,
        row.lead,
        row.members[0] if row.members else "",
        *kit,
        short_day(row.planned_on),
        f"{short_day(row.happened_at)}已走访" if row.happened_at else states.get(row.visit_id, ""),
        "、".join(row.marks),
    )


def _moment(row: VisitPaperRow) -> str:
    if row.happened_at is None:
        return ""
    entry = "（补录）" if any(mark.startswith("补录") for mark in row.marks) else ""
    return f"{chinese_day(row.happened_at)} {row.happened_at:%H:%M}{entry}"


def _members(row: VisitPaperRow) -> str:
    if not row.members:
        return ""
    leader, *others = row.members
    went = f"{leader}（带队）" + "".join(f"、{name}" for name in others)
    return f"{went}；随访领导：{'、'.join(row.leaders)}" if row.leaders else went


def _where(row: VisitPaperRow) -> str:
    """Return the address, and the compound that it does not name."""
    compound = "" if row.compound in row.address else row.compound
    return "　".join(filter(None, (row.address, f"（{compound}）" if compound and row.address else compound)))


def _signed(row: VisitPaperRow) -> Signed | None:
    """Return who signed; of a corrected report that nobody signed, that in words, with who had received."""
    if row.corrected_on is None or row.is_signed:
        return row.receiver
    name = row.receiver.words if row.receiver else ""
    return Signed("，".join(filter(None, (name, "更正后的报告，受访单位未签字"))))


def _checked(checks: Sequence[CheckRow]) -> str:
    """Return the inspection in words: how many items, and which of them were not met."""
    if not checks:
        return ""
    failed = [
        one.text + (f"（{one.note}）" if one.note else "") for one in checks if one.result == Result.FAIL
    ]
    return f"检查{len(checks)}项，" + (
        f"不符合{len(failed)}项：{'；'.join(failed)}" if failed else "无不符合项"
    )


def _form(row: VisitPaperRow) -> str:
    return f"{row.form}（{row.form_reason}）" if row.form_reason else row.form


def _given(row: VisitPaperRow) -> str:
    given = [f"{words}（{short_day(day)}补发）" if day else words for words, day in row.kit]
    if row.is_recorded and row.kit_owed:
        given.append(f"{row.kit_owed}待补发")
    return "；".join(given)


def _prevention(row: VisitPaperRow) -> str:
    return "：".join(filter(None, (row.prevention, row.prevention_note)))


def _numbered(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    return "；".join(f"{place}.{text}" for place, text in enumerate(texts, 1))


def _raised(problems: Sequence[RaisedRow]) -> str:
    return _numbered([problem.title for problem in problems]) or "无"


def _answers(problems: Sequence[RaisedRow]) -> str:
    told = [problem.answer or "—" for problem in problems]
    return _numbered(told) if any(problem.answer for problem in problems) else ""


def _followed(problems: Sequence[RaisedRow]) -> str:
    return _numbered(
        [
            f"{problem.owner}，{short_day(problem.due_on)}前{'' if problem.is_open else '（已办结）'}"
            for problem in problems
        ]
    )


def _reasons(row: VisitPaperRow) -> list[str]:
    """Return that a report was put right, why a visit was made late, and why it was entered late."""
    labelled = (("情况", "、".join(row.marks)), ("延后原因", row.late_reason), ("补录原因", row.entry_reason))
    corrected = [f"报告已于{chinese_day(row.corrected_on)}更正。"] if row.corrected_on else []
    return corrected + [f"{label}：{text.rstrip('。')}。" for label, text in labelled if text]
