"""Imports of rosters in the background: queued once, told how far they are, and swept when forgotten."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from people import Bureau, at
from roster_files import HEADINGS, bring, people, person, read, text
from songnuan.audit.models import Entry
from songnuan.cli.commands import songnuan
from songnuan.documents.reading import as_file
from songnuan.jobs.models import Job
from songnuan.jobs.worker import run_pending
from songnuan.journeys import import_roster, uploads
from songnuan.journeys.forget_import import forget_import
from songnuan.journeys.roster_tasks import KEPT, Running, enqueue_apply, enqueue_read, running, sweep_imports
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken
from songnuan.people.erasure import NO_FILE
from songnuan.people.models import ImportProblem, ImportStatus, Person, Roster, RosterImport, StagedPerson
from songnuan.web import roster_progress
from songnuan.web.roster_progress import progress_of
from web.browsing import on

pytestmark = pytest.mark.django_db


def files() -> list[Path]:
    return sorted(Path(settings.FILES_ROOT).glob("uploads/*"))


@pytest.fixture(autouse=True)
def _kept_nothing() -> Iterator[None]:
    yield
    for path in files():
        path.unlink()


def age(days: float) -> None:
    """Let the files that wait be older."""
    for path in files():
        before = wall().timestamp() - days * 86400
        os.utime(path, (before, before))


def test_the_worker_reads_and_applies_and_two_clicks_are_one_job(bureau: Bureau) -> None:
    key = bring(people(1, 2, 3), unit_id=bureau.bureau_id, actor=bureau.officer)
    assert running(key) is None
    with on(at(6)):
        for _click in range(2):
            enqueue_read(import_key=key, actor=bureau.officer)
        asked = running(key)
        assert asked is not None
        assert (asked.task, asked.status) == ("read", Job.Status.READY)
        assert run_pending() == 1
        done = running(key)
        assert done is not None
        assert (done.status, done.done, done.error) == (Job.Status.DONE, 3, "")
        for _click in range(2):
            enqueue_apply(import_key=key, end_missing=False, actor=bureau.officer)
        assert Job.objects.filter(status=Job.Status.READY).count() == 1
        run_pending()
    assert RosterImport.objects.get(key=key).status == ImportStatus.APPLIED
    assert Person.objects.count() == 3


def test_how_far_it_is_is_told_in_the_reader_s_language_not_the_worker_s(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = []
    for language, content in (("zh-hans", people(1, 2)), ("en", people(3, 4))):
        key = bring(content, unit_id=bureau.bureau_id, actor=bureau.officer)
        noted: list[str] = []

        def told(_done: int, _total: int | None, note: str, noted: list[str] = noted) -> None:
            noted.append(note)

        with override(language):
            import_roster.read(import_key=key, actor=bureau.officer, at=at(6), told=told)
        notes.append(noted)
    assert notes[0] == notes[1] != []
    work = Running("read", Job.Status.RUNNING, done=1, total=2, note=notes[0][0], error="", since=wall())
    monkeypatch.setattr(roster_progress, "running", lambda _key: work)
    source = RosterImport.objects.get(key=key)
    shown = []
    for language in ("zh-hans", "en"):
        with override(language):
            progress = progress_of(source, at(6))
            assert progress is not None
            shown.append((progress.note, _(notes[0][0])))
    assert all(note == translated for note, translated in shown)
    assert shown[0] != shown[1]


def test_after_an_import_by_the_command_duplicates_are_looked_for(bureau: Bureau, tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    path.write_bytes(people(1, 2))
    told = ["roster", "import", str(path), "--kind", "people", "--json"]
    with on(at(6)):
        assert CliRunner().invoke(songnuan, [*told, "--dry-run"], catch_exceptions=False).exit_code == 0
        assert not Job.objects.exists()
        done = CliRunner().invoke(songnuan, told, catch_exceptions=False)
        assert (done.exit_code, json.loads(done.stdout)["joined"]) == (0, 2)
        job = Job.objects.get()
        assert (job.task, job.args) == (
            "songnuan.journeys.duplicate_tasks.find_after_import",
            [RosterImport.objects.get(status=ImportStatus.APPLIED).key],
        )
        assert run_pending() == 1
    job.refresh_from_db()
    assert job.status == Job.Status.DONE
    assert Roster.objects.get().unit_id == bureau.bureau_id


def test_a_file_that_cannot_be_read_tells_why(bureau: Bureau) -> None:
    key = bring(b"<html>", unit_id=bureau.bureau_id, actor=bureau.officer)
    with on(at(6)):
        enqueue_read(import_key=key, actor=bureau.officer)
        run_pending()
    done = running(key)
    assert done is not None
    assert done.status == Job.Status.FAILED
    assert done.error == RosterImport.objects.get(key=key).note != ""


def test_an_import_that_nobody_touches_for_a_week_is_given_up(bureau: Bureau) -> None:
    old = read(text(HEADINGS, person(1), person(2, 手机号="1")), unit_id=bureau.bureau_id, day=6)
    new = read(people(3), unit_id=bureau.bureau_id, day=12)
    age(2)
    with on(at(13)):
        assert sweep_imports.call() == 0
    with on(at(6) + KEPT + timedelta(minutes=1)):
        assert sweep_imports.call() == 1
        assert sweep_imports.call() == 0
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == (ImportStatus.CANCELLED, ImportStatus.STAGED)
    assert [path.name for path in files()] == [new.options["upload"]]
    assert set(StagedPerson.objects.values_list("source_id", flat=True)) == {new.pk}
    assert ImportProblem.objects.count() == 0


def test_how_a_file_was_called_that_came_into_no_roster_is_forgotten(bureau: Bureau) -> None:
    stray = read(text(HEADINGS, person(1)), unit_id=bureau.bureau_id, day=6)
    kept = read(text(HEADINGS, person(2)), unit_id=bureau.bureau_id, day=12)
    import_roster.cancel(import_key=stray.key, actor=SYSTEM, at=at(6))
    name, columns = stray.file_name, stray.columns
    with on(at(12)):
        sweep_imports.call()
    stray.refresh_from_db()
    assert (stray.file_name, stray.columns) == (name, columns)
    assert columns != []
    with on(at(14)):
        sweep_imports.call()
        sweep_imports.call()
    stray.refresh_from_db()
    kept.refresh_from_db()
    assert (stray.file_name, stray.columns, stray.note) == (NO_FILE, [], "")
    assert "columns" not in stray.options
    assert kept.file_name == name
    assert Entry.objects.filter(action="people.forget_import").count() == 1


def test_an_import_that_may_still_be_applied_is_not_forgotten(bureau: Bureau) -> None:
    source = read(text(HEADINGS, person(1)), unit_id=bureau.bureau_id)
    before = list(RosterImport.objects.values())
    for actor, code in ((SYSTEM, "wrong_state"), (bureau.inspector, "not_permitted")):
        with pytest.raises(Refusal) as refused:
            forget_import(import_key=source.key, actor=actor, at=at(6))
        assert refused.value.code == code
    assert list(RosterImport.objects.values()) == before


def test_the_file_of_an_applied_import_stays_a_week_for_the_report(bureau: Bureau) -> None:
    source = read(text(HEADINGS, person(1), person(2, 手机号="1")), unit_id=bureau.bureau_id)
    import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(6))
    age(2)
    with on(at(12)):
        assert sweep_imports.call() == 0
    assert (len(files()), ImportProblem.objects.count()) == (1, 1)
    with on(at(14)):
        assert sweep_imports.call() == 1
    assert (len(files()), ImportProblem.objects.count()) == (0, 0)


def test_files_that_belong_to_nothing_are_removed_after_a_day_and_others_are_left_alone(
    bureau: Bureau,
) -> None:
    source = read(people(1), unit_id=bureau.bureau_id)
    folder = Path(settings.FILES_ROOT) / "uploads"
    (folder / f"{'0' * 32}.roster").write_bytes(b"")
    (folder / f"{'1' * 32}.roster.part").write_bytes(b"")
    (folder / ("2" * 32)).write_bytes(b"")
    with on(at(6)):
        assert sweep_imports.call() == 0
        age(1.1)
        assert sweep_imports.call() == 2
    assert {path.name for path in files()} == {source.options["upload"], "2" * 32}


def test_rows_left_by_who_was_stopped_while_clearing_are_cleared(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = read(people(1, 2), unit_id=bureau.bureau_id)
    with monkeypatch.context() as stopped:
        stopped.setattr(import_roster, "clear", lambda *_rest, **_more: None)
        import_roster.cancel(import_key=source.key, actor=SYSTEM, at=at(6))
    assert StagedPerson.objects.count() == 2
    with on(at(7)):
        sweep_imports.call()
    assert StagedPerson.objects.count() == 0


def test_a_file_that_waits_opens_only_whole_and_in_its_place() -> None:
    content = os.urandom(2 * uploads.BLOCK + 5)
    name = uploads.fresh_name("test")
    path = Path(settings.FILES_ROOT) / "uploads" / name
    with as_file(content) as file:
        assert uploads.keep(name, name, file)[1] == len(content)
    with uploads.opened(name, name) as file:
        assert file.read() == content
    sealed = path.read_bytes()
    half = len(sealed) // 2
    for spoilt in (
        sealed[:-1],
        sealed[:half],
        sealed[4:],
        b"",
        sealed[: uploads.BLOCK + 100],
        sealed + b"\0",
    ):
        path.write_bytes(spoilt)
        with pytest.raises(SealBroken):
            uploads.opened(name, name)
    path.write_bytes(sealed)
    with pytest.raises(SealBroken):
        uploads.opened(name, "another purpose")
    for wrong in ("../keys.json", "", "x" * 32):
        with pytest.raises(FileNotFoundError):
            uploads.opened(wrong, wrong)
        assert not uploads.remove(wrong)
