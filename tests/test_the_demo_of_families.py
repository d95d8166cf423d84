"""Plan 3 of the demo: 2,000 employees, 300 relatives at the front, lists that agree with the ledger."""

import json
import re
from collections import Counter

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.urls import reverse

from songnuan.approvals.hold_models import Hold
from songnuan.benefits.double_models import DoubleVerb, Finding
from songnuan.benefits.models import Entitlement
from songnuan.casework.case_models import Case, Contact, HelperState, HelperVerb, NeedClosing, NeedGoods
from songnuan.casework.case_queries import cases_of, need_rows, open_needs_of, standings
from songnuan.casework.case_rules import contact_due
from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.cli import demo_emergency, demo_school, demo_union, demo_union_staff
from songnuan.cli.commands import songnuan
from songnuan.cli.demo import NOW, make_demo
from songnuan.cli.demo_emergency import Scale
from songnuan.cli.demo_sign_ins import Demo
from songnuan.cli.demo_union_paying import SAID
from songnuan.cli.demo_union_plan import SLUG, measure
from songnuan.cli.output import Out
from songnuan.funds.models import Account, Fund, Posting
from songnuan.goods.handed import issues
from songnuan.goods.models import Purchase
from songnuan.goods.queries import kit_of
from songnuan.journeys.case_settings import settings_of
from songnuan.journeys.check_everything import check_everything
from songnuan.kernel import keys
from songnuan.kernel.identity import identity
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of
from songnuan.payments.models import (
    CallBack,
    Channel,
    InstructionStatus,
    ListAct,
    ListStatus,
    Objection,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    SampledPayment,
)
from songnuan.payments.release_queries import told_now
from songnuan.payments.sample_rules import Booked, checked
from songnuan.people.models import Enrolment, FamilyLink, Person, Service
from songnuan.plans.models import Question
from web.browsing import as_

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = NOW.date()
LEAST = Scale(streets=3, stations=4, days=12)
"""Plan 2 has tests of its own."""


def made() -> Demo:
    return make_demo(Out(as_json=True), LEAST)


def counted() -> dict[str, int]:
    """Return how many rows each table of the house has."""
    models = [one for one in apps.get_models() if one.__module__.startswith("songnuan.")]
    return {one.__name__: one._default_manager.count() for one in models}


def test_plan_three_of_the_demo_is_whole_and_agrees_with_its_ledgers() -> None:
    try:
        first = made()
        before = counted()
        forget_what_is_whole()
        second = made()
        third = made()
    finally:
        (keys.home() / "demo.json").unlink(missing_ok=True)
    assert counted() == before, "made again, nothing is made twice"
    assert third == second == first, "nor is anybody given another password or code"
    the_people_are_there()
    the_lists_stand_where_they_are_to()
    the_ledger_agrees()
    the_families_are_looked_after()
    flexible_work_is_asked_for()
    assert [finding for _app, found in check_everything() for finding in found] == []
    the_houses_see_their_own()
    the_payee_comes_in(first)
    nobody_can_be_called()


def forget_what_is_whole() -> None:
    """Leave the demo as a run leaves it that is broken off after its last act."""
    path = keys.home() / "demo.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({name: one for name, one in told.items() if not name.startswith("/whole/")}))


def the_people_are_there() -> None:
    staff = Enrolment.objects.filter(roster__key="staff")
    assert staff.count() == staff.values("person").distinct().count() == 2000
    served = Service.objects.filter(withdrawn_on=None)
    assert served.values("person").distinct().count() == 300
    links = FamilyLink.objects.filter(relative__in=served.values("person"))
    assert {link.relation for link in links} == {"spouse", "parent", "child"}
    assert links.values("person").distinct().count() == 300
    assert len({link.workplace for link in links}) == 11
    sent = served.filter(place__in=["武汉", "湖北"])
    assert (sent.count(), sent.exclude(ends_on=None).count()) == (60, 12)
    for person in Person.objects.filter(pk__in=staff.values("person")):
        assert (person.id_number or "").startswith("100102"), "of a place that does not exist"
        identity(person.id_number or "")


def the_lists_stand_where_they_are_to() -> None:
    first, second = PaymentList.objects.filter(measure=measure("grants")).order_by("number")
    assert (first.status, first.lines_count, first.total_minor) == (ListStatus.RELEASED, 249, 209_600_00)
    assert (second.status, second.lines_count, second.total_minor) == (ListStatus.PENDING, 50, 40_000_00)
    assert not set(first.lines.values_list("payee", flat=True)) & set(
        second.lines.values_list("payee", flat=True)
    ), "nobody is paid twice"
    acted = ListAct.objects.filter(payment_list=first).order_by("pk")
    assert [act.person.username for act in acted] == [
        f"care-{who}" for who in ("union", "check", "approver", "inspector", "finance")
    ]
    assert [row.answer.is_upheld for row in Objection.objects.all()] == [False]
    assert Hold.objects.get(subject=f"payments.list:{second.pk}").lifted_at is None
    found = Finding.objects.filter(reckoning=first.reckoning_id)
    assert [(one.kind, one.decision and one.decision.verb) for one in found] == [
        ("settled_elsewhere", DoubleVerb.OUT)
    ]
    lines = Entitlement.objects.filter(reckoning=first.reckoning_id)
    assert Counter(lines.values_list("shared", "amount_minor", "out_minor")) == {
        ("", 800_00, 0): 185,
        ("", 1000_00, 0): 60,
        ("", 0, 800_00): 1,
        ("two_children", 400_00, 0): 4,
        ("couple", 0, 0): 2,
    }
    states = Counter(PaymentInstruction.objects.values_list("batch__channel", "status"))
    bank, cash = Channel.BANK, Channel.CASH
    assert states == {
        (bank, InstructionStatus.PAID): 243,
        (bank, InstructionStatus.FAILED): 1,
        (cash, InstructionStatus.PAID): 4,
        (cash, InstructionStatus.SENT): 1,
    }
    support = Service.objects.filter(post="后勤保障", person__in=second.lines.values("qualifier"))
    assert support.count() == 7, "as many as the inspector speaks of"
    failed = PaymentLine.objects.filter(instructions__status=InstructionStatus.FAILED)
    (line,) = told_now(failed)
    assert line.payee.account_index != line.account_index, "the changed account waits to be confirmed"
    assert (SampledPayment.objects.count(), CallBack.objects.count()) == (20, 7)


def the_ledger_agrees() -> None:
    fund = Fund.objects.get(plan__slug=SLUG)
    sums = Counter[str]()
    for row in Posting.objects.filter(entry__fund=fund):
        sums[row.account] += row.amount_minor
    paid = PaymentInstruction.objects.filter(status=InstructionStatus.PAID)
    open_ = PaymentInstruction.objects.filter(status__in=[InstructionStatus.SENT, InstructionStatus.FAILED])
    bought = Purchase.objects.get(kit__measure__plan__slug=SLUG).total_minor
    assert bought == 10 * (32_00 + 30_00 + 25_00 + 9_00)
    assert sum(row.amount_minor for row in paid) + bought == sums[Account.DISBURSED]
    assert sum(row.amount_minor for row in open_) == sums[Account.COMMITTED]
    assert sums[Account.DISBURSED] + sums[Account.COMMITTED] == 209_600_00 + bought
    done = CliRunner().invoke(songnuan, ["funds", "check", "--json"], catch_exceptions=False)
    (row,) = (one for one in json.loads(done.stdout)["funds"] if one["plan"] == SLUG)
    assert (row["appropriated_minor"], row["available_minor"]) == (260_000_00, 50_400_00 - bought)
    assert all(question.answered_at for question in Question.objects.filter(plan__slug=SLUG))


def the_families_are_looked_after() -> None:
    families = measure("families")
    cases = list(cases_of([families.pk]))
    assert [case.number for case in cases] == list(range(1, 301))
    states = Counter(case.helper_state for case in cases)
    assert states == {HelperState.ACCEPTED: 276, HelperState.OFFERED: 14, HelperState.NONE: 10}
    loads = Counter(case.helper_id for case in cases if case.helper_id)
    assert max(loads.values()) <= settings_of(families).most
    declined = Case.objects.filter(helper_acts__verb=HelperVerb.DECLINE)
    assert [(case.number, case.helper_state) for case in declined] == [(17, HelperState.ACCEPTED)]
    stand = standings(cases, TODAY)
    due = [contact_due(stand[case.pk], settings_of(families).rhythm) for case in cases]
    missed = sum(day is not None and day < TODAY for day in due)
    assert 10 <= missed <= 30, "some contacts are missed, most are not"
    assert Contact.objects.filter(reached=False).exists()
    assert Contact.objects.filter(home_visit__isnull=False).count() == 2
    needs = need_rows(open_needs_of([case.pk for case in cases]))
    assert sum(row.is_late(TODAY) for row in needs) >= 1
    assert (len(needs), NeedClosing.objects.count(), NeedGoods.objects.count()) == (11, 3, 2)
    kit = kit_of(measure("kit_purchase").pk)
    assert kit is not None
    (given,) = issues(families.plan_id, kit_id=kit.kit_id)
    assert given.total_minor == 32_00 + 30_00 + 25_00, "at what was paid for it"


def flexible_work_is_asked_for() -> None:
    rows = FlexibleRequest.objects.order_by("number")
    assert Counter(row.status for row in rows) == {"approved": 3, "pending": 3, "returned": 1, "withdrawn": 1}
    assert [row.number for row in rows if not row.is_eligible] == [8]


def the_houses_see_their_own() -> None:
    """Who works for plan 3 has its pages, and nothing of plan 1; the other way round too."""
    privacy = as_(actor_of(User.objects.get(username="privacy")))
    assert privacy.get("/privacy/").status_code == 200, "all rosters of the house are theirs to assess"
    inspector = as_(actor_of(User.objects.get(username="inspector")))
    assert "校验全部" in inspector.get("/trail/").content.decode(), "and the whole trail is theirs to verify"
    checker = as_(actor_of(User.objects.get(username="care-check")))
    assert "确认新账户：清单发-0001" in checker.get("/").content.decode()
    for username, theirs, others in (
        ("care-officer", SLUG, "front-line-visits"),
        ("officer", "front-line-visits", SLUG),
        ("union", "front-line-visits", SLUG),
    ):
        client = as_(actor_of(User.objects.get(username=username)))
        assert client.get(reverse("plan", args=[theirs])).status_code == 200
        assert client.get(reverse("plan", args=[others])).status_code == 404
        assert client.get(reverse("grants", args=[measure("grants").pk])).status_code == 404


def the_payee_comes_in(demo: Demo) -> None:
    one = demo_union_staff.failing()
    assert demo.payee is not None
    assert demo.teacher is not None
    assert (demo.payee.name, demo.payee.ending) == (one.name, one.number[-4:])
    houses = {sign_in.house for sign_in in demo.sign_ins}
    assert houses == {demo_union.UNION, demo_emergency.CENTRE, demo_school.TOP, "澄江省水运管理局"}
    assert demo.teacher.code != demo.payee.code, "each has a way of their own"


def nobody_can_be_called() -> None:
    """No number of all houses is one that somebody has; what is staged stays sealed, and is of workbooks."""
    told = {
        (model.__name__, number)
        for model in apps.get_models()
        if not model.__name__.startswith("Staged")
        for field in model._meta.concrete_fields
        if field.name.endswith("phone")
        for number in model._default_manager.values_list(field.name, flat=True)
        if number
    }
    models = {name for name, _number in told}
    assert models >= {"Person", "CallLine", "Returnee", "SpecialFamily", "Notice", "UnitRecord"}, models
    assert {one for one in told if not re.fullmatch("142[0-9]{8}", one[1])} == set()


@pytest.mark.parametrize(
    "booked", [Booked(400_00), Booked(800_00, is_cash=True), Booked(800_00, is_cash=True, by_proxy=True)]
)
def test_whoever_is_drawn_can_have_said_it(booked: Booked) -> None:
    """The draw is another one in each demo, and cash is asked about once more."""
    for said in SAID:
        assert checked(said, booked).reached is said.reached
