"""What the journeys of a response share: the plan's rules, numbers, once for each form, and who is told."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.audit.chain import canonical
from songnuan.emergency.command_queries import members_on
from songnuan.emergency.models import Activation
from songnuan.jobs import actions as jobs
from songnuan.journeys.telling import office_people, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure
from songnuan.records import actions as records

ACTIVATE, STAND_DOWN = "activate", "stand_down"


def earlier(key: UUID, purpose: str, told: Iterable[object], *, actor: Actor, at: datetime) -> int | None:
    """Return what a form that was sent before came to, by its id; None where it is new."""
    body = digest_rows([(canonical([str(one) for one in told]),)])
    found = jobs.receive(key=key, purpose=f"emergency.{purpose}", body_digest=body, actor=actor, at=at)
    return None if found is None else int(found)


def next_serial(measure: Measure, verb: str, *, is_drill: bool, at: datetime) -> int:
    """Take the next number of such an order in the plan and the year, without gaps."""
    kind = f"{verb}:drill" if is_drill else verb
    return records.next_number(name=f"emergency:{measure.plan_id}:{kind}:{day_of(at).year}")


def page_of(row: Activation) -> str:
    """Return the path of the page of a response."""
    return f"/emergency/activations/{row.pk}/"


def concerned(measure: Measure, at: datetime, *, but: int | None = None) -> list[User]:
    """Return the leading group and the office, without who acts."""
    people = {one.user_id: one.user for one in members_on(measure.pk, day_of(at))}
    if measure.plan.office_id is not None:
        people |= {user.pk: user for user in office_people(measure.plan.office_id, at)}
    return [user for pk, user in sorted(people.items()) if pk != but]


def marked(row: Activation | None, say: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    """Return what is said, marked where it is about a drill."""
    title, body = say()
    return (_("Drill! %(title)s") % {"title": title} if row is not None and row.is_drill else title), body


def tell_group(
    row: Activation, say: Callable[[], tuple[str, str]], topic: str, *, actor: Actor, at: datetime
) -> None:
    """Tell the leading group and the office what happened to a response; of a drill it is said first."""
    tell(
        concerned(row.measure, at, but=actor.user_id),
        partial(marked, row, say),
        topic=f"emergency.{topic}",
        key=f"emergency:{topic}:{row.pk}:{at.isoformat()}",
        url=page_of(row),
        plan=row.measure.plan.title,
        actor=actor,
        at=at,
    )
