"""Invariants of tasks that the table's constraints cannot hold."""

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.kernel.refusal import Refusal
from songnuan.tasks.models import Task, TaskStatus
from songnuan.tasks.rules import feedback_of


def verify() -> list[Finding]:
    """Return tasks that were closed in a way the actions do not close them.

    Codes: `task_closed_early` (before it was raised), `task_feedback_missing` (without words that
    say how it ended).
    """
    findings = []
    closed = Task.objects.filter(status=TaskStatus.DONE).order_by("pk")
    for task in closed.iterator():
        where = f"tasks.task:{task.pk}"
        if task.done_at is not None and task.done_at < task.raised_at:
            findings.append(Finding("task_closed_early", where, _("It was closed before it was raised.")))
        try:
            feedback_of(task.feedback)
        except Refusal as refusal:
            findings.append(Finding("task_feedback_missing", where, refusal.sentence))
    return findings
