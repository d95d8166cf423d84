"""Reads what was released: batches, what became of each line, results, cash that was signed for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from songnuan.benefits.models import Entitlement
from songnuan.kernel.bulk import digest_rows
from songnuan.payments.models import (
    PROMISED,
    CashReceipt,
    InstructionStatus,
    LineCorrection,
    LineEnd,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentResult,
    ResultRow,
)
from songnuan.payments.release_models import BOOKS, HARMLESS, LIVE, ResultStatus
from songnuan.people.models import Person, PersonStatus


@dataclass(frozen=True, slots=True)
class Part:
    """Lines in one state: how many, and their sum in fen."""

    count: int = 0
    minor: int = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of the lines of a list; together they are all of them once it is released."""

    sent: Part = Part()
    paid: Part = Part()
    failed: Part = Part()
    returned: Part = Part()
    ended: Part = Part()

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be done any more: each line is paid, or is not paid after all."""
        return not (self.sent.count or self.failed.count or self.returned.count)


def paid_of(list_ids: Collection[int]) -> dict[int, Paid]:
    """Return what became of the lines of released lists."""
    last = _last(PaymentLine.objects.filter(payment_list__in=list_ids))
    rows = (
        last.order_by()
        .values("payment_list", "last_status", "is_ended")
        .annotate(count=Count("pk"), minor=Sum("amount_minor"))
    )
    found: dict[int, dict[str, Part]] = {list_id: {} for list_id in list_ids}
    for row in rows:
        state = "ended" if row["is_ended"] else row["last_status"]
        if state is None:
            continue
        before = found[row["payment_list"]].get(state, Part())
        found[row["payment_list"]][state] = Part(
            before.count + row["count"], before.minor + int(row["minor"])
        )
    return {list_id: Paid(**parts) for list_id, parts in found.items()}


def _last(lines: QuerySet[PaymentLine]) -> QuerySet[Any]:
    """Return the lines with the state of their last instruction, and whether they were ended."""
    instructions = PaymentInstruction.objects.filter(line=OuterRef("pk")).order_by("-pk")
    return lines.annotate(
        last_status=Subquery(instructions.values("status")[:1]),
        is_ended=Exists(LineEnd.objects.filter(line=OuterRef("pk"))),
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """People of a measure: how many are to be paid, how many were paid all, and what was paid in fen."""

    people: int
    paid: int
    paid_minor: int


def reached(reckonings: Mapping[int, int]) -> dict[int, Reached]:
    """Return how many people measures pay by their lists and what was reckoned last, and how many they did.

    `reckonings` holds the last reckoning of each measure.
    """
    lines = PaymentLine.objects.filter(
        payment_list__measure__in=reckonings.keys(), payment_list__status__in=PROMISED
    ).order_by()
    of_payee = lines.filter(
        payee=OuterRef("payee"), payment_list__measure=OuterRef("payment_list__measure"), end__isnull=True
    )
    live = PaymentInstruction.objects.filter(line=OuterRef("pk"), status=InstructionStatus.PAID)
    by_measure = lines.values_list("payment_list__measure")
    listed = dict(by_measure.annotate(count=Count("payee", distinct=True)))
    paid = by_measure.filter(Exists(live))
    minors = dict(paid.annotate(sum=Sum("amount_minor")))
    whole = dict(
        paid.exclude(Exists(of_payee.filter(~Exists(live)))).annotate(count=Count("payee", distinct=True))
    )
    on_lists = lines.filter(payee=OuterRef("payee"), payment_list__measure=OuterRef("reckoning__measure"))
    reckoned = Entitlement.objects.filter(reckoning__in=reckonings.values(), amount_minor__gt=0).order_by()
    others = dict(
        reckoned.filter(~Exists(on_lists))
        .values_list("reckoning__measure")
        .annotate(count=Count("payee", distinct=True))
    )
    return {
        key: Reached(listed.get(key, 0) + others.get(key, 0), whole.get(key, 0), int(minors.get(key) or 0))
        for key in reckonings
    }


def batches_of(list_id: int) -> QuerySet[PaymentBatch]:
    """Return the batches of a list in their order."""
    return PaymentBatch.objects.filter(payment_list=list_id).select_related("released_by").order_by("number")


def states_of(batch_ids: Collection[int]) -> dict[int, dict[str, Part]]:
    """Return how the instructions of batches stand."""
    rows = (
        PaymentInstruction.objects.filter(batch__in=batch_ids)
        .order_by()
        .values("batch", "status")
        .annotate(count=Count("pk"), minor=Sum("amount_minor"))
    )
    found: dict[int, dict[str, Part]] = {pk: {} for pk in batch_ids}
    for row in rows:
        found[row["batch"]][row["status"]] = Part(row["count"], int(row["minor"]))
    return found


def unpaid_lines(*list_ids: int) -> QuerySet[Any]:
    """Return the lines of released lists that failed or came back, and are neither sent again nor ended."""
    live = PaymentInstruction.objects.filter(line=OuterRef("pk"), status__in=LIVE)
    last = PaymentInstruction.objects.filter(line=OuterRef("pk")).order_by("-pk")
    rows = PaymentLine.objects.filter(payment_list__in=list_ids, instructions__isnull=False).distinct()
    return (
        rows.filter(~Exists(live), ~Exists(LineEnd.objects.filter(line=OuterRef("pk"))))
        .annotate(
            last_status=Subquery(last.values("status")[:1]),
            last_reason=Subquery(last.values("reason")[:1]),
            last_account=Subquery(last.values("account")[:1]),
        )
        .select_related("payee")
        .order_by("position")
    )


def told_now(lines: QuerySet[PaymentLine]) -> QuerySet[Any]:
    """Return lines with the account that counts for them, and whether the register tells another by now.

    The last correction counts, or the line. `differs` holds also where the name or the bank is another one,
    or the payee is not in the register any more.
    """
    last = LineCorrection.objects.filter(line=OuterRef("pk")).order_by("-pk")
    rows = lines.annotate(
        correction_id=Subquery(last.values("pk")[:1]),
        corrected_index=Subquery(last.values("account_index")[:1]),
        corrected_name=Subquery(last.values("name")[:1]),
        corrected_bank=Subquery(last.values("bank")[:1]),
    )
    same = Q(
        correction_id__isnull=True,
        name=F("payee__name"),
        bank=F("payee__bank"),
        account_index=F("payee__account_index"),
    ) | Q(
        correction_id__isnull=False,
        corrected_name=F("payee__name"),
        corrected_bank=F("payee__bank"),
        corrected_index=F("payee__account_index"),
    )
    return rows.annotate(differs=~(same & Q(payee__status=PersonStatus.ACTIVE)))


def told_digest(payee: Person) -> str:
    """Return what tells whether name, account and bank of a payee are those that a page showed."""
    return digest_rows([(payee.key, payee.name, payee.account_index, payee.bank)])


def waiting_result(batch_id: int) -> PaymentResult | None:
    """Return the result of a batch that is read and not booked yet."""
    rows = PaymentResult.objects.filter(batch=batch_id, status=ResultStatus.READ)
    return rows.select_related("made_by").first()


def odd_rows(result_id: int) -> QuerySet[ResultRow]:
    """Return the rows of a result by which nothing is booked, and which have to be looked into."""
    rows = ResultRow.objects.filter(result=result_id).exclude(effect__in=(*BOOKS, *HARMLESS))
    return rows.select_related("instruction__line__payee").order_by("row")


def receipts_of(batch_id: int) -> QuerySet[CashReceipt]:
    """Return what was signed for of a batch and is not booked yet."""
    return CashReceipt.objects.filter(
        instruction__batch=batch_id, instruction__status=InstructionStatus.SENT
    ).select_related("instruction")
