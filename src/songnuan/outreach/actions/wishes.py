"""The writers of wishes, ways and letters. What people wish they say for themselves alone."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NoReturn

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.jobs.channels import CHANNELS
from songnuan.jobs.models import OutboxMessage
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sealed import blind_index
from songnuan.organisation.models import User
from songnuan.outreach import rules
from songnuan.outreach.models import AddressCode, Letter, Passed, Way, Wishes
from songnuan.outreach.queries import address_digest, is_confirmed, open_code, way_of
from songnuan.outreach.rules import Hours

DAY = timedelta(days=1)


@transaction.atomic(savepoint=False)
def set_wishes(*, hours: Hours, actor: Actor, at: datetime) -> bool:
    """Keep when the actor wants to be told; return whether anything differed.

    Raises:
        Refusal: `reminders_of_nobody`, `digest_in_quiet`.

    """
    user_id = own(actor)
    rules.check_hours(hours)
    told = {name: getattr(hours, name) for name in ("at_once", "quiet_from", "quiet_until", "digest_at")}
    if Wishes.objects.filter(user_id=user_id, **told).exists():
        return False
    Wishes.objects.update_or_create(user_id=user_id, defaults={**told, "changed_at": at})
    _note("set_wishes", user_id, actor, at)
    return True


@transaction.atomic(savepoint=False)
def make_code(*, channel: str, actor: Actor, at: datetime) -> tuple[AddressCode, str]:
    """Make a code for the address in the actor's account, and return it with its digits; earlier ones end.

    Raises:
        Refusal: `reminders_of_nobody`, `address_missing`, `codes_too_many`, `way_not_ready`.

    """
    user = User.objects.get(pk=own(actor))
    way = CHANNELS[channel]
    if not way.is_ready():
        _refuse_not_ready()
    address = way.address_of(user)
    if not address:
        raise Refusal("address_missing", _("Enter your address first."), field="email")
    before = AddressCode.objects.filter(user=user, channel=channel)
    if before.filter(sent_at__gt=at - DAY).count() >= rules.CODES_A_DAY:
        sentence = _("%(count)s codes were sent within a day. Try again tomorrow.")
        raise Refusal("codes_too_many", sentence % {"count": rules.CODES_A_DAY}, count=rules.CODES_A_DAY)
    before.filter(used_at=None, expires_at__gt=at).update(expires_at=at)
    digits = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    row = AddressCode.objects.create(
        user=user,
        channel=channel,
        address_digest=address_digest(channel, address),
        code_digest=_code_digest(user.pk, digits),
        sent_at=at,
        expires_at=at + rules.CODE_VALID,
    )
    _note("send_code", user.pk, actor, at, channel=channel)
    return row, digits


@transaction.atomic(savepoint=False)
def confirm_address(*, channel: str, code: str, actor: Actor, at: datetime) -> int | None:
    """Take the code that was sent: the address is confirmed, and its way is on from now.

    Returns:
        None when it is confirmed; else, of a wrong code, how many tries are left. A wrong code is no
        refusal, since the try has to be counted.

    Raises:
        Refusal: `reminders_of_nobody`, `address_code_over` when none waits for an entry.

    """
    user = User.objects.get(pk=own(actor))
    row = open_code(user.pk, channel, at)
    if row is None or row.address_digest != address_digest(channel, CHANNELS[channel].address_of(user)):
        _refuse_over()
    # Counted first: of two tries at once each takes its own.
    if not AddressCode.objects.filter(pk=row.pk, tries=row.tries, used_at=None).update(tries=row.tries + 1):
        _refuse_over()
    if not secrets.compare_digest(row.code_digest, _code_digest(user.pk, code.strip())):
        return rules.CODE_TRIES - row.tries - 1
    AddressCode.objects.filter(pk=row.pk).update(used_at=at)
    told = {"address_digest": row.address_digest, "is_on": True, "since": at, "refused_at": None}
    Way.objects.update_or_create(user=user, channel=channel, defaults=told)
    _note("confirm_address", user.pk, actor, at, channel=channel)
    return None


@transaction.atomic(savepoint=False)
def turn_way(*, channel: str, on: bool, actor: Actor, at: datetime) -> bool:
    """Turn one of the actor's ways on or off; return whether it stood otherwise.

    Raises:
        Refusal: `reminders_of_nobody`, `way_not_ready`, `address_unconfirmed`.

    """
    user = User.objects.get(pk=own(actor))
    way = CHANNELS[channel]
    if on and not way.is_ready():
        _refuse_not_ready()
    if on and way.is_confirmed and not is_confirmed(way_of(user.pk, channel), way, user):
        sentence = _("Confirm the address first: have a code sent to it, and enter the code.")
        raise Refusal("address_unconfirmed", sentence, field="code")
    if on and not way.is_confirmed:
        Way.objects.get_or_create(user=user, channel=channel, defaults={"is_on": False, "since": at})
    turned = {"is_on": True, "since": at, "refused_at": None} if on else {"is_on": False}
    if not Way.objects.filter(user=user, channel=channel, is_on=not on).update(**turned):
        return False
    _note("turn_on" if on else "turn_off", user.pk, actor, at, channel=channel)
    return True


@transaction.atomic(savepoint=False)
def take_turn(*, way: Way, digest_on: date | None) -> bool:
    """Take the next look at a way, until commit; False when another has looked meanwhile.

    With `digest_on` the digest of that day is taken as well, also where it says nothing.
    """
    rows = Way.objects.filter(pk=way.pk, turn=way.turn, is_on=True, digest_on=way.digest_on)
    return rows.update(turn=F("turn") + 1, digest_on=digest_on or way.digest_on) == 1


@transaction.atomic(savepoint=False)
def keep_letter(
    *, way: Way, kind: str, day: date, message: OutboxMessage, told: Iterable[OutboxMessage]
) -> None:
    """Keep that these notices leave with a message of the outbox."""
    letter = Letter.objects.create(way=way, message=message, kind=kind, day=day)
    Passed.objects.bulk_create(Passed(message=row, channel=way.channel, letter=letter) for row in told)


@transaction.atomic(savepoint=False)
def leave_out(*, way: Way, told: Iterable[OutboxMessage]) -> None:
    """Keep that these notices need not leave any more."""
    Passed.objects.bulk_create(Passed(message=row, channel=way.channel) for row in told)


@transaction.atomic(savepoint=False)
def settle_failure(*, letter: Letter, is_refused: bool, actor: Actor, at: datetime) -> bool:
    """See to a letter that could not be sent: its notices wait again; a refused address turns its way off.

    Returns:
        Whether this turned the way off.

    """
    if not Letter.objects.filter(pk=letter.pk, settled_at=None).update(settled_at=at):
        return False
    Passed.objects.filter(letter=letter).delete()
    if not is_refused:
        return False
    if not Way.objects.filter(pk=letter.way_id, is_on=True).update(is_on=False, refused_at=at):
        return False
    _note("refuse_address", letter.way.user_id, actor, at, channel=letter.way.channel)
    return True


def own(actor: Actor) -> int:
    """Return whose account the actor has.

    Raises:
        NotPermitted: `reminders_of_nobody` when the actor has none.

    """
    if actor.user_id is None:
        raise NotPermitted("reminders_of_nobody", _("Only somebody with an account is reminded."))
    return actor.user_id


def _refuse_over() -> NoReturn:
    sentence = _(
        "No code waits to be entered: it is used, too old, or was mistyped too often. Have one sent anew."
    )
    raise Refusal("address_code_over", sentence, field="code")


def _refuse_not_ready() -> NoReturn:
    raise Refusal("way_not_ready", _("No mail server is set up here. An administrator can name one."))


def _code_digest(user_id: int, digits: str) -> str:
    return blind_index("outreach.code", f"{user_id}:{digits}")


def _note(verb: str, user_id: int, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        stream="accounts",
        action=f"outreach.{verb}",
        subject=f"organisation.user:{user_id}",
        actor=actor,
        at=at,
        facts=facts,
    )
