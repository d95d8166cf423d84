"""What journeys share: what elsewhere in the house stands in the way of closing a fund."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.funds.models import Closing, Fund
from songnuan.funds.queries import balance_of
from songnuan.funds.rules import closing_obstacles
from songnuan.goods.deliveries import purchases_to_come
from songnuan.goods.models import PurchaseRequest, RequestStatus
from songnuan.journeys.fund_clauses import own_clauses
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Blocks, Measure, MeasureStatus, Question
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.owed import owed


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The numbers of purchases not delivered in full, and the questions about the money without an answer."""

    unreceived: tuple[str, ...]
    unanswered: tuple[str, ...]


def fund_known(fund_id: int) -> Fund:
    """Return the fund with its document.

    Raises:
        Refusal: `fund_unknown`.

    """
    fund = Fund.objects.select_related("document").filter(pk=fund_id).first()
    if fund is None:
        raise Refusal("fund_unknown", _("There is no such fund. Choose one from the list."), fund=fund_id)
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


def unsettled(fund: Fund) -> Unsettled:
    """Return what goods and the plan say against closing a fund that was read with its document."""
    return Unsettled(_unreceived(fund), _unanswered(fund))


def obstacles(fund: Fund) -> list[Refusal]:
    """Return everything for which the fund can't be closed yet, to be shown at once."""
    against = unsettled(fund)
    return closing_obstacles(fund.committed_minor, against.unreceived, against.unanswered)


def undone(fund: Fund) -> list[str]:
    """Return, a sentence each, what the fund may still be needed for; it stands in the way of nothing."""
    found = []
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
    return found


def _unreceived(fund: Fund) -> tuple[str, ...]:
    """Return the numbers of purchases of which something is to come, unless its money came back."""
    return tuple(
        str(row.number)
        for row in purchases_to_come([fund.plan_id])
        if row.fund_id == fund.pk and row.left_minor + row.short_minor > row.refunded_minor
    )


def _unanswered(fund: Fund) -> tuple[str, ...]:
    """Return what blocks payment and, while something is left, what is asked of the fund's own clause."""
    asked = Q(blocks=Blocks.PAYMENT)
    own = own_clauses([fund])[fund.pk]
    if own and balance_of(fund).available:
        asked |= Q(clause_key=own)
    rows = Question.objects.filter(asked, plan=fund.plan_id, answer="").order_by("position")
    return tuple(rows.values_list("text", flat=True))
