"""Kits that people pick up are brought in line with their rosters, and what was missed is passed on."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.goods import actions as goods
from songnuan.goods.models import Distribution
from songnuan.goods.pickup_rules import Difference
from songnuan.goods.pickup_states import Portioned
from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.pickup_settings import PICKUPS, mode_of
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders
from songnuan.people.models import RosterStatus
from songnuan.plans.models import MeasureStatus


@long_journey
def keep_pickups(*, actor: Actor, at: datetime) -> int:
    """See to everything that is handed out, one by one; the office hears of what changed, once a day.

    A roster that is not kept any more changes nothing. Run again it finds nothing left to do.

    Returns:
        How many portions were made, given up, taken up again, passed on or referred.

    Raises:
        ExceptionGroup: What failed, once the others were seen to.

    """
    failed: list[Exception] = []
    changed = 0
    rows = Distribution.objects.filter(measure__status=MeasureStatus.OPEN)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with alone_at_fault(failed, f"pickups {pk}"), step():
            changed += _keep(pk, actor, at)
    if failed:
        raise ExceptionGroup("pickups that could not be seen to", failed)
    return changed


def _keep(pk: int, actor: Actor, at: datetime) -> int:
    row = Distribution.objects.select_related("measure__plan", "roster").get(pk=pk)
    if not row.mode and row.measure.kind == PICKUPS and (mode := mode_of(row.measure)):
        # The question was answered before the handing out was opened.
        row = goods.set_mode(distribution_id=pk, mode=mode, actor=actor, at=at)
    found = Difference()
    if row.mode and row.roster.status == RosterStatus.OPEN:
        found = goods.align(distribution_id=pk, actor=actor, at=at)
    onward, office = goods.pass_missed_on(distribution_id=pk, actor=actor, at=at)
    # Who joined after the last batch is the office's at once.
    office += sum(one.status is Portioned.REFERRED for one in found.made)
    office += sum(one.status is Portioned.REFERRED for _portion, one in found.back)
    came, left = len(found.made) + len(found.back), len(found.left)
    if came or left or onward or office:
        plan = row.measure.plan
        tell(
            holders(Permission.PICKUP_MANAGE, plan.unit_id, at),
            partial(_words, came, left, onward, office),
            topic="pickups.referred" if office else "pickups.changed",
            key=f"pickups:{pk}:{day_of(at).isoformat()}:{came}:{left}:{onward}:{office}",
            url=f"/pickups/{pk}/",
            plan=plan.title,
            actor=actor,
            at=at,
        )
    return came + left + onward + office


def _words(came: int, left: int, onward: int, office: int) -> tuple[str, str]:
    """Return what is said of a night: what the office has to settle stands first."""
    title = _("What is handed out was brought in line with the roster")
    if office:
        title = ngettext(
            "%(count)s kit was not picked up: settle what becomes of it",
            "%(count)s kits were not picked up: settle what becomes of them",
            office,
        )
    told = _("On the roster: %(came)s joined, %(left)s left. Passed on to the next batch: %(onward)s.")
    return title % {"count": office}, told % {"came": came, "left": left, "onward": onward}
