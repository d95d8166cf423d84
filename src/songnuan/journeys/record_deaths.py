"""Who is known to have died is taken in from a table, so that no list pays them unseen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from songnuan.benefits import actions as benefits
from songnuan.benefits.doubling import Death
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def record_deaths(*, deaths: Sequence[Death], source: str, key: UUID, actor: Actor, at: datetime) -> int:
    """Note the dead, and return how many are new or told otherwise; the same `key` again, the same.

    Raises:
        Refusal: As `benefits.actions.record_deaths`.

    """
    told = digest_rows([("source", source), *((death.id_index, death.died_on) for death in deaths)])
    earlier = jobs.receive(key=key, purpose="record_deaths", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    count = benefits.record_deaths(deaths=deaths, source=source, actor=actor, at=at)
    jobs.settle(key=key, result=str(count))
    return count
