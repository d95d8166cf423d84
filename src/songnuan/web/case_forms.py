"""Forms about families: helpers, contacts, visits at home, needs, what the family thinks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.casework.actions import HomeVisitWords, NewNeed, Touch
from songnuan.casework.case_models import (
    REASON_LONGEST,
    Category,
    Outcome,
    Satisfied,
    Urgency,
    Way,
)
from songnuan.casework.case_rules import NAME_MOST, TEXT_MOST
from songnuan.web.fields import CharField, ChoiceField, Day, TypedChoiceField, Words
from songnuan.web.forms import Form

_OFF = {"autocomplete": "off"}
_NONE = ("", "—")
_VISIT_TOO = "a visit at home is a contact of its own, put down with more"
_CALLED = "by the link the family writes itself, after a call the staff does"
_REACHED: Sequence[tuple[str, "str | Promise"]] = (
    ("yes", pgettext_lazy("contact", "reached")),
    ("no", pgettext_lazy("contact", "nobody reached")),
)


def _line(**kwargs: Any) -> CharField:  # noqa: ANN401 - handed on to the field
    return CharField(widget=forms.TextInput(attrs=_OFF), **kwargs)


def _text(rows: int = 2, **kwargs: Any) -> Words:  # noqa: ANN401 - handed on to the field
    return Words(rows=rows, max_length=TEXT_MOST, **kwargs)


def _category(**kwargs: Any) -> ChoiceField:  # noqa: ANN401 - handed on to the field
    return ChoiceField(
        fact="casework.need.category",
        label=pgettext_lazy("need", "About"),
        choices=[_NONE, *Category.choices],
        **kwargs,
    )


def _urgency(**kwargs: Any) -> ChoiceField:  # noqa: ANN401 - handed on to the field
    return ChoiceField(
        fact="casework.need.urgency",
        label=gettext_lazy("Urgency"),
        choices=[_NONE, *Urgency.choices],
        **kwargs,
    )


def _satisfied(**kwargs: Any) -> ChoiceField:  # noqa: ANN401 - handed on to the field
    return ChoiceField(
        fact="casework.feedback.satisfied", choices=Satisfied.choices, widget=forms.RadioSelect, **kwargs
    )


class HelpersForm(Form):
    """Who is asked to help which family: the proposal, changed where the officer knows better."""

    asks = "family_helpers"

    def __init__(
        self,
        numbers: Mapping[int, str],
        helpers: Sequence[tuple[int, str]],
        proposed: Mapping[int, int],
        *args: Any,  # noqa: ANN401 - as Django's
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        for pk, number in numbers.items():
            self.fields[f"case-{pk}"] = TypedChoiceField(
                fact=f"casework.case.helper:{pk}",
                label=_("Helper of %(number)s") % {"number": number},
                choices=[_NONE, *helpers],
                coerce=int,
                empty_value=None,
                required=False,
                initial=proposed.get(pk),
            )

    @property
    def chosen(self) -> dict[int, int]:
        """Users by id of the case, of the families for which somebody was chosen."""
        told = self.cleaned_data.items()
        return {int(name.removeprefix("case-")): user for name, user in told if user is not None}


class OtherHelperForm(Form):
    """Another helper for one family."""

    asks = "family_helper"

    helper = TypedChoiceField(
        fact="casework.case.helper", label=gettext_lazy("Helper"), coerce=int, empty_value=None
    )
    reason = _line(
        fact="casework.helperact.reason",
        again="who declines and who relieves says why, each on a form of their own",
        label=gettext_lazy("Why another person"),
        help_text=gettext_lazy("Needed where somebody helps the family already, or is asked."),
        max_length=REASON_LONGEST,
        required=False,
    )

    def __init__(self, helpers: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        field = self.fields["helper"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - as declared above
        field.choices = [_NONE, *helpers]


class DeclineForm(Form):
    """Why somebody does not help a family, or no longer."""

    asks = "family_decline"

    reason = _line(
        fact="casework.helperact.reason",
        label=gettext_lazy("Why you decline"),
        help_text=gettext_lazy("The office that leads reads it, and asks somebody else."),
        max_length=REASON_LONGEST,
    )


class ContactForm(Form):
    """One contact, or an attempt; and what the family needs, where something came up."""

    asks = "family_contact"

    happened_on = Day(fact="casework.contact.happened_on", label=gettext_lazy("Day"))
    way = ChoiceField(
        fact="casework.contact.way",
        label=gettext_lazy("How"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        initial=Way.PHONE,
        error_messages={"required": gettext_lazy("Choose how you got in touch.")},
    )
    reached = ChoiceField(
        fact="casework.contact.reached",
        label=pgettext_lazy("contact", "Reached?"),
        choices=_REACHED,
        widget=forms.RadioSelect,
        initial="yes",
        error_messages={"required": gettext_lazy("Choose whether somebody was reached.")},
    )
    words = _text(
        fact="casework.contact.words",
        label=gettext_lazy("What was said, or tried"),
        rows=3,
        required=False,
    )
    need = _text(
        fact="casework.need.words",
        again="what comes up at a contact is put down with it",
        label=gettext_lazy("What the family needs"),
        help_text=gettext_lazy("In its own words; leave it empty when nothing came up."),
        required=False,
    )
    category = _category(again="as above", required=False)
    urgency = _urgency(again="as above", required=False)

    def __init__(self, *args: Any, is_special: bool = False, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        if is_special:
            # Whether they are well is read from here: what nobody chose must not stand there as a contact.
            self.fields["way"].initial = self.fields["reached"].initial = None

    def clean(self) -> dict[str, Any]:
        """Say what a need lacks, where there is one."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if any(told.get(name) for name in _NEED):
            for name in _NEED:
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed for the need that came up."))
        return told

    @property
    def touch(self) -> Touch:
        """The contact."""
        told = self.cleaned_data
        return Touch(told["happened_on"], told["way"], told["reached"] == "yes", told["words"])

    @property
    def new_need(self) -> NewNeed | None:
        """The need that came up; None where none did."""
        told = self.cleaned_data
        return NewNeed(told["category"], told["urgency"], told["need"]) if told["need"] else None


_NEED = ("need", "category", "urgency")


class HomeVisitForm(Form):
    """A visit at a family's home (走访慰问记录)."""

    asks = "family_visit"

    happened_on = Day(fact="casework.contact.happened_on", again=_VISIT_TOO, label=gettext_lazy("Day"))
    went = _line(
        fact="casework.homevisit.went",
        label=gettext_lazy("Who went"),
        help_text=gettext_lazy("Who led, and who came along."),
        max_length=TEXT_MOST,
    )
    received_by = _line(
        fact="casework.homevisit.received_by",
        label=gettext_lazy("Who of the family was there"),
        max_length=NAME_MOST,
    )
    brought = _line(
        fact="casework.homevisit.brought",
        label=gettext_lazy("What was brought"),
        max_length=TEXT_MOST,
        required=False,
    )
    living = _text(
        fact="casework.homevisit.living",
        label=gettext_lazy("How the family lives and works"),
        rows=3,
    )
    difficulties = _text(
        fact="casework.homevisit.difficulties",
        label=gettext_lazy("Difficulties it told of"),
        help_text=gettext_lazy("What is to be done about is put down as a need, too."),
        required=False,
    )
    answered = _text(
        fact="casework.homevisit.answered",
        label=gettext_lazy("What was answered on the spot"),
        required=False,
    )
    follow_up = _line(
        fact="casework.homevisit.follow_up",
        label=gettext_lazy("What is to follow, by whom, by when"),
        max_length=TEXT_MOST,
        required=False,
    )

    @property
    def touch(self) -> Touch:
        """The contact with its record of the visit."""
        told = dict(self.cleaned_data)
        day = told.pop("happened_on")
        return Touch(day, Way.VISIT, reached=True, home_visit=HomeVisitWords(**told))


class NeedForm(Form):
    """What a family needs."""

    asks = "need"

    need = _text(
        fact="casework.need.words",
        label=gettext_lazy("What the family needs"),
        help_text=gettext_lazy("In its own words."),
        rows=3,
    )
    category = _category()
    urgency = _urgency()
    promised_on = Day(
        fact="casework.need.promised_on",
        label=gettext_lazy("Promised for"),
        help_text=gettext_lazy("Left empty, it follows from the urgency."),
        required=False,
    )

    @property
    def new_need(self) -> NewNeed:
        """The need."""
        told = self.cleaned_data
        return NewNeed(told["category"], told["urgency"], told["need"], told["promised_on"])


class NeedActionForm(Form):
    """What was done for a need."""

    asks = "need_action"

    done_on = Day(fact="casework.needaction.done_on", label=gettext_lazy("Day"))
    text = _text(
        fact="casework.needaction.words",
        label=gettext_lazy("What was done"),
    )
    promised_on = Day(
        fact="casework.needaction.promised_on",
        label=gettext_lazy("Put off to"),
        help_text=gettext_lazy("Only where the promised day cannot be kept; say why above."),
        required=False,
    )


class CallForm(Form):
    """What the family said of the outcome in a call."""

    asks = "family_call"

    satisfied = _satisfied(label=gettext_lazy("The family is"))
    said_by = _line(
        fact="casework.feedback.said_by",
        label=gettext_lazy("Who of the family said it"),
        max_length=NAME_MOST,
    )
    said_on = Day(fact="casework.feedback.said_on", label=gettext_lazy("Day of the call"))
    text = _text(
        fact="casework.feedback.words",
        label=gettext_lazy("What it said"),
    )


class FamilyFeedbackForm(Form):
    """What the family thinks, by its link."""

    asks = "family_feedback"

    satisfied = _satisfied(again=_CALLED, label=gettext_lazy("Are you satisfied with how this was handled?"))
    text = _text(
        fact="casework.feedback.words",
        again=_CALLED,
        label=gettext_lazy("Anything you wish to say"),
        help_text=gettext_lazy("The office that leads and your helper read it, nobody else."),
        rows=4,
        required=False,
    )


class ClosingForm(Form):
    """What came of a need."""

    asks = "need_closing"

    outcome = ChoiceField(
        fact="casework.needclosing.outcome",
        label=gettext_lazy("What came of it"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
    )
    text = _text(
        fact="casework.needclosing.words",
        label=gettext_lazy("In a few words"),
    )


class ReopeningForm(Form):
    """Why a need is open again."""

    asks = "need_reopening"

    why = _text(
        fact="casework.needreopening.why",
        label=gettext_lazy("Why it is open again"),
    )
