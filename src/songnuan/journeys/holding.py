"""What journeys about holds share: what can be put on hold, how it is locked and named, and who is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import one
from songnuan.approvals.hold_rules import Held
from songnuan.funds.holding import FUND
from songnuan.funds.holding import lock as lock_fund
from songnuan.funds.models import Fund
from songnuan.goods.holding import PURCHASE, REQUEST, request_subject
from songnuan.goods.models import Kit, Purchase, PurchaseRequest
from songnuan.goods.request_rules import request_number
from songnuan.journeys.payment_lists import page_of as list_page
from songnuan.journeys.record_instruction import Scan
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders, permits, require
from songnuan.payments.models import PaymentList
from songnuan.payments.queries import acts_of
from songnuan.payments.rules import SUBJECT as LIST
from songnuan.payments.rules import list_number
from songnuan.payments.rules import subject_of as list_subject
from songnuan.records import actions as records
from songnuan.records.pictures import require_whole

# Whom a hold stops, or who signed for what it stops: they hear of it at once.
TOLD = (
    Permission.HOLD_ANSWER,
    Permission.PURCHASE_RECORD,
    Permission.PLAN_OPEN,
    Permission.PLAN_APPROVE,
    Permission.HOLD_PLACE,
)


@dataclass(frozen=True, slots=True)
class Thing:
    """What can be put on hold: `fund_id`, `kit_ids` and `list_id` are locked while a hold is placed.

    `name` gives its name in the reader's language; `url` is its page.
    """

    held: Held
    fund_id: int
    kit_ids: tuple[int, ...]
    name: Callable[[], str]
    url: str
    list_id: int = 0

    def lock(self) -> None:
        """Lock it until commit, in the one order: the fund, then its kits, then the list."""
        lock_fund(self.fund_id)
        list(Kit.objects.select_for_update(no_key=True).filter(pk__in=self.kit_ids).order_by("pk"))
        list(PaymentList.objects.select_for_update(no_key=True).filter(pk=self.list_id))


def find_thing(subject: str) -> Thing:
    """Return what a subject names.

    Raises:
        Refusal: `thing_unknown`, also for what no hold is placed on.

    """
    model, _colon, key = subject.partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
    thing = _FIND[model](number) if model in _FIND and number else None
    if thing is None:
        sentence = _(
            "There is no such fund, request, purchase or payment list. Open its page, and place the hold"
            " there."
        )
        raise Refusal("thing_unknown", sentence)
    return thing


def _fund(pk: int) -> Thing | None:
    row = Fund.objects.select_related("plan").filter(pk=pk).first()
    if row is None:
        return None
    return Thing(
        held=Held(f"{FUND}:{pk}", row.plan.slug, row.plan.unit_id, f"fund:{pk}", None),
        fund_id=pk,
        kit_ids=tuple(Kit.objects.filter(fund=row).order_by("pk").values_list("pk", flat=True)),
        name=lambda: row.title,
        url=f"/funds/{pk}/",
    )


def _purchase(pk: int) -> Thing | None:
    row = Purchase.objects.select_related("fund__plan").filter(pk=pk).first()
    if row is None:
        return None
    plan = row.fund.plan
    return Thing(
        held=Held(f"{PURCHASE}:{pk}", plan.slug, plan.unit_id, f"fund:{row.fund_id}", row.recorded_by_id),
        fund_id=row.fund_id,
        kit_ids=(row.kit_id,),
        name=lambda: _("Purchase %(number)s") % {"number": row.number} + f"\u00a0· {row.supplier}",
        url=f"/purchases/{pk}/",
    )


def _request(pk: int) -> Thing | None:
    row = PurchaseRequest.objects.select_related("fund__plan").filter(pk=pk).first()
    if row is None:
        return None
    plan = row.fund.plan
    return Thing(
        held=Held(request_subject(pk), plan.slug, plan.unit_id, f"fund:{row.fund_id}", row.asked_by_id),
        fund_id=row.fund_id,
        kit_ids=(row.kit_id,),
        name=lambda: _("Request %(number)s") % {"number": request_number(row.number)},
        url=f"/purchase-requests/{pk}/",
    )


def _list(pk: int) -> Thing | None:
    row = PaymentList.objects.select_related("measure__plan").filter(pk=pk).first()
    if row is None:
        return None
    plan, maker = row.measure.plan, acts_of(pk)[0].person_id
    return Thing(
        held=Held(list_subject(pk), plan.slug, plan.unit_id, f"fund:{row.fund_id}", maker),
        fund_id=row.fund_id,
        kit_ids=(),
        name=lambda: _("Payment list %(number)s") % {"number": list_number(row.number)},
        url=list_page(row),
        list_id=pk,
    )


# One line for each kind of thing that can be put on hold.
_FIND: Mapping[str, Callable[[int], Thing | None]] = {
    FUND: _fund,
    PURCHASE: _purchase,
    REQUEST: _request,
    LIST: _list,
}


def find_hold(hold_id: int, actor: Actor, at: datetime) -> Thing:
    """Return what a hold is on, to who may answer or lift it.

    Raises:
        Refusal: `hold_unknown`, `not_permitted`.

    """
    row = one(hold_id)
    if row is None:
        raise Refusal("hold_unknown", _("There is no such hold. Open it from the list of the plan."))
    if not permits(actor, Permission.HOLD_PLACE, unit_id=row.unit_id, at=at):
        require(actor, Permission.HOLD_ANSWER, unit_id=row.unit_id, at=at)
    return find_thing(row.subject)


def keep_picture(picture: Scan | None, actor: Actor, at: datetime) -> int | None:
    """Keep the picture or PDF that goes with what is said, if it can be read to its end; return its number.

    Raises:
        Refusal: `file_empty`, `file_size`, `file_kind`.

    """
    if picture is None:
        return None
    require_whole(picture.content, picture.media_type)
    return records.store_file(
        content=picture.content, name=picture.name, media_type=picture.media_type, actor=actor, at=at
    ).pk


def tell_of_hold(
    hold_id: int,
    thing: Thing,
    say: Callable[[str], str],
    text: str,
    *,
    topic: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Tell at once whom the hold stops and who can answer or lift it, but not who acts.

    Args:
        hold_id: Which hold.
        thing: What it is on.
        say: Gives the title from the name of the thing.
        text: What was said.
        topic: "hold.placed", "hold.answered", "hold.asked" or "hold.lifted".
        key: What makes it this notice and no other.
        actor: Who.
        at: When.

    """
    people: dict[int, User] = {}
    for permission in TOLD:
        people |= {user.pk: user for user in holders(permission, thing.held.unit_id, at)}
    tell(
        [people[pk] for pk in sorted(people) if pk != actor.user_id],
        lambda: (say(thing.name()), text),
        topic=topic,
        key=key,
        url=f"/holds/{hold_id}/",
        actor=actor,
        at=at,
    )
