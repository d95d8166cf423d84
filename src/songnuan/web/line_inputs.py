"""What the forms of a purchase and of its request share: a quantity and a price for each item of a kit."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.forms import BoundField
from django.utils.translation import gettext as _

from songnuan.goods.queries import StockRow
from songnuan.goods.rules import Line, Problem, price_fault, quantity_fault
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.web.fields import IntegerField, Money
from songnuan.web.forms import Form
from songnuan.web.stock_forms import packs_field

_LINE = re.compile(r"lines-(\d+)-(\w+)")


@dataclass(frozen=True, slots=True)
class LineView:
    """One item of the kit with its two inputs. `needed` is what is still to be bought of it, or approved."""

    item_name: str
    packing: str
    needed: int
    quantity: BoundField
    price: BoundField
    amount_minor: int | None


class LinesForm(Form):
    """A form with two inputs for each item, such as lines-7-quantity and lines-7-price.

    An item with neither is not part of it. What the house asks is said by the rules; here the inputs are only
    read. `told_lines` holds the lines that were filled in, once the form is cleaned; `is_unread` then says
    that a line could not be read.
    """

    price_name: ClassVar[str] = "price"

    def __init__(self, stock_rows: Sequence[StockRow], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.stock_rows = stock_rows
        self.told_lines: tuple[Line, ...] = ()
        self.is_unread = False
        for row in stock_rows:
            names = self._names(row.item_id)
            self.fields.update(zip(names, self.inputs(row), strict=True))

    @abstractmethod
    def inputs(self, row: StockRow) -> tuple[IntegerField, Money]:
        """Return the inputs of an item's line: its packs and its price, as the form names them."""

    def needed_of(self, row: StockRow) -> int:
        """Return how many packs of an item the page asks for."""
        return row.lacking

    def _names(self, item_id: int) -> tuple[str, str]:
        return f"lines-{item_id}-quantity", f"lines-{item_id}-{self.price_name}"

    def clean(self) -> dict[str, Any]:
        """Return what was read; a line is whole or empty."""
        lines = []
        for row in self.stock_rows:
            names = self._names(row.item_id)
            quantity, price = (self.cleaned_data.get(name) for name in names)
            is_told = quantity is not None or price is not None
            for name, fault_of in zip(names, (quantity_fault, price_fault), strict=True):
                value = self.cleaned_data.get(name)
                if value is not None:
                    fault = fault_of(value)
                else:
                    fault = _("Enter the quantity and the price, or leave both empty.") if is_told else ""
                if fault and name not in self.errors:
                    self.add_error(name, fault)
            if quantity is not None and price is not None:
                lines.append(Line(row.item_id, quantity, price))
        self.told_lines = tuple(lines)
        self.is_unread = any(name.startswith("lines") for name in self.errors)
        return self.cleaned_data

    @property
    def begun_lines(self) -> list[Line]:
        """The lines that were filled in beforehand, in a form that nobody handed in yet."""
        lines = []
        for row in () if self.is_bound else self.stock_rows:
            quantity, price = (self.initial.get(name) for name in self._names(row.item_id))
            if quantity is not None and price is not None:
                lines.append(Line(row.item_id, quantity, price))
        return lines

    @property
    def lines(self) -> list[LineView]:
        """The lines as the page shows them; one that makes no sense comes to no amount."""
        told = self.told_lines if self.is_bound else self.begun_lines
        amounts = {line.item_id: line.total_minor for line in told if is_sound(line)}
        return [
            LineView(
                item_name=row.item,
                packing=row.packing,
                needed=self.needed_of(row),
                quantity=self[self._names(row.item_id)[0]],
                price=self[self._names(row.item_id)[1]],
                amount_minor=amounts.get(row.item_id),
            )
            for row in self.stock_rows
        ]

    def show_all(self, problems: Iterable[Problem], lines: Sequence[Line]) -> None:
        """Put each problem beside its input: those of a line by the item that stands in it.

        An input that could not be read is not judged again, and neither are the lines as a whole while one
        of them could not.
        """
        unread = set(self.errors)
        lines_unread = any(name.startswith("lines") for name in unread)
        for problem in problems:
            match, name = _LINE.fullmatch(problem.field), problem.field
            if match:
                part = self.price_name if match[2] == "unit_price" else match[2]
                name = f"lines-{lines[int(match[1])].item_id}-{part}"
            if name not in unread and not (lines_unread and name.startswith("lines")):
                self.add_error(name if name in self.fields else None, problem.sentence)


def packs_input(row: StockRow, *, fact: str) -> IntegerField:
    """Return the input for packs of an item."""
    label = _("%(item)s, quantity") % {"item": row.item}
    # Below one is told by the rules of a purchase, beside its price.
    return packs_field(label, fact=fact, required=False, min_value=None)


def is_sound(line: Line) -> bool:
    """Return whether a line comes to an amount that can be."""
    return not quantity_fault(line.quantity) and line.unit_price_minor > 0 and line.total_minor <= LIMIT_MINOR
