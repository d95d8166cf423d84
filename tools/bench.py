"""Times the main acts of plan 1 on a fresh database, beside a bare insert, and prints medians.

SQLite in a temporary folder, or PostgreSQL: `sh tools/with_postgres.sh .venv/bin/python tools/bench.py`.
The figures are of this machine; nothing is asserted.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
UNITS = 5000


def workbook(count: int) -> bytes:
    """Return a workbook of `count` units led by one office."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["序号", "慰问单位", "联系人", "联系电话", "牵头处室"])
    for row in range(1, count + 1):
        sheet.write_row(row, 0, [row, f"测试站{row}", "赵守闸", f"199{row:08d}", "航道处"])
    book.close()
    return out.getvalue()


def clock(act: Callable[[], Any], times: int) -> list[float]:
    """Return the seconds of each of `times` runs."""
    found = []
    for _run in range(times):
        begin = perf_counter()
        act()
        found.append(perf_counter() - begin)
    return found


def line(name: str, seconds: list[float], per: int = 1) -> None:
    """Print one figure: median time of an act, and acts (or rows) in a second."""
    middle = statistics.median(seconds)
    print(f"{name:<44}{middle * 1000:>10.1f} ms{per / middle:>12.0f} /s   n={len(seconds)}")


def main() -> None:
    """Make the bureau and time its acts."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from people import SLUG, at, buy, make_bureau, open_plan_1
    from songnuan.audit.checks import verify
    from songnuan.audit.models import Entry
    from songnuan.journeys.import_units import import_units
    from songnuan.journeys.living_plan import living_plan
    from songnuan.journeys.record_visit import record_visit
    from songnuan.organisation.models import Unit
    from songnuan.visits.models import Visit

    print(f"{connection.vendor}\n")
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    bare = clock(lambda: Unit.objects.create(key=uuid4().hex, opened_on=at(1).date()), 100)
    line("one bare insert, committed", bare)
    bought = [lambda n=n: buy(bureau, plan, {"方便面": (1, 68_00)}, f"B{n:04d}") for n in range(40)]
    line("a purchase (fund, purchase, stock, trail)", [clock(act, 1)[0] for act in bought])
    buy(bureau, plan, {"方便面": (54, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}, "REST")
    visits = list(Visit.objects.filter(lead_id=bureau.lead_id))
    acts = [
        lambda visit=visit: record_visit(
            visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
        )
        for visit in visits
    ]
    line("a visit (report, receipt, kit, trail)", [clock(act, 1)[0] for act in acts])
    with CaptureQueriesContext(connection) as captured:
        living_plan(plan, at(9), lambda _measure, _kind: "")
    line(
        f"the living plan, 47 units ({len(captured)} queries)",
        clock(lambda: living_plan(plan, at(9), lambda _measure, _kind: ""), 20),
    )
    rows = Entry.objects.count()
    line(f"verifying the trail, {rows} rows", clock(verify, 5), rows)
    content = workbook(UNITS)

    def bring(day: int) -> None:
        import_units(
            content=content, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(day)
        )

    line(f"importing {UNITS} units from a workbook", clock(lambda: bring(9), 1), UNITS)
    line("the same workbook again", clock(lambda: bring(10), 3), UNITS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="songnuan-bench-") as home:
        os.environ["SONGNUAN_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "songnuan.config.settings"
        sys.path[:0] = [str(ROOT / "tests")]
        from songnuan.kernel import keys

        keys.create(Path(home))
        main()
