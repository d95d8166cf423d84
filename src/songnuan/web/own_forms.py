"""Forms of a person's own view: the way in, and what a person asks for."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.payments.notice_rules import TEXT_LEAST, TEXT_MOST
from songnuan.payments.payee_models import TEXT_LONGEST, Heard
from songnuan.people.access_codes import ENDING, is_code, plain
from songnuan.people.corrections import FACTS, OTHER, VALUE_MAX
from songnuan.web.fields import BooleanField, CharField, ChoiceField
from songnuan.web.forms import Form
from songnuan.web.own_words import asked_words

_TYPED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class WayInForm(Form):
    """The code, and what goes with it."""

    asks = "own_way_in"

    code = CharField(
        fact="act:way_in_code",
        label=pgettext_lazy("own view", "Code"),
        help_text=gettext_lazy("Twelve digits, as on your slip or in your message. Hyphens may be left out."),
        max_length=40,
        widget=forms.TextInput(attrs={**_TYPED, "inputmode": "numeric"}),
    )
    ending = CharField(
        fact="act:way_in_ending",
        label=gettext_lazy("Last four characters of your identity number"),
        help_text=gettext_lazy(
            "An X at the end counts. If the slip says so, the last four digits of your phone."
        ),
        max_length=12,
        widget=forms.TextInput(attrs=_TYPED),
    )

    def clean_code(self) -> str:
        """Return the code.

        Raises:
            ValidationError: When it can be none.

        """
        told: str = self.cleaned_data["code"]
        if not is_code(told):
            sentence = _(
                "A code has twelve digits, none of them 0 or 1. Compare it with your slip or message."
            )
            raise forms.ValidationError(sentence, code="code_invalid")
        return told

    def clean_ending(self) -> str:
        """Return the four characters.

        Raises:
            ValidationError: When they are not four.

        """
        told: str = self.cleaned_data["ending"]
        if len(plain(told)) != ENDING:
            raise forms.ValidationError(_("Enter exactly four characters."), code="ending_invalid")
        return told


class CorrectionForm(Form):
    """What is wrong, and what it should be."""

    asks = "own_correction"

    field = ChoiceField(fact="people.correction.field", label=pgettext_lazy("correction", "What is wrong"))
    value = CharField(
        fact="people.correction.value",
        label=gettext_lazy("What it should be"),
        help_text=gettext_lazy("A date like 1985-03-12; a sex as 男 or 女."),
        max_length=VALUE_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = CharField(
        fact="people.correction.reason",
        label=pgettext_lazy("correction", "Why"),
        help_text=gettext_lazy("For example: as on the identity card. The office decides by it."),
        max_length=VALUE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose …")), *((name, asked_words(name)) for name in (*FACTS, OTHER))]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField


class ErasureForm(Form):
    """The wish to be erased; nobody has to say why."""

    asks = "own_erasure"

    reason = CharField(
        fact="people.correction.reason:erasure",
        label=pgettext_lazy("erasure", "Why"),
        max_length=VALUE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReceivedForm(Form):
    """What did not come as it should."""

    asks = "own_received"

    said = ChoiceField(
        fact="payments.payeeword.said",
        label=gettext_lazy("What happened"),
        choices=[
            (Heard.NOT.value, gettext_lazy("Nothing came")),
            (Heard.LESS.value, gettext_lazy("Something came, but less")),
        ],
        widget=forms.RadioSelect,
    )
    text = CharField(
        fact="payments.payeeword.text",
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("If less came: how much. Otherwise you can leave it empty."),
        max_length=TEXT_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OwnObjectionForm(Form):
    """What is wrong with the own line of a list in public notice, or with the list."""

    asks = "own_objection"

    text = CharField(
        fact="payments.objection.text",
        again="who came in with a code is not asked for line, name and phone",
        label=pgettext_lazy("objection", "What is wrong"),
        help_text=gettext_lazy("Only who looks into it reads it. Leave out numbers of identity cards."),
        min_length=TEXT_LEAST,
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    named = BooleanField(
        fact="act:own_name",
        label=gettext_lazy("Say my name and my phone to who looks into it"),
        help_text=gettext_lazy("So that you can be asked. Who made the list does not see it."),
        required=False,
        initial=True,
    )


class OwnProxyForm(Form):
    """Who may fetch a kit for the person."""

    asks = "own_proxy"

    proxy = CharField(
        fact="goods.recipient.proxy",
        again="who came in with a code names somebody without the office",
        label=pgettext_lazy("own kit", "Who picks it up for you"),
        help_text=gettext_lazy("The name. Leave it empty to take it back: then only you pick it up."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
