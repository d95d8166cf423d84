"""What each in a roster gets under a measure is reckoned, by the plan's answers as they stand."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.benefits import actions as benefits
from songnuan.benefits.listing import ListQuestion
from songnuan.benefits.sharing import Answers
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.measures.grants import GrantSettings
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.people.models import Roster
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.plans.queries import choice_of


@journey
def reckon_list(*, measure_id: int, as_of: date, key: UUID, actor: Actor, at: datetime) -> int:
    """Reckon the list of a measure for a day, in place of the one before; return its id.

    The same `key` again reckons nothing twice.

    Raises:
        Refusal: `measure_not_open`, `day_ahead` for a day to come, `roster_unfit`, or from
            `benefits.actions.reckon`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id, kind="grants")
    require(actor, Permission.BENEFIT_WRITE, unit_id=measure.plan.unit_id, at=at)
    told = digest_rows([(measure_id, as_of)])
    earlier = jobs.receive(key=key, purpose="reckon_list", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    if measure.status != MeasureStatus.OPEN:
        sentence = _("This clause is not under way. A list is reckoned once its plan is opened.")
        raise Refusal("measure_not_open", sentence, measure=measure_id)
    if as_of > day_of(at):
        sentence = _("A list is made for today or an earlier day, not for one to come.")
        raise Refusal("day_ahead", sentence, field="as_of")
    settings = GrantSettings.model_validate(measure.settings)
    roster = Roster.objects.filter(key=settings.roster).first()
    if roster is None:
        sentence = _("There is no roster “%(key)s” yet. Bring it in first: those in it are paid.")
        raise Refusal("roster_unfit", sentence % {"key": settings.roster}, measure=measure_id)
    reckoning = benefits.reckon(
        measure_id=measure_id,
        unit_id=measure.plan.unit_id,
        standard=settings.standard,
        asked=ListQuestion(roster.pk, as_of, answers_of(measure.plan_id, settings)),
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(reckoning.pk))
    return reckoning.pk


def answers_of(plan_id: int, settings: GrantSettings) -> Answers:
    """Return the plan's answers on families; a question that the measure does not name stays open."""
    couple, two_children = (
        (choice_of(plan_id, key) or "") if key else "" for key in (settings.couple, settings.two_children)
    )
    return Answers(couple, two_children)
