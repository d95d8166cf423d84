"""Units as a paper names them: each as it was on the day that the row is about, in one query for all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from songnuan.kernel.names import mask_name, mask_phone
from songnuan.organisation.models import UnitRecord


class PaperUnits:
    """What was known of some units, over the years; contacts are masked unless `is_full`."""

    def __init__(self, ids: Iterable[int], *, is_full: bool = False) -> None:
        self._is_full = is_full
        self._records: dict[int, list[UnitRecord]] = defaultdict(list)
        for row in UnitRecord.objects.filter(unit__in=set(ids)).order_by("starts_on", "pk"):
            self._records[row.unit_id].append(row)

    def on(self, unit_id: int, day: date) -> UnitRecord | None:
        """Return the unit as it was on the day, or last before it; None when nothing is known of it."""
        rows = self._records[unit_id]
        begun = [row for row in rows if row.starts_on <= day]
        return (begun or rows)[-1 if begun else 0] if rows else None

    def name(self, unit_id: int, day: date) -> str:
        """Return its name on the day."""
        row = self.on(unit_id, day)
        return row.name if row else ""

    def place(self, unit_id: int, day: date) -> str:
        """Return its category and where it stands."""
        row = self.on(unit_id, day)
        return "/".join(filter(None, (row.category, row.compound))) if row else ""

    def contact(self, unit_id: int, day: date) -> str:
        """Return whom to call there: name and number."""
        row = self.on(unit_id, day)
        if row is None:
            return ""
        both = (row.contact_name, row.contact_phone)
        return "  ".join(filter(None, both if self._is_full else (mask_name(both[0]), mask_phone(both[1]))))
