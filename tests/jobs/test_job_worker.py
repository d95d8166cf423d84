import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from jobs import job_samples
from songnuan.jobs import heartbeat, queue, worker
from songnuan.jobs.models import InboxEntry, Job
from songnuan.jobs.progress import Progress, report
from songnuan.jobs.worker import Worker, run_pending

CHILD = """
import django
django.setup()
from datetime import timedelta
from songnuan.jobs import heartbeat, queue, worker
queue.LEASE, heartbeat.BEAT = timedelta(seconds=2), timedelta(seconds=0.2)
worker.POLL = worker.UPKEEP = 0.1
run = worker.Worker.run


def told(it):
    print("up", flush=True)
    run(it)


worker.Worker.run = told
worker.supervise(())
print("down", flush=True)
"""
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def _forget_runs() -> None:
    job_samples.runs.clear()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that hardly waits."""
    monkeypatch.setattr(heartbeat, "BEAT", heartbeat.BEAT / 100)
    monkeypatch.setattr(worker, "POLL", 0.01)
    monkeypatch.setattr(worker, "UPKEEP", 0.0)
    monkeypatch.setattr(worker, "PATIENCE", (0.0, 0.0, 0.0))
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 0.02)


def database_url() -> str:
    """Return the address of the test database, for a process of its own."""
    it = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{it['NAME']}"
    # A socket's folder may stand in the options instead.
    host = it["HOST"] or it["OPTIONS"].get("host", "")
    user, password, host = (quote(str(part), safe="") for part in (it["USER"], it["PASSWORD"], host))
    return f"postgresql://{user}:{password}@{host}:{it['PORT'] or 5432}/{it['NAME']}"


@pytest.fixture
def start(transactional_db: None) -> Iterator[Start]:  # noqa: ARG001 - the other process sees what is committed
    """Start worker processes on the test database; what still lives at the end is killed."""
    children: list[subprocess.Popen[str]] = []
    tests = Path(__file__).parents[1]
    paths = [str(tests), str(tests.parent / "src"), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": os.pathsep.join(paths)}

    def run() -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", CHILD]
        child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        children.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == "up\n"
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.mark.django_db
def test_the_last_progress_is_kept_with_the_done_job() -> None:
    job_samples.count.enqueue(5)
    run_pending()
    job = Job.objects.get()
    assert (job.status, job.done, job.total, job.note) == ("done", 5, 5, "step 5")


def test_reporting_outside_a_worker_does_nothing() -> None:
    report(1, 2, "nobody listens")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
def test_the_heartbeat_renews_the_lease_and_writes_the_progress_while_the_task_runs() -> None:
    job_samples.watch_own_row.enqueue()
    run_pending()
    assert Job.objects.get().result == [3, 10, "three", True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
def test_a_task_that_lost_its_lease_is_stopped_and_leaves_the_row_to_the_other_worker() -> None:
    job_samples.lose_own_lease.enqueue()
    run_pending(1)
    job = Job.objects.get()
    assert job_samples.runs == []
    assert (job.status, job.worker, job.attempt) == ("running", "other", 1)


@pytest.mark.django_db(transaction=True)
def test_an_interruption_in_the_middle_of_a_transaction_leaves_nothing_of_it() -> None:
    job_samples.stop_half_way.enqueue(str(uuid4()))
    run_pending(1)
    connection.close()
    assert not InboxEntry.objects.exists()
    assert Job.objects.values_list("status", "attempt").get() == ("ready", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
def test_a_busy_database_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    job_samples.note.enqueue("x")
    claim, failures = queue.claim, [OperationalError("database is locked")] * 3

    def busy(name: str) -> Job | None:
        if failures:
            raise failures.pop()
        return claim(name)

    monkeypatch.setattr(queue, "claim", busy)
    it = Worker()
    thread = Thread(target=it.run)
    thread.start()
    wait_for(lambda: Job.objects.get().status == "done")
    it.stop()
    thread.join()
    assert failures == []
    assert job_samples.runs == ["x"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
def test_a_done_job_is_marked_though_the_database_is_busy_and_not_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_samples.note.enqueue("x")
    finish, failures = queue.finish, [OperationalError("database is locked")] * 3

    def busy(job: Job, result: object, progress: Progress) -> bool:
        if failures:
            raise failures.pop()
        return finish(job, result, progress)

    monkeypatch.setattr(queue, "finish", busy)
    assert run_pending() == 1
    assert Job.objects.get().status == "done"
    assert job_samples.runs == ["x"]


def test_a_job_in_a_killed_worker_is_taken_back_and_done_by_another(start: Start, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    result = job_samples.write_and_wait.enqueue(str(ran), 60)
    child = start()
    wait_for(ran.exists)
    child.send_signal(signal.SIGKILL)
    child.wait()
    job = Job.objects.get()
    assert (job.status, job.attempt) == ("running", 1)
    assert run_pending() == 0
    start()
    wait_for(lambda: Job.objects.get().status == "done")
    job = Job.objects.get(pk=result.id)
    assert (job.attempt, job.result, len(set(job.workers))) == (2, "through", 2)
    assert ran.read_text() == "1\n2\n"


def test_a_worker_asked_to_end_finishes_its_job_first(start: Start, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    job_samples.write_and_wait.enqueue(str(ran), 2)
    job_samples.note.enqueue("not begun")
    child = start()
    wait_for(ran.exists)
    child.send_signal(signal.SIGTERM)
    assert child.wait(30) == 0
    assert list(Job.objects.order_by("pk").values_list("status", "attempt")) == [("done", 1), ("ready", 0)]


def test_a_worker_asked_twice_rolls_back_and_gives_the_job_back(start: Start, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    job_samples.wait_in_transaction.enqueue(str(inside), str(uuid4()))
    child = start()
    wait_for(inside.exists)
    child.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    assert child.wait(30) == 0
    job = Job.objects.get()
    assert (job.status, job.attempt, job.leased_until) == ("ready", 0, None)
    assert not InboxEntry.objects.exists()


def test_an_idle_worker_ends_at_once(start: Start) -> None:
    child = start()
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 0
    assert child.stdout is not None
    assert child.stdout.read() == "down\n"
