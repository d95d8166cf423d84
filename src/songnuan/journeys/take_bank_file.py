"""Finance takes the file for the bank: made of what was released, as often as asked for, always the same."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from tempfile import TemporaryFile
from typing import IO

from songnuan.journeys.base import long_journey, step
from songnuan.journeys.payment_lists import find_batch
from songnuan.kernel.actor import Actor
from songnuan.payments.actions import releases
from songnuan.payments.bank_lines import layout_of_batch, pay_lines
from songnuan.payments.layouts.payline import Sums
from songnuan.payments.layouts.writing import write_file
from songnuan.payments.rules import list_number


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file for the bank; `content` is to be closed by who reads it."""

    name: str
    content: IO[bytes]
    digest: str


@long_journey
def take_bank_file(*, batch_id: int, actor: Actor, at: datetime) -> BankFile:
    """Make the bank's file of a batch, and note who took it: whole names and accounts stand in it.

    Raises:
        Refusal: `batch_unknown`, `not_permitted`, `held` while the list or its fund is on hold,
            `batch_in_cash`, `batch_answered` once nothing of it waits for the bank.

    """
    batch = find_batch(batch_id)
    unit_id = batch.payment_list.measure.plan.unit_id
    releases.require_takeable(batch=batch, unit_id=unit_id, actor=actor, at=at)
    layout, content = layout_of_batch(batch), TemporaryFile()  # noqa: SIM115 - the reader closes it
    write_file(layout, pay_lines(batch), content, Sums(batch.lines_count, batch.total_minor))
    content.seek(0)
    digest = file_digest(content, "sha256").hexdigest()
    with step():
        releases.note_taken(batch=batch, unit_id=unit_id, digest=digest, actor=actor, at=at)
    content.seek(0)
    name = f"{list_number(batch.payment_list.number)}-{batch.number}.{layout.extension}"
    return BankFile(name, content, digest)
