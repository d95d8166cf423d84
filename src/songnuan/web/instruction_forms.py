"""The forms of instructions: recording one with its items, and what is said about an item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.journeys.record_instruction import Scan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import subtree, unit_names, units_of
from songnuan.plans.queries import basis, visible_plans
from songnuan.tasks.instruction_rules import INSTRUCTION_LONGEST, ITEMS_MOST, LINE_LONGEST, Head, NewItem
from songnuan.tasks.models import InstructionKind
from songnuan.tasks.rules import TEXT_LONGEST, TITLE_LONGEST
from songnuan.web.fields import (
    CharField,
    ChoiceField,
    Day,
    FileField,
    IntegerField,
    Moment,
    TypedChoiceField,
    TypedMultipleChoiceField,
)
from songnuan.web.forms import Form
from songnuan.web.sentences import REQUIRED
from songnuan.web.views.shared import Reader

ROWS = 5
_PARTS = ("matter", "owner", "due_on", "co_owners")


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with its four inputs."""

    number: int
    matter: BoundField
    owner: BoundField
    due_on: BoundField
    co_owners: BoundField


class InstructionForm(Form):
    """An instruction with its items, such as items-0-matter; an item with no input filled in is none.

    What the house asks of them is said by `tasks.instruction_rules`; here the inputs are only read.
    """

    asks = "instruction"

    HEAD = ("kind", "title", "issuer", "number", "dated_on", "received_at", "text", "unit", "basis", "scan")

    kind = ChoiceField(
        fact="tasks.instruction.kind",
        label=gettext_lazy("Kind of instruction"),
        choices=InstructionKind.choices,
        widget=forms.RadioSelect,
        initial=InstructionKind.SUPERIOR,
    )
    title = CharField(
        fact="tasks.instruction.title",
        label=gettext_lazy("Title of the instruction"),
        max_length=LINE_LONGEST["title"],
    )
    issuer = CharField(
        fact="tasks.instruction.issuer", label=gettext_lazy("Given by"), max_length=LINE_LONGEST["issuer"]
    )
    number = CharField(
        fact="tasks.instruction.number",
        label=gettext_lazy("Document number"),
        help_text=gettext_lazy("As printed, such as 〔2020〕3号; a leader's written instruction has none."),
        max_length=LINE_LONGEST["number"],
        required=False,
    )
    dated_on = Day(fact="tasks.instruction.dated_on", label=gettext_lazy("Dated"))
    received_at = Moment(fact="tasks.instruction.received_at", label=gettext_lazy("Time of receipt"))
    text = CharField(
        fact="tasks.instruction.text",
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Word by word; the units that get an item read it."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=INSTRUCTION_LONGEST,
    )
    unit = TypedChoiceField(fact="tasks.instruction.unit", label=gettext_lazy("Followed up by"), coerce=int)
    basis = ChoiceField(
        fact="tasks.instruction.basis",
        label=gettext_lazy("Plan that rests on it"),
        help_text=gettext_lazy("The plan and the title the instruction has among its basis."),
        required=False,
    )
    scan = FileField(
        fact="tasks.instruction.scan",
        label=gettext_lazy("Scan"),
        help_text=gettext_lazy("A picture or a PDF, at most 8 MB; kept encrypted."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp"}),
        required=False,
    )

    def __init__(self, reader: Reader, rows: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.rows = min(rows, ITEMS_MOST)
        self._places: list[int] = []
        managed = unit_names(reader.reach_ids(Permission.INSTRUCTION_MANAGE), reader.day)
        own = list(units_of(reader.actor, None, reader.at).values_list("pk", flat=True))
        unit: Any = self.fields["unit"]
        unit.choices = [(pk, managed[pk]) for pk in own if pk in managed] + sorted(
            (pk, name) for pk, name in managed.items() if pk not in own
        )
        if len(unit.choices) == 1:
            unit.widget = forms.HiddenInput()
        unit.initial = unit.choices[0][0] if unit.choices else None
        choose: Any = self.fields["basis"]
        choose.choices = [("", "—"), *_bases(reader)]
        self.fields["received_at"].initial = reader.at
        below = {pk: name for top in own for pk, name in _below(top, reader).items()} or managed
        self._add_rows([(pk, name) for pk, name in below.items() if pk not in own])

    def _add_rows(self, units: Sequence[tuple[int, str]]) -> None:
        for place in range(self.rows):
            number = {"number": place + 1}
            self.fields[f"items-{place}-matter"] = CharField(
                fact="tasks.task.title:item",
                label=_("Item %(number)s: what is to be done") % number,
                max_length=TITLE_LONGEST,
                required=False,
            )
            self.fields[f"items-{place}-owner"] = TypedChoiceField(
                fact="tasks.task.owner:item",
                label=_("Item %(number)s: responsible unit") % number,
                choices=[("", "—"), *units],
                coerce=int,
                empty_value=None,
                required=False,
            )
            self.fields[f"items-{place}-due_on"] = Day(
                fact="tasks.task.due_on:item", label=_("Item %(number)s: due on") % number, required=False
            )
            self.fields[f"items-{place}-co_owners"] = TypedMultipleChoiceField(
                fact="tasks.coowner.unit",
                label=_("Item %(number)s: units that help") % number,
                choices=units,
                coerce=int,
                widget=forms.SelectMultiple(attrs={"size": 4}),
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Return what was read; an item is whole or empty, and there is one at least."""
        told = self.cleaned_data
        self._places = []
        for place in range(self.rows):
            names = [f"items-{place}-{part}" for part in _PARTS]
            if not any(told.get(name) for name in names) and not any(name in self.errors for name in names):
                continue
            self._places.append(place)
            for name in names[:3]:
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, REQUIRED)
        if not self._places:
            self.add_error(
                "items-0-matter", _("Break the instruction into at least one item: what, who, until when.")
            )
        return told

    def head(self) -> Head:
        """Return what the instruction says of itself."""
        return Head(**{name: self.cleaned_data[name] for name in Head.__dataclass_fields__})

    def items(self) -> list[NewItem]:
        """Return the items that were filled in."""
        told = self.cleaned_data
        return [
            NewItem(
                matter=told[f"items-{place}-matter"],
                owner_id=told[f"items-{place}-owner"],
                due_on=told[f"items-{place}-due_on"],
                co_owner_ids=tuple(told[f"items-{place}-co_owners"]),
            )
            for place in self._places
        ]

    def told(self) -> Mapping[str, Any]:
        """Return everything as the journey takes it."""
        slug, _bar, title = self.cleaned_data["basis"].partition("|")
        file = self.cleaned_data["scan"]
        return {
            "head": self.head(),
            "items": self.items(),
            "unit_id": self.cleaned_data["unit"],
            "received_at": self.cleaned_data["received_at"],
            "plan_slug": slug,
            "basis": title,
            "scan": Scan(file.read(), file.name, file.content_type or "") if file else None,
        }

    def refuse(self, refusal: Refusal) -> None:
        """Add a refusal beside its input; that of an item beside the row it was read from."""
        name, place, part = (*refusal.field.split("-"), "", "")[:3]
        field = f"items-{self._places[int(place)]}-{part}" if name == "items" and self._places else name
        field = "scan" if name == "file" else field
        self.add_error(field if field in self.fields else None, refusal.sentence)

    @property
    def lines(self) -> list[ItemLine]:
        """The items as the page shows them."""
        return [
            ItemLine(place + 1, *(self[f"items-{place}-{part}"] for part in _PARTS))
            for place in range(self.rows)
        ]


def _below(top: int, reader: Reader) -> dict[int, str]:
    ids = list(subtree(top, reader.day).values_list("pk", flat=True))
    names = unit_names(ids, reader.day)
    return {pk: names[pk] for pk in ids if pk in names}


def _bases(reader: Reader) -> list[tuple[str, str]]:
    return [
        (f"{plan.slug}|{row.title}", f"{plan.title} · {row.title}")
        for plan in visible_plans(reader.actor, reader.at)
        for row in basis(plan)
    ]


class Report(Form):
    """How far an item is: one field."""

    asks = "item_report"

    text = CharField(
        fact="tasks.feedback.text:report",
        label=gettext_lazy("How far it is"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LONGEST,
    )


class AskClosing(Form):
    """What came of an item."""

    asks = "item_closing"

    text = CharField(
        fact="tasks.feedback.text:closing",
        label=gettext_lazy("What was done, and what came of it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LONGEST,
    )


class AskExtension(Form):
    """A later date, and why."""

    asks = "item_extension"

    due_on = Day(fact="tasks.feedback.due_on:extension", label=gettext_lazy("Until when"))
    reason = CharField(
        fact="tasks.feedback.text:extension",
        label=gettext_lazy("Why it takes longer"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LONGEST,
    )


class Decide(Form):
    """What the office says to its decision."""

    asks = "item_decision"

    remark = CharField(
        fact="tasks.feedback.text:decision",
        label=gettext_lazy("Words of the office"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LONGEST,
        required=False,
    )


class DecideExtension(Decide):
    """The decision about the day that the page showed."""

    due_on = Day(fact="act:due_on_seen", widget=forms.HiddenInput())


class Reassign(Form):
    """Another unit than the one the page showed, and why."""

    asks = "item_reassigned"

    former = IntegerField(fact="act:owner_seen", widget=forms.HiddenInput())
    owner = TypedChoiceField(
        fact="tasks.task.owner:reassigned", label=gettext_lazy("Responsible unit from now on"), coerce=int
    )
    reason = CharField(
        fact="tasks.feedback.text:reassigned",
        label=gettext_lazy("Why another unit answers for it"),
        help_text=gettext_lazy("Both units read this."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LONGEST,
    )

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.choices = [("", "—"), *units]
