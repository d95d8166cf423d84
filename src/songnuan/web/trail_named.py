"""How the trail names a thing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Named:
    """A thing as a reader knows it; `url` is empty where there is no page, or none that is open."""

    text: str
    url: str = ""


_DIGITS = 19  # of a key in the database


def numbers(keys: Iterable[str]) -> list[int]:
    """Return those of the keys that may be numbers of rows."""
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < _DIGITS]


def packed(item: str, packing: str) -> str:
    """Return an item with the pack it is counted in, 方便面（箱）."""
    return _("%(item)s (%(packing)s)") % {"item": item, "packing": packing}
