"""kill -9 anywhere while a roster is read or applied: run again, it comes to the same end."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hands import killed_at
from people import Bureau, at, make_bureau
from roster_files import bring, people
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.journeys import import_roster, roster_reading
from songnuan.kernel.actor import SYSTEM
from songnuan.people.models import Enrolment, ImportStatus, Person, RosterImport, StagedPerson

pytestmark = pytest.mark.once

PEOPLE = 150
CHUNK = 40


@pytest.fixture
def bureau(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Bureau:  # noqa: ARG001 - real commits
    monkeypatch.setattr(roster_reading, "STAGE_ROWS", 50)
    monkeypatch.setattr(roster_reading, "MATCH_ROWS", 50)
    monkeypatch.setattr(import_roster, "CHUNK", CHUNK)
    return make_bureau()


def register() -> list[tuple[object, ...]]:
    """Return what the register tells, without keys that chance makes."""
    columns = (
        "person__name",
        "person__id_index",
        "person__phone_index",
        "unit_id",
        "post",
        "starts_on",
        "ends_on",
    )
    return list(Enrolment.objects.order_by("person__id_index", "pk").values_list(*columns))


def dies_here_and_there(act: Callable[[], object], every: int, look: Callable[[], None]) -> int:
    """Kill `act` at statements further and further on until it survives; return how often it was killed."""
    statement, killed = every, 0
    while killed_at(statement, act):
        killed += 1
        look()
        statement += every + killed % 3
    look()
    return killed


def test_a_roster_killed_while_it_is_read_is_read_to_the_same_end(bureau: Bureau) -> None:
    key = bring(people(*range(PEOPLE)), unit_id=bureau.bureau_id)

    def look() -> None:
        assert Person.objects.count() == 0
        assert StagedPerson.objects.count() <= PEOPLE

    def act() -> None:
        import_roster.read(import_key=key, actor=SYSTEM, at=at(6))

    assert dies_here_and_there(act, 5, look) > 8
    source = RosterImport.objects.get(key=key)
    assert (source.status, source.counts["rows"], source.counts["accepted"]) == (
        ImportStatus.STAGED,
        PEOPLE,
        PEOPLE,
    )
    assert StagedPerson.objects.count() == PEOPLE
    assert verify() == []


def test_a_roster_killed_while_it_is_applied_is_applied_once(bureau: Bureau) -> None:
    other = bring(people(*range(PEOPLE)), unit_id=bureau.bureau_id, key="whole")
    import_roster.read(import_key=other, actor=SYSTEM, at=at(6))
    key = bring(people(*range(PEOPLE)), unit_id=bureau.bureau_id)
    import_roster.read(import_key=key, actor=SYSTEM, at=at(6))

    def look() -> None:
        done = Enrolment.objects.filter(roster__key="people").count()
        assert done % CHUNK == 0 or done == PEOPLE, "half a chunk was left"

    def act() -> None:
        import_roster.apply(import_key=key, end_missing=False, actor=SYSTEM, at=at(6))

    assert dies_here_and_there(act, 5, look) > 5
    source = RosterImport.objects.get(key=key)
    assert (source.status, StagedPerson.objects.filter(source=source).count()) == (ImportStatus.APPLIED, 0)
    assert Entry.objects.filter(action="people.finish_import").count() == 1
    here = register()
    assert len(here) == PEOPLE
    import_roster.apply(import_key=other, end_missing=False, actor=SYSTEM, at=at(6))
    assert register() == sorted([*here, *here], key=lambda row: str(row[1]))
    assert verify() == []


# The command -----------------------------------------------------------------------------------------

BIN = str(Path(sys.executable).with_name("songnuan"))
MANY = 9000


@pytest.fixture
def home(installation: Path, tmp_path: Path) -> Path:
    shutil.copytree(installation, tmp_path, dirs_exist_ok=True)
    (tmp_path / "people.csv").write_bytes(people(*range(MANY)))
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {**kept, "SONGNUAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "songnuan.config.settings"}


def run(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [BIN, *arguments], env=environment(home), capture_output=True, text=True, check=True
    )
    return done.stdout


def left_running(home: Path) -> list[str]:
    """Return the commands of processes that still work for this data folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if f"SONGNUAN_HOME={home}".encode() in (path / "environ").read_bytes().split(b"\0"):
                found.append((path / "cmdline").read_bytes().decode().replace("\0", " "))
        except OSError:  # gone meanwhile
            continue
    return found


@pytest.mark.xdist_group("command")
def test_a_command_killed_at_some_moment_and_given_again_comes_to_the_same_end(home: Path) -> None:
    command = ["roster", "import", str(home / "people.csv"), "--kind", "people", "--create-units", "--json"]
    for seconds in (1.5, 2.5, 3.5):
        with subprocess.Popen(
            [BIN, *command], env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as child:
            time.sleep(seconds)
            child.send_signal(signal.SIGKILL)
        for _moment in range(50):
            if not left_running(home):
                break
            time.sleep(0.1)
        assert left_running(home) == [], "a process outlived the command"
    done = run(home, *command)
    assert f'"rows": {MANY}' in done
    assert '"rejected": 0' in done
    assert f'"people": {MANY}' in run(home, "roster", "list", "--json")
    assert '"ok": true' in run(home, "audit", "verify", "--json")
    assert f'"unchanged": {MANY}' in run(home, *command)
