"""The forms of musters: the call tree's file, calling people together, checking in, noting a call."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.emergency.actions.muster import Arrival, Call
from songnuan.emergency.models import CallOutcome
from songnuan.emergency.muster_rules import PLACE_LONGEST, WORDS_LONGEST
from songnuan.web.fields import CharField, ChoiceField, FileField, IntegerField, Moment
from songnuan.web.forms import Form


class CallTreeForm(Form):
    """The table of who calls whom."""

    asks = "call_tree"

    file = FileField(
        fact="emergency.calltree.digest",
        label=gettext_lazy("Table (.xlsx or .csv)"),
        help_text=gettext_lazy("Columns: 姓名, 手机号, 科室, 由谁通知 (name or number of who calls), 账号."),
    )


class MusterForm(Form):
    """Where everybody is to be, and by when."""

    asks = "muster"

    place = CharField(
        fact="emergency.muster.place", label=pgettext_lazy("muster", "Where"), max_length=PLACE_LONGEST
    )
    due_at = Moment(fact="emergency.muster.due_at", label=gettext_lazy("Everybody is there by"))
    escalate_minutes = IntegerField(
        fact="emergency.muster.escalate_minutes",
        label=gettext_lazy("Who is not reached goes to the next above after (minutes)"),
        initial=15,
    )

    def call(self) -> Call:
        """Return where and by when."""
        told = self.cleaned_data
        return Call(told["place"], told["due_at"], told["escalate_minutes"])


class HereForm(Form):
    """Whose telephone it is, and where it is if its owner lets it say so."""

    asks = "check_in"

    phone = CharField(
        fact="act:phone",
        label=gettext_lazy("Your mobile number"),
        help_text=gettext_lazy("As it stands in the call tree. This phone remembers it."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    place = CharField(
        fact="emergency.musterentry.position",
        label=gettext_lazy("Position"),
        widget=forms.HiddenInput,
        required=False,
    )

    def arrival(self) -> Arrival:
        """Return what the phone says."""
        return Arrival(position=self.cleaned_data["place"])


class CallForm(Form):
    """What was found out about somebody."""

    asks = "muster_call"

    outcome = ChoiceField(
        fact="emergency.callnote.outcome",
        label=gettext_lazy("What you found out"),
        choices=CallOutcome.choices,
    )
    words = CharField(
        fact="emergency.callnote.words",
        label=pgettext_lazy("call", "Why (where they do not come)"),
        max_length=WORDS_LONGEST,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        super().__init__(*args, **kwargs)
        self.auto_id = False  # one stands beside each person
