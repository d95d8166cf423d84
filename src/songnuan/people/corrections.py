"""What people may ask to have corrected, and what a correction changes: read as an import reads it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from songnuan.kernel.cells import nothing, squeezed, text
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.identity import Identity, identity
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import CalendarEnds, add_workdays
from songnuan.people import rules
from songnuan.people.columns import INDEXES, index
from songnuan.people.fields import parsers
from songnuan.people.models import Person

OTHER: Final = "other"
ERASURE: Final = ""
FACTS: Final = ("name", "sex", "birth_on", "id_number", "phone", "account", "bank", "address")
FIELDS: Final = (*FACTS, OTHER)
"""What may be asked for; of `OTHER` the program changes nothing by itself."""

VALUE_MAX: Final = 400
PROMPTLY: Final = 15
"""Working days in which an answer is due: what the law calls promptly."""

_ABOUT: Final = dt.timedelta(weeks=3)


def due_on(asked: dt.date) -> dt.date:
    """Return the day by which somebody who asked on a day has an answer.

    Beyond the table of working days it is three weeks: never later than the table would say.
    """
    try:
        return add_workdays(asked, PROMPTLY)
    except CalendarEnds:
        return asked + _ABOUT


def known(field: str, person: Person) -> str:
    """Return what stands in the register; "" for what is not known, and for what is none of its fields."""
    value = getattr(person, field) if field in FACTS else None
    return value.isoformat() if isinstance(value, dt.date) else value or ""


def read(field: str, told: str, person: Person, on: dt.date) -> str:
    """Return what was told of a field in its normal form; days as ISO text.

    Raises:
        Refusal: `field_unknown`, `value_missing`, `value_wrong`, `value_same`, `text_too_long`.

    """
    if field not in FIELDS:
        sentence_ = _("Choose what is wrong from the list.")
        raise Refusal("field_unknown", sentence_, field="field")
    if nothing(told):
        raise Refusal("value_missing", _("Enter what it should be."), field="value")
    if field == OTHER:
        return short(text(told), "value")
    try:
        value = _read(field, told, person, on)
    except Fault as fault:
        raise Refusal(
            "value_wrong", sentence(fault.code, fault.facts), field="value", why=fault.code
        ) from None
    if value == known(field, person):
        raise Refusal("value_same", _("This is what stands there already."), field="value")
    return value


def columns(field: str, value: str, person: Person, on: dt.date) -> Mapping[str, Any]:
    """Return the columns of a person that a correction changes, with their new values.

    A number brings the sex and the birth date it tells, and its kind of paper.
    """
    found: dict[str, Any] = {field: value}
    if field == "birth_on":
        found[field] = dt.date.fromisoformat(value)
    if field in INDEXES:
        found[INDEXES[field]] = index(field, squeezed(value) if field == "address" else value)
    if field == "id_number":
        told = identity(value, person.id_kind)
        found |= {"id_kind": told.kind.value, **told_by(told)}
    if "birth_on" in found:
        found["restricted"] = rules.is_minor(found["birth_on"], on)
    return found


def told_by(number: Identity) -> dict[str, Any]:
    """Return the columns of a person that a number tells itself: sex and birth date, of most."""
    found: dict[str, Any] = {"sex": number.sex} if number.sex else {}
    return {**found, "birth_on": number.birth_on} if number.birth_on else found


def short(told: str, field: str) -> str:
    """Return a text that is no longer than we keep.

    Raises:
        Refusal: `text_too_long`.

    """
    if len(told) > VALUE_MAX:
        sentence_ = _("The text has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("text_too_long", sentence_ % {"length": len(told), "max": VALUE_MAX}, field=field)
    return told


def _read(field: str, told: str, person: Person, on: dt.date) -> str:
    if field == "id_number":
        return _number(told, person, on)
    value = parsers("people", on)[field](told)
    if isinstance(value, tuple):
        raise Fault("date_invalid", text=f"{value[0]}-{value[1]:02}")
    if field in {"sex", "birth_on"} and person.id_number:
        _compare(field, value, identity(person.id_number, person.id_kind))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _number(told: str, person: Person, on: dt.date) -> str:
    found = identity(told, person.id_kind)
    if found.birth_on is not None and found.birth_on > on:
        raise Fault("id_date", ending=found.number[-4:])
    return found.number


def _compare(field: str, value: object, number: Identity) -> None:
    """Make sure that a sex or a birth date is the one that the person's number tells, if it tells one."""
    if field == "sex" and number.sex and value != number.sex:
        raise Fault("sex_differs")
    if field == "birth_on" and number.birth_on and value != number.birth_on:
        raise Fault("birth_differs")
