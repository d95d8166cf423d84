"""What journeys share: the clauses under which the money of a plan stands, with the five figures of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.funds.figures import by_clause
from songnuan.funds.models import Fund
from songnuan.funds.queries import Balance
from songnuan.plans.models import Clause, Measure, Plan
from songnuan.plans.queries import clause_headings, clauses


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause with what stands under it.

    `number` is with those above, 二、（一）; it is empty for a clause that the text has no more, whose title
    begins with its old number. `key` is empty for what belongs to none.
    """

    key: str
    number: str
    title: str
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
    text = clauses(plan)
    numbers = _numbers(text)
    titles = {clause.key: clause.title for clause in text}
    gone = found.keys() - numbers.keys()
    titles |= clause_headings(plan, gone - {""})
    order = [*(key for key in numbers if key in found), *sorted(gone, key=lambda key: (key == "", key))]
    return [
        ClauseRow(
            key=key,
            number=numbers.get(key, ""),
            title=titles.get(key, key) or _("Under no clause"),
            balance=found[key],
        )
        for key in order
    ]


def clause_numbers(plan: Plan) -> dict[str, str]:
    """Return each clause's number with those it stands under, 二、（一）, by its key."""
    return _numbers(clauses(plan))


def _numbers(text: Iterable[Clause]) -> dict[str, str]:
    numbers: dict[str, str] = {}
    above: list[str] = []
    for clause in text:
        above = [*above[: clause.level - 1], clause.number]
        numbers[clause.key] = "".join(above)
    return numbers
