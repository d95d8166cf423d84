"""The inspector stops what follows from a fund or a purchase, until the hold is lifted."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.holding import find_thing, keep_picture, tell_of_hold
from songnuan.journeys.record_instruction import Scan
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def place_hold(
    *, subject: str, reason: str, picture: Scan | None = None, key: UUID, actor: Actor, at: datetime
) -> int:
    """Place a hold on `subject` and return its number; the same `key` again places nothing twice.

    The fund and the kits are locked first, as every act that the hold stops locks them: what is under way
    at this moment comes whole before it, or is refused after it.

    Raises:
        Refusal: `thing_unknown`, `not_permitted`, `own_work`, `hold_text_missing`, `text_too_long`, `held`
            when it is on hold already, what is wrong with the picture.

    """
    thing = find_thing(subject)
    require(actor, Permission.HOLD_PLACE, unit_id=thing.held.unit_id, at=at)
    digest = digest_rows([(subject, reason, sha256(picture.content).hexdigest() if picture else "")])
    earlier = jobs.receive(key=key, purpose="place_hold", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    file_id = keep_picture(picture, actor, at)  # before money and goods are locked
    thing.lock()
    hold = approvals.place_hold(held=thing.held, reason=reason, file_id=file_id, actor=actor, at=at)
    tell_of_hold(
        hold.pk,
        thing,
        lambda name: _("On hold: %(thing)s") % {"thing": name},
        hold.reason,
        topic="hold.placed",
        key=f"hold:{hold.pk}:placed",
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(hold.pk))
    return hold.pk
