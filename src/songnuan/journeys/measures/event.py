"""Events (活动): who is invited in time, and who came."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of
from songnuan.outreach.event_models import As, Event, EventStatus, Invitation
from songnuan.outreach.event_queries import KIND as NAME
from songnuan.outreach.event_queries import events, known_of
from songnuan.outreach.event_rules import LATE, Came, DayState, day_state
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, Day, PlanFile


class EventDay(BaseModel):
    """A day of the event."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: Day = Field(description="日期 / day")


class InvitedEntry(BaseModel):
    """Somebody who is invited."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: As = Field(description="邀请对象 / who")


class EventSettings(Settings):
    """On which days something takes place, who is invited, and by when."""

    days: list[EventDay] = Field(min_length=1, max_length=60, description="活动日期 / days of the event")
    invited: list[InvitedEntry] = Field(
        min_length=1,
        max_length=4,
        description="chair 工会主席，committee 工会委员，leader 领导代表，guest 来宾 / who is invited",
    )
    invite_by: date | None = Field(
        default=None, description="通知送达截止日，不写则到当日 / last day to invite; the day itself if none"
    )

    @property
    def on(self) -> list[date]:
        """Its days."""
        return [one.day for one in self.days]


def settings_of(measure: Measure) -> EventSettings:
    """Return the settings of a measure."""
    return EventSettings.model_validate(measure.settings)


def lint(plan: PlanFile, clause: ClauseEntry, settings: EventSettings) -> Iterator[LintFinding]:
    """Its days lie within the plan, once each, and who is invited knows before the first of them."""
    first, last = min(settings.on), max(settings.on)
    if len(set(settings.on)) < len(settings.on):
        yield LintFinding(
            code="event_day_twice",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("A day of the event is named twice."),
            mend=_("Name each day once."),
        )
    if (plan.starts_on and first < plan.starts_on) or (plan.due_on and last > plan.due_on):
        yield LintFinding(
            code="event_outside_plan",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("The event is not within the days of the plan."),
            mend=_("Correct the days of the event, or those of the plan."),
        )
    if settings.invite_by is not None and settings.invite_by >= first:
        yield LintFinding(
            code="event_invited_late",
            severity=Severity.WARNING,
            clause=clause.heading,
            message=_("Who is invited learns of it on the day itself, or after it."),
            mend=_("Invite before the first day of the event."),
        )


def open_(_opening: Opening) -> None:
    """Nothing to prepare: events are planned on its page."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the days of each event that were held, with who came."""
    found: dict[int, list[Event]] = {measure.pk: [] for measure in measures}
    for row in events().filter(measure__in=measures, made_at__lte=at):
        found[row.measure_id].append(row)
    known = known_of([row for rows in found.values() for row in rows])
    told = {}
    for measure in measures:
        settings = settings_of(measure)
        mine = [known[row.pk] for row in found[measure.pk] if row.pk in known]
        invited = [one.who for one in settings.invited]
        states = {on: day_state(on, invited, settings.invite_by, mine, day_of(at)) for on in settings.on}
        told[measure.pk] = _one(states)
    return told


def _one(states: Mapping[date, DayState]) -> Progress:
    days, done = len(states), sum(one == DayState.HELD for one in states.values())
    late = [on for on, one in states.items() if one in LATE]
    lacking = [on for on, one in states.items() if one in {DayState.OPEN, DayState.UNINVITED}]
    return Progress(
        done=done,
        due=days,
        late=len(late),
        headline=_("%(done)s of %(due)s held") % {"done": done, "due": days},
        next=_("Invite for %(day)s") % {"day": written(lacking[0])} if lacking else "",
        late_names=tuple(_late_words(on, states[on]) for on in late),
    )


def _late_words(on: date, state: DayState) -> str:
    told = {"day": written(on)}
    if state == DayState.UNRECORDED:
        return _("%(day)s: who came is not noted") % told
    return _("%(day)s: not all are invited") % told


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the invitations that went out, and the events that were held, with who came."""
    rows = list(events().filter(measure=measure).exclude(status=EventStatus.CANCELLED))
    invitations: dict[int, list[Invitation]] = {row.pk: [] for row in rows}
    for one in Invitation.objects.filter(event__in=rows).order_by("pk"):
        invitations[one.event_id].append(one)
    found = []
    for row in rows:
        told = invitations[row.pk]
        if told:
            found.append(
                Evidence(
                    kind="event",
                    ref=str(row.pk),
                    at=told[0].invited_at,
                    label=_("%(title)s: invited %(who)s") % {"title": row.title, "who": _who(told)},
                )
            )
        if row.ended_at is not None:
            came = sum(one.came in {Came.SELF, Came.DEPUTY} for one in told)
            words = _("%(title)s, held: %(came)s of %(all)s came")
            found.append(
                Evidence(
                    kind="event",
                    ref=str(row.pk),
                    at=row.ended_at,
                    label=words % {"title": row.title, "came": came, "all": len(told)},
                )
            )
    return sorted(found, key=lambda one: one.at)


def _who(rows: Sequence[Invitation]) -> str:
    counts = Counter(one.capacity for one in rows)
    return "、".join(f"{As(one).label} {counts[one]}" for one in As.values if counts[one])


KIND = Kind(
    name=NAME,
    label=lambda: _("Events"),
    settings=EventSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
