"""The measures of GB/T 9704-2012: paper, margins, sizes, spaces. One page, so that Word and PDF agree."""

from collections.abc import Sequence

from songnuan.documents.fonts import BODY, HEADING, SUBHEADING

# In millimetres.
PAGE_WIDTH, PAGE_HEIGHT = 210, 297
TOP, LEFT, RIGHT, BOTTOM = 37, 28, 26, 35
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
MARK_BELOW_TOP = 35
"""The upper edge of the organ's red mark, below the upper edge of the text area."""
RULE_BELOW_NUMBER = 4
NUMBER_BELOW_TEXT = 7
"""The dashes beside the page number, below the lower edge of the text area."""

# In points: 二号, 三号, 四号, 小五, and the distance of lines that puts 22 of them on a page.
SIZE_TITLE, SIZE_BODY, SIZE_SMALL, SIZE_TABLE = 22, 16, 14, 9
LINE, LINE_TITLE, LINE_TABLE = 28, 34, 13
LINES_ON_PAGE, CHARACTERS_ON_LINE = 22, 28
MARK_LARGEST = 48
RULE_THICK, RULE_THIN = 0.35, 0.25
"""The first and the last line of the imprint, and those between, in millimetres."""

RED, BLACK = "FF0000", "000000"
LEVEL_FONTS = {0: BODY, 1: HEADING, 2: SUBHEADING, 3: BODY, 4: BODY}


def points(millimetres: float) -> float:
    """Return millimetres as points."""
    return millimetres / 25.4 * 72


def mark_size(lines: Sequence[str]) -> float:
    """Return the size of the organ's mark in points: as large as its longest line fits, with some air."""
    return min(MARK_LARGEST, int(points(TEXT_WIDTH) * 0.94 / max(1, *map(len, lines))))


def centre_over(text_width: float, over_width: float, over_from_right: float) -> float:
    """Return how far from the right a text ends, in characters, that is centred over another.

    Args:
        text_width: Of the text, in characters.
        over_width: Of the text below it.
        over_from_right: How far that one ends from the right.

    """
    return max(0.0, over_from_right + over_width / 2 - text_width / 2)


WORKBOOK_PAGES = "第 &P 页　共 &N 页"
"""The foot of a printed workbook, the same in all of them; Excel counts what is printed at once."""
