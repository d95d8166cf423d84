"""Times the main acts of plan 1, and rosters of many people, on a fresh database; prints medians.

SQLite in a temporary folder, or PostgreSQL: `sh tools/with_postgres.sh .venv/bin/python tools/bench.py`.
With `--rosters` only the rosters, with `--million` one of a million people too; with `--schedule` only
schedules of visits, with the solver and without; with `--money` only money to people; with `--reports` only a
burst of situation reports through the served site (`--reports-killed`: only that in which it is killed); with
`--reports-board` only the pages that watch them, over a year.
While a roster comes in, another process writes a row every 100 ms and tells how long it waited at most. The
figures are of this machine; nothing is asserted.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
UNITS = 5000
PEOPLE = 200_000


def workbook(count: int) -> bytes:
    """Return a workbook of `count` units led by one office."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["序号", "慰问单位", "联系人", "联系电话", "牵头处室"])
    for row in range(1, count + 1):
        sheet.write_row(row, 0, [row, f"测试站{row}", "赵守闸", f"142{row:08d}", "航道处"])
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


def rosters(count: int) -> None:
    """Time a roster of `count` people from its file to committed rows, and the same file again."""
    from songnuan.journeys.import_roster import Options
    from songnuan.journeys.roster_file import import_file
    from songnuan.kernel.actor import SYSTEM
    from songnuan.organisation.queries import now

    path = Path(tempfile.gettempdir()) / f"songnuan-bench-{count}.xlsx"
    if not path.exists():
        part = path.with_suffix(".part")
        subprocess.run([sys.executable, ROOT / "tools/roster_workbook.py", str(count), part], check=True)  # noqa: S603 - our own
        part.rename(path)
    for again in ("", ", the same file again"):
        moments: list[float] = []
        with _somebody_else() as waits, _memory() as peaks, path.open("rb") as file:
            begin = perf_counter()
            done = import_file(
                file=file,
                name=path.name,
                kind="people",
                roster_key=f"people-{count}",
                options=Options(create_units=True),
                actor=SYSTEM,
                at=now(),
                told=partial(_tell, moments),
            )
            whole = perf_counter() - begin
        if (done.rows, done.rejected, done.unchanged) != (count, 0, count if again else 0):
            raise SystemExit(f"{done.rows} rows, {done.rejected} rejected, {done.unchanged} unchanged")
        # It tells for the last time when all is committed, before it tidies up.
        line(f"{count:,} people from .xlsx{again}", [moments[-1] - begin], count)
        print(f"    with what was staged removed: {whole:.1f} s")
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"    memory at most: this process {own} MB, all its children together {max(peaks)} MB")
        print(f"    somebody else's write waited at most {max(waits):.2f} s, of {len(waits)}")


def _tell(moments: list[float], _done: int, _total: int | None, _note: str) -> None:
    """Note the moment in which a journey tells how far it is."""
    moments.append(perf_counter())


@contextmanager
def _somebody_else() -> Iterator[list[float]]:
    """Let another process write meanwhile; at the end the list it yields holds how long each write took."""
    waits: list[float] = []
    with subprocess.Popen(  # noqa: S603 - this program
        [sys.executable, __file__, "--write"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit("the other process does not write")
        yield waits
        told, _errors = process.communicate("")
        waits += map(float, told.split())


def write_meanwhile() -> None:
    """Write a row every 100 ms until standard input ends, then print how long each took."""
    import django

    django.setup()
    from songnuan.organisation.models import Unit
    from songnuan.organisation.queries import today

    ended = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    print("ready", flush=True)
    waits = []
    while not ended.wait(0.1):
        waits += clock(lambda: Unit.objects.create(key=uuid4().hex, opened_on=today()), 1)
    print(*waits)


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Look at the memory of the children ten times a second; yields what they hold together, in MB."""
    seen, ended = [0], threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.append(sum(map(_resident, _children(os.getpid()))) // 1024)
            sleep(0.1)

    watcher = threading.Thread(target=look)
    watcher.start()
    yield seen
    ended.set()
    watcher.join()


def _children(process: int) -> list[str]:
    """Return the ids of the processes that a process has started, but for the one that writes."""
    found: list[str] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        found += task.read_text().split()
    return [child for child in found if "--write" not in _told(child, "cmdline")]


def _resident(process: str) -> int:
    """Return the memory of a process in kB; 0 when it is gone."""
    lines = _told(process, "status").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def _told(process: str, what: str) -> str:
    try:
        return Path(f"/proc/{process}/{what}").read_text()
    except OSError:  # gone meanwhile
        return ""


def main() -> None:
    """Make the bureau and time its acts."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connection

    if "--schedule" in sys.argv:
        schedules()
        return
    if "--money" in sys.argv:
        from bench_money import money

        print(f"{connection.vendor}\n")
        money(line)
        return
    if "--reports-board" in sys.argv:
        from bench_reports_board import board

        call_command("collectstatic", verbosity=0, interactive=False)
        board()
        return
    if "--reports" in sys.argv or "--reports-killed" in sys.argv:
        from bench_reports import killed, reports

        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        killed() if "--reports-killed" in sys.argv else reports()
        return
    print(f"{connection.vendor}\n")
    if "--rosters" not in sys.argv:
        plan_1()
    for count in (PEOPLE, 1_000_000) if "--million" in sys.argv else (PEOPLE,):
        rosters(count)


def schedules() -> None:
    """Time proposals of who visits whom when: of plan 1's size, and of 120 visits by 8 teams."""
    from songnuan.visits.scheduling.proposing import propose

    for visits, leads, teams in ((47, 18, 18), (120, 1, 8), (120, 8, 8)):
        problem = _problem(visits, leads, teams)
        for only_greedy in (True, False):
            found = propose(problem, only_greedy=only_greedy)
            seconds = clock(partial(propose, problem, only_greedy=only_greedy), 3)
            if found.unplaced:
                raise SystemExit("a visit has no place")
            line(f"{visits} visits, {leads} leads, {teams} teams, {found.method}", seconds, visits)
            outings = len({(spot.team, spot.day) for spot in found.spots.values()})
            print(f"    cost {found.cost}, days on which a team is out {outings}, best: {found.is_best}")


def _problem(visits: int, leads: int, teams: int) -> Any:  # noqa: ANN401 - imported below
    """Return a problem with units of all hours in six districts, before a deadline two weeks away."""
    from datetime import date, timedelta
    from random import Random

    from songnuan.kernel.workdays import is_workday
    from songnuan.visits.scheduling.problem import WEEK, Car, Hours, Problem, Stop, Team

    chance = Random(1)  # noqa: S311 - no secret, the same every time
    week = [date(2020, 4, 7) + timedelta(days=number) for number in range(15)]
    hours = [Hours(WEEK, 540, 1020), Hours(WEEK, 480, 720), Hours(frozenset({0, 2, 4}), 540, 1020)]
    return Problem(
        days=[day for day in week if is_workday(day)],
        teams=[Team(f"t{n}", n % leads, f"d{n % 6}", Car.OWN, 510, 1050, 4) for n in range(teams)],
        stops=[
            Stop(n, n, n % leads, f"d{chance.randrange(6)}", chance.choice(hours), 45, week[-1])
            for n in range(visits)
        ],
        standing=[],
        near=20,
        far=60,
        rest=(720, 810),
    )


def plan_1() -> None:
    """Time the acts of a plan."""
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


if __name__ == "__main__" and "--write" in sys.argv:
    write_meanwhile()
elif __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="songnuan-bench-") as home:
        os.environ["SONGNUAN_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "songnuan.config.settings"
        sys.path[:0] = [str(ROOT / "tests")]
        from songnuan.kernel import keys

        keys.create(Path(home))
        main()
