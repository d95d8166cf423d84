"""An event is planned; people are invited, answer and are told of changes; who came is noted."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.outreach.actions import events
from songnuan.outreach.event_models import Event, Invitation
from songnuan.outreach.event_queries import events as all_events
from songnuan.outreach.event_rules import Plan
from songnuan.outreach.lesson_queries import accounts


@journey
def plan_event(*, measure_id: int, plan: Plan, actor: Actor, at: datetime) -> Event:
    """Plan an event.

    Raises:
        Refusal: As `outreach.actions.events.plan_event`.

    """
    return events.plan_event(measure_id=measure_id, plan=plan, actor=actor, at=at)


@journey
def change_event(*, event_id: int, plan: Plan, actor: Actor, at: datetime) -> Event:
    """Change an event; who is invited is told where time or place is another.

    Raises:
        Refusal: As `outreach.actions.events.change_event`.

    """
    tells = events.change_event(event_id=event_id, plan=plan, actor=actor, at=at)
    row = all_events().get(pk=event_id)
    if tells:
        _tell(row, _invited(row), "event.changed", actor, at)
    return row


@journey
def invite(
    *,
    event_id: int,
    capacity: str,
    user_ids: Collection[int] = (),
    person_ids: Collection[int] = (),
    actor: Actor,
    at: datetime,
) -> list[Invitation]:
    """Invite people; who has an account gets a message, which leads to the calendar file.

    Raises:
        Refusal: As `outreach.actions.events.invite`.

    """
    made = events.invite(
        event_id=event_id,
        capacity=capacity,
        user_ids=user_ids,
        person_ids=person_ids,
        actor=actor,
        at=at,
    )
    users = [one.user_id for one in made if one.user_id is not None]
    _tell(made[0].event, users, "event.invited", actor, at)
    return made


@journey
def answer_invitation(
    *, invitation_id: int, answer: str, deputy: str = "", actor: Actor, at: datetime
) -> Invitation:
    """Answer one's own invitation.

    Raises:
        Refusal: As `outreach.actions.events.answer_invitation`.

    """
    return events.answer_invitation(
        invitation_id=invitation_id, answer=answer, deputy=deputy, actor=actor, at=at
    )


@journey
def note_who_came(*, event_id: int, came: Mapping[int, str], actor: Actor, at: datetime) -> int:
    """Note who came.

    Raises:
        Refusal: As `outreach.actions.events.note_who_came`.

    """
    return events.note_who_came(event_id=event_id, came=came, actor=actor, at=at)


@journey
def end_event(*, event_id: int, actor: Actor, at: datetime) -> Event:
    """Say that an event was held.

    Raises:
        Refusal: As `outreach.actions.events.end_event`.

    """
    return events.end_event(event_id=event_id, actor=actor, at=at)


@journey
def cancel_event(*, event_id: int, remark: str, actor: Actor, at: datetime) -> Event:
    """Cancel an event; who is invited is told.

    Raises:
        Refusal: As `outreach.actions.events.cancel_event`.

    """
    row = events.cancel_event(event_id=event_id, remark=remark, actor=actor, at=at)
    _tell(row, _invited(row), "event.cancelled", actor, at)
    return row


def _invited(row: Event) -> list[int]:
    rows = Invitation.objects.filter(event=row, user__isnull=False).order_by("pk")
    return list(rows.values_list("user", flat=True))


def _tell(row: Event, users: Iterable[int], topic: str, actor: Actor, at: datetime) -> None:
    tell(
        accounts(users),
        partial(_words, row, topic),
        topic=topic,
        key=f"{topic}:{row.pk}:{row.sequence}",
        url=f"/events/{row.pk}/",
        plan=row.measure.plan.title,
        actor=actor,
        at=at,
    )


def _words(row: Event, topic: str) -> tuple[str, str]:
    heads = {
        "event.invited": _("You are invited: %(title)s"),
        "event.changed": _("Time or place is another: %(title)s"),
        "event.cancelled": _("Cancelled: %(title)s"),
    }
    when = written(row.begins_at.astimezone(CHINA), "moment")
    lines = [f"{when} · {row.place}", *filter(None, [row.words, row.remark])]
    if topic != "event.cancelled":
        lines.append(_("Open it to answer, and to take it into your calendar."))
    return heads[topic] % {"title": row.title}, "\n".join(lines)
