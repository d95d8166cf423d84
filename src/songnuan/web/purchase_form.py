"""The forms of a purchase: its head and its lines, and why one is cancelled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.queries import StockRow
from songnuan.goods.rules import Draft, Problem
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, FileField, IntegerField, Money
from songnuan.web.forms import Form
from songnuan.web.line_inputs import LinesForm, packs_input
from songnuan.web.purchase_request_forms import ACCEPTED


class Arrival(StrEnum):
    """Whether the goods have come, and what is known of them."""

    BY_LOT = "by_lot"
    BARE = "bare"
    LATER = "later"


ARRIVALS = {
    Arrival.BY_LOT: gettext_lazy("They have come: their lot numbers and last good days are entered next"),
    Arrival.BARE: gettext_lazy("They have come and bear neither: all of it goes into the store at once"),
    Arrival.LATER: gettext_lazy("They come later, in one delivery or several"),
}


class PurchaseForm(LinesForm):
    """One invoice: its head, and two inputs for each item. What the house asks is said by `goods.rules`."""

    asks = "purchase"
    price_name = "unit_price"

    HEAD = ("supplier", "invoice_number", "bought_on", "reason_late", "invoice", "arrival")

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
    arrival = ChoiceField(
        fact="act:arrival",
        label=gettext_lazy("The goods"),
        help_text=gettext_lazy(
            "What expires first goes out first, and nothing goes out once it has expired: only of goods whose"
            " last good day was entered."
        ),
        widget=forms.RadioSelect,
        choices=list(ARRIVALS.items()),
        initial=Arrival.BY_LOT,
    )

    def __init__(
        self,
        stock_rows: Sequence[StockRow],
        dated: bool,  # noqa: FBT001 - whether something of the kit expires
        *args: Any,  # noqa: ANN401 - as Django's
        approved: Mapping[int, int],  # packs by id of the item, on a request
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(stock_rows, *args, **kwargs)
        self.approved = approved
        if dated:
            arrival = self.fields["arrival"]
            assert isinstance(arrival, forms.ChoiceField)  # noqa: S101 - as declared above
            arrival.choices = [one for one in ARRIVALS.items() if one[0] != Arrival.BARE]
            arrival.help_text = _("Some of these goods expire: they are received with their last good day.")

    def needed_of(self, row: StockRow) -> int:
        """Return how many packs were approved, where it is bought on a request; else what is still needed."""
        return self.approved.get(row.item_id, row.lacking)

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
    def arrival_told(self) -> Arrival:
        """Whether the goods came; those that are BARE come into the store with this form."""
        return Arrival(self.cleaned_data["arrival"])

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
