"""The places of the stock ledger. What lies outside keeps no level: as much may come from it as does."""

SUPPLIER = "supplier"
DONOR = "donor"
STORE = "store"
DISPOSED = "disposed"
MISSING = "missing"
"""Where packs go that a count does not find, and where those come from that it finds beyond the books."""
OUTSIDE = frozenset({SUPPLIER, DONOR, MISSING})
_UNIT = "unit:"
_DESK = "desk:"
_PICKED = "picked:"


def unit_place(unit_id: int) -> str:
    """Return the name of a unit as a place of stock."""
    return f"{_UNIT}{unit_id}"


def is_unit(place: str) -> bool:
    """Return whether a place is a unit."""
    return place.startswith(_UNIT)


def is_desk(place: str) -> bool:
    """Return whether a place is a desk."""
    return place.startswith(_DESK)


def is_picked(place: str) -> bool:
    """Return whether a place is what people picked up at a desk."""
    return place.startswith(_PICKED)


def desk_place(desk_id: int) -> str:
    """Return the name of a desk as a place of stock: what it was allotted and has not handed out."""
    return f"{_DESK}{desk_id}"


def picked_place(desk_id: int) -> str:
    """Return the place of what people picked up at a desk; one a desk, so that desks never wait here."""
    return f"{_PICKED}{desk_id}"
