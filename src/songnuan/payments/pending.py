"""Whose payment is not over yet: as long as it is not, nobody of it is erased, and nothing told of them."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from songnuan.approvals.hold_queries import held_keys
from songnuan.funds.holding import FUND
from songnuan.kernel.bulk import among
from songnuan.payments.models import (
    RUNNING,
    InstructionStatus,
    LineEnd,
    ListStatus,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    PaymentResult,
    SampledPayment,
)
from songnuan.payments.payee_queries import open_words
from songnuan.payments.release_models import ResultStatus
from songnuan.payments.rules import SUBJECT


def pending(lines: QuerySet[PaymentLine]) -> QuerySet[PaymentLine]:
    """Return those of the lines of which something is still to come.

    A list that can still be paid; a payment without an answer, or one that failed or came back and is neither
    sent again nor ended; a list or its fund on hold; an answer of the bank that is not booked; a word of the
    payee that nobody answered; a payment that was drawn for a call-back and nobody called about.
    """
    tries = PaymentInstruction.objects.filter(line=OuterRef("pk"))
    unpaid = Q(last__in=(InstructionStatus.SENT, InstructionStatus.FAILED, InstructionStatus.RETURNED))
    ended = Exists(LineEnd.objects.filter(line=OuterRef("pk")))
    waiting = PaymentResult.objects.filter(status=ResultStatus.READ).values("batch")
    drawn = SampledPayment.objects.filter(instruction__line=OuterRef("pk"), calls__isnull=True)
    words = open_words(PaymentList.objects.all()).filter(line=OuterRef("pk"))
    return lines.annotate(last=Subquery(tries.order_by("-pk").values("status")[:1])).filter(
        Q(payment_list__status__in=RUNNING)
        | Q(payment_list__in=_held())
        | Q(payment_list__status=ListStatus.RELEASED)
        & (
            unpaid & ~Q(ended)
            | Q(Exists(tries.filter(batch__in=waiting)))
            | Q(Exists(drawn))
            | Q(Exists(words))
        )
    )


def pending_among(persons: Collection[int]) -> frozenset[int]:
    """Return those among persons whom a pending line pays, or is for; whoever was merged into one counts."""
    asked = frozenset(persons)
    them = among(asked)
    found: set[int] = set()
    for who in ("payee", "qualifier"):
        own = Q(**{f"{who}__in": them}) | Q(**{f"{who}__merged_into__in": them})
        lines = pending(PaymentLine.objects.filter(own)).order_by()
        for pair in lines.values_list(who, f"{who}__merged_into"):
            found.update(pk for pk in pair if pk is not None)
    return frozenset(found & asked)


def pending_lists(persons: Collection[int]) -> list[PaymentList]:
    """Return the lists by which something of one of these persons is pending."""
    them = among(persons)
    own = Q()
    for who in ("payee", "qualifier"):
        own |= Q(**{f"{who}__in": them}) | Q(**{f"{who}__merged_into__in": them})
    lines = pending(PaymentLine.objects.filter(own)).order_by().values("payment_list")
    return list(PaymentList.objects.filter(pk__in=lines).select_related("measure__plan").order_by("pk"))


def _held() -> QuerySet[Any, Any]:
    """Return the lists that are on hold, or whose fund is, unless they are over without a payment."""
    lists, funds = ([int(key) for key in held_keys(one)] for one in (SUBJECT, FUND))
    stands = PaymentList.objects.filter(status__in=(*RUNNING, ListStatus.RELEASED))
    return stands.filter(Q(pk__in=lists) | Q(fund__in=funds)).values("pk")
