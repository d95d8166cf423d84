"""Lays the rows of a result beside the instructions of its batch: a few statements, however many rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Sum

from songnuan.kernel.bulk import load
from songnuan.kernel.dialect import dialect_of
from songnuan.payments.models import Channel, PaymentResult, ResultRow
from songnuan.payments.release_models import BOOKS, HARMLESS, Effect

_MANY = 1000
"""With more rows than these it is worth looking at the tables first."""
_BESIDE = ("payments_resultrow", "payments_paymentinstruction")
_COLUMNS = ("result", "row", "position", "account_index", "amount_minor", "is_paid", "reason", "effect")
# What a row does to its instruction as that stands now. A bank may pay after it said that it failed; unless
# the line was sent again or ended, that is booked. Cash that was signed for was handed out: it can't be told
# to have failed, or it would be paid once more.
_EFFECT = """CASE
  WHEN r.account_index <> '' AND r.account_index <> i.account_index THEN 'account'
  WHEN r.amount_minor IS NOT NULL AND r.amount_minor <> i.amount_minor THEN 'amount'
  WHEN r.is_paid IS NULL THEN 'unclear'
  WHEN i.status = 'sent' AND NOT r.is_paid THEN CASE WHEN EXISTS (
      SELECT 1 FROM payments_cashreceipt s WHERE s.instruction_id = i.id) THEN 'contradicts' ELSE 'fail' END
  WHEN i.status = 'sent' AND (%(bank)s OR EXISTS (
    SELECT 1 FROM payments_cashreceipt s WHERE s.instruction_id = i.id)) THEN 'pay'
  WHEN i.status = 'sent' THEN 'unclear'
  WHEN i.status = 'paid' AND NOT r.is_paid THEN 'back'
  WHEN i.status = 'failed' AND r.is_paid THEN CASE WHEN EXISTS (
      SELECT 1 FROM payments_paymentinstruction o
      WHERE o.line_id = i.line_id AND o.id > i.id
    ) OR EXISTS (SELECT 1 FROM payments_lineend e WHERE e.line_id = i.line_id) THEN 'twice' ELSE 'late' END
  WHEN i.status = 'returned' AND r.is_paid THEN 'twice'
  ELSE 'known' END"""
# By the reference that the bank gave back; or else by account and amount. Where several instructions have the
# same account and amount, it is one person and one sum: rows are first for those that wait for an answer, and
# rows beyond all of them are of the last one, so that what contradicts is seen.
_BY_PLACE = f"""
UPDATE payments_resultrow AS r SET instruction_id = i.id, effect = {_EFFECT}
FROM payments_paymentinstruction i
WHERE r.result_id = %(result)s AND i.batch_id = %(batch)s AND i.position = r.position
"""  # noqa: S608 - a text of ours
_BY_ACCOUNT = f"""
UPDATE payments_resultrow AS r SET instruction_id = m.instruction_id, effect = {_EFFECT}
FROM (
  SELECT a.id AS row_id, b.id AS instruction_id FROM (
    SELECT id, account_index, amount_minor,
      ROW_NUMBER() OVER (PARTITION BY account_index, amount_minor ORDER BY row) AS nth
    FROM payments_resultrow
    WHERE result_id = %(result)s AND position IS NULL AND account_index <> '' AND amount_minor IS NOT NULL
  ) a JOIN (
    SELECT id, account_index, amount_minor,
      ROW_NUMBER() OVER (
        PARTITION BY account_index, amount_minor
        ORDER BY CASE WHEN status = 'sent' THEN 0 ELSE 1 END, position
      ) AS nth,
      COUNT(*) OVER (PARTITION BY account_index, amount_minor) AS many
    FROM payments_paymentinstruction WHERE batch_id = %(batch)s
  ) b ON b.account_index = a.account_index AND b.amount_minor = a.amount_minor
    AND (b.nth = a.nth OR b.nth = b.many AND a.nth > b.many)
) m JOIN payments_paymentinstruction i ON i.id = m.instruction_id
WHERE r.id = m.row_id
"""  # noqa: S608
# The same instruction in several rows: the first one counts where all say the same, otherwise none does.
_REPEATED = """
UPDATE payments_resultrow AS r SET effect = CASE WHEN m.least <> m.most THEN 'contradicts' ELSE 'repeated' END
FROM (
  SELECT instruction_id, MIN(row) AS first,
    MIN(CASE WHEN is_paid THEN 1 ELSE 0 END) AS least, MAX(CASE WHEN is_paid THEN 1 ELSE 0 END) AS most
  FROM payments_resultrow
  WHERE result_id = %(result)s AND instruction_id IS NOT NULL AND is_paid IS NOT NULL
  GROUP BY instruction_id HAVING COUNT(*) > 1
) m
WHERE r.result_id = %(result)s AND r.instruction_id = m.instruction_id
  AND (m.least <> m.most OR r.row > m.first)
"""
# Without a reference a single row may be of either of two that were answered otherwise: nobody can say which.
_EITHER = """
UPDATE payments_resultrow AS r SET effect = 'unclear'
FROM (
  SELECT account_index, amount_minor, COUNT(*) AS many FROM payments_paymentinstruction
  WHERE batch_id = %(batch)s GROUP BY account_index, amount_minor
  HAVING COUNT(*) > 1 AND MIN(status) <> MAX(status)
    AND SUM(CASE WHEN status = 'sent' THEN 1 ELSE 0 END) = 0
) g
WHERE r.result_id = %(result)s AND r.position IS NULL AND r.instruction_id IS NOT NULL
  AND r.account_index = g.account_index AND r.amount_minor = g.amount_minor
  AND g.many > (
    SELECT COUNT(*) FROM payments_resultrow o WHERE o.result_id = r.result_id
    AND o.account_index = r.account_index AND o.amount_minor = r.amount_minor
  )
"""
_APPLY = """
UPDATE payments_paymentinstruction AS i SET status = {status}, {column} = %(result)s, reason = {reason}
FROM payments_resultrow r
WHERE r.result_id = %(result)s AND r.instruction_id = i.id AND r.effect {among} AND i.status {sources}
"""
_MOVES = (
    _APPLY.format(
        status="'paid'",
        column="result_id",
        reason="''",
        among="IN ('pay', 'late')",
        sources="IN ('sent', 'failed')",
    ),
    _APPLY.format(
        status="'failed'", column="result_id", reason="r.reason", among="= 'fail'", sources="= 'sent'"
    ),
    _APPLY.format(
        status="'returned'", column="back_id", reason="r.reason", among="= 'back'", sources="= 'paid'"
    ),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a result: by `position` in the batch, or by account; `is_paid` None where it is unclear."""

    row: int
    position: int | None
    account_index: str
    amount_minor: int | None
    is_paid: bool | None
    reason: str
    effect: Effect = Effect.UNKNOWN


@dataclass(frozen=True, slots=True)
class Figures:
    """What a result books: how many are paid, failed and came back, their sums in fen, and what is odd."""

    paid_count: int = 0
    paid_minor: int = 0
    failed_count: int = 0
    failed_minor: int = 0
    back_count: int = 0
    back_minor: int = 0
    odd_count: int = 0

    @property
    def books(self) -> int:
        """How many instructions change."""
        return self.paid_count + self.failed_count + self.back_count


def keep(result: PaymentResult, rows: Iterable[Told]) -> int:
    """Write the rows of a result; return how many."""
    return load(
        ResultRow,
        _COLUMNS,
        (
            (
                result.pk,
                one.row,
                one.position,
                one.account_index,
                one.amount_minor,
                one.is_paid,
                one.reason,
                one.effect.value,
            )
            for one in rows
        ),
    )


def match(result: PaymentResult) -> Figures:
    """Say of each row of a result which instruction it is of, and what it does to it as that stands now."""
    asked = {
        "result": result.pk,
        "batch": result.batch_id,
        "bank": result.batch.channel == Channel.BANK,
    }
    with connection.cursor() as cursor:
        # Rows that this transaction wrote are new to a database that plans by what tables hold: it would hold
        # each of them against each instruction.
        if ResultRow.objects.filter(result=result).order_by()[_MANY : _MANY + 1].exists():
            dialect_of(connection).look_at(cursor, _BESIDE)
        for statement in (_BY_PLACE, _BY_ACCOUNT, _REPEATED, _EITHER):
            cursor.execute(statement, asked)
    return figures_of(result)


def figures_of(result: PaymentResult) -> Figures:
    """Return what the rows of a result come to."""
    rows = ResultRow.objects.filter(result=result).order_by()
    found = {
        row["effect"]: (row["count"], int(row["minor"] or 0))
        for row in rows.values("effect").annotate(count=Count("pk"), minor=Sum("instruction__amount_minor"))
    }
    none = (0, 0)
    paid = [found.get(effect, none) for effect in (Effect.PAY, Effect.LATE)]
    failed, back = found.get(Effect.FAIL, none), found.get(Effect.BACK, none)
    fine = {*BOOKS, *HARMLESS}
    return Figures(
        paid_count=sum(count for count, _minor in paid),
        paid_minor=sum(minor for _count, minor in paid),
        failed_count=failed[0],
        failed_minor=failed[1],
        back_count=back[0],
        back_minor=back[1],
        odd_count=sum(count for effect, (count, _minor) in found.items() if effect not in fine),
    )


def apply(result: PaymentResult) -> int:
    """Move the instructions that a result tells of; return how many moved."""
    moved = 0
    with connection.cursor() as cursor:
        for statement in _MOVES:
            cursor.execute(statement, {"result": result.pk})
            moved += int(cursor.rowcount)
    return moved
