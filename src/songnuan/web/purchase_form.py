"""The forms of a purchase: its head and its lines, and why one is cancelled."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.queries import StockRow
from songnuan.goods.rules import Draft, Problem
from songnuan.web.fields import BooleanField, CharField, Day, FileField, IntegerField, Money
from songnuan.web.forms import Form
from songnuan.web.line_inputs import LinesForm, packs_input
from songnuan.web.purchase_request_forms import ACCEPTED


class PurchaseForm(LinesForm):
    """One invoice: its head, and two inputs for each item. What the house asks is said by `goods.rules`."""

    asks = "purchase"
    price_name = "unit_price"

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
        super().__init__(stock_rows, *args, **kwargs)
        if dated:
            del self.fields["comes_later"]

    def inputs(self, row: StockRow) -> tuple[IntegerField, Money]:
        """Return the inputs of an item's line."""
        label = _("%(item)s, unit price") % {"item": row.item}
        return (
            packs_input(row, fact=f"goods.purchaseline.quantity:{row.item_id}"),
            Money(fact=f"goods.purchaseline.unit_price_minor:{row.item_id}", label=label, required=False),
        )

    def draft(self, today: date) -> Draft:
        """Return the purchase that was entered; while its day is not, it counts as of `today`."""
        told = self.cleaned_data
        return Draft(
            supplier=told.get("supplier", ""),
            invoice_number=told.get("invoice_number", ""),
            bought_on=told.get("bought_on") or today,
            lines=self.told_lines,
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
        """Put each problem beside its input."""
        self.show_all(problems, draft.lines)


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
