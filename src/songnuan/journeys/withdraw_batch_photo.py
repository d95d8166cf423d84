"""A photo of a day on which kits were handed out is taken out, and its picture erased."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import long_journey, step
from songnuan.kernel.actor import Actor
from songnuan.records import actions as records


@long_journey
def withdraw_batch_photo(*, photo_id: int, actor: Actor, at: datetime) -> None:
    """Take a photo out; what it showed is on no paper any more. Once more it changes nothing.

    Raises:
        Refusal: As `goods.actions.withdraw_batch_photo`.

    """
    with step():
        files = goods.withdraw_batch_photo(photo_id=photo_id, actor=actor, at=at)
        if files:
            records.erase_files(file_ids=files, besides=(), actor=actor, at=at)
    # Only what is certain to be erased leaves the disk.
    with step():
        records.remove_erased()
