"""Writes a table as .csv for table programs: in UTF-8 with its mark, and no cell that one would run."""

import csv
import io
from collections.abc import Iterable, Sequence

# Signs of full width are taken for a formula as well.
RUN_BY_PROGRAMS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return a text with an apostrophe before what a table program would take for a formula."""
    return f"'{text}" if text.startswith(RUN_BY_PROGRAMS) else text


def comma_text(rows: Iterable[Sequence[str]]) -> bytes:
    """Return the rows as .csv; the first are the headings."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([harmless(cell) for cell in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")
