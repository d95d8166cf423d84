"""Forms on double payments: why one is paid or taken out, and a table of the dead."""

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy

from songnuan.benefits.doubling import REASON_MAX, SOURCE_MAX
from songnuan.web.fields import CharField, FileField
from songnuan.web.forms import Form
from songnuan.web.standard_uploads import content_of

_TABLES = ("xlsx", "xlsm", "xls", "ods", "csv", "txt")


class DoubleForm(Form):
    """Why a finding is decided as it is."""

    asks = "double_decision"

    reason = CharField(
        fact="benefits.findingdecision.reason",
        label=gettext_lazy("Reason"),
        max_length=REASON_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DeathsForm(Form):
    """A table of people who have died, and who sent it."""

    asks = "known_dead"

    file = FileField(
        fact="benefits.knowndead.id_index:file",
        label=gettext_lazy("Table of the dead"),
        help_text=gettext_lazy(
            "A table with the headings 身份证号 and 死亡日期. Names are not read; a number is kept"
            " as a mark by which it is found again, and cannot be read back."
        ),
        validators=[FileExtensionValidator(_TABLES)],
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in _TABLES)}),
    )
    source = CharField(
        fact="benefits.knowndead.source",
        label=gettext_lazy("Who sent it"),
        help_text=gettext_lazy("Such as the civil affairs office, with the month that it tells of."),
        max_length=SOURCE_MAX,
    )

    def clean_file(self) -> bytes:
        """Return what the file holds."""
        upload: Any = self.cleaned_data["file"]
        self.file_name = str(upload.name)
        return content_of(upload)
