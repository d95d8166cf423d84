"""What the pages of rosters call fields, problems and states."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from songnuan.people.models import ImportStatus

FIELDS: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "number": pgettext_lazy("roster", "Number in the list"),
        "name": pgettext_lazy("roster", "Name"),
        "id_number": pgettext_lazy("roster", "Identity number"),
        "id_kind": pgettext_lazy("roster", "Kind of paper"),
        "sex": pgettext_lazy("roster", "Sex"),
        "birth_on": pgettext_lazy("roster", "Birth date"),
        "phone": pgettext_lazy("roster", "Phone"),
        "account": pgettext_lazy("roster", "Bank account"),
        "bank": pgettext_lazy("roster", "Bank"),
        "address": pgettext_lazy("roster", "Address"),
        "unit": pgettext_lazy("roster", "Unit"),
        "post": pgettext_lazy("roster", "Post"),
        "rank": pgettext_lazy("roster", "Rank"),
        "category": pgettext_lazy("roster", "Category"),
        "employee_number": pgettext_lazy("roster", "Staff number"),
        "note": pgettext_lazy("roster", "Note"),
        "relation": pgettext_lazy("roster", "Relation"),
        "relative_name": pgettext_lazy("roster", "Relative's name"),
        "relative_id_kind": pgettext_lazy("roster", "Kind of the relative's paper"),
        "relative_id_number": pgettext_lazy("roster", "Relative's identity number"),
        "relative_sex": pgettext_lazy("roster", "Relative's sex"),
        "relative_birth_on": pgettext_lazy("roster", "Relative's birth date"),
        "relative_phone": pgettext_lazy("roster", "Relative's phone"),
        "relative_unit": pgettext_lazy("roster", "Relative's workplace"),
        "place": pgettext_lazy("roster", "Place of service"),
        "service_post": pgettext_lazy("roster", "Post at the front"),
        "direct_contact": pgettext_lazy("roster", "Direct contact"),
        "starts_on": pgettext_lazy("roster", "From"),
        "ends_on": pgettext_lazy("roster", "Until"),
        "hours": pgettext_lazy("roster", "Hours"),
        "minutes": pgettext_lazy("roster", "Hours"),
    }
)

PROBLEMS: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "name_missing": pgettext_lazy("problem", "no name"),
        "name_too_long": pgettext_lazy("problem", "name too long"),
        "name_invalid": pgettext_lazy("problem", "not a name"),
        "name_lost_character": pgettext_lazy("problem", "character of the name lost"),
        "id_missing": pgettext_lazy("problem", "no identity number"),
        "id_length": pgettext_lazy("problem", "length of the number"),
        "id_checksum": pgettext_lazy("problem", "check digit"),
        "id_date": pgettext_lazy("problem", "date in the number"),
        "id_lost_digits": pgettext_lazy("problem", "digits lost"),
        "id_kind": pgettext_lazy("problem", "unknown kind of number"),
        "duplicate_in_file": pgettext_lazy("problem", "twice in the file"),
        "conflict_existing": pgettext_lazy("problem", "known under another name"),
        "unit_unknown": pgettext_lazy("problem", "unknown unit"),
        "unit_missing": pgettext_lazy("problem", "no unit"),
        "unit_ambiguous": pgettext_lazy("problem", "several units"),
        "phone_invalid": pgettext_lazy("problem", "phone"),
        "account_invalid": pgettext_lazy("problem", "bank account"),
        "account_lost_digits": pgettext_lazy("problem", "digits of the account lost"),
        "sex_invalid": pgettext_lazy("problem", "sex"),
        "sex_differs": pgettext_lazy("problem", "sex not as in the number"),
        "birth_differs": pgettext_lazy("problem", "birth date not as in the number"),
        "birth_future": pgettext_lazy("problem", "birth date to come"),
        "date_invalid": pgettext_lazy("problem", "date"),
        "date_year_missing": pgettext_lazy("problem", "date without a year"),
        "date_order": pgettext_lazy("problem", "ends before it starts"),
        "number_invalid": pgettext_lazy("problem", "number"),
        "hours_invalid": pgettext_lazy("problem", "hours"),
        "yes_no_invalid": pgettext_lazy("problem", "yes or no"),
        "relation_unknown": pgettext_lazy("problem", "unknown relation"),
        "relation_missing": pgettext_lazy("problem", "no relation"),
        "person_unknown": pgettext_lazy("problem", "person unknown"),
        "person_ambiguous": pgettext_lazy("problem", "several people of that name"),
        "place_missing": pgettext_lazy("problem", "no place"),
        "formula": pgettext_lazy("problem", "formula"),
        "cell_error": pgettext_lazy("problem", "error in the cell"),
        "text_too_long": pgettext_lazy("problem", "text too long"),
    }
)

# What a clerk reads of an import, and the mark beside it.
STATES: Final[Mapping[str, tuple[str | Promise, str]]] = MappingProxyType(
    {
        ImportStatus.RECEIVED: (_("being read"), "waiting"),
        ImportStatus.READING: (_("being read"), "waiting"),
        ImportStatus.ASKING: (_("columns to confirm"), "waiting"),
        ImportStatus.STAGED: (_("to be looked at"), "waiting"),
        ImportStatus.APPLYING: (_("being taken over"), "waiting"),
        ImportStatus.APPLIED: (_("taken over"), "done"),
        ImportStatus.CANCELLED: (_("given up"), "none"),
        ImportStatus.FAILED: (_("could not be read"), "late"),
    }
)


def field_label(field: str) -> str:
    """Return what a field is called; one without a name of ours, by its own."""
    return str(FIELDS.get(field, field))


def masked_birth(year: str) -> str:
    """Return the year that stands for a masked birth date, as a year; what is hidden altogether stays so."""
    return pgettext("birth", "%(year)s") % {"year": year} if year.isdigit() else year


def problem_label(code: str) -> str:
    """Return a kind of problem in a few words."""
    return str(PROBLEMS.get(code, pgettext_lazy("problem", "another")))
