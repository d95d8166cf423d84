"""Notes what was decided about a household of which two serve at the front on the same days."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse
from songnuan.people import household_notes, rules
from songnuan.people.both_parents import told_of
from songnuan.people.models import HouseholdNote, Person, PersonStatus
from songnuan.people.scope import within
from songnuan.people.turn import hold_turn


@transaction.atomic(savepoint=False)
def note_household(
    *, first_key: str, second_key: str, seen: str, text: str, actor: Actor, at: datetime
) -> list[str]:
    """Note what was decided about the children of two; return their keys.

    Args:
        first_key: One of the two who serve.
        second_key: The other.
        seen: What stood for their service and children where it was read (`both_parents.Told`).
        text: The decision, and whose it is.
        actor: Holds PEOPLE_IMPORT over all of them.
        at: When.

    Raises:
        Refusal: `person_gone`, `not_permitted`, `household_settled` (they do not serve on the same days any
            more), `household_changed` (more is told since it was read), `decision_missing`, `text_too_long`.

    """
    hold_turn()  # or it would be noted of somebody who is erased at this moment
    first, second = _two(first_key, second_key)
    if within(actor, Permission.PEOPLE_IMPORT, at).filter(pk__in=(first.pk, second.pk)).count() < 2:
        refuse(Permission.PEOPLE_IMPORT)
    told = told_of(first.pk, second.pk, actor, Permission.PEOPLE_IMPORT, at)
    if not told.children:
        sentence = _("They do not serve on the same days any more, or have no child. Nothing is to note.")
        raise Refusal("household_settled", sentence)
    if told.seen != seen:
        sentence = _("Meanwhile more was told of their service or their children. Read it and note it again.")
        raise Refusal("household_changed", sentence)
    decision = rules.decision(text)
    children = list(Person.objects.filter(pk__in=told.children).order_by("pk"))
    for child in children:
        _note(child, first, second, text=decision, through=told.through, actor=actor, at=at)
    return [child.key for child in children]


def _two(first_key: str, second_key: str) -> Sequence[Person]:
    """Return the two, the one with the lower id first.

    Raises:
        Refusal: `person_gone`.

    """
    rows = Person.objects.filter(key__in=(first_key, second_key), status=PersonStatus.ACTIVE)
    found = list(rows.order_by("pk"))
    if len(found) < 2:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    return found


def _note(
    child: Person, first: Person, second: Person, *, text: str, through: int, actor: Actor, at: datetime
) -> None:
    """Note it of one child, unless the same person noted the same of the same service: a second click."""
    again = HouseholdNote.objects.filter(
        child=child, first=first, second=second, through=through, noted_by=actor.user_id
    )
    if text in again.values_list("text", flat=True):
        return
    keys = (child.key, first.key, second.key)
    digest = household_notes.digest(keys=keys, actor_key=actor.key, at=at, text=text)
    note = HouseholdNote(
        child=child,
        first=first,
        second=second,
        text=text,
        digest=digest,
        through=through,
        noted_by_id=actor.user_id,
        noted_at=at,
    )
    HouseholdNote.objects.bulk_create([note])
    record(
        stream="people",
        action=household_notes.NOTE,
        subject=f"people.person:{child.key}",
        actor=actor,
        at=at,
        facts={"one_parent": first.key, "other_parent": second.key, "digest": digest},
    )
