"""A kit that was not in the store when its unit was visited is handed over later."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.goods.models import Movement, MovementKind
from songnuan.goods.queries import KitView, kit_of
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure
from songnuan.tasks import actions as tasks
from songnuan.visits.access import find_visit, require_recorder
from songnuan.visits.models import VisitForm, VisitStatus


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
        kit = kit_owed(visit.measure, unit_id=visit.unit_id, form=visit.form)
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


def kit_owed(visits: Measure, *, unit_id: int, form: str) -> KitView | None:
    """Return the kit that goes with a visit and that the unit does not have yet; None where there is none.

    Args:
        visits: The visit's measure.
        unit_id: The unit visited.
        form: How it was reached; a call hands nothing over.

    """
    if not visits.settings.get("hand_over", True) or form == VisitForm.CALL:
        return None
    purchase = Measure.objects.filter(plan_id=visits.plan_id, kind="kit_purchase").first()
    kit = kit_of(purchase.pk) if purchase else None
    if kit is None:
        return None
    has_it = Movement.objects.filter(kit_id=kit.kit_id, kind=MovementKind.HAND_OVER, unit_id=unit_id)
    return None if has_it.exists() else kit


def source_of(visit_id: int) -> str:
    """Return what names the task about a hand-over still to be booked."""
    return f"visits.hand_over:{visit_id}"
