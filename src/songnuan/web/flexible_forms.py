"""The forms of flexible work: what is asked for an employee, and what is decided later on."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.casework.actions.flexible import Review
from songnuan.casework.flexible_models import PATTERN_LONGEST, WHY_LONGEST, FlexibleForm, FlexibleVerb
from songnuan.casework.flexible_rules import Terms, Wish
from songnuan.web.fields import CharField, ChoiceField, Day, IntegerField, MultipleChoiceField, Words
from songnuan.web.forms import Form
from songnuan.web.schedule_forms import WEEKDAYS, Clock

_DAYS = [(str(int(key) + 1), label) for key, label in WEEKDAYS]
_LATER = "an arrangement that is changed is told anew"


def _form(**told: Any) -> ChoiceField:  # noqa: ANN401 - handed on as they are
    return ChoiceField(
        label=gettext_lazy("How work is done"), choices=FlexibleForm.choices, widget=forms.RadioSelect, **told
    )


def _weekdays(**told: Any) -> MultipleChoiceField:  # noqa: ANN401 - as above
    return MultipleChoiceField(
        label=gettext_lazy("On which days"),
        help_text=gettext_lazy("Not asked for a rota."),
        choices=_DAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        **told,
    )


def _clock(label: Any, **told: Any) -> Clock:  # noqa: ANN401 - lazy words
    return Clock(label=label, required=False, **told)


def _pattern(**told: Any) -> CharField:  # noqa: ANN401 - as above
    return CharField(
        label=gettext_lazy("Rota"),
        help_text=gettext_lazy("Asked for another rota alone, in words: two days on, two off, no nights."),
        max_length=PATTERN_LONGEST,
        required=False,
        **told,
    )


def _terms(told: dict[str, Any]) -> Terms:
    return Terms(
        told.get("form") or "",
        "".join(told.get("weekdays") or ()),
        told.get("begins"),
        told.get("ends"),
        told.get("pattern") or "",
    )


class AskForm(Form):
    """What is asked for an employee."""

    asks = "flexible"

    form = _form(fact="casework.flexiblerequest.form", initial=FlexibleForm.HOURS.value)
    weekdays = _weekdays(fact="casework.flexiblerequest.weekdays", initial=["1", "2", "3", "4", "5"])
    begins = _clock(gettext_lazy("Work begins at"), fact="casework.flexiblerequest.begins")
    ends = _clock(gettext_lazy("Work ends at"), fact="casework.flexiblerequest.ends")
    pattern = _pattern(fact="casework.flexiblerequest.pattern")
    starts_on = Day(fact="casework.flexiblerequest.starts_on", label=gettext_lazy("From"))
    ends_on = Day(fact="casework.flexiblerequest.ends_on", label=gettext_lazy("To"))
    dependants = MultipleChoiceField(
        fact="casework.flexibledependant.person",
        label=gettext_lazy("For whom"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    why = Words(
        fact="casework.flexiblerequest.why",
        label=gettext_lazy("Why nobody else can look after them"),
        max_length=WHY_LONGEST,
        rows=3,
    )
    exception = Words(
        fact="casework.flexiblerequest.exception",
        label=gettext_lazy("Why as an exception"),
        help_text=gettext_lazy("The family data do not allow it. Who approves reads this."),
        max_length=WHY_LONGEST,
        rows=2,
        required=False,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - handed on to Django as they are
        people: Sequence[tuple[str, str]],
        is_eligible: bool,
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dependants"].choices = list(people)  # type: ignore[attr-defined]  # declared above
        if not people:
            del self.fields["dependants"]
        if is_eligible:
            del self.fields["exception"]

    def wish(self) -> Wish:
        """Return what is asked for."""
        told = self.cleaned_data
        return Wish(
            _terms(told),
            told["starts_on"],
            told["ends_on"],
            tuple(told.get("dependants") or ()),
            told["why"],
            told.get("exception") or "",
        )


class ReviewForm(Form):
    """What is decided about an arrangement; `seen` is the newest decision that the reader was shown."""

    asks = "flexible_review"

    verb = ChoiceField(
        fact="casework.flexibleact.verb",
        label=gettext_lazy("What is decided"),
        choices=[
            (FlexibleVerb.GO_ON.value, pgettext_lazy("flexible review", "It goes on as it is")),
            (FlexibleVerb.CHANGE.value, pgettext_lazy("flexible review", "It is changed")),
            (FlexibleVerb.END.value, pgettext_lazy("flexible review", "It ends today")),
        ],
        widget=forms.RadioSelect,
    )
    words = Words(
        fact="casework.flexibleact.words",
        label=pgettext_lazy("flexible review", "What was found"),
        help_text=gettext_lazy("Whom you asked, and why it goes on, changes or ends."),
        max_length=WHY_LONGEST,
        rows=3,
    )
    form = _form(fact="casework.flexibleact.form", again=_LATER, required=False)
    weekdays = _weekdays(fact="casework.flexibleact.weekdays", again=_LATER)
    begins = _clock(gettext_lazy("Work begins at"), fact="casework.flexibleact.begins", again=_LATER)
    ends = _clock(gettext_lazy("Work ends at"), fact="casework.flexibleact.ends", again=_LATER)
    pattern = _pattern(fact="casework.flexibleact.pattern", again=_LATER)
    seen = IntegerField(fact="act:decision_seen", widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - handed on to Django as they are
        may_change: bool,
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> None:
        super().__init__(*args, **kwargs)
        if not may_change:
            choice = self.fields["verb"]
            left = [one for one in choice.choices if one[0] != FlexibleVerb.CHANGE]  # type: ignore[attr-defined]  # declared above
            choice.choices = left  # type: ignore[attr-defined]  # as above
            for name in ("form", "weekdays", "begins", "ends", "pattern"):
                del self.fields[name]

    def review(self) -> Review:
        """Return what is decided."""
        told = self.cleaned_data
        return Review(told["verb"], told["words"], told["seen"], _terms(told))
