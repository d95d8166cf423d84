"""The five figures added up: by clause, and over many funds. Every amount is in fen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet, Sum

from songnuan.funds.models import Account, Closing, Entry, Fund, Posting, StepStatus
from songnuan.funds.queries import Balance, standing


def by_clause(own: Mapping[int, str]) -> dict[str, Balance]:
    """Return what stands under each clause of these funds.

    `own` has the funds by id, each with the key of the clause that it stands under itself: there its
    appropriations and returns count. All clauses together are all the funds.
    """
    totals: dict[str, dict[Account, int]] = defaultdict(lambda: dict.fromkeys(Account, 0))
    sums = (
        Posting.objects.filter(entry__fund__in=own)
        .values_list("entry__fund", "entry__clause_key", "account")
        .annotate(total=Sum("amount_minor"))
        .order_by("entry__fund", "entry__clause_key")
    )
    for fund_id, clause_key, account, total in sums:
        totals[clause_key or own[fund_id]][Account(account)] += int(total)
    return {clause_key: standing(accounts) for clause_key, accounts in totals.items()}


def together(balances: Iterable[Balance]) -> Balance:
    """Return the sum of balances."""
    rows = list(balances)
    return Balance(
        sum(row.appropriated for row in rows),
        sum(row.committed for row in rows),
        sum(row.disbursed for row in rows),
        sum(row.returned for row in rows),
    )


def total_of(funds: QuerySet[Fund]) -> Balance:
    """Return what stands in all these funds, added up by the database."""
    names = ("appropriated", "committed", "disbursed", "returned")
    sums = funds.aggregate(**{name: Sum(f"{name}_minor", default=0) for name in names})
    return Balance(*(int(sums[name]) for name in names))


def months_of(fund_id: int) -> list[tuple[int, int]]:
    """Return the months in which something happened in the fund, the latest first: year and month."""
    days = Entry.objects.filter(fund_id=fund_id).dates("happened_on", "month", order="DESC")
    return [(day.year, day.month) for day in days]


def closings_of(fund_id: int) -> list[Closing]:
    """Return the closings and reopenings of the fund, the latest first, with who stands behind them."""
    rows = Closing.objects.filter(fund_id=fund_id).select_related("proposed_by", "decided_by", "entry")
    return list(rows.order_by("-pk"))


def waiting_closings(fund_ids: Iterable[int]) -> dict[int, Closing]:
    """Return what waits to be confirmed, by fund."""
    rows = Closing.objects.filter(fund__in=list(fund_ids), status=StepStatus.PROPOSED)
    return {row.fund_id: row for row in rows.select_related("proposed_by")}
