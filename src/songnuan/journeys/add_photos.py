"""Photos taken at a visit are added to it after its report."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.photos import stored_photos
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.records.pictures import Photo
from songnuan.visits import actions as visits
from songnuan.visits.access import find_visit, require_recorder


@journey
def add_photos(*, visit_id: int, photos: Sequence[Photo], key: UUID, actor: Actor, at: datetime) -> None:
    """Keep the photos with the visit; the same `key` again changes nothing.

    Raises:
        Refusal: `not_permitted`, `visit_unknown`, `not_recorded`, `photos_too_many`, `key_reused`.

    """
    visit = find_visit(visit_id)
    # Before anything of them is kept: a photo lies on the disk once it is stored.
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    digest = digest_rows((visit_id, sha256(photo.picture).hexdigest()) for photo in photos)
    if jobs.receive(key=key, purpose="add_photos", body_digest=digest, actor=actor, at=at) is not None:
        return
    files = stored_photos(photos, actor, at)
    there = visits.add_photos(visit_id=visit_id, files=files, actor=actor, at=at)
    jobs.settle(key=key, result=str(there))
