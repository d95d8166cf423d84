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
from songnuan.cli.demo_school_plan import distribution, fill_fund, hand_out, report_duties, start_plan
from songnuan.cli.demo_school_rosters import bring_newer, bring_teachers, merge_double
from songnuan.cli.demo_school_store import buy_first, buy_rest, close_desks, open_desks, open_desks_again
from songnuan.goods.models import Portion
from songnuan.goods.pickup_states import Portioned
from songnuan.people.models import Person

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


def teacher(site: Site) -> Person:
    """Return one of the teachers, who is still to fetch a kit: what they see of themselves says so."""
    rows = Portion.objects.filter(recipient__distribution=distribution(site), status=Portioned.OPEN)
    person_id = rows.order_by("pk").values_list("recipient__person", flat=True)[0]
    return Person.objects.get(pk=person_id)
