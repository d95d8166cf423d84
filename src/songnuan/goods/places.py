"""The places of the stock ledger. What lies outside keeps no level: as much may come from it as does."""

SUPPLIER = "supplier"
DONOR = "donor"
STORE = "store"
DISPOSED = "disposed"
MISSING = "missing"
"""Where packs go that a count does not find, and where those come from that it finds beyond the books."""
OUTSIDE = frozenset({SUPPLIER, DONOR, MISSING})
_UNIT = "unit:"


def unit_place(unit_id: int) -> str:
    """Return the name of a unit as a place of stock."""
    return f"{_UNIT}{unit_id}"


def is_unit(place: str) -> bool:
    """Return whether a place is a unit."""
    return place.startswith(_UNIT)
