"""The story of plan 3 in the demo, act by act, and how one of those who are paid looks at it."""

from collections.abc import Callable
from datetime import datetime

from songnuan.cli.demo_union_families import ask_helpers, go_on, keep_in_touch, remind_helpers
from songnuan.cli.demo_union_flexible import ask_for_flexible_work
from songnuan.cli.demo_union_money import (
    make_first_list,
    make_second_list,
    object_to_first_list,
    release_first_list,
)
from songnuan.cli.demo_union_needs import put_down_needs
from songnuan.cli.demo_union_paying import call_payees_back, pay_first_list
from songnuan.cli.demo_union_plan import decide, fill_fund, report_duties, start_plan
from songnuan.cli.demo_union_rosters import bring_changed_account, bring_later_service, bring_staff
from songnuan.cli.demo_union_staff import failing
from songnuan.cli.demo_union_store import buy_necessities, take_in_gift
from songnuan.people.columns import index
from songnuan.people.models import Person, PersonStatus

At = Callable[..., datetime]

ACTS: tuple[Callable[[At], None], ...] = (
    bring_staff,
    start_plan,
    decide,
    fill_fund,
    make_first_list,
    ask_helpers,
    keep_in_touch,
    object_to_first_list,
    release_first_list,
    bring_later_service,
    go_on,
    take_in_gift,
    buy_necessities,
    put_down_needs,
    pay_first_list,
    make_second_list,
    bring_changed_account,
    call_payees_back,
    ask_for_flexible_work,
    report_duties,
    remind_helpers,
)
"""In the order in which they were done; each goes on where it was broken off."""


def payee() -> Person | None:
    """Return whose payment failed: what they see of themselves says so."""
    number = index("id_number", failing().number)
    return Person.objects.filter(id_index=number, status=PersonStatus.ACTIVE).first()
