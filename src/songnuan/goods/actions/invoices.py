"""The only writer of the pictures of invoices: one file proves one purchase."""

from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.funds.rules import check_reason
from songnuan.goods.models import Kit, Purchase, ReplacedInvoice
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.records.models import StoredFile


@transaction.atomic(savepoint=False)
def add_invoice(*, purchase_id: int, file_id: int, actor: Actor, at: datetime) -> None:
    """Keep the picture of a purchase's invoice with it; one file proves one purchase.

    Raises:
        Refusal: `not_permitted`, `invoice_file_used` with the purchase that has it, `wrong_state` when the
            purchase is cancelled, `invoice_file_there`.

    """
    purchase = Purchase.objects.select_related("fund__plan").get(pk=purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    Kit.objects.filter(pk=purchase.kit_id).update(version=F("version") + 1)
    same = Purchase.objects.filter(invoice_file_id=file_id, cancelled_at__isnull=True).exclude(pk=purchase.pk)
    if (used := same.first()) is not None:
        _refuse_used(used, purchase)
    empty = Purchase.objects.filter(pk=purchase.pk, cancelled_at__isnull=True, invoice_file__isnull=True)
    if _set_file(empty, file_id, actor, at, purchase) != 1:
        _refuse_state(purchase)
    record(
        stream=f"fund:{purchase.fund_id}",
        action="goods.add_invoice",
        subject=f"goods.purchase:{purchase.pk}",
        actor=actor,
        at=at,
        facts={"kit": purchase.kit_id, "digest": StoredFile.objects.get(pk=file_id).digest},
    )


@transaction.atomic(savepoint=False)
def replace_invoice(*, purchase_id: int, file_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Put the right picture of a purchase's invoice in the place of a wrong one, which is kept beside it.

    Raises:
        Refusal: `not_permitted`, `reason_missing`, `text_too_long`, `invoice_file_used`,
            `invoice_file_none` where there is none to replace, `invoice_file_same`, `wrong_state` when the
            purchase is cancelled.

    """
    purchase = Purchase.objects.select_related("fund__plan").get(pk=purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    why = check_reason(reason)
    Kit.objects.filter(pk=purchase.kit_id).update(version=F("version") + 1)
    purchase.refresh_from_db()
    figures = {"number": purchase.number}
    if purchase.cancelled_at is not None:
        _refuse_state(purchase)
    if purchase.invoice_file_id is None or purchase.invoice_added_at is None:
        sentence = _("Purchase No. %(number)s has no picture of its invoice yet. Add it first.")
        raise Refusal("invoice_file_none", sentence % figures, purchase=purchase.pk)
    if purchase.invoice_file_id == file_id:
        sentence = _("This file is the picture that is there already. Choose the right one.")
        raise Refusal("invoice_file_same", sentence, field="invoice", purchase=purchase.pk)
    earlier = ReplacedInvoice.objects.create(
        purchase=purchase,
        file_id=purchase.invoice_file_id,
        added_by_id=purchase.invoice_added_by_id,
        added_at=purchase.invoice_added_at,
        replaced_by_id=actor.user_id,
        replaced_at=at,
        reason=why,
    )
    same = Purchase.objects.filter(invoice_file_id=file_id, cancelled_at__isnull=True)
    if (used := same.first()) is not None:
        _refuse_used(used, purchase)
    there = Purchase.objects.filter(
        pk=purchase.pk, cancelled_at__isnull=True, invoice_file_id=earlier.file_id
    )
    if _set_file(there, file_id, actor, at, purchase) != 1:
        _refuse_state(purchase)
    record(
        stream=f"fund:{purchase.fund_id}",
        action="goods.replace_invoice",
        subject=f"goods.purchase:{purchase.pk}",
        actor=actor,
        at=at,
        facts={
            "kit": purchase.kit_id,
            "digest": StoredFile.objects.get(pk=file_id).digest,
            "reason": why,
        },
    )


def _set_file(rows: QuerySet[Purchase], file_id: int, actor: Actor, at: datetime, to: Purchase) -> int:
    """Note the file with the purchase; in another fund somebody may bring the same file at this moment."""
    try:
        with transaction.atomic():
            return rows.update(
                invoice_file_id=file_id, invoice_added_by_id=actor.user_id, invoice_added_at=at
            )
    except IntegrityError:
        _refuse_used(Purchase.objects.get(invoice_file_id=file_id, cancelled_at__isnull=True), to)


def _refuse_state(purchase: Purchase) -> NoReturn:
    purchase.refresh_from_db(fields=["cancelled_at"])
    figures = {"number": purchase.number}
    if purchase.cancelled_at is not None:
        sentence = _("Purchase No. %(number)s was cancelled: its invoice proves nothing any more.")
        raise Refusal("wrong_state", sentence % figures, purchase=purchase.pk)
    sentence = _("Purchase No. %(number)s has the picture of its invoice already.")
    raise Refusal("invoice_file_there", sentence % figures, purchase=purchase.pk)


def _refuse_used(used: Purchase, purchase: Purchase) -> NoReturn:
    """Refuse, naming the purchase that has the file where it is of the same fund: others may not be seen."""
    if used.fund_id == purchase.fund_id:
        sentence = _(
            "This file is the invoice of purchase No. %(number)s already. Choose the picture of this"
            " purchase's own invoice."
        ) % {"number": used.number}
    else:
        sentence = _(
            "This file is the invoice of a purchase of another fund already. Choose the picture of this"
            " purchase's own invoice."
        )
    raise Refusal("invoice_file_used", sentence, field="invoice", purchase=used.pk)
