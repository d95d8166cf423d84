"""One measure of a plan under way is closed before the others, with its reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.plans import actions as plans
from songnuan.plans.models import Measure


@journey
def close_measure(*, slug: str, measure_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Close the measure of this plan.

    Raises:
        Refusal: `measure_unknown`, `reason_missing`, `plan_not_open`, `wrong_state`, `not_permitted`.

    """
    plan = find_plan(slug)
    if not Measure.objects.filter(pk=measure_id, plan=plan).exists():
        sentence = _("The plan has no such measure. Reload the page and look again.")
        raise Refusal("measure_unknown", sentence, measure=measure_id)
    plans.close_measure(measure_id=measure_id, reason=reason, actor=actor, at=at)
