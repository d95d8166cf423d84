"""Somebody counts the store of a plan: the list is frozen when it begins, the figures are handed in once."""

from collections.abc import Mapping
from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def start_count(*, plan_id: int, actor: Actor, at: datetime) -> int:
    """Begin to count the store of a plan, and return the count's id.

    Raises:
        Refusal: `count_running`, `nothing_to_count`, `not_permitted`, `person_needed`.

    """
    return goods.start_count(plan_id=plan_id, actor=actor, at=at).pk


@journey
def hand_in_count(*, count_id: int, counted: Mapping[int, int], actor: Actor, at: datetime) -> str:
    """Hand in packs by id of the lot, and return how the count stands then: agreed, or waiting.

    Raises:
        Refusal: `count_incomplete`, `quantity_invalid`, `wrong_state`, `not_permitted`.

    """
    return goods.hand_in_count(count_id=count_id, counted=counted, actor=actor, at=at).status


@journey
def abandon_count(*, count_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Give a count up before it is handed in; another may begin then.

    Raises:
        Refusal: `reason_missing`, `wrong_state`, `not_permitted`.

    """
    goods.abandon_count(count_id=count_id, reason=reason, actor=actor, at=at)
