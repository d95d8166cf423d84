"""The office that leads a special family names who stands in for its contact person, and tells them."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Case
from songnuan.casework.case_rules import printed
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import tell_deputy
from songnuan.kernel.actor import Actor


@journey
def name_deputy(*, case_id: int, deputy_id: int, reason: str = "", actor: Actor, at: datetime) -> None:
    """Name the deputy of a special family.

    Raises:
        Refusal: From `casework.actions.name_deputy`.

    """
    case = casework.name_deputy(case_id=case_id, user_id=deputy_id, reason=reason, actor=actor, at=at)
    tell_deputy(
        case,
        partial(_words, case),
        topic="families.deputy",
        key=f"families.deputy:{case.pk}:{at.isoformat()}",
        actor=actor,
        at=at,
    )


def _words(case: Case) -> tuple[str, str]:
    title = _("You are the deputy for family %(number)s") % {"number": printed(case.number)}
    return title, _("While its contact person is away you keep in touch with it.")
