"""The demo fills its store once, however often it is begun and wherever it was broken off."""

from datetime import date
from uuid import uuid4

import pytest

from people import Bureau, at, open_plan_1
from songnuan.cli import demo_store
from songnuan.cli.demo_store import fill_store
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.models import Donation, Issue
from songnuan.journeys.record_donation import record_donation
from songnuan.plans.models import Plan
from songnuan.reporting.models import InputCount

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


def test_a_demo_broken_off_goes_on_where_it_was(
    bureau: Bureau, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(**_facts: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo_store, "issue_goods", broken_off)
        with pytest.raises(KeyboardInterrupt):
            fill_store(plan.slug, bureau.office, at)
    assert (Donation.objects.count(), Issue.objects.count()) == (2, 1), "one gift went straight to a unit"
    counted = []
    for _time in range(2):
        fill_store(plan.slug, bureau.office, at)
        assert (Donation.objects.count(), Issue.objects.count()) == (2, 2)
        counted.append(list(InputCount.objects.order_by("form").values_list("form", "posted", "typed")))
    assert counted[0], "what the forms ask is counted"
    assert counted[0] == counted[1], "and only once"


def test_a_demo_of_an_earlier_release_keeps_the_gifts_it_has(bureau: Bureau, plan: Plan) -> None:
    gift = Gift(
        donor="临江纺织有限公司",
        donor_kind="organisation",
        donated_on=date(2020, 4, 9),
        valuation="estimated",
        lines=(GiftLine("医用外科口罩", "盒", 60, 90_00, "KZ2003A", date(2022, 3, 15)),),
        handing=Handing("何库生"),
    )
    record_donation(plan_id=plan.pk, gift=gift, signature=b"", key=uuid4(), actor=bureau.office, at=at(9, 14))
    fill_store(plan.slug, bureau.office, at)
    assert Donation.objects.count() == 1
    assert not Issue.objects.exists()
    assert not InputCount.objects.exists(), "nothing was asked, so nothing is counted"
