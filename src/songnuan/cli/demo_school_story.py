"""The story of plan 4 in the demo, act by act, and how one of the teachers looks at it."""

from collections.abc import Callable
from datetime import datetime

from songnuan.cli.demo_school import Site
from songnuan.cli.demo_school_lesson import bring_lesson_in_line, teach, welcome
from songnuan.cli.demo_school_pickups import (
    bring_in_line,
    name_proxies,
    pass_on,
    pick_up_first,
    pick_up_second,
)
from songnuan.cli.demo_school_plan import fill_fund, hand_out, report_duties, start_plan
from songnuan.cli.demo_school_rosters import ROSTER, bring_newer, bring_teachers, merge_double
from songnuan.cli.demo_school_store import buy_first, buy_rest, close_desks, open_desks, open_desks_again
from songnuan.goods.models import Portion
from songnuan.goods.pickup_states import Portioned
from songnuan.people.models import Enrolment, Person, PersonStatus

At = Callable[..., datetime]

ACTS: tuple[Callable[[Site, At], None], ...] = (
    bring_teachers,
    start_plan,
    fill_fund,
    teach,
    buy_first,
    hand_out,
    name_proxies,
    open_desks,
    pick_up_first,
    close_desks,
    pass_on,
    merge_double,
    bring_newer,
    bring_in_line,
    bring_lesson_in_line,
    buy_rest,
    open_desks_again,
    pick_up_second,
    welcome,
    report_duties,
)
"""In the order in which they were done; each goes on where it was broken off."""


def teacher(site: Site) -> Person | None:
    """Return one of the teachers: first who is still to fetch a kit, which their own page then says.

    The last batch will be over, and in the end nobody may be on the roster.
    """
    portions = Portion.objects.filter(recipient__distribution__measure__plan__slug=site.slug)
    enrolled = Enrolment.objects.filter(roster__key=ROSTER, ends_on=None)
    for persons in (
        portions.filter(status=Portioned.OPEN).values_list("recipient__person", flat=True),
        portions.exclude(status=Portioned.LEFT).values_list("recipient__person", flat=True),
        enrolled.values_list("person", flat=True),
    ):
        found = Person.objects.filter(status=PersonStatus.ACTIVE, pk__in=persons).order_by("pk").first()
        if found is not None:
            return found
    return None
