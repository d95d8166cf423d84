"""Opens, changes and closes rosters."""

from datetime import datetime
from itertools import count

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import rules
from songnuan.people.importing import refuse_erased
from songnuan.people.lifecycle import ROSTER
from songnuan.people.models import LIVING, Roster
from songnuan.people.turn import take_turn


@transaction.atomic(savepoint=False)
def create_roster(
    *, title: str, kind: str, unit_id: int, key: str = "", actor: Actor, at: datetime, **facts: object
) -> Roster:
    """Open a roster of a unit.

    Args:
        title: What it is called.
        kind: One of `RosterKind`.
        unit_id: Whose it is.
        key: Its key for ever; people, people-2 … when left empty.
        actor: Needs PEOPLE_IMPORT over the unit.
        at: When.
        **facts: `purpose`, `legal_ground`, `notice`, `retain_until`.

    Raises:
        Refusal: `key_taken`, or from `rules` what is wrong with an entry.

    """
    require(actor, Permission.PEOPLE_IMPORT, unit_id=unit_id, at=at)
    told = rules.roster_facts({"title": title, **facts})
    of_kind = rules.kind(kind)
    take_turn()
    roster = Roster(
        key=_free_key(rules.roster_key(key) if key else "", of_kind),
        kind=of_kind,
        unit_id=unit_id,
        created_at=at,
        **told,
    )
    Roster.objects.bulk_create([roster])
    _record(roster, "create_roster", actor, at, kind=of_kind.value, unit=unit_id)
    return roster


@transaction.atomic(savepoint=False)
def change_roster(*, roster_id: int, actor: Actor, at: datetime, **changes: object) -> bool:
    """Change title, purpose, legal_ground, notice or retain_until; return whether anything differed.

    Raises:
        Refusal: `roster_unknown`, `roster_erased`, or from `rules` what is wrong with an entry.

    """
    roster = _roster(roster_id, actor, at)
    refuse_erased(roster)
    told = rules.roster_facts(changes)
    differing = {name: value for name, value in told.items() if getattr(roster, name) != value}
    if not differing:
        return False
    if not Roster.objects.filter(pk=roster_id, status__in=LIVING).update(**differing):
        roster.refresh_from_db()
        refuse_erased(roster)
    _record(roster, "change_roster", actor, at, changed=sorted(differing))
    return True


@transaction.atomic(savepoint=False)
def close_roster(*, roster_id: int, actor: Actor, at: datetime) -> None:
    """Close a roster: nothing more comes into it; what stands in it stays.

    Raises:
        Refusal: `roster_unknown`, `wrong_state`.

    """
    roster = _roster(roster_id, actor, at)
    ROSTER.move_one(Roster.objects.filter(pk=roster_id), "close")
    _record(roster, "close_roster", actor, at)


@transaction.atomic(savepoint=False)
def reopen_roster(*, roster_id: int, actor: Actor, at: datetime) -> None:
    """Open a closed roster again.

    Raises:
        Refusal: `roster_unknown`, `wrong_state`.

    """
    roster = _roster(roster_id, actor, at)
    ROSTER.move_one(Roster.objects.filter(pk=roster_id), "reopen")
    _record(roster, "reopen_roster", actor, at)


def _roster(roster_id: int, actor: Actor, at: datetime) -> Roster:
    roster = Roster.objects.filter(pk=roster_id).first()
    if roster is None:
        raise Refusal("roster_unknown", _("This roster is not there."), roster=roster_id)
    require(actor, Permission.PEOPLE_IMPORT, unit_id=roster.unit_id, at=at)
    return roster


def _free_key(asked: str, kind: str) -> str:
    """Return the key asked for, or else the kind's name, with a number behind it where that is taken."""
    taken = set(Roster.objects.filter(key__startswith=asked or kind).values_list("key", flat=True))
    if not asked:
        return next(key for n in count(1) if (key := kind if n == 1 else f"{kind}-{n}") not in taken)
    if asked in taken:
        sentence = _("There is a roster with the key “%(key)s” already.")
        raise Refusal("key_taken", sentence % {"key": asked}, field="key")
    return asked


def _record(roster: Roster, verb: str, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        stream=f"roster:{roster.key}",
        action=f"people.{verb}",
        subject=f"people.roster:{roster.key}",
        actor=actor,
        at=at,
        facts=facts,
    )
