"""Forms of public notices: putting one up, taking it back, objecting, and answering."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.kernel.clock import CHINA
from songnuan.kernel.workdays import next_workday
from songnuan.payments.actions.notices import Said
from songnuan.payments.models import How
from songnuan.payments.notice_models import EMAIL_LONGEST, PLACE_LONGEST, WHY_LONGEST
from songnuan.payments.notice_rules import NAME_LONGEST, TEXT_LEAST, TEXT_MOST
from songnuan.web.fields import CharField, ChoiceField, Day, IntegerField, Words
from songnuan.web.forms import Form

_NOON = time(12)
_OFF = {"autocomplete": "off"}
_AGAIN = "what comes by phone or letter is noted by the staff, what comes by the page by who objects"


def first_offered(at: datetime) -> date:
    """Return the first day that a notice is offered: today until noon, else the next working day."""
    here = at.astimezone(CHINA)
    return next_workday(here.date() + timedelta(days=here.time() >= _NOON))


class NoticeForm(Form):
    """When a notice begins, where it hangs, and where to object."""

    asks = "notice"

    begins_on = Day(
        fact="payments.notice.begins_on",
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("It counts when people work on it; the last day follows from the plan."),
    )
    place = CharField(
        fact="payments.notice.place",
        label=gettext_lazy("Where it hangs"),
        help_text=gettext_lazy("For example: notice board in the hall. It is shown on the page, too."),
        max_length=PLACE_LONGEST,
        widget=forms.TextInput(attrs=_OFF),
    )
    phone = CharField(
        fact="payments.notice.phone",
        label=gettext_lazy("Phone for objections"),
        help_text=gettext_lazy("Everybody reads it: an office's number, nobody's own."),
        max_length=40,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "tel"}),
    )
    email = CharField(
        fact="payments.notice.email",
        label=gettext_lazy("Mail address for objections"),
        max_length=EMAIL_LONGEST,
        required=False,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "email"}),
    )


class NoticeCancelForm(Form):
    """Why a notice is taken back."""

    asks = "notice_cancel"

    why = CharField(
        fact="payments.noticeend.why",
        label=gettext_lazy("Why it is taken back"),
        max_length=WHY_LONGEST,
        widget=forms.TextInput(attrs=_OFF),
    )


class Objecting(Form):
    """What somebody objects to a notice with so many lines."""

    def __init__(self, last: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django
        super().__init__(*args, **kwargs)
        self.last = last

    def clean_position(self) -> int | None:
        """Return the line it is about, if it is about one.

        Raises:
            ValidationError: When the notice has none of this number.

        """
        told: int | None = self.cleaned_data["position"]
        if told is not None and not 1 <= told <= self.last:
            sentence = _("The notice has lines 1 to %(last)s. Leave it empty for the whole list.")
            raise forms.ValidationError(sentence % {"last": self.last}, code="line_unknown")
        return told

    def said(self) -> Said:
        """Return what was said."""
        told = self.cleaned_data
        return Said(told["text"], told["position"], told["name"], told["phone"])


class ObjectionForm(Objecting):
    """What is wrong, on the page of a notice."""

    asks = "objection"

    text = Words(
        fact="payments.objection.text",
        label=pgettext_lazy("objection", "What is wrong"),
        help_text=gettext_lazy("Only who looks into it reads it. Leave out numbers of identity cards."),
        rows=4,
        min_length=TEXT_LEAST,
        max_length=TEXT_MOST,
    )
    position = IntegerField(
        fact="payments.objection.line",
        label=gettext_lazy("About the line number"),
        help_text=gettext_lazy("As in the first column; empty when it is about the whole list."),
        required=False,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "numeric"}),
    )
    name = CharField(
        fact="payments.objector.name",
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Kept encrypted, and not shown to who made the list. You need not say it."),
        max_length=NAME_LONGEST,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )
    phone = CharField(
        fact="payments.objector.phone",
        label=gettext_lazy("Your phone"),
        help_text=gettext_lazy("So that you can be asked, and told what came of it."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "tel"}),
    )


class NotedObjectionForm(Objecting):
    """What came in by phone, by letter or in person."""

    asks = "objection_noted"

    how = ChoiceField(
        fact="payments.objection.how",
        label=gettext_lazy("How it came"),
        choices=[(one.value, one.label) for one in How if one is not How.PAGE],
    )
    received_on = Day(fact="payments.objection.received_on", label=pgettext_lazy("objection", "Came on"))
    position = IntegerField(
        fact="payments.objection.line",
        again=_AGAIN,
        label=gettext_lazy("About the line number"),
        required=False,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "numeric"}),
    )
    text = Words(
        fact="payments.objection.text",
        again=_AGAIN,
        label=gettext_lazy("What is objected"),
        rows=3,
        min_length=TEXT_LEAST,
        max_length=TEXT_MOST,
    )
    name = CharField(
        fact="payments.objector.name",
        again=_AGAIN,
        label=pgettext_lazy("objection", "Who objects"),
        max_length=NAME_LONGEST,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )
    phone = CharField(
        fact="payments.objector.phone",
        again=_AGAIN,
        label=pgettext_lazy("objection", "Phone of who objects"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**_OFF, "inputmode": "tel"}),
    )


class ObjectionAnswerForm(Form):
    """What came of an objection."""

    asks = "objection_answer"

    text = Words(
        fact="payments.objectionanswer.text",
        label=pgettext_lazy("objection", "Answer"),
        help_text=gettext_lazy("What was looked into, and what came of it. It stays as it is."),
        rows=3,
        min_length=TEXT_LEAST,
        max_length=TEXT_MOST,
    )
    upheld = ChoiceField(
        fact="payments.objectionanswer.is_upheld",
        label=pgettext_lazy("objection", "What came of it"),
        choices=[
            ("no", pgettext_lazy("objection", "It does not hold: the list stands")),
            ("yes", pgettext_lazy("objection", "It is right: the list has to be cancelled")),
        ],
        widget=forms.RadioSelect,
    )
