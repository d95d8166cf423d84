"""What the import of units does when it is about the units alone: each comes to the place its row tells."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions as organisation
from songnuan.organisation.actions import ImportResult
from songnuan.organisation.models import OPEN, UnitKind, UnitRecord
from songnuan.organisation.queries import day_of, subtree, unit_views, units_by_name
from songnuan.organisation.roster import Problem, UnitRow, UnitSheet
from songnuan.organisation.rules import lead_kind

HOUSE = "本单位"  # the unit of a house that has none yet


def top_of(name: str, sheet: UnitSheet, actor: Actor, at: datetime) -> int:
    """Return the unit of this name, or the one at the top of the house; where there is none, one is opened.

    It is the only one in the table without a unit above, if there is such a one.

    Raises:
        Refusal: `unit_unknown`, or `unit_needed` when several units stand at the top.

    """
    found = unit_of(name, at)
    if found is not None:
        return found
    placed = "parent_name" in sheet.columns
    roots = [row.name for row in sheet.sound if placed and not row.parent_name]
    root = roots[0] if len(roots) == 1 else HOUSE
    unit = organisation.create_unit(name=root, kind=UnitKind.BUREAU, parent_id=None, actor=actor, at=at)
    return unit.pk


def unit_of(name: str, at: datetime) -> int | None:
    """Return the unit of this name, or the one at the top; None when there is no unit at all.

    Raises:
        Refusal: `unit_unknown`, or `unit_needed` when several stand at the top.

    """
    if name:
        found = units_by_name([name], day_of(at)).get(name)
        if found is None:
            sentence = _("No unit, or more than one, is called “%(name)s”. Give the name as it is here.")
            raise Refusal("unit_unknown", sentence % {"name": name}, field="unit")
        return found
    top = list(UnitRecord.objects.filter(OPEN, parent=None).values_list("unit_id", flat=True)[:2])
    if len(top) > 1:
        raise Refusal(
            "unit_needed", _("Several units stand at the top. Name the one that is meant."), field="unit"
        )
    return top[0] if top else None


def place(
    sheet: UnitSheet, top_id: int, actor: Actor, at: datetime, *, create: bool
) -> tuple[ImportResult, list[Problem]]:
    """Take the sound rows of a table as units below another; return what that did, and what is wrong.

    With `create`, units that rows name as the place of theirs are opened when nobody knows them.
    """
    day = day_of(at)
    known: dict[str, int] = {}
    for view in unit_views(subtree(top_id, day), day):
        known[view.name] = known.get(view.name, 0) + 1
    rows, problems = _unambiguous(sheet, known)
    if create:
        told = {row.name for row in rows}
        new = dict.fromkeys(row.parent_name for row in rows if row.parent_name not in {"", *told, *known})
        for name in new:
            organisation.create_unit(name=name, kind=lead_kind(name), parent_id=top_id, actor=actor, at=at)
        known |= dict.fromkeys(new, 1)
    rows, nowhere = _placed(sheet, rows, known)
    kind = UnitKind.FRONT_LINE if sheet.is_front_line else None
    return organisation.place_units(
        top_id=top_id, rows=rows, kind=kind, actor=actor, at=at
    ), problems + nowhere


def _unambiguous(sheet: UnitSheet, known: Mapping[str, int]) -> tuple[list[UnitRow], list[Problem]]:
    """Return the rows whose names mean one unit at most, and the others as problems."""
    rows, problems = [], []
    for row in sheet.sound:
        wrong = next((name for name in ("name", "parent_name") if known.get(getattr(row, name), 0) > 1), None)
        if wrong is None:
            rows.append(row)
            continue
        sentence = _("Several units here are called “%(name)s”. Rename one of them first.")
        facts = {"name": getattr(row, wrong)}
        problems.append(sheet.problem(row, wrong, "unit_ambiguous", sentence % facts))
    return rows, problems


def _placed(
    sheet: UnitSheet, rows: Sequence[UnitRow], known: Mapping[str, int]
) -> tuple[list[UnitRow], list[Problem]]:
    """Return the rows whose place is known or told by another row, and the others as problems."""
    there, placed = {*known, ""}, list[UnitRow]()
    waiting = list(rows)
    # Nobody stands below themselves.
    while ready := [row for row in waiting if row.parent_name in there and row.parent_name != row.name]:
        waiting = [row for row in waiting if row.parent_name not in there or row.parent_name == row.name]
        placed += ready
        there |= {row.name for row in ready}
    sentence = _("“%(name)s” is no unit here, or stands below this one. Correct it, or create it first.")
    problems = [
        sheet.problem(row, "parent_name", "unit_unknown", sentence % {"name": row.parent_name})
        for row in waiting
    ]
    return placed, problems
