"""A desk tells what it handed out."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from songnuan.goods import actions as goods
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.models import Desk, Pickup
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.records import actions as records


@journey
def record_pickup(
    *, told: ToldPickup, signature: bytes = b"", actor: Actor, at: datetime
) -> tuple[Pickup, bool]:
    """Keep what a desk recorded, with the picture (PNG) that was signed; return it, and whether it is new.

    Raises:
        Refusal: As `goods.actions.record_pickup`; `file_kind`, `file_size` for the signature.

    """
    signature_id = None
    if signature:
        told = replace(told, signed=sha256(signature).hexdigest())
    if signature and not Pickup.objects.filter(key=told.key).exists():
        # Before anything is kept: a signature lies on the disk once it is stored.
        unit_id = Desk.objects.values_list("distribution__measure__plan__unit", flat=True).get(
            pk=told.desk_id
        )
        require(actor, Permission.PICKUP_RECORD, unit_id=unit_id, at=at)
        kept = records.store_file(
            content=signature, name="signature.png", media_type="image/png", actor=actor, at=at
        )
        signature_id = kept.pk
    return goods.record_pickup(told=told, signature_id=signature_id, actor=actor, at=at)
