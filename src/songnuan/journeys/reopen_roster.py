"""A closed roster is opened again."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def reopen_roster(*, roster_id: int, actor: Actor, at: datetime) -> None:
    """Let workbooks come into the roster again.

    Raises:
        Refusal: `roster_unknown`, `not_permitted`, `wrong_state`.

    """
    people.reopen_roster(roster_id=roster_id, actor=actor, at=at)
