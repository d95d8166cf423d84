"""Sets text by typst: the one door to the compiler, and what stands for characters that no font can draw."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import typst
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

_INSTEAD = "〓"
"""What is set for a character that no font of the machine has: the mark that printers put there."""
_MOST_UNDRAWN = 40
_PPI = 160.0
"""Dots an inch of a picture: 1080 across, as phones show them."""
_CANNOT = re.compile(r"the text `\"(.+?)\"` could not be displayed")


def set_pdf(template: bytes, told: str, dated_on: date, *, lacking: tuple[str, ...] = ()) -> bytes:
    """Return a template as PDF/A-2b, the same bytes for the same input and fonts.

    Args:
        template: Typst's source; nothing of it is made from text.
        told: What it shows, as JSON.
        dated_on: The day that the file says it was made on.
        lacking: Characters that no font has; 〓 is set for them.

    Raises:
        Refusal: `no_chinese_font`: the machine has none with the commonest characters.

    """
    for text in lacking:
        told = told.replace(text, _INSTEAD)
    with _fonts_needed():
        return _compile(template, told, dated_on)


def set_png(template: bytes, told: str, *, lacking: tuple[str, ...] = ()) -> bytes:
    """Return a template of one page as a picture (PNG), the same bytes for the same input and fonts.

    Raises:
        Refusal: `no_chinese_font`: the machine has none with the commonest characters.

    """
    for text in lacking:
        told = told.replace(text, _INSTEAD)
    with _fonts_needed():
        made = typst.compile(template, format="png", ppi=_PPI, sys_inputs={"document": told})
    if not isinstance(made, bytes):
        raise TypeError("typst made no single picture")
    return made


@contextmanager
def _fonts_needed() -> Iterator[None]:
    """Say that the machine lacks a Chinese font, where the compiler finds none."""
    try:
        yield
    except typst.TypstError as error:
        if not _CANNOT.search(str(error)):
            raise
        sentence = _(
            "No font on this machine has the characters of this document, so no PDF can be made. Install a "
            "Chinese font, such as Noto Serif CJK SC, and start Songnuan again. The Word file needs none."
        )
        raise Refusal("no_chinese_font", sentence) from error


def undrawn_of(text: str, dated_on: date) -> tuple[str, ...]:
    """Return the rare characters of a text that no font of this machine can draw; at most 40.

    What stands in GBK every Chinese font has, so that nothing is set to find out.
    """
    rare = [char for char in dict.fromkeys(text) if not _is_common(char)]
    found: list[str] = []
    while rare and len(found) < _MOST_UNDRAWN:
        try:
            _compile(b"#sys.inputs.document", "\n".join(rare), dated_on)
        except typst.TypstError as error:
            cannot = _CANNOT.search(str(error))
            bad = next((char for char in rare if cannot and char in _unescaped(cannot[1])), "")
            if not bad:
                raise
            found.append(bad)
            rare.remove(bad)
        else:
            break
    return tuple(found)


def _is_common(char: str) -> bool:
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _unescaped(text: str) -> str:
    """Return a text that the compiler quotes, with the characters it wrote by their codes put back."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), text)


def _compile(template: bytes, told: str, dated_on: date) -> bytes:
    made = typst.compile(
        template,
        format="pdf",
        sys_inputs={"document": told},
        timestamp=datetime.combine(dated_on, time(), UTC),
        pdf_standards=["a-2b"],
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made no single file")
    return made
