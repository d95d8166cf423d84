"""What call trees and musters tell of people is erased once its time is over."""

from datetime import datetime

from songnuan.emergency.actions import muster_forgetting as forgetting
from songnuan.journeys.base import long_journey, step
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import drop_overwritten


@long_journey
def forget_musters(*, actor: Actor, at: datetime) -> int:
    """Empty positions and call trees whose time is over, step by step; return of how many people.

    Args:
        actor: Needs PRIVACY_MANAGE over the units of the plans.
        at: When.

    Raises:
        Refusal: `not_permitted`.

    """
    gone = 0
    for pk in forgetting.musters_to_forget(at):
        with step():
            gone += forgetting.forget_positions(muster_id=pk, actor=actor, at=at)
    for pk in forgetting.trees_to_forget(at):
        with step():
            gone += forgetting.forget_call_tree(tree_id=pk, actor=actor, at=at)
    if gone:
        drop_overwritten()
    return gone
