"""The inspector draws payments at random, to call those back who were paid."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.payments.actions import samples
from songnuan.payments.models import ListStatus, PaymentList
from songnuan.payments.sample_pool import pool
from songnuan.payments.sample_rules import Order, Scope, check_scope
from songnuan.plans.models import Measure, Plan
from songnuan.records import actions as records


@journey
def draw_payments(*, slug: str, scope: Scope, order: Order, key: UUID, actor: Actor, at: datetime) -> int:
    """Draw payments of a plan and return the sample's id; the same `key` again draws nothing twice.

    Another draw stands beside this one, with its reason where people of an earlier one are still to be
    called.

    Raises:
        Refusal: `plan_unknown`, `list_unknown`, `list_not_released`, `measure_unknown`, or from
            `payments.actions.samples.draw_sample`.

    """
    plan = find_plan(slug)
    require(actor, Permission.LIST_INSPECT, unit_id=plan.unit_id, at=at)
    days = [day.isoformat() if day else "" for day in (scope.since, scope.until)]
    asked = (slug, scope.list_id or 0, scope.measure_id or 0, *days)
    how = (order.confidence, order.by_unit, order.size or 0, order.margin or 0, order.reason)
    digest = digest_rows([(*asked, *how)])
    earlier = jobs.receive(key=key, purpose="draw_payments", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    check_scope(scope, day_of(at))
    _require_there(plan, scope)
    payables = pool(plan.pk, scope, at)  # before the number is taken, for which others wait
    made = samples.draw_sample(
        plan=plan,
        number=records.next_number(name=f"payment_sample:{plan.pk}"),
        scope=scope,
        payables=payables,
        order=order,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _require_there(plan: Plan, scope: Scope) -> None:
    """Let pass a scope whose list or clause is of the plan, the list released."""
    if scope.list_id is not None:
        row = PaymentList.objects.filter(pk=scope.list_id, measure__plan=plan).first()
        if row is None:
            raise Refusal("list_unknown", _("There is no such list. Open it from the page of its clause."))
        if row.status != ListStatus.RELEASED:
            sentence = _("This list is not released: nothing of it was paid yet.")
            raise Refusal("list_not_released", sentence, list=row.pk, status=row.status)
    elif scope.measure_id is not None and not Measure.objects.filter(pk=scope.measure_id, plan=plan).exists():
        raise Refusal("measure_unknown", _("Choose a clause of this plan."), field="measure")
