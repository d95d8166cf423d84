"""The orders of a response and its after-action report as papers (启动命令、终止命令、应急处置总结).

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import override

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
from songnuan.emergency.actions.after_action import Lessons
from songnuan.emergency.command_queries import acts_of
from songnuan.emergency.models import Activation, ActivationAct, ActVerb, Handover, HandoverStatus, Order
from songnuan.journeys.measures.response import number_of
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import day_of, names_then

_ADDRESSEES = "领导小组各成员、各科室"
_DRILL = "本命令为演练命令，没有真实情况发生。"
_DRILL_REPORT = "本次为应急演练，没有真实情况发生。"
COURSE = "应急响应经过"


def moment_words(at: datetime) -> str:
    """Return a moment as documents write it."""
    local = at.astimezone(CHINA)
    return f"{chinese_day(local.date())}{local:%H:%M}"


def activation_paper(row: Activation) -> OfficialDocument:
    """Return the order by which a response was set in motion."""
    label = _signed_level(row)
    what = f"{label}演练" if row.is_drill else label
    with override("zh-hans"):
        position = str(row.issued_as.get_position_display())
    signed = f"{position}{row.issued_by.name}" + (
        f"（代{row.stands_for.user.name}）" if row.stands_for else ""
    )
    basis = _basis(row.order, assessed=False)
    body = [
        Line(row.reason),
        Line(f"{basis}现决定自{moment_words(row.issued_at)}起启动{what}。适用范围：{row.scope}。"),
        Line(
            f"本命令由{signed}签发，有权终止的人为{row.issued_by.name}。终止权未经书面移交并由接任人接收的，"
            "其他任何科室和个人不得宣布终止。"
        ),
    ]
    verb = "开展" if row.is_drill else "启动"
    return _paper(row, number_of(row), f"关于{verb}{what}的命令", body, row.issued_at)


def stand_down_paper(row: Activation) -> OfficialDocument:
    """Return the order by which a response was ended.

    Raises:
        ValueError: While it is in force.

    """
    if row.ended_at is None or row.ended_by is None:
        raise ValueError(row.pk)
    what = f"{row.level_label}演练" if row.is_drill else row.level_label
    basis = _basis(row.end_order, assessed=_was_assessed(row))
    body = [
        Line(row.end_reason),
        Line(f"{basis}现决定自{moment_words(row.ended_at)}起终止{what}（{number_of(row)}）。"),
        Line(f"本命令由{row.ended_by.name}签发{_passed_on(row)}。"),
    ]
    number = number_of(row, is_end=True)
    return _paper(row, number, f"关于终止{what}的命令", body, row.ended_at)


def after_action_paper(row: Activation, lessons: Lessons, at: datetime) -> OfficialDocument:
    """Return the report on a response that was stood down, with its timeline annexed."""
    until = moment_words(row.ended_at) if row.ended_at else ""
    label = _signed_level(row)
    what = f"{label}演练" if row.is_drill else label
    numbers = "、".join(filter(None, (number_of(row), number_of(row, is_end=True))))
    body = [
        Line("一、基本情况", 1),
        Line(f"{moment_words(row.issued_at)}启动{what}，{until}终止（{numbers}）。适用范围：{row.scope}。"),
        Line(f"启动理由：{row.reason}"),
        Line(f"终止理由：{row.end_reason}"),
        Line("二、主要做法", 1),
        *_paragraphs(lessons.went_well),
        Line("三、存在不足", 1),
        *_paragraphs(lessons.shortcomings),
        Line("四、改进措施", 1),
        *_paragraphs(lessons.improvements),
    ]
    with override("zh-hans"):
        course = Annex(COURSE, table=_course(acts_of(row.pk)))
    title = f"{row.measure.plan.title}{what}总结"
    mark = "演总" if row.is_drill else "总"
    number = f"{row.code}{mark}〔{row.year}〕{row.serial}号"
    return _paper(row, number, title, body, at, annexes=(course,), addressees="领导小组")


def _course(acts: Sequence[ActivationAct]) -> Table:
    columns = (
        Column("时间", 20, is_figure=True),
        Column("人员", 14, is_figure=True),
        Column("事项", 24),
        Column("说明", 42),
    )
    return Table(columns, tuple(_act(one) for one in acts))


def _act(act: ActivationAct) -> tuple[str, ...]:
    what = str(ActVerb(act.verb).label)
    if act.other is not None and act.verb in {ActVerb.OFFER, ActVerb.ORDERED_SUCCESSOR}:
        what = f"{what}（{act.other.user.name}）"
    if act.level_label:
        what = f"{what}（{act.level_label}）"
    return moment_words(act.happened_at), act.by.name if act.by else "", what, act.words


def _paragraphs(text: str) -> list[Line]:
    return [Line(part.strip()) for part in text.splitlines() if part.strip()]


def _signed_level(row: Activation) -> str:
    """Return the level under which the response was signed, whatever it was raised or lowered to since."""
    labels = ActivationAct.objects.filter(activation=row, verb=ActVerb.ACTIVATE)
    return labels.values_list("level_label", flat=True)[0]


def _was_assessed(row: Activation) -> bool:
    return ActivationAct.objects.filter(activation=row, verb=ActVerb.END_IT).exists()


def _passed_on(row: Activation) -> str:
    """Return by whose handing over somebody ends it who did not set it in motion."""
    if row.holder.user_id == row.issued_by_id:
        return ""
    rows = Handover.objects.filter(activation=row, successor=row.holder, status=HandoverStatus.ACCEPTED)
    last = rows.select_related("giver__user").order_by("-pk").first()
    return f"（终止权由{last.giver.user.name}移交并已接收）" if last is not None else ""


def _basis(order: Order | None, *, assessed: bool) -> str:
    if order is not None:
        return f"根据{order.issuer}{order.number}要求，"
    return "经领导小组研判，" if assessed else "经研判，"


def _paper(
    row: Activation,
    number: str,
    title: str,
    body: Sequence[Line],
    at: datetime,
    *,
    annexes: tuple[Annex, ...] = (),
    addressees: str = _ADDRESSEES,
) -> OfficialDocument:
    day, unit_id = day_of(at), row.measure.plan.unit_id
    unit = names_then([unit_id], day).get(unit_id, "")
    lines = [Line(_DRILL_REPORT if annexes else _DRILL), *body] if row.is_drill else body
    return printable(
        OfficialDocument(
            head=Head(mark=unit, number=number, urgency="" if annexes or row.is_drill else "特急"),
            title=title,
            addressees=addressees,
            body=tuple(lines),
            signer=unit,
            dated_on=day,
            imprint=Imprint(unit, day),
            annexes=annexes,
        )
    )
