"""Flexible work as its pages show it: who may ask and why, the requests, and how each stands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from songnuan.approvals.queries import subjects_of
from songnuan.casework.flexible_models import FlexibleRequest, FlexibleStatus
from songnuan.casework.flexible_queries import (
    Arrangement,
    acts_of,
    days_worked,
    families,
    requests_of,
    standing,
    terms_in,
)
from songnuan.casework.flexible_rules import (
    KIND,
    Limits,
    Terms,
    assess,
    flexible_number,
    subject_of,
)
from songnuan.casework.flexible_words import mend_words, reason_words, terms_words
from songnuan.journeys.flexible import decides_for_all
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import subtree
from songnuan.people.models import Enrolment
from songnuan.plans.models import Measure, PlanStatus
from songnuan.web.views.shared import Reader, names_on

STATES = {
    FlexibleStatus.PENDING.value: "waiting",
    FlexibleStatus.RETURNED.value: "late",
    FlexibleStatus.WITHDRAWN.value: "none",
    FlexibleStatus.APPROVED.value: "done",
    FlexibleStatus.ENDED.value: "none",
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request; `due` says why it has to be looked at, empty where it has not."""

    pk: int
    number: str
    name: str
    unit: str
    how: str
    starts_on: date
    ends_on: date
    state: str
    status_label: str
    is_exception: bool
    due: str = ""


@dataclass(frozen=True, slots=True)
class EmployeeRow:
    """An employee: whether the family data allow flexible work, why, and what would change it.

    `request` is what waits or stands; while it stands, what follows it may be asked for.
    """

    key: str
    name: str
    unit: str
    is_eligible: bool
    reason: str
    mend: str
    may_ask: bool
    request: RequestRow | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """Who works flexibly on a day, and how."""

    pk: int
    number: str
    name: str
    unit: str
    how: str


def units_seen(measure: Measure, reader: Reader) -> frozenset[int]:
    """Return the units below that of the plan whose flexible work the reader sees.

    Who decides in the staff office sees all of them.
    """
    below = frozenset(subtree(measure.plan.unit_id, reader.day).values_list("pk", flat=True))
    if decides_for_all(measure, reader.actor, reader.at):
        return below
    return below & reader.reach_ids(Permission.FLEXIBLE_VIEW)


def measures_seen(reader: Reader) -> list[Measure]:
    """Return the measures of plans that are not drafts of which the reader sees a unit, the newest first."""
    running = (PlanStatus.OPEN, PlanStatus.CLOSED)
    rows = Measure.objects.filter(kind="flexible_work", plan__status__in=running)
    return [row for row in rows.select_related("plan").order_by("-pk") if units_seen(row, reader)]


def measure_seen(measure_id: int, reader: Reader) -> Measure:
    """Return a measure; what the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = Measure.objects.select_related("plan").filter(kind="flexible_work", pk=measure_id)
    measure = rows.first()
    if measure is None or not units_seen(measure, reader):
        raise Http404
    return measure


def may_see(row: FlexibleRequest, reader: Reader) -> bool:
    """Return whether the reader sees a request: that of a unit they see, or one that they decide about."""
    if row.unit_id in units_seen(row.measure, reader):
        return True
    return subject_of(row.pk) in subjects_of(reader.actor, reader.at, KIND)


def seen_requests(measure: Measure, units: Collection[int]) -> QuerySet[FlexibleRequest]:
    """Return the requests of these units, the newest first."""
    return requests_of([measure.pk]).filter(unit__in=units)


def request_rows(
    rows: Iterable[FlexibleRequest], reader: Reader, arranged: Sequence[Arrangement] = ()
) -> list[RequestRow]:
    """Return requests as a table shows them; `arranged` are those among them that stand."""
    found, stands = list(rows), {one.row.pk: one for one in arranged}
    units = names_on({row.unit_id for row in found}, reader.day)
    return [_request_row(row, units[row.unit_id], stands.get(row.pk), reader.day) for row in found]


def _request_row(row: FlexibleRequest, unit: str, stands: Arrangement | None, on: date) -> RequestRow:
    is_over = row.status == FlexibleStatus.APPROVED and row.ends_on < on
    return RequestRow(
        pk=row.pk,
        number=flexible_number(row.number),
        name=row.person.name or "—",
        unit=unit,
        how=terms_words(stands.terms if stands else terms_in(row)),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state="none" if is_over else STATES[row.status],
        status_label=_("over") if is_over else str(FlexibleStatus(row.status).label),
        is_exception=not row.is_eligible,
        due=due_words(stands, on) if stands else "",
    )


def due_words(stands: Arrangement, on: date) -> str:
    """Return why an arrangement has to be looked at now; empty where it has not."""
    if stands.over_since is not None:
        sentence = _("The spouse's service ended on %(day)s: decide whether it goes on.")
        return sentence % {"day": written(stands.over_since)}
    if stands.act.review_on is not None and stands.act.review_on <= on:
        return _("To be looked at since %(day)s.") % {"day": written(stands.act.review_on)}
    return ""


def employee_rows(
    rows: Iterable[Enrolment], measure: Measure, limits: Limits, reader: Reader
) -> list[EmployeeRow]:
    """Return employees with what follows from their families."""
    found = list(rows)
    told = families({row.person_id for row in found}, reader.day)
    units = names_on({row.unit_id for row in found}, reader.day)
    asks = reader.reach_ids(Permission.FLEXIBLE_ASK)
    waits, stands = FlexibleStatus.PENDING, FlexibleStatus.APPROVED
    running = requests_of([measure.pk]).filter(
        Q(status=waits) | Q(status=stands, ends_on__gte=reader.day),
        person__in=[row.person_id for row in found],
    )
    # Of several that which waits, else that which began first.
    of_person = {one.person_id: one for one in sorted(running, key=lambda one: one.status == waits)}
    waiting = {one.person_id for one in of_person.values() if one.status == waits}
    shown = dict(zip(of_person, request_rows(of_person.values(), reader), strict=True))
    verdicts = {pk: assess(family, limits, reader.day) for pk, family in told.items()}
    return [
        EmployeeRow(
            key=row.person.key,
            name=row.person.name,
            unit=units[row.unit_id],
            is_eligible=verdicts[row.person_id].is_eligible,
            reason=reason_words(verdicts[row.person_id], limits, reader.day),
            mend=mend_words(verdicts[row.person_id]),
            may_ask=row.unit_id in asks and row.person_id not in waiting,
            request=shown.get(row.person_id),
        )
        for row in found
    ]


# Days --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row on which somebody works in one way."""

    row: FlexibleRequest
    first: date
    last: date
    terms: Terms

    def covers(self, day: date) -> bool:
        """Return whether it is about this day, by its day of the week too."""
        on_day = not self.terms.weekdays or str(day.isoweekday()) in self.terms.weekdays
        return self.first <= day <= self.last and on_day


def spans_of(rows: QuerySet[FlexibleRequest], first: date, last: date) -> list[Span]:
    """Return who works how between two days, by what was decided, in order."""
    decided = (FlexibleStatus.APPROVED, FlexibleStatus.ENDED)
    found = list(rows.filter(status__in=decided, starts_on__lte=last, ends_on__gte=first))
    acts = acts_of(found)
    spans: list[Span] = []
    for row in found:
        for begin, end, terms in days_worked(acts[row.pk], row.starts_on, row.ends_on):
            if spans and spans[-1].row.pk == row.pk and spans[-1].terms == terms:
                begin = spans.pop().first  # noqa: PLW2901 - it went on as it was
            spans.append(Span(row, begin, end, terms))
    return [one for one in spans if one.first <= last and one.last >= first]


def day_rows(spans: Iterable[Span], day: date, reader: Reader) -> list[DayRow]:
    """Return who works flexibly on a day."""
    found = sorted((one for one in spans if one.covers(day)), key=lambda one: one.row.number)
    units = names_on({one.row.unit_id for one in found}, reader.day)
    return [
        DayRow(
            one.row.pk,
            flexible_number(one.row.number),
            one.row.person.name or "—",
            units[one.row.unit_id],
            terms_words(one.terms),
        )
        for one in found
    ]


def arrangements(measure: Measure, units: Collection[int], on: date) -> list[Arrangement]:
    """Return the arrangements of these units that stand on a day, those to be looked at first."""
    return sorted(
        standing(seen_requests(measure, units), on), key=lambda one: (not one.is_due(on), one.row.pk)
    )
