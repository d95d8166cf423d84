"""Finance takes a purchase back that was entered wrongly: the money is available again, the goods leave."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.funds import actions as funds
from songnuan.funds.queries import balance
from songnuan.goods import actions as goods
from songnuan.goods.actions import requests
from songnuan.goods.models import Purchase
from songnuan.goods.request_queries import find_request, subject_of
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def cancel_purchase(*, purchase_id: int, reason: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Reverse the payment of a purchase, and send back what was delivered of it.

    The same `key` again cancels nothing twice. The fund is locked before the kit, as in a purchase. The
    reversal of the payment releases its commitment in the same act. The request on which it was bought stands
    again, with its amount set aside anew; where the fund no longer has that, the request is over.

    Raises:
        Refusal: `purchase_unknown`, `already_reversed` when it was cancelled before, `reason_missing`,
            `text_too_long`, `stock_short` when its goods were handed over already.

    """
    purchase = find_purchase(purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    digest = digest_rows([(purchase_id, reason)])
    if jobs.receive(key=key, purpose="cancel_purchase", body_digest=digest, actor=actor, at=at) is not None:
        return
    funds.reverse(
        # What is not paid is only promised; then the promise itself is taken back.
        entry_id=purchase.disbursement_id or purchase.commitment_id,
        reason=reason,
        happened_on=at.astimezone(CHINA).date(),
        actor=actor,
        at=at,
    )
    goods.cancel_purchase(purchase_id=purchase_id, reason=reason, actor=actor, at=at)
    if purchase.request_id is not None:
        _reopen(purchase.request_id, actor, at)
    jobs.settle(key=key, result=str(purchase_id))


def find_purchase(purchase_id: int) -> Purchase:
    """Return the purchase with its fund and plan.

    Raises:
        Refusal: `purchase_unknown`.

    """
    purchase = Purchase.objects.select_related("fund__plan").filter(pk=purchase_id).first()
    if purchase is None:
        sentence = _("There is no such purchase. Choose one from the list of its fund.")
        raise Refusal("purchase_unknown", sentence, purchase=purchase_id)
    return purchase


def _reopen(request_id: int, actor: Actor, at: datetime) -> None:
    request = find_request(request_id)
    commitment = None
    if balance(request.fund_id).available >= request.total_minor:
        commitment = funds.commit(
            fund_id=request.fund_id,
            amount_minor=request.total_minor,
            subject=subject_of(request.pk),
            clause_key=request.kit.measure.clause_key,
            happened_on=at.astimezone(CHINA).date(),
            actor=actor,
            at=at,
        )
    requests.reopen_request(
        request_id=request.pk, commitment_id=commitment.pk if commitment else None, actor=actor, at=at
    )
