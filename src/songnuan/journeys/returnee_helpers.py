"""What journeys of returnees share: whom to tell, and in which words. Nobody is named in a notice."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import Returnee
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.plans.models import Measure


def tell_helper(
    helper_id: int, rows: Sequence[Returnee], measure: Measure, actor: Actor, at: datetime
) -> None:
    """Tell somebody whom they ask after from now on."""
    if helper_id == actor.user_id:
        return
    tell(
        User.objects.filter(pk=helper_id, is_active=True),
        partial(_given, len(rows)),
        topic="returnees.given",
        key=f"returnees.given:{helper_id}:{rows[0].pk}:{at.isoformat()}",
        url="/returnees/",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )


def _given(count: int) -> tuple[str, str]:
    title = ngettext(
        "You are the contact person of %(count)s returnee",
        "You are the contact person of %(count)s returnees",
        count,
    )
    return title % {"count": count}, _("Ask after each of them every day, and put down how they are.")


def tell_office(
    row: Returnee, say: Callable[[], tuple[str, str]], topic: str, key: str, *, actor: Actor, at: datetime
) -> None:
    """Tell the emergency office of the plan about somebody, by the number of the entry."""
    office = holders(Permission.EMERGENCY_MANAGE, row.measure.plan.unit_id, at)
    tell(
        office.exclude(pk=actor.user_id or 0),
        say,
        topic=topic,
        key=key,
        url=f"/returnees/{row.pk}/",
        plan=row.measure.plan.title,
        actor=actor,
        at=at,
    )
