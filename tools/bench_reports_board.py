"""Times the pages that watch situation reports, over thousands of units and a year of days.

Called by `bench.py --reports-board`. All that the pages ask is asked again, statement by statement, and timed
to its last row; beside it stands the same less the way to the database and back. The year is made by its
tables, and its counts are the ones that the reports would have left.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench_reports_house import make

if TYPE_CHECKING:
    from django.test import Client

UNITS = int(os.environ.get("BENCH_BOARD_UNITS", "10000"))
DAYS = int(os.environ.get("BENCH_BOARD_DAYS", "365"))
MOST_QUERIES, MOST_SECONDS = 28, 0.005
ROUNDS = 15
_SLOTS_OF = 7  # days
Statement = tuple[str, Any]


def board() -> None:
    """Make the house and its year, and time each page for its office."""
    from django.db import connection

    begin = perf_counter()
    make(UNITS)
    _year()
    office = _office()
    print(f"{connection.vendor}, {UNITS} units, {DAYS} days, made in {perf_counter() - begin:.1f} s")
    bare = _timed(("SELECT 1", None))
    print(f"{'a statement that asks nothing':<42}{bare * 1000:>9.2f} ms")
    is_slow = False
    for name, path in _pages():
        asked = _asked(office, path)
        times = [_timed(one) for one in asked]
        whole = sum(times)
        spent = whole - bare * len(asked)
        told = f"{spent * 1000:.2f} ms without the way"
        print(f"{name:<28}{len(asked):>4} statements{whole * 1000:>9.2f} ms, {told}")
        slowest = sorted(zip(times, asked, strict=True), reverse=True)
        for one, (sql, _params) in slowest[: int(os.environ.get("BENCH_SLOWEST", "0"))]:
            print(f"{one * 1000:>12.2f} ms  {sql[:600]}")
        is_slow |= len(asked) > MOST_QUERIES or spent > MOST_SECONDS
    if is_slow:
        raise SystemExit(
            f"a page asks more than {MOST_QUERIES} statements, or for longer than {MOST_SECONDS} s"
        )


def _pages() -> list[tuple[str, str]]:
    from songnuan.emergency.models import ReportPeriod
    from songnuan.plans.models import Measure

    measure, period = Measure.objects.get(), ReportPeriod.objects.latest("starts_at")
    response = Measure.objects.create(
        plan_id=measure.plan_id,
        position=measure.position + 1,
        key="response",
        clause_key=measure.clause_key,
        kind="response",
        settings={"levels": [{"key": "third", "title": "III级响应"}], "code": "测应急"},
        status=measure.status,
        opened_at=measure.opened_at,
    )
    return [
        ("the board", f"/emergency/{response.pk}/board/"),
        ("alerts", "/warnings/"),
        ("periods and their rates", f"/situation/{measure.pk}/"),
        ("a period live", f"/situation/periods/{period.pk}/"),
        ("who is missing", f"/situation/periods/{period.pk}/?show=missing"),
    ]


def _office() -> "Client":
    """Return a browser in which the office is signed in."""
    from django.test import Client

    from songnuan.organisation.models import Post, User
    from songnuan.organisation.queries import now
    from songnuan.plans.models import Plan

    plan, at = Plan.objects.get(), now()
    user = User.objects.create(username="office", name="应急办", password="!", created_at=at)  # noqa: S106 - opens nothing
    Post.objects.create(user=user, unit_id=plan.unit_id, role="epidemic_office", starts_on=at.date())
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _year() -> None:
    """Give every day before today its period and what its units counted; nine of ten reported.

    The slots themselves are made for the last week: no page reads those of other periods than its own.
    """
    from django.db import connection, transaction
    from django.db.models import F

    from songnuan.emergency.models import ReportCount, ReportPeriod, ReportSlot
    from songnuan.kernel.dialect import dialect_of
    from songnuan.organisation.models import Post, Unit, UnitLink, UnitRecord, User

    today = ReportPeriod.objects.latest("starts_at")
    before = [timedelta(days=day) for day in range(DAYS, 0, -1)]
    rows = [
        ReportPeriod(
            measure_id=today.measure_id,
            starts_at=today.starts_at - back,
            due_at=today.due_at - back,
            ends_at=today.ends_at - back,
            opened_at=today.opened_at - back,
        )
        for back in before
    ]
    known = ReportPeriod.objects.values_list("starts_at", flat=True)
    made = ReportPeriod.objects.bulk_create([one for one in rows if one.starts_at not in set(known)])
    ids = [one.pk for one in made]
    with transaction.atomic(), connection.cursor() as cursor:
        for first in range(0, len(ids), 50):
            some = ", ".join(map(str, ids[first : first + 50]))
            cursor.execute(_COUNTS.format(today=today.pk, periods=some))
        cursor.execute(_SLOTS.format(today=today.pk, periods=", ".join(map(str, ids[-_SLOTS_OF:]))))
        looked_at = (ReportPeriod, ReportSlot, ReportCount, Unit, UnitLink, UnitRecord, Post, User)
        tables = [model._meta.db_table for model in looked_at]  # noqa: SLF001 - Django's public name for it
        dialect_of(connection).look_at(cursor, tables)
    ReportCount.objects.filter(period__in=ids).update(
        received=F("expected") - F("expected") / 10,
        on_time=F("expected") - F("expected") / 10,
        zero=F("expected") - F("expected") / 10,
    )


_SLOTS = """
INSERT INTO emergency_reportslot
  (period_id, unit_id, parent_id, path, depth, status, version, received_at, is_late, is_excused)
SELECT p.id, s.unit_id, s.parent_id, s.path, s.depth, 'zero', 1, p.due_at, s.is_late, s.is_excused
FROM emergency_reportslot s, emergency_reportperiod p
WHERE s.period_id = {today} AND p.id IN ({periods}) ORDER BY p.id, s.id
"""
_COUNTS = """
INSERT INTO emergency_reportcount (period_id, node_id, above_id, depth, lane, expected, excused, received,
  on_time, zero, event, corrected, changes)
SELECT p.id, c.node_id, c.above_id, c.depth, c.lane, c.expected, 0, 0, 0, 0, 0, 0, c.expected
FROM emergency_reportcount c, emergency_reportperiod p
WHERE c.period_id = {today} AND p.id IN ({periods}) ORDER BY p.id, c.id
"""


def _asked(client: "Client", path: str) -> list[Statement]:
    """Open a page, and return what was asked of the database for it."""
    from django.db import connection

    found: list[Statement] = []

    def note(execute: Callable[..., object], sql: str, params: object, *rest: object) -> object:
        found.append((sql, params))
        return execute(sql, params, *rest)

    client.get(path)
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(note))
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return [one for one in found if one[0].lstrip().startswith(("SELECT", "WITH"))]


def _timed(statement: Statement) -> float:
    """Return how long a statement takes to its last row: at best, because others use the machine, too."""
    from django.db import connection

    times = []
    for _round in range(ROUNDS):
        with connection.cursor() as cursor:
            begin = perf_counter()
            cursor.execute(*statement)
            cursor.fetchall()
            times.append(perf_counter() - begin)
    return min(times)
