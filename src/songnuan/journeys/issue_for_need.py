"""Goods are given out of the store for a need of a family, which signs for them: bought ones, and donated."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from songnuan.casework import actions as casework
from songnuan.casework.case_access import require_manager_of
from songnuan.casework.noting import held_need, refuse_special
from songnuan.goods import actions as goods
from songnuan.goods.gifts import Handing
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.issuing import Giving, earlier_of, signed
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, subtree


@journey
def issue_for_need(
    *,
    need_id: int,
    bought: Mapping[int, Mapping[int, int]],
    packs: Mapping[int, int],
    happened_on: date,
    handing: Handing,
    signature: bytes,
    reason_late: str,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Give packs (by id of the item) for a need; return the id of the issue, of several that of the first.

    `bought` are packs of what was bought for families, by id of the kit, and `packs` donated ones: each kit,
    and the donated goods together, are an issue of their own under the one signature. They are booked out to
    the unit of the employee, or of the plan where that lies outside of its tree. The same `key` again gives
    nothing twice.

    Raises:
        Refusal: From `goods.actions.issue_to_family` (of the input `kit-7-3` for item 3 of kit 7),
            `goods.actions.issue_goods` and `casework.actions.link_goods`; `key_reused`.

    """
    need = held_need(need_id)
    plan = need.case.plan
    # Before anything is kept: a signature lies on the disk once it is stored.
    require_manager_of(need.case, actor, at)
    refuse_special(need)
    inside = subtree(plan.unit_id, day_of(at)).filter(pk=need.case.unit_id).exists()
    unit_id = need.case.unit_id if inside else plan.unit_id
    giving = Giving(unit_id, packs, happened_on, handing, signature, reason_late, bought)
    earlier = earlier_of(giving, about=need_id, purpose="issue_for_need", key=key, actor=actor, at=at)
    if earlier is not None:
        return earlier
    told: dict[str, Any] = {
        "plan_id": plan.pk,
        "unit_id": unit_id,
        "happened_on": happened_on,
        "handing": signed(giving, actor=actor, at=at),
        "reason_late": reason_late,
        "actor": actor,
        "at": at,
    }
    issues = []
    # Kits are locked before their store.
    for kit_id, some in sorted(bought.items()):
        with _at_kit(kit_id):
            issues.append(goods.issue_to_family(kit_id=kit_id, case_id=need.case_id, packs=some, **told))
    if packs or not bought:
        issues.append(goods.issue_goods(packs=packs, by=Permission.CASE_MANAGE, **told))
    for issue in issues:
        casework.link_goods(need_id=need_id, issue_id=issue.pk, actor=actor, at=at)
    jobs.settle(key=key, result=str(issues[0].pk))
    return issues[0].pk


@contextmanager
def _at_kit(kit_id: int) -> Iterator[None]:
    """Tell what is refused of an item of a kit at its own input: the same may be there as a gift."""
    try:
        yield
    except Refusal as refusal:
        if refusal.field.startswith("item-"):
            refusal.field = f"kit-{kit_id}-{refusal.field.removeprefix('item-')}"
        raise
