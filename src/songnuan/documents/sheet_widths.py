"""How wide the columns of a sheet are: their shares, but figures have the room that none is broken."""

from songnuan.documents.sheet_paper import Kind, SheetTable, shown


def widths_of(told: SheetTable, width: float, *, digit: float, beside: float) -> list[float]:
    """Return the widths of the columns, which are `width` together.

    Args:
        told: The table.
        width: The room across, in any measure.
        digit: The width of a digit in the same measure.
        beside: What a cell needs beside its text.

    """
    whole = sum(column.width for column in told.columns)
    widths = [width * column.width / whole for column in told.columns]
    needed = {
        place: _longest(told, place) * digit + beside
        for place, column in enumerate(told.columns)
        if column.kind in {Kind.MONEY, Kind.QUANTITY}
    }
    lacking = {place: need - widths[place] for place, need in needed.items() if need > widths[place]}
    spare = sum(one for place, one in enumerate(widths) if place not in lacking)
    left = 1 - sum(lacking.values()) / spare
    return [needed[place] if place in lacking else one * left for place, one in enumerate(widths)]


def _longest(told: SheetTable, place: int) -> int:
    """Return how many characters the longest figure of a column has, sums among them."""
    kind = told.columns[place].kind
    cells = [row[place] for part in told.parts for group in part.groups for row in group.rows]
    sums = [dict(total.figures).get(place) for part in told.parts for total in part.totals]
    return max((len(shown(cell, kind)) for cell in (*cells, *sums) if isinstance(cell, int)), default=0)
