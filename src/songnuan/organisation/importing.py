"""The actions that take many units at once, from a file; `actions` offers them beside the others."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.organisation import dated, tree
from songnuan.organisation.dated import ImportResult
from songnuan.organisation.models import Unit, UnitKind
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.organisation.roster import UnitRow


@transaction.atomic(savepoint=False)
def import_units(
    *, bureau_id: int, rows: Sequence[UnitRow], create_leads: bool = False, actor: Actor, at: datetime
) -> ImportResult:
    """Take the units of a workbook as front-line units of a bureau, all or none.

    A unit is known by its name: a new name opens a unit, other facts open a new dated record, and the same
    rows again change nothing. What a row leaves empty stays as it is known, and so does a unit that is in
    no row. With `create_leads`, leads whose names nobody bears are opened too.

    Raises:
        Refusal: `duplicate_row`, `name_ambiguous`, `name_taken`, `before_last_change`, or from `rules`.

    """
    require(actor, Permission.UNIT_IMPORT, unit_id=bureau_id, at=at)
    on = day_of(at)
    tree.take_turn()
    bureau = tree.open_record(bureau_id).unit
    difference = dated.difference(rows, bureau_id, on)
    dated.supersede(difference.old, difference.following, on)
    dated.open_units(difference.new, bureau_id, on)
    leads = dated.open_leads(rows, bureau_id, on) if create_leads else 0
    created, changed = len(difference.new), len(difference.old)
    result = ImportResult(len(rows), created, changed, difference.unchanged, leads)
    _record("import_units", bureau, rows, result, actor, at)
    return result


@transaction.atomic(savepoint=False)
def place_units(
    *, top_id: int, rows: Sequence[UnitRow], kind: UnitKind | None = None, actor: Actor, at: datetime
) -> ImportResult:
    """Take units with their places below a unit, all or none; see `dated.place_all`.

    Raises:
        Refusal: `duplicate_row`, `name_ambiguous`, `unit_unknown`, `under_itself`, `before_last_change` …

    """
    require(actor, Permission.UNIT_IMPORT, unit_id=top_id, at=at)
    tree.take_turn()
    top = tree.open_record(top_id)
    found = dated.place_all(rows, top, kind, day_of(at))
    result = ImportResult(len(rows), len(found.new), len(found.old), found.unchanged)
    _record("place_units", top.unit, rows, result, actor, at)
    return result


def _record(  # noqa: PLR0913, PLR0917 - all that the trail tells of it
    verb: str, unit: Unit, rows: Sequence[UnitRow], result: ImportResult, actor: Actor, at: datetime
) -> None:
    facts = {"digest": dated.digest(rows), **asdict(result)}
    subject = f"organisation.unit:{unit.key}"
    record(
        stream="organisation", action=f"organisation.{verb}", subject=subject, actor=actor, at=at, facts=facts
    )
