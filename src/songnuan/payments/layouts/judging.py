"""What does not fit together in a layout of bank files; every fault with its place and what to do. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from songnuan.documents.comma_text import RUN_BY_PROGRAMS

if TYPE_CHECKING:
    from songnuan.payments.layouts.model import Layout, Results

Path = tuple[str | int, ...]
Found = tuple[Path, str]

UNSEEN = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
"""For a class of signs: what breaks a line, cannot be seen, or is no sign at all."""
_UNSEEN = re.compile(f"[{UNSEEN}]")
_MUST = ("account", "name", "amount")
_ONCE = ("position", "reference", "account", "name", "bank", "amount", "id_type", "id_number", "purpose")


class LayoutFaults(ValueError):  # noqa: N818 - all faults of one layout
    """Why a layout is not taken; `faults` are all of them, with their places in it."""

    def __init__(self, faults: Sequence[Found]) -> None:
        super().__init__(faults[0][1])
        self.faults = tuple(faults)


def faults(layout: "Layout") -> Iterator[Found]:
    """Yield what does not fit together."""
    yield from _file(layout)
    yield from _columns(layout)
    yield from _total(layout)
    yield from _texts(layout)
    yield from _results(layout.results)


def _file(layout: "Layout") -> Iterator[Found]:
    is_book = layout.kind == "xlsx"
    if is_book != (layout.extension == "xlsx"):
        sentence = (
            _("The name of a workbook ends with xlsx; write that here.")
            if is_book
            else _("Only a workbook's name ends with xlsx; write csv, txt or dat here.")
        )
        yield ("extension",), sentence
    if not is_book and layout.delimiter is None:
        yield ("delimiter",), _("Say what stands between the cells: comma, bar, tab or semicolon.")
    if is_book and layout.delimiter is not None:
        yield ("delimiter",), _("A workbook has no delimiter; leave it out.")


def _columns(layout: "Layout") -> Iterator[Found]:
    contents = [column.content.value for column in layout.columns]
    names = {
        "account": _("No column holds the account. Add one: without it no bank can pay."),
        "name": _("No column holds the account holder. Add one: without it no bank can pay."),
        "amount": _("No column holds the amount. Add one: without it no bank can pay."),
    }
    for must in _MUST:
        if must not in contents:
            yield ("columns",), names[must]
    seen: dict[str, int] = {}
    for place, column in enumerate(layout.columns):
        path: Path = ("columns", place)
        if column.heading in seen:
            sentence = _("Column %(first)s has the heading “%(heading)s” already. Give each its own.")
            told = {"first": seen[column.heading] + 1, "heading": column.heading}
            yield (*path, "heading"), sentence % told
        seen.setdefault(column.heading, place)
        if column.content.value in _ONCE and column.content.value in contents[:place]:
            sentence = _("An earlier column says the same (%(content)s). Take one of them out.")
            yield (*path, "content"), sentence % {"content": column.content.label}
        yield from _own_text(layout, place)


def _own_text(layout: "Layout", place: int) -> Iterator[Found]:
    column = layout.columns[place]
    path: Path = ("columns", place, "text")
    content = column.content.value
    if content == "fixed" and not column.text:
        yield path, _("Write the text that always stands in this column.")
    if content == "id_type" and not column.text:
        yield path, _("Write what the bank calls the identity card, such as 身份证 or 01.")
    if content not in {"fixed", "id_type"} and column.text:
        yield path, _("This column says something of each payment; it takes no text of its own.")
    if column.longest is not None and len(column.text) > column.longest:
        told = {"length": len(column.text), "limit": column.longest}
        yield path, _("This has %(length)s characters; at most %(limit)s fit. Shorten it.") % told


def _total(layout: "Layout") -> Iterator[Found]:
    if layout.total is None:
        return
    if all(cell.content == "empty" for cell in layout.total.cells):
        yield ("total", "cells"), _("The total says nothing. Let it say the count or the sum, or remove it.")
    for place, cell in enumerate(layout.total.cells):
        path: Path = ("total", "cells", place, "text")
        if cell.content == "text" and not cell.text:
            yield path, _("Write the text that stands in this cell of the total.")
        if cell.content != "text" and cell.text:
            yield path, _("This cell of the total is reckoned; it takes no text of its own.")


def _texts(layout: "Layout") -> Iterator[Found]:
    """Yield what the texts of the layout itself would break in its file."""
    told: list[tuple[Path, str]] = [(("above", place), line) for place, line in enumerate(layout.above)]
    for place, column in enumerate(layout.columns):
        if layout.header:
            told.append((("columns", place, "heading"), column.heading))
        told.append((("columns", place, "text"), column.text))
    if layout.total is not None:
        cells = enumerate(layout.total.cells)
        told += [(("total", "cells", place, "text"), cell.text) for place, cell in cells]
    for path, text in told:
        if text and (why := _breaks(layout, text)):
            yield path, why


def _breaks(layout: "Layout", text: str) -> str:
    """Return why a text of the layout would break its file; empty when it does not."""
    if _UNSEEN.search(text):
        return _("This holds a character that cannot be seen. Type it again.")
    if layout.kind == "xlsx":
        return ""
    if text.startswith(RUN_BY_PROGRAMS):
        sentence = _("A text may not begin with “%(sign)s”: table programs take it for a formula.")
        return sentence % {"sign": text[0]}
    why = ""
    if layout.delimiter is not None and layout.delimiter.sign in text:
        why = _("This holds the sign that stands between the cells. Write it otherwise.")
    elif '"' in text:
        why = _("This holds a quotation mark, which breaks the columns. Write it otherwise.")
    elif text.encode(layout.encoding.value, "ignore").decode(layout.encoding.value) != text:
        why = _("This holds a character that the encoding does not know. Choose another encoding.")
    return why


def _results(results: "Results") -> Iterator[Found]:
    from songnuan.payments.layouts.model import Told  # noqa: PLC0415 - the model asks here whether it fits

    if results.header and (results.order or results.top):
        at = "order" if results.order else "top"
        yield ("results", at), _("This counts only where the answer has no headings. Remove it.")
    if not results.header and not results.order:
        yield ("results", "order"), _("Say what each column of an answer without headings tells.")
        return
    for place, one in enumerate(results.order):
        if one and one in results.order[:place]:
            yield ("results", "order", place), _("An earlier column tells the same. Leave one of them.")
    if not (results.tells(Told.REFERENCE) or results.tells(Told.ACCOUNT)):
        yield ("results", "account"), _("Name the column of the reference or of the account in the answer.")
    yield from _outcome(results, told=results.tells(Told.OUTCOME))
    yield from _same(results)


def _outcome(results: "Results", *, told: bool) -> Iterator[Found]:
    if told:
        for name in ("paid", "failed"):
            if not getattr(results, name):
                words = {
                    "paid": _("Name the words by which the bank says that something was paid."),
                    "failed": _("Name the words by which the bank says that something was not paid."),
                }
                yield ("results", name), words[name]
    for name in ("paid", "failed", "waiting"):
        if not told and getattr(results, name):
            sentence = _("No column of the answer tells the outcome; name it, or remove these words.")
            yield ("results", name), sentence


def _same(results: "Results") -> Iterator[Found]:
    """Yield headings and words that would mean two things."""
    headings = ("reference", "account", "name", "amount", "outcome", "reason") if results.header else ()
    for names in (headings, ("paid", "failed", "waiting")):
        seen: set[str] = set()
        for name in names:
            for word in getattr(results, name):
                if plain(word) in seen:
                    sentence = _("“%(word)s” is said twice and would mean two things. Leave one of them.")
                    yield ("results", name), sentence % {"word": word}
                seen.add(plain(word))


_UNITS = re.compile("[(（](?:元|分|yuan|fen|cny)[)）]$")


def plain(word: str) -> str:
    """Return a heading or word as it is compared: in small letters, without spaces and the unit behind it."""
    return _UNITS.sub("", "".join(word.split()).lower())
