"""What a paper tells of units: where they are, and whom to call there, masked by construction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from songnuan.kernel.names import mask_name, mask_phone
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.rules import live


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit's address, and its contact with most of name and number hidden."""

    address: str
    contact: str
    phone: str


def unit_cards(ids: Iterable[int], on: date) -> dict[int, UnitCard]:
    """Return the card of each unit that is open on the day."""
    rows = UnitRecord.objects.filter(live(on), unit__in=set(ids))
    return {
        row.unit_id: UnitCard(row.address, mask_name(row.contact_name), mask_phone(row.contact_phone))
        for row in rows
    }
