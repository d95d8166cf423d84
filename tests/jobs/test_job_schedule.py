from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from jobs import job_samples
from songnuan.jobs.models import Job
from songnuan.jobs.schedule import START, Scheduled, enqueue_due
from songnuan.jobs.upkeep import SCHEDULE
from songnuan.jobs.worker import run_pending
from songnuan.kernel.clock import CHINA

NIGHTLY = Scheduled("nightly", job_samples.leave, time(3, 10))
OFTEN = Scheduled("often", job_samples.refuse, timedelta(minutes=10))
NOW = datetime(2020, 4, 20, 1, 23, 45, tzinfo=UTC)  # 09:23:45 in China

moments = st.datetimes(datetime(2020, 1, 2), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(moments, st.integers(1, 7 * 86_400))
def test_a_distance_falls_due_on_a_fixed_grid_and_never_ahead(now: datetime, seconds: int) -> None:
    every = timedelta(seconds=seconds)
    due = Scheduled("x", job_samples.refuse, every).due_at(now)
    assert now - every < due <= now
    assert (due - START) % every == timedelta(0)


@given(moments, st.times())
def test_a_time_of_day_falls_due_once_a_day_in_china(now: datetime, at: time) -> None:
    due = Scheduled("x", job_samples.refuse, at).due_at(now)
    assert now - timedelta(days=1) < due <= now
    assert due.astimezone(CHINA).time() == at


@pytest.mark.django_db
def test_a_run_is_enqueued_once_however_often_one_looks() -> None:
    assert enqueue_due([NIGHTLY, OFTEN], NOW) == 2
    assert enqueue_due([NIGHTLY, OFTEN], NOW) == 0
    assert enqueue_due([NIGHTLY, OFTEN], NOW + timedelta(minutes=1)) == 0
    assert set(Job.objects.values_list("schedule", "due_at")) == {
        ("nightly", datetime(2020, 4, 19, 19, 10, tzinfo=UTC)),
        ("often", datetime(2020, 4, 20, 1, 20, tzinfo=UTC)),
    }


@pytest.mark.django_db
def test_the_next_run_comes_when_it_is_due_and_missed_runs_are_made_up_for_once() -> None:
    enqueue_due([OFTEN], NOW)
    Job.objects.update(status=Job.Status.DONE)
    assert enqueue_due([OFTEN], NOW) == 0
    assert enqueue_due([OFTEN], NOW + timedelta(hours=5)) == 1


@pytest.mark.django_db
def test_runs_do_not_pile_up_behind_one_that_still_waits() -> None:
    enqueue_due([OFTEN], NOW)
    assert enqueue_due([OFTEN], NOW + timedelta(minutes=10)) == 0
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_schedule_in_which_nothing_is_due_writes_nothing() -> None:
    assert enqueue_due([], NOW) == 0
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_the_same_moment_enqueue_a_run_once() -> None:
    start = Barrier(4)
    faults: list[Exception] = []

    def look() -> None:
        try:
            start.wait()
            enqueue_due([NIGHTLY, OFTEN], NOW)
        except Exception as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(Job.objects.values_list("schedule", flat=True)) == ["nightly", "often"]


@pytest.mark.django_db
def test_what_the_app_itself_schedules_runs_through() -> None:
    assert enqueue_due(SCHEDULE, NOW) == len(SCHEDULE)
    Job.objects.update(run_after=NOW)
    run_pending()
    assert set(Job.objects.values_list("status", flat=True)) == {"done"}
