"""How long the papers of a payment are kept for the books, and which lists are over by a day; reads only.

The day is counted as the rule for accounting archives (会计档案管理办法, art. 14) has it: from the first day
after the year in which the list moved money for the last time.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from songnuan.kernel.bulk import among
from songnuan.organisation.queries import day_of
from songnuan.payments.models import (
    CashReceipt,
    LineCorrection,
    ListStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    PaymentResult,
    ResultRow,
)
from songnuan.payments.pending import pending
from songnuan.payments.release_models import ResultStatus
from songnuan.people.models import PersonStatus

OWN_FILES: Final = ("payments.paymentresult", "payments.cashreceipt")
"""The tables whose files are erased here."""
NOT_PAID: Final = (ListStatus.RETURNED, ListStatus.WITHDRAWN, ListStatus.CANCELLED)
"""How a list stands that is over and moved no money: the books need nothing of it."""
ERASED: Final = Q(payee__status=PersonStatus.ERASED)
HOLDS: Final = Q(name__gt="") | Q(id_number__isnull=False) | Q(account__isnull=False)
"""A line that still tells who is paid, and where to."""
_HOLDS: Final = Q(name__gt="") | Q(account__isnull=False)
"""The same of a correction and of an instruction, which hold no identity number."""


def years() -> int:
    """Return for how many whole years after that of the payment its papers are kept."""
    return int(settings.PAYMENT_RECORDS_YEARS)


def books_until(list_ids: Collection[int]) -> dict[int, date]:
    """Return until which day the books keep the papers of lists; of those that moved no money, none."""
    batches = PaymentBatch.objects.filter(payment_list__in=among(list_ids)).order_by()
    released = batches.values_list("payment_list").annotate(last=Max("released_at"))
    booked = PaymentResult.objects.filter(batch__in=batches, status=ResultStatus.BOOKED).order_by()
    paid = dict(booked.values_list("batch__payment_list").annotate(last=Max("happened_on")))
    found = {}
    for list_id, moment in released:
        last = max(day_of(moment), paid.get(list_id) or date.min)
        found[list_id] = date(last.year + years(), 12, 31)
    return found


def over(list_ids: Collection[int], on: date) -> frozenset[int]:
    """Return those of the lists whose papers the books need no more on a day."""
    until = books_until(list_ids)
    not_paid = PaymentList.objects.filter(pk__in=among(list_ids), status__in=NOT_PAID)
    return frozenset(
        {*not_paid.values_list("pk", flat=True), *(pk for pk, last in until.items() if last < on)}
    )


def lists_over(on: date) -> list[int]:
    """Return the lists that the books need no more on a day, in their order."""
    ended = PaymentList.objects.filter(status__in=(*NOT_PAID, ListStatus.RELEASED))
    return sorted(over(list(ended.values_list("pk", flat=True)), on))


def erasable(list_id: int) -> QuerySet[PaymentLine]:
    """Return the lines of a list whose payee was erased, that still hold something, and wait for nothing."""
    lines = PaymentLine.objects.filter(ERASED, payment_list=list_id)
    told = LineCorrection.objects.filter(_HOLDS, line__payment_list=list_id).values("line")
    sent = PaymentInstruction.objects.filter(_HOLDS | Q(reason__gt=""), line__payment_list=list_id).values(
        "line"
    )
    signed = CashReceipt.objects.filter(signed_by__gt="", instruction__line__payment_list=list_id)
    holding = HOLDS | Q(pk__in=told) | Q(pk__in=sent) | Q(pk__in=signed.values("instruction__line"))
    left = lines.filter(holding)
    return left.exclude(pk__in=pending(lines).values("pk"))


def is_settled(list_id: int) -> bool:
    """Return whether nothing of a list is pending."""
    return not pending(PaymentLine.objects.filter(payment_list=list_id)).exists()


def unanswered(list_id: int, on: date) -> tuple[int, ...]:
    """Return the bank's files of a list that are still kept, and that no list needs any more on a day."""
    kept = PaymentResult.objects.filter(file__erased_at__isnull=True)
    files = set(kept.filter(batch__payment_list=list_id, file__isnull=False).values_list("file", flat=True))
    named = dict.fromkeys(files, True)
    rows = kept.filter(file__in=files).values_list("file", "batch__payment_list")
    done = over({pk for _file, pk in rows}, on)
    for file_id, pk in rows:
        named[file_id] &= pk in done
    return tuple(sorted(file_id for file_id, free in named.items() if free))


def unsigned(pictures: Collection[int]) -> tuple[int, ...]:
    """Return those of the pictures by which no receipt stands any more that was not emptied."""
    left = CashReceipt.objects.filter(signature__in=pictures, signed_by__gt="")
    return tuple(sorted({*pictures} - {*left.values_list("signature", flat=True)}))


def reasons_left(list_id: int) -> QuerySet[ResultRow]:
    """Return the rows of a list's results that hold the bank's own words."""
    return ResultRow.objects.filter(result__batch__payment_list=list_id, reason__gt="")
