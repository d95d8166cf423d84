"""The form on which a standard is written row by row; what a standard may say is its reader's to judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from songnuan.benefits.standardfile import StandardFile
from songnuan.benefits.standards import By
from songnuan.benefits.writing import amount_entry, new_key, number_entry, parted, written
from songnuan.kernel.money import yuan
from songnuan.people.models.register import Relation
from songnuan.plans.faults import Fault, Path
from songnuan.plans.rewriting import Entries
from songnuan.web.fields import CharField, ChoiceField, Day, MultipleChoiceField
from songnuan.web.standard_decision import DecidedForm
from songnuan.web.standard_rows import COLUMNS, Part, flat, posted, says_nothing
from songnuan.web.version_forms import RowsForm

_CONTACT = {"yes": True, "no": False}
_BASIS = {
    "basis_title": "title",
    "basis_number": "number",
    "basis_issuer": "issuer",
    "basis_dated_on": "dated_on",
}
_PLAIN = ("title", "starts_on", "ends_on", "ceiling_basis")
_MONEY = ("ceiling", "cap_time", "cap_year")
_ASKS = ("places", "posts", "categories", "contact", "relations", "days_least")


@dataclass(frozen=True, slots=True)
class RowInputs:
    """The inputs of one row: its number through all parts from 0, and its number in its part from 1."""

    place: int
    number: int
    inputs: Mapping[str, BoundField]
    is_last: bool

    @property
    def name(self) -> str:
        """What the row is called so far."""
        return str(self.inputs["title"].value() or "")

    @property
    def asks(self) -> bool:
        """Whether it has a condition, or a fault in one: they are then open."""
        return any(self.inputs[name].value() or self.inputs[name].errors for name in _ASKS)


@dataclass(frozen=True, slots=True)
class PartInputs:
    """The inputs of one part: its number from 0; `end` is the number that a new row of it gets."""

    place: int
    by: BoundField
    rows: tuple[RowInputs, ...]
    end: int

    @property
    def number(self) -> int:
        """Its number for readers."""
        return self.place + 1


def _money_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def _whole_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class StandardForm(RowsForm, DecidedForm):
    """A standard: its head, its parts with their rows.

    A row's key is lasting and not asked: it travels with its row, and a new row is given one.
    """

    asks = "standard"
    kinds = ("rows-", "parts-")

    title = CharField(
        fact="benefits.standardversion.title", label=gettext_lazy("Title of the standard"), max_length=200
    )
    slug = CharField(
        fact="benefits.standard.slug",
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy("Lasting; part of the address. Small letters, digits, hyphens: family-money"),
        max_length=60,
    )
    starts_on = Day(
        fact="benefits.standardversion.starts_on", label=gettext_lazy("First day of service that counts")
    )
    ends_on = Day(
        fact="benefits.standardversion.ends_on",
        label=gettext_lazy("Last day of service that counts"),
        required=False,
    )
    basis_title = CharField(
        fact="benefits.standardversion.source:basis.title",
        label=gettext_lazy("Document that sets it"),
        max_length=200,
    )
    basis_number = CharField(
        fact="benefits.standardversion.document_number",
        label=gettext_lazy("Document number"),
        help_text=gettext_lazy("As printed, such as 财社〔2020〕2号."),
        max_length=60,
    )
    basis_issuer = CharField(
        fact="benefits.standardversion.source:basis.issuer",
        label=gettext_lazy("Issued by"),
        max_length=100,
        required=False,
    )
    basis_dated_on = Day(
        fact="benefits.standardversion.source:basis.dated_on",
        label=gettext_lazy("Date of the document"),
        required=False,
    )
    ceiling = CharField(
        fact="benefits.standardversion.source:ceiling",
        label=gettext_lazy("Ceiling (yuan)"),
        help_text=gettext_lazy("The most that a row may be worth by a rule; a row above it is refused."),
        required=False,
        widget=_money_input(),
    )
    ceiling_basis = CharField(
        fact="benefits.standardversion.source:ceiling_basis",
        label=gettext_lazy("Rule that sets the ceiling"),
        help_text=gettext_lazy("The document, and its article."),
        max_length=200,
        required=False,
    )
    cap_time = CharField(
        fact="benefits.standardversion.source:cap_time",
        label=gettext_lazy("At most for one person and time (yuan)"),
        required=False,
        widget=_money_input(),
    )
    cap_year = CharField(
        fact="benefits.standardversion.source:cap_year",
        label=gettext_lazy("At most for one person and year (yuan)"),
        required=False,
        widget=_money_input(),
    )

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - as Django's
        *,
        parts: Sequence[Part] = (),
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        """Make the form: of what was posted, or of the `parts` and the `initial` head where nothing was."""
        self.parts = list(parts) if data is None else posted(data)
        # Of each part of the file, the places of its rows on the page.
        self._spots: list[list[int]] = []
        super().__init__(data, rows=flat(self.parts), **kwargs)

    def add_rows(self) -> None:
        """Add the inputs of the parts and their rows."""
        place = 0
        for part, told in enumerate(self.parts):
            self.fields[f"parts-{part}-by"] = ChoiceField(
                fact="benefits.standardversion.source:part.by",
                label=pgettext("standard", "Counted by"),
                choices=By.choices,
            )
            for number_, _row in enumerate(told.rows, 1):
                self._add_row(place, part + 1, number_)
                place += 1

    def _add_row(self, place: int, part: int, number: int) -> None:
        for name in ("part", "key"):
            hidden = CharField(fact="act:row", required=False, widget=forms.HiddenInput())
            self.fields[f"rows-{place}-{name}"] = hidden
        for name, field in _row_fields().items():
            told = {"part": part, "number": number, "what": field.label}
            field.named = _("Part %(part)s, row %(number)s, %(what)s") % told
            self.fields[f"rows-{place}-{name}"] = field

    def written(self) -> str:
        """Return what was typed as a file has it; one that stands keeps its comments."""
        return written(self._entries(), self.on.source)

    def _entries(self) -> Entries:
        """Return what was typed as a file has it; what was left empty is left out."""
        told = self.cleaned_data
        found: Entries = {"slug": self.on.slug or told.get("slug")}
        found |= {name: _text(told.get(name)) for name in _PLAIN}
        found |= {name: amount_entry(told[name]) for name in _MONEY if told.get(name)}
        found["basis"] = _told({entry: _text(told.get(name)) for name, entry in _BASIS.items()})
        found["parts"] = list(self._parts())
        return _told(found)

    def _parts(self) -> list[Entries]:
        """Return the parts as a file has them, and note where each of their rows stands on the page."""
        taken = {row["key"] for part in self.parts for row in part.rows if row.get("key")}
        self._spots = []
        found = []
        place = 0
        for number, part in enumerate(self.parts):
            self._spots.append([])
            rows = []
            for row in part.rows:
                if not says_nothing(row):
                    self._spots[number].append(place)
                    key = row.get("key") or new_key(self.on.number, place + 1, taken)
                    taken.add(key)
                    rows.append(self._row(place, key))
                place += 1
            found.append({"by": self.cleaned_data.get(f"parts-{number}-by"), "rows": rows})
        return found

    def _row(self, place: int, key: str) -> Entries:
        told = {name: self.cleaned_data.get(f"rows-{place}-{name}") for name in COLUMNS}
        whole = {name: number_entry(told[name] or "") for name in ("factor", "days_least") if told[name]}
        return _told(
            {
                "key": key,
                "title": told["title"],
                "amount": amount_entry(told["amount"]) if told["amount"] else None,
                **{name: parted(told[name] or "") or None for name in ("places", "posts", "categories")},
                "relations": told["relations"] or None,
                "contact": _CONTACT.get(told["contact"] or ""),
                **whole,
            }
        )

    def sentence(self, fault: Fault, name: str) -> str:
        """Return what is wrong, as it is said beside an input, or above all where it belongs to none."""
        if name.endswith("-amount") and not self.cleaned_data.get(name):
            return _("Enter an amount in yuan, or XX while it is still to be decided.")
        if name and fault.path[2:] == ("rows",):
            return _("Write at least one row of this part.")
        return super().sentence(fault, name)

    def field_of(self, path: Path) -> str:
        """Return the input that a place in the file belongs to; empty where none does."""
        if path[:1] == ("parts",) and len(path) > 1:
            return self._field_of_part(path)
        name = (
            f"basis_{path[1]}" if path[:1] == ("basis",) and len(path) > 1 else str(path[0] if path else "")
        )
        return name if name in self.fields else ""

    def _field_of_part(self, path: Path) -> str:
        part = int(path[1])
        spots = self._spots[part] if part < len(self._spots) else []
        if path[2:] == ("rows",):
            return f"rows-{sum(len(one.rows) for one in self.parts[:part])}-title"
        if len(path) < 4 or int(path[3]) >= len(spots):
            return f"parts-{part}-by"
        name = f"rows-{spots[int(path[3])]}-{path[4] if len(path) > 4 else 'title'}"
        is_shown = name in self.fields and not self[name].is_hidden
        return name if is_shown else f"rows-{spots[int(path[3])]}-title"

    @property
    def row_count(self) -> int:
        """How many rows the page has."""
        return sum(len(part.rows) for part in self.parts)

    @property
    def part_inputs(self) -> list[PartInputs]:
        """The parts with their rows, as the page shows them."""
        found: list[PartInputs] = []
        place = 0
        for part, told in enumerate(self.parts):
            rows = []
            for number, _row in enumerate(told.rows, 1):
                inputs = {name: self[f"rows-{place}-{name}"] for name in ("part", *COLUMNS)}
                rows.append(RowInputs(place, number, inputs, number == len(told.rows)))
                place += 1
            found.append(PartInputs(part, self[f"parts-{part}-by"], tuple(rows), place))
        return found


def _told(entries: Mapping[str, Any]) -> Entries:
    return {name: value for name, value in entries.items() if value is not None and value != ""}


def _text(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else (str(value) if value else None)


def _row_fields() -> dict[str, CharField | ChoiceField | MultipleChoiceField]:
    return {
        "title": CharField(
            fact="benefits.standardversion.source:row.title",
            label=_("What the row is called"),
            required=False,
        ),
        "amount": CharField(
            fact="benefits.standardversion.source:row.amount",
            label=_("Amount (yuan)"),
            required=False,
            widget=_money_input(),
        ),
        "factor": CharField(
            fact="benefits.standardversion.source:row.factor",
            label=pgettext("row of a standard", "Times"),
            required=False,
            widget=_whole_input(),
        ),
        "places": _condition("benefits.standardversion.source:row.places", _("Places of service")),
        "posts": _condition("benefits.standardversion.source:row.posts", _("Posts of service")),
        "categories": _condition("benefits.standardversion.source:row.categories", _("Categories of staff")),
        "days_least": _condition(
            "benefits.standardversion.source:row.days_least", _("Days served at least"), _whole_input()
        ),
        "contact": ChoiceField(
            fact="benefits.standardversion.source:row.contact",
            label=_("Direct contact with patients"),
            required=False,
            choices=[
                ("", pgettext("contact", "makes no difference")),
                ("yes", pgettext("contact", "had it")),
                ("no", pgettext("contact", "had none")),
            ],
        ),
        "relations": MultipleChoiceField(
            fact="benefits.standardversion.source:row.relations",
            label=_("What the one who serves is to the one who is paid"),
            required=False,
            choices=Relation.choices,
            widget=forms.CheckboxSelectMultiple(),
        ),
    }


def _condition(fact: str, label: str, widget: forms.TextInput | None = None) -> CharField:
    return CharField(fact=fact, label=label, required=False, widget=widget or forms.TextInput())


def head_of(told: StandardFile) -> dict[str, Any]:
    """Return what the head of a standard says, as one would type it."""
    money = {name: getattr(told, name) for name in _MONEY}
    return {
        **{name: getattr(told, name) for name in _PLAIN},
        **{name: getattr(told.basis, entry) for name, entry in _BASIS.items()},
        **{name: None if minor is None else yuan(minor) for name, minor in money.items()},
    }
