"""Invariants of tasks that the table's constraints cannot hold."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.kernel.refusal import Refusal
from songnuan.tasks.models import Feedback, Instruction, Task, TaskStatus, Verb
from songnuan.tasks.rules import feedback_of


def verify() -> list[Finding]:
    """Return tasks that were closed, and items that were moved, in a way the actions do not move them.

    Codes: `task_closed_early` (before it was raised), `task_feedback_missing` (without words that
    say how it ended), `item_state_unsaid` (nobody said what its state tells), `item_extension_unsaid`
    (its due date is not the one last allowed), `item_said_after_closing`, `instruction_without_item`.
    """
    return [*_closed(), *_states(), *_dates(), *_after_closing(), *_without_item()]


def _closed() -> Iterator[Finding]:
    closed = Task.objects.filter(status=TaskStatus.DONE).order_by("pk")
    for task in closed.iterator():
        where = f"tasks.task:{task.pk}"
        if task.done_at is not None and task.done_at < task.raised_at:
            yield Finding("task_closed_early", where, _("It was closed before it was raised."))
        try:
            feedback_of(task.feedback)
        except Refusal as refusal:
            yield Finding("task_feedback_missing", where, refusal.sentence)


def _states() -> Iterator[Finding]:
    """Compare an item's state with what was said: each acceptance, closing and asking leaves a row.

    An item given to another unit begins anew.
    """
    given = Feedback.objects.filter(task=OuterRef("pk"), verb=Verb.REASSIGN).order_by("-pk").values("pk")[:1]
    since = Q(said__pk__gt=F("given"))
    counted = (
        Task.objects.filter(instruction__isnull=False)
        .annotate(given=Coalesce(Subquery(given), 0))
        .annotate(
            accepted=Count("said", filter=since & Q(said__verb=Verb.ACCEPT)),
            asked=Count("said", filter=since & Q(said__verb=Verb.ASK_CLOSING)),
            returned=Count("said", filter=since & Q(said__verb=Verb.SEND_BACK)),
            closed=Count("said", filter=since & Q(said__verb=Verb.CLOSE)),
        )
    )
    for item in counted.order_by("pk").iterator():
        told = (item.accepted, item.asked - item.returned, item.closed)
        expected = {
            TaskStatus.ASSIGNED: (0, 0, 0),
            TaskStatus.ACCEPTED: (1, 0, 0),
            TaskStatus.ASKED: (1, 1, 0),
            TaskStatus.DONE: (1, 1, 1),
        }
        if told != expected.get(TaskStatus(item.status)):
            sentence = _("What was said about the item does not lead to where it stands.")
            yield Finding("item_state_unsaid", f"tasks.task:{item.pk}", sentence)


def _dates() -> Iterator[Finding]:
    extended = Task.objects.filter(instruction__isnull=False).exclude(due_on=F("original_due_on"))
    for item in extended.order_by("pk").iterator():
        allowed = Feedback.objects.filter(task=item, verb=Verb.ALLOW_EXTENSION).order_by("-pk").first()
        if allowed is None or allowed.due_on != item.due_on:
            sentence = _("Nobody allowed the date on which the item is due.")
            yield Finding("item_extension_unsaid", f"tasks.task:{item.pk}", sentence)


def _after_closing() -> Iterator[Finding]:
    closing = Feedback.objects.filter(task=OuterRef("task"), verb=Verb.CLOSE, pk__lt=OuterRef("pk"))
    for row in Feedback.objects.filter(Exists(closing)).order_by("pk"):
        sentence = _("Something was said about the item after it was closed.")
        yield Finding("item_said_after_closing", f"tasks.task:{row.task_id}", sentence)


def _without_item() -> Iterator[Finding]:
    for row in Instruction.objects.filter(items__isnull=True).order_by("pk"):
        sentence = _("The instruction was not broken into items.")
        yield Finding("instruction_without_item", f"tasks.instruction:{row.pk}", sentence)
