"""Forms of situation reports: an event, a correction, excuses, asking, a part, the consolidated report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.actions import Acknowledged, Days, Sent
from songnuan.emergency.models import EventCategory, SituationReport, SlotStatus
from songnuan.emergency.report_figure_rules import Doubt, FiguresUnlikely
from songnuan.emergency.report_rules import NAME_LONGEST, REASON_LONGEST, WORDS_LONGEST, Told
from songnuan.kernel.refusal import Refusal
from songnuan.web.fields import CharField, ChoiceField, Day, Field, IntegerField, Moment, Ticked, Words
from songnuan.web.forms import Form
from songnuan.web.posted_times import device_clock

_OFF = {"autocomplete": "off"}
_DIGITS = 9  # of the number of a version, at most
_NUMBER = re.compile(r"[0-9]{1,9}")


class Checked(Field):
    """Figures that are said to be checked, each as key and number, such as "fever=120"."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> dict[str, int]:  # noqa: ANN401 - as Django's
        """Read them; what is no such thing was not ticked on the page, and confirms nothing."""
        told = (str(one).rpartition("=") for one in value or ())
        return {key: int(number) for key, _sign, number in told if _NUMBER.fullmatch(number)}


@dataclass(frozen=True, slots=True)
class Unsure:
    """A figure that asks a second look, as the page shows it."""

    key: str
    label: str
    figure: int
    is_checked: bool


class EventForm(Form):
    """What happened: what kind, when, how many, in a few words. `figures` are (key, label) of the plan's.

    What is unlikely is refused until it is ticked: the box stands there only then.
    """

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

    checked = Checked(
        fact="emergency.situationreport.checked", label=_("I have checked this figure"), required=False
    )

    def __init__(self, figures: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        if "checked" not in self.data:
            del self.fields["checked"]  # it was not asked
        self.refused: tuple[Doubt, ...] = ()
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

    @property
    def unsure(self) -> list[Unsure]:
        """The figures that ask a second look, and those that were ticked so already."""
        given = getattr(self, "cleaned_data", {})
        checked = given.get("checked") or {}
        asked = {one.key: one.figure for one in self.refused}
        found = []
        for key in self.figure_keys:
            figure = given.get(f"figure-{key}", asked.get(key))
            if figure is not None and figure in (asked.get(key), checked.get(key)):
                label = str(self.fields[f"figure-{key}"].label)
                found.append(Unsure(key, label, figure, checked.get(key) == figure))
        return found

    def refuse(self, refusal: Refusal) -> None:
        """Say a refusal, and keep which figures it asks to be looked at again."""
        if isinstance(refusal, FiguresUnlikely):
            self.refused = refusal.unsure
        super().refuse(refusal)

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
            checked=given.get("checked"),
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
        return replace(event, reason=given["reason"])


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
