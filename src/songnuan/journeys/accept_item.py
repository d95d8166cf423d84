"""The owner of an item of an instruction accepts it."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.tasks import actions as tasks


@journey
def accept_item(*, task_id: int, actor: Actor, at: datetime) -> None:
    """Accept it (签收).

    Raises:
        Refusal: `not_permitted`, `item_unknown`, `wrong_state`.

    """
    tasks.accept(task_id=task_id, actor=actor, at=at)
