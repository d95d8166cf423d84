"""The consolidated report of a period is made, sent up, and its receipt comes back."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency.models import ReportCount, ReportPeriod, ReportSummary
from songnuan.emergency.report_access import require_office
from songnuan.emergency.report_lifecycle import SUMMARY
from songnuan.emergency.report_queries import latest_summary
from songnuan.emergency.report_rules import CLOCKS_DIFFER, said
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal

WAY_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Composed:
    """What a consolidated report says: its number and title, to whom, and the document as data."""

    number: str
    title: str
    superior: str
    snapshot: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the superior's receipt says: who took the report, when, and under which number, if any."""

    received_by: str
    received_at: datetime
    number: str = ""


def require_due(period: ReportPeriod, at: datetime) -> int:
    """Let pass a period of which something new can be said; return how often its counts have changed.

    Who reports at this moment waits until the consolidated report is made, or has been counted.

    Raises:
        Refusal: `period_not_due` while the time runs and somebody is missing, `summary_stands` where nothing
            has changed since the last one.

    """
    rows = list(ReportCount.objects.select_for_update().filter(period=period, above=None).order_by("pk"))
    lacks = sum(one.expected - one.excused - one.received for one in rows)
    if at <= period.due_at and lacks:
        sentence = _("The due time has not passed, and %(count)s units have not reported yet.")
        raise Refusal("period_not_due", sentence % {"count": lacks}, count=lacks)
    changes = sum(one.changes for one in rows)
    latest = latest_summary(period.pk)
    if latest is not None and latest.changes == changes:
        sentence = _("%(number)s was made, and nothing has changed since.")
        raise Refusal("summary_stands", sentence % {"number": latest.number})
    return changes


@transaction.atomic(savepoint=False)
def make_summary(
    *, period: ReportPeriod, composed: Composed, due_at: datetime, changes: int, actor: Actor, at: datetime
) -> ReportSummary:
    """Keep a consolidated report as it was composed, as the next version; `changes` are from `require_due`.

    Raises:
        Refusal: `not_permitted`.

    """
    plan = period.measure.plan
    by = require_office(actor, plan.unit_id, at)
    latest = latest_summary(period.pk)
    made = ReportSummary.objects.create(
        period=period,
        version=latest.version + 1 if latest else 1,
        number=composed.number,
        title=composed.title,
        superior=composed.superior,
        snapshot=composed.snapshot,
        digest=sha256(composed.snapshot.encode()).hexdigest(),
        changes=changes,
        due_at=due_at,
        made_by_id=by,
        made_at=at,
    )
    _note("make_summary", made, actor, at, number=made.number, version=made.version, digest=made.digest)
    return made


@transaction.atomic(savepoint=False)
def send_summary(*, summary_id: int, way: str, actor: Actor, at: datetime) -> ReportSummary:
    """Note that a consolidated report was sent up, and how.

    Raises:
        Refusal: `summary_unknown`, `not_permitted`, `words_missing`, `text_too_long`, `wrong_state`.

    """
    row = found_summary(summary_id)
    by = require_office(actor, row.period.measure.plan.unit_id, at)
    how = said(way, "way", WAY_LONGEST)
    rows = ReportSummary.objects.filter(pk=summary_id)
    SUMMARY.move_one(rows, "send", sent_at=at, sent_way=how, sent_by=by)
    _note("send_summary", row, actor, at, number=row.number, late=at > row.due_at)
    return row


@transaction.atomic(savepoint=False)
def enter_receipt(*, summary_id: int, receipt: Acknowledged, actor: Actor, at: datetime) -> ReportSummary:
    """Enter the superior's receipt.

    Raises:
        Refusal: `summary_unknown`, `not_permitted`, `words_missing`, `text_too_long`, `receipt_ahead`,
            `receipt_before`, `wrong_state`.

    """
    row = found_summary(summary_id)
    by = require_office(actor, row.period.measure.plan.unit_id, at)
    who = said(receipt.received_by, "received_by", WAY_LONGEST)
    number = receipt.number.strip()
    if number:
        number = said(number, "number", WAY_LONGEST)
    if receipt.received_at > at + CLOCKS_DIFFER:
        sentence = _("This lies ahead. Enter when the superior took it.")
        raise Refusal("receipt_ahead", sentence, field="received_at")
    when = min(receipt.received_at, at)
    if row.sent_at is not None and when < row.sent_at.replace(second=0, microsecond=0):
        sentence = _("This lies before the moment at which it was sent. Check the time.")
        raise Refusal("receipt_before", sentence, field="received_at")
    if row.sent_at is not None:
        when = max(when, row.sent_at)
    SUMMARY.move_one(
        ReportSummary.objects.filter(pk=summary_id),
        "receive",
        received_at=when,
        received_by=who,
        receipt_number=number,
        receipt_entered_by=by,
        receipt_entered_at=at,
    )
    _note("enter_receipt", row, actor, at, number=row.number)
    return row


def found_summary(summary_id: int) -> ReportSummary:
    """Return a consolidated report with its plan at hand.

    Raises:
        Refusal: `summary_unknown`.

    """
    rows = ReportSummary.objects.select_related("period__measure__plan")
    row = rows.filter(pk=summary_id).first()
    if row is None:
        raise Refusal("summary_unknown", _("There is no such consolidated report. Reload the page."))
    return row


def _note(verb: str, row: ReportSummary, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        stream=f"plan:{row.period.measure.plan.slug}",
        action=f"emergency.{verb}",
        subject=f"emergency.summary:{row.pk}",
        actor=actor,
        at=at,
        facts=facts,
    )
