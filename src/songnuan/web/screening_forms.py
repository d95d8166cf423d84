"""The forms of screening: a round is opened, a unit says how far it is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from songnuan.emergency.actions.screening import Days
from songnuan.emergency.screening_rules import REASON_LONGEST, TITLE_LONGEST
from songnuan.web.fields import CharField, Day, FileField, IntegerField, Words
from songnuan.web.forms import Form

_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


class RoundForm(Form):
    """Who is to be screened, and until when."""

    asks = "screening_round"

    title = CharField(
        fact="emergency.screeninground.title",
        label=_("What the round is called"),
        max_length=TITLE_LONGEST,
    )
    first_on = Day(fact="emergency.screeninground.first_on", label=_("From"))
    last_on = Day(fact="emergency.screeninground.last_on", label=_("To, that day included"))
    file = FileField(
        fact="act:file",
        label=_("How many by unit (.xlsx or .csv)"),
        help_text=_("Columns: 单位, 人数. Without a table, the staff of each unit that the house knows."),
        required=False,
    )

    def days(self) -> Days:
        """Return title and days."""
        told = self.cleaned_data
        return Days(told["title"], told["first_on"], told["last_on"])


class ScreeningForm(Form):
    """How far a unit is."""

    asks = "screening"

    screened = IntegerField(
        fact="emergency.screeningreport.screened",
        label=_("Screened so far"),
        widget=forms.TextInput(attrs=_NUMBER),
    )
    unwell = IntegerField(
        fact="emergency.screeningreport.unwell",
        label=_("Of them unwell"),
        widget=forms.TextInput(attrs=_NUMBER),
    )
    reason = Words(
        fact="emergency.screeningreport.reason",
        rows=2,
        label=_("Why fewer than before"),
        max_length=REASON_LONGEST,
        required=False,
    )
