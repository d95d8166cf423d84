"""The inspector draws receipts at random, to call the units back."""

import secrets
from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.records import actions as records
from songnuan.visits.actions import samples
from songnuan.visits.receipts import one_each, receipts
from songnuan.visits.sample_rules import Order


@journey
def draw_sample(
    *,
    slug: str,
    size: int,
    confidence: int,
    by_lead: bool,
    lead_id: int | None = None,
    compound: str = "",
    reason: str = "",
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Draw `size` receipts of a plan, or of one lead or compound of it, and return the sample's id.

    A unit that got its kit in parts is in it once, with the last of its receipts; what it got at the store
    stands beside what came with a visit. What was booked after
    `at` is in it never, though it may have come in while this act waited for its turn.

    The seed is made here, so that nobody chooses it. The same `key` again draws nothing twice; another
    draw stands beside this one, with its reason where units of an earlier one are still to be called.

    Raises:
        Refusal: `plan_unknown`, `not_permitted`, `confidence_unknown`, `sample_size`, `reason_missing`,
            `text_too_long`.

    """
    plan = find_plan(slug)
    require(actor, Permission.RECEIPT_CHECK, unit_id=plan.unit_id, at=at)
    # Without a reason a draw is the same as before there were any: its key answers as it did.
    digest = digest_rows([(slug, size, confidence, by_lead, lead_id, compound, *filter(None, [reason]))])
    earlier = jobs.receive(key=key, purpose="draw_sample", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    pool = [
        row
        for row in one_each(row for row in receipts(plan, day_of(at)) if row.booked_at <= at)
        if lead_id in {None, row.lead_id} and compound in {"", row.compound}
    ]
    sample = samples.draw_sample(
        plan=plan,
        number=records.next_number(name=f"sample:{plan.pk}"),
        receipts=pool,
        order=Order(size, confidence, by_lead, secrets.token_hex(16), lead_id, compound, reason),
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(sample.pk))
    return sample.pk
