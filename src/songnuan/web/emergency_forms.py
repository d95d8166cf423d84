"""The forms of an emergency plan: setting it in motion, steering it, ending it; orders, and the group."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.emergency.actions.after_action import Lessons
from songnuan.emergency.actions.command import Launch
from songnuan.emergency.actions.group import STANDIN_REASON
from songnuan.emergency.actions.orders import Ordered
from songnuan.emergency.command_rules import SCOPE_LONGEST, SHORT_LONGEST
from songnuan.emergency.models import Asks, Position, Way
from songnuan.emergency.models.command import REASON_LONGEST
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, IntegerField, Moment, Words
from songnuan.web.forms import Form

Choices = Sequence[tuple[str, Any]]
_AGAIN = "each act about a response says why"


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # declared as a choice


def _number(text: str | None) -> int | None:
    return int(text) if text else None


class ActivateForm(Form):
    """How a response is set in motion."""

    asks = "activation"

    level = ChoiceField(
        fact="emergency.activation.level", label=gettext_lazy("Level"), widget=forms.RadioSelect
    )
    scope = CharField(
        fact="emergency.activation.scope", label=gettext_lazy("Where it holds"), max_length=SCOPE_LONGEST
    )
    reason = Words(
        fact="emergency.activation.reason",
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("What happened, or what was ordered. Everybody who is told reads this."),
        max_length=REASON_LONGEST,
        rows=3,
    )
    order = ChoiceField(
        fact="emergency.activation.order",
        label=gettext_lazy("On whose order"),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, levels: Choices, orders: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _choose(self, "level", levels)
        if orders:
            _choose(self, "order", [("", gettext_lazy("On our own assessment")), *orders])
        else:
            del self.fields["order"]

    def launch(self, *, is_drill: bool) -> Launch:
        """Return what is signed."""
        told = self.cleaned_data
        return Launch(told["level"], told["scope"], told["reason"], is_drill, _number(told.get("order")))


class LevelForm(Form):
    """Another level of a response."""

    asks = "activation_level"

    level = ChoiceField(
        fact="emergency.activationact.level", label=gettext_lazy("New level"), widget=forms.RadioSelect
    )
    reason = Words(
        fact="emergency.activationact.words",
        again=_AGAIN,
        label=gettext_lazy("Why"),
        max_length=REASON_LONGEST,
        rows=2,
    )

    def __init__(self, *args: Any, levels: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _choose(self, "level", levels)


class AssessForm(Form):
    """What the group thinks of a response: it goes on, or should end."""

    asks = "activation_assessed"

    verdict = ChoiceField(
        fact="emergency.activationact.verb",
        label=gettext_lazy("Assessment"),
        choices=[
            ("go_on", pgettext_lazy("assessment", "It goes on")),
            ("end", pgettext_lazy("assessment", "It should end")),
        ],
        widget=forms.RadioSelect,
    )
    words = Words(
        fact="emergency.activationact.words",
        label=gettext_lazy("On what this rests"),
        max_length=REASON_LONGEST,
        rows=3,
    )


class HandOverForm(Form):
    """Who is asked to take on the authority to end a response."""

    asks = "activation_handover"

    successor = ChoiceField(fact="emergency.handover.successor", label=pgettext_lazy("handover", "Successor"))
    reason = Words(
        fact="emergency.handover.reason",
        label=gettext_lazy("Why"),
        max_length=REASON_LONGEST,
        rows=2,
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _choose(self, "successor", people)


class AnswerHandOverForm(Form):
    """What is said with the answer; needed where it is declined."""

    asks = "activation_handover_answer"

    remark = Words(
        fact="emergency.activationact.words",
        again=_AGAIN,
        label=pgettext_lazy("handover", "Remark"),
        help_text=gettext_lazy("Needed when you decline."),
        max_length=REASON_LONGEST,
        rows=2,
        required=False,
    )


class End(TypedDict):
    """Why a response ends, on which order, and whether what is still open was read."""

    reason: str
    order_id: int | None
    has_read: bool


class StandDownForm(Form):
    """Why a response ends, and on whose order; while something is open, that this was read."""

    asks = "activation_end"

    reason = Words(
        fact="emergency.activation.end_reason",
        label=gettext_lazy("Why it ends"),
        max_length=REASON_LONGEST,
        rows=3,
    )
    order = ChoiceField(
        fact="emergency.activation.end_order",
        label=gettext_lazy("On whose order"),
        required=False,
        widget=forms.RadioSelect,
    )

    has_read = BooleanField(
        fact="act:has_read", label=gettext_lazy("I have read what is still open"), required=False
    )

    def __init__(self, *args: Any, orders: Choices, is_open: bool, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not is_open:
            del self.fields["has_read"]
        if orders:
            _choose(self, "order", [*orders, ("", gettext_lazy("On our own assessment"))])
        else:
            del self.fields["order"]

    def end(self) -> End:
        """Return how it ends."""
        told = self.cleaned_data
        return {
            "reason": told["reason"],
            "order_id": _number(told.get("order")),
            "has_read": told.get("has_read", False),
        }


class AfterActionForm(Form):
    """What a response came to."""

    asks = "after_action"

    went_well = Words(
        fact="emergency.afteraction.went_well",
        label=pgettext_lazy("after-action", "What was done"),
        max_length=REASON_LONGEST,
        rows=4,
    )
    shortcomings = Words(
        fact="emergency.afteraction.shortcomings",
        label=gettext_lazy("What was lacking"),
        max_length=REASON_LONGEST,
        rows=4,
    )
    improvements = Words(
        fact="emergency.afteraction.improvements",
        label=gettext_lazy("What is mended"),
        max_length=REASON_LONGEST,
        rows=4,
    )
    seen = IntegerField(fact="act:seen", widget=forms.HiddenInput, initial=0)

    def lessons(self) -> Lessons:
        """Return what is thought of it."""
        told = self.cleaned_data
        return Lessons(told["went_well"], told["shortcomings"], told["improvements"], told["seen"])


class OrderForm(Form):
    """A superior's order as it came in."""

    asks = "emergency_order"

    asks_for = ChoiceField(
        fact="emergency.order.asks",
        label=gettext_lazy("What is ordered"),
        choices=Asks.choices,
        widget=forms.RadioSelect,
    )
    activation = ChoiceField(
        fact="emergency.order.activation",
        label=gettext_lazy("About which response"),
        help_text=gettext_lazy("Needed when it is to end, or somebody else may end it."),
        required=False,
    )
    successor = ChoiceField(
        fact="emergency.order.successor",
        label=gettext_lazy("Who may end it from then on"),
        help_text=gettext_lazy("Needed when the order names somebody."),
        required=False,
    )
    issuer = CharField(
        fact="emergency.order.issuer", label=gettext_lazy("From whom"), max_length=SHORT_LONGEST
    )
    way = ChoiceField(
        fact="emergency.order.way",
        label=gettext_lazy("How it arrived"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        initial=Way.PHONE.value,
    )
    number = CharField(
        fact="emergency.order.number", label=gettext_lazy("Its number"), max_length=60, required=False
    )
    text = Words(
        fact="emergency.order.text",
        label=gettext_lazy("What it says"),
        max_length=REASON_LONGEST,
        rows=4,
    )
    received_at = Moment(fact="emergency.order.received_at", label=gettext_lazy("Received at"))
    received_where = CharField(
        fact="emergency.order.received_where",
        label=gettext_lazy("Received where, and by whom"),
        max_length=SHORT_LONGEST,
        required=False,
    )
    due_at = Moment(fact="emergency.order.due_at", label=gettext_lazy("Due by"), required=False)

    def __init__(self, *args: Any, activations: Choices, people: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if activations:
            _choose(self, "activation", [("", "—"), *activations])
            _choose(self, "successor", [("", "—"), *people])
        else:
            del self.fields["activation"], self.fields["successor"]
            about = {Asks.END, Asks.SUCCESSOR}
            _choose(self, "asks_for", [one for one in Asks.choices if one[0] not in about])

    def ordered(self) -> Ordered:
        """Return what was ordered."""
        told = self.cleaned_data
        return Ordered(
            asks=told["asks_for"],
            way=told["way"],
            issuer=told["issuer"],
            number=told["number"],
            text=told["text"],
            received_at=told["received_at"],
            received_where=told["received_where"],
            due_at=told["due_at"],
            activation_id=_number(told.get("activation")),
            successor_id=_number(told.get("successor")),
        )


class OrderAnswerForm(Form):
    """What was done about an order."""

    asks = "emergency_order_answer"

    answer = Words(
        fact="emergency.order.answer",
        label=gettext_lazy("What was done, or why nothing was"),
        max_length=REASON_LONGEST,
        rows=3,
    )


class MemberForm(Form):
    """Somebody's place in the leading group."""

    asks = "emergency_member"

    user = ChoiceField(fact="emergency.member.user", label=pgettext_lazy("leading group", "Who"))
    position = ChoiceField(
        fact="emergency.member.position",
        label=gettext_lazy("Position in the group"),
        choices=Position.choices,
        widget=forms.RadioSelect,
        initial=Position.MEMBER.value,
    )
    turn = IntegerField(
        fact="emergency.member.turn",
        label=gettext_lazy("Place in the order"),
        help_text=gettext_lazy("In this order deputies act for the leader: 1, 2, 3 …"),
        initial=1,
    )
    duty = CharField(
        fact="emergency.member.duty",
        label=gettext_lazy("Answers for"),
        max_length=SHORT_LONGEST,
        required=False,
    )
    starts_on = Day(fact="emergency.member.starts_on", label=gettext_lazy("From"))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _choose(self, "user", people)


class StandInForm(Form):
    """Who acts for whom, from when until when."""

    asks = "emergency_stand_in"

    absent = ChoiceField(fact="emergency.standin.absent", label=gettext_lazy("Who is away"))
    member = ChoiceField(fact="emergency.standin.member", label=gettext_lazy("Who acts for them"))
    starts_at = Moment(fact="emergency.standin.starts_at", label=gettext_lazy("From"))
    ends_at = Moment(fact="emergency.standin.ends_at", label=gettext_lazy("Until"))
    reason = Words(
        fact="emergency.standin.reason",
        label=gettext_lazy("Why, and on whose word"),
        max_length=STANDIN_REASON,
        rows=2,
    )

    def __init__(self, *args: Any, absent: Choices, deputies: Choices, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        _choose(self, "absent", absent)
        _choose(self, "member", deputies)
