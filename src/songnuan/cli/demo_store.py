"""The store of the demo's plan: masks that were given before it began, and what a unit got of others."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from songnuan.cli.demo_burden import asked_of_gift, asked_of_issue, count_asked
from songnuan.cli.drawing import signature
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.models import Donation, Item
from songnuan.journeys.issue_goods import issue_goods
from songnuan.journeys.record_donation import record_donation
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Plan
from songnuan.reporting.queries import is_counted
from songnuan.visits.models import Visit

At = Callable[..., datetime]


def fill_store(slug: str, office: Actor, at: At) -> None:
    """Let the office record two donations and give masks to a unit, as far as that was not done before."""
    plan = Plan.objects.get(slug=slug)
    units = _units(plan)
    straight = Gift(
        donor="澄江市慈善总会",
        donor_kind="organisation",
        donated_on=date(2020, 3, 20),
        valuation="invoiced",
        lines=(GiftLine("84消毒液", "桶", 20, 38_00, "B200301", date(2021, 3, 1), "20千克"),),
        handing=Handing("梁守闸", confirmed_by_name=True),
        unit_id=units[0],
        reason_late="方案启动前已送达，现一并补录。",
    )
    stored = Gift(
        donor="临江纺织有限公司",
        donor_kind="organisation",
        donated_on=date(2020, 4, 13),
        valuation="estimated",
        lines=(
            GiftLine("医用外科口罩", "盒", 60, 90_00, "KZ2003A", date(2022, 3, 15), "50只装"),
            GiftLine("医用外科口罩", "盒", 40, 90_00, "KZ1912C", date(2021, 12, 1), "50只装"),
        ),
        handing=Handing("何库生"),
    )
    if Donation.objects.filter(store__plan=plan, lines__item__specification="").exists():
        return  # a demo of an earlier release has its gifts, under the words of then
    record_donation(
        plan_id=plan.pk,
        gift=straight,
        signature=b"",
        key=uuid5(NAMESPACE_URL, "demo/donation/1"),
        actor=office,
        at=at(9, 10, 15),
    )
    record_donation(
        plan_id=plan.pk,
        gift=stored,
        signature=b"",
        key=uuid5(NAMESPACE_URL, "demo/donation/2"),
        actor=office,
        at=at(13, 14, 40),
    )
    packs = {Item.objects.get(name="医用外科口罩", specification="50只装", packing="盒").pk: 50}
    issue_goods(
        plan_id=plan.pk,
        unit_id=units[1],
        packs=packs,
        happened_on=date(2020, 4, 14),
        handing=Handing("江守渡"),
        signature=signature(3),
        reason_late="",
        key=uuid5(NAMESPACE_URL, "demo/issue/1"),
        actor=office,
        at=at(14, 16, 5),
    )
    if not is_counted("issue_goods"):
        count_asked(asked_of_gift(straight), actor=office, at=at(9, 10, 15))
        count_asked(asked_of_gift(stored), actor=office, at=at(13, 14, 40))
        count_asked(asked_of_issue(packs), actor=office, at=at(14, 16, 5))


def _units(plan: Plan) -> list[int]:
    """Return the units that the plan visits, in the order of their visits."""
    visits = Visit.objects.filter(measure__plan=plan).order_by("pk")
    return list(visits.values_list("unit_id", flat=True))
