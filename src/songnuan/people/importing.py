"""How actions write an import and its way: whose it is, where it stands, what it counts."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people import units
from songnuan.people.applying import highest, leaving
from songnuan.people.lifecycle import IMPORT
from songnuan.people.models import LIVING, ImportProblem, Roster, RosterImport, RosterStatus, State
from songnuan.people.staging import TAKEN, staged

_ALL = 2**62


def standing(import_key: str, actor: Actor, at: datetime) -> RosterImport:
    """Return an import that the actor may work on.

    Raises:
        Refusal: `import_unknown`, `not_permitted`.

    """
    source = RosterImport.objects.select_related("roster").filter(key=import_key).first()
    if source is None:
        raise Refusal("import_unknown", _("This import is not there any more. Bring the file again."))
    require(actor, Permission.PEOPLE_IMPORT, unit_id=source.unit_id, at=at)
    return source


def must_be(source: RosterImport, *states: str) -> None:
    """Let pass an import that stands in one of the states.

    Raises:
        Refusal: `wrong_state`.

    """
    if source.status not in states:
        sentence = _("This was changed meanwhile, or is not ready for this step. Reload the page.")
        raise Refusal("wrong_state", sentence, lifecycle=IMPORT.name, status=source.status)


def move(source: RosterImport, verb: str, at: datetime, **updates: Any) -> None:  # noqa: ANN401 - columns
    """Move an import along its states.

    Raises:
        Refusal: `wrong_state`.

    """
    IMPORT.move_one(RosterImport.objects.filter(pk=source.pk), verb, touched_at=at, **updates)


def touch(source: RosterImport, at: datetime, **updates: Any) -> None:  # noqa: ANN401 - as above
    """Note that somebody works on an import, and what else changed of it."""
    RosterImport.objects.filter(pk=source.pk).update(touched_at=at, **updates)


def roster_of(key: str, kind: str) -> Roster | None:
    """Return the roster of that key, if it is there, open and of that kind.

    Raises:
        Refusal: `roster_kind`, `roster_erased`, `roster_closed`.

    """
    # Locked, so that whoever begins to erase it sees the import that is to come.
    roster = Roster.objects.select_for_update(no_key=True).filter(key=key).first()
    if roster is None:
        return None
    refuse_erased(roster)
    if roster.kind != kind:
        sentence = _("The roster “%(title)s” does not list this kind. Choose another roster or kind.")
        raise Refusal("roster_kind", sentence % {"title": roster.title}, field="roster", roster=roster.pk)
    if roster.status != RosterStatus.OPEN:
        sentence = _("The roster “%(title)s” is closed. Nothing more comes into it.")
        raise Refusal("roster_closed", sentence % {"title": roster.title}, field="roster", roster=roster.pk)
    return roster


def refuse_erased(roster: Roster | None) -> None:
    """Let pass a roster that is kept.

    Raises:
        Refusal: `roster_erased`.

    """
    if roster is not None and roster.status not in LIVING:
        sentence = _(
            "The time of the roster “%(title)s” was over, and it is erased. Nothing comes into it any more; "
            "make a new roster."
        )
        raise Refusal("roster_erased", sentence % {"title": roster.title}, field="roster", roster=roster.pk)


def counts(source: RosterImport, *, with_left: bool) -> dict[str, int]:
    """Return how many rows do what, counted in what is staged."""
    counted = staged(source).order_by().values_list("state", "unit_name").annotate(number=Count("pk"))
    states, named = Counter[str](), set[str]()
    for state, unit_name, number in counted:
        states[state] += number
        if state in TAKEN:
            named.add(unit_name)
    taken = {state.value: states.get(state, 0) for state in TAKEN}
    told = {
        "rows": sum(states.values()),
        "accepted": sum(taken.values()),
        **taken,
        "rejected": states.get(State.REJECTED, 0) + states.get(State.ASIDE, 0),
        "problems": ImportProblem.objects.filter(source=source).count(),
        "units": len(units.unnoted(source, named)) if units.makes_units(source) else 0,
    }
    if with_left:
        told["left"] = len(leaving(source, 0, _ALL)) if source.roster_id else 0
    return told


def highest_known(source: RosterImport) -> int:
    """Return the newest row that may leave: what comes later was not shown to anybody who decides."""
    return highest(source.kind)


def tell(
    source: RosterImport, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object] | None = None
) -> None:
    """Record what was done with an import in its roster's stream."""
    record(
        stream=f"roster:{source.roster_key}",
        action=f"people.{verb}",
        subject=f"people.rosterimport:{source.key}",
        actor=actor,
        at=at,
        facts=facts,
    )
