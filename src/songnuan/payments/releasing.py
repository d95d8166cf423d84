"""Writes instructions: one statement for a batch, however many lines it has."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Sum

from songnuan.kernel.bulk import among
from songnuan.payments.models import Channel, PaymentBatch, PaymentInstruction, PaymentLine, PaymentList

# The last correction of a line counts. Accounts are told by their blind indexes, and nothing is opened.
_FROM = """
FROM payments_paymentline l
LEFT JOIN payments_linecorrection c
  ON c.id = (SELECT MAX(k.id) FROM payments_linecorrection k WHERE k.line_id = l.id)
WHERE l.payment_list_id = %s{among} AND COALESCE(c.account_index, l.account_index) {by} ''
"""
_INSTRUCT = """
INSERT INTO payments_paymentinstruction (
  batch_id, position, line_id, correction_id, amount_minor, name, account, account_index, bank, status, reason
)
SELECT %s, ROW_NUMBER() OVER (ORDER BY l.position), l.id, c.id, l.amount_minor,
  CASE WHEN c.id IS NULL THEN l.name ELSE c.name END,
  CASE WHEN c.id IS NULL THEN l.account ELSE c.account END,
  CASE WHEN c.id IS NULL THEN l.account_index ELSE c.account_index END,
  CASE WHEN c.id IS NULL THEN l.bank ELSE c.bank END, 'sent', ''
"""
_COUNT = "SELECT COUNT(*), COALESCE(SUM(l.amount_minor), 0)"
_BY = {Channel.BANK: "<>", Channel.CASH: "="}


@dataclass(frozen=True, slots=True)
class Lines:
    """Which lines of a list are paid together: all of them, or those of these ids."""

    list_id: int
    ids: Collection[int] | None = None

    def sql(self, channel: Channel) -> tuple[str, list[Any]]:
        """Return the part of a statement that names those of a channel, and its parameters."""
        if self.ids is None:
            return _FROM.format(among="", by=_BY[channel]), [self.list_id]
        told = among(self.ids)
        within = f" AND l.id IN ({told.sql})"
        return _FROM.format(among=within, by=_BY[channel]), [self.list_id, *told.params]


def sums_of(lines: Lines) -> dict[Channel, tuple[int, int]]:
    """Return how many of the lines go each way, and their sum in fen."""
    found = {}
    with connection.cursor() as cursor:
        for channel in Channel:
            part, params = lines.sql(channel)
            cursor.execute(_COUNT + part, params)
            count, total = cursor.fetchone()
            found[channel] = (int(count), int(total))
    return found


def instruct(batch: PaymentBatch, lines: Lines) -> None:
    """Write the instructions of a batch."""
    part, params = lines.sql(Channel(batch.channel))
    with connection.cursor() as cursor:
        cursor.execute(_INSTRUCT + part, [batch.pk, *params])


def next_batch(row: PaymentList) -> int:
    """Return the number of a list's next batch."""
    last = PaymentBatch.objects.filter(payment_list=row).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


@dataclass(frozen=True, slots=True)
class Promised:
    """What is still set aside for lines that are not paid: in fen, by the entry that did."""

    commitment_id: int
    amount_minor: int


def promised_for(line_ids: Collection[int]) -> list[Promised]:
    """Return what of the fund is still set aside for lines whose last instruction failed."""
    lines = PaymentLine.objects.filter(pk__in=among(line_ids)).annotate(last=Max("instructions__pk"))
    last = PaymentInstruction.objects.filter(pk__in=lines.values("last"), status="failed")
    rows = last.values("batch__commitment").annotate(sum=Sum("amount_minor")).order_by("batch__commitment")
    return [Promised(int(row["batch__commitment"] or 0), int(row["sum"])) for row in rows]
