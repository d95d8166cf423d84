"""The unit that has to solve a problem says how far it is."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.tasks import actions as tasks


@journey
def report_problem(*, task_id: int, text: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Add a report; the same `key` again adds nothing.

    Raises:
        Refusal: `not_permitted`, `task_unknown`, `report_missing`, `text_too_long`, `wrong_state`.

    """
    digest = digest_rows([(task_id, text)])
    earlier = jobs.receive(key=key, purpose="report_problem", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return
    tasks.report_problem(task_id=task_id, text=text, actor=actor, at=at)
    jobs.settle(key=key, result=str(task_id))
