"""The sheet of an instruction (督办事项表): its items as a table to print, and as a workbook."""

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songnuan.documents.sheets import Column, Paper
from songnuan.kernel.days import beside, written
from songnuan.organisation.queries import day_of, unit_names
from songnuan.tasks.instruction_queries import InstructionRow, ItemRow
from songnuan.tasks.models import TaskStatus


def instruction_sheet(row: InstructionRow, on: date) -> Paper:
    """Return the sheet as of the day `on`, in the reader's language."""
    ids = {row.unit_id, *(pk for item in row.items for pk in (item.owner_id, *item.co_owner_ids))}
    names = unit_names(ids, on)
    head = [row.title, row.issuer, row.number, written(row.dated_on, "full")]
    return Paper(
        title=_("Sheet of items to follow up"),
        notes=(
            _("Instruction: %(words)s") % {"words": "  ".join(filter(None, head))},
            _("Followed up by: %(unit)s   As of: %(day)s")
            % {"unit": names.get(row.unit_id, ""), "day": written(on, "full")},
        ),
        columns=(
            Column(_("No."), 6, centred=True),
            Column(_("Item to follow up"), 34),
            Column(_("Responsible unit"), 16, centred=True),
            Column(_("Units that help"), 16, centred=True),
            Column(_("Time limit (first set)"), 17, centred=True),
            Column(_("Progress"), 40),
            Column(_("Closed on"), 13, centred=True),
            Column(_("Remarks"), 16, centred=True),
        ),
        rows=[_line(item, names, row.dated_on, on) for item in row.items],
    )


def _line(item: ItemRow, names: dict[int, str], dated_on: date, on: date) -> tuple[str, ...]:
    due = beside(item.due_on, dated_on)
    if item.is_extended:
        due = _("%(due)s (%(original)s)") % {"due": due, "original": beside(item.original_due_on, dated_on)}
    joined = "、" if (get_language() or "zh").startswith("zh") else ", "
    latest = item.latest
    return (
        str(item.position),
        item.title,
        names.get(item.owner_id, ""),
        joined.join(filter(None, (names.get(pk, "") for pk in item.co_owner_ids))),
        due,
        f"{beside(day_of(latest.at), dated_on)} {latest.text}" if latest else "",
        beside(day_of(item.done_at), dated_on) if item.done_at else "",
        _remark(item, on),
    )


def _remark(item: ItemRow, on: date) -> str:
    days = -item.days_left(on)
    if item.is_done:
        return _("%(days)s days late") % {"days": days} if days > 0 else _("closed in time")
    if days > 0:
        return _("overdue by %(days)s days") % {"days": days}
    if item.status == TaskStatus.ASKED:
        return _("to be closed")
    return _("date put off") if item.is_extended else ""
