"""A kit is handed out as the plan says: which one, on which days, to whom."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.goods.models import Distribution, Kit
from songnuan.journeys.base import journey
from songnuan.journeys.pickup_needs import kit_measures, roster_called
from songnuan.journeys.pickup_settings import mode_of, planned_days, settings_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure


@journey
def open_pickups(
    *, measure_id: int, roster_id: int | None = None, actor: Actor, at: datetime
) -> Distribution:
    """Open the handing out, and make the portions where it is known what the batches are.

    `roster_id` is needed where the plan names no roster, or one that is not kept here.

    Raises:
        Refusal: `pickups_kit_missing`, `roster_unchosen`, or as `goods.actions.open_distribution`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id)
    settings, buying = settings_of(measure), kit_measures([measure]).get(measure_id)
    kit_id = Kit.objects.filter(measure=buying).values_list("pk", flat=True).first()
    if kit_id is None:
        sentence = _("The plan has no kit to hand out. Open the measure that buys it first.")
        raise Refusal("pickups_kit_missing", sentence, measure=measure_id)
    if roster_id is None:
        named = roster_called(settings.roster)
        if named is None:
            sentence = _(
                "The plan names no roster that is kept here. Choose the roster of those who get one."
            )
            raise Refusal("roster_unchosen", sentence, field="roster", measure=measure_id)
        roster_id = named.pk
    row = goods.open_distribution(
        measure=measure,
        kit_id=kit_id,
        roster_id=roster_id,
        mode=mode_of(measure),
        batches=settings.days,
        planned=planned_days(measure),
        actor=actor,
        at=at,
    )
    if row.mode:
        goods.align(distribution_id=row.pk, actor=actor, at=at)
    return row
