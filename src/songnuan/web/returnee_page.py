"""What the pages of returnees show: people as the reader sees them, and who may do what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.casework.case_access import able_helpers
from songnuan.emergency.models import (
    DailyStatus,
    Returnee,
    ReturneeChase,
    ReturneeStatus,
    StatusAnswer,
    StatusOutcome,
)
from songnuan.emergency.returnee_access import Reach, is_office, reach_of, reached
from songnuan.emergency.returnee_queries import KIND, Standing, history_of, standings
from songnuan.emergency.returnee_rules import Tally
from songnuan.journeys.returnee_settings import policy_of
from songnuan.kernel.names import mask_phone
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import subtree
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.views.shared import Reader, names_on

MARKS: Mapping[str, str] = {
    StatusOutcome.WELL: "done",
    StatusOutcome.UNWELL: "late",
    StatusOutcome.NOT_REACHED: "waiting",
    StatusOutcome.NOT_ATTEMPTED: "none",
}
LATE = "late"
"""The tab of those whose status is missing."""
_STATES: Mapping[str, str] = {
    ReturneeStatus.WAITING: "waiting",
    ReturneeStatus.OBSERVED: "on_time",
    ReturneeStatus.RELEASED: "done",
    ReturneeStatus.ENDED: "none",
    ReturneeStatus.SET_ASIDE: "none",
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody as who works with them sees them; `missed` are the days of which nothing was said.

    `chased_at` is when the office last asked after them, where the list tells it.
    """

    row: Returnee
    name: str
    phone: str
    unit: str
    mark: str
    label: str
    today: DailyStatus | None
    newest: DailyStatus | None
    missed: tuple[date, ...]
    is_due: bool
    is_unwell: bool
    is_observed: bool
    day_number: int
    chased_at: datetime | None = None

    @property
    def today_mark(self) -> str:
        """The tag of what was said about today."""
        return MARKS[self.today.outcome] if self.today else ""

    @property
    def is_past(self) -> bool:
        """Whether the last day of observation has come."""
        return self.is_observed and self.day_number >= self.row.days

    @property
    def may_end(self) -> bool:
        """Whether they can be released as far as the house knows: what was seen amiss has been answered."""
        return self.is_past and not self.is_unwell


def person_rows(rows: Iterable[Returnee], reader: Reader) -> list[PersonRow]:
    """Return people as rows, in their order."""
    found = list(rows)
    dues: dict[int, time] = {}
    for row in found:
        if row.measure_id not in dues:
            dues[row.measure_id] = policy_of(row.measure).due
    units = names_on((row.unit_id for row in found), reader.day)
    return [_row(one, units[one.row.unit_id], reader) for one in standings(found, dues, reader.at)]


def _row(one: Standing, unit: str, reader: Reader) -> PersonRow:
    row = one.row
    return PersonRow(
        row=row,
        name=row.name or _("(erased)"),
        phone=mask_phone(row.phone) if row.phone else "",
        unit=unit,
        mark=_STATES[row.status],
        label=str(row.get_ended_as_display() or row.get_status_display()),
        today=one.today,
        newest=one.newest,
        missed=one.missed,
        is_due=one.is_due,
        is_unwell=one.is_unwell,
        is_observed=row.status == ReturneeStatus.OBSERVED,
        day_number=(reader.day - row.arrived_on).days,
    )


def with_chases(rows: Sequence[PersonRow]) -> list[PersonRow]:
    """Return rows with when the office last asked after each."""
    made = ReturneeChase.objects.filter(returnee__in=[one.row.pk for one in rows]).order_by()
    last = dict(made.values_list("returnee_id").annotate(last=Max("at")))
    return [replace(one, chased_at=last.get(one.row.pk)) for one in rows]


@dataclass(frozen=True, slots=True)
class ToldLine:
    """What was said about a day; `is_valid` unless a later version took its place."""

    status: DailyStatus
    answer: StatusAnswer | None
    is_valid: bool
    mark: str


def told_lines(row: Returnee) -> list[ToldLine]:
    """Return what was said about somebody, the newest day first, in a day the newest version first."""
    seen: set[date] = set()
    lines = []
    for status in history_of(row):
        answer = getattr(status, "answer", None)
        lines.append(ToldLine(status, answer, status.day not in seen, MARKS[status.outcome]))
        seen.add(status.day)
    return lines


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What is counted of a unit."""

    name: str
    tally: Tally


def unit_lines(counted: Mapping[int, Tally], day: date) -> list[UnitLine]:
    """Return what is counted, by unit, most missing first."""
    names = names_on(counted, day)
    lines = [UnitLine(names[unit_id], told) for unit_id, told in counted.items()]
    return sorted(lines, key=lambda one: (-one.tally.overdue, -one.tally.lacking, one.name))


def rate_words(told: Tally) -> str:
    """Return the rate in a word, such as 98.5%; a dash where nothing was due."""
    if told.permille is None:
        return "—"
    whole, tenth = divmod(told.permille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def registers_seen(reader: Reader) -> QuerySet[Measure]:
    """Return the registers under way in which the reader asks after somebody, enters people, or watches."""
    seen = reader.reach_ids(Permission.EMERGENCY_VIEW) | reader.reach_ids(Permission.RETURNEE_KEEP)
    own = Returnee.objects.filter(measure=OuterRef("pk"), helper=reader.user, status=ReturneeStatus.OBSERVED)
    return Measure.objects.filter(Q(plan__unit__in=seen) | Exists(own), kind=KIND, status=MeasureStatus.OPEN)


def measure_seen(measure_id: int, reader: Reader) -> Measure:
    """Return the measure; what the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Measure.objects.select_related("plan").filter(kind=KIND).exclude(opened_at=None)
    measure = get_object_or_404(rows, pk=measure_id)
    if not reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id) and not own_units(measure, reader):
        raise Http404
    return measure


def returnee_seen(pk: int, reader: Reader) -> tuple[Returnee, Reach]:
    """Return an entry, and how far the reader reaches into it; one that they do not reach is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    row = reached(reader.actor, reader.at).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row, reach_of(row, reader.actor, reader.at)


def own_units(measure: Measure, reader: Reader) -> dict[int, str]:
    """Return the units of which the reader enters people, with their names."""
    inside = subtree(measure.plan.unit_id, reader.day)
    if not is_office(measure.plan, reader.actor, reader.at):
        inside = inside.filter(pk__in=reader.reach_ids(Permission.RETURNEE_KEEP))
    return names_on(inside.values_list("pk", flat=True), reader.day)


def helper_choices(unit_id: int, reader: Reader) -> list[tuple[int, str]]:
    """Return who may be a contact person of people of a unit."""
    return list(able_helpers(unit_id, reader.at).values_list("pk", "name"))


def tabs_of(rows: Sequence[PersonRow], show: str) -> tuple[list[tuple[str, str, int, bool]], list[PersonRow]]:
    """Return the filters of a list (label, address, how many, whether it is shown), and the rows shown."""
    parts = {
        "now": (pgettext("returnees", "Under observation"), [row for row in rows if row.is_observed]),
        LATE: (_("Status missing"), [row for row in rows if row.missed and row.is_observed]),
        "unwell": (pgettext("returnees", "Unwell, unanswered"), [row for row in rows if row.is_unwell]),
        "waiting": (
            _("Registrations"),
            [row for row in rows if row.row.status == ReturneeStatus.WAITING],
        ),
        "alone": (_("No contact person"), [row for row in rows if row.is_observed and not row.row.helper_id]),
        "past": (_("To be released"), [row for row in rows if row.may_end]),
        "over": (
            pgettext("returnees", "Over"),
            [row for row in rows if not row.is_observed and row.row.status != ReturneeStatus.WAITING],
        ),
    }
    chosen = show if show in parts else "now"
    tabs = [(label, f"?show={name}", len(some), name == chosen) for name, (label, some) in parts.items()]
    return tabs, parts[chosen][1]
