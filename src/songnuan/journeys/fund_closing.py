"""What journeys share: what elsewhere in the house stands in the way of closing a fund."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.funds.holding import lock
from songnuan.funds.models import Closing, Fund, Step, StepStatus
from songnuan.funds.queries import balance_of
from songnuan.funds.rules import closing_obstacles
from songnuan.goods.deliveries import ToCome, purchases_to_come
from songnuan.goods.giving import kits_to_give, unit_shares, units_of
from songnuan.goods.models import (
    Disposal,
    DisposalStatus,
    Kit,
    Lot,
    Purchase,
    PurchaseRequest,
    RequestStatus,
)
from songnuan.goods.places import STORE
from songnuan.goods.queries import stock
from songnuan.journeys.fund_clauses import own_clauses
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.plans.models import Blocks, Measure, MeasureStatus, Plan, Question
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.owed import owed


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The numbers of purchases not delivered in full, and the questions about the money without an answer.

    `lost_minor` is what would be lost (fen) if what was paid for neither comes nor comes back.
    """

    unreceived: tuple[str, ...]
    unanswered: tuple[str, ...]
    lost_minor: int = 0


def fund_known(fund_id: int) -> Fund:
    """Return the fund with its document.

    Raises:
        Refusal: `fund_unknown`.

    """
    fund = Fund.objects.select_related("document").filter(pk=fund_id).first()
    if fund is None:
        raise Refusal("fund_unknown", _("There is no such fund. Choose one from the list."), fund=fund_id)
    return fund


def fund_locked(fund_id: int) -> Fund:
    """Return the fund as it stands until the end: nothing comes, goes back or is refunded meanwhile.

    Raises:
        Refusal: `fund_unknown`.

    """
    fund = fund_known(fund_id)
    lock(fund.pk)
    fund.refresh_from_db()  # what was read before the lock may be another's past
    return fund


def closing_known(closing_id: int) -> Closing:
    """Return a closing or reopening with its fund and the fund's document.

    Raises:
        Refusal: `closing_unknown`.

    """
    row = Closing.objects.select_related("fund__document").filter(pk=closing_id).first()
    if row is None:
        sentence = _("There is no such proposal. Open the page of the fund again.")
        raise Refusal("closing_unknown", sentence, closing=closing_id)
    return row


def tell_proposer(row: Closing, topic: str, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for who proposed it: a closing or reopening was confirmed, or declined and why."""
    declined = row.status == StepStatus.DECLINED

    def say() -> tuple[str, str]:
        if row.step == Step.CLOSE:
            words = _("Closing declined: %(fund)s") if declined else _("The fund is closed: %(fund)s")
        else:
            words = _("Reopening declined: %(fund)s") if declined else _("The fund is reopened: %(fund)s")
        return words % {"fund": row.fund.title}, row.remark

    tell(
        User.objects.filter(pk=row.proposed_by_id),
        say,
        topic=topic,
        key=f"closing:{row.pk}:{row.status}",
        url=f"/funds/{row.fund_id}/closing/",
        plan=row.fund.plan.title,
        actor=actor,
        at=at,
    )


def unsettled(fund: Fund) -> Unsettled:
    """Return what goods and the plan say against closing a fund that was read with its document."""
    waits = _unreceived(fund)
    numbers = tuple(str(row.number) for row in waits)
    return Unsettled(numbers, _unanswered(fund), sum(row.unmatched_minor for row in waits))


def obstacles(fund: Fund, against: Unsettled, *, takes_loss: bool = False) -> list[Refusal]:
    """Return everything for which the fund can't be closed yet, to be shown at once.

    What is not delivered is no obstacle to who takes it for lost.
    """
    waits = () if takes_loss and against.lost_minor else against.unreceived
    return closing_obstacles(fund.committed_minor, waits, against.unanswered)


def undone(fund: Fund, on: date) -> list[str]:
    """Return, a sentence each, what the fund may still be needed for on a day; nothing is refused for it."""
    found = [*_unproven(fund), *_to_be_bought(fund), *_in_store(fund)]
    pending = PurchaseRequest.objects.filter(fund=fund, status=RequestStatus.PENDING)
    asked = pending.aggregate(count=Count("pk"), total=Sum("total_minor"))
    if count := asked["count"]:
        words = ngettext(
            "%(count)s purchase request waits for approval (%(sum)s yuan).",
            "%(count)s purchase requests wait for approval (%(sum)s yuan).",
            count,
        )
        found.append(words % {"count": count, "sum": yuan(int(asked["total"]))})
    measures = Measure.objects.filter(plan=fund.plan_id, kind="unit_visits").exclude(
        status=MeasureStatus.CLOSED
    )
    planned = Visit.objects.filter(measure__in=measures, status=VisitStatus.PLANNED).count()
    if planned:
        words = ngettext(
            "%(count)s visit is still to be made.", "%(count)s visits are still to be made.", planned
        )
        found.append(words % {"count": planned})
    if lacking := len(owed(measures.select_related("plan"))):
        words = ngettext(
            "%(count)s unit visited still lacks goods.", "%(count)s units visited still lack goods.", lacking
        )
        found.append(words % {"count": lacking})
    if lacking := _to_be_given(fund, on):
        words = ngettext(
            "%(count)s unit still gets something of its kit at the store.",
            "%(count)s units still get something of their kits at the store.",
            lacking,
        )
        found.append(words % {"count": lacking})
    return found


def _to_be_given(fund: Fund, on: date) -> int:
    """Return how many units still get something of what the fund bought, straight out of the store."""
    plan = Plan.objects.get(pk=fund.plan_id)
    kits = [kit for kit in kits_to_give(plan) if kit.fund_id == fund.pk]
    return len(
        {
            unit_id
            for kit in kits
            for unit_id, share in unit_shares(kit, plan, units_of(kit, plan, on)).items()
            if share.left
        }
    )


def _unproven(fund: Fund) -> Iterator[str]:
    """Yield which purchases lack the picture of their invoice, in a sentence; nothing when none does."""
    rows = Purchase.objects.filter(fund=fund, cancelled_at__isnull=True, invoice_file__isnull=True)
    told = list(rows.order_by("number").values_list("number", "total_minor"))
    if told:
        words = ngettext(
            "%(count)s purchase lacks its invoice: No. %(numbers)s (%(sum)s yuan).",
            "%(count)s purchases lack their invoices: No. %(numbers)s (%(sum)s yuan).",
            len(told),
        )
        numbers = "、".join(str(number) for number, _total in told)
        total = yuan(sum(total for _number, total in told))
        yield words % {"count": len(told), "numbers": numbers, "sum": total}


def _to_be_bought(fund: Fund) -> Iterator[str]:
    """Yield what is still to be bought of the kits that the fund pays for, in a sentence, if anything is."""
    kits = Kit.objects.filter(fund=fund).exclude(measure__status=MeasureStatus.CLOSED)
    packs: Counter[tuple[str, str]] = Counter()
    for kit in kits.select_related("measure__plan").order_by("pk"):
        for row in stock(kit.pk, units=terms_of(kit.measure).kits):
            packs[row.item, row.packing] += row.lacking
    goods = "、".join(f"{item} {count} {packing}" for (item, packing), count in packs.items() if count)
    if goods:
        yield _("Still to be bought: %(goods)s.") % {"goods": goods}


def _in_store(fund: Fund) -> Iterator[str]:
    """Yield which goods of the fund are in the store, and what is to be disposed of, a sentence each.

    Without figures: who counts the store reads this too.
    """
    bought = Lot.objects.filter(
        line__purchase__fund=fund, levels__place=STORE, levels__quantity__gt=0
    ).select_related("item")
    if names := list(dict.fromkeys(lot.item.label for lot in bought.order_by("item_id", "pk"))):
        yield _("Still in the store: %(goods)s.") % {"goods": "、".join(names)}
    waiting = Disposal.objects.filter(lot__line__purchase__fund=fund, status=DisposalStatus.WAITING)
    if count := waiting.count():
        words = ngettext(
            "%(count)s disposal waits for a decision.", "%(count)s disposals wait for a decision.", count
        )
        yield words % {"count": count}


def _unreceived(fund: Fund) -> list[ToCome]:
    """Return the purchases of which something is to come, unless its money came back."""
    rows = purchases_to_come([fund.plan_id])
    return [row for row in rows if row.fund_id == fund.pk and row.unmatched_minor]


def _unanswered(fund: Fund) -> tuple[str, ...]:
    """Return what blocks payment and, while something is left, what is asked of the fund's own clause."""
    asked = Q(blocks=Blocks.PAYMENT)
    own = own_clauses([fund])[fund.pk]
    if own and balance_of(fund).available:
        asked |= Q(clause_key=own)
    rows = Question.objects.filter(asked, plan=fund.plan_id, answer="").order_by("position")
    return tuple(rows.values_list("text", flat=True))
