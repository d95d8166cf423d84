"""The writer of photos of the days on which kits are handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.goods.actions.distributing import locked
from songnuan.goods.actions.locking import person_of
from songnuan.goods.actions.texts import fitting
from songnuan.goods.models import Batch, BatchPhoto
from songnuan.goods.pickup_states import PLACE_LENGTH
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require

BATCH_PHOTOS_MOST = 40
_CAPTION = 120


@dataclass(frozen=True, slots=True)
class Shot:
    """What photos show, and where and on which day they were taken."""

    caption: str
    place: str
    taken_on: date


@transaction.atomic(savepoint=False)
def add_batch_photos(
    *, batch_id: int, files: Sequence[tuple[int, int]], shot: Shot, actor: Actor, at: datetime
) -> int:
    """Keep photos with a batch, behind those it has; return how many it has now.

    Args:
        batch_id: The batch.
        files: The stored picture and its thumbnail, for each photo.
        shot: What they show, where and when.
        actor: Who adds them.
        at: When.

    Raises:
        Refusal: `photos_too_many`, `text_too_long`, `happened_in_future`, `not_permitted`.

    """
    batch = Batch.objects.get(pk=batch_id)
    row = locked(batch.distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    by, caption = person_of(actor), fitting(shot.caption, "caption", _CAPTION)
    place = fitting(shot.place, "place", PLACE_LENGTH)
    if shot.taken_on > day_of(at):
        sentence = _("This day has not come yet. Enter the day on which the photos were taken.")
        raise Refusal("happened_in_future", sentence, field="taken_on", day=shot.taken_on.isoformat())
    there = batch.photos.exclude(picture=None).count()
    if there + len(files) > BATCH_PHOTOS_MOST:
        sentence = _("A batch keeps %(most)s photos at most, and has %(there)s. Choose fewer.")
        facts = {"most": BATCH_PHOTOS_MOST, "there": there}
        raise Refusal("photos_too_many", sentence % facts, field="photos", count=there + len(files))
    BatchPhoto.objects.bulk_create(
        BatchPhoto(
            batch=batch,
            position=position,
            picture_id=picture,
            thumbnail_id=thumbnail,
            caption=caption or None,
            place=place,
            taken_on=shot.taken_on,
            added_by_id=by,
            added_at=at,
        )
        for position, (picture, thumbnail) in enumerate(files, start=batch.photos.count() + 1)
    )
    record(
        stream=f"pickups:{row.pk}",
        action="goods.add_batch_photos",
        subject=f"goods.batch:{batch_id}",
        actor=actor,
        at=at,
        facts={"measure": row.measure_id, "count": len(files)},
    )
    return there + len(files)


@transaction.atomic(savepoint=False)
def withdraw_batch_photo(*, photo_id: int, actor: Actor, at: datetime) -> tuple[int, ...]:
    """Take a photo out of its batch: what it says is emptied; return the files that it no longer needs.

    Its place in the order stays taken. Of one that was taken out before nothing is left to be done.

    Raises:
        Refusal: `not_permitted`.

    """
    photo = BatchPhoto.objects.select_related("batch").get(pk=photo_id)
    row = locked(photo.batch.distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    photo.refresh_from_db(fields=["picture", "thumbnail"])
    files = tuple(pk for pk in (photo.picture_id, photo.thumbnail_id) if pk is not None)
    if not files:
        return ()
    empty_photos(BatchPhoto.objects.filter(pk=photo_id))
    record(
        stream=f"pickups:{row.pk}",
        action="goods.withdraw_batch_photo",
        subject=f"goods.batch:{photo.batch_id}",
        actor=actor,
        at=at,
        facts={"measure": row.measure_id, "number": photo.position},
    )
    return files


def empty_photos(rows: QuerySet[BatchPhoto]) -> int:
    """Empty what photos show and say; return how many. Their files are the caller's to erase."""
    return rows.update(caption=None, picture=None, thumbnail=None)
