"""A problem raised at a visit is dealt with and closed, with feedback."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.tasks import actions as tasks


@journey
def close_problem(*, task_id: int, feedback: str, actor: Actor, at: datetime) -> None:
    """Close it with what was done.

    Raises:
        Refusal: `feedback_missing`, `wrong_state`, `not_permitted`.

    """
    tasks.close_task(task_id=task_id, feedback=feedback, actor=actor, at=at)
