"""A lead office gets a team for its visits, or a team changes."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits.actions import teams
from songnuan.visits.schedule_rules import TeamDraft


@journey
def set_visit_team(
    *, plan_id: int, lead_id: int, team_id: int | None, draft: TeamDraft, actor: Actor, at: datetime
) -> None:
    """Add the team, or change the one that is named.

    Raises:
        Refusal: `not_permitted`, `name_missing`, `name_too_long`, `name_taken`, `hours_wrong`,
            `hours_short`, `number_wrong`, `seats_too_few`, `district_missing`, `member_unknown`,
            `member_elsewhere`, `team_unknown`.

    """
    teams.set_team(plan_id=plan_id, lead_id=lead_id, team_id=team_id, draft=draft, actor=actor, at=at)
