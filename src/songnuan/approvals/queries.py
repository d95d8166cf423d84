"""What others read of requests and acts: who may decide, where a request lies and since when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from songnuan.approvals.authority import Candidate, Office, candidates, left_of, office_for, offices, reach
from songnuan.approvals.models import (
    Act,
    Chain,
    Delegation,
    Request,
    RequestAuthor,
    RequestStatus,
    RequestStep,
    StepKind,
    Verb,
)
from songnuan.approvals.rules import KINDS, Step, default_steps
from songnuan.kernel.actor import Actor
from songnuan.kernel.workdays import CalendarEnds, workdays_between
from songnuan.organisation.models import Unit, UnitLink, User
from songnuan.organisation.queries import day_of, last_names, unit_names
from songnuan.organisation.rules import live


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request; `requested_by` is the maker's name.

    `step_kind` is what is done where it lies, of a chain of `steps`; `holder_name` is in whose office the
    reader of the list would decide, empty in the own one.
    """

    request_id: int
    kind: str
    subject: str
    title: str
    digest: str
    unit_id: int
    status: str
    requested_at: datetime
    requested_by: str
    step: int = 1
    steps: int = 1
    step_kind: str = ""
    holder_name: str = ""


@dataclass(frozen=True, slots=True)
class ActRow:
    """What one person did about a request; `holder_name` is for whom, empty in the own office."""

    request_id: int
    person_id: int
    person_name: str
    verb: str
    at: datetime
    remark: str
    holder_name: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a request: by whom it was decided, or who may decide it now.

    `unit` is empty where it is the unit that the request is about; one that was dissolved (`is_dissolved`)
    bears its last name. `candidates` are filled for the step at which the request lies.
    """

    position: int
    kind: str
    unit: str
    act: ActRow | None
    is_here: bool
    candidates: tuple[Candidate, ...] = ()
    is_dissolved: bool = False

    @property
    def is_stuck(self) -> bool:
        """Return whether the request lies here and nobody can take the step."""
        return self.is_here and not self.candidates


@dataclass(frozen=True, slots=True)
class Course:
    """Where a request lies, since when, and how it came there.

    `workdays` is how many working days it has lain there; None where the calendar does not reach.
    """

    request_id: int
    kind: str
    subject: str
    title: str
    unit_id: int
    status: str
    requested_at: datetime
    requested_by: str
    requested_by_id: int
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_why: str
    since: datetime
    workdays: int | None
    steps: tuple[StepRow, ...]

    @property
    def here(self) -> StepRow | None:
        """Return the step at which it lies; None when it was decided."""
        return next((step for step in self.steps if step.is_here), None)


def pending_for(actor: Actor, at: datetime) -> list[RequestRow]:
    """Return the requests the actor may act on now, those waiting longest first.

    The actor may take the step at which the request lies, in the own office or one handed over, and has
    not acted on it; so a maker never finds the own request here.
    """
    if actor.user_id is None:
        return []
    here = RequestStep.objects.filter(request__status=RequestStatus.PENDING, position=F("request__step"))
    asked = list(here.values_list("permission", "kind").distinct())
    found: dict[int, RequestRow] = {}
    for office in offices(actor, at) if asked else ():
        lies = Q(pk__in=[])
        for permission, kind in asked:
            lies |= Q(
                permission=permission, kind=kind, unit__in=reach(office, permission, kind, at).values("pk")
            )
        waiting = Request.objects.filter(pk__in=here.filter(lies).values("request"))
        free = waiting.exclude(pk__in=_used(actor, office)).exclude(pk__in=_written(actor, office))
        for row in _rows(free, office):
            found.setdefault(row.request_id, row)
    return sorted(found.values(), key=lambda row: (row.requested_at, row.request_id))


def may_act(actor: Actor, row: Request, at: datetime) -> Office | None:
    """Return the office in which the actor may decide where the request lies; None when in none."""
    if row.status != RequestStatus.PENDING or actor.user_id is None:
        return None
    acted = used_up([row.pk]).get(row.pk, set())
    here = row.steps.filter(position=row.step).first()
    if here is None or actor.user_id in acted:
        return None
    return office_for(actor, here, at, acted=acted)


def latest(subject: str) -> Request | None:
    """Return the newest request about `subject`, or None when there never was one."""
    return Request.objects.filter(subject=subject).order_by("-pk").first()


def asked_about(subjects: Collection[str], since: datetime | None = None) -> list[Request]:
    """Return every request about one of these subjects, made at `since` or later, the newest first."""
    found = Request.objects.filter(subject__in=subjects).order_by("-pk")
    return list(found.filter(requested_at__gte=since) if since else found)


def acts(requests: Iterable[Request]) -> Sequence[ActRow]:
    """Return everything that was done about these requests, oldest first."""
    return _act_rows(Act.objects.filter(request__in=[row.pk for row in requests]))


def subjects_of(actor: Actor, at: datetime, kinds: str = "") -> set[str]:
    """Return the subjects that the actor has to read: to decide about them now, or having decided.

    What was decided in the actor's office by somebody who stood in belongs to it.

    `kinds` is how the names of the kinds of request begin.
    """
    waiting = {row.subject for row in pending_for(actor, at) if row.kind.startswith(kinds)}
    decided = Act.objects.filter(_by(actor), request__kind__startswith=kinds)
    return waiting | set(decided.exclude(verb=Verb.REQUEST).values_list("request__subject", flat=True))


def was_ended_by(subject: str, actor: Actor) -> bool:
    """Return whether the newest request about `subject` was returned or taken back, and by this actor."""
    row = latest(subject)
    if row is None or actor.user_id is None:
        return False
    if row.status == RequestStatus.WITHDRAWN:
        return row.withdrawn_by_id == actor.user_id
    returned = row.status == RequestStatus.RETURNED
    return returned and row.acts.filter(verb=Verb.RETURN, person_id=actor.user_id).exists()


def has_acted(actor: Actor, subjects: Collection[str]) -> bool:
    """Return whether anything was asked or decided about one of these by the actor, or in their office."""
    return Act.objects.filter(_by(actor), request__subject__in=subjects).exists()


def _by(actor: Actor) -> Q:
    return Q(person=actor.user_id) | Q(holder=actor.user_id)


# Where requests lie ------------------------------------------------------------------------------


def asked_by(actor: Actor) -> QuerySet[Request]:
    """Return what the actor asked for, the newest first."""
    made = Act.objects.filter(request=OuterRef("pk"), verb=Verb.REQUEST, person=actor.user_id)
    return Request.objects.filter(Exists(made)).order_by("-pk")


def about(units: QuerySet[Unit]) -> QuerySet[Request]:
    """Return the requests about these units, the newest first."""
    return Request.objects.filter(unit__in=units.order_by().values("pk")).order_by("-pk")


def pending() -> QuerySet[Request]:
    """Return every request that waits, the oldest first."""
    return Request.objects.filter(status=RequestStatus.PENDING).order_by("pk")


def courses(requests: Iterable[Request], at: datetime) -> list[Course]:
    """Return where each request lies, in the order given."""
    rows = list(requests)
    ids = [row.pk for row in rows]
    takers = dict(User.objects.filter(pk__in={row.withdrawn_by_id for row in rows}).values_list("pk", "name"))
    steps: dict[int, list[RequestStep]] = {}
    for step in RequestStep.objects.filter(request__in=ids).order_by("position"):
        steps.setdefault(step.request_id, []).append(step)
    done: dict[int, list[ActRow]] = {}
    for act in _act_rows(Act.objects.filter(request__in=ids)):
        done.setdefault(act.request_id, []).append(act)
    acted = used_up(ids)
    places = {step.unit_id for some in steps.values() for step in some}
    names = unit_names(places, day_of(at))
    closed = last_names(places - names.keys()) if places - names.keys() else {}
    asked: dict[tuple[str, str, int], list[Candidate]] = {}

    def line(row: Request, step: RequestStep) -> StepRow:
        is_here = row.status == RequestStatus.PENDING and step.position == row.step
        office = (step.permission, step.kind, step.unit_id)
        if is_here and office not in asked:
            asked[office] = candidates(step, at)
        return StepRow(
            position=step.position,
            kind=step.kind,
            unit=closed.get(step.unit_id) or ("" if step.unit_id == row.unit_id else names[step.unit_id]),
            act=next((act for act in done.get(row.pk, []) if act.step == step.position), None),
            is_here=is_here,
            candidates=tuple(left_of(asked[office], acted.get(row.pk, ()))) if is_here else (),
            is_dissolved=step.unit_id in closed,
        )

    return [
        _course(
            row,
            [line(row, step) for step in steps.get(row.pk, [])],
            done.get(row.pk, []),
            takers.get(row.withdrawn_by_id or 0, ""),
            at,
        )
        for row in rows
    ]


def _course(
    row: Request, steps: Sequence[StepRow], done: Sequence[ActRow], withdrawn_by: str, at: datetime
) -> Course:
    maker = next((act for act in done if act.verb == Verb.REQUEST), None)
    since = max([row.requested_at, *(act.at for act in done)])
    return Course(
        request_id=row.pk,
        kind=row.kind,
        subject=row.subject,
        title=row.title,
        unit_id=row.unit_id,
        status=row.status,
        requested_at=row.requested_at,
        requested_by=maker.person_name if maker else "",
        requested_by_id=maker.person_id if maker else 0,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=withdrawn_by,
        withdrawn_why=row.withdrawn_why,
        since=since,
        workdays=waited(since, at) if row.status == RequestStatus.PENDING else None,
        steps=tuple(steps),
    )


def waited(since: datetime, at: datetime) -> int | None:
    """Return for how many working days something has lain there; None beyond the table of holidays."""
    try:
        return workdays_between(day_of(since), day_of(at))
    except CalendarEnds:
        return None


# Chains and delegations --------------------------------------------------------------------------


def chain_for(kind: str, unit_id: int, on: date, plan_kind: str = "") -> Chain | None:
    """Return the chain in force for the kind over the unit: its own, else that of the nearest unit above.

    At each unit the chain for the kind of plan goes before the one for all kinds. A kind of request that has
    none follows the kind it is `like`. None where one signature is enough.
    """
    depth = UnitLink.objects.filter(live(on), descendant_id=unit_id, ancestor=OuterRef("unit")).values(
        "depth"
    )
    rows = Chain.objects.filter(live(on), kind=kind, plan_kind__in={plan_kind, ""})
    near = rows.annotate(depth=Subquery(depth[:1])).filter(depth__isnull=False)
    found = near.order_by("depth", "-plan_kind").first()
    if found is None and KINDS[kind].like:
        return chain_for(KINDS[kind].like, unit_id, on, plan_kind)
    return found


def plan_kinds_at(kind: str, unit_id: int, on: date) -> list[str]:
    """Return the kinds of plan for which the very unit has a chain of its own."""
    rows = Chain.objects.filter(live(on), kind=kind, unit=unit_id).exclude(plan_kind="")
    return list(rows.order_by("plan_kind").values_list("plan_kind", flat=True))


def steps_of(kind: str, chain: Chain | None) -> tuple[Step, ...]:
    """Return the steps in order; those of the kind where no chain was set."""
    if chain is None:
        return default_steps(kind)
    rows = chain.steps.order_by("position")
    return tuple(Step(StepKind(row.kind), row.unit_id) for row in rows)


def delegations_of(user_id: int) -> QuerySet[Delegation]:
    """Return what the person handed over or was handed, the newest first."""
    rows = Delegation.objects.filter(Q(giver=user_id) | Q(delegate=user_id))
    return rows.select_related("giver", "delegate", "ended_by").order_by("-pk")


# What they share ---------------------------------------------------------------------------------


def _used(actor: Actor, office: Office) -> QuerySet[Act, int]:
    """Return the requests on which the actor, or the office, has acted already."""
    people = [actor.user_id, office.holder_id]
    return Act.objects.filter(Q(person__in=people) | Q(holder__in=people)).values_list("request", flat=True)


def _written(actor: Actor, office: Office) -> QuerySet[RequestAuthor, int]:
    """Return the requests about what the actor, or who holds the office, wrote."""
    people = [actor.user_id, office.holder_id]
    return RequestAuthor.objects.filter(person__in=people).values_list("request", flat=True)


def used_up(ids: Collection[int]) -> dict[int, set[int]]:
    """Return who decides about each request no more: who acted, in whose office, and who wrote the text."""
    found: dict[int, set[int]] = {}
    for pk, person, holder in Act.objects.filter(request__in=ids).values_list("request", "person", "holder"):
        found.setdefault(pk, set()).update((person, holder))
    for pk, person in RequestAuthor.objects.filter(request__in=ids).values_list("request", "person"):
        found.setdefault(pk, set()).add(person)
    return found


def _act_rows(rows: QuerySet[Act]) -> list[ActRow]:
    return [
        ActRow(
            request_id=act.request_id,
            person_id=act.person_id,
            person_name=act.person.name,
            verb=act.verb,
            at=act.at,
            remark=act.remark,
            holder_name=act.holder.name if act.holder_id != act.person_id else "",
            step=act.step,
        )
        for act in rows.select_related("person", "holder").order_by("pk")
    ]


def _rows(requests: QuerySet[Request], office: Office) -> list[RequestRow]:
    maker = Act.objects.filter(request=OuterRef("pk"), verb=Verb.REQUEST).values("person__name")[:1]
    here = RequestStep.objects.filter(request=OuterRef("pk"), position=OuterRef("step")).values("kind")[:1]
    told = requests.annotate(maker=Subquery(maker), here=Subquery(here), count=Max("steps__position"))
    return [
        RequestRow(
            request_id=row.pk,
            kind=row.kind,
            subject=row.subject,
            title=row.title,
            digest=row.digest,
            unit_id=row.unit_id,
            status=row.status,
            requested_at=row.requested_at,
            requested_by=row.maker or "",
            step=row.step,
            steps=row.count or 1,
            step_kind=row.here or "",
            holder_name=office.holder.label if office.delegation is not None else "",
        )
        for row in told
    ]
