"""Forms of early warning: an alert is acknowledged, verified, closed, noted about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models import Outcome
from songnuan.emergency.warning_rules import FALSE_OUTCOMES, TRUE_OUTCOMES, WORDS_LONGEST
from songnuan.web.fields import ChoiceField, Ticked, Words
from songnuan.web.forms import Form

_AGAIN = "each step says something of its own"
_NO_NAMES = _("No names, no identity numbers.")
TRUE, FALSE = "true", "false"


class AcknowledgeForm(Form):
    """Somebody sees to an alert."""

    asks = "alert_acknowledge"

    words = Words(
        fact="emergency.alertact.words",
        rows=2,
        max_length=WORDS_LONGEST,
        required=False,
        label=_("What is done first"),
        help_text=_NO_NAMES,
    )


class AcknowledgeManyForm(Form):
    """Somebody sees to several alerts."""

    asks = "alerts_acknowledge"

    alerts = Ticked(fact="act:alerts", label=_("Alerts"), required=False)
    words = Words(
        fact="emergency.alertact.words",
        again=_AGAIN,
        rows=2,
        max_length=WORDS_LONGEST,
        required=False,
        label=_("What is done first"),
        help_text=_NO_NAMES,
    )


class VerifyForm(Form):
    """Whether the rise is real, and how one knows."""

    asks = "alert_verify"

    signal = ChoiceField(
        fact="emergency.alert.is_true",
        label=_("Is the rise real?"),
        choices=[
            (TRUE, pgettext_lazy("signal", "Yes, a true signal")),
            (FALSE, pgettext_lazy("signal", "No, a false signal")),
        ],
        widget=forms.RadioSelect,
    )
    words = Words(
        fact="emergency.alertact.words",
        again=_AGAIN,
        rows=3,
        max_length=WORDS_LONGEST,
        label=_("How was it verified, and what was found?"),
        help_text=_NO_NAMES,
    )

    @property
    def is_true(self) -> bool:
        """Whether it is a true signal."""
        return bool(self.cleaned_data["signal"] == TRUE)


class CloseForm(Form):
    """What became of it."""

    asks = "alert_close"

    outcome = ChoiceField(
        fact="emergency.alert.outcome", label=_("What became of it?"), widget=forms.RadioSelect
    )
    words = Words(
        fact="emergency.alertact.words",
        again=_AGAIN,
        rows=3,
        max_length=WORDS_LONGEST,
        label=_("What was done?"),
        help_text=_NO_NAMES,
    )

    def __init__(self, *args: Any, is_true: bool, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        fitting = TRUE_OUTCOMES if is_true else FALSE_OUTCOMES
        self.fields["outcome"].choices = [(one.value, Outcome(one).label) for one in fitting]  # type: ignore[attr-defined]  # declared as a choice


class NoteForm(Form):
    """A word on the timeline."""

    asks = "alert_note"

    words = Words(
        fact="emergency.alertact.words",
        again=_AGAIN,
        rows=2,
        max_length=WORDS_LONGEST,
        label=_("Note"),
        help_text=_NO_NAMES,
    )
