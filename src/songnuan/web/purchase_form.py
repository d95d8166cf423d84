"""The forms of a purchase: its head and its lines, and why one is cancelled."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.queries import StockRow
from songnuan.goods.rules import LARGEST_QUANTITY, Draft, Line, Problem, price_fault, quantity_fault
from songnuan.web.fields import BooleanField, CharField, Day, FileField, IntegerField, Money
from songnuan.web.forms import Form
from songnuan.web.purchase_request_forms import ACCEPTED

_LINE = re.compile(r"lines-(\d+)-(\w+)")


@dataclass(frozen=True, slots=True)
class LineView:
    """One item of the kit with its two inputs. `needed` is what is still to be bought of it."""

    item_name: str
    packing: str
    needed: int
    quantity: BoundField
    price: BoundField
    amount_minor: int | None


class PurchaseForm(Form):
    """One invoice: its head, and two inputs for each item, such as lines-7-quantity and lines-7-unit_price.

    An item with neither quantity nor price is not part of the purchase. What the house asks of a
    purchase is said by `goods.rules`; here the inputs are only read. `bought_lines` holds the lines that
    were filled in, once the form is cleaned; `is_unread` then says that a line could not be read.
    """

    asks = "purchase"

    HEAD = ("supplier", "invoice_number", "bought_on", "reason_late", "invoice")

    supplier = CharField(
        fact="goods.purchase.supplier",
        label=gettext_lazy("Supplier"),
        help_text=gettext_lazy("As on the invoice."),
    )
    invoice_number = CharField(fact="goods.purchase.invoice_number", label=gettext_lazy("Invoice number"))
    bought_on = Day(fact="goods.purchase.bought_on", label=gettext_lazy("Bought on"))
    reason_late = CharField(
        fact="goods.purchase.reason_late",
        label=gettext_lazy("Why it is entered late"),
        help_text=gettext_lazy("Needed when it is entered later than the working day after it was bought."),
        required=False,
    )
    invoice = FileField(
        fact="goods.purchase.invoice_file",
        label=gettext_lazy("Invoice as a picture or PDF"),
        help_text=gettext_lazy("At most 8 MB; kept encrypted. It can be added later."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        required=False,
    )
    comes_later = BooleanField(
        fact="act:comes_later",
        label=gettext_lazy("The goods come later"),
        help_text=gettext_lazy("They are then received by themselves, in one delivery or several."),
        required=False,
    )

    def __init__(
        self,
        stock_rows: Sequence[StockRow],
        dated: bool,  # noqa: FBT001 - whether something of the kit expires
        *args: Any,  # noqa: ANN401 - as Django's
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stock_rows = stock_rows
        if dated:
            del self.fields["comes_later"]
        self.bought_lines: tuple[Line, ...] = ()
        self.is_unread = False
        for row in stock_rows:
            self.fields[f"lines-{row.item_id}-quantity"] = IntegerField(
                fact=f"goods.purchaseline.quantity:{row.item_id}",
                label=_("%(item)s, quantity") % {"item": row.item},
                required=False,
                max_value=LARGEST_QUANTITY,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
            self.fields[f"lines-{row.item_id}-unit_price"] = Money(
                fact=f"goods.purchaseline.unit_price_minor:{row.item_id}",
                label=_("%(item)s, unit price") % {"item": row.item},
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Return what was read; a line is whole or empty."""
        self.bought_lines = self._read_lines()
        for row in self.stock_rows:
            judged = {
                f"lines-{row.item_id}-quantity": quantity_fault,
                f"lines-{row.item_id}-unit_price": price_fault,
            }
            told = [name for name in judged if self.cleaned_data.get(name) is not None]
            for name, fault_of in judged.items():
                if name in self.errors:
                    continue
                if name in told:
                    fault = fault_of(self.cleaned_data[name])
                else:
                    fault = _("Enter the quantity and the price, or leave both empty.") if told else ""
                if fault:
                    self.add_error(name, fault)
        self.is_unread = any(name.startswith("lines") for name in self.errors)
        return self.cleaned_data

    def _read_lines(self) -> tuple[Line, ...]:
        told = self.cleaned_data
        pairs = [
            (
                row.item_id,
                told.get(f"lines-{row.item_id}-quantity"),
                told.get(f"lines-{row.item_id}-unit_price"),
            )
            for row in self.stock_rows
        ]
        return tuple(
            Line(item_id, quantity, price)
            for item_id, quantity, price in pairs
            if quantity is not None and price is not None
        )

    @property
    def lines(self) -> list[LineView]:
        """The lines as the page shows them."""
        amounts = {line.item_id: line.total_minor for line in self.bought_lines}
        return [
            LineView(
                item_name=row.item,
                packing=row.packing,
                needed=row.lacking,
                quantity=self[f"lines-{row.item_id}-quantity"],
                price=self[f"lines-{row.item_id}-unit_price"],
                amount_minor=amounts.get(row.item_id),
            )
            for row in self.stock_rows
        ]

    def draft(self, today: date) -> Draft:
        """Return the purchase that was entered; while its day is not, it counts as of `today`."""
        told = self.cleaned_data
        return Draft(
            supplier=told.get("supplier", ""),
            invoice_number=told.get("invoice_number", ""),
            bought_on=told.get("bought_on") or today,
            lines=self.bought_lines,
            reason_late=told.get("reason_late", ""),
        )

    @property
    def is_received(self) -> bool:
        """Whether all of it comes into the store with this form; goods that expire come by lot, elsewhere."""
        return "comes_later" in self.fields and not self.cleaned_data.get("comes_later")

    def look_at_lines_only(self) -> None:
        """Forget what is wrong with the head: it may be filled in later than the lines."""
        for name in self.HEAD:
            self.errors.pop(name, None)

    def show(self, problems: Iterable[Problem], draft: Draft) -> None:
        """Put each problem beside its input: those of a line by the item that stands in it.

        An input that could not be read is not judged again, and neither are the lines as a whole while one
        of them could not.
        """
        unread = set(self.errors)
        lines_unread = any(name.startswith("lines") for name in unread)
        for problem in problems:
            match = _LINE.fullmatch(problem.field)
            name = f"lines-{draft.lines[int(match[1])].item_id}-{match[2]}" if match else problem.field
            if name not in unread and not (lines_unread and name.startswith("lines")):
                self.add_error(name if name in self.fields else None, problem.sentence)


class Cancelling(Form):
    """Why a purchase is cancelled, said with full intent."""

    asks = "purchase_cancel"

    reason = CharField(
        fact="goods.purchase.cancel_reason",
        label=gettext_lazy("Why it is cancelled"),
        help_text=gettext_lazy("It stays in the ledger."),
    )
    sure = BooleanField(
        fact="act:cancel_purchase", label=gettext_lazy("Yes, cancel this purchase; it can't be undone.")
    )
