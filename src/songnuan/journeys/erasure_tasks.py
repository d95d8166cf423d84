"""What the worker does each night with rosters, call trees and musters whose time is over, or nearly over."""

import logging

from django_tasks import task

from songnuan.journeys.end_special_family import erase_special_families
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.forget_musters import forget_musters
from songnuan.journeys.warn_of_erasure import warn_of_erasure
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now

logger = logging.getLogger(__name__)


@task
def erase_due() -> int:
    """Tell of the rosters that end soon, and erase what is over; return how many rosters were erased."""
    warn_of_erasure(actor=SYSTEM, at=now())
    if gone := erase_special_families(actor=SYSTEM, at=now()):
        logger.info("%s special families are erased", gone)
    done = erase_rosters(actor=SYSTEM, at=now())
    for one in done:
        logger.info("roster %s is erased, and %s people with it", one.key, one.people)
    forgotten = forget_musters(actor=SYSTEM, at=now())
    if forgotten:
        logger.info("call trees and musters: what was told of %s people is erased", forgotten)
    return len(done)
