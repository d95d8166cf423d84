"""The form on which a family signs for goods for a need: some bought for families, some donated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

from songnuan.goods.families import beyond_family_share
from songnuan.goods.gifts import examine_issue
from songnuan.web.donation_forms import Givable, ItemRow, TakingForm
from songnuan.web.kit_form import KitPart
from songnuan.web.stock_forms import packs_field
from songnuan.web.stock_words import with_packing


@dataclass(frozen=True, slots=True)
class FamilyPart(KitPart):
    """An item of a family's share of a kit."""

    kit_id: int

    @property
    def name(self) -> str:
        """What its input is called."""
        return f"kit-{self.kit_id}-{self.item_id}"


class NeedGoodsForm(TakingForm):
    """Packs that a family got for a need, out of both, under one signature."""

    asks = "need_goods"

    def __init__(
        self,
        bought: Sequence[FamilyPart],
        donated: Sequence[Givable],
        *args: Any,  # noqa: ANN401 - as Django's
        is_received: bool = False,
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bought, self.donated, self.is_received = bought, donated, is_received
        hint = _("Needed when it is entered later than the next working day; else left empty.")
        self.fields["reason_late"].help_text = hint
        for part in bought:
            self.fields[part.name] = packs_field(
                with_packing(part.item, part.packing),
                fact=f"goods.movementline.quantity:given.{part.kit_id}.{part.item_id}",
                required=False,
            )
        for row in donated:
            self.fields[f"item-{row.item_id}"] = packs_field(
                with_packing(row.item, row.packing),
                fact=f"goods.movementline.quantity:issued.{row.item_id}",
                required=False,
            )
        items = [*(part.name for part in bought), *(f"item-{row.item_id}" for row in donated)]
        self.order_fields(["happened_on", "reason_late", *items])  # the order of the page

    def line_of(self, name: str) -> str:
        """Return the line in which an input stands; one of a kit is a line by itself."""
        return name if name.startswith("kit-") else super().line_of(name)

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong at once; what was taken already is not judged a second time."""
        super().clean()
        told = self.cleaned_data
        if self.is_received:
            return told
        for part in self.bought:
            if (told.get(part.name) or 0) > part.left:
                sentence = beyond_family_share(part.whole, part.got)
                self.add_error(part.name, ValidationError(sentence, code="beyond_share"))
        if "happened_on" in told:
            reason, asked = told.get("reason_late", ""), self._asked()
            self.tell(examine_issue(asked, told["happened_on"], reason, self._signed, self.times))
        return told

    def _asked(self) -> dict[int, int]:
        """Return packs by id of the item, whatever they are of, as far as they could be read.

        What could not be read is said beside its input, so nothing is missing then.
        """
        asked = dict(self.packs)
        for some in self.packs_bought.values():
            asked |= some
        is_unread = any(name.startswith(("kit-", "item-")) for name in self.errors)
        return asked or ({0: 1} if is_unread else {})

    @property
    def packs_bought(self) -> dict[int, dict[int, int]]:
        """Packs of what was bought for families, by id of the kit and of the item."""
        found: dict[int, dict[int, int]] = {}
        for part in self.bought:
            if packs := self.cleaned_data.get(part.name):
                found.setdefault(part.kit_id, {})[part.item_id] = packs
        return found

    @property
    def packs(self) -> dict[int, int]:
        """Donated packs by id of the item."""
        told = {row.item_id: self.cleaned_data.get(f"item-{row.item_id}") for row in self.donated}
        return {item_id: packs for item_id, packs in told.items() if packs}

    @property
    def of_kits(self) -> list[tuple[FamilyPart, BoundField]]:
        """The items that were bought for families with their inputs."""
        return [(part, self[part.name]) for part in self.bought]

    @property
    def items(self) -> list[ItemRow]:
        """The donated items with their inputs."""
        rows = (
            ItemRow(row.item, row.packing, row.there, row.first, self[f"item-{row.item_id}"])
            for row in self.donated
        )
        return [row for row in rows if row.there or row.packs.data]
