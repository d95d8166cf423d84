"""Forms of a plan's text: its head and its clauses. What a plan may say is the reader's to judge.

Each form tells what it would change (`change`) and takes the reader's faults back to its inputs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans import rewriting
from songnuan.plans.faults import Fault, PlanRefused
from songnuan.plans.models import PlanKind
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.plans.rewriting import Change
from songnuan.plans.yamltext import normal
from songnuan.web.fields import CharField, ChoiceField, Day
from songnuan.web.forms import Form

UNITS = "unit-names"  # the list on the page that names of units are chosen from
SPARE = 1  # empty rows at the end of a list, to write a new one in


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs that belong together, with what they are called."""

    legend: str
    fields: tuple[BoundField, ...]
    is_new: bool = False


class TextForm(Form):
    """A form that changes a plan's text: once it is valid, `change` returns what the text is changed to."""

    change: Callable[[], Change]

    def clean(self) -> dict[str, Any]:
        """Take out of what was typed or pasted the signs that show nothing."""
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = normal(value)
        return self.cleaned_data

    @property
    def groups(self) -> list[Group]:
        """The inputs in their groups."""
        return [Group("", tuple(self))]

    def field_of(self, path: Sequence[str | int]) -> str:
        """Return the input that a place in the file belongs to; empty when it is none of this form's."""
        names = [step for step in path if isinstance(step, str) and step in self.fields]
        return names[-1] if names else ""

    def refuse(self, refusal: Refusal) -> None:
        """Put what is wrong beside the inputs it belongs to."""
        if not isinstance(refusal, PlanRefused):
            super().refuse(refusal)
            return
        for fault in refusal.faults:
            self._show(fault)

    def _show(self, fault: Fault) -> None:
        name = self.field_of(fault.path)
        if not name:
            self.add_error(
                None, _("%(where)s: %(sentence)s") % {"where": fault.where, "sentence": fault.sentence}
            )
            return
        last = fault.path[-1] if fault.path else 0  # a number is a place in a list, which the input shows
        told = isinstance(last, str) and last != name.rpartition("-")[2]
        tail = fault.where.rpartition(" › ")[2] if told else ""
        words = {"where": tail, "sentence": fault.sentence}
        self.add_error(name, _("%(where)s: %(sentence)s") % words if tail else fault.sentence)


class ClauseForm(TextForm):
    """One clause: its number, its heading, its text. Its key is lasting and is not asked."""

    asks = "plan_clause"

    number = CharField(
        fact="plans.planversion.source:clause.number",
        label=gettext_lazy("Number of the clause"),
        help_text=gettext_lazy("一、 or （一） or 1. or （1）"),
    )
    title = CharField(
        fact="plans.planversion.source:clause.title", label=gettext_lazy("Heading"), max_length=200
    )
    text = CharField(
        fact="plans.planversion.source:clause.text",
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Each line is a paragraph."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    key = ""
    after = ""
    is_new = False

    def change(self) -> Change:
        """Set number, heading and text; a new clause gets the key it was given."""
        lines = [line.strip() for line in self.cleaned_data["text"].splitlines()]
        values = {
            "number": self.cleaned_data["number"],
            "title": self.cleaned_data["title"],
            "text": "\n".join(line for line in lines if line) or None,
        }
        if self.is_new:
            return rewriting.new_clause(self.key, values, self.after)
        return rewriting.clause(self.key, values)

    @staticmethod
    def told(clause: ClauseEntry) -> dict[str, Any]:
        """Return what the clause says now."""
        return {"number": clause.number, "title": clause.title, "text": clause.text.strip()}


class RowsForm(TextForm):
    """A form with lists of rows; a row whose inputs are all emptied is taken out."""

    ROWS: ClassVar[Mapping[str, Mapping[str, forms.Field]]] = {}

    def __init__(self, told: Mapping[str, Sequence[Mapping[str, Any]]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.told_rows = told
        self.counts: dict[str, int] = {}
        self.places: dict[str, list[int]] = {}
        for name, columns in self.ROWS.items():
            self.counts[name] = len(told[name]) + SPARE
            for place in range(self.counts[name]):
                for column, field in columns.items():
                    self.fields[f"{name}-{place}-{column}"] = self._column(field)
                    if place < len(told[name]):
                        self.initial[f"{name}-{place}-{column}"] = told[name][place].get(column)

    @staticmethod
    def _column(field: forms.Field) -> forms.Field:
        return field.__deepcopy__({})

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows that say something, and note the places of their inputs."""
        self.places[name] = []
        found = []
        for place in range(self.counts[name]):
            row = {
                column: _text(self.cleaned_data.get(f"{name}-{place}-{column}")) for column in self.ROWS[name]
            }
            if any(value for column, value in row.items() if not self._is_choice(name, column)):
                self.places[name].append(place)
                found.append(row)
        return found

    def _is_choice(self, name: str, column: str) -> bool:
        return isinstance(self.ROWS[name][column], forms.ChoiceField)

    def field_of(self, path: Sequence[str | int]) -> str:
        """Return the input in its row."""
        if len(path) > 2 and path[0] in self.places and isinstance(path[1], int):
            places = self.places[str(path[0])]
            name = f"{path[0]}-{places[path[1]]}-{path[2]}" if path[1] < len(places) else ""
            return name if name in self.fields else ""
        return super().field_of(path[:1])

    def row_groups(self, name: str, legend: str, new: str) -> Iterator[Group]:
        """Yield each row as a group, numbered; the spare ones say that something can be added."""
        for place in range(self.counts[name]):
            is_new = place >= len(self.told_rows[name])
            words = new if is_new else legend % {"number": place + 1}
            fields = tuple(self[f"{name}-{place}-{column}"] for column in self.ROWS[name])
            yield Group(words, fields, is_new=is_new)


def _text(value: object) -> str | None:
    """Return a cleaned value as a plan file writes it; None for nothing."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() or None if value is not None else None


_HEAD = ("title", "office", "starts_on", "due_on")


def _kind(told: str) -> str | None:
    """Return a kind of plan as a file writes it: the one that goes without saying is not written."""
    return told if told != PlanKind.OTHER else None


class HeadForm(RowsForm):
    """The head: title, kind, office, days, what the plan rests on, its funds."""

    asks = "plan_head"

    ROWS: ClassVar[Mapping[str, Mapping[str, forms.Field]]] = {
        "basis": {
            "title": CharField(fact="plans.basis.title", label=gettext_lazy("Title"), required=False),
            "number": CharField(
                fact="plans.basis.number", label=gettext_lazy("Document number"), required=False
            ),
            "issuer": CharField(fact="plans.basis.issuer", label=gettext_lazy("Issued by"), required=False),
            "dated_on": Day(fact="plans.basis.dated_on", label=gettext_lazy("Dated"), required=False),
        },
        "funds": {
            "number": CharField(
                fact="plans.planversion.source:fund.number",
                label=gettext_lazy("Document number"),
                required=False,
            ),
            "title": CharField(
                fact="plans.planversion.source:fund.title", label=gettext_lazy("Title"), required=False
            ),
            "issuer": CharField(
                fact="plans.planversion.source:fund.issuer", label=gettext_lazy("Issued by"), required=False
            ),
            "dated_on": Day(
                fact="plans.planversion.source:fund.dated_on", label=gettext_lazy("Dated"), required=False
            ),
            "amount": CharField(
                fact="plans.planversion.source:fund.amount",
                label=gettext_lazy("Amount in yuan"),
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            ),
        },
    }

    title = CharField(
        fact="plans.plan.title",
        again="a plan's head is changed in its own form",
        label=gettext_lazy("Title"),
        max_length=200,
    )
    kind = ChoiceField(
        fact="plans.plan.kind",
        again="a plan's head is changed in its own form",
        label=gettext_lazy("Kind of plan"),
        help_text=gettext_lazy("Approvals may go through other steps for each kind."),
        choices=PlanKind.choices,
    )
    office = CharField(
        fact="plans.plan.office",
        again="a plan's head is changed in its own form",
        label=gettext_lazy("Office in charge"),
        help_text=gettext_lazy("Its name as among the units."),
        required=False,
        widget=forms.TextInput(attrs={"list": UNITS}),
    )
    starts_on = Day(
        fact="plans.plan.starts_on",
        again="a plan's head is changed in its own form",
        label=gettext_lazy("First day"),
        required=False,
    )
    due_on = Day(
        fact="plans.plan.due_on",
        again="a plan's head is changed in its own form",
        label=gettext_lazy("Deadline"),
        required=False,
    )

    def change(self) -> Change:
        """Set the head and both lists."""
        told = self.cleaned_data
        return rewriting.together(
            rewriting.head({name: _text(told[name]) for name in _HEAD} | {"kind": _kind(told["kind"])}),
            rewriting.rows("basis", self.rows("basis")),
            rewriting.rows("funds", self.rows("funds")),
        )

    @property
    def groups(self) -> list[Group]:
        """The head, then each basis, then each fund."""
        head = Group("", tuple(self[name] for name in ("title", "kind", *_HEAD[1:])))
        return [
            head,
            *self.row_groups("basis", _("Basis %(number)s"), _("A further basis")),
            *self.row_groups("funds", _("Fund %(number)s"), _("A further fund")),
        ]

    @staticmethod
    def told(text: PlanFile) -> dict[str, Any]:
        """Return what the head says now."""
        return {"kind": text.kind.value} | {name: getattr(text, name) for name in _HEAD}

    @staticmethod
    def told_lists(text: PlanFile) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of both lists."""
        return {
            "basis": [row.model_dump() for row in text.basis],
            "funds": [
                {**row.model_dump(exclude={"amount_minor"}), "amount": yuan(row.amount_minor)}
                for row in text.funds
            ],
        }


class ReasonForm(Form):
    """Why something is done."""

    asks = "amendment_reason"

    reason = CharField(
        fact="plans.amendment.reason", label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3})
    )
