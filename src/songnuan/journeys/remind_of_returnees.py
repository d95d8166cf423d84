"""Contact persons are reminded of statuses that are missing; the office hears of those that stay missing.

Nothing is kept but the notices: who is missing follows from the register each time.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import Returnee, ReturneeStatus
from songnuan.emergency.returnee_queries import KIND, Standing, standings
from songnuan.journeys.base import journey
from songnuan.journeys.returnee_settings import policy_of
from songnuan.journeys.telling import listed, tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders
from songnuan.plans.models import Measure, MeasureStatus


@journey
def remind_of_returnees(*, actor: Actor, at: datetime) -> int:
    """Leave each contact person one notice a day of whom they missed, once the time of the day has passed.

    Whoever has nobody is the unit's liaisons', and a status that stays missing for as many days as the plan
    says is told to the office, once a day.

    Returns:
        How many people were spoken of.

    """
    told = 0
    for measure in Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN).select_related("plan"):
        policy = policy_of(measure)
        rows = Returnee.objects.filter(measure=measure, status=ReturneeStatus.OBSERVED).order_by("number")
        late = [one for one in standings(rows, {measure.pk: policy.due}, at) if one.missed]
        told += len(late)
        _tell_helpers(measure, late, actor, at)
        line = day_of(at) - timedelta(days=policy.chase)
        stay = [one for one in late if one.missed[0] <= line]
        if stay:
            office = holders(Permission.EMERGENCY_MANAGE, measure.plan.unit_id, at)
            _tell(measure, office, stay, "office", actor, at)
    return told


def _tell_helpers(measure: Measure, late: list[Standing], actor: Actor, at: datetime) -> None:
    by_helper: dict[int, list[Standing]] = defaultdict(list)
    by_unit: dict[int, list[Standing]] = defaultdict(list)
    for one in late:
        if one.row.helper_id is not None:
            by_helper[one.row.helper_id].append(one)
        else:
            by_unit[one.row.unit_id].append(one)
    for helper_id, mine in by_helper.items():
        _tell(measure, User.objects.filter(pk=helper_id, is_active=True), mine, "missed", actor, at)
    for unit_id, mine in by_unit.items():
        _tell(measure, holders(Permission.RETURNEE_KEEP, unit_id, at), mine, "missed", actor, at)


def _tell(  # noqa: PLR0917 - one notice: of what, to whom, about whom
    measure: Measure, readers: Iterable[User], late: list[Standing], what: str, actor: Actor, at: datetime
) -> None:
    day = day_of(at)
    unit = late[0].row.unit_id if late[0].row.helper_id is None and what == "missed" else 0
    tell(
        readers,
        partial(_words, late),
        topic=f"returnees.{what}",
        key=f"returnees.{what}:{measure.pk}:{unit}:{day}",
        url="/returnees/" if what == "missed" else f"/returnees/measures/{measure.pk}/?show=late",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )


def _words(late: list[Standing]) -> tuple[str, str]:
    title = ngettext(
        "Nothing was said about %(count)s returnee", "Nothing was said about %(count)s returnees", len(late)
    )
    numbers = listed([str(one.row.number) for one in late])
    body = _("By number: %(numbers)s. Who was not reached is put down with what was tried.")
    return title % {"count": len(late)}, body % {"numbers": numbers}
