"""What a purchase, or a request for one, is for."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from songnuan.funds.models import Fund
from songnuan.goods.models import PurchaseRequest
from songnuan.goods.queries import KitView, kit_of
from songnuan.goods.request_queries import judge_purchase, lines_of
from songnuan.goods.rules import Draft, Problem
from songnuan.journeys.measures.kit_purchase import Terms, terms_of
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans.models import Measure
from songnuan.web.views.shared import Reader


@dataclass(frozen=True, slots=True)
class Spot:
    """What is bought for: the measure, its kit and terms, the fund that pays; on which request, if any."""

    measure: Measure
    kit: KitView
    fund: Fund
    terms: Terms
    request: PurchaseRequest | None = None

    @property
    def dated(self) -> bool:
        """Whether something of the kit expires, so that it is received by lot."""
        return any(part.expires for part in self.kit.parts)

    @property
    def approved(self) -> dict[int, int]:
        """The packs that the request asks for, by id of the item, in one query; none without a request."""
        return {line.item_id: line.quantity for line in lines_of(self.request.pk)} if self.request else {}

    def problems(self, draft: Draft, reader: Reader) -> list[Problem]:
        """Return everything that is wrong with a purchase here."""
        basis = self.terms.basis(self.request.pk if self.request else None)
        return judge_purchase(kit_id=self.kit.kit_id, draft=draft, basis=basis, at=reader.at)


def spot_of(reader: Reader, measure_id: int) -> Spot:
    """Return what is bought for, to whoever may record purchases there.

    Raises:
        Http404: When there is no open kit, or the reader may not even see its fund.
        NotPermitted: When the reader may see it, and no more.

    """
    measure = get_object_or_404(Measure.objects.select_related("plan"), pk=measure_id)
    kit = kit_of(measure_id)
    if kit is None or not reader.may(Permission.FUND_VIEW, measure.plan.unit_id):
        raise Http404
    require(reader.actor, Permission.PURCHASE_RECORD, unit_id=measure.plan.unit_id, at=reader.at)
    return Spot(measure, kit, Fund.objects.get(pk=kit.fund_id), terms_of(measure))
