"""What can be wrong with one cell of a roster: a code with its facts, and the sentence they make.

A fault is made a million times while a file is read, so it holds no sentence; `sentence` makes it for
the few that are shown, in the reader's language. The facts are kept and sent back to offices: of a
personal number they hold its length or its last four characters, and every other text goes through
`shown`.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHOWN_MAX: Final = 40
"""How many characters of a cell a fact may hold."""

# Nine digits and more, in groups or not, are the number of a person, a phone, an account; a date has eight.
_LONG_NUMBER = re.compile("[0-9０-９](?: ?[0-9０-９]){8,}[XxＸｘ]?")
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Fault(Exception):  # noqa: N818 - said of a cell, not of the program
    """A cell, or a row, that cannot be taken as it is.

    Args:
        code: One of `SENTENCES`.
        facts: What its sentence names; texts are cut and masked by `shown` before.

    """

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts: dict[str, str | int] = facts


SENTENCES: Final[Mapping[str, str | Promise]] = {
    "name_missing": _("The name is missing. Enter it."),
    "name_too_long": _("The name has %(length)s characters, more than %(max)s. Enter the name alone."),
    "name_invalid": _("This is not a name: it has no letters. Enter the name alone."),
    "name_lost_character": _(
        "A character of the name was lost: “?”, “*” or “□” stands in its place. Enter the whole name."
    ),
    "id_missing": _("The identity number is missing. Enter it."),
    "id_length": _(
        "The identity number has %(length)s characters. On an identity card it has 18; copy it in full."
    ),
    "id_checksum": _(
        "The last character of the identity number ending in %(ending)s does not fit the others: "
        "a digit is wrong, or two are swapped. Compare it with the paper."
    ),
    "id_date": _(
        "The identity number ending in %(ending)s holds a birth date that does not exist. "
        "Compare it with the paper."
    ),
    "id_lost_digits": _(
        "The last digits of the identity number were lost when it was stored as a number, "
        "and cannot be told. Format the column as text and enter the number again from the paper."
    ),
    "id_kind": _(
        "This is not the number of any paper known here. Enter the number of the identity card, residence "
        "permit, travel permit or passport alone, with the digits 0 and 1 and not the letters O and l."
    ),
    "duplicate_in_file": _(
        "The same is in row %(row)s of the sheet “%(sheet)s” already. Leave one of the two."
    ),
    "conflict_existing": _(
        "This identity number is known here under another name. Compare name and number with the paper."
    ),
    "unit_unknown": _("No unit is called “%(unit)s”. Correct the name, or have the unit added first."),
    "unit_missing": _("The unit is missing. Enter it."),
    "unit_ambiguous": _("Several units are called “%(unit)s”. Enter the name that tells which one."),
    "phone_invalid": _(
        "This is not a phone number. Enter one mobile number of 11 digits, "
        "or one landline with its area code, such as 0591-87123456."
    ),
    "account_invalid": _(
        "This is not a bank account: it has %(length)s characters. Enter its 8 to 32 digits alone."
    ),
    "account_lost_digits": _(
        "The last digits of the account were lost when it was stored as a number, and cannot be told. "
        "Format the column as text and enter the account again."
    ),
    "sex_invalid": _("“%(text)s” is not a sex. Enter 男 or 女."),
    "sex_differs": _("The sex is not the one in the identity number. Correct the wrong one."),
    "birth_differs": _("The birth date is not the one in the identity number. Correct the wrong one."),
    "birth_future": _("The birth date %(text)s is still to come. Correct it."),
    "date_invalid": _("“%(text)s” is not a date. Enter one day, such as 2020-04-21."),
    "date_year_missing": _("“%(text)s” has no year. Enter the whole date, such as 2020-04-21."),
    "start_missing": _("The start of the service is missing. Enter its date."),
    "date_order": _("The end, %(end)s, is before the start, %(start)s. Correct the wrong one."),
    "number_invalid": _("“%(text)s” is not a whole number. Enter digits alone, such as 12."),
    "hours_invalid": _("“%(text)s” is not a number of hours. Enter whole or half hours, such as 7.5."),
    "yes_no_invalid": _("“%(text)s” is neither yes nor no. Enter 是 or 否."),
    "relation_unknown": _("“%(text)s” is not a relation known here. Enter 配偶, 父亲, 母亲, 儿子 or 女儿."),
    "relation_missing": _("The relation is missing. Enter 配偶, 父亲, 母亲, 儿子 or 女儿."),
    "relative_oneself": _("The relative has the employee's own identity number. Correct one of the two."),
    "header_missing": _(
        "This sheet has no row of headings, and nothing of it was read. Add the headings of the other sheet."
    ),
    "person_unknown": _(
        "This person is not known here. Correct name and number, or import the roster of people first."
    ),
    "person_ambiguous": _("Several people match this name. Add the identity number or the phone."),
    "place_missing": _("The place of service is missing. Enter it."),
    "formula": _("The cell holds a formula. Paste its value in its place."),
    "cell_error": _("The cell shows the error %(text)s. Enter the value itself."),
    "text_too_long": _("The text has %(length)s characters; shorten it to %(max)s."),
    "lead_missing": _("No lead is named. Enter the department or subordinate unit that leads."),
}
"""The sentence of each code: what is wrong, and what to do."""


class _Facts(dict[str, str | int]):
    """Facts to fill a sentence with; one that was not kept is left open."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(code: str, facts: Mapping[str, str | int]) -> str:
    """Return what is wrong and what to do, in the reader's language.

    Raises:
        KeyError: When there is no such code.

    """
    return str(SENTENCES[code]) % _Facts(facts)


def shown(text: str) -> str:
    """Return a text as a fact may hold it: cut to `SHOWN_MAX`, of long numbers the last four only."""
    start = _UNSHOWABLE.sub(" ", text[: 4 * SHOWN_MAX])
    start = _LONG_NUMBER.sub(lambda number: "*" * (len(number[0]) - 4) + number[0][-4:], start)
    return start if len(start) <= SHOWN_MAX else start[: SHOWN_MAX - 1] + "…"
