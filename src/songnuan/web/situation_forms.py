"""Forms of situation reports: an event, a correction, excuses, asking, a part, the consolidated report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.actions import Acknowledged, Days, Sent
from songnuan.emergency.models import EventCategory, SituationReport, SlotStatus
from songnuan.emergency.report_rules import NAME_LONGEST, REASON_LONGEST, WORDS_LONGEST, Told
from songnuan.web.fields import CharField, ChoiceField, Day, IntegerField, Moment, Ticked, Words
from songnuan.web.forms import Form
from songnuan.web.posted_times import device_clock

_OFF = {"autocomplete": "off"}
_DIGITS = 9  # of the number of a version, at most


class EventForm(Form):
    """What happened: what kind, when, how many, in a few words. `figures` are (key, label) of the plan's."""

    asks = "situation_event"

    category = ChoiceField(
        fact="emergency.situationreport.category",
        label=_("What happened?"),
        choices=EventCategory.choices,
        widget=forms.RadioSelect,
    )
    happened_at = Moment(fact="emergency.situationreport.happened_at", label=_("When?"))
    words = Words(
        fact="emergency.situationreport.words",
        rows=3,
        max_length=WORDS_LONGEST,
        label=_("In a few words"),
        help_text=_("What happened, and what is being done. No names, no identity numbers."),
    )

    def __init__(self, figures: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.figure_keys = [key for key, _label in figures]
        widget = {"inputmode": "numeric", **_OFF}
        for key, label in figures:
            self.fields[f"figure-{key}"] = IntegerField(
                fact=f"emergency.situationreport.figures:{key}",
                label=label,
                required=False,
                widget=forms.TextInput(attrs=widget),
            )

    @property
    def figures(self) -> list[forms.BoundField]:
        """The inputs of the figures."""
        return [self[f"figure-{key}"] for key in self.figure_keys]

    def told(self) -> Told:
        """Return what is reported."""
        given = self.cleaned_data
        figures = {key: given[f"figure-{key}"] for key in self.figure_keys}
        return Told(
            SlotStatus.EVENT.value,
            category=given.get("category", ""),
            happened_at=given.get("happened_at"),
            figures={key: number for key, number in figures.items() if number is not None},
            words=given.get("words", ""),
        )


class CorrectionForm(EventForm):
    """A report is corrected: it says all anew, and why. What an event needs is asked by the rules."""

    asks = "situation_correction"

    kind = ChoiceField(
        fact="emergency.situationreport.kind",
        label=pgettext_lazy("situation report", "Correctly"),
        choices=[
            (SlotStatus.ZERO.value, SlotStatus.ZERO.label),
            (SlotStatus.EVENT.value, SlotStatus.EVENT.label),
        ],
        widget=forms.RadioSelect,
    )
    reason = Words(
        fact="emergency.situationreport.reason",
        rows=2,
        max_length=REASON_LONGEST,
        label=_("Why is it corrected?"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        for name in ("category", "happened_at", "words"):
            self.fields[name].required = False

    def told(self) -> Told:
        """Return what is reported instead."""
        event, given = super().told(), self.cleaned_data
        if given["kind"] == SlotStatus.ZERO:
            return Told(SlotStatus.ZERO.value, reason=given["reason"])
        return Told(
            event.kind, event.category, event.happened_at, event.figures, event.words, given["reason"]
        )


class CallForm(EventForm):
    """What a unit told the office by telephone: all safe or an event, who told it, when."""

    asks = "situation_call"

    kind = ChoiceField(
        fact="emergency.situationreport.kind",
        again="who tells it by telephone can't choose it on a form of their own",
        label=pgettext_lazy("situation report", "What was told"),
        choices=[
            (SlotStatus.ZERO.value, SlotStatus.ZERO.label),
            (SlotStatus.EVENT.value, SlotStatus.EVENT.label),
        ],
        widget=forms.RadioSelect,
    )
    told_by = CharField(
        fact="emergency.situationreport.told_by",
        label=_("Who told it"),
        max_length=NAME_LONGEST,
        widget=forms.TextInput(attrs=_OFF),
    )
    told_at = Moment(fact="emergency.situationreport.told_at", label=_("When was it told?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        for name in ("category", "happened_at", "words"):
            self.fields[name].required = False

    def told(self) -> Told:
        """Return what is reported, with who told it and when."""
        event, given = super().told(), self.cleaned_data
        if given["kind"] == SlotStatus.ZERO:
            event = Told(SlotStatus.ZERO.value)
        return replace(event, told_by=given["told_by"], told_at=given["told_at"])


class CallCorrectionForm(CallForm):
    """The office corrects what it entered by telephone: it says all anew, and why."""

    asks = "situation_call_correction"

    reason = Words(
        fact="emergency.situationreport.reason",
        again="who told it by telephone can't correct it on a form of their own",
        rows=2,
        max_length=REASON_LONGEST,
        label=_("Why is it corrected?"),
    )

    def told(self) -> Told:
        """Return what is reported instead, with who told it and when."""
        return replace(super().told(), reason=self.cleaned_data["reason"])


def initial_of(valid: SituationReport) -> dict[str, object]:
    """Return what stands in the form of a correction: the report that is there."""
    figures = {f"figure-{key}": number for key, number in valid.figures.items()}
    return {
        "kind": valid.kind,
        "category": valid.category,
        "happened_at": valid.happened_at,
        "words": valid.words or "",
        "told_by": valid.told_by or "",
        "told_at": valid.told_at,
        **figures,
    }


def sent_of(data: Mapping[str, Any], key: UUID, at: datetime, clock_offset: timedelta) -> Sent:
    """Return what came with a report: its key, the device's clock, and which version it corrects."""
    device_at, skew = device_clock(data, at, clock_offset)
    version = str(data.get("corrects", ""))
    corrects = int(version) if version.isascii() and version.isdigit() and len(version) < _DIGITS else None
    return Sent(key, device_at, skew, corrects)


class ExcuseForm(Form):
    """A unit need not report for some days."""

    asks = "situation_excuse"

    first_on = Day(fact="emergency.reportexcuse.first_on", label=_("From"))
    last_on = Day(fact="emergency.reportexcuse.last_on", label=_("To, that day included"))
    reason = Words(fact="emergency.reportexcuse.reason", rows=2, max_length=REASON_LONGEST, label=_("Reason"))

    @property
    def days(self) -> Days:
        """The days."""
        return Days(self.cleaned_data["first_on"], self.cleaned_data["last_on"])


class WithdrawForm(Form):
    """An excuse is taken back."""

    asks = "situation_excuse_back"

    reason = Words(
        fact="emergency.reportexcuse.withdrawn_why",
        rows=2,
        max_length=REASON_LONGEST,
        label=_("Reason"),
    )


class PhoneForm(Form):
    """What a unit answered when it was called."""

    asks = "situation_phone"

    words = Words(
        fact="emergency.reportchase.words",
        rows=2,
        max_length=REASON_LONGEST,
        label=_("What was answered"),
    )


class PartForm(Form):
    """A unit passes its part on: in words, and who is named as missing."""

    asks = "situation_part"

    missing = Ticked(fact="act:missing", label=_("Missing, and named so"), required=False)
    words = Words(
        fact="emergency.reportpart.words",
        rows=2,
        max_length=WORDS_LONGEST,
        label=_("What you say to it"),
    )


class SendForm(Form):
    """The consolidated report was sent up."""

    asks = "situation_send"

    way = CharField(
        fact="emergency.reportsummary.sent_way",
        label=_("How was it sent?"),
        max_length=60,
        widget=forms.TextInput(attrs=_OFF),
        help_text=_("Such as: official network, fax, by hand."),
    )


class ReceiptForm(Form):
    """The superior's receipt came back."""

    asks = "situation_receipt"

    received_by = CharField(
        fact="emergency.reportsummary.received_by",
        label=_("Who took it"),
        max_length=60,
        widget=forms.TextInput(attrs=_OFF),
    )
    received_at = Moment(fact="emergency.reportsummary.received_at", label=_("When"))
    number = CharField(
        fact="emergency.reportsummary.receipt_number",
        label=_("Number of the receipt"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )

    @property
    def receipt(self) -> Acknowledged:
        """The receipt."""
        told = self.cleaned_data
        return Acknowledged(told["received_by"], told["received_at"], told["number"])
