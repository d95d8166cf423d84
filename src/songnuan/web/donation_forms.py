"""The forms of donations: what was given by whom, and what of it a unit got."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.goods.gifts import (
    ITEM_LENGTH,
    NAME_LENGTH,
    PACKING_LENGTH,
    SPECIFICATION_LENGTH,
    Gift,
    GiftLine,
    Handing,
    Times,
    examine_gift,
    examine_issue,
)
from songnuan.goods.lots import LOT_NUMBER_LENGTH
from songnuan.goods.models import DonorKind, Valuation
from songnuan.goods.rules import REASON_LENGTH, SUPPLIER_LENGTH, Problem
from songnuan.kernel.refusal import Refusal
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, Money, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.stock_forms import packs_field
from songnuan.web.stock_words import with_packing
from songnuan.web.visit_fields import Signature

LINES, SHOWN = 8, 2
_LINE = re.compile(r"lines-(\d+)-(\w+)")
_PARTS = ("item", "specification", "packing", "quantity", "unit_value", "number", "expires_on")
_BEFORE_LINES = ("donor", "donor_kind", "happened_on", "reason_late", "valuation")
# A picture that is not kept yet; what is examined only asks whether there is one.
_DRAWN = 0


class TakingForm(Form):
    """When goods changed hands, who took them, and how they said so."""

    happened_on = Day(fact="goods.issue.happened_on", label=gettext_lazy("Day"))
    reason_late = CharField(
        fact="goods.issue.reason_late",
        label=gettext_lazy("Why it is entered late"),
        help_text=gettext_lazy(
            "Needed when it is entered later than the next working day, or took place before the plan began;"
            " else left empty."
        ),
        max_length=REASON_LENGTH,
        required=False,
    )
    receiver_name = CharField(
        fact="goods.issue.receiver_name",
        label=gettext_lazy("Who took the goods"),
        help_text=gettext_lazy("Another person than who enters it."),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signature = Signature(
        fact="goods.issue.signature", label=gettext_lazy("Signature of who took the goods"), required=False
    )
    confirmed_by_name = BooleanField(
        fact="goods.issue.confirmed_by_name",
        label=gettext_lazy("Who took the goods confirms by name, without a signature"),
        required=False,
    )

    def __init__(self, times: Times, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.times = times

    @property
    def handing(self) -> Handing:
        """Who took the goods, before a signature is kept."""
        told = self.cleaned_data
        return Handing(
            receiver_name=told.get("receiver_name", ""),
            confirmed_by_name=told.get("confirmed_by_name", False),
        )

    @property
    def drawn(self) -> bytes:
        """The picture of the signature; empty for none."""
        return bytes(self.cleaned_data.get("signature") or b"")

    @property
    def _signed(self) -> Handing:
        given = self.handing
        return Handing(given.receiver_name, _DRAWN if self.drawn else None, given.confirmed_by_name)

    def tell(self, problems: Sequence[Problem]) -> None:
        """Put each problem beside its input; one that could not be read is not judged again."""
        unread = set(self.errors)
        for problem in problems:
            if problem.field not in unread:
                field = problem.field if problem.field in self.fields else None
                self.add_error(field, ValidationError(problem.sentence, code=problem.code))


class HandingForm(TakingForm):
    """Goods that a unit took, which is chosen here."""

    no_unit: "str | Promise" = "—"

    def __init__(self, units: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)  # noqa: S101 - as declared below
        unit.choices = [("", self.no_unit), *units]


@dataclass(frozen=True, slots=True)
class GiftRow:
    """The inputs of one line of a donation."""

    item: BoundField
    specification: BoundField
    packing: BoundField
    quantity: BoundField
    unit_value: BoundField
    number: BoundField
    expires_on: BoundField


class DonationForm(HandingForm):
    """One donation: who gives what, when, of which value, and where it went."""

    asks = "donation"

    no_unit = gettext_lazy("Into the store")

    donor = CharField(
        fact="goods.donation.donor", label=gettext_lazy("Who gives"), max_length=SUPPLIER_LENGTH
    )
    donor_kind = ChoiceField(
        fact="goods.donation.donor_kind",
        label=gettext_lazy("Kind of donor"),
        choices=DonorKind.choices,
        widget=forms.RadioSelect,
        initial=DonorKind.ORGANISATION,
    )
    valuation = ChoiceField(
        fact="goods.donation.valuation",
        label=gettext_lazy("Where the value comes from"),
        choices=Valuation.choices,
        widget=forms.RadioSelect,
    )
    unit = TypedChoiceField(
        fact="goods.donation.unit",
        label=gettext_lazy("Where it went"),
        help_text=gettext_lazy("A unit that got it straight signs below."),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        for place in range(LINES):
            self._add_line(place)
        lines = [f"lines-{place}-{name}" for place in range(LINES) for name in _PARTS]
        self.order_fields([*_BEFORE_LINES, *lines, "unit"])  # the order of the page

    def _add_line(self, place: int) -> None:
        words = {"number": place + 1}
        made: dict[str, forms.Field] = {
            "item": CharField(
                fact=f"goods.donationline.item:{place}",
                label=_("Line %(number)s, item") % words,
                max_length=ITEM_LENGTH,
                required=False,
                widget=forms.TextInput(attrs={"list": "known-items", "autocomplete": "off"}),
            ),
            "specification": CharField(
                fact=f"goods.item.specification:{place}",
                label=_("Line %(number)s, specification") % words,
                max_length=SPECIFICATION_LENGTH,
                required=False,
            ),
            "packing": CharField(
                fact=f"goods.item.packing:{place}",
                label=_("Line %(number)s, counted in") % words,
                max_length=PACKING_LENGTH,
                required=False,
            ),
            "quantity": packs_field(
                _("Line %(number)s, quantity") % words,
                fact=f"goods.donationline.quantity:{place}",
                required=False,
                max_value=None,  # what is plausible is said by the rule
            ),
            "unit_value": Money(
                fact=f"goods.donationline.unit_value_minor:{place}",
                label=_("Line %(number)s, value of one (yuan)") % words,
                required=False,
            ),
            "number": CharField(
                fact=f"goods.lot.number:gift.{place}",
                label=_("Line %(number)s, lot number") % words,
                max_length=LOT_NUMBER_LENGTH,
                required=False,
            ),
            "expires_on": Day(
                fact=f"goods.lot.expires_on:gift.{place}",
                label=_("Line %(number)s, good until") % words,
                required=False,
            ),
        }
        for name, field in made.items():
            self.fields[f"lines-{place}-{name}"] = field

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong at once."""
        super().clean()
        if "happened_on" in self.cleaned_data:
            self.tell(examine_gift(self._gift(self._signed), self.times))
        return self.cleaned_data

    @property
    def gift(self) -> Gift:
        """The donation that was entered, its signature apart."""
        return self._gift(self.handing)

    def _gift(self, handing: Handing) -> Gift:
        told = self.cleaned_data
        return Gift(
            donor=told.get("donor", ""),
            donor_kind=told.get("donor_kind", ""),
            donated_on=told["happened_on"],
            valuation=told.get("valuation", ""),
            lines=tuple(self._line(place) for place in self._told()),
            handing=handing,
            unit_id=told.get("unit"),
            reason_late=told.get("reason_late", ""),
        )

    def _told(self) -> list[int]:
        """Return the places of the lines in which something stands."""
        return [
            place
            for place in range(LINES)
            if any(str(self.data.get(f"lines-{place}-{name}", "")).strip() for name in _PARTS)
        ]

    def _line(self, place: int) -> GiftLine:
        told = {name: self.cleaned_data.get(f"lines-{place}-{name}") for name in _PARTS}
        return GiftLine(
            item=told["item"] or "",
            packing=told["packing"] or "",
            quantity=told["quantity"] or 0,
            unit_value_minor=told["unit_value"] or 0,
            number=told["number"] or "",
            expires_on=told["expires_on"],
            specification=told["specification"] or "",
        )

    def tell(self, problems: Sequence[Problem]) -> None:
        """Put each problem beside its input: those of a line by the place at which it was typed."""
        places = self._told()
        super().tell([self._placed(problem, places) for problem in problems])

    @staticmethod
    def _placed(problem: Problem, places: Sequence[int]) -> Problem:
        match = _LINE.fullmatch(problem.field)
        if match is None:
            return problem
        field = f"lines-{places[int(match[1])]}-{match[2]}"
        return Problem(problem.code, problem.sentence, field, problem.facts)

    def refuse(self, refusal: Refusal) -> None:
        """Add a refusal's sentence to its field."""
        self.tell([Problem(refusal.code, refusal.sentence, refusal.field, refusal.facts)])

    @property
    def first_lines(self) -> list[GiftRow]:
        """The inputs of the lines that are open from the beginning."""
        return [self._row(place) for place in range(SHOWN)]

    @property
    def more_lines(self) -> list[GiftRow]:
        """The inputs of the lines that few donations need."""
        return [self._row(place) for place in range(SHOWN, LINES)]

    @property
    def has_more(self) -> bool:
        """Whether something was typed into the lines that few donations need."""
        return any(place >= SHOWN for place in self._told())

    def _row(self, place: int) -> GiftRow:
        return GiftRow(**{name: self[f"lines-{place}-{name}"] for name in _PARTS})


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of the store that can be given out, with the input for its packs."""

    item: str
    packing: str
    there: int
    first: str
    packs: BoundField


@dataclass(frozen=True, slots=True)
class Givable:
    """An item that can be given out: packs that may go, and the lot that goes first, in words."""

    item_id: int
    item: str
    packing: str
    there: int
    first: str


class IssueForm(HandingForm):
    """Donated goods that a unit got."""

    asks = "issue_goods"

    unit = TypedChoiceField(fact="goods.issue.unit", label=gettext_lazy("Unit"), coerce=int)

    def __init__(self, givable: Sequence[Givable], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.givable = givable
        hint = _("Needed when it is entered later than the next working day; else left empty.")
        self.fields["reason_late"].help_text = hint
        for row in givable:
            self.fields[f"item-{row.item_id}"] = packs_field(
                with_packing(row.item, row.packing),
                fact=f"goods.movementline.quantity:issued.{row.item_id}",
                required=False,
            )
        items = [f"item-{row.item_id}" for row in givable]
        self.order_fields(["unit", "happened_on", "reason_late", *items])  # the order of the page

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong at once."""
        super().clean()
        told: Mapping[str, Any] = self.cleaned_data
        if "happened_on" in told:
            reason = told.get("reason_late", "")
            self.tell(examine_issue(self.packs, told["happened_on"], reason, self._signed, self.times))
        return self.cleaned_data

    @property
    def packs(self) -> dict[int, int]:
        """Packs by id of the item."""
        told = {row.item_id: self.cleaned_data.get(f"item-{row.item_id}") for row in self.givable}
        return {item_id: packs for item_id, packs in told.items() if packs is not None}

    @property
    def items(self) -> list[ItemRow]:
        """The inputs of the items as the page shows them."""
        rows = (
            ItemRow(row.item, row.packing, row.there, row.first, self[f"item-{row.item_id}"])
            for row in self.givable
        )
        return [row for row in rows if row.there or row.packs.data]


class DonationCancelling(Form):
    """Why a donation is cancelled, said with full intent."""

    asks = "donation_cancel"

    reason = CharField(
        fact="goods.donation.cancel_reason",
        label=gettext_lazy("Why it is cancelled"),
        help_text=gettext_lazy("Such as a quantity typed wrong. It stays in the list, under its number."),
        max_length=REASON_LENGTH,
    )
    sure = BooleanField(
        fact="act:cancel_donation", label=gettext_lazy("Yes, cancel this donation; it can't be undone.")
    )


class IssueTakingBack(Form):
    """Why goods that a unit got are taken back, said with full intent."""

    asks = "issue_back"

    reason = CharField(
        fact="goods.issue.withdraw_reason",
        label=gettext_lazy("Why they are taken back"),
        help_text=gettext_lazy("Such as another unit chosen by mistake. The entry stays in the list."),
        max_length=REASON_LENGTH,
    )
    sure = BooleanField(
        fact="act:take_back_issue", label=gettext_lazy("Yes, take these goods back; it can't be undone.")
    )
