"""What the worker does again and again, of all apps."""

import logging
from datetime import time, timedelta

from django_tasks import task

from songnuan.jobs.schedule import Scheduled
from songnuan.jobs.upkeep import SCHEDULE as OF_JOBS
from songnuan.journeys.approval_tasks import remind_of_approvals
from songnuan.journeys.chase_receipts import chase_receipts
from songnuan.journeys.check_trail import check_trail
from songnuan.journeys.course_tasks import forget_all_deputies, keep_all_courses
from songnuan.journeys.duplicate_tasks import find_all_duplicates
from songnuan.journeys.erasure_tasks import erase_due
from songnuan.journeys.item_tasks import remind
from songnuan.journeys.pickup_tasks import keep_all_pickups
from songnuan.journeys.preview_units import KEPT, sweep_previews
from songnuan.journeys.reminder_tasks import pass_on_notices, remind_of_all
from songnuan.journeys.report_tasks import climb_the_ladder, open_periods
from songnuan.journeys.returnee_tasks import ask_after_returnees, erase_returnees_due
from songnuan.journeys.roster_tasks import sweep_imports
from songnuan.journeys.warning_tasks import chase_alerts, look_at_counts
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.organisation.queries import now
from songnuan.records.actions import sweep_files

logger = logging.getLogger(__name__)


@task
def sweep() -> int:
    """Remove files that an act broken off left behind, a day after; return how many."""
    return sweep_files(before=wall() - timedelta(days=1))


@task
def sweep_previews_left() -> int:
    """Remove workbooks that were looked at and not taken over; return how many."""
    return sweep_previews(before=wall() - KEPT)


@task
def verify_trail() -> int:
    """Read the trail again each night, log what is wrong, and return how many faults there are."""
    findings = check_trail()
    for finding in findings:
        logger.error("trail: %s at %s: %s", finding.code, finding.where, finding.sentence)
    return len(findings)


@task
def chase_documents() -> int:
    """Remind who has not acknowledged a document in time; return how many receipts are late."""
    return chase_receipts(actor=SYSTEM, at=now())


SCHEDULE = (
    *OF_JOBS,
    Scheduled("previews.sweep", sweep_previews_left, timedelta(minutes=20)),
    Scheduled("rosters.sweep", sweep_imports, timedelta(hours=1)),
    Scheduled("rosters.erase", erase_due, time(1, 30)),
    Scheduled("records.sweep", sweep, time(3, 30)),
    # After midnight a batch is over, and after the erasure nobody gets a kit who is on no roster any more.
    Scheduled("pickups.keep", keep_all_pickups, time(2, 15)),
    # After the erasure too, and before the day's first lesson.
    Scheduled("courses.keep", keep_all_courses, time(2, 20)),
    Scheduled("events.forget", forget_all_deputies, time(2, 25)),
    Scheduled("people.duplicates", find_all_duplicates, time(2, 30)),
    # Before a quarter past eight, when the digests of the day go out.
    Scheduled("records.chase", chase_documents, time(8, 5)),
    Scheduled("audit.verify", verify_trail, time(4)),
    Scheduled("instructions.remind", remind, time(8)),
    Scheduled("approvals.remind", remind_of_approvals, time(8)),
    Scheduled("outreach.remind", remind_of_all, time(8)),
    Scheduled("outreach.pass_on", pass_on_notices, timedelta(minutes=5)),
    # A period begins at midnight or noon; who reports then finds it within a minute.
    Scheduled("situation.open", open_periods, timedelta(minutes=1)),
    Scheduled("situation.remind", climb_the_ladder, timedelta(minutes=5)),
    Scheduled("warning.look", look_at_counts, timedelta(minutes=5)),
    Scheduled("warning.remind", chase_alerts, timedelta(minutes=5)),
    Scheduled("returnees.remind", ask_after_returnees, timedelta(minutes=10)),
    Scheduled("returnees.erase", erase_returnees_due, time(1, 45)),
)
