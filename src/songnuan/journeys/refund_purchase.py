"""Finance books what a supplier gave back of the money that a purchase was paid with."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.funds import actions as funds
from songnuan.goods import actions as goods
from songnuan.goods.models import Purchase
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_entries import entry_known, refuse_listed
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal


@journey
def refund_purchase(
    *,
    entry_id: int,
    amount_minor: int,
    voucher: str,
    reason: str,
    happened_on: date,
    packs: Mapping[int, int] | None = None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Book a refund on the commitment `entry_id` of a purchase and give the refund's id.

    The same `key` again books nothing twice. What was paid for the purchase is its total less its refunds;
    `packs`, by id of the line, are what does not come any more for it: they are to be bought again.

    Raises:
        Refusal: `beyond_paid`, `amount_invalid`, `voucher_used`, `reason_missing`, `fund_closed`,
            `before_payment`, `more_than_open`, `entry_of_list`, whose returns are booked where it is paid …

    """
    gone = {line_id: quantity for line_id, quantity in (packs or {}).items() if quantity}
    facts = (entry_id, amount_minor, voucher, reason, happened_on.isoformat(), *sorted(gone.items()))
    digest = digest_rows([tuple(map(str, facts))])
    earlier = jobs.receive(key=key, purpose="refund_purchase", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    refuse_listed(entry_known(entry_id))
    entry = funds.refund(
        entry_id=entry_id,
        amount_minor=amount_minor,
        voucher=voucher,
        reason=reason,
        happened_on=happened_on,
        actor=actor,
        at=at,
    )
    purchase = Purchase.objects.filter(commitment_id=entry_id, cancelled_at__isnull=True).first()
    if gone and purchase is None:
        sentence = _("The purchase was cancelled meanwhile, so nothing of it is to come. Reload the page.")
        raise Refusal("wrong_state", sentence, entry=entry_id)
    if purchase is not None and gone:
        goods.close_short(purchase_id=purchase.pk, packs=gone, refund_id=entry.pk, actor=actor, at=at)
    jobs.settle(key=key, result=str(entry.pk))
    return entry.pk
