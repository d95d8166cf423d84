"""What a prepared row of a roster holds, in which order; its blind indexes.

Nothing here asks for Django or the database: the processes that prepare rows import it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from songnuan.kernel.sealing import blind_index, place_of

INDEX_DIGITS: Final = 32
"""Hex digits kept of a blind index: 128 bits, half of what would be stored, twice as quick to insert."""

PERSON: Final = "people.person"
INDEXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id_number": "id_index",
        "phone": "phone_index",
        "account": "account_index",
        "address": "address_index",
    }
)
"""The fields of a person that are sealed, each with the column of its blind index."""

SEALED: Final = tuple(INDEXES)

PLACES: Final[Mapping[str, str]] = MappingProxyType({field: place_of(PERSON, field) for field in SEALED})
"""Where the sealed text of each field belongs, in the staging tables as in `Person`."""

FACTS_PLACE: Final = place_of("people.importproblem", "facts")
CELLS_PLACE: Final = place_of("people.keptrow", "cells")

LIMITS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "sheet": 100,
        "name": 60,
        "sex": 6,
        "id_kind": 20,
        "bank": 80,
        "address": 200,
        "unit_name": 120,
        "post": 80,
        "rank": 60,
        "category": 60,
        "employee_number": 40,
        "note": 400,
        "relation": 20,
        "relative_name": 60,
        "relative_sex": 6,
        "relative_id_kind": 20,
        "relative_unit": 120,
        "place": 120,
        "column": 200,
        "field": 40,
        "code": 40,
    }
)
"""How many characters each text may have; preparing says `text_too_long` beyond."""

# Every row begins with these: its sheet, its number in it, and "new" or "rejected".
_PLACE = ("sheet", "row", "state")

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "people": (
            *_PLACE,
            *("name", "sex", "birth_on", "id_kind", "id_number", "id_index", "id_zeros"),
            *("phone", "phone_index", "account", "account_index", "bank", "address", "address_index"),
            *("unit_name", "post", "rank", "category", "employee_number", "note"),
            *("told_digest", "person_key"),
        ),
        "families": (
            *_PLACE,
            *("name", "id_index", "unit_name", "relation", "relative_name", "relative_sex"),
            *("relative_birth_on", "relative_id_kind", "relative_id_number", "relative_id_index", "id_zeros"),
            *("relative_phone", "relative_phone_index", "relative_unit", "note"),
            *("told_digest", "person_key"),
        ),
        "service": (
            *_PLACE,
            *("name", "sex", "birth_on", "id_kind", "id_number", "id_index", "id_zeros"),
            *("phone", "phone_index", "unit_name", "place", "post", "direct_contact"),
            *("starts_on", "ends_on", "minutes", "note"),
            *("told_digest", "person_key"),
        ),
    }
)
"""The values of a prepared row by kind of roster.

Texts are "" and dates, truth values and `minutes` None when not told; a sealed text is None and its
index "". Dates are ISO text. A rejected row holds what could be read of it.
"""

PROBLEM_COLUMNS: Final = ("sheet", "row", "column", "field", "code", "facts")
"""A problem: `column` the heading, `facts` a JSON object sealed for `FACTS_PLACE`."""

KEPT_COLUMNS: Final = ("sheet", "row", "cells")
"""The cells of a row with problems: a JSON list sealed for `CELLS_PLACE`."""


def index(field: str, value: str) -> str:
    """Return the blind index of a person's number in its normal form; "" for the empty one.

    `field` is one of `SEALED`; a relative's number has the index it would have as a person's.
    """
    return blind_index(PLACES[field], value)[:INDEX_DIGITS] if value else ""
