"""The writers of schedules: proposals are kept, taken, and single visits put where a person wants them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NoReturn

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import beside, written
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse, require, scope
from songnuan.plans.models import Plan
from songnuan.visits import asking
from songnuan.visits.access import find_visit
from songnuan.visits.actions.placing import broken_at, in_turn, kept_reason
from songnuan.visits.day_rules import in_time_of_day, in_time_to_place
from songnuan.visits.lifecycle import VISIT
from songnuan.visits.models import ProposedVisit, ScheduleProposal, Visit, VisitStatus
from songnuan.visits.schedule_queries import Arrangement, arrangement, key_of
from songnuan.visits.schedule_rules import Taken
from songnuan.visits.scheduling.breaks import Break
from songnuan.visits.scheduling.problem import Spot
from songnuan.visits.scheduling.proposing import Proposal
from songnuan.visits.scheduling.words import broken_words, clock_words
from songnuan.visits.spots import changed

_CAUSES = 3
"""Sentences of broken rules that a refusal of a whole proposal names."""


@transaction.atomic(savepoint=False)
def keep_proposal(*, found: Arrangement, proposal: Proposal, actor: Actor, at: datetime) -> ScheduleProposal:
    """Keep what was worked out, with each visit's count of changes as it was read.

    Raises:
        NotPermitted: The actor does not set the schedule of one of the leads.

    """
    _require_leads({stop.lead_id for stop in found.problem.stops}, actor, at)
    kept = ScheduleProposal.objects.create(
        plan=found.plan,
        method=proposal.method.value,
        is_best=proposal.is_best,
        cost=proposal.cost,
        digest=found.digest,
        made_by_id=actor.user_id,
        made_at=at,
    )
    ProposedVisit.objects.bulk_create(
        _row(kept, found, proposal, stop.visit_id, stop.minutes) for stop in found.problem.stops
    )
    facts = {
        "count": len(proposal.spots),
        "left": len(proposal.unplaced),
        "method": proposal.method.value,
        "proposal": kept.pk,
        "digest": kept.digest,
    }
    _note(found.plan, "propose_schedule", f"plans.plan:{found.plan.slug}", actor, at, facts)
    return kept


def _row(
    kept: ScheduleProposal, found: Arrangement, proposal: Proposal, visit_id: int, minutes: int
) -> ProposedVisit:
    spot = proposal.spots.get(visit_id)
    return ProposedVisit(
        proposal=kept,
        visit_id=visit_id,
        revision=found.visits[visit_id].revision,
        day=spot.day if spot else None,
        start=spot.start if spot else None,
        minutes=minutes,
        team_id=_team_id(spot),
        why="" if spot else proposal.unplaced[visit_id].value,
    )


def _team_id(spot: Spot | None) -> int | None:
    kind, _colon, number = spot.team.partition(":") if spot else ("", "", "")
    return int(number) if kind == "team" else None


@transaction.atomic(savepoint=False)
def take(*, proposal_id: int, visit_ids: Collection[int], actor: Actor, at: datetime) -> Taken:
    """Give the visits the spots that a proposal says, all that are still as it read them.

    A visit changed since is left alone, and so is one whose new spot would break a hard rule beside what
    stands by now; both are named in the answer.

    Raises:
        NotPermitted: The actor does not set the schedule of one of the leads.
        Refusal: `proposal_unknown`, `nothing_chosen`, `schedule_over` when the first day is over,
            `schedule_taken` when all that was chosen is taken already, `schedule_changed` when nothing of it
            can be taken any more.

    """
    proposal = ScheduleProposal.objects.select_related("plan").filter(pk=proposal_id).first()
    if proposal is None:
        raise Refusal("proposal_unknown", _("There is no such proposal. Make a new one."))
    rows = proposal.rows.filter(visit__in=visit_ids, day__isnull=False).select_related("visit")
    chosen = {row.visit_id: row for row in rows}
    if not chosen:
        raise Refusal("nothing_chosen", _("Choose at least one visit of the proposal."), field="visits")
    _require_leads({row.visit.lead_id for row in chosen.values()}, actor, at)
    first = min(row.day for row in chosen.values() if row.day is not None)
    if first <= day_of(at):
        sentence = _("The proposal begins on %(day)s, and that day has come. Make a new proposal.")
        raise Refusal("schedule_over", sentence % {"day": beside(first, day_of(at))}, day=first.isoformat())
    in_turn(proposal.plan_id)
    same = ProposedVisit.objects.filter(
        proposal=proposal, visit=OuterRef("pk"), revision=OuterRef("revision")
    )
    unchanged = Visit.objects.filter(Exists(same), pk__in=chosen, status=VisitStatus.PLANNED)
    ids = set(unchanged.select_for_update().values_list("pk", flat=True))
    clashing = _clashing(proposal.plan, {pk: chosen[pk] for pk in ids}, at)
    ids -= clashing.keys()
    if not ids:
        _refuse_all(chosen, clashing)
    _move(proposal, ids, actor, at)
    changed_since = chosen.keys() - ids - clashing.keys()
    return Taken(tuple(sorted(ids)), tuple(sorted(changed_since)), tuple(sorted(clashing)))


def _refuse_all(chosen: Mapping[int, ProposedVisit], clashing: Mapping[int, Sequence[str]]) -> NoReturn:
    """Say why none of the chosen visits can be taken: taken already, breaking a rule by now, or changed."""
    taken = [row for row in chosen.values() if row.taken_at is not None]
    if len(taken) == len(chosen):
        last = max(row.taken_at for row in taken if row.taken_at is not None)
        # Who set it last is who took it, while nothing but the taking changed the visit.
        people = {row.visit.planned_by_id or 0 for row in taken if row.visit.revision == row.revision + 1}
        person = User.objects.filter(pk__in=people).first() if len(people) == 1 else None
        sentence = _("The chosen visits of this proposal are taken already: %(time)s, %(person)s.")
        facts = {
            "time": written(last.astimezone(CHINA), "moment"),
            "person": person.name if person else _("by somebody else"),
        }
        raise Refusal("schedule_taken", sentence % facts, count=len(chosen))
    sentence = _("The visits were changed since the proposal was made. Make a new proposal.")
    if len(clashing) == len(chosen):
        why = dict.fromkeys(one for words in clashing.values() for one in words)
        sentence = _(
            "Where the proposal puts them, the visits would break rules by now, since hours, teams or other "
            "visits were changed. Make a new proposal. %(why)s"
        ) % {"why": " ".join(list(why)[:_CAUSES])}
    raise Refusal("schedule_changed", sentence.strip(), count=len(chosen))


def _clashing(plan: Plan, rows: Mapping[int, ProposedVisit], at: datetime) -> dict[int, list[str]]:
    """Return the visits whose new spot breaks a hard rule, now that some are taken and others not, and which.

    What is left out stays where it is, and may be in the way of others that are taken: asked until none is.
    """
    found = arrangement(plan, {row.visit.lead_id for row in rows.values()}, at)
    clashing: dict[int, list[str]] = {pk: [] for pk in set(rows) - found.visits.keys()}
    by_lead: dict[int, dict[int, Spot]] = {}
    for pk, row in rows.items():
        if pk in found.visits:
            by_lead.setdefault(row.visit.lead_id, {})[pk] = _spot(row)
    for lead_id, moved in by_lead.items():
        while wrong := _wrong(found, lead_id, moved):
            # Of two that are in each other's way the later one alone is enough.
            last = max(wrong, key=lambda pk: (moved[pk].day, moved[pk].start, pk))
            broken = found.breaks(last, moved[last], found.world_with(lead_id, moved))
            clashing[last] = broken_words([one for one in broken if one.rule.is_hard], found.names())
            del moved[last]
    return clashing


def _wrong(found: Arrangement, lead_id: int, moved: Mapping[int, Spot]) -> list[int]:
    """Return which of the visits would break a hard rule, were all of them moved."""
    world = found.world_with(lead_id, moved)
    return [
        pk for pk, spot in moved.items() if any(one.rule.is_hard for one in found.breaks(pk, spot, world))
    ]


def _spot(row: ProposedVisit) -> Spot:
    assert row.day is not None  # noqa: S101 - asked for by the query
    assert row.start is not None  # noqa: S101
    return Spot(row.day, row.start, key_of(row.team_id, row.visit.lead_id))


def _move(proposal: ScheduleProposal, ids: Collection[int], actor: Actor, at: datetime) -> None:
    """Move the visits with one statement, noted in one row; what missed its day is noted by itself too."""
    missed = Visit.objects.filter(pk__in=ids, planned_on__lt=day_of(at)).order_by("pk")
    days = dict(missed.values_list("pk", "planned_on"))
    rows = proposal.rows.filter(visit=OuterRef("pk"))
    moved = VISIT.move(
        Visit.objects.filter(pk__in=ids),
        "place",
        planned_on=Subquery(rows.values("day")[:1]),
        planned_start=Subquery(rows.values("start")[:1]),
        planned_minutes=Subquery(rows.values("minutes")[:1]),
        planned_team=Subquery(rows.values("team")[:1]),
        planned_by_id=actor.user_id,
        late_reason="",
        late_approved=False,
        break_reason="",
        **changed(),
    )
    if moved != len(ids):
        sentence = _("The visits were changed since the proposal was made. Make a new proposal.")
        raise Refusal("schedule_changed", sentence, count=len(ids))
    asking.withdraw(ids, at)
    taken = proposal.rows.filter(visit__in=ids)
    taken.update(taken_at=at)
    told = taken.order_by("visit_id").values_list("visit_id", "day", "start", "team_id")
    for row in taken.filter(visit__in=days).order_by("visit_id"):
        spot, was = _spot(row), days[row.visit_id]
        told_of = {"from": was.isoformat() if was else None, "to": spot.day.isoformat()}
        told_of |= {"start": clock_words(spot.start), "proposal": str(proposal.pk)}
        _note(proposal.plan, "place", f"visits.visit:{row.visit_id}", actor, at, told_of)
    facts = {"count": moved, "proposal": proposal.pk, "rows": digest_rows(told)}
    _note(proposal.plan, "take_schedule", f"plans.plan:{proposal.plan.slug}", actor, at, facts)


@transaction.atomic(savepoint=False)
def place(
    *,
    visit_id: int,
    planned_on: date,
    start: int,
    team_id: int | None,
    reason: str = "",
    revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> Visit:
    """Put one visit where a person wants it; what breaks a hard rule needs a reason, or is refused whole.

    Args:
        visit_id: The visit.
        planned_on: The day.
        start: When it begins, in minutes after midnight.
        team_id: The team, None for the lead office as a whole.
        reason: Why a rule is broken; kept only where one is.
        revision: That of the visit when it was looked at. The same spot once more changes nothing.
        actor: Who.
        at: When.

    Raises:
        NotPermitted: The actor does not set the schedule of the visit's lead.
        Refusal: `planned_in_past`, `planned_too_far`, `later_day_by_asking`, `rule_broken`, `time_wrong`,
            `time_over`, `reason_too_long`, `team_unknown`, `visit_not_to_make`, `visit_unknown`,
            `visit_changed`.

    """
    visit = find_visit(visit_id)
    _require_leads({visit.lead_id}, actor, at)
    in_turn(visit.measure.plan_id)
    if _is_set(visit, (planned_on, start, team_id), revision, actor):
        return visit
    _check_spot(visit, planned_on, start, at)
    found = arrangement(visit.measure.plan, {visit.lead_id}, at)
    broken = broken_at(found, visit_id, Spot(planned_on, start, key_of(team_id, visit.lead_id)))
    VISIT.move_one(
        Visit.objects.filter(pk=visit_id, revision=visit.revision),
        "place",
        planned_on=planned_on,
        planned_start=start,
        planned_minutes=found.settings.visit_minutes,
        planned_team_id=team_id,
        planned_by_id=actor.user_id,
        break_reason=kept_reason(broken, reason, found),
        **({"late_reason": "", "late_approved": False} if planned_on <= visit.due_on else {}),
        **changed(),
    )
    asking.withdraw([visit_id], at)
    facts = _placed(visit, planned_on, start, broken)
    _note(visit.measure.plan, "place", f"visits.visit:{visit_id}", actor, at, facts)
    visit.refresh_from_db()
    return visit


def _placed(visit: Visit, planned_on: date, start: int, broken: list[Break]) -> dict[str, object]:
    return {
        "unit": visit.unit_id,
        "lead": visit.lead_id,
        "from": visit.planned_on.isoformat() if visit.planned_on else None,
        "to": planned_on.isoformat(),
        "start": clock_words(start),
        "rules": [one.rule.value for one in broken],
    }


def _is_set(visit: Visit, spot: tuple[date, int, int | None], revision: int | None, actor: Actor) -> bool:
    """Read the visit's spot anew; return whether somebody, perhaps the same click, put it there meanwhile.

    Raises:
        Refusal: `visit_changed` where it stands elsewhere than when it was looked at.

    """
    visit.refresh_from_db(fields=["planned_on", "planned_by", "planned_start", "planned_team", "revision"])
    if revision in {None, visit.revision}:
        return False
    if (visit.planned_on, visit.planned_start, visit.planned_team_id) == spot:
        return True
    raise Refusal("visit_changed", _changed_words(visit, actor), visit=visit.pk)


def _changed_words(visit: Visit, actor: Actor) -> str:
    """Say where a visit stands that was changed since it was looked at, and who put it there."""
    words = _("without a day")
    if visit.planned_on is not None:
        words = written(visit.planned_on, "full")
        if visit.planned_start is not None:
            words = f"{words} {clock_words(visit.planned_start)}"
    by = visit.planned_by
    if by is None:
        sentence = _(
            "This visit was changed since you opened the page: it stands: %(spot)s. Set it again if that is"
            " wrong."
        )
    elif by.pk == actor.user_id:
        sentence = _(
            "This visit was changed since you opened the page: it stands: %(spot)s, where you put it"
            " yourself. Set it again if that is wrong."
        )
    else:
        sentence = _(
            "This visit was changed since you opened the page: it stands: %(spot)s, where %(person)s put"
            " it. Set it again if that is wrong."
        )
    return sentence % {"spot": words, "person": (by.name or by.username) if by else ""}


def _check_spot(visit: Visit, planned_on: date, start: int, at: datetime) -> None:
    """Let pass a day still to come, within the deadline or the one that was allowed, and a time of it."""
    in_time_to_place(planned_on, today=day_of(at), due_on=visit.due_on, stands=visit.planned_on)
    if not 0 <= start < 24 * 60:
        raise Refusal("time_wrong", _("Enter a time of the day."), field="start")
    in_time_of_day(planned_on, start, stands=(visit.planned_on, visit.planned_start), at=at)


@transaction.atomic(savepoint=False)
def pin(*, plan_id: int, visit_ids: Collection[int], pinned: bool, actor: Actor, at: datetime) -> int:
    """Fix visits where they are, or let proposals move them again; return how many changed.

    Raises:
        NotPermitted: The actor does not set the schedule of one of the leads.
        Refusal: `nothing_chosen` when none of them is still to make and has a day.

    """
    rows = Visit.objects.filter(pk__in=visit_ids, measure__plan_id=plan_id, status=VisitStatus.PLANNED)
    dated = dict(rows.filter(planned_on__isnull=False).values_list("pk", "lead_id"))
    if not dated:
        sentence = _("Choose at least one visit that has a day.")
        raise Refusal("nothing_chosen", sentence, field="visits")
    _require_leads(set(dated.values()), actor, at)
    wanted = Visit.objects.filter(pk__in=dated, pinned=not pinned, planned_on__isnull=False)
    ids = sorted(wanted.values_list("pk", flat=True))
    moved = VISIT.move(wanted, "pin", pinned=pinned, **changed())
    facts = {"count": moved, "rows": digest_rows((pk,) for pk in ids)}
    plan = Plan.objects.get(pk=plan_id)
    _note(plan, "pin" if pinned else "unpin", f"plans.plan:{plan.slug}", actor, at, facts)
    return moved


def _require_leads(lead_ids: set[int], actor: Actor, at: datetime) -> None:
    """Let pass who sets the schedule of all these leads.

    Raises:
        NotPermitted: `not_permitted`, with the first lead that the actor does not reach.

    """
    reached = scope(actor, Permission.VISIT_SCHEDULE, at).filter(pk__in=lead_ids)
    for lead_id in sorted(lead_ids - set(reached.values_list("pk", flat=True))):
        refuse(Permission.VISIT_SCHEDULE, unit_id=lead_id)
    if not lead_ids:
        require(actor, Permission.VISIT_SCHEDULE, at=at)


def _note(  # noqa: PLR0917 - all that the trail tells of it
    plan: Plan, verb: str, subject: str, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    trail.record(
        stream=f"plan:{plan.slug}", action=f"visits.{verb}", subject=subject, actor=actor, at=at, facts=facts
    )
