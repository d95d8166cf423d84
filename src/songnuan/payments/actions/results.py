"""The only writers of what became of instructions: results read, booked or set aside; cash signed for."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import require_free
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.payments.actions.acting import find_accounts, note, person_of
from songnuan.payments.lifecycle import RESULT
from songnuan.payments.matching import Figures, Told, apply, keep, match
from songnuan.payments.models import (
    CashReceipt,
    Channel,
    InstructionStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentList,
    PaymentResult,
    PersonAccount,
    ResultRow,
)
from songnuan.payments.release_models import ResultStatus, Source
from songnuan.payments.rules import list_number, subject_of
from songnuan.people.columns import LIMITS

_NAME_LEAST = 2
_FIGURES = (
    "paid_count",
    "paid_minor",
    "failed_count",
    "failed_minor",
    "back_count",
    "back_minor",
    "odd_count",
)


@transaction.atomic(savepoint=False)
def read_result(
    *,
    batch_id: int,
    unit_id: int,
    source: Source,
    rows: Iterable[Told],
    file_id: int | None,
    digest: str,
    actor: Actor,
    at: datetime,
) -> PaymentResult:
    """Take in what became of instructions, and say what it would book; nothing is booked yet.

    Args:
        batch_id: The batch that it is about.
        unit_id: The unit of the plan.
        source: Where it is known from.
        rows: What is told.
        file_id: The bank's file, kept sealed.
        digest: SHA-256 (hex) of that file, empty where there is none.
        actor: Needs PAYMENT_RELEASE over the unit.
        at: When.

    Raises:
        Refusal: `not_permitted`, `result_waits` while another result of the batch waits to be booked,
            `result_file_known` for a file that was booked already, `result_empty`.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    batch = _batch(batch_id)
    known = PaymentResult.objects.filter(batch=batch, digest=digest).exclude(status=ResultStatus.DROPPED)
    earlier = known.first() if digest else None
    if earlier is not None and earlier.status == ResultStatus.BOOKED:
        sentence = _("This very file was booked on %(day)s already. Nothing was changed.")
        day = written(day_of(earlier.decided_at or at), "full")
        raise Refusal("result_file_known", sentence % {"day": day}, field="file", number=earlier.number)
    last = PaymentResult.objects.filter(batch=batch).aggregate(last=Max("number"))["last"]
    made = PaymentResult(
        batch=batch,
        number=(last or 0) + 1,
        source=source,
        file_id=file_id,
        digest=digest,
        rows_count=0,
        made_by_id=person_of(actor),
        made_at=at,
    )
    try:
        with transaction.atomic():  # the database alone knows whether another one waits
            made.save(force_insert=True)
    except IntegrityError:
        sentence = _("Another result of this batch waits to be booked. Book it, or set it aside first.")
        raise Refusal("result_waits", sentence, field="file", batch=batch.number) from None
    made.rows_count = keep(made, rows)
    if not made.rows_count:
        sentence = _("There is no row in it that tells of a payment. Choose the bank's answer to this batch.")
        raise Refusal("result_empty", sentence, field="file")
    _set_figures(made, match(made))
    _require_not_elsewhere(made)
    note(batch.payment_list, "read_result", actor, at, **_told(made))
    return made


@transaction.atomic(savepoint=False)
def look_at_result(*, result_id: int, unit_id: int, actor: Actor, at: datetime) -> PaymentResult:
    """Lay a result beside the instructions once more before it is booked; the list is locked from now on.

    Raises:
        Refusal: `not_permitted`, `wrong_state`, `results_changed` when it would book something else by now
            than the page showed, `result_nothing` when it would book nothing.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    found = PaymentResult.objects.select_related("batch__payment_list").get(pk=result_id)
    _batch(found.batch_id)
    RESULT.require(PaymentResult.objects.filter(pk=result_id), "book")
    figures = match(found)
    if _figures(found) != figures:
        sentence = _(
            "Meanwhile something else was booked: this result would come to other sums now. Set it aside and"
            " read it again."
        )
        raise Refusal("results_changed", sentence, number=found.number)
    _require_not_elsewhere(found)
    if not figures.books:
        sentence = _("Nothing of this result changes anything. Look at its rows, and set it aside.")
        raise Refusal("result_nothing", sentence, number=found.number)
    return found


@transaction.atomic(savepoint=False)
def book_result(
    *,
    result_id: int,
    happened_on: date,
    disbursement_id: int | None,
    refund_id: int | None,
    actor: Actor,
    at: datetime,
) -> PaymentResult:
    """Move the instructions of a result that `look_at_result` let pass, with the entries that book it.

    Raises:
        Refusal: `wrong_state`, `before_release` for a day before the batch was released.

    """
    found = PaymentResult.objects.select_related("batch__payment_list").get(pk=result_id)
    released_on = day_of(found.batch.released_at)
    if happened_on < released_on:
        sentence = _("The batch was released on %(day)s: nothing was paid before. Check the day.")
        day = written(released_on, "full")
        raise Refusal("before_release", sentence % {"day": day}, field="happened_on")
    moved = apply(found)
    if moved != _figures(found).books:
        raise AssertionError(f"{moved} instructions moved, {_figures(found).books} were told")
    RESULT.move_one(
        PaymentResult.objects.filter(pk=result_id),
        "book",
        happened_on=happened_on,
        disbursement_id=disbursement_id,
        refund_id=refund_id,
        decided_by_id=actor.user_id,
        decided_at=at,
    )
    note(found.batch.payment_list, "book_result", actor, at, **_told(found))
    found.refresh_from_db()
    return found


@transaction.atomic(savepoint=False)
def drop_result(*, result_id: int, unit_id: int, actor: Actor, at: datetime) -> None:
    """Set a result aside that is not booked: its rows stay, and nothing counts by them.

    Raises:
        Refusal: `not_permitted`, `wrong_state`.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    found = PaymentResult.objects.select_related("batch__payment_list").get(pk=result_id)
    RESULT.move_one(
        PaymentResult.objects.filter(pk=result_id), "drop", decided_by_id=actor.user_id, decided_at=at
    )
    note(found.batch.payment_list, "drop_result", actor, at, batch=found.batch.number, number=found.number)


@transaction.atomic(savepoint=False)
def sign_for_cash(
    *,
    instruction_id: int,
    unit_id: int,
    signed_by: str,
    relation: str,
    signed_on: date,
    signature_id: int,
    actor: Actor,
    at: datetime,
) -> CashReceipt:
    """Record that cash was signed for, by the payee or whom they sent; it is booked with its voucher later.

    Args:
        instruction_id: What is paid.
        unit_id: The unit of the plan.
        signed_by: The name that signed.
        relation: What they are to the payee; empty for the payee, whose name it is then.
        signed_on: The day of the signature.
        signature_id: The picture of it, or the scan of the sheet.
        actor: Needs PAYMENT_RELEASE over the unit, and is not the payee.
        at: When.

    Raises:
        Refusal: `not_permitted`, `held`, `not_in_cash`, `signed_already`, `name_missing`, `text_too_long`,
            `not_the_payee` when somebody else signs without saying who they are to the payee, `payee_acts`,
            `happened_in_future`, `before_release`.

    """
    require(actor, Permission.PAYMENT_RELEASE, unit_id=unit_id, at=at)
    asked = PaymentInstruction.objects.filter(pk=instruction_id)
    row = _batch(asked.values_list("batch_id", flat=True).get()).payment_list
    found = asked.select_related("batch", "line").get()  # as it stands once nobody else books anything
    require_free([subject_of(row.pk), fund_subject(row.fund_id)])
    if found.batch.channel != Channel.CASH:
        raise Refusal("not_in_cash", _("This line is paid by the bank; nobody signs for cash."))
    find_accounts(row, at, [person_of(actor)])
    if PersonAccount.objects.filter(user=actor.user_id, person=found.line.payee_id).exists():
        sentence = _("This cash is yours: somebody else hands it over and records it.")
        raise NotPermitted("payee_acts", sentence, list=row.pk)
    name, relation = _signed_by(found, signed_by, relation)
    _check_signed_on(signed_on, found.batch, at)
    if found.status != InstructionStatus.SENT:
        raise _signed_already()
    made = CashReceipt(
        instruction=found,
        signed_by=name,
        relation=relation,
        signed_on=signed_on,
        signature_id=signature_id,
        recorded_by_id=person_of(actor),
        recorded_at=at,
    )
    try:
        with transaction.atomic():  # a second click, or two people at once
            made.save(force_insert=True)
    except IntegrityError:
        raise _signed_already() from None
    note(row, "sign_for_cash", actor, at, batch=found.batch.number, number=found.position)
    return made


def _require_not_elsewhere(found: PaymentResult) -> None:
    """Let pass a file that was booked for no other batch, or that tells each payment by its reference.

    The same people are often paid the same sums once more: by account and sum it would be of both.
    """
    same = PaymentResult.objects.filter(digest=found.digest, status=ResultStatus.BOOKED)
    other = same.exclude(batch=found.batch).select_related("batch__payment_list").first()
    if not found.digest or other is None:
        return
    if ResultRow.objects.filter(result=found, position__isnull=True, instruction__isnull=False).exists():
        sentence = _(
            "This very file was booked for batch %(batch)s of list %(list)s already, and names payments by"
            " their accounts alone. Choose the bank's answer to this batch."
        )
        words = {"batch": other.batch.number, "list": list_number(other.batch.payment_list.number)}
        raise Refusal("result_file_known", sentence % words, field="file", number=other.number)


def _signed_by(found: PaymentInstruction, signed_by: str, relation: str) -> tuple[str, str]:
    name, relation = tidy_name(signed_by), " ".join(relation.split())
    if len(name) < _NAME_LEAST:
        raise Refusal("name_missing", _("Say who signed."), field="signed_by")
    for text, field in ((name, "name"), (relation, "relation")):
        limit = LIMITS[field]
        if len(text) > limit:
            sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
            facts = {"length": len(text), "limit": limit}
            shown = "signed_by" if field == "name" else field
            raise Refusal("text_too_long", sentence % facts, field=shown, **facts)
    if not relation and name != tidy_name(found.name):
        sentence = _("This is not the payee's name. Say what whoever signed is to the payee.")
        raise Refusal("not_the_payee", sentence, field="relation")
    return name, relation


def _check_signed_on(signed_on: date, batch: PaymentBatch, at: datetime) -> None:
    if signed_on > day_of(at):
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.")
        raise Refusal("happened_in_future", sentence % {"day": written(signed_on, "full")}, field="signed_on")
    released_on = day_of(batch.released_at)
    if signed_on < released_on:
        sentence = _("The batch was released on %(day)s: nothing was paid before. Check the day.")
        raise Refusal("before_release", sentence % {"day": written(released_on, "full")}, field="signed_on")


def _signed_already() -> Refusal:
    return Refusal("signed_already", _("This was signed for already, or is not to be paid any more."))


def _batch(batch_id: int) -> PaymentBatch:
    """Return a batch with its list, which is locked from now on."""
    found = PaymentBatch.objects.get(pk=batch_id)
    found.payment_list = PaymentList.objects.select_for_update(no_key=True).get(pk=found.payment_list_id)
    return found


def _figures(found: PaymentResult) -> Figures:
    return Figures(**{name: getattr(found, name) for name in _FIGURES})


def _set_figures(made: PaymentResult, figures: Figures) -> None:
    for name in _FIGURES:
        setattr(made, name, getattr(figures, name))
    made.save(update_fields=["rows_count", *_FIGURES])


def _told(found: PaymentResult) -> dict[str, object]:
    return {
        "batch": found.batch.number,
        "number": found.number,
        "digest": found.digest,
        "rows": found.rows_count,
        "paid_minor": found.paid_minor,
        "failed": found.failed_count,
        "back_minor": found.back_minor,
        "odd": found.odd_count,
    }
