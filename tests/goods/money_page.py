"""Reads the tables of docs/money.md, and keeps count of which of them the tests replayed."""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/money.md"


@dataclass(frozen=True)
class PageTable:
    """One table: the heading it stands under, its columns, and its rows as cells by column."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(text: str | None = None) -> list[PageTable]:
    """Return every table of the page in its order."""
    found: list[PageTable] = []
    heading, block = "", list[str]()
    for line in [*(PAGE.read_text() if text is None else text).splitlines(), ""]:
        if line.startswith("|"):
            block.append(line)
            continue
        if block:
            columns = _cells(block[0])
            rows = tuple(dict(zip(columns, _cells(row), strict=True)) for row in block[2:])
            found.append(PageTable(heading, tuple(columns), rows))
            block = []
        if line.startswith("#"):
            heading = line.lstrip("# ")
    return found


def table(heading: str, first_column: str) -> PageTable:
    """Return the one table under `heading` whose first column is `first_column`."""
    (one,) = [found for found in tables() if (found.heading, found.columns[0]) == (heading, first_column)]
    return one
