"""What every form of a standard asks: whose it is, and the recorded decision that set its amounts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Permission, roles_with
from songnuan.organisation.queries import unit_names
from songnuan.organisation.rules import live
from songnuan.web.fields import CharField, Day, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader


class DecidedForm(Form):
    """A standard that is written: `units` to choose from for a new one, none for one that stands."""

    unit = TypedChoiceField(
        fact="benefits.standard.unit", label=gettext_lazy("Unit whose standard it is"), coerce=int
    )
    decision = CharField(
        fact="benefits.standardversion.decision",
        label=gettext_lazy("Decision that set the amounts"),
        help_text=gettext_lazy(
            "The meeting, and the number of its minutes. Needed when a later version sets or changes an"
            " amount."
        ),
        required=False,
    )
    decided_on = Day(
        fact="benefits.standardversion.decided_on",
        label=gettext_lazy("Day of the decision"),
        required=False,
    )

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)  # noqa: S101 - as declared above
        unit.choices = list(units)
        if not units:
            del self.fields["unit"]
        elif len(units) == 1:
            unit.widget = forms.HiddenInput()
            unit.initial = units[0][0]

    def decision_last(self) -> None:
        """Let the decision stand behind all other inputs, as on the page."""
        for name in ("decision", "decided_on"):
            self.fields[name] = self.fields.pop(name)


def units_for(reader: Reader) -> list[tuple[int, str]]:
    """Return the units that the reader may write standards for, those of the own posts first."""
    names = unit_names(reader.reach_ids(Permission.BENEFIT_WRITE), reader.day)
    posts = Post.objects.filter(
        live(reader.day), user=reader.user, role__in=roles_with(Permission.BENEFIT_WRITE)
    )
    own = [pk for pk in posts.order_by("pk").values_list("unit_id", flat=True) if pk in names]
    rest = sorted(pk for pk in names if pk not in own)
    return [(pk, names[pk]) for pk in dict.fromkeys([*own, *rest])]
