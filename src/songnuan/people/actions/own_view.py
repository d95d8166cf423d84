"""Gives people the code with which they see what is held of them, and lets in who has it."""

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse
from songnuan.people import access_codes
from songnuan.people.columns import LIMITS
from songnuan.people.models import AccessCode, Person, PersonStatus
from songnuan.people.scope import within


@dataclass(frozen=True, slots=True)
class Issued:
    """Codes as they are handed over, this once; each opens once."""

    codes: tuple[str, ...]
    expires_at: datetime

    @property
    def code(self) -> str:
        """The first of them."""
        return self.codes[0]


@dataclass(frozen=True, slots=True)
class Opened:
    """Who came in, with which code, and until when what it opened stays open."""

    code_id: int
    person_key: str
    until: datetime


@transaction.atomic(savepoint=False)
def issue_code(*, person_key: str, guardian: str = "", count: int = 1, actor: Actor, at: datetime) -> Issued:
    """Give a person codes, each for one time; those given before open nothing any more.

    Args:
        person_key: Whose.
        guardian: The name of who asks for it, of a minor.
        count: How many.
        actor: Needs PEOPLE_SHOW over the person.
        at: When.

    Raises:
        Refusal: `person_gone`, `not_permitted`, `ending_missing` when neither a number nor a phone is
            known, `guardian_missing`, `name_too_long`.

    """
    person = _shown(person_key, actor, at)
    if actor.user_id is None:  # somebody answers for handing it out
        refuse(Permission.PEOPLE_SHOW)
    if not access_codes.ending_of(person):
        sentence = _(
            "Neither an identity number nor a phone is known of this person, so nobody could be told from "
            "another who has the code. Bring the phone in with the roster first."
        )
        raise Refusal("ending_missing", sentence)
    minor = access_codes.needs_guardian(person, day_of(at))
    asked_by = _guardian(guardian) if minor else None
    _revoke(person, at)
    issued = Issued(tuple(access_codes.fresh() for _ in range(count)), at + access_codes.VALID)
    AccessCode.objects.bulk_create(
        AccessCode(
            person=person,
            digest=access_codes.digest(code),
            guardian=asked_by,
            issued_by_id=actor.user_id,
            issued_at=at,
            expires_at=issued.expires_at,
        )
        for code in issued.codes
    )
    _record("people.issue_code", person, actor, at, minor=minor, count=count)
    return issued


@transaction.atomic(savepoint=False)
def revoke_code(*, person_key: str, actor: Actor, at: datetime) -> bool:
    """Let a person's code open nothing any more; return whether there was one.

    Raises:
        Refusal: `person_gone`, `not_permitted`.

    """
    person = _shown(person_key, actor, at)
    revoked = _revoke(person, at)
    if revoked:
        _record("people.revoke_code", person, actor, at)
    return revoked


@transaction.atomic(savepoint=False)
def open_own_view(*, code: str, ending: str, actor: Actor, at: datetime) -> Opened | None:
    """Let in who has a code and what goes with it; None for everybody else, without a word why.

    A code opens once, and for a moment again. What does not fit is counted for all codes that were handed
    over together, and the fifth time locks them; so it is no refusal, which would undo the count. `actor` is
    the house, at whose door somebody stands who is not known yet, or whose account is signed in there: the
    trail tells it, as an account that opens others' pages has to be asked why.
    """
    rows = AccessCode.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(access_codes.live(at), digest=access_codes.digest(code)).first()
    person = None if row is None else access_codes.behind(row)
    known = "" if person is None else access_codes.ending_of(person)
    fits = compare_digest(access_codes.plain(ending).encode(), (known or "-").encode())
    if row is None or person is None or person.status != PersonStatus.ACTIVE:
        return None
    if not fits:
        together = AccessCode.objects.filter(person=row.person, issued_at=row.issued_at)
        together.update(failed_count=F("failed_count") + 1)
        if row.failed_count + 1 == access_codes.FAILURES:
            _record("people.lock_code", person, actor, at)
        return None
    used_at = row.used_at or at
    AccessCode.objects.filter(pk=row.pk).update(used_count=F("used_count") + 1, used_at=used_at)
    beside = {} if actor.user_id is None else {"user": actor.user_id}
    _record("people.open_own_view", person, access_codes.oneself(person.key), at, **beside)
    return Opened(row.pk, person.key, used_at + access_codes.OPEN_FOR)


@transaction.atomic(savepoint=False)
def take_own_view(*, person_key: str, actor: Actor, at: datetime) -> None:
    """Record that a person took a copy of what is held of them.

    Raises:
        Refusal: `not_permitted` to anybody else, `person_gone`.

    """
    if actor != access_codes.oneself(person_key):
        refuse(Permission.PEOPLE_SHOW)
    person = _active(person_key)
    _record("people.take_own_view", person, actor, at)


def _shown(person_key: str, actor: Actor, at: datetime) -> Person:
    """Return the person, locked, of whom the actor may see everything."""
    person = _active(person_key)
    if not within(actor, Permission.PEOPLE_SHOW, at).filter(pk=person.pk).exists():
        refuse(Permission.PEOPLE_SHOW)
    return person


def _active(key: str) -> Person:
    person = Person.objects.select_for_update().filter(key=key, status=PersonStatus.ACTIVE).first()
    if person is None:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    return person


def _guardian(told: str) -> str:
    name = tidy_name(told)
    if not name:
        sentence = _("This person is under 18. Enter the name of the parent or guardian who asks.")
        raise Refusal("guardian_missing", sentence, field="guardian")
    if len(name) > LIMITS["name"]:
        sentence = _("The name has %(length)s characters, more than %(max)s. Enter the name alone.")
        figures = {"length": len(name), "max": LIMITS["name"]}
        raise Refusal("name_too_long", sentence % figures, field="guardian")
    return name


def _revoke(person: Person, at: datetime) -> bool:
    """Revoke the codes that may still open what is held of a person; return whether there were any."""
    mine = AccessCode.objects.filter(person=person) | AccessCode.objects.filter(person__merged_into=person)
    ids = list(mine.filter(revoked_at__isnull=True).values_list("pk", "expires_at", "failed_count"))
    AccessCode.objects.filter(pk__in=[pk for pk, _until, _failed in ids]).update(revoked_at=at)
    return any(until > at and failed < access_codes.FAILURES for _pk, until, failed in ids)


def _record(action: str, person: Person, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        stream="people",
        action=action,
        subject=f"people.person:{person.key}",
        actor=actor,
        at=at,
        facts=facts,
    )
