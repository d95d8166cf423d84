"""An office is handed to somebody else for a time: offered, accepted or declined, ended."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.approvals.authority import fits
from songnuan.approvals.lifecycle import DELEGATION, STANDING
from songnuan.approvals.models import Delegation
from songnuan.approvals.rules import check_days, delegable, reason_of
from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require


@transaction.atomic(savepoint=False)
def offer_delegation(  # noqa: PLR0913 - an action names every fact it needs
    *,
    delegate_id: int,
    permission: str,
    unit_id: int,
    starts_on: date,
    last_day: date,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Delegation:
    """Hand what the actor may do over the unit to somebody, from a day to a day, both included.

    It counts once that person accepts it, and only as long as the actor holds the post. It cannot be
    handed on: what counts is the actor's own post.

    Raises:
        Refusal: `not_permitted`, `permission_unknown`, `delegate_unknown`, `delegate_self`,
            `posts_incompatible`, `delegation_stands`, or from `rules` what is wrong with days and reason.

    """
    giver_id = _person(actor)
    if permission not in delegable():
        raise Refusal("permission_unknown", _("This cannot be handed over. Reload the page."), field="office")
    asked = Permission(permission)
    require(actor, asked, unit_id=unit_id, at=at)
    if delegate_id == giver_id:
        raise Refusal("delegate_self", _("Choose somebody else: you hold this office."), field="delegate")
    if not User.objects.filter(pk=delegate_id, is_active=True).exists():
        sentence = _("There is no such account, or it is closed. Choose another person.")
        raise Refusal("delegate_unknown", sentence, field="delegate")
    check_days(starts_on, last_day, day_of(at))
    ends_on = last_day + timedelta(days=1)
    row = Delegation(
        giver_id=giver_id,
        delegate_id=delegate_id,
        permission=asked.value,
        unit_id=unit_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason_of(reason),
        offered_at=at,
    )
    _check_fits(row, at)
    # Two offers at once: the second waits for the first here, and sees it.
    User.objects.select_for_update().get(pk=giver_id)
    overlapping = Delegation.objects.filter(
        giver_id=giver_id, permission=asked.value, unit_id=unit_id, status__in=STANDING
    ).filter(starts_on__lt=ends_on, ends_on__gt=starts_on)
    if overlapping.exists():
        sentence = _("For some of these days the office is handed over already. End that delegation first.")
        raise Refusal("delegation_stands", sentence, field="starts_on")
    row.save(force_insert=True)
    _note(row, "offer_delegation", actor, at)
    return row


@transaction.atomic(savepoint=False)
def accept_delegation(*, delegation_id: int, actor: Actor, at: datetime) -> Delegation:
    """Take on what was offered to the actor.

    Raises:
        Refusal: `delegation_unknown`, `delegation_over`, `posts_incompatible`, `wrong_state`.

    """
    row = _found(delegation_id, actor, as_giver=False)
    if row.ends_on <= day_of(at):
        raise Refusal("delegation_over", _("Its last day has passed. Ask for a new one."))
    _check_fits(row, at)
    return _moved(row, "accept", actor, at, answered_at=at)


@transaction.atomic(savepoint=False)
def decline_delegation(*, delegation_id: int, actor: Actor, at: datetime) -> Delegation:
    """Refuse what was offered to the actor.

    Raises:
        Refusal: `delegation_unknown`, `wrong_state`.

    """
    row = _found(delegation_id, actor, as_giver=False)
    return _moved(row, "decline", actor, at, answered_at=at)


@transaction.atomic(savepoint=False)
def end_delegation(*, delegation_id: int, actor: Actor, at: datetime) -> Delegation:
    """End a delegation before its last day, by either side; what was done in it stays done.

    Raises:
        Refusal: `delegation_unknown`, `wrong_state` when it has ended or was declined.

    """
    row = _found(delegation_id, actor, as_giver=True)
    return _moved(row, "end", actor, at, ended_at=at, ended_by_id=actor.user_id)


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        sentence = _("Only a person can hand over an office or take it on. Sign in with your own account.")
        raise NotPermitted("person_needed", sentence)
    return actor.user_id


def _found(delegation_id: int, actor: Actor, *, as_giver: bool) -> Delegation:
    """Return the delegation if it concerns the actor, locked; others are not told whether it is there."""
    person_id = _person(actor)
    row = Delegation.objects.select_for_update().filter(pk=delegation_id).first()
    sides = {row.delegate_id, row.giver_id if as_giver else row.delegate_id} if row else set()
    if row is None or person_id not in sides:
        sentence = _("There is no such delegation of yours. Open the list again.")
        raise Refusal("delegation_unknown", sentence, delegation=delegation_id)
    return row


def _check_fits(row: Delegation, at: datetime) -> None:
    if not fits(row, at):
        raise Refusal(
            "posts_incompatible",
            _(
                "The person’s own posts exclude this office, or the office is held no longer: who writes "
                "plans, pays, inspects or administers does not decide. Choose another person."
            ),
            field="delegate",
        )


def _moved(row: Delegation, verb: str, actor: Actor, at: datetime, **updates: object) -> Delegation:
    DELEGATION.move_one(Delegation.objects.filter(pk=row.pk), verb, **updates)
    _note(row, f"{verb}_delegation", actor, at)
    row.refresh_from_db()
    return row


def _note(row: Delegation, verb: str, actor: Actor, at: datetime) -> None:
    record(
        stream="delegations",
        action=f"approvals.{verb}",
        subject=f"approvals.delegation:{row.pk}",
        actor=actor,
        at=at,
        facts={
            "giver": row.giver_id,
            "delegate": row.delegate_id,
            "permission": row.permission,
            "unit": row.unit_id,
            "from": row.starts_on.isoformat(),
            "to": (row.ends_on - timedelta(days=1)).isoformat(),
        },
    )
