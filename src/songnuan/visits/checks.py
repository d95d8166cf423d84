"""Invariants of visits."""

from collections.abc import Iterator

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.kernel.bulk import chunks
from songnuan.kernel.sealed import SealBroken
from songnuan.tasks.models import Task
from songnuan.visits.models import (
    LaterDay,
    LaterDayStatus,
    Visit,
    VisitForm,
    VisitMember,
    VisitProblem,
    VisitStatus,
)
from songnuan.visits.owed import booked_with
from songnuan.visits.rules import is_late, is_late_entry
from songnuan.visits.sample_models import Sample, SampleReceipt
from songnuan.visits.sample_queries import is_redrawn_the_same, receipts_after

_CHUNK = 500
_VISIT = "visits.visit:"


def verify() -> list[Finding]:
    """Return visits whose records contradict themselves.

    Codes: `visit_unsigned`, `visit_without_receiver`, `visit_receiver_unreadable`,
    `visit_without_members`, `visit_call_with_goods` (corrected to a call though goods went with it),
    `visit_late_differs`, `visit_late_entry_differs` (marks against times),
    `visit_later_day_left` (one waits though the visit is recorded), `visit_team_elsewhere` (its team is
    another lead's, or another plan's), `visit_problem_elsewhere` (a link
    to a task of another source), `visit_task_unlinked` (a task raised at a visit that the visit does
    not show), `sample_differs` (its seed gives other receipts than stand in it, or its digest is broken),
    `sample_before_receipt` (it could draw what was booked later), `sample_receipt_elsewhere` (a receipt of it
    names another visit than its goods do, or neither a visit nor an issue).
    """
    return [
        *_evidence(),
        *_receivers(),
        *_marks(),
        *_later_days(),
        *_teams(),
        *_problems(),
        *_versions(),
        *_samples(),
    ]


def _versions() -> Iterator[Finding]:
    kept = Count("versions", filter=Q(versions__number__lt=F("version")))
    for pk in (
        Visit.objects.annotate(kept=kept)
        .exclude(version=F("kept") + 1)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        sentence = _("Its report was corrected, and a version before is not there.")
        yield Finding("visit_version_missing", _where(pk), sentence)


def _where(visit_id: int) -> str:
    return f"{_VISIT}{visit_id}"


def _evidence() -> Iterator[Finding]:
    recorded = Visit.objects.filter(status=VisitStatus.RECORDED).order_by("pk")
    # A corrected report may stand unsigned, and is marked; the one before it was signed.
    first = recorded.filter(version=1).exclude(form=VisitForm.CALL)
    unsigned = first.filter(signature__isnull=True, confirmed_by_name=False)
    for pk in unsigned.values_list("pk", flat=True):
        yield Finding("visit_unsigned", _where(pk), _("The unit neither signed nor confirmed by name."))
    alone = recorded.exclude(Exists(VisitMember.objects.filter(visit=OuterRef("pk"))))
    for pk in alone.values_list("pk", flat=True):
        yield Finding("visit_without_members", _where(pk), _("Nobody is named who took part."))
    # A name that does not open is found below, and read here by nobody.
    for visit in recorded.filter(form=VisitForm.CALL, version__gt=1).only("received_at"):
        if goods := booked_with(visit):
            sentence = _("It stands as a call, and with its first report the unit signed for %(goods)s.")
            yield Finding("visit_call_with_goods", _where(visit.pk), sentence % {"goods": "、".join(goods)})


def _receivers() -> Iterator[Finding]:
    recorded = Visit.objects.filter(status=VisitStatus.RECORDED).order_by("pk")
    for ids in chunks(recorded.values_list("pk", flat=True).iterator(), _CHUNK):
        try:
            names = dict(Visit.objects.filter(pk__in=ids).values_list("pk", "receiver_name"))
        except SealBroken:
            # One of them does not open: read them one by one to name it.
            names = {pk: name for pk in ids if (name := _receiver(pk)) is not None}
        for pk in ids:
            if pk not in names:
                sentence = _("The receiver's name was changed from outside, or its key is not here.")
                yield Finding("visit_receiver_unreadable", _where(pk), sentence)
            elif not names[pk].strip():
                yield Finding(
                    "visit_without_receiver", _where(pk), _("Nobody is named who received the visit.")
                )


def _receiver(visit_id: int) -> str | None:
    try:
        return Visit.objects.values_list("receiver_name", flat=True).get(pk=visit_id)
    except SealBroken:
        return None


def _marks() -> Iterator[Finding]:
    recorded = Visit.objects.filter(status=VisitStatus.RECORDED).order_by("pk")
    rows = recorded.values_list(
        "pk", "happened_at", "received_at", "due_on", "late", "late_entry", "before_plan"
    )
    for pk, happened_at, received_at, due_on, late, late_entry, before_plan in rows.iterator():
        if happened_at is None or received_at is None:
            continue  # the table's own constraint forbids it
        if late != is_late(happened_at, due_on):
            yield Finding(
                "visit_late_differs", _where(pk), _("The mark for a late visit contradicts its dates.")
            )
        # Whether it lay before the plan's beginning is kept as it was then: a plan may be amended.
        if late_entry != (before_plan or is_late_entry(happened_at, received_at)):
            sentence = _("The mark for a late entry contradicts its times.")
            yield Finding("visit_late_entry_differs", _where(pk), sentence)


def _later_days() -> Iterator[Finding]:
    left = LaterDay.objects.filter(status=LaterDayStatus.WAITING, visit__status=VisitStatus.RECORDED)
    for pk in left.order_by("pk").values_list("visit_id", flat=True):
        sentence = _("It is recorded, and a later day still waits for approval.")
        yield Finding("visit_later_day_left", _where(pk), sentence)


def _teams() -> Iterator[Finding]:
    named = Visit.objects.filter(status=VisitStatus.PLANNED, planned_team__isnull=False)
    elsewhere = named.exclude(planned_team__lead=F("lead"), planned_team__plan=F("measure__plan"))
    for pk in elsewhere.order_by("pk").values_list("pk", flat=True):
        sentence = _("It is planned with a team of another lead office or another plan.")
        yield Finding("visit_team_elsewhere", _where(pk), sentence)


def _problems() -> Iterator[Finding]:
    linked = VisitProblem.objects.order_by("pk").values_list("visit_id", "task_id", "task__source")
    for visit_id, task_id, source in linked.iterator():
        if source != _where(visit_id):
            sentence = _("It shows problem %(task)s, which was raised elsewhere.") % {"task": task_id}
            yield Finding("visit_problem_elsewhere", _where(visit_id), sentence, {"task": task_id})
    lost = Task.objects.filter(source__startswith=_VISIT).exclude(
        Exists(VisitProblem.objects.filter(task=OuterRef("pk")))
    )
    for task_id, source in lost.order_by("pk").values_list("pk", "source").iterator():
        sentence = _("Problem %(task)s was raised there, and the visit does not show it.") % {"task": task_id}
        yield Finding("visit_task_unlinked", source, sentence, {"task": task_id})


def _samples() -> Iterator[Finding]:
    for sample in Sample.objects.order_by("pk").iterator():
        if not is_redrawn_the_same(sample):
            sentence = _("Its seed draws other receipts than stand in it: it was changed from outside.")
            yield Finding("sample_differs", f"visits.sample:{sample.pk}", sentence)
        if unborn := receipts_after(sample):
            sentence = _("It could draw receipt %(receipt)s, which was booked after the draw.")
            facts = {"receipt": unborn[0]}
            yield Finding("sample_before_receipt", f"visits.sample:{sample.pk}", sentence % facts, facts)
    at_visit = Q(visit__isnull=False, movement__subject=Concat(Value(_VISIT), Cast("visit", CharField())))
    of_plan = Q(movement__kit__measure__plan=F("sample__plan"))
    at_store = of_plan & Q(visit__isnull=True, movement__issue__isnull=False)
    elsewhere = SampleReceipt.objects.exclude(at_visit | at_store).order_by("sample", "position")
    for sample_id, receipt in elsewhere.values_list("sample_id", "movement_id"):
        sentence = _("Its receipt %(receipt)s is not of the visit that stands beside it, nor of the store.")
        facts = {"receipt": receipt}
        yield Finding("sample_receipt_elsewhere", f"visits.sample:{sample_id}", sentence % facts, facts)
