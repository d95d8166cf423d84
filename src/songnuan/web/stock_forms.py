"""The forms of the store: what came, what goes back, what was counted, what is disposed of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.cards import LotRow
from songnuan.goods.lots import LOT_NUMBER_LENGTH, Delivery, OpenLine
from songnuan.goods.rules import LARGEST_QUANTITY, REASON_LENGTH
from songnuan.kernel.refusal import Refusal
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, IntegerField
from songnuan.web.forms import Form
from songnuan.web.stock_words import lot_words, with_packing

_LINE = re.compile(r"lines-(\d+)-(\w+)")


def packs_field(label: str, **kwargs: Any) -> IntegerField:  # noqa: ANN401 - handed on to Django
    """Return an input for whole packs."""
    kwargs.setdefault("min_value", 1)
    kwargs.setdefault("max_value", LARGEST_QUANTITY)
    return IntegerField(
        label=label,
        error_messages={"invalid": gettext_lazy("Enter whole packs, such as 12.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **kwargs,
    )


@dataclass(frozen=True, slots=True)
class ComingItem:
    """One item of a purchase that is still to come, with its inputs."""

    item: str
    packing: str
    left: int
    expires: bool
    quantity: BoundField
    number: BoundField
    unnumbered: BoundField
    expires_on: BoundField


class ReceivingForm(Form):
    """One delivery: of each item that came its packs, lot number and last good day.

    An item without packs did not come; one without lot number is said to bear none. What is open is filled
    in for goods that keep; of those that expire nobody knows how many of one lot come, so that nothing is.
    """

    asks = "receiving"

    came_on = Day(fact="goods.movement.happened_at:receiving", label=gettext_lazy("Came on"))

    def __init__(self, lines: Sequence[OpenLine], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.open: dict[int, OpenLine] = {}
        self.left: dict[int, int] = {}
        for line in lines:
            self.open.setdefault(line.item_id, line)
            self.left[line.item_id] = self.left.get(line.item_id, 0) + line.left
        for item_id, line in self.open.items():
            words = {"item": line.item}
            self.fields[f"item-{item_id}-quantity"] = packs_field(
                _("%(item)s, packs that came") % words,
                fact=f"goods.movementline.quantity:received.{item_id}",
                required=False,
                initial=None if line.expires else self.left[item_id],
            )
            self.fields[f"item-{item_id}-number"] = CharField(
                fact=f"goods.lot.number:{item_id}",
                label=_("%(item)s, lot number") % words,
                required=False,
                max_length=LOT_NUMBER_LENGTH,
            )
            self.fields[f"item-{item_id}-unnumbered"] = BooleanField(
                fact="act:unnumbered", label=_("bears no lot number"), required=False
            )
            self.fields[f"item-{item_id}-expires_on"] = Day(
                fact=f"goods.lot.expires_on:{item_id}",
                label=_("%(item)s, good until") % words,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Ask for the packs of something."""
        super().clean()
        if not self.errors and not self.deliveries:
            self.add_error(None, _("Enter how many packs of something came."))
        for one in self.deliveries:
            name = f"item-{one.item_id}-number"
            if not one.number.strip() and not self.cleaned_data.get(f"item-{one.item_id}-unnumbered"):
                self.add_error(name, _("Enter the lot number, or tick that the packs bear none."))
        return self.cleaned_data

    @property
    def deliveries(self) -> list[Delivery]:
        """What came, in the order of the items."""
        told = self.cleaned_data
        return [
            Delivery(
                item_id=item_id,
                quantity=quantity,
                number=told.get(f"item-{item_id}-number", ""),
                expires_on=told.get(f"item-{item_id}-expires_on"),
            )
            for item_id in self.open
            if (quantity := told.get(f"item-{item_id}-quantity")) is not None
        ]

    @property
    def items(self) -> list[ComingItem]:
        """The inputs as the page shows them."""
        return [
            ComingItem(
                item=line.item,
                packing=line.packing,
                left=self.left[item_id],
                expires=line.expires,
                quantity=self[f"item-{item_id}-quantity"],
                number=self[f"item-{item_id}-number"],
                unnumbered=self[f"item-{item_id}-unnumbered"],
                expires_on=self[f"item-{item_id}-expires_on"],
            )
            for item_id, line in self.open.items()
        ]

    def refuse(self, refusal: Refusal) -> None:
        """Add the refusal's sentence beside the item it is about."""
        match = _LINE.fullmatch(refusal.field)
        if match:
            item_id = self.deliveries[int(match[1])].item_id
            self.add_error(f"item-{item_id}-{match[2]}", refusal.sentence)
        elif refusal.field == "happened_on":
            self.add_error("came_on", refusal.sentence)
        else:
            super().refuse(refusal)


@dataclass(frozen=True, slots=True)
class LotInput:
    """A lot with the input for its packs."""

    item: str
    packing: str
    lot: str
    origin: str
    packs: BoundField


class LotsForm(Form):
    """An input of packs for each lot, such as lot-7."""

    origins: Mapping[int, str] = MappingProxyType({})

    def __init__(self, rows: Sequence[LotRow], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"lot-{row.lot_id}"] = self.packs_of(
                f"{with_packing(row.item, row.packing)} {lot_words(row.number, row.expires_on)}".strip()
            )

    def packs_of(self, label: str) -> IntegerField:
        """Return the input of one lot."""
        return packs_field(label, required=False, fact="goods.movementline.quantity:sent_back")

    @property
    def packs(self) -> dict[int, int]:
        """Packs by id of the lot, of those that were filled in."""
        told = {row.lot_id: self.cleaned_data.get(f"lot-{row.lot_id}") for row in self.rows}
        return {lot_id: packs for lot_id, packs in told.items() if packs is not None}

    @property
    def lots(self) -> list[LotInput]:
        """The inputs as the page shows them."""
        return [
            LotInput(
                item=row.item,
                packing=row.packing,
                lot=lot_words(row.number, row.expires_on),
                origin=self.origins.get(row.lot_id, ""),
                packs=self[f"lot-{row.lot_id}"],
            )
            for row in self.rows
        ]


class CountForm(LotsForm):
    """What was counted of each lot; nothing is filled in beforehand. `origins` tell lots apart, by id."""

    asks = "stock_count"

    def __init__(self, rows: Sequence[LotRow], origins: Mapping[int, str], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(rows, *args, **kwargs)
        self.origins = origins
        for row in rows:
            told = (lot_words(row.number, row.expires_on) or _("without number"), origins[row.lot_id])
            self.fields[f"lot-{row.lot_id}"].label = " · ".join((with_packing(row.item, row.packing), *told))

    def packs_of(self, label: str) -> IntegerField:
        """Return the input of one lot: none is left out, none may be counted."""
        return packs_field(label, min_value=0, fact="goods.countline.counted")


class AbandoningForm(Form):
    """Why a count is given up before it is handed in."""

    asks = "stock_count_abandoned"

    reason = CharField(
        fact="goods.count.reason",
        again="who gives a count up says why, as who decides about one does",
        label=gettext_lazy("Why it is given up"),
        max_length=REASON_LENGTH,
    )


class ReturningForm(LotsForm):
    """Packs that go back to the supplier, and why; `seen` is the last movement that the page knew of.

    What is in the store stands beside each lot.
    """

    asks = "send_back"

    seen = IntegerField(fact="act:movement_seen", widget=forms.HiddenInput, required=False)

    reason = CharField(
        fact="goods.movement.reason:send_back",
        label=gettext_lazy("Why they go back"),
        help_text=gettext_lazy("Damaged, wrong, too near its date. It stays in the stock card."),
        max_length=REASON_LENGTH,
    )

    def __init__(self, rows: Sequence[LotRow], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(rows, *args, **kwargs)
        for row in rows:
            there = {"packs": row.in_store, "packing": row.packing}
            self.fields[f"lot-{row.lot_id}"].help_text = _("%(packs)s %(packing)s in the store.") % there

    def clean(self) -> dict[str, Any]:
        """Ask for the packs of some lot."""
        super().clean()
        if not self.errors and not self.packs:
            self.add_error(None, _("Enter how many go back beside a lot of this purchase."))
        return self.cleaned_data


class DisposalForm(Form):
    """Packs of a lot that are to be disposed of, and why."""

    asks = "disposal"

    quantity = packs_field(gettext_lazy("Packs"), fact="goods.disposal.quantity")  # type: ignore[arg-type]  # a promise is as good as a word
    reason = CharField(
        fact="goods.disposal.reason",
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Expired, damaged, spoilt. Somebody else decides about it."),
        max_length=REASON_LENGTH,
    )


class DecisionForm(Form):
    """Yes or no to what somebody found or asked, with the reason."""

    asks = "stock_decision"

    decision = ChoiceField(
        fact="goods.count.status", label=gettext_lazy("Decision"), widget=forms.RadioSelect
    )
    reason = CharField(
        fact="goods.count.reason",
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        choices: Mapping[str, str],
        *args: Any,  # noqa: ANN401 - as Django's
        hint: str = "",
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        """Offer `choices`, words by value."""
        super().__init__(*args, **kwargs)
        decision = self.fields["decision"]
        assert isinstance(decision, forms.ChoiceField)  # noqa: S101 - as declared above
        decision.choices = list(choices.items())
        if hint:
            self.fields["reason"].help_text = hint
