"""What is handed over at the door: a tick for each item of the kit, and its packs where there are some.

What the unit does not get now stays owed; a box is only refused for a number where its item is ticked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _

from songnuan.visits.signing import words_of
from songnuan.web.door import Door
from songnuan.web.fields import IntegerField, whole
from songnuan.web.sentences import REQUIRED

_PACKS = "packs_"


@dataclass(frozen=True, slots=True)
class Ticked:
    """The tick of one item, and the input for its packs where it has more than one."""

    tick: BoundWidget
    packs: BoundField | None
    item: str = ""
    packing: str = ""
    quantity: int = 1


def packs_fields(door: Door, data: Mapping[str, Any], posted: Collection[int]) -> dict[str, forms.Field]:
    """Return the inputs for packs by name: of what is there, and of what was posted before."""
    fields: dict[str, forms.Field] = {}
    for pk, part in door.parts.items():
        if part.quantity > 1:
            said = _("Of this 1 to %(most)s can be handed over.") % {"most": part.quantity}
            fields[name_of(pk)] = IntegerField(
                fact=f"goods.movementline.quantity:handed.{pk}",
                label=_("%(item)s handed over now, of %(quantity)s %(packing)s")
                % {"item": part.item, "quantity": part.quantity, "packing": part.packing},
                initial=part.quantity,
                min_value=1,
                max_value=part.quantity,
                widget=forms.TextInput(
                    attrs={
                        "inputmode": "numeric",
                        "autocomplete": "off",
                        "data-item": part.item,
                        "data-packing": part.packing,
                        "data-most": part.quantity,
                    }
                ),
                error_messages={"min_value": said, "max_value": said, "invalid": said},
                required=False,
            )
    gone = {name_of(pk) for pk in posted if pk not in door.parts}
    for name in sorted(gone & set(data)):
        fields[name] = IntegerField(fact=f"goods.movementline.quantity:{name}", required=False)
    return fields


def name_of(item_id: int) -> str:
    """Return the name of the input for the packs of an item."""
    return f"{_PACKS}{item_id}"


def settle_packs(form: forms.Form, ticked: Collection[int]) -> None:
    """Ask for the packs of what is ticked, and forget what was said of those of other items."""
    asked = {name_of(pk) for pk in ticked}
    for name in [name for name in form.fields if name.startswith(_PACKS)]:
        if name not in asked:
            form.errors.pop(name, None)
        elif name in form.data and form.cleaned_data.get(name, "") is None:
            form.add_error(name, forms.ValidationError(REQUIRED, code="required"))


def handed_of(form: forms.Form, door: Door) -> dict[int, int]:
    """Return the packs handed over, by id of the item: as read so far, all where nobody says."""
    found = {}
    for pk in form.cleaned_data.get("handed", ()):
        quantity = door.parts[pk].quantity if pk in door.parts else 1
        found[pk] = form.cleaned_data.get(name_of(pk)) or quantity
    return found


def signed_goods(form: forms.Form, door: Door) -> list[str]:
    """Return the goods that the unit signs for as the form stands, in words."""
    ticked = {str(key) for key in form["handed"].value() or ()}
    return [
        words_of(part.item, _standing(form, pk, part.quantity), part.packing)
        for pk, part in door.parts.items()
        if str(pk) in ticked
    ]


def _standing(form: forms.Form, item_id: int, quantity: int) -> int:
    name = name_of(item_id)
    packs = whole(str(form[name].value() if name in form.fields else ""))
    return packs if packs is not None and 0 < packs <= quantity else quantity


def lines_of(form: forms.Form, door: Door) -> list[Ticked]:
    """Return the inputs of what is handed over, line by line."""
    ticks = {str(one.data["value"]): one for one in form["handed"]}
    found = []
    for value, tick in ticks.items():
        pk = int(value)
        part = door.parts.get(pk)
        packs = form[name_of(pk)] if part is not None and name_of(pk) in form.fields else None
        told = (part.item, part.packing, part.quantity) if part is not None else ()
        found.append(Ticked(tick, packs, *told))
    return found
