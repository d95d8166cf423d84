"""Merges two entries of one person."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.faults import Fault
from songnuan.kernel.identity import identity
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.people import corrections, merging, rules
from songnuan.people.actions.duplicates import require_both
from songnuan.people.lifecycle import PAIR
from songnuan.people.models import STANDING, DuplicatePair, Person, PersonStatus, Service
from songnuan.people.turn import take_turn

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name",),
    "sex": ("sex",),
    "birth_on": ("birth_on",),
    "id_number": ("id_number", "id_index", "id_kind"),
    "phone": ("phone", "phone_index"),
    "account": ("account", "account_index", "bank"),
    "address": ("address", "address_index"),
}
"""What is chosen of two persons, each with the columns that go with it."""

_EMPTIED: Final[Mapping[str, Any]] = {
    "sex": "",
    "birth_on": None,
    "phone": None,
    "phone_index": "",
    "account": None,
    "account_index": "",
    "bank": "",
    "address": None,
    "address_index": "",
    "restricted": False,
}
"""What a merged person holds no more; the name and the number stay, so that a file that tells them finds whom
it was merged into."""


@transaction.atomic(savepoint=False)
def merge_persons(
    *,
    keep_key: str,
    drop_key: str,
    choices: Mapping[str, str],
    remark: str = "",
    end_links: bool = False,
    actor: Actor,
    at: datetime,
) -> list[str]:
    """Merge one person of a pair into the other; return the fields taken from the one that goes.

    What the kept one lacks is filled; `choices` says for a field whether what is kept of it is that of
    "keep", as it is when nothing is said, or of "drop". Rosters, family and service move over. Two who are
    told to be each other's family are merged only with `end_links`, which ends what tells so.

    Raises:
        Refusal: `person_gone` (merged meanwhile), `not_permitted`, `pair_unknown`, `wrong_state`,
            `choice_unknown`, `merge_relatives`, `text_too_long`.

    """
    _check(choices)
    take_turn()
    keep, drop = _active(keep_key), _active(drop_key)
    require_both(actor, {keep.pk, drop.pk}, at)
    on = day_of(at)
    ended = _end_links(keep, drop, on, wanted=end_links)
    _settle_pair(keep, drop, remark, actor, at)
    taken = _taken(keep, drop, choices)
    _write(keep, drop, taken, at)
    merging.move_enrolments(keep, drop)
    merging.move_family(keep, drop, on)
    merging.move_notes(keep, drop, is_more_known=Service.objects.filter(STANDING, person=drop).exists())
    merging.move_services(keep, drop, on)
    merging.move_pairs(keep, drop)
    record(
        stream="people",
        action="people.merge_persons",
        subject=f"people.person:{keep.key}",
        actor=actor,
        at=at,
        facts={"merged": drop.key, "taken": taken, **({"links_ended": ended} if ended else {})},
    )
    return taken


def _end_links(keep: Person, drop: Person, on: date, *, wanted: bool) -> int:
    """End the links by which two persons are each other's family; return how many.

    Raises:
        Refusal: `merge_relatives` when that is not wanted, and there are some.

    """
    if wanted:
        return merging.end_links(keep, drop, on)
    if merging.open_links(keep.pk, drop.pk).exists():
        sentence = _(
            "A roster tells that these two are family. If that is wrong, tick that the entry is to be "
            "ended, and merge them; if it is right, they are two persons."
        )
        raise Refusal("merge_relatives", sentence, field="end_links")
    return 0


def _check(choices: Mapping[str, str]) -> None:
    for field, side in choices.items():
        if field not in FIELDS or side not in {"keep", "drop"}:
            sentence = _("Choose for each fact which of the two stays.")
            raise Refusal("choice_unknown", sentence, field=field[:20])


def _active(key: str) -> Person:
    person = Person.objects.select_for_update().filter(key=key, status=PersonStatus.ACTIVE).first()
    if person is None:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    return person


def _settle_pair(keep: Person, drop: Person, remark: str, actor: Actor, at: datetime) -> None:
    if keep.pk == drop.pk:
        raise Refusal("pair_unknown", _("This pair is not there any more. Go back to the list."))
    first, second = sorted((keep.pk, drop.pk))
    pairs = DuplicatePair.objects.filter(first=first, second=second)
    told = rules.remark(remark)
    PAIR.move_one(pairs, "merge", decided_at=at, decided_by_id=actor.user_id, remark=told)


def _taken(keep: Person, drop: Person, choices: Mapping[str, str]) -> list[str]:
    """Return the fields that the kept person takes over."""
    return [
        field
        for field, (column, *_more) in FIELDS.items()
        if getattr(drop, column)
        and (not getattr(keep, column) or choices.get(field) == "drop")
        and getattr(drop, column) != getattr(keep, column)
    ]


def _write(keep: Person, drop: Person, taken: list[str], at: datetime) -> None:
    """Write both persons; a name or number that the kept one gives up stays with the one that goes.

    Sex and birth date are those that the number tells, if it tells them, whatever was chosen.
    """
    taking: dict[str, Any] = {column: getattr(drop, column) for field in taken for column in FIELDS[field]}
    taking |= _by_number(*(taking.get(name, getattr(keep, name)) for name in ("id_number", "id_kind")))
    given_up = {
        column: getattr(keep, column)
        for field in ("name", "id_number")
        if field in taken
        for column in FIELDS[field]
    }
    dropped = {"status": PersonStatus.MERGED, "merged_into": keep, "changed_at": at, **_EMPTIED, **given_up}
    born: date | None = taking.get("birth_on", keep.birth_on)
    kept = {**taking, "restricted": rules.is_minor(born, day_of(at)), "changed_at": at}
    for person, columns in ((drop, dropped), (keep, kept)):
        Person.objects.filter(pk=person.pk).update(**columns)
    Person.objects.filter(merged_into=drop).update(merged_into=keep)


def _by_number(number: str | None, kind: str) -> dict[str, Any]:
    try:
        return corrections.told_by(identity(number, kind)) if number else {}
    except Fault:  # one that was taken in by other rules
        return {}
