"""The only writer of the pictures of invoices: one file proves one purchase."""

from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.goods.models import Kit, Purchase
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
    try:
        with transaction.atomic():  # in another fund somebody may bring the same file at this moment
            added = empty.update(
                invoice_file_id=file_id, invoice_added_by_id=actor.user_id, invoice_added_at=at
            )
    except IntegrityError:
        _refuse_used(same.get(), purchase)
    if added != 1:
        _refuse_state(purchase)
    record(
        stream=f"fund:{purchase.fund_id}",
        action="goods.add_invoice",
        subject=f"goods.purchase:{purchase.pk}",
        actor=actor,
        at=at,
        facts={"kit": purchase.kit_id, "digest": StoredFile.objects.get(pk=file_id).digest},
    )


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
