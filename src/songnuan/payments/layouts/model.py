"""A layout of bank files as it is kept: columns, codes, encoding, total, and how the answer is read.

`Layout.model_dump_json()` is what a batch keeps: read back with `model_validate_json`, the same lines make
the same bytes.
"""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from pydantic import BaseModel, ConfigDict, Field, model_validator

from songnuan.payments.layouts import judging
from songnuan.payments.layouts.judging import LayoutFaults
from songnuan.plans.planfile import Slug

COLUMNS_MOST: Final = 30
TEXT_MOST: Final = 100
WORDS_MOST: Final = 20
LINES_MOST: Final = 10


class Kind(TextChoices):
    """What kind of file it is."""

    XLSX = "xlsx", _("Excel workbook (.xlsx)")
    CSV = "csv", _("Text with separators (.csv)")
    TXT = "txt", _("Plain text (.txt)")


class Encoding(TextChoices):
    """In which bytes the signs of a text are written."""

    GB18030 = "gb18030", "GB18030"
    GBK = "gbk", _("GBK (no rare characters)")
    UTF_8 = "utf-8", "UTF-8"
    UTF_8_SIG = "utf-8-sig", _("UTF-8 with its mark (BOM)")


class Delimiter(TextChoices):
    """What stands between the cells of a text."""

    COMMA = "comma", _("comma ,")
    BAR = "bar", _("vertical bar |")
    TAB = "tab", _("tab character")
    SEMICOLON = "semicolon", _("semicolon ;")

    @property
    def sign(self) -> str:
        """The sign itself."""
        return {"comma": ",", "bar": "|", "tab": "\t", "semicolon": ";"}[self.value]


class Unit(TextChoices):
    """In what amounts are written."""

    YUAN = "yuan", _("yuan, two decimals")
    FEN = "fen", _("fen, whole numbers")


class Ending(TextChoices):
    """How a line of a text ends."""

    CRLF = "crlf", _("as in Windows (CR LF)")
    LF = "lf", _("as in Linux (LF)")

    @property
    def sign(self) -> str:
        """The signs themselves."""
        return "\r\n" if self is Ending.CRLF else "\n"


class Content(TextChoices):
    """What a column says of a line."""

    POSITION = "position", pgettext_lazy("bank file", "running number")
    REFERENCE = "reference", pgettext_lazy("bank file", "reference of the payment")
    ACCOUNT = "account", pgettext_lazy("bank file", "account or card number")
    NAME = "name", pgettext_lazy("bank file", "account holder")
    BANK = "bank", pgettext_lazy("bank file", "opening bank")
    AMOUNT = "amount", pgettext_lazy("bank file", "amount")
    ID_TYPE = "id_type", pgettext_lazy("bank file", "type of paper (a code)")
    ID_NUMBER = "id_number", pgettext_lazy("bank file", "identity number")
    PURPOSE = "purpose", pgettext_lazy("bank file", "purpose")
    FIXED = "fixed", pgettext_lazy("bank file", "always the same text")


class Place(TextChoices):
    """Where the total stands."""

    FIRST = "first", _("in the first row, above the headings")
    LAST = "last", _("in the last row")


class Sum(TextChoices):
    """What a cell of the total says."""

    TEXT = "text", pgettext_lazy("total of a bank file", "a text")
    COUNT = "count", pgettext_lazy("total of a bank file", "how many payments")
    SUM = "sum", pgettext_lazy("total of a bank file", "their sum")
    CAPITALS = "capitals", pgettext_lazy("total of a bank file", "their sum in capitals")
    EMPTY = "empty", pgettext_lazy("total of a bank file", "nothing")


class Told(StrEnum):
    """What the bank's answer tells of a payment."""

    REFERENCE = "reference"
    ACCOUNT = "account"
    NAME = "name"
    AMOUNT = "amount"
    OUTCOME = "outcome"
    REASON = "reason"


Text = Annotated[str, Field(max_length=TEXT_MOST)]
Words = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=TEXT_MOST)], ...], Field(max_length=WORDS_MOST)
]


class _Piece(BaseModel):
    """A part of the file: nothing unknown is let through, figures may stand for text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class Column(_Piece):
    """A column: its heading, and what stands below it."""

    heading: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description=gettext_noop("What the column is called; its heading, where the file has headings.")
    )
    content: Content = Field(description=gettext_noop("What the column says of a payment."))
    text: Text = Field(
        default="",
        description=gettext_noop(
            "With “fixed” the text itself, with “id_type” what the bank calls the identity card."
        ),
    )
    needed: bool = Field(
        default=False, strict=True, description=gettext_noop("Whether no payment may leave it empty.")
    )
    longest: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = Field(
        default=None, description=gettext_noop("How many characters the bank takes here at most.")
    )


class TotalCell(_Piece):
    """A cell of the total."""

    content: Sum = Field(description=gettext_noop("What the cell says."))
    text: Text = Field(default="", description=gettext_noop("With “text” the text itself."))


class Total(_Piece):
    """The row of the total."""

    place: Place = Field(description=gettext_noop("Where it stands: first or last."))
    cells: Annotated[tuple[TotalCell, ...], Field(min_length=1, max_length=COLUMNS_MOST)] = Field(
        description=gettext_noop("Its cells, from the left.")
    )


class Results(_Piece):
    """How the bank's answer is read: by what its columns may be called, or by their order.

    Without words for the outcome, the answer lists only what was not paid.
    """

    header: bool = Field(
        default=True, strict=True, description=gettext_noop("Whether the answer has headings.")
    )
    top: int = Field(
        default=0,
        ge=0,
        le=LINES_MOST,
        strict=True,
        description=gettext_noop("Without headings: how many rows at the top are no payments."),
    )
    order: Annotated[tuple[Told | Literal[""], ...], Field(max_length=COLUMNS_MOST)] = Field(
        default=(), description=gettext_noop("Without headings: what each column tells; empty for nothing.")
    )
    reference: Words = Field(default=(), description=gettext_noop("Headings of the reference."))
    account: Words = Field(default=(), description=gettext_noop("Headings of the account."))
    name: Words = Field(default=(), description=gettext_noop("Headings of the account holder."))
    amount: Words = Field(default=(), description=gettext_noop("Headings of the amount."))
    outcome: Words = Field(default=(), description=gettext_noop("Headings of the outcome."))
    reason: Words = Field(default=(), description=gettext_noop("Headings of the reason."))
    unit: Unit = Field(
        default=Unit.YUAN, description=gettext_noop("In what the answer writes amounts: yuan or fen.")
    )
    paid: Words = Field(default=(), description=gettext_noop("Words for what was paid."))
    failed: Words = Field(default=(), description=gettext_noop("Words for what was not paid."))
    waiting: Words = Field(default=(), description=gettext_noop("Words for what is still under way."))

    def tells(self, what: Told) -> bool:
        """Return whether an answer can tell something."""
        return bool(getattr(self, what)) if self.header else what in self.order


class Layout(_Piece):
    """The whole layout."""

    slug: Slug = Field(description=gettext_noop("Lasting short name of the layout."))
    title: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description=gettext_noop("What the layout is called.")
    )
    note: Annotated[str, Field(max_length=300)] = Field(
        default="", description=gettext_noop("For which banks it is, and what to mind.")
    )
    kind: Kind = Field(description=gettext_noop("Kind of file: xlsx, csv or txt."))
    extension: Literal["xlsx", "csv", "txt", "dat"] = Field(
        description=gettext_noop("How the name of the file ends.")
    )
    encoding: Encoding = Field(
        default=Encoding.GB18030, description=gettext_noop("Encoding of a text; a workbook has none.")
    )
    delimiter: Delimiter | None = Field(
        default=None, description=gettext_noop("What stands between the cells of a text.")
    )
    ending: Ending = Field(default=Ending.CRLF, description=gettext_noop("How a line of a text ends."))
    above: Annotated[tuple[Annotated[Text, Field(min_length=1)], ...], Field(max_length=LINES_MOST)] = Field(
        default=(), description=gettext_noop("Lines of fixed text above everything else.")
    )
    header: bool = Field(
        default=True, strict=True, description=gettext_noop("Whether the file has headings.")
    )
    total: Total | None = Field(default=None, description=gettext_noop("The row of the total, if any."))
    unit: Unit = Field(
        default=Unit.YUAN, description=gettext_noop("In what amounts are written: yuan or fen.")
    )
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=COLUMNS_MOST)] = Field(
        description=gettext_noop("The columns, from the left.")
    )
    results: Results = Field(description=gettext_noop("How the bank's answer is read."))

    @model_validator(mode="after")
    def _fits_together(self) -> "Layout":
        if faults := list(judging.faults(self)):
            raise LayoutFaults(faults)
        return self

    @property
    def is_text(self) -> bool:
        """Whether the file is a text, with an encoding and a delimiter."""
        return self.kind != Kind.XLSX

    @property
    def sign(self) -> str:
        """What stands between the cells of a text."""
        return self.delimiter.sign if self.delimiter else ""

    def said(self) -> dict[str, Any]:
        """Return the layout as a file writes it: what is as it always is, is left out."""
        told: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return told
