"""Tasks that the tests run; a task is found by its dotted path, so they stand in a module."""

import time
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django_tasks import TaskContext, task

from songnuan.jobs.models import InboxEntry, Job
from songnuan.jobs.progress import Interrupted, report
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal

SECRET = "510101199001010000"
runs: list[object] = []


@task
def note(what: str) -> str:
    """Remember that it ran."""
    runs.append(what)
    return f"noted {what}"


@task
def fall(what: str) -> None:
    """Fail with a message that quotes a person's data."""
    runs.append(what)
    raise ValueError(SECRET)


@task
def refuse() -> None:
    """Say no."""
    runs.append("refused")
    raise Refusal("not_ready", "The plan is not open yet.")


@task
def leave() -> None:
    """End the process, which no task may."""
    raise SystemExit(3)


@task
def count(total: int) -> None:
    """Report each step."""
    for step in range(1, total + 1):
        report(step, total, f"step {step}")


@task(takes_context=True)
def watch_own_row(context: TaskContext) -> list[object]:
    """Report once, and wait until the heartbeat has written it; return the figures and both leases."""
    rows = Job.objects.filter(pk=context.task_result.id)
    before = rows.get().leased_until
    report(3, 10, "three")
    until = time.monotonic() + 10
    while rows.get().done != 3 and time.monotonic() < until:
        time.sleep(0.02)
    row = rows.get()
    assert before is not None
    assert row.leased_until is not None
    return [row.done, row.total, row.note, row.leased_until > before]


@task(takes_context=True)
def lose_own_lease(context: TaskContext) -> None:
    """Let another worker have the job, and go on until told to stop."""
    Job.objects.filter(pk=context.task_result.id).update(worker="other")
    until = time.monotonic() + 10
    while time.monotonic() < until:
        report(1)
        time.sleep(0.02)
    runs.append("never told")


@task(takes_context=True)
def write_and_wait(context: TaskContext, path: str, seconds: int) -> str:
    """Add a line to a file; on the first attempt sleep, on a later one return."""
    with Path(path).open("a") as file:
        file.write(f"{context.attempt}\n")
    if context.attempt == 1:
        time.sleep(seconds)
    return "through"


@task
def wait_in_transaction(path: str, key: str) -> None:
    """Write a row, tell the test by a file, and sleep before the transaction ends."""
    with transaction.atomic():
        InboxEntry.objects.create(
            key=key, purpose="sample", actor_key="system", body_digest="", received_at=wall()
        )
        Path(path).write_text("inside")
        time.sleep(60)


@task
def stop_half_way(key: str) -> None:
    """Be interrupted where a transaction is begun and its end will never come."""
    transaction.atomic().__enter__()
    InboxEntry.objects.create(key=key, purpose="x", actor_key="system", body_digest="", received_at=wall())
    raise Interrupted


class BrokenMail(BaseEmailBackend):
    """A mail server that is never there."""

    def send_messages(self, messages: object) -> int:
        """Fail, having remembered what was to be sent."""
        runs.append(messages)
        raise ConnectionRefusedError(SECRET)
