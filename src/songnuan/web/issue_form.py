"""The form by which a plan is issued: under which code, and where the numbers go on."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.journeys.notice import NextNumber
from songnuan.web.fields import CharField, IntegerField
from songnuan.web.forms import Form


class IssueForm(Form):
    """The code of the number; the last number given elsewhere is asked only before the first one.

    `told` is where the numbers under the code stand that was typed, or else is proposed.
    """

    asks = "issue"

    code = CharField(
        fact="records.issueddocument.code",
        label=gettext_lazy("Code of the number"),
        help_text=gettext_lazy("What stands before the year, such as 澄水运防 in 澄水运防〔2020〕3号."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_given = IntegerField(
        fact="records.numbersequence.last",
        label=gettext_lazy("Last number given this year"),
        help_text=gettext_lazy(
            "As the register on paper has it; 0 when there is none. From here on the numbers go on."
        ),
        min_value=0,
        max_value=99_999,
    )

    def __init__(self, data: QueryDict | None = None, *, told: NextNumber) -> None:
        super().__init__(data, initial={"code": told.code, "last_given": told.last_given})
        self.told = told
        if told.has_begun:
            del self.fields["last_given"]

    def clean(self) -> None:
        """Let nobody's word of where the numbers stand be dropped because another code was typed.

        Whoever typed a code that has no number here yet was shown no field for the last one given; whoever
        typed one that is counted here may have said another number than the one that comes.
        """
        typed = str(self.data.get("last_given", "")).strip()
        facts = {"code": self.told.code, "serial": self.told.serial}
        if self.cleaned_data.get("code") != self.told.code:  # no code at all: that is said already
            return
        if self.told.has_begun and typed and typed != str(self.told.serial - 1):
            sentence = _(
                "Numbers under %(code)s are counted here already, and %(serial)s comes next. "
                "If that is right, issue it again."
            )
            self.add_error("code", sentence % facts)
        elif not self.told.has_begun and "last_given" not in self.data:
            self.data = {**self.data, "code": self.told.code, "last_given": str(self.told.last_given)}
            del self.errors["last_given"]
            sentence = _("No number was given under %(code)s here yet. Enter the last one, then issue it.")
            self.add_error("last_given", sentence % facts)
