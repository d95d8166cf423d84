"""What the demo counts of the forms it goes without is what these forms would have counted."""

from dataclasses import astuple
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from people import Bureau, at, buy, open_plan_1
from songnuan.cli import demo_burden
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.reporting.models import InputCount
from songnuan.reporting.rules import Asked
from songnuan.visits.leader_rules import LeaderReport
from songnuan.web.counting import _asked
from songnuan.web.donation_forms import DonationForm, Givable, IssueForm
from songnuan.web.forms import Form
from songnuan.web.instruction_forms import AskClosing, AskExtension, Decide, DecideExtension, Report
from songnuan.web.leader_form import LeaderForm, Occasion
from songnuan.web.views.problems import Closing
from web.browsing import as_, on, recorded

LINES = ("item", "specification", "packing", "quantity", "unit_value", "number", "expires_on")


def counted(form: Form) -> list[Asked]:
    return list(_asked(form, form.asks))


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        (Closing({"feedback": "已调拨"}), demo_burden.CLOSING),
        (Report({"text": "正在整改"}), demo_burden.REPORT),
        (AskClosing({"text": "已拨入"}), demo_burden.ITEM_CLOSING),
        (AskExtension({"due_on": "2020-04-22", "reason": "检修"}), demo_burden.EXTENSION),
        (Decide({"remark": "已核对"}), demo_burden.DECISION),
        (DecideExtension({"remark": "同意", "due_on": "2020-04-22"}), demo_burden.DECISION),
    ],
)
def test_short_forms(form: Form, asked: Asked) -> None:
    assert counted(form) == [asked]


@pytest.mark.parametrize("visit_id", [None, 7])
def test_leaders_visits(visit_id: int | None) -> None:
    alone = {"company": "林知行", "found": "情绪稳定", "goods": "口罩", "entry_reason": "补录"}
    report = LeaderReport("顾长河", "副局长", at(2), (3, 4), visit_id, **({} if visit_id else alone))
    data: dict[str, Any] = {"leader_name": "顾长河", "leader_post": "副局长"}
    if visit_id is None:
        data |= {"happened_at": "2020-04-02T15:00", "units": ["3", "4"], **alone}
    begun: Any = None
    occasion = Occasion(at(9), begun, [(3, "三"), (4, "四")], [], visit_id)
    assert counted(LeaderForm(data, occasion=occasion)) == demo_burden.asked_of_leader(report)


def test_gifts_and_what_was_given_out() -> None:
    times: Any = None
    lines = (
        GiftLine("消毒液", "桶", 20, 38_00, "B1", date(2021, 3, 1), "20千克"),
        GiftLine("手套", "双", 5, 1_00),
    )
    gift = Gift(
        "慈善总会",
        "organisation",
        date(2020, 3, 20),
        "invoiced",
        lines,
        Handing("梁守闸", None, True),
        3,
        "补录",
    )
    data = {
        "donor": "慈善总会",
        "donor_kind": "organisation",
        "happened_on": "2020-03-20",
        "valuation": "invoiced",
        "unit": "3",
        "receiver_name": "梁守闸",
        "confirmed_by_name": "on",
        "reason_late": "补录",
    }
    for place, told in enumerate(
        [("消毒液", "20千克", "桶", "20", "38", "B1", "2021-03-01"), ("手套", "", "双", "5", "1", "", "")]
    ):
        data |= {f"lines-{place}-{name}": text for name, text in zip(LINES, told, strict=True)}
    assert counted(DonationForm([(3, "三")], times, data)) == demo_burden.asked_of_gift(gift)
    issued = {
        "happened_on": "2020-04-14",
        "unit": "3",
        "receiver_name": "江守渡",
        "item-5": "50",
        "item-6": "",
    }
    givable = [Givable(5, "口罩", "盒", 90, ""), Givable(6, "手套", "双", 5, "")]
    form = IssueForm(givable, [(3, "三")], times, issued)
    assert counted(form) == demo_burden.asked_of_issue({5: 50})


@pytest.mark.django_db
def test_a_correction(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    visit = recorded(bureau, at(8, 10))
    with on(at(10, 9)):
        url = reverse("visit_correct", args=(visit.pk,))
        page = as_(bureau.liaison).get(url)
        form = page.context["form"]
        told = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
        told |= {"happened_at": "2020-04-08T10:00", "conditions": "热水不足。", "correction_reason": "漏记"}
        told["key"] = str(uuid4())
        assert as_(bureau.liaison).post(url, told).status_code == 302
    rows = InputCount.objects.order_by("form").values_list("form", "shown", "filled", "typed", "posted")
    report = bureau.report(at(8, 10), receiver_name="")
    assert list(rows) == [astuple(one) for one in demo_burden.asked_of_correction(report, changed=1)]
