"""The form on which a layout of bank files is written column by column; what it may say is its reader's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.benefits.writing import parted
from songnuan.payments.layouts.model import (
    Content,
    Delimiter,
    Encoding,
    Ending,
    Kind,
    Layout,
    Place,
    Sum,
    Unit,
)
from songnuan.plans.faults import Path
from songnuan.plans.rewriting import Entries, snippet
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Words, whole
from songnuan.web.layout_kept import KeptForm
from songnuan.web.layout_rows import NAMES, RESULTS, flat, order_of, posted
from songnuan.web.moved_rows import Typed
from songnuan.web.version_forms import RowsForm

_FROM_FILE = {"note": "about", "unit": "money", "extension": "kind", "columns": "rows-0-content"}


@dataclass(frozen=True, slots=True)
class ColumnInputs:
    """The inputs of one column: its place from 0, and whether it is the last."""

    place: int
    inputs: Mapping[str, BoundField]
    is_last: bool

    @property
    def number(self) -> int:
        """Its number for readers."""
        return self.place + 1

    @property
    def asks(self) -> bool:
        """Whether one of its rarer inputs is filled in, or wrong: they are then open."""
        rare = [self.inputs[name] for name in ("needed", "longest", "sum_text")]
        told = self.inputs["sum"].value() not in {None, "", "empty"}
        return told or any(one.errors or one.value() for one in rare)


class LayoutForm(RowsForm, KeptForm):
    """A layout: its head, its columns, how the bank's answer is read."""

    asks = "bank_layout"

    title = CharField(
        fact="payments.banklayout.title", label=gettext_lazy("Title of the layout"), max_length=60
    )
    slug = CharField(
        fact="payments.banklayout.slug",
        label=gettext_lazy("Short name of the layout"),
        help_text=gettext_lazy("Lasting; part of the address. Small letters, digits, hyphens: union-bank"),
        max_length=60,
    )
    about = CharField(
        fact="payments.banklayout.body:note",
        label=gettext_lazy("For which bank it is, and what to mind"),
        max_length=300,
        required=False,
    )
    kind = ChoiceField(
        fact="payments.banklayout.body:kind", label=gettext_lazy("Kind of file"), choices=Kind.choices
    )
    encoding = ChoiceField(
        fact="payments.banklayout.body:encoding",
        label=gettext_lazy("Encoding"),
        choices=Encoding.choices,
        required=False,
    )
    delimiter = ChoiceField(
        fact="payments.banklayout.body:delimiter",
        label=gettext_lazy("Between the cells"),
        choices=Delimiter.choices,
        required=False,
    )
    ending = ChoiceField(
        fact="payments.banklayout.body:ending",
        label=gettext_lazy("End of a line"),
        choices=Ending.choices,
        required=False,
    )
    header = BooleanField(
        fact="payments.banklayout.body:header",
        label=gettext_lazy("The file has a row of headings"),
        required=False,
    )
    total = ChoiceField(
        fact="payments.banklayout.body:total",
        label=gettext_lazy("Row of the total"),
        choices=[("", pgettext_lazy("total", "none")), *Place.choices],
        required=False,
    )
    money = ChoiceField(
        fact="payments.banklayout.body:unit", label=gettext_lazy("Amounts in"), choices=Unit.choices
    )
    above = Words(
        fact="payments.banklayout.body:above",
        label=gettext_lazy("Lines of fixed text above everything else"),
        help_text=gettext_lazy("One a line, as the bank's form has them."),
        required=False,
        rows=2,
    )
    results_reference = CharField(
        fact="payments.banklayout.body:results.reference",
        label=gettext_lazy("Headings of the reference"),
        required=False,
    )
    results_account = CharField(
        fact="payments.banklayout.body:results.account",
        label=gettext_lazy("Headings of the account"),
        required=False,
    )
    results_name = CharField(
        fact="payments.banklayout.body:results.name",
        label=gettext_lazy("Headings of the account holder"),
        required=False,
    )
    results_amount = CharField(
        fact="payments.banklayout.body:results.amount",
        label=gettext_lazy("Headings of the amount"),
        required=False,
    )
    results_outcome = CharField(
        fact="payments.banklayout.body:results.outcome",
        label=gettext_lazy("Headings of the outcome"),
        required=False,
    )
    results_reason = CharField(
        fact="payments.banklayout.body:results.reason",
        label=gettext_lazy("Headings of the reason"),
        required=False,
    )
    results_paid = CharField(
        fact="payments.banklayout.body:results.paid", label=gettext_lazy("Words for paid"), required=False
    )
    results_failed = CharField(
        fact="payments.banklayout.body:results.failed",
        label=gettext_lazy("Words for not paid"),
        required=False,
    )
    results_waiting = CharField(
        fact="payments.banklayout.body:results.waiting",
        label=gettext_lazy("Words for under way"),
        required=False,
    )
    results_order = CharField(
        fact="payments.banklayout.body:results.order",
        label=gettext_lazy("Order of its columns, where it has no headings"),
        help_text=gettext_lazy(
            "From the left, “—” for one that is not needed: 参考号、账号、—、金额、结果、原因"
        ),
        required=False,
    )
    results_top = CharField(
        fact="payments.banklayout.body:results.top",
        label=gettext_lazy("Without headings: rows at the top that are no payments"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    results_unit = ChoiceField(
        fact="payments.banklayout.body:results.unit",
        label=gettext_lazy("Amounts of the answer in"),
        choices=Unit.choices,
    )

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - as Django's
        *,
        rows: Sequence[Typed] = (),
        stands: Layout | None = None,
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        """Make the form: of what was posted, or of the `rows` and the `initial` head where nothing was."""
        self.rows = list(rows) if data is None else posted(data)
        self.stands = stands
        # Of each column of the file, its place on the page.
        self._spots: list[int] = []
        super().__init__(data, rows=flat(self.rows), **kwargs)

    def add_rows(self) -> None:
        """Add the inputs of the columns."""
        for place in range(len(self.rows)):
            for name, field in _row_fields().items():
                field.named = _("Column %(number)s, %(what)s") % {"number": place + 1, "what": field.label}
                self.fields[f"rows-{place}-{name}"] = field

    def written(self) -> str:
        """Return what was typed as a file has it."""
        return snippet(self._entries())

    def _entries(self) -> Entries:
        """Return what was typed as a file has it; what was left empty is left out."""
        told = self.cleaned_data
        kind = told.get("kind", "")
        extension = self.stands.extension if self.stands and self.stands.kind == kind else kind
        text = {name: told.get(name) or None for name in ("encoding", "delimiter", "ending")}
        return _told(
            {
                "slug": self.on.slug or told.get("slug"),
                "title": told.get("title"),
                "note": told.get("about"),
                "kind": kind,
                "extension": extension,
                **(text if kind != Kind.XLSX else {}),
                "above": [line for part in told.get("above", "").split("\n") if (line := part.strip())],
                "header": bool(told.get("header")),
                "total": self._total() if told.get("total") else None,
                "unit": told.get("money"),
                "columns": list(self._columns()),
                "results": self._results(),
            }
        )

    def _columns(self) -> list[Entries]:
        """Return the columns as a file has them, and note where each stands on the page."""
        self._spots, found = [], []
        for place in range(len(self.rows)):
            told = {name: self.cleaned_data.get(f"rows-{place}-{name}") for name in NAMES}
            if (
                not any(told[name] for name in ("heading", "text", "longest", "needed"))
                and len(self.rows) > 1
            ):
                continue
            self._spots.append(place)
            longest = _number(told["longest"])
            names = ("heading", "content", "text")
            found.append(_told({**{name: told[name] for name in names}, "longest": longest}))
            if told["needed"]:
                found[-1]["needed"] = True
        return found

    def _total(self) -> Entries:
        """Return the total, a cell for each column up to the last that says something."""
        cells = []
        for place in range(len(self.rows)):
            content = self.cleaned_data.get(f"rows-{place}-sum") or "empty"
            cells.append(_told({"content": content, "text": self.cleaned_data.get(f"rows-{place}-sum_text")}))
        while len(cells) > 1 and cells[-1] == {"content": "empty"}:
            cells.pop()
        return {"place": self.cleaned_data["total"], "cells": cells}

    def _results(self) -> Entries:
        told = self.cleaned_data
        order = order_of(told.get("results_order") or "")
        found: Entries = {"unit": told.get("results_unit")}
        if order:
            found |= {"header": False, "order": order}
        if top := _number(told.get("results_top")):
            found["top"] = top
        headless = ("paid", "failed", "waiting")
        for name in RESULTS:
            if not order or name in headless:
                found[name] = parted(told.get(f"results_{name}") or "")
        return _told(found)

    def field_of(self, path: Path) -> str:
        """Return the input that a place in the file belongs to; empty where none does."""
        steps = [*path, "", "", ""]
        first, second, third = steps[0], steps[1], steps[2]
        name = _FROM_FILE.get(str(first), str(first))
        if first == "columns" and isinstance(second, int) and second < len(self._spots):
            name = f"rows-{self._spots[second]}-{third or 'heading'}"
        elif first == "total":
            name = f"rows-{third}-sum_text" if isinstance(third, int) else "total"
        elif first == "results":
            name = f"results_{second or 'account'}"
        return name if name in self.fields else ""

    @property
    def columns(self) -> list[ColumnInputs]:
        """The columns, as the page shows them."""
        last = len(self.rows) - 1
        return [
            ColumnInputs(place, {name: self[f"rows-{place}-{name}"] for name in NAMES}, place == last)
            for place in range(len(self.rows))
        ]

    @property
    def results(self) -> list[BoundField]:
        """The inputs of what the answer's headings may be called."""
        return [self[f"results_{name}"] for name in RESULTS[:6]]

    @property
    def words(self) -> list[BoundField]:
        """The inputs of the words for an outcome."""
        return [self[f"results_{name}"] for name in RESULTS[6:]]


def _told(entries: Mapping[str, Any]) -> Entries:
    return {name: value for name, value in entries.items() if value not in (None, "", [])}


def _number(text: object) -> int | str | None:
    """Return a whole number as a file writes it; what is none stays as it was typed."""
    if not text:
        return None
    number = whole(str(text))
    return str(text) if number is None else number


def _row_fields() -> dict[str, CharField | ChoiceField | BooleanField]:
    figure = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return {
        "heading": CharField(
            fact="payments.banklayout.body:column.heading", label=_("Heading"), required=False
        ),
        "content": ChoiceField(
            fact="payments.banklayout.body:column.content",
            label=_("What it holds"),
            choices=Content.choices,
            required=False,
        ),
        "text": CharField(
            fact="payments.banklayout.body:column.text", label=_("Fixed text or code"), required=False
        ),
        "needed": BooleanField(
            fact="payments.banklayout.body:column.needed", label=_("may never be empty"), required=False
        ),
        "longest": CharField(
            fact="payments.banklayout.body:column.longest",
            label=_("Characters at most"),
            required=False,
            widget=figure,
        ),
        "sum": ChoiceField(
            fact="payments.banklayout.body:total.content",
            label=_("In the row of the total"),
            choices=Sum.choices,
            required=False,
        ),
        "sum_text": CharField(
            fact="payments.banklayout.body:total.text",
            label=_("Text in the row of the total"),
            required=False,
        ),
    }
