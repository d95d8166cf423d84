"""Reads of imports: where they stand, and what their steps ask."""

from collections.abc import Collection

from django.db.models import Q

from songnuan.people import doubles as rows_of_file
from songnuan.people import importing, units
from songnuan.people.models import (
    ColumnMemory,
    ImportStatus,
    KeptRow,
    Mend,
    RosterImport,
    RosterStatus,
)
from songnuan.people.rules import Double
from songnuan.people.staging import whole

_TO_DECIDE = (ImportStatus.ASKING, ImportStatus.STAGED)


def import_of(key: str) -> RosterImport | None:
    """Return an import by its key, with its roster and who brought it."""
    return RosterImport.objects.select_related("roster", "created_by").filter(key=key).first()


def imports_of(roster_id: int, *, before: int | None = None, size: int) -> list[RosterImport]:
    """Return the imports of a roster, newest first, with who brought them; those older than `before`."""
    rows = RosterImport.objects.select_related("created_by").filter(roster=roster_id).order_by("-pk")
    return list((rows if before is None else rows.filter(pk__lt=before))[:size])


def imports_to_decide(unit_ids: Collection[int]) -> list[RosterImport]:
    """Return the imports into rosters of these units that wait for somebody, the oldest first.

    Their columns are to be confirmed, or they are to be applied; those of closed rosters cannot be.
    """
    rows = RosterImport.objects.select_related("created_by").filter(
        Q(roster=None) | Q(roster__status=RosterStatus.OPEN), unit__in=unit_ids, status__in=_TO_DECIDE
    )
    return list(rows.order_by("pk"))


def doubles(import_key: str) -> list[Double]:
    """Return the unmatched rows that another row of the file makes superfluous."""
    return rows_of_file.in_file(whole(RosterImport.objects.get(key=import_key)))


def double_claims(import_key: str) -> list[Double]:
    """Return the matched rows that mean what another row of the file means."""
    return rows_of_file.claims(whole(RosterImport.objects.get(key=import_key)))


def outcome(import_key: str) -> tuple[dict[str, int], int]:
    """Return what the matched rows would do, counted, and the newest row of the register that may leave."""
    source = RosterImport.objects.get(key=import_key)
    source.known_through = importing.highest_known(source)
    return importing.counts(source, with_left=True), source.known_through


def unknown_units(import_id: int) -> list[str]:
    """Return the names of units that rows to be stored tell and nobody bears, in their order."""
    return units.unknown(RosterImport.objects.get(pk=import_id))


def known_columns(unit_id: int, kind: str) -> dict[str, str]:
    """Return what a unit said headings mean, by their normal form; "" for those to be left out."""
    rows = ColumnMemory.objects.filter(unit=unit_id, kind=kind)
    return dict(rows.values_list("heading", "field"))


def mends(import_id: int) -> dict[tuple[str, int], dict[int, str]]:
    """Return what was put in the place of cells: by sheet and row, by the column's place from 0."""
    found: dict[tuple[str, int], dict[int, str]] = {}
    for sheet, row, place, value in Mend.objects.filter(source=import_id).values_list(
        "sheet", "row", "place", "value"
    ):
        found.setdefault((sheet, row), {})[place] = value
    return found


def kept_cells(import_id: int, sheet: str, row: int) -> str | None:
    """Return the cells kept of a row, as `preparing.packed` made them; None when they are not kept."""
    kept = KeptRow.objects.filter(source=import_id, sheet=sheet, row=row)
    return kept.values_list("cells", flat=True).first()
