"""What acts on goods have in common: they lock the kit or the store first, and are told of in one stream.

Every act first counts up the version of its kit or its store: two acts on one wait for each other, so
that sums read after it hold until the end. A kit is locked before its store.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.goods.models import Kit, Lot, Purchase, Store
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, require
from songnuan.plans.models import Plan


def lock_kit(kit_id: int, actor: Actor, at: datetime) -> Kit:
    """Return the kit, with its row locked until commit, if the actor may buy for its plan."""
    kit = Kit.objects.select_related("measure__plan").get(pk=kit_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=kit.measure.plan.unit_id, at=at)
    hold_kit(kit_id)
    return kit


def hold_kit(kit_id: int) -> None:
    """Lock a kit until commit: what is summed of it holds until then."""
    Kit.objects.filter(pk=kit_id).update(version=F("version") + 1)


def lock_kit_of_lot(lot_id: int) -> Kit | None:
    """Return the kit for which a lot was bought, locked until commit; None for what was donated."""
    kit = Kit.objects.filter(purchases__lines__lots=lot_id).first()
    if kit is not None:
        hold_kit(kit.pk)
    return kit


def standing(purchase_id: int, actor: Actor, at: datetime) -> Purchase:
    """Return the purchase, with its kit locked until commit, if it was not cancelled."""
    lock_kit(Purchase.objects.get(pk=purchase_id).kit_id, actor, at)
    purchase = Purchase.objects.select_related("kit__measure", "fund").get(pk=purchase_id)
    if purchase.cancelled_at is not None:
        refuse_state(purchase)
    return purchase


def refuse_state(purchase: Purchase) -> NoReturn:
    """Refuse an act on a purchase that was paid or cancelled meanwhile.

    Raises:
        Refusal: `wrong_state`.

    """
    sentence = _("Purchase No. %(number)s was paid or cancelled already. Reload the page and look again.")
    raise Refusal("wrong_state", sentence % {"number": purchase.number}, purchase=purchase.pk)


def keeps_store(actor: Actor, unit_id: int, at: datetime) -> bool:
    """Return whether the actor keeps the stores of a unit's plans: buys for them, or records donations."""
    both = (Permission.PURCHASE_RECORD, Permission.DONATION_RECORD)
    return any(permits(actor, one, unit_id=unit_id, at=at) for one in both)


def require_keeper(actor: Actor, plan: Plan, at: datetime) -> int:
    """Return the id of the user who acts, if they keep the plan's store.

    Raises:
        NotPermitted: `not_permitted`, `person_needed`.

    """
    if not keeps_store(actor, plan.unit_id, at):
        require(actor, Permission.DONATION_RECORD, unit_id=plan.unit_id, at=at)
    return person_of(actor)


def person_of(actor: Actor) -> int:
    """Return the id of the user who acts.

    Raises:
        NotPermitted: `person_needed`, for the program itself.

    """
    if actor.user_id is None:
        raise NotPermitted("person_needed", _("Only a person can do this. Sign in first."))
    return actor.user_id


def by_item(lots: Mapping[int, int]) -> dict[int, int]:
    """Return packs by id of the item, of packs by id of the lot."""
    items = dict(Lot.objects.filter(pk__in=lots).values_list("pk", "item_id"))
    packs: Counter[int] = Counter()
    for lot_id, packed in sorted(lots.items()):
        packs[items[lot_id]] += packed
    return dict(packs)


def record_of_kit(
    kit: Kit, verb: str, subject: str, *, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    """Tell of an act on a kit in the stream of the fund that pays for it."""
    record(
        stream=f"fund:{kit.fund_id}",
        action=f"goods.{verb}",
        subject=subject,
        actor=actor,
        at=at,
        facts={"kit": kit.pk, **facts},
    )


def record_of_store(
    store: Store, verb: str, subject: str, *, actor: Actor, at: datetime, facts: Mapping[str, object]
) -> None:
    """Tell of an act on a store in the stream of its plan."""
    record(
        stream=f"plan:{store.plan.slug}",
        action=f"goods.{verb}",
        subject=subject,
        actor=actor,
        at=at,
        facts=facts,
    )
