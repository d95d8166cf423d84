"""Forms of call-backs: how payments are drawn, and what somebody said who was paid."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.kernel.sampling import CONFIDENCES, MARGINS
from songnuan.payments.sample_models import NAME_LONGEST, WORDS_LONGEST, Kept, Received
from songnuan.payments.sample_rules import Answer, Order, Scope
from songnuan.web.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    Day,
    IntegerField,
    Money,
    TypedChoiceField,
)
from songnuan.web.forms import Form

NOT_REACHED = "not_reached"
_YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


class DrawPaymentsForm(Form):
    """How many payments are drawn of a list."""

    asks = "payment_sample"

    confidence = TypedChoiceField(
        fact="payments.paymentsample.confidence",
        label=gettext_lazy("Confidence, per cent"),
        coerce=int,
        choices=[(one, one) for one in CONFIDENCES],
        initial=95,
    )
    margin = TypedChoiceField(
        fact="act:payment_margin",
        label=gettext_lazy("Error at most"),
        help_text=gettext_lazy("The number of calls follows from it; or write the number below."),
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("by the number below")), *((one, f"±{one}%") for one in MARGINS)],
        initial=10,
        required=False,
    )
    size = IntegerField(
        fact="payments.paymentsample.size",
        label=pgettext_lazy("call-backs", "How many"),
        help_text=gettext_lazy("Counts before the error. Press “Work out” to see what it tells of all."),
        min_value=1,
        max_value=100_000,
        required=False,
    )
    by_unit = BooleanField(
        fact="payments.paymentsample.by_unit",
        label=gettext_lazy("Every unit has its share, at least one payment"),
        required=False,
    )
    reason = CharField(
        fact="payments.paymentsample.reason",
        label=gettext_lazy("Why another draw"),
        help_text=gettext_lazy(
            "Needed while people of an earlier draw are still to be called; it stays with the draw."
        ),
        max_length=WORDS_LONGEST,
        required=False,
    )

    def order(self) -> Order:
        """Return how it is drawn."""
        told = self.cleaned_data
        size = told["size"]
        return Order(
            confidence=told["confidence"],
            by_unit=told["by_unit"],
            size=size,
            margin=told["margin"] if size is None else None,
            reason=told["reason"],
        )


class DrawPlanForm(DrawPaymentsForm):
    """How many payments are drawn of all lists of a plan or clause in a period."""

    field_order = ("measure", "since", "until")
    measure = TypedChoiceField(
        fact="payments.paymentsample.measure",
        label=gettext_lazy("Lists of"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    since = Day(fact="payments.paymentsample.since", label=pgettext_lazy("call-backs", "Paid from"))
    until = Day(fact="payments.paymentsample.until", label=pgettext_lazy("call-backs", "Paid until"))

    def __init__(self, measures: Mapping[int, str], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        choose: Any = self.fields["measure"]
        choose.choices = [("", _("the whole plan")), *measures.items()]

    def scope(self) -> Scope:
        """Return what is drawn from."""
        told = self.cleaned_data
        return Scope(measure_id=told["measure"], since=told["since"], until=told["until"])


class CallForm(Form):
    """What somebody said who was paid; `signed` is asked of cash alone."""

    asks = "call_back"

    received = ChoiceField(
        fact="payments.callback.received",
        label=gettext_lazy("Did you receive the money?"),
        choices=[*Received.choices, (NOT_REACHED, pgettext_lazy("call-back", "not reached"))],
        widget=forms.RadioSelect,
    )
    received_minor = Money(
        fact="payments.callback.received_minor",
        label=gettext_lazy("How much did you receive? (yuan)"),
        required=False,
    )
    kept = ChoiceField(
        fact="payments.callback.kept",
        label=gettext_lazy("Did you keep it? Did anybody ask for it back?"),
        choices=Kept.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    back_minor = Money(
        fact="payments.callback.back_minor",
        label=gettext_lazy("How much did you give back? (yuan)"),
        required=False,
    )
    back_to = CharField(
        fact="payments.callback.back_to",
        label=gettext_lazy("To whom?"),
        help_text=gettext_lazy("As they say it; an office or a post is enough."),
        max_length=NAME_LONGEST,
        required=False,
    )
    signed = ChoiceField(
        fact="payments.callback.signed",
        label=gettext_lazy("Did you sign for it yourself?"),
        choices=_YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    words = CharField(
        fact="payments.callback.words",
        label=gettext_lazy("In their own words"),
        help_text=gettext_lazy("Needed where something is amiss. No numbers of people."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS_LONGEST,
        required=False,
    )
    happened_on = Day(fact="payments.callback.happened_on", label=gettext_lazy("Day of the call"))

    def __init__(self, *args: Any, is_cash: bool, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        if not is_cash:
            del self.fields["signed"]

    def answer(self) -> Answer:
        """Return what was said."""
        told = self.cleaned_data
        if told["received"] == NOT_REACHED:
            return Answer(reached=False, words=told["words"])
        signed = told.get("signed", "")
        return Answer(
            reached=True,
            received=told["received"],
            received_minor=told["received_minor"],
            kept=told["kept"],
            back_minor=told["back_minor"],
            back_to=told["back_to"],
            signed=None if not signed else signed == "yes",
            words=told["words"],
        )
