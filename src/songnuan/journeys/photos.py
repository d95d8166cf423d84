"""What journeys share: photos on the disk."""

from collections.abc import Sequence
from datetime import datetime

from songnuan.kernel.actor import Actor
from songnuan.records import actions as records
from songnuan.records.media import JPEG
from songnuan.records.pictures import Photo


def stored_photos(photos: Sequence[Photo], actor: Actor, at: datetime) -> list[tuple[int, int]]:
    """Store each photo and its thumbnail sealed; return their files."""

    def store(content: bytes, name: str) -> int:
        file = records.store_file(content=content, name=name, media_type=JPEG, actor=actor, at=at)
        return file.pk

    return [(store(photo.picture, "photo.jpg"), store(photo.thumbnail, "thumbnail.jpg")) for photo in photos]
