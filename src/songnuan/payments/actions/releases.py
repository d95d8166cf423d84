"""The only writers of what leaves the house: batches, instructions, and what is not paid after all.

The caller locks the fund first, then these lock the list: in that order everywhere.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.approvals.hold_queries import require_free
from songnuan.funds.holding import require_fund_free
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sealing import seal_text
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse, require
from songnuan.payments.actions.acting import act, note, person_of, require_not_paid, require_seen
from songnuan.payments.lifecycle import LIST
from songnuan.payments.models import (
    Channel,
    InstructionStatus,
    LineCorrection,
    LineEnd,
    ListAct,
    ListStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    Recall,
    Verb,
)
from songnuan.payments.notices import require_noticed
from songnuan.payments.release_queries import told_digest, told_now, unpaid_lines
from songnuan.payments.releasing import Lines, instruct, next_batch, sums_of
from songnuan.payments.rules import places, subject_of, why_of
from songnuan.people.columns import PLACES
from songnuan.people.models import PersonStatus

CONFIRMING = (Permission.PLAN_REVIEW, Permission.PLAN_APPROVE)
"""Either of these over the unit confirms a corrected account."""


@transaction.atomic(savepoint=False)
def release_list(
    *, list_id: int, unit_id: int, digest: str, layout: str, purpose: str, actor: Actor, at: datetime
) -> list[PaymentBatch]:
    """Release a signed list whose notice is over: an instruction for each line, by the bank or in cash.

    Who has an account is paid by the bank, in a file of the layout; the others in cash.

    Args:
        list_id: Which list.
        unit_id: The unit of its plan.
        digest: The list's digest, as the page showed it.
        layout: The bank's layout as JSON; empty where nobody is paid by the bank.
        purpose: What the bank's file says that it is for.
        actor: Needs PAYMENT_RELEASE over the unit; did nothing else about the list, and is not paid by it.
        at: When.

    Raises:
        Refusal: `not_permitted`, `held`, `subject_changed`, `notice_missing`, `notice_running`,
            `objection_open`, `objection_upheld`, `already_acted`, `payee_acts`, `layout_missing`,
            `already_released`, `wrong_state`.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    row = PaymentList.objects.select_for_update(no_key=True).get(pk=list_id)
    if row.status == ListStatus.RELEASED:
        sentence = _("This list was released already. What became of it stands on its page.")
        raise Refusal("already_released", sentence, list=list_id)
    require_fund_free(row.fund_id)
    require_free([subject_of(list_id)])
    require_seen(row, digest)
    LIST.require(PaymentList.objects.filter(pk=list_id), "release")
    require_noticed(list_id, at)
    act(row, Verb.RELEASE, actor, at)
    LIST.move_one(PaymentList.objects.filter(pk=list_id), "release")
    row.refresh_from_db()
    assert row.commitment_id is not None  # noqa: S101 - the database keeps it so
    made = _batches(
        row, Lines(list_id), actor, at, commitment_id=row.commitment_id, layout=layout, purpose=purpose
    )
    note(row, "release_list", actor, at, **_told(made))
    return made


@transaction.atomic(savepoint=False)
def require_payable_again(
    *, list_id: int, unit_id: int, line_ids: Collection[int], actor: Actor, at: datetime
) -> PaymentList:
    """Let pass lines of a released list that failed or came back, and are paid as the register tells them.

    Raises:
        Refusal: `not_permitted`, `held`, `list_not_released`, `nothing_chosen`, `line_not_open` for a line
            that is paid, sent or ended meanwhile, `account_unconfirmed` for one of which the register tells
            another name, account or bank that nobody has confirmed yet, `own_correction` where whoever pays
            did.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    row = _released(list_id)
    require_fund_free(row.fund_id)
    require_free([subject_of(list_id)])
    _require_other(row, actor, at)
    _require_open(row, line_ids)
    lines = PaymentLine.objects.filter(pk__in=among(line_ids))
    differ = list(
        told_now(lines).filter(differs=True).order_by("position").values_list("position", flat=True)
    )
    if differ:
        sentence = ngettext(
            "Line %(lines)s: the register tells another name, account or bank by now. Somebody else has to"
            " confirm it before it is paid there.",
            "Lines %(lines)s: the register tells another name, account or bank by now. Somebody else has to"
            " confirm them before they are paid there.",
            len(differ),
        )
        words = {"lines": places(differ)}
        raise Refusal("account_unconfirmed", sentence % words, list=list_id, count=len(differ))
    last = told_now(lines).values("correction_id")
    if LineCorrection.objects.filter(pk__in=last, confirmed_by=person_of(actor)).exists():
        sentence = _("You confirmed where this is paid: somebody else pays it.")
        raise NotPermitted("own_correction", sentence, list=list_id)
    return row


@transaction.atomic(savepoint=False)
def pay_again(
    *,
    list_id: int,
    line_ids: Collection[int],
    commitment_id: int,
    layout: str,
    purpose: str,
    actor: Actor,
    at: datetime,
) -> list[PaymentBatch]:
    """Release lines once more that `require_payable_again` let pass, out of money that was set aside anew.

    Raises:
        Refusal: `layout_missing`.

    """
    row = PaymentList.objects.get(pk=list_id)
    made = _batches(
        row,
        Lines(list_id, line_ids),
        actor,
        at,
        commitment_id=commitment_id,
        layout=layout,
        purpose=purpose,
    )
    note(row, "pay_again", actor, at, **_told(made))
    return made


@transaction.atomic(savepoint=False)
def confirm_account(*, line_id: int, unit_id: int, seen: str, actor: Actor, at: datetime) -> LineCorrection:
    """Confirm, as a second person, the name, account and bank that the register tells by now.

    Args:
        line_id: A line that failed or came back.
        unit_id: The unit of the plan.
        seen: What the page showed, as `told_digest` of the payee.
        actor: Needs one of `CONFIRMING` over the unit; did not release the list, and is not paid by it.
        at: When.

    Raises:
        Refusal: `not_permitted`, `payee_acts`, `own_release`, `line_not_open`, `subject_changed` when the
            register tells something else than the page, `person_gone` for a payee who is in it no more,
            `nothing_changed` when it tells what counts already.

    """
    if not any(permits(actor, one, unit_id=unit_id, at=at) for one in CONFIRMING):
        refuse(CONFIRMING[0], unit_id=unit_id)
    line = PaymentLine.objects.select_related("payee").get(pk=line_id)
    row = _released(line.payment_list_id)
    require_not_paid(row, [person_of(actor)], at)
    if PaymentBatch.objects.filter(payment_list=row, released_by=person_of(actor)).exists():
        sentence = _("You released this list: somebody else confirms where it is paid.")
        raise NotPermitted("own_release", sentence, list=row.pk)
    _require_open(row, [line_id])
    if line.payee.status != PersonStatus.ACTIVE:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    if told_digest(line.payee) != seen:
        sentence = _("The register tells something else than the page showed. Reload it and look again.")
        raise Refusal("subject_changed", sentence, list=row.pk)
    if not told_now(PaymentLine.objects.filter(pk=line_id)).filter(differs=True).exists():
        sentence = _("The register tells what this line is paid by already; there is nothing to confirm.")
        raise Refusal("nothing_changed", sentence, list=row.pk)
    made = LineCorrection.objects.create(
        line=line,
        name=line.payee.name,
        account=_sealed_account(line),
        account_index=line.payee.account_index,
        bank=line.payee.bank,
        confirmed_by_id=person_of(actor),
        at=at,
    )
    note(row, "confirm_account", actor, at, number=line.position)
    return made


@transaction.atomic(savepoint=False)
def end_lines(
    *, list_id: int, unit_id: int, line_ids: Collection[int], why: str, actor: Actor, at: datetime
) -> PaymentList:
    """Pay lines not after all that failed or came back; the caller sets their money free.

    Raises:
        Refusal: `not_permitted`, `list_not_released`, `nothing_chosen`, `line_not_open`, `reason_missing`,
            `text_too_long`, `number_of_person`.

    """
    require(actor, Permission.PURCHASE_RECORD, unit_id=unit_id, at=at)
    row = _released(list_id)
    reason = why_of(why)
    _require_open(row, line_ids)
    LineEnd.objects.bulk_create(
        LineEnd(line_id=pk, why=reason, ended_by_id=person_of(actor), ended_at=at) for pk in sorted(line_ids)
    )
    note(row, "end_lines", actor, at, count=len(line_ids), reason=reason)
    return row


def require_bank(*, batch: PaymentBatch, unit_id: int, actor: Actor, at: datetime) -> None:
    """Let pass who exchanges files with the bank about a batch that it pays.

    Raises:
        Refusal: `not_permitted`, `batch_in_cash`.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    if batch.channel != Channel.BANK:
        sentence = _("This batch is paid in cash: there is no file of the bank about it.")
        raise Refusal("batch_in_cash", sentence, batch=batch.number)


def require_takeable(*, batch: PaymentBatch, unit_id: int, actor: Actor, at: datetime) -> None:
    """Let pass who may take the bank's file of a batch now.

    Raises:
        Refusal: `not_permitted`, `batch_in_cash`, `held` while the list or its fund is on hold,
            `batch_answered` once nothing of it waits for the bank: sent again, it would be paid twice.

    """
    require_bank(batch=batch, unit_id=unit_id, actor=actor, at=at)
    row = batch.payment_list
    require_free([subject_of(row.pk), fund_subject(row.fund_id)])
    if not PaymentInstruction.objects.filter(batch=batch, status=InstructionStatus.SENT).exists():
        sentence = _(
            "Every payment of this batch is answered. Its file is not handed out any more: sent to the bank"
            " again, it would be paid twice."
        )
        raise Refusal("batch_answered", sentence, batch=batch.number)


@transaction.atomic(savepoint=False)
def note_taken(*, batch: PaymentBatch, unit_id: int, digest: str, actor: Actor, at: datetime) -> None:
    """Note who took the bank's file of a batch, and its SHA-256 (hex); a hold placed meanwhile stops it.

    Raises:
        Refusal: As `require_takeable`.

    """
    PaymentList.objects.select_for_update(no_key=True).get(pk=batch.payment_list_id)
    require_takeable(batch=batch, unit_id=unit_id, actor=actor, at=at)
    note(
        batch.payment_list,
        "take_bank_file",
        actor,
        at,
        batch=batch.number,
        lines=batch.lines_count,
        digest=digest,
    )


@transaction.atomic(savepoint=False)
def recall_batch(*, batch_id: int, unit_id: int, why: str, actor: Actor, at: datetime) -> Recall:
    """Note that the bank was asked to give a batch back; what comes back is booked by its results.

    Raises:
        Refusal: `not_permitted`, `reason_missing`, `text_too_long`, `number_of_person`, `batch_in_cash`.

    """
    require(actor, Permission.PURCHASE_RECORD, unit_id=unit_id, at=at)
    batch = PaymentBatch.objects.select_related("payment_list").get(pk=batch_id)
    if batch.channel != Channel.BANK:
        sentence = _("This batch is paid in cash: put the list on hold, and nothing more is handed over.")
        raise Refusal("batch_in_cash", sentence, batch=batch.number)
    made = Recall.objects.create(batch=batch, why=why_of(why), asked_by_id=person_of(actor), asked_at=at)
    note(batch.payment_list, "recall_batch", actor, at, batch=batch.number, reason=made.why)
    return made


def _batches(
    row: PaymentList,
    lines: Lines,
    actor: Actor,
    at: datetime,
    *,
    commitment_id: int,
    layout: str,
    purpose: str,
) -> list[PaymentBatch]:
    """Make a batch for the bank, one for cash, or both."""
    made = []
    for channel, (count, total) in sums_of(lines).items():
        if not count:
            continue
        is_bank = channel == Channel.BANK
        if is_bank and not layout:
            sentence = _("Choose the layout of the bank's file: %(count)s lines are paid by the bank.")
            raise Refusal("layout_missing", sentence % {"count": count}, field="layout", count=count)
        batch = PaymentBatch.objects.create(
            payment_list=row,
            number=next_batch(row),
            channel=channel,
            commitment_id=commitment_id,
            layout=layout if is_bank else "",
            purpose=purpose,
            lines_count=count,
            total_minor=total,
            released_by_id=person_of(actor),
            released_at=at,
        )
        instruct(batch, lines)
        made.append(batch)
    return made


def _told(made: Collection[PaymentBatch]) -> dict[str, object]:
    return {
        "batches": len(made),
        "lines": sum(batch.lines_count for batch in made),
        "total_minor": sum(batch.total_minor for batch in made),
    }


def _released(list_id: int) -> PaymentList:
    row = PaymentList.objects.select_for_update(no_key=True).get(pk=list_id)
    if row.status != ListStatus.RELEASED:
        sentence = _("This list is not released yet. Release it first.")
        raise Refusal("list_not_released", sentence, list=list_id)
    return row


def _require_other(row: PaymentList, actor: Actor, at: datetime) -> None:
    """Let pass who did nothing about a list but release it."""
    require_not_paid(row, [person_of(actor)], at)
    acts = ListAct.objects.filter(payment_list=row, person=actor.user_id).exclude(verb=Verb.RELEASE)
    if acts.exists():
        sentence = _(
            "Who made, checked, approved or inspected this list does not pay it. Somebody else has to."
        )
        raise NotPermitted("already_acted", sentence, list=row.pk)


def _require_open(row: PaymentList, line_ids: Collection[int]) -> None:
    if not line_ids:
        sentence = _("Nothing is chosen. Choose the lines that it is about.")
        raise Refusal("nothing_chosen", sentence, field="lines")
    found = set(unpaid_lines(row.pk).filter(pk__in=among(line_ids)).values_list("pk", flat=True))
    missing = [pk for pk in line_ids if pk not in found]
    if missing:
        raise _not_open(row, missing)


def _not_open(row: PaymentList, line_ids: Collection[int]) -> Refusal:
    rows = PaymentLine.objects.filter(pk__in=among(line_ids), payment_list=row).order_by("position")
    positions = list(rows.values_list("position", flat=True))
    sentence = _(
        "Meanwhile a line was sent again, was paid, or is not paid after all: %(lines)s. Reload the page."
    )
    return Refusal("line_not_open", sentence % {"lines": places(positions) or "—"}, list=row.pk)


def _sealed_account(line: PaymentLine) -> str | None:
    """Return the payee's account sealed for its place in the register, as lines keep it."""
    told = line.payee.account
    return None if told is None else seal_text(PLACES["account"], told)
