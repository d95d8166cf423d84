"""Who gets in: what happened at the door, for the trail, and a second step that was lost."""

import secrets
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.accounts import get, require_over
from songnuan.organisation.models import CalendarAddress, User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse

REASON_MAX = 200
SECRET_BYTES = 32
ROTATED = "organisation.rotate_key"


class Access(StrEnum):
    """What can happen at the door, by the name it has in the trail."""

    SIGN_IN = "sign_in"
    FAIL = "fail_sign_in"
    LOCK_OUT = "lock_out"
    SET_SECOND_FACTOR = "set_second_factor"
    END_SECOND_FACTOR = "end_second_factor"
    MAKE_CODES = "make_recovery_codes"


@transaction.atomic(savepoint=False)
def note_access(*, event: Access, user_id: int | None, actor: Actor, at: datetime, **facts: str) -> None:
    """Note for the trail what happened at the door; `user_id` is None where the name typed is nobody's.

    The name itself is never noted: people type their password there by mistake.
    """
    _note(event.value, user_id, actor, at, **facts)


@transaction.atomic(savepoint=False)
def note_rotation(*, key: str, resealed: int, actor: Actor, at: datetime) -> None:
    """Note that sealed values are under another key from now on, `resealed` of them sealed anew."""
    if not actor.is_system:
        refuse(Permission.ACCOUNT_MANAGE)
    record(
        stream="organisation",
        action=ROTATED,
        subject="organisation.installation:1",
        actor=actor,
        at=at,
        facts={"key": key, "count": resealed},
    )


@transaction.atomic(savepoint=False)
def reset_second_factor(*, user_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Take the second step off an account whose owner has lost it: the password alone opens it again.

    Raises:
        Refusal: `own_second_factor`, `user_unknown`, `reason_missing`, `text_too_long`,
            `no_second_factor`.

    """
    if user_id == actor.user_id:
        sentence = _("Your own second step is changed on your own page, or by another administrator.")
        raise Refusal("own_second_factor", sentence, user=user_id)
    require_over(actor, user_id, at)
    get(user_id)
    told = _reason(reason)
    removed, _tables = Authenticator.objects.filter(user_id=user_id).delete()
    if not removed:
        sentence = _("No second step is set up for this account.")
        raise Refusal("no_second_factor", sentence, user=user_id)
    _note("reset_second_factor", user_id, actor, at, reason=told)


def has_second_factor(user_id: int) -> bool:
    """Return whether a second step is asked for when the account signs in."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def _reason(text: str) -> str:
    told = text.strip()
    if not told:
        raise Refusal("reason_missing", _("Enter the reason: it stays in the trail."), field="reason")
    if len(told) > REASON_MAX:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(told), "limit": REASON_MAX}
        raise Refusal("text_too_long", sentence % figures, field="reason", length=len(told), limit=REASON_MAX)
    return told


@transaction.atomic(savepoint=False)
def make_calendar_address(*, actor: Actor, at: datetime) -> str:
    """Make the secret of the actor's calendar address and return it, this once; an earlier one ends.

    Raises:
        Refusal: `calendar_of_nobody` when the actor has no account.

    """
    user_id = _own(actor)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarAddress.objects.update_or_create(
        user_id=user_id, defaults={"digest": _digest(secret), "made_at": at}
    )
    _note("make_calendar_address", user_id, actor, at)
    return secret


@transaction.atomic(savepoint=False)
def end_calendar_address(*, actor: Actor, at: datetime) -> bool:
    """Take the actor's calendar address back; return whether there was one.

    Raises:
        Refusal: `calendar_of_nobody` when the actor has no account.

    """
    user_id = _own(actor)
    ended, _rows = CalendarAddress.objects.filter(user_id=user_id).delete()
    if ended:
        _note("end_calendar_address", user_id, actor, at)
    return bool(ended)


def calendar_made_at(user_id: int) -> datetime | None:
    """Return since when the person has a calendar address; None without one."""
    return CalendarAddress.objects.filter(user_id=user_id).values_list("made_at", flat=True).first()


def holder_of_calendar(secret: str) -> User | None:
    """Return whose calendar the secret opens: nobody's once it was taken back, or the account is shut."""
    rows = CalendarAddress.objects.select_related("user").filter(digest=_digest(secret), user__is_active=True)
    found = rows.first()
    return found.user if found else None


def _own(actor: Actor) -> int:
    if actor.user_id is None:
        raise Refusal("calendar_of_nobody", _("Only somebody with an account has a calendar."))
    return actor.user_id


def _digest(secret: str) -> str:
    # The secret is drawn at random and long: nobody finds it by trying, so that a plain digest is enough.
    return sha256(secret.encode()).hexdigest()


def _note(verb: str, user_id: int | None, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        stream="accounts",
        action=f"organisation.{verb}",
        subject=f"organisation.user:{user_id or 'unknown'}",
        actor=actor,
        at=at,
        facts=facts,
    )
