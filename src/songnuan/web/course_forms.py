"""The forms of courses: opening one, a door, checking in there, reading, and what the office enters."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.outreach.actions.attending import Told
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.course_rules import REASON_LONGEST, Window
from songnuan.outreach.lesson_rules import PLACE_LONGEST
from songnuan.web.fields import (
    BooleanField,
    CharField,
    Day,
    IntegerField,
    Moment,
    TypedChoiceField,
    Words,
)
from songnuan.web.forms import Form

_NAME_LONGEST, _TAIL_LONGEST, _CODE_LONGEST = 60, 8, 20


class CourseForm(Form):
    """Who learns a lesson by when, and what counts."""

    asks = "course"

    roster = TypedChoiceField(
        fact="outreach.course.roster",
        label=pgettext_lazy("course", "Everybody on the roster"),
        coerce=int,
    )
    until_on = Day(fact="outreach.course.until_on", label=gettext_lazy("To be learnt by"))
    by_reading = BooleanField(
        fact="outreach.course.by_reading",
        label=gettext_lazy("Who reads it to the end and confirms it has learnt it too"),
        required=False,
        initial=True,
    )
    pass_at = IntegerField(
        fact="outreach.course.pass_at",
        label=gettext_lazy("Right answers with which the test is passed"),
        help_text=gettext_lazy("0: there is no test."),
    )
    tries = IntegerField(
        fact="outreach.course.tries",
        label=gettext_lazy("How often somebody may try the test"),
        initial=2,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - handed on to Django as they are
        rosters: Sequence[tuple[int, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roster"].choices = list(rosters)  # type: ignore[attr-defined]  # a field of choices

    def terms(self) -> Terms:
        """Return what was asked for."""
        told = self.cleaned_data
        return Terms(told["until_on"], told["pass_at"], told["tries"], told["by_reading"])


class DoorForm(Form):
    """When and where a lesson is taught."""

    asks = "course_door"

    place = CharField(
        fact="outreach.door.place", label=pgettext_lazy("door", "Where"), max_length=PLACE_LONGEST
    )
    begins_at = Moment(fact="outreach.door.begins_at", label=pgettext_lazy("door", "Begins"))
    ends_at = Moment(fact="outreach.door.ends_at", label=pgettext_lazy("door", "Ends"))
    early_minutes = IntegerField(
        fact="outreach.door.early_minutes",
        label=gettext_lazy("Check-in opens so many minutes before"),
        initial=30,
    )
    late_minutes = IntegerField(
        fact="outreach.door.late_minutes",
        label=gettext_lazy("Late is who comes so many minutes after it began"),
        initial=10,
    )
    is_make_up = BooleanField(
        fact="outreach.door.is_make_up",
        label=gettext_lazy("It is taught again, for those who missed it"),
        required=False,
    )

    def window(self) -> Window:
        """Return when it is taught."""
        told = self.cleaned_data
        return Window(told["begins_at"], told["ends_at"], told["early_minutes"], told["late_minutes"])


class AtDoorForm(Form):
    """Who somebody without an account is."""

    asks = "door_here"

    name = CharField(
        fact="act:name",
        label=gettext_lazy("Your name"),
        max_length=_NAME_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone_tail = CharField(
        fact="act:phone",
        label=gettext_lazy("Last four digits of your mobile number"),
        max_length=_TAIL_LONGEST,
        error_messages={"required": gettext_lazy("Write the last four digits of your mobile number.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    own_code = CharField(
        fact="act:code",
        label=gettext_lazy("Or your own code"),
        help_text=gettext_lazy("Where the office gave you one: eight letters and digits."),
        max_length=_CODE_LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as above
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get(self.add_prefix("own_code"), "").strip():
            for name in ("name", "phone_tail"):
                self.fields[name].required = False

    def told(self) -> Told:
        """Return who they say they are."""
        told = self.cleaned_data
        return Told(told["own_code"], told["name"], told["phone_tail"])


class ReadForm(Form):
    """That somebody read a lesson to its end."""

    asks = "reading"

    is_at_end = BooleanField(
        fact="act:read", label=gettext_lazy("I have read this to the end myself"), required=False
    )


class EnterForm(Form):
    """That somebody was there, and how that is known."""

    asks = "attendance"

    happened_at = Moment(fact="outreach.attendance.at", label=gettext_lazy("When they were there"))
    reason = Words(
        fact="outreach.attendance.reason",
        label=gettext_lazy("How you know, and why it was not recorded at the door"),
        max_length=REASON_LONGEST,
        rows=2,
    )


class BackForm(Form):
    """Why what was entered does not count."""

    asks = "attendance_back"

    reason = Words(
        fact="outreach.attendance.void_reason",
        label=gettext_lazy("Why it does not count"),
        max_length=REASON_LONGEST,
        rows=2,
    )
