"""Who is in the leading group, and who acts for whom."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from songnuan.emergency.command_queries import members_on
from songnuan.emergency.command_rules import SHORT_LONGEST, short, words
from songnuan.emergency.models import (
    Activation,
    ActivationStatus,
    Handover,
    HandoverStatus,
    Member,
    Position,
    StandIn,
)
from songnuan.emergency.noting import held_measure, note, person
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require

TURN_MOST = 99
STANDIN_REASON = 400


@transaction.atomic(savepoint=False)
def appoint_member(
    *,
    measure_id: int,
    user_id: int,
    position: str,
    turn: int,
    duty: str,
    starts_on: date,
    actor: Actor,
    at: datetime,
) -> Member:
    """Take somebody into the leading group, from a day on; who is in it already changes place on that day.

    Args:
        measure_id: The measure.
        user_id: Who; an active account.
        position: A value of `Position`.
        turn: The place in the order of those who act for the leader, from 1.
        duty: What they answer for; may be empty.
        starts_on: The first day, today or later.
        actor: Needs EMERGENCY_MANAGE over the plan's unit, and is somebody else.
        at: When.

    Whoever may end a response keeps that authority in the new place.

    Raises:
        Refusal: `not_permitted`, `own_place`, `group_member_unknown`, `position_unknown`, `turn_invalid`,
            `leader_stands`, `member_same`, `day_past`, `text_too_long`, `measure_closed`.

    """
    measure = held_measure(measure_id)
    require(actor, Permission.EMERGENCY_MANAGE, unit_id=measure.plan.unit_id, at=at)
    _check_other(user_id, actor)
    _check_place(user_id, position, turn)
    duty = short(duty, field="duty", longest=SHORT_LONGEST)
    if starts_on < day_of(at):
        sentence = _("Somebody is in the group from today on or later: the past is not written anew.")
        raise Refusal("day_past", sentence, field="starts_on")
    rows = Member.objects.filter(measure=measure, ends_on__isnull=True)
    before = rows.filter(user=user_id).first()
    if before is not None:
        if (before.position, before.turn, before.duty) == (position, turn, duty):
            sentence = _("They have this place in the group already. Nothing was changed.")
            raise Refusal("member_same", sentence, field="user")
        _end(before, starts_on)
    if position == Position.LEADER:
        _check_no_leader(measure.pk, user_id, starts_on)
    made = Member.objects.create(
        measure=measure,
        user_id=user_id,
        position=position,
        turn=turn,
        duty=duty,
        starts_on=starts_on,
        appointed_by_id=actor.user_id,
        appointed_at=at,
    )
    _note(made, "appoint_member", actor, at, status=position, **{"from": starts_on.isoformat()})
    return made


def _check_place(user_id: int, position: str, turn: int) -> None:
    """Let pass a place that somebody can have.

    Raises:
        Refusal: `group_member_unknown`, `position_unknown`, `turn_invalid`.

    """
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        sentence = _("There is no such account, or it is closed. Choose another person.")
        raise Refusal("group_member_unknown", sentence, field="user")
    if position not in Position.values:
        raise Refusal("position_unknown", _("Choose what they are in the group."), field="position")
    if not 1 <= turn <= TURN_MOST:
        sentence = _("Write a place in the order from 1 to %(most)s.")
        raise Refusal("turn_invalid", sentence % {"most": TURN_MOST}, field="turn")


def _check_no_leader(measure_id: int, user_id: int, on: date) -> None:
    """Let pass who leads from a day on, where nobody else does then.

    Raises:
        Refusal: `leader_stands`.

    """
    leading = Member.objects.filter(measure=measure_id, position=Position.LEADER).exclude(user=user_id)
    if leading.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).exists():
        sentence = _("The group has a leader on that day. Let their place end first.")
        raise Refusal("leader_stands", sentence, field="position")


@transaction.atomic(savepoint=False)
def end_member(*, member_id: int, ends_on: date, actor: Actor, at: datetime) -> Member:
    """Let somebody's place in the group end: it is theirs until the day before.

    Raises:
        Refusal: `not_permitted`, `own_place`, `group_member_unknown`, `member_holds` while they may end
            a response or are asked to, `day_past`, `measure_closed`.

    """
    row = _found(member_id)
    held_measure(row.measure_id)
    require(actor, Permission.EMERGENCY_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    _check_other(row.user_id, actor)
    if ends_on < day_of(at):
        sentence = _("A place ends today or later: the past is not written anew.")
        raise Refusal("day_past", sentence, field="ends_on")
    _check_free(row)
    _end(row, ends_on)
    _note(row, "end_member", actor, at, to=ends_on.isoformat())
    return row


def _end(row: Member, ends_on: date) -> None:
    """Let a place end.

    Raises:
        Refusal: `wrong_state`.

    """
    last = max(ends_on, row.starts_on)
    if not Member.objects.filter(pk=row.pk, ends_on__isnull=True).update(ends_on=last):
        sentence = _("This place in the group ends already. Reload the page.")
        raise Refusal("wrong_state", sentence, user=row.user_id)
    row.ends_on = last


def _check_free(row: Member) -> None:
    """Let pass whose place may end: they have no response in hand.

    Raises:
        Refusal: `member_holds`.

    """
    # Who is being offered the authority at this moment is not let out of the group.
    list(Activation.objects.select_for_update(no_key=True).filter(measure=row.measure_id, status="active"))
    theirs = Member.objects.filter(measure=row.measure_id, user=row.user_id).values("pk")
    holds = Activation.objects.filter(holder__in=theirs, status=ActivationStatus.ACTIVE).exists()
    asked = Handover.objects.filter(successor__in=theirs, status=HandoverStatus.OFFERED).exists()
    if holds or asked:
        sentence = _(
            "They may end a response that is in force, or are asked to take that on. Let the authority be"
            " handed over first; where they cannot be reached, a superior's order names a successor."
        )
        raise Refusal("member_holds", sentence, field="user", user=row.user_id)


@transaction.atomic(savepoint=False)
def record_stand_in(
    *,
    absent_id: int,
    member_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    issuers: tuple[str, ...],
    actor: Actor,
    at: datetime,
) -> StandIn:
    """Let a deputy leader act for somebody whose position signs, from one moment until another.

    Args:
        absent_id: Whose stead it is.
        member_id: The deputy leader.
        starts_at: From when, now or later.
        ends_at: Until when.
        reason: Why; where the office enters it, on whose word.
        issuers: The positions that sign, as the plan says.
        actor: The absent person, or who has EMERGENCY_MANAGE over the unit and is not the deputy.
        at: When.

    Raises:
        Refusal: `not_permitted`, `own_place`, `group_member_unknown`, `standin_unfit`, `standin_times`,
            `standin_stands`, `words_missing`, `text_too_long`, `measure_closed`.

    """
    absent, deputy = _found(absent_id), _found(member_id)
    measure = held_measure(absent.measure_id)
    if person(actor) != absent.user_id:
        require(actor, Permission.EMERGENCY_MANAGE, unit_id=measure.plan.unit_id, at=at)
        _check_other(deputy.user_id, actor)
    told = words(reason, field="reason", longest=STANDIN_REASON)
    group = {one.pk: one for one in members_on(measure.pk, day_of(at))}
    fits = absent.pk in group and deputy.pk in group and deputy.position == Position.DEPUTY
    if not fits or absent.position not in issuers or absent.pk == deputy.pk:
        sentence = _("A deputy leader acts for somebody of the group who signs orders. Choose both anew.")
        raise Refusal("standin_unfit", sentence, field="member")
    if starts_at < at.replace(second=0, microsecond=0) or ends_at <= starts_at:
        sentence = _("It begins now or later, and ends after that. Correct the times.")
        raise Refusal("standin_times", sentence, field="starts_at")
    standing = StandIn.objects.filter(absent=absent, ended_at__isnull=True)
    if standing.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        sentence = _("Somebody acts in this stead at that time already. End that first.")
        raise Refusal("standin_stands", sentence, field="starts_at")
    row = StandIn.objects.create(
        absent=absent,
        member=deputy,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=told,
        recorded_by_id=actor.user_id,
        recorded_at=at,
    )
    facts = {"user": absent.user_id, "delegate": deputy.user_id}
    note(measure, "record_stand_in", f"emergency.standin:{row.pk}", actor, at, **facts)
    return row


@transaction.atomic(savepoint=False)
def end_stand_in(*, stand_in_id: int, actor: Actor, at: datetime) -> StandIn:
    """Let the acting in somebody's stead end before its time; what was signed in it stays.

    Raises:
        Refusal: `standin_unknown`, `not_permitted`, `wrong_state`.

    """
    rows = StandIn.objects.select_related("absent__measure__plan", "member")
    row = rows.filter(pk=stand_in_id).first()
    if row is None:
        raise Refusal("standin_unknown", _("There is no such entry. Reload the page."))
    plan = row.absent.measure.plan
    own = person(actor) in {row.absent.user_id, row.member.user_id}
    if not own and not permits(actor, Permission.EMERGENCY_MANAGE, unit_id=plan.unit_id, at=at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=plan.unit_id)
    live = StandIn.objects.filter(pk=row.pk, ended_at__isnull=True, ends_at__gt=at)
    if not live.update(ended_at=at, ended_by=actor.user_id):
        raise Refusal("wrong_state", _("This is over already. Reload the page."), standin=row.pk)
    note(
        row.absent.measure, "end_stand_in", f"emergency.standin:{row.pk}", actor, at, user=row.absent.user_id
    )
    row.refresh_from_db()
    return row


def _found(member_id: int) -> Member:
    row = Member.objects.select_related("measure__plan", "user").filter(pk=member_id).first()
    if row is None:
        raise Refusal("group_member_unknown", _("There is no such member. Reload the page."), field="user")
    return row


def _check_other(user_id: int, actor: Actor) -> None:
    """Let pass who changes somebody else's place.

    Raises:
        NotPermitted: `own_place`.

    """
    if actor.user_id == user_id:
        sentence = _("Nobody gives themselves a place in the leading group. Ask somebody else of the office.")
        raise NotPermitted("own_place", sentence)


def _note(row: Member, verb: str, actor: Actor, at: datetime, **facts: str) -> None:
    note(row.measure, verb, f"emergency.member:{row.pk}", actor, at, user=row.user_id, **facts)
