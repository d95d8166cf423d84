"""The case of a special family ends, and is erased when the days are over for which the plan keeps it."""

from datetime import datetime

from songnuan.casework import actions as casework
from songnuan.casework.noting import held_case
from songnuan.casework.special_queries import over
from songnuan.journeys.base import journey
from songnuan.journeys.case_settings import SPECIAL, special_settings_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure


@journey
def end_special_family(*, case_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """End the case of a special family, with the reason.

    Raises:
        Refusal: From `casework.actions.end_special`.

    """
    case = held_case(case_id)
    keep_days = special_settings_of(case.measure).keep if case.is_special else 0
    casework.end_special(case_id=case_id, reason=reason, keep_days=keep_days, actor=actor, at=at)


@journey
def erase_special_families(*, actor: Actor, at: datetime) -> int:
    """Erase the special families whose time is over; return how many.

    Raises:
        Refusal: `not_permitted`.

    """
    gone: list[int] = []
    for measure in Measure.objects.filter(kind=SPECIAL).order_by("pk"):
        gone += over(measure.pk, special_settings_of(measure).keep, day_of(at))
    return casework.erase_special(case_ids=gone, actor=actor, at=at)
