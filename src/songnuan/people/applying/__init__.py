"""Writes what staged rows tell into the register, a span at a time: one module for each kind of roster.

Whoever calls holds the register's turn. Which row does what stands in its state; a span is matched anew
when register or organisation have changed since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, F, Max, Model, Q, Value, When

from songnuan.kernel.bulk import digest_rows, keep_pages
from songnuan.people import doubles
from songnuan.people.applying import families, persons, service
from songnuan.people.asides import set_aside_doubles
from songnuan.people.matching import match
from songnuan.people.models import (
    OPEN,
    STANDING,
    Enrolment,
    FamilyLink,
    RosterImport,
    RosterKind,
    Service,
    State,
)
from songnuan.people.rules import minor_after
from songnuan.people.staging import Span, unmatch, whole
from songnuan.people.statements import ask, run
from songnuan.people.units import set_aside_unknown

WRITTEN: Final = (State.NEW, State.JOINED, State.CHANGED)
"""States of rows that change something."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How rows of one kind of roster are written, and what of it ends when the file tells it no more."""

    statements: tuple[str, ...]
    left: str
    target: type[Model]
    standing: Q
    starts: str
    ends: str


_KINDS: Final[Mapping[str, _Kind]] = {
    RosterKind.PEOPLE: _Kind(persons.STATEMENTS, persons.LEFT, Enrolment, OPEN, "starts_on", "ends_on"),
    RosterKind.FAMILIES: _Kind(families.STATEMENTS, families.LEFT, FamilyLink, OPEN, "starts_on", "ends_on"),
    RosterKind.SERVICE: _Kind(
        service.STATEMENTS, service.LEFT, Service, STANDING, "recorded_on", "withdrawn_on"
    ),
}


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows of a span were written, and the digest of what they tell."""

    rows: int
    digest: str


def match_anew(span: Span) -> None:
    """Match the rows of a span that would be stored once more, against what stands now."""
    unmatch(span, aside=False)
    set_aside_unknown(span)
    match(span)
    set_aside_doubles(span.source, doubles.claims(span))


def write(span: Span, at: datetime) -> Written:
    """Write the rows of a matched span."""
    rows = span.rows().filter(state__in=WRITTEN).order_by("pk")
    digests = list(rows.values_list("told_digest", flat=True))
    if digests:
        keep_pages()
        values = {**span.values(), "at": at, "minor_after": minor_after(span.source.day)}
        for statement in _KINDS[span.source.kind].statements:
            run(statement, values)
    return Written(len(digests), digest_rows([digests]))


def highest(kind: str) -> int:
    """Return the id of the newest row that rosters of a kind have written."""
    manager = _KINDS[kind].target._default_manager  # noqa: SLF001 - Django's documented API
    return int(manager.aggregate(high=Max("pk"))["high"] or 0)


def leaving(source: RosterImport, after: int, size: int) -> list[int]:
    """Return, in their order, ids behind `after` of what is told no more, at most `size`."""
    values = {**whole(source).values(), "known": source.known_through, "after": after, "size": size}
    return [pk for (pk,) in ask(_KINDS[source.kind].left, values)]


def end(source: RosterImport, ids: Iterable[int]) -> Written:
    """End what leaves, from the import's day on."""
    kind = _KINDS[source.kind]
    rows = kind.target._default_manager.filter(kind.standing, pk__in=list(ids))  # noqa: SLF001 - as above
    digests = list(rows.order_by("pk").values_list("told_digest", flat=True))
    day: Case = Case(
        When(**{f"{kind.starts}__gt": source.day}, then=F(kind.starts)), default=Value(source.day)
    )
    rows.update(**{kind.ends: day})
    return Written(len(digests), digest_rows([digests]))
