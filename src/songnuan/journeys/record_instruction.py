"""An instruction is recorded and assigned item by item; the owners are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.tell_of_items import tell_owners
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.plans.queries import basis as basis_of
from songnuan.plans.queries import visible_plans
from songnuan.records import actions as records
from songnuan.records.pictures import require_whole
from songnuan.tasks import actions as tasks
from songnuan.tasks.instruction_rules import Head, NewItem


@dataclass(frozen=True, slots=True)
class Scan:
    """The picture of an instruction: PNG, JPEG, WebP or PDF."""

    content: bytes
    name: str
    media_type: str


@journey
def record_instruction(
    *,
    head: Head,
    unit_id: int,
    items: Sequence[NewItem],
    received_at: datetime,
    plan_slug: str = "",
    basis: str = "",
    scan: Scan | None = None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Record it, assign its items and return its number; the same `key` again, the same instruction.

    Raises:
        Refusal: `not_permitted`, `plan_unknown`, `basis_unknown`, what is wrong with the scan, the head or
            an item.

    """
    told = (
        head,
        unit_id,
        tuple(items),
        received_at,
        plan_slug,
        basis,
        sha256(scan.content).hexdigest() if scan else "",
    )
    digest = digest_rows([tuple(map(str, told))])
    earlier = jobs.receive(key=key, purpose="record_instruction", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    if plan_slug or basis:
        _require_basis(plan_slug, basis, actor, at)
    file = None
    if scan is not None:
        require_whole(scan.content, scan.media_type)
        file = records.store_file(
            content=scan.content, name=scan.name, media_type=scan.media_type, actor=actor, at=at
        )
    made = tasks.record_instruction(
        head=head,
        unit_id=unit_id,
        items=items,
        received_at=received_at,
        plan_slug=plan_slug,
        basis=basis,
        scan_id=file.pk if file else None,
        actor=actor,
        at=at,
    )
    tell_owners(made, actor=actor, at=at)
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _require_basis(plan_slug: str, basis: str, actor: Actor, at: datetime) -> None:
    plan = find_plan(plan_slug)
    if not visible_plans(actor, at).filter(pk=plan.pk).exists():
        sentence = _("There is no plan “%(slug)s”. Check the name, or load the plan first.")
        raise Refusal("plan_unknown", sentence % {"slug": plan_slug}, field="basis")
    if basis not in {row.title for row in basis_of(plan)}:
        sentence = _("The plan does not rest on this. Choose from its basis.")
        raise Refusal("basis_unknown", sentence, field="basis", plan=plan_slug)
