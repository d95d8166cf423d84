"""Proves that lists, instructions, results and the fund's ledger agree. Returns what does not."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.funds.models import Commitment, Entry, Kind
from songnuan.kernel.money import yuan
from songnuan.organisation.queries import today
from songnuan.payments import forgetting_checks
from songnuan.payments.models import (
    CashReceipt,
    Channel,
    InstructionStatus,
    LineEnd,
    ListStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    PaymentResult,
    PaymentSample,
)
from songnuan.payments.queries import digest_now
from songnuan.payments.release_models import ResultStatus
from songnuan.payments.release_queries import paid_of
from songnuan.payments.rules import list_number, subject_of
from songnuan.payments.sample_pool import is_redrawn_the_same

_LEFT = (InstructionStatus.PAID, InstructionStatus.RETURNED)


def verify(on: date | None = None) -> list[Finding]:
    """Return what is wrong with lists of payments, on a day.

    Codes: `list_lines_differ` (number, sum or digest of its lines), `list_unfunded`, `list_ledger_differs`
    (what is set aside, was paid or came back for it), `batch_differs`, `result_differs`, `cash_unsigned`,
    `line_paid_twice`, `payment_sample_differs` (its seed draws other payments than stand in
    it, or its digest is broken); and those of `forgetting_checks`.
    """
    of_lists = [*_lists(), *_batches(), *_results(), *_cash(), *_twice(), *_samples()]
    return [*of_lists, *forgetting_checks.verify(on or today())]


def _finding(code: str, row: PaymentList, sentence: str, **facts: int | str) -> Finding:
    words = {"list": list_number(row.number)}
    return Finding(code, subject_of(row.pk), sentence % words, facts)


def _lists() -> Iterator[Finding]:
    rows = PaymentList.objects.annotate(count=Count("lines"), minor=Sum("lines__amount_minor")).order_by("pk")
    for row in rows.select_related("commitment").iterator(chunk_size=500):
        if (row.count, row.minor) != (row.lines_count, row.total_minor) or digest_now(row.pk) != row.digest:
            sentence = _("The lines of list %(list)s are not those that were frozen.")
            yield _finding("list_lines_differ", row, sentence, count=row.count, sum_minor=row.minor or 0)
        promised = row.commitment
        if promised is not None and (promised.kind, promised.subject, promised.amount_minor) != (
            Kind.COMMIT,
            subject_of(row.pk),
            row.total_minor,
        ):
            sentence = _("What was set aside for list %(list)s is not its total.")
            yield _finding("list_unfunded", row, sentence, sum_minor=promised.amount_minor)
        yield from _ledger(row)


def _ledger(row: PaymentList) -> Iterator[Finding]:
    """Hold what the fund's ledger says of a list against what became of its lines."""
    told = _of_ledger(row)
    if row.status in {ListStatus.APPROVED, ListStatus.SIGNED}:
        due = (row.total_minor, 0, 0)
    elif row.status == ListStatus.RELEASED:
        paid = paid_of([row.pk])[row.pk]
        left = PaymentInstruction.objects.filter(line__payment_list=row)
        due = (
            paid.sent.minor + paid.failed.minor,
            _sum(left.filter(status__in=_LEFT)),
            _sum(left.filter(status=InstructionStatus.RETURNED)),
        )
    else:
        due = (0, 0, 0)
    if told != due:
        sentence = _(
            "Ledger and list %(list)s differ: set aside, paid, come back are %(told)s there, %(due)s here."
        )
        words = {"list": list_number(row.number), "told": _sums(told), "due": _sums(due)}
        facts = dict(zip(("set_aside_minor", "paid_minor", "back_minor"), told, strict=True))
        yield Finding("list_ledger_differs", subject_of(row.pk), sentence % words, facts)


def _of_ledger(row: PaymentList) -> tuple[int, int, int]:
    entries = Entry.objects.filter(subject=subject_of(row.pk))
    kept = Commitment.objects.filter(entry__subject=subject_of(row.pk), is_reversed=False)
    rest = kept.aggregate(
        rest=Sum(F("amount_minor") - F("disbursed_minor") - F("released_minor"), default=0)
    )["rest"]
    sums = {kind: _standing_sum(entries.filter(kind=kind)) for kind in (Kind.DISBURSE, Kind.REFUND)}
    return int(rest), sums[Kind.DISBURSE], sums[Kind.REFUND]


def _standing_sum(entries: QuerySet[Entry]) -> int:
    undone = Entry.objects.filter(reverses=OuterRef("pk"))
    return int(entries.filter(~Exists(undone)).aggregate(sum=Sum("amount_minor", default=0))["sum"])


def _sum(rows: QuerySet[PaymentInstruction]) -> int:
    return int(rows.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def _sums(minors: tuple[int, int, int]) -> str:
    return "/".join(yuan(one) for one in minors)


def _batches() -> Iterator[Finding]:
    rows = PaymentBatch.objects.annotate(
        count=Count("instructions"), minor=Sum("instructions__amount_minor")
    ).exclude(count=F("lines_count"), minor=F("total_minor"))
    for batch in rows.select_related("payment_list").order_by("pk"):
        sentence = _("The payments of batch %(batch)s of list %(list)s are not those that were released.")
        words = {"list": list_number(batch.payment_list.number), "batch": batch.number}
        facts = {"count": batch.count, "sum_minor": batch.minor or 0}
        yield Finding("batch_differs", subject_of(batch.payment_list_id), sentence % words, facts)


def _results() -> Iterator[Finding]:
    """Hold each booked result against the payments that it tells of, and against its entries."""
    booked = PaymentResult.objects.filter(status=ResultStatus.BOOKED)
    paid = _by("result", PaymentInstruction.objects.filter(status__in=_LEFT))
    back = _by("back", PaymentInstruction.objects.filter(status=InstructionStatus.RETURNED))
    for row in booked.select_related("batch__payment_list", "disbursement", "refund").order_by("pk"):
        told = (row.paid_minor, row.back_minor)
        entries = tuple(entry.amount_minor if entry else 0 for entry in (row.disbursement, row.refund))
        if not told == entries == (paid.get(row.pk, 0), back.get(row.pk, 0)):
            listed = row.batch.payment_list
            sentence = _(
                "Result %(number)s of batch %(batch)s of list %(list)s is not what was booked by it."
            )
            words = {"number": row.number, "batch": row.batch.number, "list": list_number(listed.number)}
            facts = {"paid_minor": told[0], "back_minor": told[1]}
            yield Finding("result_differs", subject_of(listed.pk), sentence % words, facts)


def _by(column: str, rows: QuerySet[PaymentInstruction]) -> dict[int, int]:
    sums = rows.order_by().values(column).annotate(sum=Sum("amount_minor"))
    return dict(sums.values_list(column, "sum"))


def _cash() -> Iterator[Finding]:
    rows = PaymentInstruction.objects.filter(batch__channel=Channel.CASH, status__in=_LEFT)
    unsigned = rows.filter(~Exists(CashReceipt.objects.filter(instruction=OuterRef("pk"))))
    for one in unsigned.select_related("batch__payment_list").order_by("pk"):
        sentence = _("Cash of list %(list)s was booked as paid, and nobody signed for it.")
        yield _finding("cash_unsigned", one.batch.payment_list, sentence, position=one.position)


def _twice() -> Iterator[Finding]:
    """Find lines that are paid or on their way more than once, or that were ended and paid."""
    live = Count(
        Case(
            When(instructions__status__in=("sent", "paid"), then=1),
            output_field=IntegerField(),
        )
    )
    rows = PaymentLine.objects.annotate(live=live).filter(
        Q(live__gt=1) | Q(Exists(LineEnd.objects.filter(line=OuterRef("pk"))), live__gt=0)
    )
    for line in rows.select_related("payment_list").order_by("pk"):
        sentence = _("A line of list %(list)s is paid more than once, or though it was ended.")
        yield _finding("line_paid_twice", line.payment_list, sentence, position=line.position)


def _samples() -> Iterator[Finding]:
    """Find draws of payments that were changed from outside."""
    for sample in PaymentSample.objects.order_by("pk").iterator():
        if not is_redrawn_the_same(sample):
            sentence = _("Draw %(number)s of payments is not what its seed draws.")
            facts = {"number": sample.number}
            yield Finding("payment_sample_differs", f"payments.sample:{sample.pk}", sentence % facts, facts)
