"""The forms of returnees: who came, how they were found, what was done, and how it ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models import EarlyEnd, StatusOutcome
from songnuan.emergency.returnee_rules import DAYS_MOST, Found, Told
from songnuan.kernel.clock import CHINA
from songnuan.web.fields import (
    CharField,
    ChoiceField,
    Day,
    FileField,
    IntegerField,
    TimeField,
    TypedChoiceField,
    Words,
)
from songnuan.web.forms import Form

_OFF = {"autocomplete": "off"}
_AGAIN = "who registers themselves tells it, or the staff who enter them"


class RegisterForm(Form):
    """Somebody who came back registers themselves."""

    asks = "returnee_register"

    name = CharField(fact="emergency.returnee.name", label=_("Name"), widget=forms.TextInput(attrs=_OFF))
    phone = CharField(
        fact="emergency.returnee.phone",
        label=_("Mobile number"),
        widget=forms.TextInput(attrs={"inputmode": "tel", **_OFF}),
    )
    origin = CharField(
        fact="emergency.returnee.origin",
        label=_("Where from"),
        help_text=_("Province and city, such as 湖北省武汉市."),
        widget=forms.TextInput(attrs=_OFF),
    )
    arrived_on = Day(fact="emergency.returnee.arrived_on", label=_("Day of arrival"))
    address = CharField(
        fact="emergency.returnee.address",
        label=_("Where they live here"),
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )

    def told(self) -> Told:
        """Return what is told."""
        given = self.cleaned_data
        return Told(given["name"], given["phone"], given["origin"], given["arrived_on"], given["address"])


class ReturneeForm(RegisterForm):
    """The staff of a community enter somebody."""

    asks = "returnee"

    unit = TypedChoiceField(fact="emergency.returnee.unit", label=_("Unit"), coerce=int)
    helper = TypedChoiceField(
        fact="emergency.returnee.helper",
        label=_("Contact person"),
        help_text=_("Asks after them every day."),
        coerce=int,
        required=False,
        empty_value=None,
    )

    field_order = ("unit", "name", "phone", "origin", "arrived_on", "address", "helper")

    def __init__(
        self,
        units: Mapping[int, str],
        helpers: Sequence[tuple[int, str]],
        *args: Any,  # noqa: ANN401 - as Django's
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["unit"], list(units.items()), blank=len(units) != 1)
        _choose(self.fields["helper"], helpers, blank=True)
        for name in ("name", "phone", "origin", "arrived_on", "address"):
            self.fields[name].again = _AGAIN  # type: ignore[attr-defined]  # a field of ours


def _choose(field: forms.Field, choices: Sequence[tuple[int, str]], *, blank: bool) -> None:
    assert isinstance(field, TypedChoiceField)  # noqa: S101 - it is declared above
    field.choices = [*([("", "—")] if blank else []), *choices]


class HelperForm(Form):
    """Somebody is given a contact person."""

    asks = "returnee_helper"

    helper = TypedChoiceField(
        fact="emergency.returnee.helper",
        label=_("Contact person"),
        coerce=int,
        again="it changes, or was not known when they were entered",
    )

    def __init__(self, helpers: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        _choose(self.fields["helper"], helpers, blank=True)


class ReturneesFileForm(Form):
    """A table of people."""

    asks = "returnees_file"

    file = FileField(
        fact="act:file",
        label=_("Table (.xlsx or .csv)"),
        help_text=_("Columns: 姓名, 手机号, 来源地, 到达日期; 社区, 住址, 联系人账号 where they are known."),
    )


class StatusForm(Form):
    """How somebody was found on a day."""

    asks = "daily_status"

    outcome = ChoiceField(
        fact="emergency.dailystatus.outcome",
        label=_("How were they?"),
        choices=StatusOutcome.choices,
        widget=forms.RadioSelect,
    )
    day = Day(fact="emergency.dailystatus.day", label=_("Of which day"))
    time = TimeField(
        fact="emergency.dailystatus.found_at",
        label=_("Seen, or tried, at"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    words = Words(
        fact="emergency.dailystatus.words",
        rows=2,
        label=_("In a few words"),
        help_text=_("What you found, what you tried, or why not; not needed for well."),
        required=False,
    )

    def found(self, *, reason: str | None = None) -> Found:
        """Return what is told."""
        given = self.cleaned_data
        found_at = None
        if given["time"] is not None:
            found_at = datetime.combine(given["day"], given["time"], CHINA)
        return Found(given["day"], given["outcome"], found_at, given["words"], reason)


class StatusCorrectionForm(StatusForm):
    """A status is corrected: it says all anew, and why."""

    asks = "daily_status_correction"

    reason = Words(fact="emergency.dailystatus.reason", rows=2, label=_("Why is it corrected?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        for name in ("outcome", "day", "time", "words"):
            self.fields[name].again = "a status is corrected"  # type: ignore[attr-defined]  # a field of ours


class AnswerForm(Form):
    """What was done about who is unwell."""

    asks = "daily_status_answer"

    words = Words(fact="emergency.statusanswer.words", rows=2, label=_("What was done"))


class PeriodForm(Form):
    """The observation of somebody is set to other days."""

    asks = "observation"

    days = IntegerField(
        fact="emergency.periodchange.days",
        label=_("Days of observation, from the day of arrival"),
        min_value=1,
        max_value=DAYS_MOST,
    )
    reason = Words(fact="emergency.periodchange.reason", rows=2, label=_("Reason"))


class PolicyForm(Form):
    """The days that the plan says now are set for who was entered before."""

    asks = "observation_policy"

    reason = Words(
        fact="emergency.periodchange.reason", rows=2, label=_("Reason"), again="it is set for many at once"
    )


class EndForm(Form):
    """An observation ends before its time."""

    asks = "observation_end"

    ended_as = ChoiceField(
        fact="emergency.returnee.ended_as",
        label=pgettext_lazy("returnee", "Why it ends"),
        choices=EarlyEnd.choices,
        widget=forms.RadioSelect,
    )
    words = Words(fact="emergency.returnee.words", rows=2, label=_("In a few words"))


class AsideForm(Form):
    """A registration is set aside."""

    asks = "returnee_aside"

    words = Words(
        fact="emergency.returnee.words", rows=2, label=_("Why"), again="what was registered was not so"
    )


class CodeForm(Form):
    """For which unit a code is made."""

    asks = "returnee_code"

    unit = TypedChoiceField(fact="emergency.returneecode.unit", label=_("Unit"), coerce=int)

    def __init__(self, units: Mapping[int, str], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        _choose(self.fields["unit"], list(units.items()), blank=len(units) != 1)
