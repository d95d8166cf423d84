"""Pages of a list, found by the key of their last row: the address says `?before=<key>`."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from django.http import HttpRequest

T = TypeVar("T")
K = TypeVar("K")
_HIGHEST = 2**63 - 1  # of the keys that the databases hold


def before_of(request: HttpRequest) -> int | None:
    """Return the key that the page goes on from; None for the first page, and for what is no key."""
    try:
        found = int(request.GET.get("before", ""))
    except ValueError:
        return None
    return found if abs(found) <= _HIGHEST else None


def page_of(rows: Iterable[T], size: int, key: Callable[[T], K]) -> tuple[list[T], K | None]:
    """Return the first `size` rows, and the key of the last of them if others follow."""
    found = list(islice(rows, size + 1))
    shown = found[:size]
    return shown, key(shown[-1]) if len(found) > size else None


def after(rows: Iterable[T], before: str, key: Callable[[T], str], *, descending: bool = False) -> list[T]:
    """Return the rows that come after the key of a last row, which may have left the list since.

    The rows stand in the order of their keys, or the other way round where that is `descending`.
    """
    if not before:
        return list(rows)
    return [row for row in rows if (key(row) < before if descending else key(row) > before)]
