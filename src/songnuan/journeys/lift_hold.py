"""An inspector lifts a hold, saying what was found."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.holding import find_hold, tell_of_hold
from songnuan.kernel.actor import Actor


@journey
def lift_hold(*, hold_id: int, findings: str, actor: Actor, at: datetime) -> None:
    """Lift a hold: what it stopped can go on.

    Raises:
        Refusal: `hold_unknown`, `not_permitted`, `own_work`, `hold_text_missing`, `text_too_long`,
            `wrong_state` when it is lifted already.

    """
    thing = find_hold(hold_id, actor, at)
    hold = approvals.lift_hold(hold_id=hold_id, findings=findings, actor=actor, at=at)
    tell_of_hold(
        hold_id,
        thing,
        lambda name: _("Hold lifted: %(thing)s") % {"thing": name},
        hold.findings,
        topic="hold.lifted",
        key=f"hold:{hold_id}:lifted",
        actor=actor,
        at=at,
    )
