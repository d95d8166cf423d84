"""Files brought for a standard: the whole standard as .yaml or workbook, and people to try it on."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.benefits import book_reading
from songnuan.benefits.writing import written
from songnuan.documents.reading import as_file
from songnuan.plans.faults import PlanRefused
from songnuan.plans.yamltext import LIMIT, decoded
from songnuan.web.fields import Day, FileField, Words
from songnuan.web.forms import Form
from songnuan.web.standard_decision import DecidedForm
from songnuan.web.version_forms import WholeForm

_TEXTS = ("yaml", "yml")
_BOOKS = ("xlsx", "xlsm", "xls", "ods")
_TABLES = (*_BOOKS, "csv", "txt")
FILE_MAX = 5_000_000


def _accepts(endings: Iterable[str]) -> str:
    return ",".join(f".{ending}" for ending in endings)


def content_of(upload: Any) -> bytes:  # noqa: ANN401 - Django's uploaded file
    """Return what was uploaded.

    Raises:
        ValidationError: When it is larger than a standard, or people to try one on, can be.

    """
    content: bytes = upload.read(FILE_MAX + 1)
    if len(content) > FILE_MAX:
        raise ValidationError(_("The file is larger than %(most)s MB.") % {"most": FILE_MAX // 1_000_000})
    return content


class StandardFileForm(WholeForm, DecidedForm):
    """A whole standard as a file, a workbook, or text."""

    asks = "standard_file"

    file = FileField(
        fact="benefits.standardversion.source:file",
        label=gettext_lazy("File of the standard"),
        help_text=gettext_lazy("A workbook as it is downloaded here, or a YAML file."),
        required=False,
        validators=[FileExtensionValidator([*_TEXTS, *_BOOKS])],
        widget=forms.FileInput(attrs={"accept": _accepts([*_BOOKS, *_TEXTS])}),
    )
    text = Words(
        fact="benefits.standardversion.source:text",
        label=gettext_lazy("Or its text"),
        help_text=gettext_lazy("YAML, as in the examples. A chosen file goes before it."),
        required=False,
        strip=False,
        rows=14,
    )

    def clean_file(self) -> tuple[str, bytes] | None:
        """Return the file's name with what it holds, which a second look would not find again."""
        upload = self.cleaned_data.get("file")
        return (str(upload.name), content_of(upload)) if upload else None

    def of_file(self, upload: tuple[str, bytes]) -> str:
        """Return what a chosen file or workbook says, as text."""
        name, content = upload
        if name.lower().endswith(_TEXTS):
            return decoded(content[: LIMIT + 1])
        with as_file(content) as file:
            book = book_reading.read(file, name, self.on.number)
        try:
            source = written(book.entries, self.on.source)
            self.read(source)
        except PlanRefused as refused:
            raise book.refused(refused) from None
        return source

    def other(self, found: str, wanted: str) -> str:
        """Return the sentence that this is another standard than the one that is changed."""
        sentence = _("This is the standard “%(found)s”; here the standard “%(wanted)s” is changed.")
        return sentence % {"found": found, "wanted": wanted}


class TrialForm(Form):
    """People to try a standard on, and the day that a list would be made for."""

    asks = "standard_trial"

    file = FileField(
        fact="act:people",
        label=gettext_lazy("File of people"),
        help_text=gettext_lazy(
            "A table with a service a row, its headings in the first row: 开始日期, 结束日期, 地点, 岗位,"
            " 类别, 直接接触, 关系, 小时. Nothing of it is kept."
        ),
        validators=[FileExtensionValidator(_TABLES)],
        widget=forms.FileInput(attrs={"accept": _accepts(_TABLES)}),
    )
    as_of = Day(fact="act:as_of", label=gettext_lazy("Day that the list would be made for"))

    def clean_file(self) -> bytes:
        """Return what the file holds."""
        self.file_name = str(self.cleaned_data["file"].name)
        return content_of(self.cleaned_data["file"])
