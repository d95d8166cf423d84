"""Finance books what became of a batch: the bank's answer, cash signed for, or what is entered by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.funds import actions as funds
from songnuan.funds.holding import lock as lock_fund
from songnuan.funds.models import Entry
from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_batch, find_result
from songnuan.journeys.record_instruction import Scan
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import blotted
from songnuan.kernel.refusal import Refusal
from songnuan.payments.actions import results
from songnuan.payments.matching import Told
from songnuan.payments.models import PaymentInstruction, PaymentResult
from songnuan.payments.release_models import REASON_LONGEST, Source
from songnuan.payments.release_queries import receipts_of
from songnuan.records import actions as records
from songnuan.records.pictures import require_whole


@dataclass(frozen=True, slots=True)
class Vouchers:
    """Under which papers a result is booked: of what was paid, of what came back; and the day."""

    paid: str
    back: str
    happened_on: date


@journey
def book_result(*, result_id: int, vouchers: Vouchers, actor: Actor, at: datetime) -> None:
    """Book a result whole that was read: instructions move, and the fund's ledger with them.

    Raises:
        Refusal: `result_unknown`, `voucher_missing`, `voucher_used`, or from `payments.actions.results`.

    """
    found = find_result(result_id)
    lock_fund(found.batch.payment_list.fund_id)
    _book(found, vouchers, actor, at)


@journey
def drop_result(*, result_id: int, actor: Actor, at: datetime) -> None:
    """Set a result aside that is not booked.

    Raises:
        Refusal: `result_unknown`, or from `payments.actions.results.drop_result`.

    """
    found = find_result(result_id)
    unit_id = found.batch.payment_list.measure.plan.unit_id
    results.drop_result(result_id=result_id, unit_id=unit_id, actor=actor, at=at)


@journey
def book_by_hand(
    *, batch_id: int, told: Mapping[int, tuple[bool, str]], vouchers: Vouchers, actor: Actor, at: datetime
) -> None:
    """Book what somebody read in the bank's answer or knows of cash that nobody fetched.

    Args:
        batch_id: Which batch.
        told: By place in the batch: whether it was paid, and why not.
        vouchers: Under which papers.
        actor: Needs PAYMENT_RELEASE.
        at: When.

    Raises:
        Refusal: `batch_unknown`, `nothing_chosen`, `reason_missing` for a failure without a reason, or as
            `book_result`.

    """
    if not told:
        sentence = _("Nothing is chosen. Say of a line what became of it.")
        raise Refusal("nothing_chosen", sentence, field="lines")
    for is_paid, reason in told.values():
        if not is_paid and not reason.strip():
            sentence = _("Say why it was not paid: whoever pays it again goes by that.")
            raise Refusal("reason_missing", sentence, field="reason")
    rows = [
        Told(place, place, "", None, is_paid=is_paid, reason=blotted(reason.strip())[:REASON_LONGEST])
        for place, (is_paid, reason) in sorted(told.items())
    ]
    _read_and_book(batch_id, rows, vouchers, actor, at, source=Source.HAND)


@journey
def book_cash(*, batch_id: int, vouchers: Vouchers, actor: Actor, at: datetime) -> None:
    """Book all cash of a batch that was signed for since the last time.

    Raises:
        Refusal: `batch_unknown`, `nothing_signed`, or as `book_result`.

    """
    batch = find_batch(batch_id)
    lock_fund(batch.payment_list.fund_id)
    places = receipts_of(batch_id).order_by("instruction__position")
    rows = [
        Told(place, place, "", None, is_paid=True, reason="")
        for place in places.values_list("instruction__position", flat=True)
    ]
    if not rows:
        sentence = _("Nobody has signed since it was booked last. Have them sign first.")
        raise Refusal("nothing_signed", sentence, batch=batch.number)
    _read_and_book(batch_id, rows, vouchers, actor, at, source=Source.CASH)


@journey
def sign_for_cash(
    *,
    instruction_id: int,
    signed_by: str,
    relation: str,
    signed_on: date,
    signature: Scan,
    actor: Actor,
    at: datetime,
) -> None:
    """Record that the payee, or whom they sent, signed for cash; the picture is kept sealed.

    Raises:
        Refusal: `instruction_unknown`, `file_empty`, `file_size`, `file_kind`, or from
            `payments.actions.results.sign_for_cash`.

    """
    found = PaymentInstruction.objects.select_related("batch__payment_list__measure__plan")
    row = found.filter(pk=instruction_id).first()
    if row is None:
        sentence = _("There is no such payment. Open it from the page of its batch.")
        raise Refusal("instruction_unknown", sentence)
    require_whole(signature.content, signature.media_type)
    kept = records.store_file(
        content=signature.content, name=signature.name, media_type=signature.media_type, actor=actor, at=at
    )
    results.sign_for_cash(
        instruction_id=instruction_id,
        unit_id=row.batch.payment_list.measure.plan.unit_id,
        signed_by=signed_by,
        relation=relation,
        signed_on=signed_on,
        signature_id=kept.pk,
        actor=actor,
        at=at,
    )


def _read_and_book(
    batch_id: int, rows: list[Told], vouchers: Vouchers, actor: Actor, at: datetime, *, source: Source
) -> None:
    """Take in and book in one act what somebody of the house tells, whom no file has to be compared with."""
    batch = find_batch(batch_id)
    lock_fund(batch.payment_list.fund_id)
    read = results.read_result(
        batch_id=batch_id,
        unit_id=batch.payment_list.measure.plan.unit_id,
        source=source,
        rows=rows,
        file_id=None,
        digest="",
        actor=actor,
        at=at,
    )
    if read.odd_count:
        sentence = _("Meanwhile a line was booked, or nobody has signed for it. Reload the page.")
        raise Refusal("results_changed", sentence, batch=batch.number)
    _book(read, vouchers, actor, at)


def _book(found: PaymentResult, vouchers: Vouchers, actor: Actor, at: datetime) -> None:
    """Book what a result comes to: what was paid leaves the fund, what came back is available again."""
    looked = results.look_at_result(
        result_id=found.pk, unit_id=found.batch.payment_list.measure.plan.unit_id, actor=actor, at=at
    )
    paid = back = None
    if looked.paid_minor:
        paid = funds.disburse(
            entry_id=looked.batch.commitment_id,
            amount_minor=looked.paid_minor,
            voucher=vouchers.paid,
            happened_on=vouchers.happened_on,
            has_left=True,
            actor=actor,
            at=at,
        )
    if looked.back_minor:
        back = _refund(looked, vouchers, actor, at)
    results.book_result(
        result_id=found.pk,
        happened_on=vouchers.happened_on,
        disbursement_id=paid.pk if paid else None,
        refund_id=back.pk if back else None,
        actor=actor,
        at=at,
    )


def _refund(looked: PaymentResult, vouchers: Vouchers, actor: Actor, at: datetime) -> Entry:
    """Book what came back; what is wrong with its voucher is said beside that field."""
    try:
        return funds.refund(
            entry_id=looked.batch.commitment_id,
            amount_minor=looked.back_minor,
            voucher=vouchers.back,
            reason=_("came back from the bank"),
            happened_on=vouchers.happened_on,
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.field == "voucher":
            refusal.field = "voucher_back"
        raise
