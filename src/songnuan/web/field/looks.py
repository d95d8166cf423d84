"""Names that go along with a device leave the house: that they did is noted, once a day for each list."""

from collections.abc import Mapping
from typing import Any, Final

from songnuan.goods.actions.taking import taken_that_day
from songnuan.journeys.take_people_along import take_people_along
from songnuan.web.views.shared import Reader

_PEOPLE: Final = "people:"


def note_looks(reader: Reader, device: int, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    """Note the lists of people that are in the packs of a device, also those that it has from before."""
    for part in kinds.get("pickups", {}):
        if not part.startswith(_PEOPLE):
            continue
        told: dict[str, Any] = {
            "distribution_id": int(part.removeprefix(_PEOPLE)),
            "device": device,
            "actor": reader.actor,
            "at": reader.at,
        }
        # Asked before anything is opened for writing: a device asks for its packs every few minutes.
        if not taken_that_day(**told):
            take_people_along(**told)
