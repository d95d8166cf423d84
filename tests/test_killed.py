"""kill -9 at any statement of an act leaves all of it or nothing, and the trail verifies."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from hands import killed_at
from people import PLANS, SLUG, Bureau, at, buy, make_bureau, open_plan_1, raised, really_buy
from songnuan.approvals.checks import verify as check_approvals
from songnuan.approvals.models import Act
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry as TrailEntry
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Movement, Purchase
from songnuan.jobs.models import InboxEntry, OutboxMessage
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.journeys.submit_plan import submit_plan
from songnuan.plans.models import Plan
from songnuan.records.models import StoredFile
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit, VisitStatus

pytestmark = pytest.mark.once

TABLES = (TrailEntry, Entry, Purchase, Movement, InboxEntry, OutboxMessage, Task, StoredFile, Act)


def state() -> list[int]:
    """Count every table that the acts write."""
    return [table.objects.count() for table in TABLES]


def dies_everywhere(act: Callable[[], object]) -> int:
    """Kill `act` at its first, second … statement until it survives; return how many it has."""
    before = state()
    statement = 0
    while killed_at(statement := statement + 1, act):
        assert state() == before, f"half an act was left by a kill at statement {statement}"
    return statement - 1


@pytest.fixture
def ready(transactional_db: None) -> tuple[Bureau, Plan]:  # noqa: ARG001 - real commits
    bureau = make_bureau()
    return bureau, open_plan_1(bureau)


def test_a_purchase_killed_at_any_statement_is_whole_or_absent(ready: tuple[Bureau, Plan]) -> None:
    bureau, plan = ready
    key = uuid4()
    statements = dies_everywhere(lambda: really_buy(bureau, plan, {"方便面": (94, 68_00)}, "0001", key))
    assert statements > 20
    assert Purchase.objects.count() == 1
    assert Fund.objects.get().disbursed_minor == 94 * 68_00
    assert [*verify(), *check_funds(), *check_goods()] == []


def test_a_visit_killed_at_any_statement_is_whole_or_absent(ready: tuple[Bureau, Plan]) -> None:
    bureau, plan = ready
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}, "0001")
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")[0]
    report, key = bureau.report(at(8), problems=[Problem("夜班岗亭缺取暖设备")]), uuid4()
    statements = dies_everywhere(
        lambda: record_visit(visit_id=visit.pk, report=report, key=key, actor=bureau.liaison, at=at(8, 11))
    )
    assert statements > 20
    visit.refresh_from_db()
    assert visit.status == VisitStatus.RECORDED
    assert raised().count() == 1
    assert [*verify(), *check_funds(), *check_goods()] == []


@pytest.mark.usefixtures("transactional_db")
def test_an_approval_killed_at_any_statement_is_whole_or_absent() -> None:
    bureau = make_bureau()
    load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    statements = dies_everywhere(
        lambda: approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))
    )
    assert statements > 10
    request.refresh_from_db()
    assert (request.status, Plan.objects.get().status) == ("approved", "approved")
    assert [*verify(), *check_approvals()] == []
