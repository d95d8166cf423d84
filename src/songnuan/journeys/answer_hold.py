"""Somebody answers a hold, or the inspector asks further."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.holding import find_hold, keep_picture, tell_of_hold
from songnuan.journeys.record_instruction import Scan
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def answer_hold(
    *, hold_id: int, text: str, picture: Scan | None = None, key: UUID, actor: Actor, at: datetime
) -> None:
    """Add to what is said about a hold; the same `key` again adds nothing twice.

    Raises:
        Refusal: `hold_unknown`, `not_permitted`, `hold_text_missing`, `text_too_long`, `wrong_state` when it
            is lifted, what is wrong with the picture.

    """
    thing = find_hold(hold_id, actor, at)
    digest = digest_rows([(hold_id, text, sha256(picture.content).hexdigest() if picture else "")])
    if jobs.receive(key=key, purpose="answer_hold", body_digest=digest, actor=actor, at=at) is not None:
        return
    file_id = keep_picture(picture, actor, at)
    said = approvals.state_on_hold(hold_id=hold_id, text=text, file_id=file_id, actor=actor, at=at)
    tell_of_hold(
        hold_id,
        thing,
        lambda name: (
            (_("Hold answered: %(thing)s") if said.is_answer else _("Asked about the hold: %(thing)s"))
            % {"thing": name}
        ),
        said.text,
        topic="hold.answered" if said.is_answer else "hold.asked",
        key=f"hold:{hold_id}:said:{said.pk}",
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(said.pk))
