"""A kit that its unit did not get when it was visited is handed over later."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.goods.queries import KitView
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.receipts import check_signed, signed_by
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.tasks import actions as tasks
from songnuan.tasks.rules import OWED
from songnuan.visits import actions as visits
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.owed import kit_owed
from songnuan.visits.signing import text_for, words_of


@journey
def hand_over_later(
    *,
    visit_id: int,
    receiver_name: str,
    signature: bytes = b"",
    confirmed_by_name: bool = False,
    signed_text: str = "",
    key: UUID,
    actor: Actor,
    at: datetime,
) -> None:
    """Book the hand-over that a recorded visit still owes its unit, signed for, and close the task about it.

    Args:
        visit_id: The visit.
        receiver_name: Who received the kit.
        signature: That person's, as PNG.
        confirmed_by_name: Who can't or won't sign confirms by name.
        signed_text: What stood above the signature, "" where nobody can say.
        key: What makes it this post; the same again changes nothing.
        actor: Who books it.
        at: When.

    Raises:
        Refusal: `not_permitted`, `visit_unknown`, `nothing_owed`, `receiver_missing`, `receiver_is_visitor`,
            `signature_missing`, `signed_text_differs`, `stock_short` while the goods are missing.

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    facts = (visit_id, receiver_name, signature.hex(), confirmed_by_name, signed_text)
    digest = digest_rows([facts])
    if jobs.receive(key=key, purpose="hand_over_later", body_digest=digest, actor=actor, at=at) is not None:
        return
    kit = None
    if visit.status == VisitStatus.RECORDED:
        kit = kit_owed(visit.measure, unit_id=visit.unit_id)
    if kit is None:
        raise Refusal("nothing_owed", _("No kit is to be handed over here any more. Reload the page."))
    _book(kit, visit, actor, at)
    text = later_text(kit)
    check_signed(signature, signed_text, text)
    signed = signed_by(signature, confirmed_by_name, text, actor, at)
    visits.sign_later(
        visit_id=visit_id,
        receiver_name=receiver_name,
        signature_id=signed.signature_id,
        confirmed_by_name=signed.confirmed_by_name,
        text=text,
        actor=actor,
        at=at,
    )
    tasks.fulfil(source=source_of(visit_id), feedback=_("The kit was handed over."), actor=actor, at=at)
    jobs.settle(key=key, result=str(visit_id))


def _book(kit: KitView, visit: Visit, actor: Actor, at: datetime) -> None:
    goods.hand_over(
        kit_id=kit.kit_id,
        times=kit.times,
        packs={part.item_id: part.quantity for part in kit.parts},
        unit_id=visit.unit_id,
        subject=f"visits.visit:{visit.pk}",
        happened_at=at,
        actor=actor,
        at=at,
    )


def later_text(kit: KitView) -> str:
    """Return what a unit signs for that gets its kit later."""
    return text_for([words_of(part.item, part.quantity, part.packing) for part in kit.parts])


def source_of(visit_id: int) -> str:
    """Return what names the task about a hand-over still to be booked."""
    return f"{OWED}{visit_id}"


def visit_of(source: str) -> int | None:
    """Return the visit whose hand-over a task is about; None where it is about something else."""
    return int(source.removeprefix(OWED)) if source.startswith(OWED) else None
