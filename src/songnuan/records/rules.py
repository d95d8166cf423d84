"""What a document must say and what a file may be."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.records import media

NAME_LENGTH = 120
ERASED_NAME = "—"
"""What stands in the place of the name of a file that was erased."""
TABLE_MOST = 64 * 1024 * 1024
TITLE_LENGTH, NUMBER_LENGTH, ISSUER_LENGTH = 400, 60, 120
"""Characters that fit; a notice's title holds the organ's name and the plan's title at their longest."""
SERIAL_LIMIT = 100_000
MAKE_PAPER = "records.make_paper"
"""The act of making a paper with names on it, as the trail has it."""
OPEN_FILE = "records.open_file"
"""The act of opening a file that is kept sealed, as the trail has it."""

_CODE = re.compile(r"[\u4e00-\u9fff]{2,20}")
_NUMBER = re.compile(r"(?P<code>[\u4e00-\u9fff]+)〔(?P<year>\d{4})〕(?P<serial>\d{1,5})号")
_BRACKETS = str.maketrans({**dict.fromkeys("[［【﹝〖（(", "〔"), **dict.fromkeys("]］】﹞〗）)", "〕")})


def folded_number(number: str) -> str:
    """Return a document's number as it is compared: half width, no spaces, the year in 〔〕 however typed."""
    return "".join(unicodedata.normalize("NFKC", number).split()).translate(_BRACKETS)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document about to be sent out.

    `subject` is what it makes known, once; `stream` the chain of the trail that tells of it; `unit_id` who
    issues it, `issuer` that unit's name; `snapshot` the document as data; `addressed` the units that have
    to acknowledge it by `due_on`.
    """

    subject: str
    stream: str
    unit_id: int
    issuer: str
    code: str
    year: int
    serial: int
    title: str
    snapshot: str
    addressed: frozenset[int]
    due_on: date

    @property
    def number(self) -> str:
        """The number as it is printed."""
        return printed_number(self.code, self.year, self.serial)


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed file that somebody opens.

    `kind` is what it is of the thing, such as "invoice"; `stream` the chain of the trail that tells of the
    thing, `subject` the thing, such as "goods.purchase:7"; `facts` tell it from others of its kind there.
    """

    kind: str
    stream: str
    subject: str
    facts: Mapping[str, object] = field(default_factory=dict)


def require_complete(*, title: str, number: str, issuer: str) -> None:
    """Refuse a document without title, number or issuer, or with one that is too long; at the field.

    Raises:
        Refusal: `document_incomplete`, `document_too_long`.

    """
    told = (
        ("title", title, TITLE_LENGTH),
        ("number", number, NUMBER_LENGTH),
        ("issuer", issuer, ISSUER_LENGTH),
    )
    for place, value, limit in told:
        length = len(value.strip())
        if length > limit:
            sentence = _("“%(begin)s…” has %(length)s characters; at most %(limit)s fit. Shorten it.")
            facts = {"begin": value.strip()[:20], "length": length, "limit": limit}
            raise Refusal("document_too_long", sentence % facts, field=place, length=length)
        if not length:
            raise Refusal(
                "document_incomplete",
                _("A document needs its title, number and issuer. Copy them as printed on it."),
                field=place,
            )


def require_acceptable(content: bytes, media_type: str) -> str:
    """Return the media type of `content`.

    Raises:
        Refusal: `file_empty`, `file_size` (over 8 MB, or a picture over 64 million pixels),
            `file_kind` (not PNG, JPEG, WebP or PDF, not what `media_type` says, or damaged).

    """
    if not content:
        raise Refusal("file_empty", _("The file is empty. Choose it again."), field="file")
    if len(content) > media.MAX_BYTES:
        sentence = _("The file has %(size)s MB; at most %(limit)s MB are taken. Make it smaller.")
        size = f"{len(content) / 1024 / 1024:.1f}"
        limit = media.MAX_BYTES // 1024 // 1024
        raise Refusal(
            "file_size", sentence % {"size": size, "limit": limit}, field="file", size_bytes=len(content)
        )
    found = media.sniff(content)
    declared = "image/jpeg" if media_type == "image/jpg" else media_type
    if found is None or found != declared:
        sentence = _("Only PNG, JPEG, WebP and PDF are taken, and the content must be what the name says.")
        raise Refusal("file_kind", sentence, field="file", found=found, declared=declared[:80])
    pixels = media.pixels(content, found)
    if pixels is None:
        raise Refusal("file_kind", _("The picture is damaged. Save it again and choose it."), field="file")
    if pixels > media.MAX_PIXELS:
        sentence = _("The picture has too many pixels. Make it smaller.")
        raise Refusal("file_size", sentence, field="file", pixels=pixels)
    return found


def require_table(content: bytes) -> None:
    """Let pass the content of a table that can be kept.

    Raises:
        Refusal: `file_empty`, `file_size` (over 64 MB).

    """
    if not content:
        raise Refusal("file_empty", _("The file is empty. Choose it again."), field="file")
    if len(content) > TABLE_MOST:
        sentence = _("The file has %(size)s MB; at most %(limit)s MB are taken. Make it smaller.")
        words = {"size": f"{len(content) / 1024 / 1024:.1f}", "limit": TABLE_MOST // 1024 // 1024}
        raise Refusal("file_size", sentence % words, field="file", size_bytes=len(content))


def tidy_file_name(name: str) -> str:
    """Return the last part of `name` without control characters, at most 120 characters, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    return clean[-NAME_LENGTH:] or "file"


def document_code(text: str) -> str:
    """Return the code (机关代字) of a document's number as it is.

    Raises:
        Refusal: `code_invalid` unless it is 2 to 20 Chinese characters.

    """
    code = text.strip()
    if not _CODE.fullmatch(code):
        sentence = _(
            "The code of the number is 2 to 20 Chinese characters, such as 澄水运防, without brackets."
        )
        raise Refusal("code_invalid", sentence, field="code")
    return code


def serial_before(number: int | None) -> int:
    """Return the last number that was given outside the house, 0 when none was.

    Raises:
        Refusal: `serial_invalid`.

    """
    if number is not None and not 0 <= number < SERIAL_LIMIT:
        sentence = _("The last number given must lie between 0 and %(limit)s.") % {"limit": SERIAL_LIMIT - 1}
        raise Refusal("serial_invalid", sentence, field="last_given")
    return number or 0


def printed_number(code: str, year: int, serial: int) -> str:
    """Return a number as it is printed: the year in full in 〔〕, no 第, no leading zero."""
    return f"{code}〔{year}〕{serial}号"


def highest_serial(numbers: Iterable[str], code: str, year: int) -> int:
    """Return the highest serial among printed numbers of this code and year, 0 when there is none."""
    found = (_NUMBER.fullmatch(number.strip()) for number in numbers)
    return max(
        (int(one["serial"]) for one in found if one and one["code"] == code and int(one["year"]) == year),
        default=0,
    )


def code_of(number: str) -> str:
    """Return the code of a printed number, empty when it has none."""
    found = _NUMBER.fullmatch(number.strip())
    return found["code"] if found else ""
