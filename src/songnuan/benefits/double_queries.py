"""Reads what may be paid twice in a list: what is open, how many of each kind, and what is paid of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from songnuan.benefits.double_models import Double, Finding
from songnuan.benefits.models import Entitlement, Reckoning

PAIR = Q(other_person__isnull=False, other_reckoning__isnull=True, sharing__lte=2)
"""Two of the same list who alone share what they share: either of them can be taken out."""


def findings_of(reckoning: Reckoning) -> QuerySet[Finding]:
    """Return what was found of a list, the surest kinds first, with lines, people and decisions."""
    rows = Finding.objects.filter(reckoning=reckoning)
    return rows.select_related(
        "line__payee", "other_person", "other_reckoning__measure__plan", "decision__decided_by"
    ).order_by("pk")


def open_findings(reckoning: Reckoning) -> QuerySet[Finding]:
    """Return what somebody still has to decide before the list is put up for approval.

    A line that was taken out needs no more decision; nor does one of the same list that was held against it,
    unless more than these two share what they share.
    """
    return _open(Finding.objects.filter(reckoning=reckoning))


def open_counts(reckonings: Iterable[int]) -> dict[int, int]:
    """Return how many findings are open in each of these lists that has any."""
    rows = _open(Finding.objects.filter(reckoning__in=list(reckonings))).order_by()
    return dict(rows.values_list("reckoning").annotate(count=Count("pk")))


def _open(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """Leave those that somebody has to decide: of a pair in one list, only while both get something."""
    theirs = Entitlement.objects.filter(
        Q(payee=OuterRef("other_person")) | Q(payee__merged_into=OuterRef("other_person")),
        reckoning=OuterRef("reckoning"),
        amount_minor__gt=0,
    )
    still = rows.filter(decision__isnull=True, line__out_minor=0)
    return still.exclude(~Exists(theirs), PAIR)


def payable(reckoning: Reckoning) -> QuerySet[Entitlement]:
    """Return the lines that are paid: with a sum, waiting for nothing, and not taken out."""
    return Entitlement.objects.filter(reckoning=reckoning, amount_minor__gt=0, blocked="", out_minor=0)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many findings of a kind there are, and how many of them are open."""

    kind: Double
    found: int
    open: int


def counts(reckoning: Reckoning) -> list[KindCount]:
    """Return how much was found of each kind of which there is something, the surest first."""

    def by_kind(rows: QuerySet[Finding]) -> dict[str, int]:
        return dict(rows.order_by().values_list("kind").annotate(count=Count("pk")))

    found = by_kind(Finding.objects.filter(reckoning=reckoning))
    still = by_kind(open_findings(reckoning))
    return [KindCount(kind, found[kind], still.get(kind, 0)) for kind in Double if kind in found]


@dataclass(frozen=True, slots=True)
class Group:
    """Open findings of one kind against one other list (None: within the list, or against none)."""

    kind: Double
    other_reckoning_id: int | None
    count: int


def groups(reckoning: Reckoning) -> list[Group]:
    """Return what is open, by kind and list: what may be decided at once."""
    rows = open_findings(reckoning).order_by()
    found = rows.values_list("kind", "other_reckoning").annotate(count=Count("pk"))
    made = [Group(Double(kind), other, count) for kind, other, count in found]
    order = list(Double)
    return sorted(made, key=lambda group: (order.index(group.kind), group.other_reckoning_id or 0))
