"""Tells a batch to the bank: its instructions as the lines of a file, opened one after the other."""

from collections.abc import Collection, Iterator

from songnuan.kernel.sealing import open_text
from songnuan.payments.layouts.fitting import checker
from songnuan.payments.layouts.model import Content, Layout
from songnuan.payments.layouts.payline import PayLine
from songnuan.payments.models import Channel, PaymentBatch, PaymentInstruction
from songnuan.payments.rules import reference_of
from songnuan.people.columns import PLACES

_AT_ONCE = 5_000


def layout_of_batch(batch: PaymentBatch) -> Layout:
    """Return the layout of a bank's batch as it was when it was released."""
    return Layout.model_validate_json(batch.layout)


def pay_lines(batch: PaymentBatch) -> Iterator[PayLine]:
    """Yield the lines of a batch's file in order; identity numbers only where the layout asks for them."""
    layout, paid = layout_of_batch(batch), batch.payment_list
    tells_number = any(column.content in {Content.ID_NUMBER, Content.ID_TYPE} for column in layout.columns)
    rows = PaymentInstruction.objects.filter(batch=batch).order_by("position")
    columns = rows.values_list("position", "account", "name", "bank", "line__id_number", "amount_minor")
    for position, account, name, bank, number, amount in columns.iterator(chunk_size=_AT_ONCE):
        yield PayLine(
            position=position,
            reference=reference_of(
                fund_id=paid.fund_id,
                list_number=paid.number,
                batch_number=batch.number,
                position=position,
            ),
            account=open_text(PLACES["account"], account) if account else "",
            name=name,
            bank=bank,
            id_number=open_text(PLACES["id_number"], number) if tells_number and number else "",
            amount_minor=amount,
            purpose=batch.purpose,
        )


def unfit_lines(batches: Collection[PaymentBatch], *, most: int) -> list[tuple[str, str]]:
    """Return of the payments that their bank's file can not hold the name and why, `most` of them."""
    found: list[tuple[str, str]] = []
    for batch in batches:
        if batch.channel != Channel.BANK:
            continue
        check = checker(layout_of_batch(batch))
        for line in pay_lines(batch):
            if (why := check(line)) is not None:
                found.append((line.name, why))
                if len(found) == most:
                    return found
    return found
