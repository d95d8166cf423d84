"""The schedule of visits on paper (走访排期表): who visits whom when, as a table to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from songnuan.documents.sheets import Column, Paper
from songnuan.kernel.days import written
from songnuan.visits.scheduling.words import clock_words


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One visit on the sheet; what is not known is empty.

    `note`: why it has no place, that it is pinned, which rules it breaks and why.
    """

    day: date | None
    start: int | None
    ends: int | None
    lead: str
    team: str
    unit: str
    district: str
    note: str


def schedule_sheet(title: str, how: str, lines: Sequence[SheetLine], on: date) -> Paper:
    """Return the sheet as of the day `on`; `how` says how it was arranged.

    Without a district of any unit there is no column for it.
    """
    has_districts = any(line.district for line in lines)
    notes = [_("Plan: %(title)s") % {"title": title}, _("As of: %(day)s") % {"day": written(on, "full")}]
    return Paper(
        title=_("Schedule of visits"),
        notes=(*notes, *([how] if how else [])),
        columns=(
            Column(_("No."), 6, centred=True),
            Column(_("Day"), 20, centred=True),
            Column(_("Time"), 14, centred=True),
            Column(_("Lead office"), 20, centred=True),
            Column(_("Team"), 16, centred=True),
            Column(_("Unit"), 32),
            *([Column(_("District"), 14, centred=True)] if has_districts else []),
            Column(_("Remarks"), 34),
        ),
        rows=[_line(number, line, has_districts=has_districts) for number, line in enumerate(lines, 1)],
    )


def _line(number: int, line: SheetLine, *, has_districts: bool) -> tuple[str, ...]:
    day = f"{written(line.day)} {date_format(line.day, 'l')}" if line.day else ""
    times = [clock_words(minute) for minute in (line.start, line.ends) if minute is not None]
    where = (line.unit, line.district) if has_districts else (line.unit,)
    return (str(number), day, "–".join(times), line.lead, line.team, *where, line.note)
