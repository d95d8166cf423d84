"""Takes in what people ask to have corrected or erased, and what the office answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.cells import text
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse
from songnuan.people import access_codes, corrections
from songnuan.people.actions.erasing import erase_person
from songnuan.people.actions.looking import PlainPerson, show_person
from songnuan.people.lifecycle import CORRECTION
from songnuan.people.models import Correction, CorrectionStatus, Person, PersonStatus
from songnuan.people.queries.corrections import has_looked, of_person, other_grounds
from songnuan.people.scope import within
from songnuan.people.turn import take_turn


@dataclass(frozen=True, slots=True)
class PlainCorrection:
    """What somebody asks for, in full, and the person as it stands."""

    person: PlainPerson
    value: str
    reason: str


@transaction.atomic(savepoint=False)
def ask_correction(
    *, person_key: str, field: str, value: str = "", reason: str = "", actor: Actor, at: datetime
) -> Correction:
    """Take in what a person asks for of themselves.

    Args:
        person_key: The person.
        field: One of `corrections.FIELDS`; "" to be erased.
        value: What it should be, as it was typed.
        reason: How they know; why they want to be erased, if they say.
        actor: The person, `access_codes.oneself`.
        at: When.

    Raises:
        Refusal: `not_permitted`, `person_gone`, `correction_open` when it is asked for already,
            `reason_missing`, `text_too_long`, or from `corrections.read`.

    """
    if actor != access_codes.oneself(person_key):
        refuse(Permission.PEOPLE_SHOW)
    person = _active(person_key)
    wanted = None if field == corrections.ERASURE else corrections.read(field, value, person, day_of(at))
    why = corrections.short(text(reason), "reason")
    if wanted is not None and not why:
        sentence = _("Say how you know, for example: as on the identity card. The office decides by it.")
        raise Refusal("reason_missing", sentence, field="reason")
    if of_person(person).filter(field=field, status=CorrectionStatus.ASKED).exists():
        sentence = _("You have asked for this already, and the office has not answered yet.")
        raise Refusal("correction_open", sentence, field="field")
    row = Correction(person=person, field=field, value=wanted, reason=why or None, asked_at=at)
    Correction.objects.bulk_create([row])
    _record("people.ask_correction", person, actor, at, field=_named(field))
    return row


@transaction.atomic(savepoint=False)
def show_correction(*, correction_id: int, purpose: str, actor: Actor, at: datetime) -> PlainCorrection:
    """Return what is asked for in full, to whom says for what; it is a look at the person.

    Raises:
        Refusal: `correction_unknown`, or from `show_person`.

    """
    row, person = _reached(correction_id, actor, at)
    plain = show_person(person_key=person.key, purpose=purpose, actor=actor, at=at)
    return PlainCorrection(plain, row.value or "", row.reason or "")


@transaction.atomic(savepoint=False)
def answer_correction(
    *,
    correction_id: int,
    accept: bool,
    answer: str = "",
    confirmed: bool = False,
    actor: Actor,
    at: datetime,
) -> None:
    """Correct what was asked for, or erase who asked; or say why not.

    Args:
        correction_id: What was asked for.
        accept: Whether it is done.
        answer: What the person reads; needed where it is not done, and of what the program does not do.
        confirmed: That somebody is erased though a roster may have to keep them; `answer` says why.
        actor: Needs PEOPLE_SHOW over the person, and has looked at what is asked for.
        at: When.

    Raises:
        Refusal: `correction_unknown`, `not_permitted`, `wrong_state` when somebody else was first,
            `not_looked`, `answer_missing`, `number_taken`, `ground_requires`, `text_too_long`, or from
            `corrections.read` when it fits no more.

    """
    take_turn()
    row, person = _reached(correction_id, actor, at)
    told = corrections.short(text(answer), "answer")
    mine = Correction.objects.filter(pk=row.pk)
    status, verb = _move(accept=accept)
    told_by = {"answer": told or None, "answered_by_id": actor.user_id, "answered_at": at}
    CORRECTION.move_one(mine, verb, **told_by)
    if row.field != corrections.ERASURE and not has_looked(person, actor, row.asked_at):
        sentence = _("Look at what is asked for in full before you answer.")
        raise Refusal("not_looked", sentence)
    if not told and (not accept or row.field == corrections.OTHER):
        sentence = _("Write the answer that the person reads: what was done, or why it was not.")
        raise Refusal("answer_missing", sentence, field="answer")
    changed: list[str] = []
    if accept and row.field == corrections.ERASURE:
        _may_erase(person, told, confirmed=confirmed)
    elif accept and row.field != corrections.OTHER:
        changed = _correct(person, row, at)
    _record(
        "people.answer_correction",
        person,
        actor,
        at,
        field=_named(row.field),
        outcome=status.value,
        taken=changed,
    )
    if accept and row.field == corrections.ERASURE:
        erase_person(person_key=person.key, actor=actor, at=at)


def _move(*, accept: bool) -> tuple[CorrectionStatus, str]:
    return (CorrectionStatus.ACCEPTED, "accept") if accept else (CorrectionStatus.DECLINED, "decline")


def _named(field: str) -> str:
    """Return what the trail calls a field; to be erased is asked of none."""
    return field or "erasure"


def _active(key: str) -> Person:
    person = Person.objects.select_for_update().filter(key=key, status=PersonStatus.ACTIVE).first()
    if person is None:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    return person


def _reached(correction_id: int, actor: Actor, at: datetime) -> tuple[Correction, Person]:
    """Return what was asked for, and who it is about now, of whom the actor may see everything."""
    row = Correction.objects.select_related("person").filter(pk=correction_id).first()
    if row is None:
        sentence = _("This request is not there any more. Go back to the list.")
        raise Refusal("correction_unknown", sentence)
    person_id = row.person.merged_into_id or row.person_id
    person = within(actor, Permission.PEOPLE_SHOW, at).filter(pk=person_id).first()
    if person is None:
        refuse(Permission.PEOPLE_SHOW)
    return row, person


def _correct(person: Person, row: Correction, at: datetime) -> list[str]:
    """Write the new value as an import would; return the fields that are others now."""
    on = day_of(at)
    value = corrections.read(row.field, row.value or "", person, on)
    changes: dict[str, Any] = dict(corrections.columns(row.field, value, person, on))
    if row.field == "id_number":
        _not_taken(person, changes["id_index"])
    names: list[str] = [
        name for name in corrections.FACTS if name in changes and changes[name] != getattr(person, name)
    ]
    Person.objects.filter(pk=person.pk).update(**changes, changed_at=at)
    return names


def _not_taken(person: Person, id_index: str) -> None:
    """Make sure that a number leads to nobody else."""
    bearers = Person.objects.filter(id_index=id_index).exclude(status=PersonStatus.ERASED)
    if bearers.exclude(pk=person.pk).exclude(merged_into=person).exists():
        sentence = _(
            "This identity number is that of another entry in the register. If both are one person, merge "
            "them under possible duplicates; otherwise decline, and say which paper you need to see."
        )
        raise Refusal("number_taken", sentence, field="answer")


def _may_erase(person: Person, told: str, *, confirmed: bool) -> None:
    """Make sure that nothing but consent keeps a person, or that somebody confirms with a reason.

    Raises:
        Refusal: `ground_requires`, `answer_missing`.

    """
    if not other_grounds(person):
        return
    if not confirmed:
        sentence = _(
            "This person stands on rosters that another ground than consent allows to keep. Confirm that "
            "none of them has to keep the person, or decline."
        )
        raise Refusal("ground_requires", sentence, field="confirmed")
    if not told:
        sentence = _("Write why none of the rosters has to keep this person.")
        raise Refusal("answer_missing", sentence, field="answer")


def _record(action: str, person: Person, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        stream="people",
        action=action,
        subject=f"people.person:{person.key}",
        actor=actor,
        at=at,
        facts=facts,
    )
