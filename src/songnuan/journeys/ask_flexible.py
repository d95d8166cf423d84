"""Flexible work is asked for, on behalf of an employee, and goes to the department and the staff office."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.casework.actions import flexible
from songnuan.casework.flexible_queries import employee_accounts
from songnuan.casework.flexible_rules import KIND, Wish, flexible_number, subject_of
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.flexible import allowed_by, employee_of
from songnuan.journeys.measures.flexible_work import require_staff_office
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.models import Enrolment
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.records import actions as records


@journey
def ask_flexible(
    *, measure_id: int, person_key: str, wish: Wish, key: UUID, actor: Actor, at: datetime
) -> int:
    """Ask for flexible work for an employee of the plan's roster; return the request's id.

    The same `key` again asks for nothing twice.

    Args:
        measure_id: The measure.
        person_key: The employee.
        wish: What is asked for.
        key: The form's.
        actor: Needs FLEXIBLE_ASK where the employee works.
        at: When.

    Raises:
        Refusal: `flexible_closed`, `employee_unknown`, `own_flexible`, `staff_office_unknown`, `step_nobody`
            where nobody can take a step of its approval, or from `casework.actions.flexible`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id, kind="flexible_work")
    require(actor, Permission.FLEXIBLE_ASK, at=at)
    told = digest_rows([(measure_id, person_key, *map(str, asdict(wish).values()))])
    earlier = jobs.receive(key=key, purpose="ask_flexible", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    if measure.status != MeasureStatus.OPEN:
        sentence = _("This clause is not under way: nothing is asked for under it.")
        raise Refusal("flexible_closed", sentence, measure=measure_id)
    standing, own = _whom(measure, person_key, actor, at)
    staff_id = require_staff_office(measure, at)
    number = records.next_number(name=f"casework.flexible:{measure.plan_id}")
    made = flexible.ask_flexible(
        measure_id=measure_id,
        person_id=standing.person_id,
        unit_id=standing.unit_id,
        number=number,
        wish=wish,
        allowed=allowed_by(measure),
        actor=actor,
        at=at,
    )
    approvals.request(
        kind=KIND,
        plan_kind=measure.plan.kind,
        subject=subject_of(made.pk),
        stream=f"plan:{measure.plan.slug}",
        title=_("%(number)s flexible work") % {"number": flexible_number(number)},
        digest=made.digest,
        unit_id=standing.unit_id,
        authors=own,
        signing_id=staff_id,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _whom(measure: Measure, person_key: str, actor: Actor, at: datetime) -> tuple[Enrolment, Collection[int]]:
    """Return where the employee stands, and the employee's own accounts, of which the actor's is none."""
    standing = employee_of(measure, person_key, actor, at)
    if standing is None:
        sentence = _("This employee does not stand in the plan's roster at a unit of yours.")
        raise Refusal("employee_unknown", sentence, measure=measure.pk)
    own = employee_accounts(standing.person)
    if actor.user_id in own:
        sentence = _("This is about you. Somebody else has to ask for it.")
        raise NotPermitted("own_flexible", sentence, measure=measure.pk)
    return standing, own
