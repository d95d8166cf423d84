"""The form on which a unit signs for what it gets of a kit out of the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

from songnuan.goods.gifts import examine_issue
from songnuan.goods.giving import beyond_share
from songnuan.goods.rules import Part
from songnuan.web.donation_forms import TakingForm
from songnuan.web.stock_forms import packs_field
from songnuan.web.stock_words import with_packing


@dataclass(frozen=True, slots=True)
class KitPart:
    """An item of a unit's share, whole: packs the unit got of it, and those that may go out today."""

    whole: Part
    got: int
    there: int

    @property
    def item_id(self) -> int:
        """Which item."""
        return self.whole.item_id

    @property
    def item(self) -> str:
        """Its name with its specification."""
        return self.whole.item

    @property
    def packing(self) -> str:
        """What it is counted in."""
        return self.whole.packing

    @property
    def share(self) -> int:
        """Packs that the unit is to get in all."""
        return self.whole.quantity

    @property
    def left(self) -> int:
        """Packs that the unit still gets."""
        return max(self.share - self.got, 0)


class KitIssueForm(TakingForm):
    """Packs of a kit that a unit got: filled in with what it still gets, as far as the store has it."""

    asks = "issue_kit"

    def __init__(
        self,
        parts: Sequence[KitPart],
        *args: Any,  # noqa: ANN401 - as Django's
        blind: bool = False,
        is_received: bool = False,
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parts, self.is_received = parts, is_received
        hint = _("Needed when it is entered later than the next working day; else left empty.")
        self.fields["reason_late"].help_text = hint
        for part in parts:
            # Who counts the store is not told how much is there.
            offered = part.left if blind else min(part.left, part.there)
            self.fields[f"item-{part.item_id}"] = packs_field(
                with_packing(part.item, part.packing),
                fact=f"goods.movementline.quantity:given.{part.item_id}",
                required=False,
                min_value=0,
                initial=offered or None,
            )
        self.order_fields(["happened_on", "reason_late", *(f"item-{part.item_id}" for part in parts)])

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong at once; what was taken already is not judged a second time."""
        super().clean()
        told, packs = self.cleaned_data, self.packs
        if self.is_received:
            return told
        for part in self.parts:
            if packs.get(part.item_id, 0) > part.left:
                sentence = beyond_share(part.whole, part.got)
                self.add_error(f"item-{part.item_id}", ValidationError(sentence, code="beyond_share"))
        if "happened_on" in told:
            reason = told.get("reason_late", "")
            self.tell(examine_issue(packs, told["happened_on"], reason, self._signed, self.times))
        return told

    @property
    def packs(self) -> dict[int, int]:
        """Packs by id of the item."""
        told = {part.item_id: self.cleaned_data.get(f"item-{part.item_id}") for part in self.parts}
        return {item_id: packs for item_id, packs in told.items() if packs}

    @property
    def items(self) -> list[tuple[KitPart, BoundField]]:
        """The items of the share with their inputs."""
        return [(part, self[f"item-{part.item_id}"]) for part in self.parts]
