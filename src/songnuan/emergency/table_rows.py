"""What the readers of small tables share: which column stands where, and the plain value of a cell."""

from collections.abc import Mapping, Sequence

from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault


def headings(words: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each heading, from the headings of each column, as one text with spaces."""
    return {word: column for column, told in words.items() for word in told.split()}


def columns(row: Sequence[Cell | Odd], known: Mapping[str, str], needed: str) -> dict[str, int]:
    """Return where each column stands, if this row names the needed one; else none."""
    found: dict[str, int] = {}
    for place, heading in enumerate(row):
        if column := known.get("".join(str(heading).split()).lower()):
            found.setdefault(column, place)
    return found if needed in found else {}


def plain(row: Sequence[Cell | Odd], place: int | None) -> Cell:
    """Return the value of a cell, "" where there is none.

    Raises:
        Fault: `formula`, `cell_error`.

    """
    cell = row[place] if place is not None and place < len(row) else ""
    if isinstance(cell, Odd):
        raise Fault("formula" if cell.kind == "formula" else "cell_error", text=str(cell.value))
    return cell
