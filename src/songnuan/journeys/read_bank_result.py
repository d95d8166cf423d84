"""Finance brings in the bank's answer to a batch; it is laid beside the batch, and nothing is booked yet."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from songnuan.documents.reading import as_file
from songnuan.journeys.base import long_journey, step
from songnuan.journeys.payment_lists import find_batch
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import blotted
from songnuan.kernel.sealing import blind_indexes
from songnuan.payments.actions import releases, results
from songnuan.payments.bank_lines import layout_of_batch
from songnuan.payments.layouts.results import ResultFault, ResultRow, read_results
from songnuan.payments.matching import Told
from songnuan.payments.models import PaymentBatch
from songnuan.payments.release_models import REASON_LONGEST, Effect, Source
from songnuan.payments.rules import position_in
from songnuan.people.columns import INDEX_DIGITS, PLACES
from songnuan.records import actions as records


@long_journey
def read_bank_result(*, batch_id: int, content: bytes, name: str, actor: Actor, at: datetime) -> int:
    """Read the bank's answer, keep it sealed, and say what it would book; return the result's id.

    Accounts of the answer are compared by their blind indexes, all in a few statements.

    Args:
        batch_id: Which batch it answers.
        content: The file.
        name: As the sender calls it.
        actor: Needs PAYMENT_RELEASE.
        at: When.

    Raises:
        Refusal: `batch_unknown`, `not_permitted`, `batch_in_cash`, what is wrong with the file, or from
            `payments.actions.results.read_result`.

    """
    batch = find_batch(batch_id)
    unit_id = batch.payment_list.measure.plan.unit_id
    releases.require_bank(batch=batch, unit_id=unit_id, actor=actor, at=at)
    told = read_table(batch, content, name)
    with step():
        kept = records.store_table(content=content, name=name, actor=actor, at=at)
        made = results.read_result(
            batch_id=batch_id,
            unit_id=unit_id,
            source=Source.FILE,
            rows=told,
            file_id=kept.pk,
            digest=sha256(content).hexdigest(),
            actor=actor,
            at=at,
        )
    return made.pk


def read_table(batch: PaymentBatch, content: bytes, name: str) -> list[Told]:
    """Return what the rows of the bank's answer tell, each once.

    Raises:
        Refusal: What is wrong with the file.

    """
    with as_file(content) as file:
        rows = list(read_results(layout_of_batch(batch), file, name))
    return list(_told(batch, rows))


def _told(batch: PaymentBatch, rows: list[ResultRow | ResultFault]) -> Iterator[Told]:
    """Yield what each row tells; one that can not be read says why, and books nothing."""
    good = [row for row in rows if isinstance(row, ResultRow)]
    indexes = iter(blind_indexes(PLACES["account"], [row.account for row in good]))
    answered, said = batch.payment_list, set()
    for row in rows:
        index = next(indexes)[:INDEX_DIGITS] if isinstance(row, ResultRow) else ""
        if row.row in said:
            continue
        said.add(row.row)
        if isinstance(row, ResultFault):
            reason = blotted(row.sentence)[:REASON_LONGEST]
            yield Told(row.row, None, "", None, is_paid=None, reason=reason, effect=Effect.UNREADABLE)
            continue
        yield Told(
            row=row.row,
            position=position_in(
                row.reference,
                fund_id=answered.fund_id,
                list_number=answered.number,
                batch_number=batch.number,
            ),
            account_index=index if row.account else "",
            amount_minor=row.amount_minor,
            is_paid=row.is_paid,
            reason=blotted(row.reason)[:REASON_LONGEST],
        )
