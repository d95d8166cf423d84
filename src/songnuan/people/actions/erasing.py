"""Erases a roster whose time is over, in chunks, and a person who asked for it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse, require
from songnuan.people import erasure
from songnuan.people.erasure import CHUNK, KINDS, NO_FILE
from songnuan.people.importing import must_be, standing, tell
from songnuan.people.lifecycle import IMPORT, ROSTER
from songnuan.people.models import (
    ImportStatus,
    Person,
    PersonStatus,
    Roster,
    RosterImport,
    RosterStatus,
)
from songnuan.people.queries.erasure import erased_keys, lingering
from songnuan.people.scope import within
from songnuan.people.turn import take_turn

Waits: TypeAlias = Callable[[Collection[int]], Collection[int]]


def nobody(_persons: Collection[int]) -> Collection[int]:
    """Say that nobody is waited for."""
    return ()


TABLES: Final = tuple(KINDS)
"""The tables of a roster's rows, by the names that `erase_rows` knows."""


@transaction.atomic(savepoint=False)
def begin_erasing(*, roster_id: int, actor: Actor, at: datetime) -> None:
    """Begin to erase a roster: from now on nothing comes into it, and its day cannot be put off any more.

    Args:
        roster_id: The roster, kept until a day before that of `at`.
        actor: Needs PRIVACY_MANAGE over its unit.
        at: When.

    Raises:
        Refusal: `roster_unknown`, `not_permitted`, `roster_not_due`, `wrong_state` when it was begun.

    """
    roster = _roster(roster_id, actor, at)
    take_turn()
    due = Roster.objects.filter(pk=roster_id, retain_until__lt=day_of(at))
    if not due.exists():
        sentence = _("The roster “%(title)s” is still kept: its day is not over, or was changed meanwhile.")
        raise Refusal("roster_not_due", sentence % {"title": roster.title}, roster=roster_id)
    ROSTER.move_one(due, "begin_erasing")
    given_up = IMPORT.move(_imports(roster), "erase", touched_at=at)
    _record(roster, "begin_erasing", actor, at, {"imports": given_up})


@transaction.atomic(savepoint=False)
def erase_rows(
    *,
    roster_id: int,
    table: str,
    after: int = 0,
    size: int = CHUNK,
    waits: Waits = nobody,
    actor: Actor,
    at: datetime,
) -> int | None:
    """Empty the next `size` rows of one table of a roster, and erase whoever stood on nothing else.

    Somebody who is waited for elsewhere stays in the register until that is over: called again from 0 then,
    it erases them too.

    Args:
        roster_id: A roster that is being erased.
        table: One of `TABLES`.
        after: What the call before returned; from 0 again, it passes over what is empty.
        size: How many rows.
        waits: Says who among some people, by their ids, cannot be erased yet.
        actor: Needs PRIVACY_MANAGE over its unit.
        at: When.

    Returns:
        The `after` of the next call; None when no row is left.

    Raises:
        Refusal: `roster_unknown`, `not_permitted`, `wrong_state`.

    """
    roster, kind = _roster(roster_id, actor, at), KINDS[table]
    take_turn()
    _must_be_erasing(roster)
    span = erasure.next_span(kind, roster_id, after, size)
    if span is None:
        return None
    on = day_of(at)
    rows = erasure.empty_span(kind, roster_id, after, span.high, on)
    alone = erasure.alone(span.persons)
    waiting = waits(alone) if alone else frozenset()
    going = {pk: key for pk, key in alone.items() if pk not in waiting}
    rows += erasure.erase(going, on, at)
    if rows or going:
        told = {"rows": rows, "people": len(going), "digest": digest_rows([list(going.values())])}
        _record(roster, "erase_rows", actor, at, told)
    return span.high


@transaction.atomic(savepoint=False)
def finish_erasing(*, roster_id: int, actor: Actor, at: datetime) -> int:
    """Say that a roster is erased, whose rows are empty and whose files are removed.

    Returns:
        How many erased persons had stood on it.

    Raises:
        Refusal: `roster_unknown`, `not_permitted`, `wrong_state`, also as long as somebody of it who stands
            on nothing else is not erased yet.

    """
    roster = _roster(roster_id, actor, at)
    take_turn()
    if erasure.rows_left(roster_id) or lingering(roster_id):
        sentence = _("Not all rows of the roster are erased yet. Go on with erasing.")
        raise Refusal("wrong_state", sentence, roster=roster_id)
    ROSTER.move_one(Roster.objects.filter(pk=roster_id), "erase", erased_on=day_of(at))
    imports = list(_imports(roster))
    for source in imports:
        _forget(source)
    keys = erased_keys(roster_id)
    told = {"people": len(keys), "imports": len(imports), "digest": digest_rows([keys])}
    _record(roster, "erase_roster", actor, at, told)
    return len(keys)


@transaction.atomic(savepoint=False)
def forget_import(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Forget how the file of an import was called that came into no roster: no roster's day ends it.

    Raises:
        Refusal: `import_unknown`, `not_permitted`, `wrong_state` when it may still come into a roster.

    """
    source = standing(import_key, actor, at)
    must_be(source, ImportStatus.CANCELLED.value, ImportStatus.FAILED.value)
    _forget(source)
    tell(source, "forget_import", actor, at)


@transaction.atomic(savepoint=False)
def erase_person(*, person_key: str, actor: Actor, at: datetime) -> None:
    """Erase one person, whatever rosters tell of them, and end what stands.

    What the person asked for is to be answered before: an open correction goes with them, and of one that is
    answered no text stays. Whoever was merged into the person goes as well.

    Args:
        person_key: An active person's.
        actor: Needs PEOPLE_SHOW over the person.
        at: When.

    Raises:
        Refusal: `person_gone`, `not_permitted`.

    """
    take_turn()
    persons = Person.objects.select_for_update(no_key=True).filter(key=person_key)
    person = persons.filter(status=PersonStatus.ACTIVE).first()
    if person is None:
        raise Refusal("person_gone", _("This person is not in the register, or was merged or erased."))
    if not within(actor, Permission.PEOPLE_SHOW, at).filter(pk=person.pk).exists():
        refuse(Permission.PEOPLE_SHOW)
    rows = erasure.erase([person.pk], day_of(at), at)
    record(
        stream="people",
        action="people.erase_person",
        subject=f"people.person:{person.key}",
        actor=actor,
        at=at,
        facts={"rows": rows},
    )


def _roster(roster_id: int, actor: Actor, at: datetime) -> Roster:
    roster = Roster.objects.filter(pk=roster_id).first()
    if roster is None:
        raise Refusal("roster_unknown", _("This roster is not there."), roster=roster_id)
    require(actor, Permission.PRIVACY_MANAGE, unit_id=roster.unit_id, at=at)
    return roster


def _must_be_erasing(roster: Roster) -> None:
    roster.refresh_from_db()
    if roster.status != RosterStatus.ERASING:
        sentence = _("This was changed meanwhile, or is not ready for this step. Reload the page.")
        raise Refusal("wrong_state", sentence, lifecycle=ROSTER.name, status=roster.status)


def _imports(roster: Roster) -> QuerySet[RosterImport]:
    """Return the imports of a roster, with those that were brought before it was made."""
    return RosterImport.objects.filter(Q(roster=roster) | Q(roster_key=roster.key))


def _forget(source: RosterImport) -> None:
    """Empty what an import tells of its file: name, headings, why it could not be read."""
    options = {name: value for name, value in source.options.items() if name != "columns"}
    mine = RosterImport.objects.filter(pk=source.pk)
    mine.update(file_name=NO_FILE, columns=[], note="", options=options)


def _record(roster: Roster, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    record(
        stream=f"roster:{roster.key}",
        action=f"people.{verb}",
        subject=f"people.roster:{roster.key}",
        actor=actor,
        at=at,
        facts=facts,
    )
