"""A payment as a bank file tells it, and how its amount is written."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from songnuan.payments.layouts.model import Content


@dataclass(slots=True)
class PayLine:
    """A payment: its place in the file from 1, its reference, whom it pays and what (fen), for what."""

    position: int
    reference: str
    account: str
    name: str
    bank: str
    id_number: str
    amount_minor: int
    purpose: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What a file pays: how many payments, and their sum in fen."""

    count: int
    total_minor: int


_ATTRIBUTES = {
    Content.REFERENCE: "reference",
    Content.ACCOUNT: "account",
    Content.NAME: "name",
    Content.BANK: "bank",
    Content.ID_NUMBER: "id_number",
    Content.PURPOSE: "purpose",
}


def text_getter(content: Content) -> Callable[[PayLine], str]:
    """Return what takes a text from a payment."""
    getter: Callable[[PayLine], str] = attrgetter(_ATTRIBUTES[content])
    return getter


def yuan(minor: int) -> str:
    """Return an amount in yuan as a bank file writes it: 1410000 -> "14100.00"."""
    return f"{minor // 100}.{minor % 100:02}"


def fen(minor: int) -> str:
    """Return an amount in fen as a bank file writes it."""
    return str(minor)
