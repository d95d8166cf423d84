"""Whoever was asked to act in somebody's stead accepts or declines, and the giver is told."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User


@journey
def answer_delegation(*, delegation_id: int, accept: bool, actor: Actor, at: datetime) -> None:
    """Accept the delegation, or decline it.

    Raises:
        Refusal: `delegation_unknown`, `delegation_over`, `posts_incompatible`, `wrong_state`.

    """
    answer = approvals.accept_delegation if accept else approvals.decline_delegation
    row = answer(delegation_id=delegation_id, actor=actor, at=at)

    def say() -> tuple[str, str]:
        title = (
            _("%(person)s acts in your stead") if accept else _("%(person)s declines to act in your stead")
        )
        return title % {"person": actor.label}, ""

    tell(
        User.objects.filter(pk=row.giver_id),
        say,
        topic="delegation.answered",
        key=f"delegation:{row.pk}:{row.status}",
        url="/approvals/delegations/",
        actor=actor,
        at=at,
    )
