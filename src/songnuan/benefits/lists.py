"""Reads what was reckoned: lines with their people, why they wait, and who gets how much by rank."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Avg, Count, OuterRef, Q, QuerySet, Subquery, Sum

from songnuan.benefits import standardfile
from songnuan.benefits.models import Blocked, Entitlement, Reckoning
from songnuan.benefits.reckoning import counted_of
from songnuan.benefits.standards import Standard
from songnuan.benefits.trying import Reckoned
from songnuan.people.models import OPEN, Enrolment


def latest(measures: Iterable[int]) -> dict[int, Reckoning]:
    """Return what was reckoned last for each of these measures."""
    rows = Reckoning.objects.filter(measure__in=list(measures)).select_related(
        "version__standard", "roster", "made_by"
    )
    return {row.measure_id: row for row in rows.order_by("pk")}


def standard_of(reckoning: Reckoning) -> Standard:
    """Return the standard as it was reckoned."""
    return standardfile.read(reckoning.version.source).made()


def lines_of(reckoning: Reckoning) -> QuerySet[Entitlement]:
    """Return the lines with payee and qualifier, in the order of their keys."""
    rows = Entitlement.objects.filter(reckoning=reckoning)
    return rows.select_related("payee", "qualifier").order_by("pk")


def steps_of(line: Entitlement) -> Reckoned:
    """Return how the sum of a line came about, that of one taken out as it was before."""
    return Reckoned(
        counted=counted_of(line.counted),
        reckoned_minor=line.reckoned_minor,
        after_settled_minor=line.after_settled_minor,
        after_time_minor=line.after_time_minor,
        amount_minor=line.amount_minor + line.out_minor,
        is_blocked=line.blocked == Blocked.AMOUNT,
        days=line.days,
        shared=line.shared,
        after_family_minor=line.after_family_minor,
        waits=bool(line.blocked),
    )


def waiting(reckoning: Reckoning) -> dict[Blocked, int]:
    """Return how many lines wait for each reason."""
    rows = Entitlement.objects.filter(reckoning=reckoning).exclude(blocked="").order_by()
    found = dict(rows.values_list("blocked").annotate(count=Count("pk")))
    return {reason: found[reason] for reason in Blocked if reason in found}


@dataclass(frozen=True, slots=True)
class RankRow:
    """Those of a rank who are paid: how many, their days served on average, and what they get (fen).

    `is_above` says that they get more on average than all who are paid, for fewer days.
    """

    rank: str
    people: int
    days: float
    total_minor: int
    each_minor: int
    is_above: bool


def by_rank(reckoning: Reckoning) -> list[RankRow]:
    """Return who gets how much by the rank of the payee, against the days that were served; dearest first."""
    rank = Enrolment.objects.filter(OPEN, roster=reckoning.roster_id, person=OuterRef("payee"))
    rows = Entitlement.objects.filter(reckoning=reckoning, amount_minor__gt=0)
    whole = rows.aggregate(people=Count("payee", distinct=True), days=Avg("days"), minor=Sum("amount_minor"))
    if not whole["people"]:
        return []
    each = whole["minor"] / whole["people"]
    ranked = rows.annotate(rank=Subquery(rank.values("rank")[:1])).order_by()
    found = [
        RankRow(
            rank=row["rank"] or "",
            people=row["people"],
            days=float(row["mean"]),
            total_minor=row["minor"],
            each_minor=round(row["minor"] / row["people"]),
            is_above=row["minor"] / row["people"] > each and row["mean"] < whole["days"],
        )
        for row in ranked.values("rank").annotate(
            people=Count("payee", distinct=True), mean=Avg("days"), minor=Sum("amount_minor")
        )
    ]
    return sorted(found, key=lambda row: (-row.each_minor, row.rank))


def of_name(rows: QuerySet[Entitlement], name: str) -> QuerySet[Entitlement]:
    """Return the lines of payees or qualifiers in whose name a text stands."""
    return rows.filter(Q(payee__name__contains=name) | Q(qualifier__name__contains=name))
