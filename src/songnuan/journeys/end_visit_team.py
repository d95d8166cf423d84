"""A team of a lead office goes."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits.actions import teams


@journey
def end_visit_team(*, team_id: int, actor: Actor, at: datetime) -> int:
    """Take the team away; return how many visits keep their day without time and team.

    Raises:
        Refusal: `not_permitted`, `team_unknown`.

    """
    return teams.end_team(team_id=team_id, actor=actor, at=at)
