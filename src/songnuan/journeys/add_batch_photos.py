"""Photos of a day on which kits are handed out are kept with its batch."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.goods.actions.photos import Shot
from songnuan.goods.models import Batch
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.photos import stored_photos
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.records.pictures import Photo


@journey
def add_batch_photos(
    *, batch_id: int, photos: Sequence[Photo], shot: Shot, key: UUID, actor: Actor, at: datetime
) -> None:
    """Keep the photos with the batch; the same `key` again changes nothing.

    Raises:
        Refusal: `not_permitted`, `batch_unknown`, `key_reused`, or from `goods.actions.add_batch_photos`.

    """
    batch = Batch.objects.select_related("distribution__measure__plan").filter(pk=batch_id).first()
    if batch is None:
        raise Refusal("batch_unknown", _("There is no such batch. Choose one of the list."), field="batch")
    # Before anything of them is kept: a photo lies on the disk once it is stored.
    unit_id = batch.distribution.measure.plan.unit_id
    require(actor, Permission.PICKUP_MANAGE, unit_id=unit_id, at=at)
    told = [(batch_id, shot.caption, shot.place, shot.taken_on.isoformat())]
    pictures = ((batch_id, sha256(photo.picture).hexdigest()) for photo in photos)
    digest = digest_rows([*told, *pictures])
    if jobs.receive(key=key, purpose="add_batch_photos", body_digest=digest, actor=actor, at=at) is not None:
        return
    files = stored_photos(photos, actor, at)
    there = goods.add_batch_photos(batch_id=batch_id, files=files, shot=shot, actor=actor, at=at)
    jobs.settle(key=key, result=str(there))
