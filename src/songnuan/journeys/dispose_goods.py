"""Expired or spoilt goods are disposed of: one person asks for it, another decides, and who asked is told."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.goods.models import Disposal
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User


@journey
def propose_disposal(*, lot_id: int, quantity: int, reason: str, actor: Actor, at: datetime) -> int:
    """Ask that packs of a lot be disposed of, and return the id of what waits.

    Raises:
        Refusal: `reason_missing`, `quantity_invalid`, `stock_short`, `disposal_waits`, `not_permitted`.

    """
    row = goods.propose_disposal(lot_id=lot_id, quantity=quantity, reason=reason, actor=actor, at=at)
    return row.pk


@journey
def decide_disposal(*, disposal_id: int, accept: bool, remark: str, actor: Actor, at: datetime) -> None:
    """Dispose of the packs, or leave them in the store with a remark.

    Raises:
        Refusal: `reason_missing`, `own_disposal`, `wrong_state`, `stock_short`, `held`, `not_permitted`.

    """
    row = goods.decide_disposal(disposal_id=disposal_id, accept=accept, remark=remark, actor=actor, at=at)
    tell(
        User.objects.filter(pk=row.proposed_by_id, is_active=True),
        partial(_words, row, accept=accept),
        topic="stock.disposal_decided",
        key=f"disposal:{disposal_id}:decided",
        url=f"/disposals/{disposal_id}/",
        plan=row.lot.store.plan.title,
        actor=actor,
        at=at,
    )


def _words(row: Disposal, *, accept: bool) -> tuple[str, str]:
    item = row.lot.item
    goods_words = {"item": item.label, "quantity": row.quantity, "packing": item.packing}
    if accept:
        title = _("Your disposal was allowed: %(item)s, %(quantity)s %(packing)s, are out of the store")
    else:
        title = _("Your disposal was not allowed: %(item)s, %(quantity)s %(packing)s, stay in the store")
    return title % goods_words, row.remark
