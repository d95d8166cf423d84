"""Who is asked to help a family accepts or declines; a family that was declined goes back to the officer."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Case
from songnuan.casework.case_rules import printed
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import tell_officers
from songnuan.kernel.actor import Actor


@journey
def accept_family(*, case_id: int, actor: Actor, at: datetime) -> None:
    """Accept to help a family.

    Raises:
        Refusal: From `casework.actions.accept_family`.

    """
    casework.accept_family(case_id=case_id, actor=actor, at=at)


@journey
def decline_family(*, case_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Decline to help a family, or to go on helping it.

    Raises:
        Refusal: From `casework.actions.decline_family`.

    """
    case = casework.decline_family(case_id=case_id, reason=reason, actor=actor, at=at)
    tell_officers(
        case,
        partial(_words, case, actor.label, reason),
        topic="families.declined",
        key=f"families.declined:{case.pk}:{at.isoformat()}",
        actor=actor,
        at=at,
    )


def _words(case: Case, who: str, reason: str) -> tuple[str, str]:
    title = _("Family %(number)s has no helper: %(who)s declined") % {
        "number": printed(case.number),
        "who": who,
    }
    if case.is_special:  # the reason may tell who the family is
        return title, _("The reason stands on its page.")
    return title, _("The reason: %(reason)s") % {"reason": reason}
