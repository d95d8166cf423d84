"""Forms about special families: who they are, the deputy, the end, and why an inspector looks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.casework.case_models import REASON_LONGEST
from songnuan.casework.case_rules import NAME_MOST, TEXT_MOST
from songnuan.casework.special_models import SpecialFamily
from songnuan.casework.special_rules import ADDRESS_MOST, SpecialWords
from songnuan.web.fields import CharField, TypedChoiceField, Words
from songnuan.web.forms import Form

_OFF = {"autocomplete": "off"}
_NONE = ("", "—")
_PHONE_MOST = 30
_TOLD = ("name", "phone", "address", "about")


def _line(**kwargs: Any) -> CharField:  # noqa: ANN401 - handed on to the field
    return CharField(widget=forms.TextInput(attrs=_OFF), **kwargs)


class SpecialForm(Form):
    """Who a special family is."""

    asks = "special_family"

    name = _line(
        fact="casework.specialfamily.name",
        label=pgettext_lazy("special family", "Name"),
        help_text=gettext_lazy(
            "Whom the family is told by. Only its contact person, the deputy and your office see it."
        ),
        max_length=NAME_MOST,
    )
    phone = _line(
        fact="casework.specialfamily.phone",
        label=pgettext_lazy("special family", "Phone"),
        max_length=_PHONE_MOST,
        required=False,
    )
    address = _line(
        fact="casework.specialfamily.address",
        label=gettext_lazy("Home address"),
        max_length=ADDRESS_MOST,
        required=False,
    )
    about = Words(
        rows=3,
        fact="casework.specialfamily.about",
        label=gettext_lazy("What its contact person has to know"),
        help_text=gettext_lazy("Health, who else lives there, what to avoid. No more than is needed."),
        max_length=TEXT_MOST,
        required=False,
    )

    @property
    def told(self) -> SpecialWords:
        """Who it is."""
        return SpecialWords(**{name: self.cleaned_data[name] for name in _TOLD})


class NewSpecialForm(SpecialForm):
    """A special family that is put down, and where it is served."""

    unit = TypedChoiceField(
        fact="casework.case.unit",
        label=gettext_lazy("Unit"),
        help_text=gettext_lazy("The community or section that serves it; lists show it beside the number."),
        coerce=int,
        empty_value=None,
    )

    def __init__(self, units: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - as declared above
        field.choices = [_NONE, *units]


def told_of(family: SpecialFamily) -> dict[str, str]:
    """Return what stands in the form of a family that is put down."""
    return {name: getattr(family, name) for name in _TOLD}


class DeputyForm(Form):
    """Who stands in for the contact person."""

    asks = "family_deputy"

    deputy = TypedChoiceField(
        fact="casework.case.deputy", label=gettext_lazy("Deputy"), coerce=int, empty_value=None
    )
    deputy_reason = _line(
        fact="casework.helperact.reason",
        again="who declines and who relieves says why, each on a form of their own",
        label=gettext_lazy("Why another person"),
        help_text=gettext_lazy("Needed where the family has a deputy already."),
        max_length=REASON_LONGEST,
        required=False,
    )

    def __init__(self, helpers: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - as declared above
        field.choices = [_NONE, *helpers]


class EndForm(Form):
    """Why a special family is looked after no longer."""

    asks = "family_end"

    end_reason = _line(
        fact="casework.specialfamily.ended_why",
        label=gettext_lazy("Why the case ends"),
        help_text=gettext_lazy("It moved away, it no longer wishes it, or something else."),
        max_length=REASON_LONGEST,
    )


class InspectForm(Form):
    """Why an inspector looks at a special family."""

    asks = "family_inspect"

    reason = _line(
        fact="casework.caselook.why",
        label=gettext_lazy("Why you look"),
        help_text=gettext_lazy("It is kept with your name and the time. The family may be told."),
        max_length=REASON_LONGEST,
    )
