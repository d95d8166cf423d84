"""The forms of a request for a purchase, and of the quotations that are compared for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.queries import StockRow
from songnuan.goods.request_rules import Asked, Quote
from songnuan.goods.rules import REASON_LENGTH, Line, Part, Problem
from songnuan.journeys.sent_files import SentFile
from songnuan.web.fields import CharField, Day, FileField, IntegerField, Money
from songnuan.web.forms import Form
from songnuan.web.line_inputs import LinesForm, packs_input

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.webp"


def sent_file(form: Form, name: str) -> SentFile | None:
    """Return a file as it was sent in a form that was cleaned; None where there is none."""
    file = form.cleaned_data.get(name)
    return SentFile(file.read(), file.name, file.content_type or "") if file else None


class RequestForm(LinesForm):
    """What is asked for, and why. What is asked of a request is said by `goods.request_rules`."""

    asks = "purchase_request"

    reason = CharField(
        fact="goods.purchaserequest.reason",
        label=gettext_lazy("What it is needed for"),
        help_text=gettext_lazy("Whoever approves the request reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    def inputs(self, row: StockRow) -> tuple[IntegerField, Money]:
        """Return the inputs of an item's line."""
        label = _("%(item)s, highest price") % {"item": row.item}
        return (
            packs_input(row, fact=f"goods.requestline.quantity:{row.item_id}"),
            Money(fact=f"goods.requestline.most_minor:{row.item_id}", label=label, required=False),
        )

    def asked(self) -> Asked:
        """Return the request that was entered."""
        return Asked(self.cleaned_data.get("reason", ""), self.told_lines)

    def show(self, problems: Iterable[Problem], asked: Asked) -> None:
        """Put each problem beside its input."""
        self.show_all(problems, asked.lines)


@dataclass(frozen=True, slots=True)
class PriceView:
    """One item of the request with the input for its price; `most_minor` is the highest approved."""

    item_name: str
    packing: str
    quantity: int
    most_minor: int
    price: BoundField


class QuotationForm(Form):
    """What a supplier asks: one input for each item of the request, such as prices-7."""

    asks = "quotation"

    supplier = CharField(
        fact="goods.quotation.supplier",
        label=gettext_lazy("Supplier"),
        help_text=gettext_lazy("As on the quotation."),
        required=False,
    )
    quoted_on = Day(fact="goods.quotation.quoted_on", label=gettext_lazy("Quoted on"))
    note = CharField(
        fact="goods.quotation.note",
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Such as delivery, quality or how long it holds."),
        required=False,
    )
    file = FileField(
        fact="goods.quotation.file",
        label=gettext_lazy("Quotation as a picture or PDF"),
        help_text=gettext_lazy("At most 8 MB; kept encrypted."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        required=False,
    )

    def __init__(self, parts: Sequence[Part], lines: Sequence[Line], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.asked_lines = lines
        self.parts: Mapping[int, Part] = {part.item_id: part for part in parts}
        for line in lines:
            name = self.parts[line.item_id].item
            label = _("%(item)s, unit price") % {"item": name}
            self.fields[f"prices-{line.item_id}"] = Money(
                fact=f"goods.quotationline.unit_price_minor:{line.item_id}", label=label, required=False
            )

    @property
    def prices(self) -> list[PriceView]:
        """The prices as the page asks for them."""
        return [
            PriceView(
                item_name=self.parts[line.item_id].item,
                packing=self.parts[line.item_id].packing,
                quantity=line.quantity,
                most_minor=line.unit_price_minor,
                price=self[f"prices-{line.item_id}"],
            )
            for line in self.asked_lines
        ]

    def quote(self) -> Quote:
        """Return the quotation that was entered."""
        told = self.cleaned_data
        prices = {line.item_id: told.get(f"prices-{line.item_id}") for line in self.asked_lines}
        return Quote(
            supplier=told.get("supplier", ""),
            quoted_on=told["quoted_on"],
            prices={item_id: price for item_id, price in prices.items() if price is not None},
            note=told.get("note", ""),
        )

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its input."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.sentence)


class InvoiceForm(Form):
    """The picture of an invoice that was recorded without."""

    asks = "invoice"

    invoice = FileField(
        fact="goods.purchase.invoice_file",
        again="a purchase may be recorded before its invoice is at hand",
        label=gettext_lazy("Invoice as a picture or PDF"),
        help_text=gettext_lazy("At most 8 MB; kept encrypted. One file proves one purchase."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class ReplacingForm(InvoiceForm):
    """The right picture of an invoice in the place of a wrong one, and why."""

    asks = "invoice_replaced"

    reason = CharField(
        fact="goods.replacedinvoice.reason",
        label=gettext_lazy("Why the picture is replaced"),
        help_text=gettext_lazy("The earlier one is kept, and shown as replaced."),
        max_length=REASON_LENGTH,
    )
