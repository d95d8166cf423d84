"""The places for problems that a visit raised, a lead's or a leader's."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.organisation.queries import subtree, unit_views
from songnuan.organisation.rules import LEAD_KINDS
from songnuan.plans.models import Plan
from songnuan.tasks.rules import TEXT_LONGEST, TITLE_LONGEST
from songnuan.web.fields import Asked, CharField, TypedChoiceField, Words
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, names_on

PROBLEMS_MOST = 3


class ProblemForm(Form):
    """One problem that was raised; left as it is, it is none."""

    asks = "visit_problem"

    title = CharField(
        fact="tasks.task.title", label=gettext_lazy("What the problem is"), max_length=TITLE_LONGEST
    )
    owner = TypedChoiceField(fact="tasks.task.owner", label=gettext_lazy("Who has to solve it"), coerce=int)
    answer = Words(
        fact="visits.visitproblem.answer",
        label=gettext_lazy("What was answered on the spot"),
        rows=2,
        max_length=TEXT_LONGEST,
        required=False,
    )

    def __init__(self, *args: Any, owners: Sequence[tuple[int, str]], **kwargs: Any) -> None:  # noqa: ANN401
        """Offer the units that can be given a problem; the first is taken where nobody chooses."""
        super().__init__(*args, **kwargs)
        place = (self.prefix or "").rpartition("-")[-1]
        if place.isdecimal():  # one of several: which one its inputs belong to stands in the list of mistakes
            of = _("problem %(number)s") % {"number": int(place) + 1}
            for field in self.fields.values():
                assert isinstance(field, Asked)  # noqa: S101 - as declared above
                field.named = _("%(what)s, %(of)s") % {"what": field.label, "of": of}
        owner = self.fields["owner"]
        assert isinstance(owner, forms.TypedChoiceField)  # noqa: S101 - as declared above
        owner.choices = list(owners)
        owner.initial = owners[0][0]


def title_of_item(item: str, note: str) -> str:
    """Return what a problem is called that an inspection found: the item and what was noted, in one line."""
    title = "：".join(filter(None, (item, " ".join(note.split()))))
    return title if len(title) <= TITLE_LONGEST else f"{title[: TITLE_LONGEST - 1]}…"


def problem_places(
    owners: Sequence[tuple[int, str]], data: Mapping[str, Any] | None = None
) -> BaseFormSet[ProblemForm]:
    """Return the places for problems: few, since a visit that finds more is a meeting."""
    made = formset_factory(
        ProblemForm, extra=PROBLEMS_MOST, max_num=PROBLEMS_MOST, absolute_max=PROBLEMS_MOST
    )
    return made(data, prefix="problems", form_kwargs={"owners": owners})


def owners_of(reader: Reader, plan: Plan, lead_id: int | None = None) -> list[tuple[int, str]]:
    """Return who can be given a problem, (id, name): the lead and the office first, then the departments."""
    first = [unit_id for unit_id in (lead_id, plan.office_id) if unit_id is not None]
    names = names_on(first, reader.day)
    departments = unit_views(subtree(plan.unit_id, reader.day, LEAD_KINDS), reader.day)
    owners = {unit_id: names[unit_id] for unit_id in first}
    owners |= {unit.unit_id: unit.name for unit in departments if unit.unit_id not in owners}
    return list(owners.items())
