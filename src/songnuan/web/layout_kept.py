"""What every form of a layout of bank files asks; and the form that takes one whole, as a file or text."""

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.payments.layouts import reading
from songnuan.plans.yamltext import LIMIT, decoded
from songnuan.web.fields import CharField, FileField, TypedChoiceField, Words
from songnuan.web.version_forms import VersionForm, WholeForm


class KeptForm(VersionForm):
    """A version of a layout."""

    behind = ("remark",)

    unit = TypedChoiceField(
        fact="payments.banklayout.unit", label=gettext_lazy("Unit whose layout it is"), coerce=int
    )
    remark = CharField(
        fact="payments.banklayout.note",
        label=gettext_lazy("What changed, and why"),
        help_text=gettext_lazy("For who looks at the versions later, such as 开户行5月起要求填证件号."),
        required=False,
    )

    def read(self, source: str) -> str:
        """Read the YAML of a layout, and return the short name that it says."""
        return reading.read(source).slug


class LayoutFileForm(WholeForm, KeptForm):
    """A whole layout as a file or as text."""

    asks = "bank_layout_file"

    file = FileField(
        fact="payments.banklayout.body:file",
        label=gettext_lazy("File of the layout"),
        help_text=gettext_lazy("A YAML file, as it is downloaded here."),
        required=False,
        validators=[FileExtensionValidator(["yaml", "yml"])],
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    text = Words(
        fact="payments.banklayout.body:text",
        label=gettext_lazy("Or its text"),
        help_text=gettext_lazy("YAML, as in the examples. A chosen file goes before it."),
        required=False,
        strip=False,
        rows=18,
    )

    def of_file(self, upload: Any) -> str:  # noqa: ANN401 - Django's uploaded file
        """Return what a chosen file says."""
        return decoded(upload.read(LIMIT + 1))

    def other(self, found: str, wanted: str) -> str:
        """Return the sentence that this is another layout than the one that is changed."""
        sentence = _("This is the layout “%(found)s”; here the layout “%(wanted)s” is changed.")
        return sentence % {"found": found, "wanted": wanted}
