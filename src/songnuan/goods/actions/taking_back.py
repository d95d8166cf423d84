"""What the office did too soon is undone: a handing out that has not begun, a portion that was settled."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.funds.rules import check_reason
from songnuan.goods.actions.distributing import locked, note, require_open
from songnuan.goods.models import Batch, Desk, Portion, Recipient
from songnuan.goods.pickup_lists import has_begun
from songnuan.goods.pickup_queries import batch_days
from songnuan.goods.pickup_rules import reopened
from songnuan.goods.pickup_states import Portioned
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require


@transaction.atomic(savepoint=False)
def withdraw_distribution(*, distribution_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw a handing out of which nothing has happened; it can be opened anew, otherwise.

    Portions, codes and desks of it go; that it was there, and why it went, stays in the trail.

    Raises:
        Refusal: `distribution_begun`, `desks_open`, `measure_closed`, `reason_missing`, `text_too_long`,
            `not_permitted`.

    """
    row = locked(distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    require_open(row.measure)
    reason = check_reason(reason)
    # What a desk does at this moment is waited for.
    desks = list(Desk.objects.select_for_update().filter(distribution=row).order_by("pk"))
    if has_begun(row):
        sentence = _(
            "Kits were allotted or picked up already, or photographed: this handing out is withdrawn no more."
        )
        raise Refusal("distribution_begun", sentence, distribution=row.pk)
    if any(desk.closed_at is None for desk in desks):
        sentence = _("Close its desks first: a device without network may still tell of them.")
        raise Refusal("desks_open", sentence, distribution=row.pk)
    portions = Portion.objects.filter(recipient__distribution=row)
    facts = {"kit": row.kit_id, "roster": row.roster_id, "portions": portions.count(), "reason": reason}
    note(row, "withdraw_distribution", actor, at, facts)
    portions.delete()
    for mine in (Recipient, Desk, Batch):
        mine.objects.filter(distribution=row).delete()
    row.delete()


@transaction.atomic(savepoint=False)
def reopen_portion(*, portion_id: int, reason: str, actor: Actor, at: datetime) -> Portion:
    """Let a portion that was settled be picked up again: in a batch to come, else it is the office's.

    The reason stays with it until it is settled anew or picked up.

    Raises:
        Refusal: `portion_not_settled`, `measure_closed`, `reason_missing`, `text_too_long`, `not_permitted`.

    """
    row = locked(Portion.objects.values_list("recipient__distribution", flat=True).get(pk=portion_id))
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    require_open(row.measure)
    reason = check_reason(reason)
    portion = Portion.objects.select_for_update(of=("self",)).select_related("batch").get(pk=portion_id)
    if portion.status != Portioned.SETTLED:
        sentence = _("This portion is not settled any more. Reload the page and look again.")
        raise Refusal("portion_not_settled", sentence)
    status, position = reopened(portion.batch.position, batch_days(row.pk), day_of(at))
    portion.batch = Batch.objects.get(distribution=row, position=position)
    portion.status, portion.settled_by, portion.settled_at = status.value, None, None
    portion.reason = reason
    portion.save(update_fields=["status", "batch", "settled_by", "settled_at", "reason"])
    note(row, "reopen_portion", actor, at, {"portion": portion_id})
    return portion
