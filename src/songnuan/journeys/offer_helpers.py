"""The union's officer asks people to help families; each of them hears of it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Case
from songnuan.casework.case_rules import printed
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import find_families, tell_helper
from songnuan.kernel.actor import Actor


@journey
def offer_helpers(
    *, measure_id: int, chosen: Mapping[int, int], reason: str = "", actor: Actor, at: datetime
) -> int:
    """Ask somebody to help each of these families (users by id of the case); return how many were asked.

    Raises:
        Refusal: `measure_unknown`, or from `casework.actions.offer_helpers`.

    """
    measure = find_families(measure_id)
    cases = casework.offer_helpers(measure=measure, chosen=chosen, reason=reason, actor=actor, at=at)
    for case in cases:
        tell_helper(
            case,
            partial(_words, case),
            topic="families.offered",
            key=f"families.offered:{case.pk}:{at.isoformat()}",
            actor=actor,
            at=at,
        )
    return len(cases)


def _words(case: Case) -> tuple[str, str]:
    title = _("You are asked to keep in touch with family %(number)s") % {"number": printed(case.number)}
    return title, _("Look at it, and accept or decline with a reason.")
