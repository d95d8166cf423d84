from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from django.db import connection
from django_tasks import TaskResultStatus, default_task_backend

from jobs import job_samples
from songnuan.jobs import queue
from songnuan.jobs.lifecycle import JOB
from songnuan.jobs.models import Job
from songnuan.jobs.progress import Progress
from songnuan.jobs.worker import run_pending
from songnuan.kernel.clock import wall

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_runs() -> None:
    job_samples.runs.clear()


def claimed(worker: str = "a") -> Job:
    job = queue.claim(worker)
    assert job is not None
    return job


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(leased_until=wall() - timedelta(seconds=1))


def row(job: Job) -> dict[str, object]:
    return dict(Job.objects.filter(pk=job.pk).values().get())


def test_a_claimed_job_is_not_claimed_again() -> None:
    job_samples.note.enqueue("x")
    job = claimed("a")
    assert (job.worker, job.attempt, job.workers) == ("a", 1, ["a"])
    assert job.leased_until is not None
    assert job.leased_until > wall()
    assert queue.claim("b") is None


def test_a_worker_that_read_the_row_before_another_claimed_it_gets_nothing() -> None:
    job_samples.note.enqueue("x")
    seen = Job.objects.get()
    claimed("a")
    late = JOB.move(Job.objects.filter(pk=seen.pk, attempt=seen.attempt), "claim", worker="b")
    assert late == 0
    assert Job.objects.get().worker == "a"


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_run_each_job_once() -> None:
    names = [f"job {number}" for number in range(40)]
    for name in names:
        job_samples.note.enqueue(name)
    start = Barrier(4)
    faults: list[Exception] = []

    def work() -> None:
        try:
            start.wait()
            run_pending(1000)
        except Exception as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(map(str, job_samples.runs)) == sorted(names)
    assert set(Job.objects.values_list("status", "attempt")) == {("done", 1)}


def test_an_expired_lease_goes_back_and_the_dead_worker_can_say_nothing_more() -> None:
    job_samples.note.enqueue("x")
    first = claimed("a")
    expire(first)
    assert queue.reap() == 1
    again = claimed("b")
    assert (again.pk, again.attempt, again.workers) == (first.pk, 2, ["a", "b"])
    before = row(first)
    progress = Progress(done=7)
    assert not queue.renew(first, progress)
    assert not queue.finish(first, "late", progress)
    assert not queue.fail(first, ValueError(), progress)
    assert not queue.release(first)
    assert row(first) == before
    assert queue.finish(again, "in time", progress)
    assert Job.objects.get().result == "in time"


def test_a_worker_that_takes_its_own_job_again_is_not_taken_for_its_former_self() -> None:
    job_samples.note.enqueue("x")
    first = claimed("a")
    expire(first)
    queue.reap()
    claimed("a")
    assert not queue.finish(first, "late", Progress())


def test_a_living_lease_is_not_reaped() -> None:
    job_samples.note.enqueue("x")
    job = claimed()
    before = row(job)
    assert queue.reap() == 0
    assert row(job) == before


def test_a_lease_renewed_in_time_is_not_reaped() -> None:
    job_samples.note.enqueue("x")
    job = claimed()
    expire(job)
    assert queue.renew(job, Progress())
    assert queue.reap() == 0


def test_a_job_that_kills_every_worker_fails_in_the_end() -> None:
    result = job_samples.note.enqueue("x")
    for attempt in range(1, queue.MAX_ATTEMPTS + 1):
        job = claimed()
        assert job.attempt == attempt
        expire(job)
        assert queue.reap() == 1
    assert queue.claim("a") is None
    ended = default_task_backend.get_result(result.id)
    assert ended.status == TaskResultStatus.FAILED
    assert [error.exception_class for error in ended.errors] == [queue.LeaseExpired]
    assert job_samples.runs == []


def test_a_released_job_is_ready_and_the_attempt_does_not_count() -> None:
    job_samples.note.enqueue("x")
    assert queue.release(claimed())
    job = Job.objects.get()
    assert (job.status, job.attempt, job.workers, job.leased_until) == ("ready", 0, [], None)


def test_a_failing_job_is_tried_again_later_each_time_and_then_failed() -> None:
    job_samples.fall.enqueue("x")
    for attempt in range(1, queue.MAX_ATTEMPTS):
        assert run_pending() == 1
        job = Job.objects.get()
        wait = job.run_after - wall()
        assert (job.status, job.attempt) == ("ready", attempt)
        assert queue.delay(attempt) - timedelta(seconds=5) < wait <= queue.delay(attempt)
        Job.objects.update(run_after=wall())
    assert run_pending() == 1
    job = Job.objects.get()
    assert (job.status, job.attempt, job.error_class) == ("failed", queue.MAX_ATTEMPTS, "builtins.ValueError")
    assert job.finished_at is not None
    assert len(job_samples.runs) == queue.MAX_ATTEMPTS


def test_what_is_kept_of_an_error_is_its_place_and_not_its_message(caplog: pytest.LogCaptureFixture) -> None:
    job_samples.fall.enqueue("x")
    run_pending()
    job = Job.objects.get()
    assert "job_samples.py:" in job.error
    assert job_samples.SECRET not in job.error
    assert job_samples.SECRET not in caplog.text
    assert "ValueError" in caplog.text


def test_a_refused_job_is_not_tried_again_and_keeps_the_sentence() -> None:
    job_samples.refuse.enqueue()
    assert run_pending() == 1
    job = Job.objects.get()
    assert (job.status, job.error) == ("failed", "The plan is not open yet.")
    assert job_samples.runs == ["refused"]


def test_a_task_that_ends_the_process_is_a_failed_attempt() -> None:
    job_samples.leave.enqueue()
    assert run_pending() == 1
    job = Job.objects.get()
    assert (job.status, job.attempt, job.error_class) == ("ready", 1, "builtins.SystemExit")


def test_a_job_that_works_at_last_keeps_no_error() -> None:
    job_samples.fall.enqueue("x")
    run_pending()
    Job.objects.update(run_after=wall(), task="jobs.job_samples.note")
    run_pending()
    job = Job.objects.get()
    assert (job.status, job.attempt, job.error_class, job.error) == ("done", 2, "", "")


def test_delays_grow_up_to_an_hour() -> None:
    delays = [queue.delay(attempt) for attempt in range(1, 12)]
    assert delays[0] == timedelta(seconds=10)
    assert all(earlier <= later for earlier, later in pairwise(delays))
    assert delays[-1] == timedelta(hours=1)
