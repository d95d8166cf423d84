"""The form by which a plan is issued: under which code, and where the numbers go on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from songnuan.web.forms import Form


class IssueForm(Form):
    """The code of the number; the last number given elsewhere is asked only before the first one."""

    code = forms.CharField(
        label=_("Code of the number"),
        help_text=_("What stands before the year, such as 澄水运防 in 澄水运防〔2020〕3号."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_given = forms.IntegerField(
        label=_("Last number given this year"),
        help_text=_("As the register on paper has it; 0 when there is none. From here on the numbers go on."),
        min_value=0,
        max_value=99_999,
    )

    def __init__(self, *args: Any, has_begun: bool, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(*args, **kwargs)
        if has_begun:
            del self.fields["last_given"]
