"""Erasing killed at any statement, begun twice, or at one moment with others, comes to the same end."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hands import killed_at, together
from pairs import enrol, link, person, roster, serve
from people_builders import at, bring, on, open_unit
from roster_files import people as people_file
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.journeys import erase_rosters as journey
from songnuan.journeys.change_roster import change_roster
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.kernel.actor import SYSTEM
from songnuan.people import actions, queries
from songnuan.people.checks import verify
from songnuan.people.models import (
    Enrolment,
    FamilyLink,
    Person,
    PersonStatus,
    Roster,
    RosterImport,
    RosterStatus,
    Service,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PEOPLE = 24
ROWS = [
    {"name": f"张{number}", "id_number": f"11010119900101{number:03d}X", "post": "医生"}
    for number in range(PEOPLE)
]


@pytest.fixture
def top(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> int:  # noqa: ARG001 - real commits
    """A hospital; returns its id."""
    monkeypatch.setattr(journey, "CHUNK", 7)
    return open_unit("澄江医院", "bureau")


def until(key: str, day: int) -> None:
    """Let a roster be kept until a day of April."""
    Roster.objects.filter(key=key).update(retain_until=on(day))


def erase() -> None:
    """Do the work of the night to 11 April."""
    erase_rosters(actor=SYSTEM, at=at(11, 1))


def sound() -> None:
    """Let nothing be found wrong, in the register or the trail."""
    assert [*verify(on(11)), *verify_trail()] == []


def told(action: str) -> list[dict[str, Any]]:
    """Return the facts of the entries of an act."""
    facts = Entry.objects.filter(action=action).order_by("pk").values_list("facts", flat=True)
    return [json.loads(text) for text in facts]


def persons() -> Counter[str]:
    """Return how many persons are active, merged and erased."""
    return Counter(Person.objects.values_list("status", flat=True))


def a_world(top: int) -> None:
    """Three rosters that end on 10 April, one that does not, and imports that wait or stopped half-way."""
    bring("people", "people", ROWS, 7, unit_id=top).apply()
    half = bring("people", "people", [{**row, "post": "护士"} for row in ROWS], 8, unit_id=top, size=5)
    half.call(_begin)
    bring("people", "people", ROWS[:9], 9, unit_id=top)
    kept, kin, front = roster(top, key="kept"), roster(top, "families"), roster(top, "service")
    known = list(Person.objects.order_by("pk"))
    for who in known[:5]:
        enrol(kept, who, post="医生")
    for place, who in enumerate(known[:12]):
        link(kin, who, person(f"家属{place}", phone=f"138000100{place:02}"))
        serve(front, who)
    for key in ("people", "families", "service"):
        until(key, 10)


def _begin(**by: Any) -> None:
    actions.begin_apply(**by)
    actions.apply_chunk(after=0, size=5, **by)


def test_erasing_killed_at_any_statement_goes_on_to_the_same_end(top: int) -> None:
    a_world(top)
    statement, killed, moments = 4, 0, set()
    while killed_at(statement, erase):
        killed += 1
        moments.add((persons()["erased"], *sorted(Roster.objects.values_list("status", flat=True))))
        found = {finding.code for finding in verify(on(11))}
        assert not found, f"statement {statement}: {found}"
        statement += 5 + killed % 3
    assert killed > 15
    assert len(moments) > 5, "it was killed in the middle, too"
    assert persons() == {PersonStatus.ACTIVE: 5, PersonStatus.ERASED: PEOPLE - 5 + 12}
    assert dict(Roster.objects.values_list("key", "status")) == {
        "people": "erased",
        "families": "erased",
        "service": "erased",
        "kept": "open",
    }
    for table in (Enrolment, FamilyLink, Service):
        left = table._default_manager.exclude(told_digest="")
        assert set(left.values_list("roster__key", flat=True)) <= {"kept"}
    assert sorted(RosterImport.objects.filter(roster_key="people").values_list("status", flat=True)) == [
        "applied",
        "cancelled",
        "cancelled",
    ]
    assert len(told("people.erase_roster")) == 3
    assert sum(row["people"] for row in told("people.erase_rows")) == PEOPLE - 5 + 12
    sound()
    before = Entry.objects.count()
    erase()
    assert Entry.objects.count() == before


def test_two_at_once_erase_once(top: int) -> None:
    a_world(top)
    assert together(erase, erase) == {"done": 2}
    assert persons() == {PersonStatus.ACTIVE: 5, PersonStatus.ERASED: PEOPLE - 5 + 12}
    assert len(told("people.begin_erasing")) == len(told("people.erase_roster")) == 3
    assert sum(row["people"] for row in told("people.erase_rows")) == PEOPLE - 5 + 12
    sound()


def test_an_import_of_the_same_people_at_the_same_time_keeps_those_it_wrote_first(top: int) -> None:
    bring("people", "people", ROWS, 2, unit_id=top).apply()
    until("people", 10)
    steps = bring("later", "people", ROWS, 9, unit_id=top, size=3)
    assert together(erase, steps.apply) == {"done": 2}
    assert persons()[PersonStatus.ACTIVE] == PEOPLE
    here = Enrolment.objects.filter(roster__key="later", ends_on=None)
    assert here.filter(person__status=PersonStatus.ACTIVE).count() == PEOPLE
    assert {row.person.name for row in here.select_related("person")} == {row["name"] for row in ROWS}
    sound()


def test_an_import_into_the_roster_at_the_same_time_is_stopped_or_erased_too(top: int) -> None:
    bring("people", "people", ROWS, 2, unit_id=top).apply()
    until("people", 10)
    more = [{"name": f"李{number}", "post": "医生"} for number in range(12)]
    steps = bring("people", "people", more, 9, unit_id=top, size=3)
    outcomes = together(erase, steps.apply)
    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", "wrong_state", "roster_erased"}
    assert persons()[PersonStatus.ACTIVE] == 0
    assert Roster.objects.get().status == RosterStatus.ERASED
    sound()


def put_off(key: str, day: int) -> Callable[[], object]:
    """Return the act of keeping a roster longer."""
    one = Roster.objects.get(key=key)

    def act() -> object:
        return change_roster(
            roster_id=one.pk,
            title=one.title,
            purpose="",
            legal_ground="duty",
            notice="",
            retain_until=on(day),
            actor=SYSTEM,
            at=at(11, 1),
        )

    return act


def test_a_day_put_off_at_the_last_moment_keeps_all_or_comes_too_late(top: int) -> None:
    bring("people", "people", ROWS, 9, unit_id=top).apply()
    until("people", 10)
    outcomes = together(erase, put_off("people", 30))
    one = Roster.objects.get()
    if outcomes == {"done": 2}:
        assert (one.status, one.retain_until) == (RosterStatus.OPEN, on(30))
        assert persons() == {PersonStatus.ACTIVE: PEOPLE}
    else:
        assert outcomes == {"done": 1, "roster_erased": 1}
        assert (one.status, one.retain_until) == (RosterStatus.ERASED, on(10))
        assert persons() == {PersonStatus.ERASED: PEOPLE}
    sound()


def test_half_erased_a_roster_is_not_put_off_any_more(top: int) -> None:
    bring("people", "people", ROWS, 2, unit_id=top).apply()
    until("people", 10)
    assert killed_at(30, erase)
    assert Roster.objects.get().status == RosterStatus.ERASING
    assert together(put_off("people", 30)) == {"roster_erased": 1}
    assert [one.begun for one in queries.due(on(11))] == [True]
    erase()
    assert persons() == {PersonStatus.ERASED: PEOPLE}
    sound()


# The command -----------------------------------------------------------------------------------------

BIN = str(Path(sys.executable).with_name("songnuan"))


def run(home: Path, *arguments: str) -> Any:
    """Run the program on a data folder of its own; return its document."""
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment = {**kept, "SONGNUAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "songnuan.config.settings"}
    done = subprocess.run(
        [BIN, *arguments, "--json"], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.xdist_group("command")
def test_the_command_erases_what_is_due_and_no_name_is_left_in_the_database(
    installation: Path, tmp_path: Path
) -> None:
    shutil.copytree(installation, tmp_path, dirs_exist_ok=True)
    (tmp_path / "people.csv").write_bytes(people_file(*range(300)))
    run(tmp_path, "roster", "import", str(tmp_path / "people.csv"), "--kind", "people", "--create-units")
    assert run(tmp_path, "roster", "erase") == []
    file = tmp_path / "songnuan.sqlite3"
    names = [f"赵{one}{other}".encode() for one in "守望如小大" for other in "江河海川山"]
    assert _times(tmp_path, names) >= 300
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("UPDATE people_roster SET retain_until = ?", [date(2020, 1, 1).isoformat()])
    [due] = run(tmp_path, "roster", "erase", "--dry-run")
    assert (due["key"], due["people"], due["erased"], due["staying"]) == ("people", 300, 300, 0)
    assert run(tmp_path, "roster", "erase", "--dry-run") == [due]
    [done] = run(tmp_path, "roster", "erase")
    assert (done["key"], done["erased"]) == ("people", 300)
    assert run(tmp_path, "roster", "erase") == []
    assert run(tmp_path, "audit", "verify")["ok"] is True
    assert [line["state"] for line in run(tmp_path, "doctor", "--deep") if line["name"] == "checks"] == ["ok"]
    # Unused room within a page may hold a name until the page is written again, no more than here and there.
    assert _times(tmp_path, names) < 10
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("VACUUM")
    assert _times(tmp_path, names) == 0


def _times(home: Path, names: list[bytes]) -> int:
    """Return how often a name stands in any file of a data folder, but for the file that was brought."""
    files = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".csv"]
    return sum(path.read_bytes().count(name) for path in files for name in names)
