"""A plan file brought from the writer's own machine."""

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy

from songnuan.plans.faults import PlanRefused
from songnuan.plans.yamltext import LIMIT, decoded
from songnuan.web.fields import FileField
from songnuan.web.forms import Form


class FileForm(Form):
    """A plan file from the writer's own machine."""

    asks = "plan_file"

    file = FileField(
        fact="plans.planversion.source:file",
        again="a new plan begins with a file, a plan under way takes one",
        label=gettext_lazy("Plan file"),
        help_text=gettext_lazy("A YAML file as `songnuan plan schema` describes it, up to 1 MB."),
        validators=[FileExtensionValidator(["yaml", "yml"])],
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> str:
        """Return the text of the file."""
        return text_of_upload(self.cleaned_data["file"])


def text_of_upload(upload: Any) -> str:  # noqa: ANN401 - Django's uploaded file
    """Return an uploaded file as text.

    Raises:
        ValidationError: When it is too large, or no UTF-8.

    """
    try:
        return decoded(upload.read(LIMIT + 1))
    except PlanRefused as refused:
        raise forms.ValidationError([str(fault) for fault in refused.faults]) from None
