from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist

from jobs import job_samples
from songnuan.jobs.models import Job
from songnuan.jobs.worker import run_pending
from songnuan.kernel.clock import wall

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_runs() -> None:
    job_samples.runs.clear()


def test_a_job_exists_only_if_the_transaction_that_asks_for_it_commits() -> None:
    with transaction.atomic():
        job_samples.note.enqueue("lost")
        transaction.set_rollback(True)
    job_samples.note.enqueue("kept")
    assert [job.args for job in Job.objects.all()] == [["kept"]]


def test_a_job_runs_once_and_its_result_can_be_read() -> None:
    result = job_samples.note.enqueue("a")
    assert result.status == TaskResultStatus.READY
    assert run_pending() == 1
    assert run_pending() == 0
    result.refresh()
    assert (result.status, result.return_value, result.attempts) == (
        TaskResultStatus.SUCCESSFUL,
        "noted a",
        1,
    )
    assert job_samples.runs == ["a"]


def test_an_argument_that_is_no_json_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(TypeError):
        job_samples.note.enqueue(object())  # type: ignore[arg-type]  # the point of the test
    assert not Job.objects.exists()


def test_a_deferred_job_waits_for_its_time() -> None:
    job_samples.note.using(run_after=wall() + timedelta(hours=1)).enqueue("later")
    assert run_pending() == 0
    Job.objects.update(run_after=wall())
    assert run_pending() == 1


def test_the_more_urgent_job_goes_first_then_the_older() -> None:
    for name, priority in (("third", 0), ("first", 10), ("fourth", 0), ("second", 5)):
        job_samples.note.using(priority=priority).enqueue(name)
    run_pending()
    assert job_samples.runs == ["first", "second", "third", "fourth"]


def test_run_pending_stops_at_its_limit() -> None:
    for name in "abc":
        job_samples.note.enqueue(name)
    assert run_pending(2) == 2
    assert Job.objects.filter(status=Job.Status.READY).count() == 1


@pytest.mark.parametrize("path", ["jobs.job_samples.gone", "no.such.module", "jobs.job_samples.runs"])
def test_a_job_whose_task_is_gone_fails_without_stopping_the_worker(path: str) -> None:
    job_samples.note.enqueue("a")
    Job.objects.update(task=path)
    job_samples.note.enqueue("b")
    assert run_pending() == 2
    assert job_samples.runs == ["b"]
    assert Job.objects.get(task=path).status == Job.Status.READY
    assert Job.objects.get(task=path).error_class != ""


@pytest.mark.parametrize("identity", ["0", "999999", "x"])
def test_an_unknown_job_has_no_result(identity: str) -> None:
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result(identity)
