"""Families that came to the front since are taken in, by one click."""

from datetime import datetime

from songnuan.casework.noting import require_running
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import find_families
from songnuan.journeys.case_settings import FAMILIES, FamiliesSettings
from songnuan.journeys.find import lock_plan
from songnuan.journeys.measures.families import take_in
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.queries.still import stand_still


@journey
def open_families(*, measure_id: int, actor: Actor, at: datetime) -> int:
    """Take in the families that the register gives by now; return how many. Again, it takes in none twice.

    Raises:
        Refusal: `measure_unknown`, `not_permitted`, `measure_closed`.

    """
    measure = find_families(measure_id, FAMILIES)
    require(actor, Permission.CASE_MANAGE, unit_id=measure.plan.unit_id, at=at)
    lock_plan(measure.plan.slug)
    measure.refresh_from_db(fields=["status"])
    require_running(measure)
    stand_still()
    return take_in(measure, FamiliesSettings.model_validate(measure.settings), actor, at)
