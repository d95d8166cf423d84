"""The days in a person's calendar: what this person may see in the house, and no more than its titles say.

`SOURCES` is the registry: a part of the house with days of its own adds one line, a function that takes the
`Desk` and yields `Entry`s.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.casework.flexible_words import terms_words
from songnuan.documents.calendar import Appointment, WholeDay
from songnuan.goods.models import Batch
from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.measures.assignments import duties_due
from songnuan.kernel.clock import CHINA
from songnuan.organisation.cards import unit_cards
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import units_of
from songnuan.outreach.event_queries import invited_to
from songnuan.plans.models import MeasureStatus, PlanStatus
from songnuan.tasks.instruction_queries import followed
from songnuan.tasks.queries import open_of_units
from songnuan.visits.queries import VisitRow
from songnuan.web.due import Desk
from songnuan.web.flexible_page import spans_of
from songnuan.web.views.shared import names_on
from songnuan.web.views.visits import to_do

_FLEXIBLE_BACK = 31
"""Days for which flexible work that is over stays in a calendar."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One day of the calendar. `key` names what it is about ("visits.visit:12"), `path` is its page.

    `begins` and `ends`, in minutes after midnight, where it has a time; `sequence` counts its changes.
    `place` is where it takes place, an address. `last` is the last of several days, where it has no time.
    """

    key: str
    day: date
    title: str
    detail: str
    category: str
    path: str
    begins: int | None = None
    ends: int | None = None
    sequence: int = 0
    place: str = ""
    last: date | None = None


def days_of(desk: Desk, site: str) -> list[WholeDay | Appointment]:
    """Return the days of the reader's calendar, in their order; `site` is where the pages are."""
    return written((entry for source in SOURCES for entry in source(desk)), site)


def written(entries: Iterable[Entry], site: str) -> list[WholeDay | Appointment]:
    """Return entries as a calendar file takes them, in their order."""
    ordered = sorted(entries, key=lambda one: (one.day, one.begins or 0, one.key))
    return [_written(entry, site) for entry in ordered]


def _written(entry: Entry, site: str) -> WholeDay | Appointment:
    told = {
        "uid": uid_of(entry.key),
        "summary": entry.title,
        "description": entry.detail,
        "url": site + entry.path,
        "category": entry.category,
        "location": entry.place,
    }
    if entry.begins is None or entry.ends is None:
        return WholeDay(day=entry.day, sequence=entry.sequence, last=entry.last, **told)
    midnight = datetime.combine(entry.day, time.min, CHINA)
    return Appointment(
        day=entry.day,
        begins=midnight + timedelta(minutes=entry.begins),
        ends=midnight + timedelta(minutes=entry.ends),
        sequence=entry.sequence,
        **told,
    )


def uid_of(key: str) -> str:
    """Return the same for the same thing, and another in every installation."""
    return str(UUID(salted_hmac("songnuan.calendar", key, algorithm="sha256").hexdigest()[:32], version=5))


def _deadlines(desk: Desk) -> Iterator[Entry]:
    for plan in desk.plans:
        if plan.status == PlanStatus.OPEN and plan.due_on is not None:
            yield Entry(
                key=f"plans.plan:{plan.slug}",
                day=plan.due_on,
                title=_("Deadline: %(plan)s") % {"plan": plan.title},
                detail="",
                category=pgettext("calendar", "Plan"),
                path=reverse("plan", args=(plan.slug,)),
            )


def _visits(desk: Desk) -> Iterator[Entry]:
    measures, rows = to_do(desk)
    titles = {pk: measure.plan.title for pk, measure in measures.items()}
    yield from visit_entries(rows, titles, desk.day, called=desk.reach_ids(Permission.CONTACT_VIEW))


def visit_entries(
    rows: Iterable[VisitRow],
    titles: Mapping[int, str],
    on: date,
    *,
    called: Collection[int],
    with_lead: bool = False,
) -> Iterator[Entry]:
    """Yield the visits that have a day; `titles` are those of the plans by measure.

    Of units in `called` alone the reader may know the address.
    """
    planned = [(row, row.planned_on) for row in rows if row.planned_on is not None]
    units = {row.unit_id for row, _day in planned}
    leads = {row.lead_id for row, _day in planned if with_lead}
    names, cards = names_on(units | leads, on), unit_cards(units & set(called), on)
    for row, day in planned:
        yield Entry(
            key=f"visits.visit:{row.visit_id}",
            day=day,
            title=_("Visit %(unit)s") % {"unit": names[row.unit_id]},
            detail=" · ".join(
                filter(
                    None, (titles[row.measure_id], names.get(row.lead_id) if with_lead else "", row.team_name)
                )
            ),
            category=pgettext("calendar", "Visit"),
            path=reverse("visit", args=(row.visit_id,)),
            begins=row.start,
            ends=None if row.start is None or row.minutes is None else row.start + row.minutes,
            sequence=row.revision,
            place=cards[row.unit_id].address if row.unit_id in cards else "",
        )


def _problems(desk: Desk) -> Iterator[Entry]:
    """Yield the open problems that the reader may close or whose lead office has to solve them."""
    own = set(units_of(desk.actor, Role.LEAD_LIAISON, desk.at).values_list("pk", flat=True))
    titles = {plan.slug: plan.title for plan in desk.plans}
    for row in open_of_units(desk.reach_ids(Permission.PROBLEM_CLOSE) | own):
        if visit_of(row.source) is None:
            yield Entry(
                key=f"tasks.task:{row.task_id}",
                day=row.due_on,
                title=_("Due: %(title)s") % {"title": row.title},
                detail=titles.get(row.plan_slug, ""),
                category=pgettext("calendar", "Problem"),
                path=reverse("problem", args=(row.task_id,)),
            )


def _duties(desk: Desk) -> Iterator[Entry]:
    """Yield the duties that the reader's units still have to report, each time they are due."""
    rows = duties_due(desk.reach_ids(Permission.DUTY_REPORT))
    names = names_on((row.owner_id for row in rows), desk.day)
    for row in rows:
        yield Entry(
            key=f"tasks.task:{row.task_id}",
            day=row.due_on,
            title=_("Due: %(title)s") % {"title": row.title},
            detail=names[row.owner_id],
            category=pgettext("calendar", "Duty"),
            path=reverse("problem", args=(row.task_id,)),
        )


def _items(desk: Desk) -> Iterator[Entry]:
    """Yield the items of instructions that the reader's units answer for, or whose office the reader is."""
    answers, manages = Permission.INSTRUCTION_ANSWER, Permission.INSTRUCTION_MANAGE
    rows = followed(desk.reach_ids(answers), desk.reach_ids(manages))
    names = names_on((row.owner_id for row in rows), desk.day)
    for row in rows:
        yield Entry(
            key=f"tasks.task:{row.task_id}",
            day=row.due_on,
            title=_("Due: %(title)s") % {"title": row.title},
            detail=names[row.owner_id],
            category=pgettext("calendar", "Instruction"),
            path=reverse("instruction", args=(row.instruction_id,)) + f"#item-{row.task_id}",
        )


def _flexible(desk: Desk) -> Iterator[Entry]:
    """Yield who of the reader's units works flexibly from when to when, and how; not what is long over."""
    units = desk.reach_ids(Permission.FLEXIBLE_ASK) | desk.reach_ids(Permission.FLEXIBLE_DECIDE)
    if not units:
        return
    rows = FlexibleRequest.objects.filter(unit__in=units).select_related("person", "measure__plan")
    first = desk.day - timedelta(days=_FLEXIBLE_BACK)
    for one in spans_of(rows.order_by("pk"), first, date.max):
        yield Entry(
            key=f"casework.flexible:{one.row.pk}:{one.first.isoformat()}",
            day=one.first,
            last=one.last,
            title=_("%(name)s works flexibly") % {"name": one.row.person.name or "—"},
            detail=terms_words(one.terms),
            category=pgettext("calendar", "Flexible work"),
            path=reverse("flexible_request", args=(one.row.pk,)),
        )


def _events(desk: Desk) -> Iterator[Entry]:
    """Yield the events to which the reader is invited, but for those they decline."""
    for row in invited_to(desk.user.pk).exclude(answer="no"):
        event = row.event
        begins, ends = event.begins_at.astimezone(CHINA), event.ends_at.astimezone(CHINA)
        yield Entry(
            key=f"outreach.event:{event.pk}",
            day=begins.date(),
            title=event.title,
            detail=event.measure.plan.title,
            category=pgettext("calendar", "Event"),
            path=reverse("event", args=(event.pk,)),
            begins=begins.hour * 60 + begins.minute,
            ends=begins.hour * 60 + begins.minute + round((ends - begins).total_seconds() / 60),
            sequence=event.sequence,
            place=event.place,
        )


def _batches(desk: Desk) -> Iterator[Entry]:
    """Yield the days on which kits are handed out, to the office and to desks."""
    units = desk.reach_ids(Permission.PICKUP_MANAGE) | desk.reach_ids(Permission.PICKUP_RECORD)
    if not units:
        return
    rows = Batch.objects.filter(
        distribution__measure__plan__unit__in=units, distribution__measure__status=MeasureStatus.OPEN
    )
    for row in rows.select_related("distribution__kit", "distribution__measure__plan").order_by("pk"):
        yield Entry(
            key=f"goods.batch:{row.pk}",
            day=row.on,
            title=_("%(kit)s: batch %(number)s is handed out")
            % {"kit": row.distribution.kit.name, "number": row.position},
            detail=row.distribution.measure.plan.title,
            category=pgettext("calendar", "Pickups"),
            path=reverse("pickups_one", args=(row.distribution_id,)),
            place=row.place,
        )


SOURCES: tuple[Callable[[Desk], Iterable[Entry]], ...] = (
    _deadlines,
    _visits,
    _problems,
    _duties,
    _items,
    _flexible,
    _events,
    _batches,
)
