"""The tree of the bureau is set up: the bureau, its departments and subordinate units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import UnitKind


@dataclass(frozen=True, slots=True)
class NewUnit:
    """One unit: its name, its kind, and the name of the unit above it (empty at the top)."""

    name: str
    kind: str
    parent: str


@journey
def create_units(*, rows: Sequence[NewUnit], opened_on: date, actor: Actor, at: datetime) -> dict[str, int]:
    """Create the units in order, each below one created before it; return their ids by name.

    Raises:
        Refusal: `name_missing`, `name_taken`, `not_permitted` …

    """
    made: dict[str, int] = {}
    for row in rows:
        unit = organisation.create_unit(
            name=row.name,
            kind=UnitKind(row.kind),
            parent_id=made[row.parent] if row.parent else None,
            opened_on=opened_on,
            actor=actor,
            at=at,
        )
        made[row.name] = unit.pk
    return made
