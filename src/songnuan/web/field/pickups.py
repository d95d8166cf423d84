"""Kits handed out at a desk: the reader's desks, the people and their portions, and what was picked up."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import Field

from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.actions.proxies import PROXY_LENGTH
from songnuan.goods.desk_queries import (
    PortionRow,
    kits_left,
    open_desks,
    portion_rows,
    waiting_at,
    waiting_keys,
)
from songnuan.goods.models import Desk, Distribution
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_queries import batch_days, portion_parts
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.journeys.record_pickup import record_pickup
from songnuan.organisation.permissions import Permission
from songnuan.web.field.kinds import FieldKind, Outcome, Record, Sent
from songnuan.web.field.pickup_words import WORDS
from songnuan.web.views.shared import Reader, names_on

_LETTERS: Mapping[str, str] = {
    Portioned.OPEN: "o",
    Portioned.TAKEN: "t",
    Portioned.REFERRED: "r",
}


class Told(Record):
    """What a desk recorded: which portion went out, and who fetched it for the person, where somebody did.

    `by_name`: who took it confirmed it by name, where the desk asks for signatures and nobody signed.
    """

    desk: int = Field(gt=0)
    portion: int = Field(gt=0)
    proxy: str = Field(default="", max_length=PROXY_LENGTH)
    by_name: bool = False


def pack(reader: Reader) -> Mapping[str, Any] | None:
    """Return the reader's desks, and of each of their distributions the people and how portions stand.

    People are a part of their own: what changes with each pickup is small. Who has left or was settled with
    is not told, nor who may fetch what was fetched.
    """
    desks = list(open_desks(reader.reach_ids(Permission.PICKUP_RECORD)))
    if not desks:
        return None
    waiting = waiting_at([desk.pk for desk in desks])
    distributions = {desk.distribution_id: desk.distribution for desk in desks}
    told: dict[str, Any] = {
        "desks": [
            [
                desk.pk,
                desk.distribution_id,
                desk.name,
                max(kits_left(desk, reader.day) - waiting.get(desk.pk, 0), 0),
            ]
            for desk in desks
        ],
        "waiting": waiting_keys(reader.user.pk, list(distributions)),
    }
    for distribution in distributions.values():
        told |= _distribution(distribution, reader)
    return told


def _distribution(distribution: Distribution, reader: Reader) -> dict[str, Any]:
    rows, number = portion_rows(distribution.pk), distribution.pk
    settings = distribution.measure.settings
    return {
        f"of:{number}": {
            "title": distribution.kit.name,
            "parts": [
                [part.item, part.quantity, part.packing] for part in portion_parts(distribution.kit_id)
            ],
            "rounds": distribution.mode == Mode.ROUNDS.value,
            "batches": [[batch.position, batch.on.isoformat()] for batch in batch_days(number)],
            "proxies": bool(settings.get("proxies", True)),
            "signature": bool(settings.get("signature", False)),
        },
        f"people:{number}": _people(rows, reader),
        f"stands:{number}": {
            "status": "".join(_LETTERS[row.status] for row in rows),
            "batch": [row.batch for row in rows],
        },
        f"proxies:{number}": {str(row.portion_id): row.proxy for row in rows if row.proxy},
    }


def _people(rows: list[PortionRow], reader: Reader) -> dict[str, Any]:
    """Return who has which portion, in the order of the portions: a unit is told once."""
    units = list(dict.fromkeys(row.unit_id for row in rows))
    place = {unit_id: at for at, unit_id in enumerate(units)}
    names = names_on(units, reader.day)
    return {
        "units": [names[unit_id] for unit_id in units],
        "rows": [[row.portion_id, row.name, place[row.unit_id], row.code, row.round] for row in rows],
    }


def take(reader: Reader, sent: Sent) -> Outcome:
    """Keep what a desk recorded. What is in doubt waits for a decision, whatever this device knew."""
    told = sent.as_told(Told)
    if not Desk.objects.filter(pk=told.desk).exists():
        return Outcome("refused", _("There is no such desk. Note it on paper and tell the office."))
    row, _is_new = record_pickup(
        told=ToldPickup(
            sent.key,
            told.desk,
            told.portion,
            sent.recorded_at,
            told.proxy,
            device_at=sent.device_at,
            by_name=told.by_name,
        ),
        signature=sent.files.get("signature", b""),
        actor=reader.actor,
        at=reader.at,
    )
    if row.status == PickupStatus.WAITING:
        sentence = _("To be decided: %(doubt)s. Both records stay.")
        url = reverse("pickups_desk", args=(told.desk,))
        return Outcome("waits", sentence % {"doubt": row.get_doubt_display()}, url)
    return Outcome("taken")


KIND = FieldKind("pickups", Told, pack, take, WORDS)
