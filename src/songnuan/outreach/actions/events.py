"""An event is planned, people are invited and answer, who came is noted, and it is ended."""

from collections.abc import Collection, Mapping
from datetime import datetime
from secrets import token_urlsafe

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.outreach.actions.lessons import person, require_running
from songnuan.outreach.event_models import Event, EventStatus, Invitation
from songnuan.outreach.event_queries import KIND, events, invitations_of, is_erased, may_be_invited
from songnuan.outreach.event_rules import (
    INVITED_MOST,
    WORDS_LONGEST,
    Came,
    Capacity,
    Plan,
    check_answer,
    check_plan,
)
from songnuan.outreach.lesson_rules import words
from songnuan.people.scope import within
from songnuan.plans.models import Measure

_CODE_BYTES = 12


@transaction.atomic(savepoint=False)
def plan_event(*, measure_id: int, plan: Plan, actor: Actor, at: datetime) -> Event:
    """Plan an event under a measure.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`, `not_permitted`, `person_needed`, and as `check_plan`.

    """
    rows = Measure.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    measure = rows.filter(pk=measure_id, kind=KIND).first()
    if measure is None:
        raise Refusal("measure_unknown", _("There is no such measure. Open it from the list."))
    maker = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=measure.plan.unit_id, at=at)
    require_running(measure)
    told = check_plan(plan, at)
    made = Event.objects.create(
        measure=measure,
        title=told.title,
        place=told.place,
        words=told.words,
        begins_at=told.begins_at,
        ends_at=told.ends_at,
        made_by_id=maker,
        made_at=at,
    )
    _note(made, "plan_event", actor, at)
    return made


@transaction.atomic(savepoint=False)
def change_event(*, event_id: int, plan: Plan, actor: Actor, at: datetime) -> bool:
    """Move or rename an event that has not begun; return whether those invited have to know.

    They have to where time or place is another. Where the time is, they answer anew, and who was noted as
    there before it began is noted anew too: they came for another hour.

    Raises:
        Refusal: `event_begun`, and as `_led` and `check_plan`.

    """
    event = _led(event_id, actor, at)
    if at >= event.begins_at:
        raise Refusal("event_begun", _("It has begun: time and place stay as they are."))
    told = check_plan(plan, at)
    if told == Plan(event.title, event.place, event.begins_at, event.ends_at, event.words):
        return False
    is_moved = (told.begins_at, told.ends_at) != (event.begins_at, event.ends_at)
    tells = is_moved or told.place != event.place
    if is_moved:
        invitations = Invitation.objects.filter(event=event)
        invitations.update(answer="", answered_at=None, deputy=None, came="", came_at=None, came_by=None)
    Event.objects.filter(pk=event.pk).update(
        title=told.title,
        place=told.place,
        words=told.words,
        begins_at=told.begins_at,
        ends_at=told.ends_at,
        sequence=event.sequence + 1,
    )
    _note(event, "change_event", actor, at)
    return tells


@transaction.atomic(savepoint=False)
def invite(
    *,
    event_id: int,
    capacity: str,
    user_ids: Collection[int] = (),
    person_ids: Collection[int] = (),
    actor: Actor,
    at: datetime,
) -> list[Invitation]:
    """Invite users with a post in the plan's unit or below, and persons whom the actor reaches.

    Raises:
        Refusal: `event_begun`, `capacity_unknown`, `invited_nobody`, `invited_stranger`, `invited_twice`,
            `invited_many`, and as `_led`.

    """
    event = _led(event_id, actor, at)
    if at >= event.begins_at:
        raise Refusal("event_begun", _("It has begun: nobody is invited any more."))
    if capacity not in set(Capacity):
        raise Refusal("capacity_unknown", _("Choose as what they are invited."), field="capacity")
    users, persons = sorted(set(user_ids)), sorted(set(person_ids))
    if not users and not persons:
        raise Refusal("invited_nobody", _("Choose whom to invite."), field="users")
    here = may_be_invited(event.measure.plan.unit_id or 0, at).filter(pk__in=users)
    reached = within(actor, Permission.PEOPLE_VIEW, at).filter(pk__in=persons)
    if here.count() != len(users) or reached.count() != len(persons):
        sentence = _("One of them is nobody whom you can invite. Reload the page.")
        raise Refusal("invited_stranger", sentence, field="users")
    had = Invitation.objects.filter(event=event)
    if had.filter(user__in=users).exists() or had.filter(person__in=persons).exists():
        raise Refusal("invited_twice", _("One of them is invited already. Reload the page."), field="users")
    if had.count() + len(users) + len(persons) > INVITED_MOST:
        sentence = _("At most %(most)s people are invited.")
        raise Refusal("invited_many", sentence % {"most": INVITED_MOST}, field="users")
    inviter = person(actor)
    targets = [{"user_id": one} for one in users] + [{"person_id": one} for one in persons]
    made = Invitation.objects.bulk_create(
        Invitation(
            event=event,
            capacity=capacity,
            code=token_urlsafe(_CODE_BYTES),
            invited_by_id=inviter,
            invited_at=at,
            **target,
        )
        for target in targets
    )
    _note(event, "invite", actor, at, people=len(made), capacity=capacity)
    return made


@transaction.atomic(savepoint=False)
def answer_invitation(
    *, invitation_id: int, answer: str, deputy: str, actor: Actor, at: datetime
) -> Invitation:
    """Answer one's own invitation; until it begins the last answer counts.

    Raises:
        Refusal: `invitation_unknown`, `invitation_other`, `event_ended`, `measure_closed`, and as
            `check_answer`.

    """
    row = _invitation(invitation_id)
    if is_erased(row):
        raise Refusal("invitation_unknown", _("There is no such invitation."))
    by_account = row.user_id is not None and row.user_id == actor.user_id
    if not by_account and actor != as_invited(row):
        raise NotPermitted("invitation_other", _("Only who is invited answers."))
    _require_planned(row.event)
    sent = check_answer(answer, deputy, row.event.begins_at, at)
    row.answer, row.answered_at, row.deputy = answer, at, sent
    row.save(update_fields=["answer", "answered_at", "deputy"])
    _note(row.event, "answer_invitation", actor, at, invitation=row.pk, answer=answer)
    return row


@transaction.atomic(savepoint=False)
def note_who_came(*, event_id: int, came: Mapping[int, str], actor: Actor, at: datetime) -> int:
    """Note for invitations who came, by their ids; return how many were noted. The last word counts.

    Raises:
        Refusal: `event_ahead`, `came_unknown`, `came_own`, and as `_led`.

    """
    event = _led(event_id, actor, at)
    if day_of(at) < day_of(event.begins_at):
        raise Refusal("event_ahead", _("It is still to come: who came is noted on that day."))
    rows = {one.pk: one for one in Invitation.objects.filter(event=event, pk__in=came)}
    if set(came) - set(rows) or set(came.values()) - set(Came):
        raise Refusal("came_unknown", _("Say of each of them who came. Reload the page."))
    changed = [row for pk, row in rows.items() if row.came != came[pk]]
    if any(row.user_id is not None and row.user_id == actor.user_id for row in changed):
        raise NotPermitted("came_own", _("Somebody else notes whether you came yourself."))
    for who in Came:
        ids = [row.pk for row in changed if came[row.pk] == who]
        Invitation.objects.filter(pk__in=ids).update(came=who, came_at=at, came_by=actor.user_id)
    if changed:
        _note(event, "note_who_came", actor, at, people=len(changed))
    return len(changed)


@transaction.atomic(savepoint=False)
def end_event(*, event_id: int, actor: Actor, at: datetime) -> Event:
    """Say that an event was held; of everybody invited it is known whether they came.

    Raises:
        Refusal: `event_ahead`, `event_uninvited`, `came_open`, and as `_led`.

    """
    event = _led(event_id, actor, at)
    if at < event.begins_at:
        raise Refusal("event_ahead", _("It is still to come: who came is noted on that day."))
    if not Invitation.objects.filter(event=event).exists():
        sentence = _("Nobody was invited to it, so nobody can have come. Cancel it, and say why.")
        raise Refusal("event_uninvited", sentence)
    open_rows = Invitation.objects.filter(event=event, came="").count()
    if open_rows:
        sentence = _("Of %(count)s of those invited it is not noted yet whether they came.")
        raise Refusal("came_open", sentence % {"count": open_rows})
    return _end(event, EventStatus.HELD, "", actor, at)


@transaction.atomic(savepoint=False)
def cancel_event(*, event_id: int, remark: str, actor: Actor, at: datetime) -> Event:
    """Cancel an event, and say why.

    Raises:
        Refusal: `words_missing`, `text_too_long`, and as `_led`.

    """
    event = _led(event_id, actor, at)
    told = words(remark, field="remark", longest=WORDS_LONGEST)
    return _end(event, EventStatus.CANCELLED, told, actor, at)


def as_invited(row: Invitation) -> Actor:
    """Return as whom somebody answers who came in with the link of their invitation."""
    return Actor(key=f"invited:{row.pk}", label="受邀人")


def _end(event: Event, status: EventStatus, remark: str, actor: Actor, at: datetime) -> Event:
    Event.objects.filter(pk=event.pk).update(
        status=status, remark=remark, ended_by=person(actor), ended_at=at, sequence=event.sequence + 1
    )
    _note(event, "end_event" if status == EventStatus.HELD else "cancel_event", actor, at)
    return events().get(pk=event.pk)


def _led(event_id: int, actor: Actor, at: datetime) -> Event:
    """Return an event that is planned, of a measure under way, held until commit, for who leads it.

    Raises:
        Refusal: `event_unknown`, `event_ended`, `measure_closed`, `not_permitted`, `person_needed`.

    """
    event = _held(event_id)
    person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=event.measure.plan.unit_id, at=at)
    _require_planned(event)
    return event


def _held(event_id: int) -> Event:
    # Held by itself, so that what is joined is read once the lock is there.
    Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    found = events().filter(pk=event_id).first()
    if found is None:
        raise Refusal("event_unknown", _("There is no such event. Open it from the list."))
    return found


def _invitation(invitation_id: int) -> Invitation:
    known = Invitation.objects.filter(pk=invitation_id).values_list("event", flat=True).first()
    if known is None:
        raise Refusal("invitation_unknown", _("There is no such invitation."))
    _held(known)
    return invitations_of([known]).get(pk=invitation_id)


def _require_planned(event: Event) -> None:
    require_running(event.measure)
    if event.status != EventStatus.PLANNED:
        raise Refusal("event_ended", _("This was held or cancelled: nothing of it changes any more."))


def _note(event: Event, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    record(
        stream=f"plan:{event.measure.plan.slug}",
        action=f"outreach.{verb}",
        subject=f"outreach.event:{event.pk}",
        actor=actor,
        at=at,
        facts={"measure": event.measure_id, **facts},
    )
