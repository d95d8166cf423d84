"""Triggers for rows that move along their states and otherwise stay as they were written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from songnuan.kernel.append_only import held_by
from songnuan.kernel.triggers import Triggers


@dataclass(frozen=True, slots=True)
class Moves:
    """How rows move, by their column `status`.

    Attributes:
        arrows: The states that may follow a state.
        columns: What changes together with the state alone.
        until: The state in which these change by themselves, too; empty for none.
        emptied: What else changes with the state alone, but may also take this value by itself once personal
            data is erased, as in SQL.

    """

    arrows: Mapping[str, Sequence[str]]
    columns: Sequence[str] = ()
    until: str = ""
    emptied: Mapping[str, str] = field(default_factory=dict)

    def condition(self, same: str) -> str:
        """Return the SQL for a change that is such a move, or none."""
        stands = [f"NEW.{column} {same} OLD.{column}" for column in ("status", *self.columns)]
        stands += [_or_emptied(column, value, same) for column, value in self.emptied.items()]
        ways = [f"({' AND '.join(stands)})"]
        if self.until:
            ways.append(f"(OLD.status = '{self.until}' AND NEW.status = '{self.until}')")
        for source, targets in self.arrows.items():
            ways.append(f"(OLD.status = '{source}' AND NEW.status IN ({', '.join(map(repr, targets))}))")
        return f"({' OR '.join(ways)})"


def _or_emptied(column: str, value: str, same: str) -> str:
    return f"(NEW.{column} {same} OLD.{column} OR NEW.{column} {same} {value})"


def frozen(
    table: str, *, kept: Sequence[str], moves: Moves, emptied: Mapping[str, str], is_again: bool = False
) -> Triggers:
    """Return the migration operation that lets rows of `table` change their state, and nothing else.

    Args:
        table: Its name in the database.
        kept: The columns that stay as they are.
        moves: How its rows move.
        emptied: The columns that stay, or take this value once personal data is erased, as in SQL.
        is_again: It was held otherwise before, and is held so from now on, forwards and backwards.

    Raises (when a statement tries): `django.db.IntegrityError` on both databases.

    """

    def when(same: str) -> str:
        stays = [f"NEW.{column} {same} OLD.{column}" for column in kept]
        empties = [_or_emptied(column, value, same) for column, value in emptied.items()]
        return f"WHEN (NOT ({' AND '.join([*stays, *empties, moves.condition(same)])}))"

    held = held_by(table, "frozen", "songnuan_frozen", "is frozen", when)
    return Triggers(held.again, held.again) if is_again else Triggers(held.forward, held.backward)
