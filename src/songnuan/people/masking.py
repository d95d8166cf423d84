"""What of a person may stand in a list: never a number in full, and of a minor none at all."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from songnuan.kernel.names import mask_account, mask_name, mask_phone

TAIL: Final = 4
"""How much of an identity number tells namesakes apart."""
_ADDRESS_SHOWN: Final = 6
_AREA: Final = 6
_WHOLE: Final = 18


def listed_name(name: str, *, minor: bool) -> str:
    """Return a name as a list shows it."""
    return mask_name(name) if minor else name


def tail(number: str | None, *, minor: bool) -> str:
    """Return the last four characters of an identity number, by which namesakes are told apart."""
    return "" if minor or not number or len(number) <= TAIL else number[-TAIL:]


def masked_number(number: str | None, *, minor: bool) -> str:
    """Return an identity number as a paper of the house shows it: 110101********123X, of a minor none of it.

    Of numbers that are not of eighteen signs the last four alone are shown.
    """
    if not number:
        return ""
    if minor:
        return "*" * TAIL
    shown = number[:_AREA] if len(number) == _WHOLE else ""
    return f"{shown}{'*' * max(TAIL, len(number) - len(shown) - TAIL)}{tail(number, minor=False)}"


def account_tail(number: str | None, *, minor: bool) -> str:
    """Return the end of an account behind stars: ****7890; of a minor, and of a short one, none of it."""
    told = masked("account", number, minor=minor)
    return f"{'*' * TAIL}{told[-TAIL:].lstrip('*')}" if told else ""


def masked(field: str, value: str | date | None, *, minor: bool) -> str:
    """Return a value of a person as a list or a comparison shows it."""
    if value is None or value == "":
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if field not in _MASKS:
        return text
    return "*" * TAIL if minor else _MASKS[field](text)


def _address(text: str) -> str:
    return text[:_ADDRESS_SHOWN] + "*" * TAIL if len(text) > _ADDRESS_SHOWN else "*" * TAIL


_MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "id_number": lambda text: "*" * TAIL + tail(text, minor=False),
    "phone": mask_phone,
    "account": mask_account,
    "address": _address,
    "birth_on": lambda text: text[:4],
}
