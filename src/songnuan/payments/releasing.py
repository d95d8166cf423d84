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
WHERE l.payment_list_id = %s{among}
"""
_ACCOUNT = "COALESCE(c.account_index, l.account_index)"
_INSTRUCT = """
INSERT INTO payments_paymentinstruction (
  batch_id, position, line_id, correction_id, amount_minor, name, account, account_index, bank, status, reason
)
SELECT %s, {place}, l.id, c.id, l.amount_minor,
  CASE WHEN c.id IS NULL THEN l.name ELSE c.name END,
  CASE WHEN c.id IS NULL THEN l.account ELSE c.account END,
  CASE WHEN c.id IS NULL THEN l.account_index ELSE c.account_index END,
  CASE WHEN c.id IS NULL THEN l.bank ELSE c.bank END, 'sent', ''
"""
_NUMBERED = "ROW_NUMBER() OVER (ORDER BY l.position)"
_COUNT = f"""
SELECT CASE WHEN {_ACCOUNT} <> '' THEN '{Channel.BANK}' ELSE '{Channel.CASH}' END AS channel, COUNT(*),
  COALESCE(SUM(l.amount_minor), 0)
{{lines}} GROUP BY channel
"""
_BY = {Channel.BANK: f" AND {_ACCOUNT} <> ''", Channel.CASH: f" AND {_ACCOUNT} = ''"}


@dataclass(frozen=True, slots=True)
class Lines:
    """Which lines of a list are paid together: all of them, or those of these ids."""

    list_id: int
    ids: Collection[int] | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """Return the part of a statement that names them, and its parameters."""
        if self.ids is None:
            return _FROM.format(among=""), [self.list_id]
        told = among(self.ids)
        return _FROM.format(among=f" AND l.id IN ({told.sql})"), [self.list_id, *told.params]


def sums_of(lines: Lines) -> dict[Channel, tuple[int, int]]:
    """Return how many of the lines go each way, and their sum in fen."""
    part, params = lines.sql()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(lines=part), params)
        told = {Channel(channel): (int(count), int(total)) for channel, count, total in cursor.fetchall()}
    return {channel: told.get(channel, (0, 0)) for channel in Channel}


def instruct(batch: PaymentBatch, lines: Lines) -> None:
    """Write the instructions of a batch, numbered from 1 in the order of the list.

    A list that is paid one way as a whole numbers its lines so already; to number them anew took a third of
    the time.
    """
    part, params = lines.sql()
    is_whole = lines.ids is None and batch.lines_count == batch.payment_list.lines_count
    told = _INSTRUCT.format(place="l.position" if is_whole else _NUMBERED)
    with connection.cursor() as cursor:
        cursor.execute(told + part + _BY[Channel(batch.channel)], [batch.pk, *params])


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
