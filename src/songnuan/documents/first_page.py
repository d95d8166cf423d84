"""The first page has to show the text: if need be, whom the document goes to moves to the imprint."""

import math

from songnuan.documents import geometry as page
from songnuan.documents.official import OfficialDocument
from songnuan.documents.titles import mark_lines, title_lines, width_of

# 四号 characters on a line of the imprint's lists, rather one too few, and how many lines its page has.
LISTED_ON_LINE = 25
_LISTED_ON_PAGE = 18
_BLANKS = 2 + 1 + 2 + 1  # below the mark, the number itself, below the line, below the title


def addressees_fit(document: OfficialDocument) -> bool:
    """Return whether the addressees stay: they leave a line of the text on the first page, or fit nowhere."""
    mark = mark_lines(document.head.mark)
    title = title_lines(document.title, document.signer)
    head = page.points(page.MARK_BELOW_TOP + page.RULE_BELOW_NUMBER) + len(mark) * page.mark_size(mark) * 1.2
    left = page.points(page.TEXT_HEIGHT) - head - _BLANKS * page.LINE - len(title) * page.LINE_TITLE
    # Rather a line too many: between names a line may end early.
    lines = math.ceil(width_of(f"{document.addressees}：") / (page.CHARACTERS_ON_LINE - 1))
    below = [f"主送：{document.addressees}。", f"抄送：{'，'.join(document.imprint.copies_to)}。"]
    listed = sum(math.ceil(width_of(text) / LISTED_ON_LINE) for text in below)
    return (lines + 1) * page.LINE <= left or listed > _LISTED_ON_PAGE


def imprint_lists(document: OfficialDocument) -> list[str]:
    """Return what the imprint lists: whom the document goes to, if that moved there, and who gets copies."""
    lists = [] if addressees_fit(document) else [f"主送：{document.addressees}。"]
    if document.imprint.copies_to:
        lists.append(f"抄送：{'，'.join(document.imprint.copies_to)}。")
    return lists
