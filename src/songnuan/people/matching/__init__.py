"""Finds whom staged rows mean and what stands of them already: one module for each kind of roster.

A span is matched against the register as it stands at that moment, so that it can be done again just
before its rows are applied.
"""

from collections.abc import Callable, Mapping
from typing import Final

from songnuan.kernel.bulk import keep_pages
from songnuan.people.matching import families, persons, service
from songnuan.people.models import RosterKind
from songnuan.people.staging import Span

_MATCH: Final[Mapping[str, Callable[[Span], None]]] = {
    RosterKind.PEOPLE: persons.match,
    RosterKind.FAMILIES: families.match,
    RosterKind.SERVICE: service.match,
}


def note_conflicts(span: Span) -> None:
    """Say of rows of people that stay out already what the register says against them; before `match`."""
    if span.source.kind == RosterKind.PEOPLE:
        persons.note_conflicts(span)


def match(span: Span) -> None:
    """Match the rows of a span that are as they were read."""
    keep_pages()
    _MATCH[span.source.kind](span)
