"""An approved amendment comes into force: the plan goes on by its text."""

from datetime import datetime

from songnuan.journeys.amending import (
    check_goes_on,
    find_amendment,
    new_funds,
    tell_of_amendment,
    text_of_amendment,
)
from songnuan.journeys.base import journey
from songnuan.journeys.find import lock_plan
from songnuan.journeys.measures import kinds
from songnuan.journeys.opening import open_fund, open_measure, opening_of
from songnuan.journeys.plan_head import units_of_head
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.plans import actions as plans
from songnuan.plans.models import Plan


@journey
def put_amendment_in_force(*, slug: str, actor: Actor, at: datetime) -> Plan:
    """Let the measures go on by their keys and follow their new settings, open the new ones, tell of it.

    Raises:
        Refusal: `wrong_state` unless it is approved, `measures_open`, `settings_fixed`, `fund_fixed`,
            `question_open`, `amendment_none`, `not_permitted`, or what a new measure lacks.

    """
    plan = lock_plan(slug)
    amendment = find_amendment(plan)
    plan_file = text_of_amendment(plan, amendment)
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    check_goes_on(plan, plan_file)
    _unit_id, office_id = units_of_head(plan_file, day_of(at))
    done = plans.put_in_force(plan_id=plan.pk, plan_file=plan_file, office_id=office_id, actor=actor, at=at)
    plan.refresh_from_db()
    fresh = set(new_funds(plan, plan_file))
    for entry in plan_file.funds:
        if entry.number in fresh:
            open_fund(plan.pk, entry, actor, at)
    for measure in done.changed:
        follow = kinds()[measure.kind].follow
        if follow is not None:
            follow(opening_of(measure, plan_file, actor, at))
    for measure in done.added:
        open_measure(measure, plan_file, actor, at)
    tell_of_amendment(plan, amendment, actor, at)
    return plan
