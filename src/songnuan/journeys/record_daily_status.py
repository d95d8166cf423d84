"""How a returnee was found on a day is recorded (每日随访); who is unwell is told to the office at once."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import returnee_days
from songnuan.emergency.models import DailyStatus, StatusAnswer, StatusOutcome
from songnuan.emergency.returnee_rules import Found
from songnuan.journeys.base import journey
from songnuan.journeys.returnee_helpers import tell_office
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import User


@journey
def record_daily_status(
    *, returnee_id: int, found: Found, key: UUID, actor: Actor, at: datetime
) -> DailyStatus:
    """Record or correct how somebody was found, once for each key.

    Raises:
        Refusal: As `emergency.actions.returnee_days.record_status`.

    """
    made = returnee_days.record_status(returnee_id=returnee_id, found=found, key=key, actor=actor, at=at)
    if made.outcome == StatusOutcome.UNWELL:
        tell_office(
            made.returnee,
            partial(_unwell, made),
            "returnees.unwell",
            f"returnees.unwell:{made.pk}",
            actor=actor,
            at=at,
        )
    elif made.version > 1 and _was_unwell(made):
        tell_office(
            made.returnee,
            partial(_not_so, made),
            "returnees.corrected",
            f"returnees.corrected:{made.pk}",
            actor=actor,
            at=at,
        )
    return made


def _was_unwell(made: DailyStatus) -> bool:
    before = DailyStatus.objects.filter(returnee=made.returnee_id, day=made.day, version=made.version - 1)
    return before.filter(outcome=StatusOutcome.UNWELL).exists()


def _facts(made: DailyStatus) -> dict[str, object]:
    return {"number": made.returnee.number, "day": written(made.day)}


def _unwell(made: DailyStatus) -> tuple[str, str]:
    title = _("Returnee No. %(number)s is unwell, %(day)s") % _facts(made)
    return title, _("Open the entry, see to it, and put down what was done.")


def _not_so(made: DailyStatus) -> tuple[str, str]:
    title = _("Returnee No. %(number)s: “unwell” of %(day)s was corrected") % _facts(made)
    return title, _("It still waits for your answer. Look at the reason.")


@journey
def answer_daily_status(*, status_id: int, words: str, actor: Actor, at: datetime) -> StatusAnswer:
    """Say what was done about somebody who is unwell; who reported it is told.

    Raises:
        Refusal: As `emergency.actions.returnee_days.answer_status`.

    """
    made = returnee_days.answer_status(status_id=status_id, words=words, actor=actor, at=at)
    status = made.status
    tell(
        User.objects.filter(pk=status.by_id, is_active=True).exclude(pk=actor.user_id or 0),
        partial(_answered, status),
        topic="returnees.answered",
        key=f"returnees.answered:{made.pk}",
        url=f"/returnees/{status.returnee_id}/",
        plan=status.returnee.measure.plan.title,
        actor=actor,
        at=at,
    )
    return made


def _answered(status: DailyStatus) -> tuple[str, str]:
    title = _("Returnee No. %(number)s: the office has seen to what you reported") % _facts(status)
    return title, _("Open the entry to read what was done.")
