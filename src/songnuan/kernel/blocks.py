"""Rows told by their columns: what all of them have alike is held, handed on and stored once.

Processes that know no database hand them to each other; `kernel.bulk.load_block` stores them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final, Self

Plain = str | int | bool | None
Column = list[Any] | Plain
"""The value of each row in a list, or the one value that all rows have."""


@dataclass(frozen=True, slots=True)
class Block:
    """So many rows, by their columns."""

    size: int
    columns: list[Column]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Plain]]) -> Self:
        """Return rows by their columns."""
        return cls.by(len(rows), [list(column) for column in zip(*rows, strict=True)])

    @classmethod
    def by(cls, size: int, columns: list[list[Any]]) -> Self:
        """Return the rows of which each column holds the values."""
        return cls(size, [_slim(column) for column in columns])

    def column(self, at: int) -> list[Any]:
        """Return the value of each row in one column."""
        column = self.columns[at]
        return column if isinstance(column, list) else [column] * self.size

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Return the rows."""
        each = [column if isinstance(column, list) else repeat(column, self.size) for column in self.columns]
        return zip(*each, strict=True) if each else repeat((), self.size)


def _slim(column: list[Any]) -> Column:
    """Return the one value of a column where it has but one; the last row is looked at first."""
    if not column:
        return column
    first, last = column[0], column[-1]
    if first != last or type(first) is not type(last) or column.count(first) != len(column):
        return column
    # Of 1 and True, which are equal, each row keeps its own.
    return first if isinstance(first, str | None) or set(map(type, column)) == {type(first)} else column


EMPTY: Final = Block(0, [])
