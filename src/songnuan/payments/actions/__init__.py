"""The only writers of payment lists and of the acts on them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import require_free
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.payments.actions.acting import act, find_accounts, note, require_seen
from songnuan.payments.freezing import frozen_lines, keep, whole_digest
from songnuan.payments.lifecycle import LIST
from songnuan.payments.models import PaymentList, Verb
from songnuan.payments.queries import list_before
from songnuan.payments.rules import subject_of, why_of
from songnuan.people.queries.still import stand_still


@transaction.atomic(savepoint=False)
def make_list(
    *, measure_id: int, unit_id: int, reckoning_id: int, fund_id: int, number: int, actor: Actor, at: datetime
) -> PaymentList:
    """Freeze what a reckoning pays as a list, as its maker's own act.

    Args:
        measure_id: The measure it is for.
        unit_id: The unit of its plan.
        reckoning_id: What was reckoned; a list is made of it once.
        fund_id: What pays it.
        number: Its number in the fund.
        actor: Needs BENEFIT_WRITE over the unit; the list does not pay them.
        at: When.

    Raises:
        Refusal: `not_permitted`, `list_empty` when it pays nobody, `list_waits` while another list of the
            measure waits for approval, `payee_acts`.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    stand_still()
    lines = list(frozen_lines(reckoning_id))
    if not lines:
        sentence = _("There is nobody to pay on this list: every line waits, or comes to nothing.")
        raise Refusal("list_empty", sentence, measure=measure_id)
    minors = [line.columns[6] for line in lines]
    made = PaymentList(
        measure_id=measure_id,
        reckoning_id=reckoning_id,
        fund_id=fund_id,
        number=number,
        first=list_before(measure_id),
        lines_count=len(lines),
        people_count=len({line.columns[0] for line in lines}),
        total_minor=sum(minors),
        digest=whole_digest(line.digest for line in lines),
        made_at=at,
    )
    try:
        with transaction.atomic():  # the database alone knows whether another list waits
            made.save(force_insert=True)
    except IntegrityError:
        sentence = _("Another list of this clause waits for approval. Wait until it is decided.")
        raise Refusal("list_waits", sentence, measure=measure_id) from None
    keep(made, iter(lines))
    find_accounts(made, at)
    act(made, Verb.MAKE, actor, at)
    facts = {"lines": made.lines_count, "people": made.people_count, "total_minor": made.total_minor}
    note(made, "make_list", actor, at, digest=made.digest, measure=measure_id, **facts)
    return made


@transaction.atomic(savepoint=False)
def decide_list(
    *,
    list_id: int,
    verb: Verb,
    commitment_id: int | None,
    holder_id: int | None,
    remark: str,
    actor: Actor,
    at: datetime,
) -> PaymentList:
    """Note what somebody decided at a step of the list's approval, whose rights the approval has asked for.

    Args:
        list_id: Which list.
        verb: CHECK, APPROVE with the last step, or RETURN.
        commitment_id: The fund's entry that sets the money aside; with APPROVE alone.
        holder_id: In whose office, where it is another's.
        remark: What was said.
        actor: Who decided; neither they nor the holder are paid by the list, or acted before.
        at: When.

    Raises:
        Refusal: `already_acted`, `payee_acts`, `wrong_state`; `held` while the list is on hold, unless it
            is returned.

    """
    row = PaymentList.objects.select_for_update(no_key=True).get(pk=list_id)
    if verb != Verb.RETURN:
        require_free([subject_of(list_id)])
    act(row, verb, actor, at, remark=remark, holder_id=holder_id)
    same = PaymentList.objects.filter(pk=list_id)
    if verb == Verb.APPROVE:
        LIST.move_one(same, "approve", commitment_id=commitment_id)
    elif verb == Verb.RETURN:
        LIST.move_one(same, "return")
    note(row, f"{verb.value}_list", actor, at)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def withdraw_list(*, list_id: int, actor: Actor, at: datetime) -> None:
    """Note that a list was taken back, as its approval was.

    Raises:
        Refusal: `wrong_state`.

    """
    row = PaymentList.objects.get(pk=list_id)
    LIST.move_one(PaymentList.objects.filter(pk=list_id), "withdraw")
    note(row, "withdraw_list", actor, at)


@transaction.atomic(savepoint=False)
def sign_list(
    *, list_id: int, unit_id: int, digest: str, remark: str, actor: Actor, at: datetime
) -> PaymentList:
    """Sign an approved list as inspector: without that nothing of it is paid.

    Raises:
        Refusal: `not_permitted`, `subject_changed` for another digest than that of the page,
            `already_acted`, `payee_acts`, `held`, `wrong_state`.

    """
    require(actor, Permission.LIST_INSPECT, unit_id=unit_id, at=at)
    row = PaymentList.objects.select_for_update(no_key=True).get(pk=list_id)
    require_free([subject_of(list_id)])
    require_seen(row, digest)
    act(row, Verb.INSPECT, actor, at, remark=remark)
    LIST.move_one(PaymentList.objects.filter(pk=list_id), "sign")
    note(row, "sign_list", actor, at, digest=digest)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def cancel_list(*, list_id: int, unit_id: int, why: str, actor: Actor, at: datetime) -> PaymentList:
    """Let nothing be paid on an approved list; its money is free again. It takes nobody's turn.

    Raises:
        Refusal: `not_permitted`, `reason_missing`, `text_too_long`, `wrong_state`.

    """
    require(actor, Permission.PURCHASE_RECORD, unit_id=unit_id, at=at)
    why = why_of(why)
    row = PaymentList.objects.get(pk=list_id)
    changes = {"cancelled_at": at, "cancelled_by_id": actor.user_id, "cancelled_why": why}
    LIST.move_one(PaymentList.objects.filter(pk=list_id), "cancel", **changes)
    note(row, "cancel_list", actor, at, reason=why)
    row.refresh_from_db()
    return row
