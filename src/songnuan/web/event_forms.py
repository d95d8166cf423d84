"""The forms of events: what takes place, who is invited, answering, who came, and cancelling."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.outreach.event_models import AnswerGiven, As, WhoCame
from songnuan.outreach.event_rules import (
    NAME_LONGEST,
    PLACE_LONGEST,
    TITLE_LONGEST,
    WORDS_LONGEST,
    Plan,
)
from songnuan.web.fields import CharField, ChoiceField, Moment, TypedMultipleChoiceField, Words
from songnuan.web.forms import Form

_NAMES_LONGEST = 2000


class EventForm(Form):
    """What takes place, where and when."""

    asks = "event"

    title = CharField(
        fact="outreach.event.title", label=pgettext_lazy("event", "Title"), max_length=TITLE_LONGEST
    )
    place = CharField(
        fact="outreach.event.place", label=pgettext_lazy("event", "Where"), max_length=PLACE_LONGEST
    )
    begins_at = Moment(fact="outreach.event.begins_at", label=pgettext_lazy("event", "Begins"))
    ends_at = Moment(fact="outreach.event.ends_at", label=pgettext_lazy("event", "Ends"))
    words = Words(
        fact="outreach.event.words",
        label=gettext_lazy("What those invited should know"),
        max_length=WORDS_LONGEST,
        rows=4,
        required=False,
    )

    def plan(self) -> Plan:
        """Return what was written."""
        return Plan(**self.cleaned_data)


class InviteForm(Form):
    """Who is invited, as what."""

    asks = "event_invite"

    capacity = ChoiceField(
        fact="outreach.invitation.capacity",
        label=pgettext_lazy("invitation", "As what"),
        choices=As.choices,
        widget=forms.RadioSelect,
    )
    users = TypedMultipleChoiceField(
        fact="outreach.invitation.user",
        label=gettext_lazy("With an account"),
        help_text=gettext_lazy("They get a message, and answer there."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    names = Words(
        fact="outreach.invitation.person",
        label=gettext_lazy("Without an account: names on a roster"),
        help_text=gettext_lazy("One a line. Each gets a link of their own, which you pass on."),
        max_length=_NAMES_LONGEST,
        rows=3,
        required=False,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - handed on to Django as they are
        users: Sequence[tuple[int, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].choices = list(users)  # type: ignore[attr-defined]  # a field of choices

    def told_names(self) -> list[str]:
        """Return the names that were written."""
        lines = (line.strip() for line in self.cleaned_data["names"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class AnswerForm(Form):
    """Whether somebody who is invited comes."""

    asks = "invitation"

    answer = ChoiceField(
        fact="outreach.invitation.answer",
        label=gettext_lazy("Do you come?"),
        choices=AnswerGiven.choices,
        widget=forms.RadioSelect,
    )
    deputy = CharField(
        fact="outreach.invitation.deputy",
        label=gettext_lazy("Name of the deputy"),
        max_length=NAME_LONGEST,
        required=False,
    )


class CameForm(Form):
    """Who came for each invitation."""

    asks = "event_came"

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as above
        rows: Sequence[tuple[int, str, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        for pk, name, came in rows:
            self.fields[f"came-{pk}"] = ChoiceField(
                fact="outreach.invitation.came",
                label=name,
                choices=[("", "—"), *WhoCame.choices],
                initial=came,
                required=False,
            )

    def came(self) -> dict[int, str]:
        """Return who came, by the invitations of which something was said."""
        return {int(name.partition("-")[2]): said for name, said in self.cleaned_data.items() if said}


class CancelForm(Form):
    """Why an event is cancelled."""

    asks = "event_cancelled"

    remark = Words(
        fact="outreach.event.remark",
        label=gettext_lazy("Why it is cancelled"),
        help_text=gettext_lazy("Those invited read it."),
        max_length=WORDS_LONGEST,
        rows=2,
    )
