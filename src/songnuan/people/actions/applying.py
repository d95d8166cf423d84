"""Writes a matched import into the register: begin, chunks, what left, the end. It may stop anywhere."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import changes, require
from songnuan.people import applying, importing, units
from songnuan.people.actions.rosters import create_roster
from songnuan.people.importing import move, must_be, standing, tell, touch
from songnuan.people.models import ImportStatus, RosterImport
from songnuan.people.staging import CHUNK, next_span
from songnuan.people.turn import take_turn, turns_taken

_STAGED, _APPLYING = ImportStatus.STAGED.value, ImportStatus.APPLYING.value


@transaction.atomic(savepoint=False)
def begin_apply(
    *,
    import_key: str,
    end_missing: bool = False,
    unit_id: int | None = None,
    own_changes: int = 0,
    actor: Actor,
    at: datetime,
) -> None:
    """Begin to write an import; its roster is made if it is not there.

    Args:
        import_key: The import's.
        end_missing: Whether what stands in the roster and is told no more is to end.
        unit_id: The roster's unit, if the import was brought when the house had none.
        own_changes: How many changes of the organisation have just made units for this import: nobody
            stands in those yet, so the rows mean whom they meant.
        actor: Needs PEOPLE_IMPORT over the unit.
        at: When.

    Raises:
        Refusal: `wrong_state`, `roster_kind`, `roster_closed`, `roster_erased`, `unit_missing`,
            `units_missing` when units that rows name are still to be made.

    """
    source = standing(import_key, actor, at)
    importing.refuse_erased(source.roster)
    must_be(source, _STAGED)
    turn = take_turn()
    roster = importing.roster_of(source.roster_key, source.kind)
    unit = roster.unit_id if roster else source.unit_id or unit_id
    if unit is None:
        raise Refusal("unit_missing", _("The roster needs a unit. Have one opened first."), field="unit")
    require(actor, Permission.PEOPLE_IMPORT, unit_id=unit, at=at)
    known = (source.roster_id, source.matched_turn, source.matched_units)
    as_matched = known == (roster and roster.pk, turn - 1, changes() - own_changes)
    if roster is None:
        roster = create_roster(
            title=source.roster_title,
            kind=source.kind,
            unit_id=unit,
            key=source.roster_key,
            actor=actor,
            at=at,
        )
    source.roster, source.unit_id = roster, unit
    if units.settle(source).unknown and units.makes_units(source) and (missing := len(units.unknown(source))):
        sentence = _("%(count)s units that the rows name are not opened yet. Have them opened first.")
        raise Refusal("units_missing", sentence % {"count": missing}, count=missing)
    move(
        source,
        "apply",
        at,
        roster=roster,
        unit_id=unit,
        options={**source.options, "end_missing": end_missing},
        matched_turn=turns_taken() if as_matched else None,
    )


@transaction.atomic(savepoint=False)
def apply_chunk(*, import_key: str, after: int, size: int = CHUNK, actor: Actor, at: datetime) -> int | None:
    """Write the next `size` rows behind `after`.

    When persons or units have changed since the rows were matched, they are matched anew. A call with an
    `after` that is behind what is written already writes nothing.

    Returns:
        The `after` of the next call, which is where the import stands; None when all rows are written.

    Raises:
        Refusal: `wrong_state` when the import is not being applied.

    """
    source = standing(import_key, actor, at)
    turn = take_turn()
    source.refresh_from_db()
    must_be(source, _APPLYING)
    if source.applied_through != after:
        return source.applied_through
    as_matched = source.matched_turn == turn - 1
    if source.matched_units != changes():
        units.settle(source)
        as_matched = False
    touch(source, at, matched_turn=turn if as_matched else None)
    span = next_span(source, after, size, applying.WRITTEN if as_matched else None)
    if span is None:
        return None
    if not as_matched:
        applying.match_anew(span)
    written = applying.write(span, at)
    touch(source, at, applied_through=span.high)
    if written.rows:
        facts = {"rows": written.rows, "digest": written.digest, "through": span.high}
        tell(source, "apply_rows", actor, at, facts)
    return span.high


@transaction.atomic(savepoint=False)
def end_missing(*, import_key: str, size: int = CHUNK, actor: Actor, at: datetime) -> bool:
    """End up to `size` of what stood in the roster when the rows were matched, and is told no more.

    Only when all rows are written, and the import was begun so; what came into the roster since then stays.
    Returns whether more may be left.

    Raises:
        Refusal: `wrong_state`.

    """
    source = standing(import_key, actor, at)
    take_turn()
    source.refresh_from_db()
    must_be(source, _APPLYING)
    _all_written(source)
    if not source.options.get("end_missing"):
        return False
    ids = applying.leaving(source, 0, size)
    if ids:
        ended = applying.end(source, ids)
        told = {**source.counts, "ended": source.counts.get("ended", 0) + ended.rows}
        touch(source, at, counts=told, matched_turn=None)
        tell(source, "end_missing", actor, at, {"rows": ended.rows, "digest": ended.digest})
    return len(ids) == size


@transaction.atomic(savepoint=False)
def finish_import(*, import_key: str, actor: Actor, at: datetime) -> dict[str, int]:
    """Say that an import is applied, and return its counts as they came out.

    Raises:
        Refusal: `wrong_state`.

    """
    source = standing(import_key, actor, at)
    must_be(source, _APPLYING)
    _all_written(source)
    # As long as nobody changed register or organisation, the rows did what was counted before.
    counted = {"units": 0} if source.matched_turn is not None else importing.counts(source, with_left=False)
    told = {**source.counts, **counted}
    move(source, "finish", at, applied_at=at, counts=told)
    tell(source, "finish_import", actor, at, told)
    return told


def _all_written(source: RosterImport) -> None:
    """Let pass an import of which no chunk is left to write."""
    if next_span(source, source.applied_through, 1, applying.WRITTEN) is not None:
        sentence = _("Not all rows are written yet. Go on with the import.")
        raise Refusal("wrong_state", sentence, import_key=source.key)
