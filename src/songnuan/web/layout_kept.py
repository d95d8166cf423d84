"""What every form of a layout of bank files asks; and the form that takes one whole, as a file or text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Permission, roles_with
from songnuan.organisation.queries import unit_names
from songnuan.organisation.rules import live
from songnuan.payments.layouts import reading
from songnuan.payments.layouts.model import Layout
from songnuan.plans.faults import SHOWN, PlanRefused
from songnuan.plans.yamltext import LIMIT, decoded
from songnuan.web.fields import CharField, FileField, TypedChoiceField, Words
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader


@dataclass(frozen=True, slots=True)
class Ground:
    """What a version is written on: the layout that stands, or None for a new one."""

    layout: Layout | None = None


class KeptForm(Form):
    """Whose a layout is, and what changed. `source` is its YAML once it is valid."""

    unit = TypedChoiceField(
        fact="payments.banklayout.unit", label=gettext_lazy("Unit whose layout it is"), coerce=int
    )
    remark = CharField(
        fact="payments.banklayout.note",
        label=gettext_lazy("What changed, and why"),
        help_text=gettext_lazy("For who looks at the versions later, such as 开户行5月起要求填证件号."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as Django's
        on: Ground | None = None,
        units: Sequence[tuple[int, str]] = (),
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.source = on or Ground(), ""
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)  # noqa: S101 - as declared above
        unit.choices = list(units)
        if not units:
            del self.fields["unit"]
        elif len(units) == 1:
            unit.widget = forms.HiddenInput()
            unit.initial = units[0][0]

    def remark_last(self) -> None:
        """Let the remark stand behind all other inputs, as on the page."""
        self.fields["remark"] = self.fields.pop("remark")


class LayoutFileForm(KeptForm):
    """A whole layout as a file or as text; what a file says is put into the text as well."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.remark_last()
        self.fields["text"].widget.attrs |= {"class": "code", "spellcheck": "false"}

    def clean(self) -> dict[str, Any]:
        """Read the file, or the text where none was chosen, with everything that is wrong in it."""
        upload, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        if "file" in self.errors:
            return self.cleaned_data
        place = "file" if upload else "text"
        if not upload and not text.strip():
            self.add_error("file", _("Choose a file, or paste the text."))
            return self.cleaned_data
        try:
            self.source = decoded(upload.read(LIMIT + 1)) if upload else text
            told = reading.read(self.source)
        except PlanRefused as refused:
            shown = [str(fault) for fault in refused.faults[:SHOWN]]
            self.add_error(place, forms.ValidationError(list(shown)))
        else:
            if isinstance(self.data, QueryDict):
                self.data = {**self.data.dict(), "text": self.source}
            if self.on.layout is not None and told.slug != self.on.layout.slug:
                sentence = _("This is the layout “%(found)s”; here the layout “%(wanted)s” is changed.")
                self.add_error(place, sentence % {"found": told.slug, "wanted": self.on.layout.slug})
        return self.cleaned_data


def units_for(reader: Reader) -> list[tuple[int, str]]:
    """Return the units that the reader may write layouts for, those of the own posts first."""
    names = unit_names(reader.reach_ids(Permission.PURCHASE_RECORD), reader.day)
    posts = Post.objects.filter(
        live(reader.day), user=reader.user, role__in=roles_with(Permission.PURCHASE_RECORD)
    )
    own = [pk for pk in posts.order_by("pk").values_list("unit_id", flat=True) if pk in names]
    rest = sorted(pk for pk in names if pk not in own)
    return [(pk, names[pk]) for pk in dict.fromkeys([*own, *rest])]
