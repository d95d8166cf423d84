"""What one visit breaks at a spot, and the reason it then needs: the one rule for whoever sets its day."""

from typing import Any

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure
from songnuan.plans.rules import REASON_SHORTEST, reason_of
from songnuan.visits.models import Visit
from songnuan.visits.schedule_queries import Arrangement, key_of
from songnuan.visits.scheduling.breaks import Break, Rule
from songnuan.visits.scheduling.problem import DaySpot, Spot
from songnuan.visits.scheduling.words import broken_words
from songnuan.visits.spots import day_alone


def in_turn(plan_id: int) -> None:
    """Let acts on one plan's schedule follow each other: each asks what stands, and then writes beside it."""
    visits = Measure.objects.filter(plan_id=plan_id, kind="unit_visits").order_by("pk")
    list(visits.select_for_update().values_list("pk"))


def broken_at(found: Arrangement, visit_id: int, spot: Spot | DaySpot) -> list[Break]:
    """Return what the visit breaks there; it has to be still to make, and the team its lead's.

    Raises:
        Refusal: `visit_not_to_make`, `team_unknown`.

    """
    if visit_id not in found.visits:
        raise Refusal("visit_not_to_make", _("This visit is made already, or is not to be made any more."))
    broken = found.breaks(visit_id, spot)
    if any(one.rule == Rule.OTHER_LEAD for one in broken):
        sentence = _("This team is none of the lead office's. Choose another.")
        raise Refusal("team_unknown", sentence, field="team")
    return broken


def kept_reason(broken: list[Break], reason: str, found: Arrangement, field: str = "reason") -> str:
    """Return the reason that is kept: none where no hard rule is broken.

    Raises:
        Refusal: `rule_broken` at `field` where one is and no reason is given, `reason_too_long`.

    """
    hard = [one for one in broken if one.rule.is_hard]
    if hard and len(reason.strip()) < REASON_SHORTEST:
        told = _("Choose another day or time, or enter the reason why it is to be so all the same.")
        sentence = "\n".join([*broken_words(hard, found.names()), told])
        raise Refusal("rule_broken", sentence, field=field, rules=",".join(one.rule for one in hard))
    return reason_of(reason) if hard else ""


def spot_on(found: Arrangement, visit: Visit, spot: DaySpot) -> Spot | DaySpot:
    """Return where a visit goes that is given another day: at the time it had, where that breaks no more."""
    if visit.planned_start is None or visit.pk not in found.visits:
        return spot
    timed = Spot(spot.day, visit.planned_start, spot.team)
    broken = {one.rule for one in found.breaks(visit.pk, timed) if one.rule.is_hard}
    return timed if broken <= {one.rule for one in found.breaks(visit.pk, spot)} else spot


def day_columns(found: Arrangement, spot: Spot | DaySpot) -> dict[str, Any]:
    """Return the columns of a visit whose day changes: its team stays, and its time where it can be kept."""
    columns = day_alone()
    if isinstance(spot, Spot):
        columns |= {"planned_start": spot.start, "planned_minutes": found.settings.visit_minutes}
    return columns


def there(visit: Visit, found: Arrangement) -> str:
    """Return how the schedule names the team of a visit, or that which goes where none is named."""
    key = key_of(visit.planned_team_id, visit.lead_id)
    keys = [team.key for team in found.problem.teams if team.lead_id == visit.lead_id]
    return key if key in keys or not keys else keys[0]
