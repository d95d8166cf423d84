"""The office gives a person the codes with which they see what is held of them."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people
from songnuan.people.actions import Issued


@journey
def issue_access_code(
    *, person_key: str, guardian: str = "", count: int = 1, actor: Actor, at: datetime
) -> Issued:
    """Make codes for one time each, which are shown this once; those before open nothing any more.

    Raises:
        Refusal: From `people.actions.issue_code`.

    """
    return people.issue_code(person_key=person_key, guardian=guardian, count=count, actor=actor, at=at)
