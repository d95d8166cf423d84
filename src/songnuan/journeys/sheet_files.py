"""Papers as files: the same data gives the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from songnuan.documents import sheet_pdf, sheet_word, sheet_xlsx
from songnuan.documents.sheet_paper import SheetPaper
from songnuan.journeys.papers import SHEET, WORD, Paper


def sheet_file(papers: Sequence[SheetPaper], form: str) -> Paper:
    """Return papers as one file.

    Args:
        papers: At least one, of one kind.
        form: A key of `FORMS`.

    Raises:
        KeyError: When there is no such form.
        Refusal: `no_chinese_font` for a PDF.

    """
    name = f"{papers[0].title}{papers[0].dated_on:%Y%m%d}"
    return FORMS[form](name, papers)


def _pdf(name: str, papers: Sequence[SheetPaper]) -> Paper:
    made = sheet_pdf.render(papers)
    return Paper(f"{name}.pdf", "application/pdf", made.content, made.missing, made.undrawn)


def _xlsx(name: str, papers: Sequence[SheetPaper]) -> Paper:
    return Paper(f"{name}.xlsx", SHEET, sheet_xlsx.render(papers))


def _docx(name: str, papers: Sequence[SheetPaper]) -> Paper:
    return Paper(f"{name}.docx", WORD, sheet_word.render(papers))


FORMS: Mapping[str, Callable[[str, Sequence[SheetPaper]], Paper]] = MappingProxyType(
    {"pdf": _pdf, "xlsx": _xlsx, "docx": _docx}
)
