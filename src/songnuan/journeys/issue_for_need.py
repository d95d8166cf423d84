"""Goods are given out of the store for a need of a family, which signs for them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from songnuan.casework import actions as casework
from songnuan.casework.case_access import require_managing
from songnuan.casework.noting import held_need
from songnuan.goods import actions as goods
from songnuan.goods.gifts import Handing
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.issuing import Giving, earlier_of, signed
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, subtree


@journey
def issue_for_need(
    *,
    need_id: int,
    packs: Mapping[int, int],
    happened_on: date,
    handing: Handing,
    signature: bytes,
    reason_late: str,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Give packs (by id of the item) for a need; return the issue's id.

    They are booked out to the unit of the employee, or of the plan where that lies outside of its tree. The
    same `key` again gives nothing twice.

    Raises:
        Refusal: From `goods.actions.issue_goods` and `casework.actions.link_goods`; `key_reused`.

    """
    need = held_need(need_id)
    plan = need.case.plan
    # Before anything is kept: a signature lies on the disk once it is stored.
    require_managing(plan, actor, at)
    inside = subtree(plan.unit_id, day_of(at)).filter(pk=need.case.unit_id).exists()
    unit_id = need.case.unit_id if inside else plan.unit_id
    giving = Giving(unit_id, packs, happened_on, handing, signature, reason_late)
    earlier = earlier_of(giving, about=need_id, purpose="issue_for_need", key=key, actor=actor, at=at)
    if earlier is not None:
        return earlier
    issue = goods.issue_goods(
        plan_id=plan.pk,
        unit_id=unit_id,
        packs=packs,
        happened_on=happened_on,
        handing=signed(giving, actor=actor, at=at),
        reason_late=reason_late,
        by=Permission.CASE_MANAGE,
        actor=actor,
        at=at,
    )
    casework.link_goods(need_id=need_id, issue_id=issue.pk, actor=actor, at=at)
    jobs.settle(key=key, result=str(issue.pk))
    return issue.pk
