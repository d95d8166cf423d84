"""Codes (QR) that a phone reads: error level M, as paper is creased and stained."""

import io

import segno

_QUIET = 4
_DOTS = 8  # of a picture, to each module


def modules(address: str) -> tuple[str, ...]:
    """Return the code as rows of 1 (dark) and 0, with the quiet zone that readers need."""
    rows = segno.make(address, error="m", boost_error=False, micro=False).matrix_iter(border=_QUIET)
    return tuple("".join("1" if dark else "0" for dark in row) for row in rows)


def path(address: str) -> tuple[str, int]:
    """Return the dark modules of a code as the path of an SVG, and how many modules it is wide and high."""
    rows = modules(address)
    dots = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dot in enumerate(row) if dot == "1")
    return "".join(dots), len(rows)


def picture(address: str) -> bytes:
    """Return the code as PNG, the same bytes for the same address."""
    made = io.BytesIO()
    segno.make(address, error="m", boost_error=False, micro=False).save(
        made, kind="png", scale=_DOTS, border=_QUIET
    )
    return made.getvalue()
