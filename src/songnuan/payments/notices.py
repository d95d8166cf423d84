"""Reads public notices: the one that runs, its objections, and whether it lets a list be paid."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from songnuan.organisation.queries import day_of
from songnuan.payments.models import (
    ListAct,
    ListStatus,
    Notice,
    NoticeLine,
    Objection,
    PaymentList,
    Verb,
)
from songnuan.payments.notice_rules import Gate, Standing, require_over
from songnuan.payments.queries import party_to

_RUNS = Q(end__isnull=True)


def notice_of(list_id: int) -> Notice | None:
    """Return the notice of a list that runs or ran its time, not one that was taken back."""
    return Notice.objects.filter(_RUNS, payment_list=list_id).select_related("published_by").first()


def earlier_notices(list_id: int) -> QuerySet[Notice]:
    """Return the notices of a list that were taken back or ended with it, the newest first."""
    rows = Notice.objects.filter(payment_list=list_id).exclude(_RUNS)
    return rows.select_related("published_by", "end__ended_by").order_by("-number")


def notice_by_key(key: str) -> Notice | None:
    """Return the notice of an address."""
    return Notice.objects.filter(key=key).select_related("end").first()


def lines_of(notice: Notice) -> QuerySet[NoticeLine]:
    """Return the lines of a notice in their order."""
    return NoticeLine.objects.filter(notice=notice).order_by("position")


def objections_of(list_id: int) -> QuerySet[Objection]:
    """Return the objections to any notice of a list, the newest first."""
    rows = Objection.objects.filter(notice__payment_list=list_id)
    return rows.select_related("notice", "line", "recorded_by", "answer__answered_by", "objector").order_by(
        "-pk"
    )


def gates_of(list_ids: Collection[int]) -> dict[int, Gate]:
    """Return what decides whether these lists may be paid.

    Objections to a notice that was taken back count as those to the one that runs.
    """
    running = Notice.objects.filter(_RUNS, payment_list__in=list_ids)
    days = {row[0]: row[1:] for row in running.values_list("payment_list", "begins_on", "ends_on")}
    rows = Objection.objects.filter(notice__payment_list__in=list_ids).order_by()
    counts = {
        row[0]: row[1:]
        for row in rows.values("notice__payment_list")
        .annotate(
            waiting=Count("pk", filter=Q(answer__isnull=True)),
            upheld=Count("pk", filter=Q(answer__is_upheld=True)),
        )
        .values_list("notice__payment_list", "waiting", "upheld")
    }
    found = {}
    for list_id in list_ids:
        begins_on, ends_on = days.get(list_id, (None, None))
        waiting, upheld = counts.get(list_id, (0, 0))
        found[list_id] = Gate(begins_on, ends_on, waiting, upheld)
    return found


def gate_of(list_id: int) -> Gate:
    """Return what decides whether a list may be paid."""
    return gates_of([list_id])[list_id]


def notice_over(list_id: int, day: date) -> bool:
    """Return whether a list's notice is over on a day, every objection is answered and none upheld."""
    return gate_of(list_id).standing(day) is Standing.OVER


def released_from(list_id: int) -> date | None:
    """Return the last day of the notice that runs, after which a list may be paid; None without one."""
    return gate_of(list_id).ends_on


def require_noticed(list_id: int, at: datetime) -> None:
    """Let pass a list that was put up for its whole time, and to which nothing is objected any more.

    Asked inside of the transaction that pays it, after the list is locked or moved: objections and answers
    lock the list too.

    Raises:
        Refusal: `notice_missing`, `notice_running` with its last day, `objection_open`, `objection_upheld`.

    """
    require_over(gate_of(list_id), day_of(at))


def made_by(list_id: int, user_id: int) -> bool:
    """Return whether a user made the list: they answer no objection to it."""
    return ListAct.objects.filter(payment_list=list_id, person=user_id, verb=Verb.MAKE).exists()


def may_decide(list_id: int, user_id: int) -> bool:
    """Return whether a user neither made the list nor is paid by it."""
    return not deciders_not([list_id], user_id)


def deciders_not(list_ids: Collection[int], user_id: int) -> set[int]:
    """Return those of these lists that a user made, or is paid by: there they answer nothing."""
    return party_to(list_ids, user_id, Verb.MAKE)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed list, how it stands with its notice, and how many objections wait."""

    row: PaymentList
    gate: Gate


def signed_lists(plans: Iterable[int]) -> list[Signed]:
    """Return the lists of these plans that the inspector signed and that are not paid yet."""
    rows = PaymentList.objects.filter(status=ListStatus.SIGNED, measure__plan__in=list(plans))
    found = list(rows.select_related("measure__plan").order_by("pk"))
    gates = gates_of([row.pk for row in found])
    return [Signed(row, gates[row.pk]) for row in found]
