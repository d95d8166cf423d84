"""Finance asks for a purchase: what, for how much at the most, and why; it is handed in for approval."""

from datetime import datetime
from uuid import UUID

from songnuan.approvals import actions as approvals
from songnuan.audit.chain import canonical
from songnuan.goods.actions import requests
from songnuan.goods.request_queries import check_request, subject_of
from songnuan.goods.request_rules import Asked, request_number
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.buy_kits import measure_of, payable_kit
from songnuan.journeys.measures.kit_purchase import terms_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.records import actions as records

_TITLE = 200


@journey
def request_purchase(*, measure_id: int, asked: Asked, key: UUID, actor: Actor, at: datetime) -> int:
    """Write the request under its number, ask for its approval, and return its id.

    The same `key` again returns the same request. It sets no money aside: that happens when it is approved.

    Raises:
        Refusal: `measure_unknown`, `kit_missing`, `question_open`, the first of
            `request_rules.examine_request`, `step_nobody` where nobody can take a step of its chain.

    """
    measure = measure_of(measure_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=measure.plan.unit_id, at=at)
    lines = [(line.item_id, line.quantity, line.unit_price_minor) for line in asked.lines]
    digest = digest_rows([(measure_id, asked.reason, canonical(lines))])
    earlier = jobs.receive(key=key, purpose="request_purchase", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    kit = payable_kit(measure, at)
    kits = terms_of(measure).kits
    for problem in check_request(kit_id=kit.kit_id, asked=asked, units=kits, at=at):
        raise problem.refuse()
    number = records.next_number(name=f"purchase_request:{kit.fund_id}")
    row = requests.ask_purchase(kit_id=kit.kit_id, number=number, asked=asked, units=kits, actor=actor, at=at)
    approvals.request(
        kind="goods.purchase",
        plan_kind=measure.plan.kind,
        subject=subject_of(row.pk),
        stream=f"fund:{kit.fund_id}",
        title=f"{request_number(number)} {kit.name}"[:_TITLE],
        digest=row.digest,
        unit_id=measure.plan.unit_id,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(row.pk))
    return row.pk
