"""What journeys share: the clauses under which the money of a plan stands, with the five figures of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.funds.figures import by_clause
from songnuan.funds.models import Fund
from songnuan.funds.queries import Balance
from songnuan.plans.models import Measure, Plan
from songnuan.plans.queries import clause_headings, clauses


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause with what stands under it. `number` is with those above, 二、（一）; empty for none."""

    key: str
    number: str
    heading: str
    balance: Balance


def own_clauses(funds: Iterable[Fund]) -> dict[int, str]:
    """Return the key of the clause of each fund, by fund; empty where the plan's text binds none to it.

    The funds are read with their document.
    """
    rows = list(funds)
    measures = Measure.objects.filter(plan__in={row.plan_id for row in rows}, kind="fund").order_by("-pk")
    named = {(one.plan_id, one.settings.get("number")): one.clause_key for one in measures}
    return {row.pk: named.get((row.plan_id, row.document.number), "") for row in rows}


def clause_rows(plan: Plan, funds: Sequence[Fund]) -> list[ClauseRow]:
    """Return what stands under each clause of some funds of one plan, in the order of its text.

    Clauses that the text has no more follow, last what belongs to none.
    """
    found = by_clause(own_clauses(funds))
    numbers = clause_numbers(plan)
    headings = clause_headings(plan, found.keys() - {""})
    order = [key for key in numbers if key in found]
    order += sorted(found.keys() - numbers.keys(), key=lambda key: (key == "", key))
    return [
        ClauseRow(
            key=key,
            number=numbers.get(key, ""),
            heading=headings.get(key, key) or _("Under no clause"),
            balance=found[key],
        )
        for key in order
    ]


def clause_numbers(plan: Plan) -> dict[str, str]:
    """Return each clause's number with those it stands under, 二、（一）, by its key."""
    numbers: dict[str, str] = {}
    above: list[str] = []
    for clause in clauses(plan):
        above = [*above[: clause.level - 1], clause.number]
        numbers[clause.key] = "".join(above)
    return numbers
