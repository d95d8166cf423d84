"""What is due about stores: goods to receive, counts and disposals to decide, lots that expire."""

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.goods.counted import overtaken
from songnuan.goods.deliveries import purchases_to_come
from songnuan.goods.giving import kits_to_give, plans_with_kits, unit_shares, units_of
from songnuan.goods.models import CountStatus
from songnuan.goods.waiting import (
    ExpiringLot,
    counted_by,
    expiring,
    last_counts,
    waiting_counts,
    waiting_disposals,
)
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan
from songnuan.visits.owed import there
from songnuan.visits.signing import words_of
from songnuan.web.due.base import Desk, Due, Part
from songnuan.web.stock_words import lot_words

_PARTS = 6


def to_receive(desk: Desk) -> Iterator[Due]:
    """Yield the purchases whose goods the reader has still to take into the store."""
    running = {plan.pk: plan for plan in desk.running(desk.reach_ids(Permission.PURCHASE_RECORD))}
    for row in purchases_to_come(running) if running else ():
        if row.is_closed:
            continue
        yield Due(
            title=_("Receive the goods of purchase %(number)s") % {"number": row.number},
            plan=running[row.plan_id].title,
            detail="、".join(row.lines),
            url=reverse("purchase", args=(row.purchase_id,)),
            action=_("Receive"),
            today=desk.day,
        )


def to_decide(desk: Desk) -> Iterator[Due]:
    """Yield the counts that differ and the disposals that wait for the reader."""
    plans = {plan.pk: plan for plan in desk.plans if plan.unit_id in desk.reach_ids(Permission.STOCK_DECIDE)}
    if not plans:
        return
    for count in waiting_counts(plans):
        if desk.user.pk not in {count.started_by_id, count.counted_by_id}:
            yield Due(
                title=_("A stock count differs from the books"),
                plan=plans[count.store.plan_id].title,
                url=reverse("count", args=(count.pk,)),
                action=_("Look and decide"),
                today=desk.day,
            )
    for row in waiting_disposals(plans):
        if row.proposed_by_id != desk.user.pk:
            facts = {"item": row.lot.item.label, "quantity": row.quantity, "packing": row.lot.item.packing}
            yield Due(
                title=_("%(item)s, %(quantity)s %(packing)s, are to be disposed of") % facts,
                plan=plans[row.lot.store.plan_id].title,
                detail=row.reason,
                url=reverse("disposal", args=(row.pk,)),
                action=_("Look and decide"),
                today=desk.day,
            )


def to_give(desk: Desk) -> Iterator[Due]:
    """Yield the kits in stores of which units still get some, where no visit brings them.

    Who counts a store is not told what is in it.
    """
    running = {plan.pk: plan for plan in desk.running(desk.reach_ids(Permission.DONATION_RECORD))}
    if not running:
        return
    for plan_id in sorted(plans_with_kits(running) - counted_by(desk.user.pk)):
        plan = running[plan_id]
        for kit in kits_to_give(plan):
            packs = there(kit, desk.day)
            each = unit_shares(kit, plan, units_of(kit, plan, desk.day)).values()
            lacking = [one.left for one in each if any(packs.get(part.item_id) for part in one.left)]
            if lacking:
                sentence = ngettext(
                    "Kits are in the store: %(count)s unit still gets something of them",
                    "Kits are in the store: %(count)s units still get something of them",
                    len(lacking),
                )
                told = (words_of(one.item, packs[one.item_id], one.packing) for one in kit.parts)
                yield Due(
                    title=sentence % {"count": len(lacking)},
                    plan=plan.title,
                    detail=_("May go out today: %(packs)s") % {"packs": "、".join(told)},
                    url=reverse("kit_units", args=(kit.kit_id,)),
                    action=_("Give out kits"),
                    today=desk.day,
                )


def to_keep(desk: Desk) -> Iterator[Due]:
    """Yield to who keeps a store the lots that have expired or soon will, and what is to be counted again."""
    keepers = desk.reach_ids(Permission.PURCHASE_RECORD) | desk.reach_ids(Permission.DONATION_RECORD)
    plans = {plan.pk: plan for plan in desk.plans if plan.unit_id in keepers}
    if not plans:
        return
    lots, counting = expiring(plans, desk.day), counted_by(desk.user.pk)
    for plan_id, plan in plans.items():
        mine = [lot for lot in lots if lot.plan_id == plan_id]
        blind = plan_id in counting
        if mine:
            gone = sum(lot.expires_on < desk.day for lot in mine)
            soon = len(mine) - gone
            words = [
                ngettext("%(count)s lot has expired", "%(count)s lots have expired", gone) % {"count": gone},
                ngettext("%(count)s lot expires soon", "%(count)s lots expire soon", soon) % {"count": soon},
            ]
            yield Due(
                title=" · ".join(word for word, count in zip(words, (gone, soon), strict=True) if count),
                plan=plan.title,
                url=reverse("stock", args=(plan.slug,)),
                action=_("See which"),
                today=desk.day,
                due_on=min(lot.expires_on for lot in mine) if not gone else None,
                parts=tuple(_lot_part(lot, blind=blind) for lot in mine[:_PARTS]),
            )
    yield from _to_count(plans, desk)


def _lot_part(lot: ExpiringLot, *, blind: bool) -> Part:
    """Return a lot with its packs that somebody has to see to, and those that are asked to be disposed of."""
    title, words = lot.item, lot_words(lot.number, lot.expires_on)
    if not blind:
        title = f"{lot.item} {lot.quantity} {lot.packing}"
        if lot.asked:
            asked = {"packs": lot.asked, "packing": lot.packing}
            words += " · " + _("%(packs)s %(packing)s more wait to be disposed of") % asked
    return Part(title, words, reverse("lot", args=(lot.lot_id,)))


def _to_count(plans: Mapping[int, Plan], desk: Desk) -> Iterator[Due]:
    last = last_counts(plans)
    late = overtaken(last)
    for count in last:
        plan = plans[count.store.plan_id]
        if count.pk in late and count.status != CountStatus.RECOUNT:
            yield Due(
                title=_("Count the store again"),
                plan=plan.title,
                detail=_("Movements of before the last count were entered after it was settled."),
                url=reverse("count", args=(count.pk,)) + "#after",
                action=_("Count"),
                today=desk.day,
            )
        if count.status in {CountStatus.RECOUNT, CountStatus.COUNTING}:
            again = count.status == CountStatus.RECOUNT
            yield Due(
                title=_("Count the store again") if again else _("Finish the stock count"),
                plan=plan.title,
                detail=count.reason,
                url=reverse("stock", args=(plan.slug,)) if again else reverse("count", args=(count.pk,)),
                action=_("Count"),
                today=desk.day,
            )
