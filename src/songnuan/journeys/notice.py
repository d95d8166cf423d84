"""A plan as the notice (通知) that makes it known: what it says, to whom, and under which number.

These are texts of the organ and are Chinese whatever the reader's language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from songnuan.documents.official import (
    Annex,
    Head,
    Imprint,
    Line,
    OfficialDocument,
    chinese_day,
    printable,
)
from songnuan.journeys.notice_table import table_of
from songnuan.organisation.models import UnitKind
from songnuan.organisation.queries import UnitView, pairs, subtree, unit_names, unit_views
from songnuan.plans.models import Basis, Plan
from songnuan.plans.planfile import paragraphs
from songnuan.plans.queries import basis, clauses, questions
from songnuan.records import queries as records
from songnuan.records.rules import code_of, highest_serial

TABLE_TITLE = "慰问单位一览表"
ANSWERS_TITLE = "有关问题的答复"

_GROUPS = (
    (UnitKind.DEPARTMENT, "局机关各处室"),
    (UnitKind.SUBORDINATE, "局属各单位"),
    (UnitKind.FRONT_LINE, "各防疫一线单位"),
)


@dataclass(frozen=True, slots=True)
class NextNumber:
    """The number a plan would be issued under. `has_begun` says that the house counts already.

    `last_given` is the highest number that documents known here bear.
    """

    code: str
    year: int
    serial: int
    has_begun: bool
    last_given: int


def addressed(plan: Plan, day: date) -> list[UnitView]:
    """Return the units a plan addresses: its leads and their units; without pairs, everybody who may lead.

    Who issues the plan and the office that runs it are left out: they have it.
    """
    found = pairs(plan.slug, day)
    units = subtree(plan.unit_id, day)
    if found:
        units = units.filter(pk__in={pair.unit_id for pair in found} | {pair.lead_id for pair in found})
    else:
        units = subtree(plan.unit_id, day, [UnitKind.DEPARTMENT, UnitKind.SUBORDINATE])
    return [unit for unit in unit_views(units, day) if unit.unit_id not in (plan.unit_id, plan.office_id)]


def next_number(plan: Plan, day: date, code: str = "") -> NextNumber:
    """Return the number that comes next, under the code of the unit's last document or of its own notices."""
    issuer = unit_names([plan.unit_id], day).get(plan.unit_id, "")
    own = [row.number for row in basis(plan) if row.issuer == issuer]
    code = code or records.last_code(plan.unit_id) or next(filter(None, map(code_of, own)), "")
    known = max(
        highest_serial(own, code, day.year), records.highest_known(issuer, code, day.year) if code else 0
    )
    serial = records.next_serial(plan.unit_id, code, day.year)
    return NextNumber(
        code=code,
        year=day.year,
        serial=max(serial or 1, known + 1),
        has_begun=serial is not None,
        last_given=known,
    )


def compose(plan: Plan, *, number: str, due_on: date, day: date) -> OfficialDocument:
    """Write the notice: the plan's own text as its first annex, and the table of units as the last."""
    names = unit_names({unit for unit in (plan.unit_id, plan.office_id) if unit}, day)
    organ = names[plan.unit_id]
    units = addressed(plan, day)
    notice = OfficialDocument(
        head=Head(mark=f"{organ}文件", number=number),
        title=f"{organ}关于印发《{plan.title}》的通知",
        addressees=_addressees(plan, units, day),
        body=(
            Line(f"{_grounds(basis(plan))}现将《{plan.title}》印发给你们，请结合实际，认真组织实施。"),
            Line(f"请各单位于{chinese_day(due_on)}前确认收文。"),
        ),
        signer=organ,
        dated_on=day,
        imprint=Imprint(
            printed_by=_printer(plan, organ, day),
            printed_on=day,
            copies_to=(names[plan.office_id],) if plan.office_id in names else (),
        ),
        annexes=_annexes(plan, day),
    )
    return printable(notice)


def _addressees(plan: Plan, units: Sequence[UnitView], day: date) -> str:
    """Name a kind of units as a whole when all of it is addressed, else each by its name."""
    told = []
    for kind, whole in _GROUPS:
        asked = [unit for unit in units if unit.kind == kind]
        everybody = {unit.unit_id for unit in unit_views(subtree(plan.unit_id, day, [kind]), day)}
        lacking = everybody - {unit.unit_id for unit in asked} - {plan.office_id}
        if asked:
            told.append(whole if not lacking else "、".join(unit.name for unit in asked))
    return "，".join(told)


def _grounds(rows: Sequence[Basis]) -> str:
    """Cite what the plan rests on: a document by title and number, an instruction by its name."""
    cited = [f"《{row.title}》（{row.number}）" if row.number else row.title for row in rows]
    if not cited:
        return ""
    head, last = cited[:-1], cited[-1]
    return f"根据{'、'.join(head)}{'和' if head else ''}{last}，"


def _printer(plan: Plan, organ: str, day: date) -> str:
    departments = unit_views(subtree(plan.unit_id, day, [UnitKind.DEPARTMENT]), day)
    return f"{organ}办公室" if any(unit.name == "办公室" for unit in departments) else organ


def _annexes(plan: Plan, day: date) -> tuple[Annex, ...]:
    annexes = [Annex(plan.title, _text(plan))]
    answered = [row for row in questions(plan) if row.answer]
    if answered:
        lines: list[Line] = []
        for place, row in enumerate(answered, 1):
            lines.append(Line(f"{place}.{row.text}", 3))
            lines += map(Line, paragraphs(f"{row.answer}（依据：{row.ground}）"))
        annexes.append(Annex(ANSWERS_TITLE, tuple(lines)))
    table = table_of(plan, day)
    if table is not None:
        annexes.append(Annex(TABLE_TITLE, table=table))
    return tuple(annexes)


def _text(plan: Plan) -> tuple[Line, ...]:
    lines: list[Line] = []
    for clause in clauses(plan):
        told = paragraphs(clause.text)
        if clause.title:
            lines.append(Line(f"{clause.number}{clause.title}", clause.level))
        elif told:
            told[0] = f"{clause.number}{told[0]}"
        lines += map(Line, told)
    return tuple(lines)
