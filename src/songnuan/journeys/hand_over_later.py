"""A kit that its unit did not get when it was visited is handed over later."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.tasks import actions as tasks
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.models import VisitStatus
from songnuan.visits.owed import kit_owed

_SOURCE = "visits.hand_over:"


@journey
def hand_over_later(*, visit_id: int, actor: Actor, at: datetime) -> None:
    """Book the hand-over that a recorded visit still owes its unit, and close the task about it.

    Raises:
        Refusal: `not_permitted`, `visit_unknown`, `nothing_owed`, `stock_short` while the goods are missing.

    """
    visit = find_visit(visit_id)
    require_recorder(actor, unit_id=visit.unit_id, lead_id=visit.lead_id, at=at)
    kit = None
    if visit.status == VisitStatus.RECORDED:
        kit = kit_owed(visit.measure, unit_id=visit.unit_id)
    if kit is None:
        raise Refusal("nothing_owed", _("No kit is to be handed over here any more. Reload the page."))
    goods.hand_over(
        kit_id=kit.kit_id,
        unit_id=visit.unit_id,
        subject=f"visits.visit:{visit_id}",
        happened_at=at,
        actor=actor,
        at=at,
    )
    tasks.fulfil(source=source_of(visit_id), feedback=_("The kit was handed over."), actor=actor, at=at)


def source_of(visit_id: int) -> str:
    """Return what names the task about a hand-over still to be booked."""
    return f"{_SOURCE}{visit_id}"


def visit_of(source: str) -> int | None:
    """Return the visit whose hand-over a task is about; None where it is about something else."""
    return int(source.removeprefix(_SOURCE)) if source.startswith(_SOURCE) else None
