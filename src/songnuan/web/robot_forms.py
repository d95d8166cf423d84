"""The forms of robots: setting one up, choosing those to which a lesson goes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.outreach.robot_models import Service
from songnuan.web.fields import CharField, ChoiceField, TypedChoiceField, TypedMultipleChoiceField
from songnuan.web.forms import Form

_LABEL_LONGEST, _ADDRESS_LONGEST, _SECRET_LONGEST = 60, 400, 200


class RobotForm(Form):
    """A robot of a group, as its service shows it."""

    asks = "robot"

    service = ChoiceField(
        fact="outreach.robot.service",
        label=pgettext_lazy("robot", "Kind"),
        choices=Service.choices,
        widget=forms.RadioSelect,
    )
    label = CharField(
        fact="outreach.robot.label",
        label=gettext_lazy("Name of the group"),
        max_length=_LABEL_LONGEST,
    )
    unit = TypedChoiceField(
        fact="outreach.robot.unit", label=pgettext_lazy("robot", "Of the unit"), coerce=int
    )
    address = CharField(
        fact="outreach.robot.address",
        label=gettext_lazy("Address of the robot"),
        help_text=gettext_lazy(
            "As the service shows it, from https:// on. It is kept sealed, and not shown again."
        ),
        max_length=_ADDRESS_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    secret = CharField(
        fact="outreach.robot.address:secret",
        label=gettext_lazy("Secret to sign with (DingTalk)"),
        max_length=_SECRET_LONGEST,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - handed on to Django as they are
        places: Sequence[tuple[int, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = list(places)  # type: ignore[attr-defined]  # a field of choices


class RobotsForm(Form):
    """The groups to which a lesson goes."""

    asks = "robots"

    robots = TypedMultipleChoiceField(
        fact="outreach.robotsending.robot",
        label=gettext_lazy("Groups"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as above
        groups: Sequence[tuple[int, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["robots"].choices = list(groups)  # type: ignore[attr-defined]  # a field of choices
