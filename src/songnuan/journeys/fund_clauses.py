"""What journeys share: the clause that a fund stands under in its plan."""

from collections.abc import Iterable

from songnuan.funds.models import Fund
from songnuan.plans.models import Measure


def own_clauses(funds: Iterable[Fund]) -> dict[int, str]:
    """Return the key of the clause of each fund, by fund; empty where the plan's text binds none to it.

    The funds are read with their document.
    """
    rows = list(funds)
    measures = Measure.objects.filter(plan__in={row.plan_id for row in rows}, kind="fund").order_by("-pk")
    named = {(one.plan_id, one.settings.get("number")): one.clause_key for one in measures}
    return {row.pk: named.get((row.plan_id, row.document.number), "") for row in rows}
