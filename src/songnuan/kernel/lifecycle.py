"""State tables as data, and the guarded update that moves rows along them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of a state table: from any of `sources` to `target`."""

    sources: frozenset[str]
    target: str


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The state table of one model, read from its `status` column.

    `moves` names every arrow. A row is moved by one statement that asks for its state in the
    same breath, `UPDATE … WHERE status IN sources`, so that of two people at once one is refused.
    """

    name: str
    moves: Mapping[str, Move]

    def move(self, rows: QuerySet[Any], move: str, /, **updates: Any) -> int:  # noqa: ANN401
        """Move every row of `rows` that stands in a source state; return how many moved."""
        arrow = self.moves[move]
        return rows.filter(status__in=arrow.sources).update(status=arrow.target, **updates)

    def move_one(self, rows: QuerySet[Any], move: str, /, **updates: Any) -> None:  # noqa: ANN401
        """Move the one row of `rows`.

        Raises:
            Refusal: `wrong_state` when the row stands elsewhere or is not there.

        """
        if self.move(rows, move, **updates) != 1:
            raise self._elsewhere(rows, move)

    def require(self, rows: QuerySet[Any], move: str, /) -> None:
        """Let pass the one row of `rows` from where it can be moved so; nothing is locked or changed.

        Raises:
            Refusal: `wrong_state` when the row stands elsewhere or is not there.

        """
        if not rows.filter(status__in=self.moves[move].sources).exists():
            raise self._elsewhere(rows, move)

    def _elsewhere(self, rows: QuerySet[Any], move: str) -> Refusal:
        status = rows.values_list("status", flat=True).first()
        return Refusal(
            "wrong_state",
            _("This was changed meanwhile, or is not ready for this step. Reload the page."),
            lifecycle=self.name,
            move=move,
            status=status,
        )
