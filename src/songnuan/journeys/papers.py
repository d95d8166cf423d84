"""The papers of an issued document, made from its snapshot: the same bytes whenever they are asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from songnuan.documents import annex_sheet, typeset, word
from songnuan.documents.fonts import Missing
from songnuan.documents.official import OfficialDocument, from_json
from songnuan.records.models import IssuedDocument
from songnuan.records.queries import snapshot_of


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to hand out; `missing` are fonts, `undrawn` characters that the machine that made it lacks."""

    name: str
    media_type: str
    content: bytes
    missing: tuple[Missing, ...] = ()
    undrawn: tuple[str, ...] = ()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def text_of(document: IssuedDocument) -> OfficialDocument:
    """Return what the document says, as it was issued."""
    return from_json(snapshot_of(document))


def kinds_of(text: OfficialDocument) -> tuple[str, ...]:
    """Return which papers the document has: "docx", "pdf", and "xlsx" when a table is annexed."""
    return tuple(kind for kind in _MAKERS if kind != "xlsx" or any(one.table for one in text.annexes))


def paper(text: OfficialDocument, kind: str) -> Paper:
    """Make one paper.

    Raises:
        KeyError: When the document has no paper of this kind.

    """
    if kind not in kinds_of(text):
        raise KeyError(kind)
    return _MAKERS[kind](text)


def _docx(text: OfficialDocument) -> Paper:
    return Paper(f"{text.head.number}.docx", WORD, word.render(text))


def _pdf(text: OfficialDocument) -> Paper:
    made = typeset.render(text)
    return Paper(f"{text.head.number}.pdf", "application/pdf", made.content, made.missing, made.undrawn)


def _xlsx(text: OfficialDocument) -> Paper:
    annex = next(annex for annex in text.annexes if annex.table is not None)
    assert annex.table is not None  # noqa: S101 - looked for just now
    content = annex_sheet.render(annex.title, annex.table, text.dated_on)
    return Paper(f"{text.head.number} {annex.title}.xlsx", SHEET, content)


_MAKERS: Mapping[str, Callable[[OfficialDocument], Paper]] = MappingProxyType(
    {"docx": _docx, "pdf": _pdf, "xlsx": _xlsx}
)
