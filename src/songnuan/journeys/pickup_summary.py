"""The summary of a distribution (发放工作总结) as an official document.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Iterator, Mapping

from songnuan.documents import typeset, word
from songnuan.documents.official import (
    Annex,
    Column,
    Head,
    Imprint,
    Line,
    OfficialDocument,
    Table,
    chinese_day,
    printable,
)
from songnuan.goods.models import Distribution
from songnuan.goods.pickup_models import PickupDoubt
from songnuan.goods.pickup_rules import Coverage, InBatch
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.notice import next_number
from songnuan.journeys.paper_head import PaperHead, short_day
from songnuan.journeys.papers import WORD, Paper
from songnuan.journeys.pickup_figures import Figures, figures_of
from songnuan.journeys.pickup_paper_rows import units_of_papers
from songnuan.journeys.visit_paper_rows import packs
from songnuan.kernel.money import yuan
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.queries import names_then
from songnuan.organisation.rules import live

_DOUBTS = {
    PickupDoubt.TWICE: "同一份重复领取",
    PickupDoubt.LEFT: "领取人已不在名册",
    PickupDoubt.SETTLED: "该份已另行处理",
    PickupDoubt.SHORT: "发放点账上物资不足",
    PickupDoubt.EXPIRED: "发放点账上只有过期物资",
    PickupDoubt.HELD: "物资被暂缓",
    PickupDoubt.CLOSED: "发放点已撤",
    PickupDoubt.EARLY: "未到该轮发放日",
}
_GAP = "（由经办人员填写：{}）"
_COUNTED = (
    *(Column(word, 12, is_figure=True) for word in ("应领", "已领", "另行处理", "转工会处理", "未领")),
    Column("领取率", 14, is_figure=True),
)


def summary_file(row: Distribution, head: PaperHead, form: str) -> Paper:
    """Return the summary of a distribution as a Word file or a PDF.

    Raises:
        Refusal: `no_chinese_font` for a PDF.

    """
    document = compose(row, figures_of(row), head)
    name = f"关爱包发放工作总结{head.day:%Y%m%d}"
    if form == "docx":
        return Paper(f"{name}.docx", WORD, word.render(document))
    made = typeset.render(document)
    return Paper(f"{name}.pdf", "application/pdf", made.content, made.missing, made.undrawn)


def compose(row: Distribution, figures: Figures, head: PaperHead) -> OfficialDocument:
    """Write the summary as things stand; its number is given when it is issued."""
    plan = row.measure.plan
    above = UnitRecord.objects.filter(live(head.day), unit=plan.unit_id).values_list("parent", flat=True)
    superior = next(filter(None, above), 0)
    names = names_then({plan.unit_id, *filter(None, [plan.office_id, superior])}, head.day)
    code = next_number(plan, head.day).code or _GAP.format("发文字号")
    units = units_of_papers(figures.units, head.day)
    return printable(
        OfficialDocument(
            head=Head(mark=f"{head.organ}文件", number=f"{code}〔{head.day.year}〕　　号"),
            title=f"{head.organ}关于关爱包发放工作的总结",
            addressees=names.get(superior) or _GAP.format("主送机关"),
            body=tuple(_body(row, figures, head)),
            signer=head.organ,
            dated_on=head.day,
            imprint=Imprint(printed_by=names.get(plan.office_id or 0, head.organ), printed_on=head.day),
            annexes=(
                Annex("各批次领取情况表", table=_of_batches(figures)),
                Annex("各单位领取情况表", table=_of_units(figures, units)),
            ),
            note=head.note.rstrip("。"),
        )
    )


def _body(row: Distribution, told: Figures, head: PaperHead) -> Iterator[Line]:
    days = [on for _position, on, _place, _count in told.batches]
    span = chinese_day(days[0]) + (f"至{chinese_day(days[-1])}" if len(days) > 1 else "")
    runs = f"截至{chinese_day(head.day)}，发放尚未结束，" if head.day <= days[-1] else ""
    yield Line(
        f"根据{head.plan}，{head.organ}于{span}分{len(days)}批发放关爱包。{runs}现将发放情况总结如下。"
    )
    yield Line("一、组织情况", 1)
    yield Line(_organised(row, told))
    yield Line(_GAP.format("组织领导、分工和现场防控等主要做法"))
    yield Line("二、发放情况", 1)
    yield from _covered(told)
    yield Line("三、差异认定情况", 1)
    yield Line(_doubted(told))
    yield Line("四、物资和经费情况", 1)
    yield from _goods(told)
    yield Line("五、存在问题和下一步工作", 1)
    yield Line(_open(told))
    yield Line(_GAP.format("经验、问题和改进措施"))


def _organised(row: Distribution, told: Figures) -> str:
    modes = {
        Mode.DIVIDE: "各批次分别面向不同人员，每人领取一份",
        Mode.ROUNDS: "每批次面向全体人员，每人每批领取一份",
        None: "批次的安排尚未确定",
    }
    batches = "；".join(
        f"第{position}批{short_day(on)}" + (f"，地点{place}" if place else "")
        for position, on, place, _count in told.batches
    )
    desks = "、".join(f"{name}发放{count}份" for name, count in told.desks)
    contents = ""
    if told.kit is not None:
        parts = ((part.item, part.quantity, part.packing) for part in told.kit.parts)
        contents = f"每份内容为{packs(parts)}。"
    seen = f"名册以{chinese_day(row.seen_on)}为准。" if row.seen_on else ""
    set_up = f"共设发放点{len(told.desks)}个：{desks}。" if desks else "尚未设发放点。"
    return f"{batches}。{modes[told.mode]}。{contents}{seen}{set_up}"


def _covered(told: Figures) -> Iterator[Line]:
    whole = told.whole
    gone = f"另有{told.left_roster}份因人员离开名册不再发放，不计入。" if told.left_roster else ""
    yield Line(
        f"应领{told.people}人、{whole.due}份，已领{whole.taken}份，领取率{rate(whole)}；"
        f"未领后另行处理{whole.settled}份，转工会处理{whole.referred}份，其余未领"
        f"{whole.open - whole.referred}份。{gone}"
    )
    yield Line(
        f"已记账的领取{told.standing}份，其中代领{told.by_proxy}份，"
        f"在屏幕上签字的{told.signed}份，其余凭领取码或核对姓名领取。"
    )
    full = sum(count.due > 0 and not count.open for count in told.units.values())
    due = sum(count.due > 0 for count in told.units.values())
    yield Line(f"涉及{due}个单位，其中{full}个单位已全部领取或处理完毕。各批次、各单位情况见附件。")


def _doubted(told: Figures) -> str:
    total = sum(told.doubts.values())
    if not total and not told.given_back:
        return "各发放点的记录没有差异，也没有退领。"
    kinds = "，".join(f"{_DOUBTS[doubt]}{count}笔" for doubt, count in sorted(told.doubts.items()))
    found = (
        f"存疑记录{total}笔，其中{kinds}。经认定，确已发出{told.decided_out}笔，"
        f"未发生{told.decided_not}笔；待认定{told.waiting}笔。"
        if total
        else "各发放点的记录没有差异。"
    )
    return f"{found}退领{told.given_back}笔。"


def _goods(told: Figures) -> Iterator[Line]:
    for one in told.goods:
        other = f"，报废或发给单位{one.otherwise}{one.packing}" if one.otherwise else ""
        if one.missing:
            other += f"，盘{'亏' if one.missing > 0 else '盈'}{abs(one.missing)}{one.packing}"
        yield Line(
            f"{one.item}：入库{one.came}{one.packing}，领取{one.picked}{one.packing}{other}；"
            f"结存{one.in_store + one.at_desks}{one.packing}，其中库房{one.in_store}{one.packing}、"
            f"发放点{one.at_desks}{one.packing}。"
        )
    money = f"关爱包采购实付{yuan(told.paid_minor)}元。"
    if not told.standing:
        yield Line(f"{money}尚无领取，未计算每份成本。")
        return
    each = told.each_minor
    cost = f"已领取物资按采购单价计{yuan(told.cost_minor)}元，平均每份{yuan(each)}元"
    if told.kit is None:
        yield Line(f"{money}{cost}。")
        return
    standard = told.kit.standard_minor
    over = "，未超过标准" if each <= standard else f"，超过标准{yuan(each - standard)}元"
    yield Line(f"{money}{cost}；标准为每份{yuan(standard)}元{over}。")


def _open(told: Figures) -> str:
    left = [f"{one.item}{one.in_store + one.at_desks}{one.packing}" for one in told.goods]
    kept = [text for text, one in zip(left, told.goods, strict=True) if one.in_store + one.at_desks]
    found = []
    if told.whole.open:
        office = f"，其中{told.whole.referred}份已转工会处理" if told.whole.referred else ""
        found.append(f"仍有{told.whole.open}份未领{office}")
    if told.waiting:
        found.append(f"{told.waiting}笔记录待认定")
    if kept:
        found.append(f"结存{'、'.join(kept)}有待处理")
    return f"{'；'.join(found)}。" if found else "应领的均已领取或处理完毕，没有待认定的记录，物资没有结存。"


def rate(count: Coverage | InBatch) -> str:
    """Return how much of what is due was picked up; 100% only where all of it was."""
    mine = count.taken - (count.others if isinstance(count, InBatch) else 0)
    tenths = mine * 1000 // count.due if count.due else 0
    return f"{tenths // 10}.{tenths % 10}%" if count.due else "—"


def _of_batches(told: Figures) -> Table:
    rows = [
        (f"第{position}批", chinese_day(on), place, *_cells(count), str(count.others))
        for position, on, place, count in told.batches
    ]
    others = sum(count.others for _position, _on, _place, count in told.batches)
    columns = (
        Column("批次", 12),
        Column("日期", 22),
        Column("地点", 24),
        *_COUNTED,
        Column("其中他批", 12, is_figure=True),
    )
    return Table(columns, (*rows, ("合计", "", "", *_cells(told.whole), str(others))), _NOTE_OF_BATCHES)


def _of_units(told: Figures, units: Mapping[int, str]) -> Table:
    rows = [(units[unit_id], *_cells(count)) for unit_id, count in told.units.items() if count.due]
    return Table((Column("单位", 40), *_COUNTED), (*rows, ("合计", *_cells(told.whole))), _NOTE)


_NOTE = "按份计。未领的不含转工会处理的；已离开名册的不计。"
_NOTE_OF_BATCHES = (
    f"{_NOTE}应领、另行处理、转工会处理和未领的计入最初安排的批次，已领的计入实际领取的批次；"
    "其中他批，指最初安排在其他批次的。领取率不含其中他批。"
)


def _cells(count: Coverage | InBatch) -> tuple[str, ...]:
    figures = (count.due, count.taken, count.settled, count.referred, count.open - count.referred)
    return (*map(str, figures), rate(count))
