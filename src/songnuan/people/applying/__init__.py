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
from songnuan.people.staging import STAGED, Span, unmatch, whole
from songnuan.people.statements import ask, run
from songnuan.people.units import set_aside_unknown

WRITTEN: Final = (State.NEW, State.JOINED, State.CHANGED)
"""States of rows that change something."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How rows of one kind of roster are written, and what of it ends when the file tells it no more."""

    statements: tuple[str, ...]
    target: type[Model]
    standing: Q
    starts: str
    ends: str


_KINDS: Final[Mapping[str, _Kind]] = {
    RosterKind.PEOPLE: _Kind(persons.STATEMENTS, Enrolment, OPEN, "starts_on", "ends_on"),
    RosterKind.FAMILIES: _Kind(families.STATEMENTS, FamilyLink, OPEN, "starts_on", "ends_on"),
    RosterKind.SERVICE: _Kind(service.STATEMENTS, Service, STANDING, "recorded_on", "withdrawn_on"),
}


# What of the roster stands, that the rows neither tell nor may have meant where they were rejected.
_LEFT: Final = """
SELECT id FROM (
  SELECT e.id FROM [target] AS e
  WHERE e.roster_id = %(roster)s AND e.[ends] IS NULL AND e.id > %(after)s AND e.id <= %(known)s
  EXCEPT
  SELECT s.target_id FROM [staged] AS s
  WHERE [span] AND s.target_id IS NOT NULL
  EXCEPT
  SELECT e.id FROM [staged] AS s CROSS JOIN people_person AS p CROSS JOIN [target] AS e
  WHERE [span] AND s.state IN ('rejected', 'aside') AND s.id_index > ''
    AND p.id_index = s.id_index AND p.id_index > '' AND p.status = 'active'
    AND e.person_id = p.id AND e.roster_id = %(roster)s AND e.[ends] IS NULL
  EXCEPT
  SELECT e.id FROM [staged] AS s CROSS JOIN people_person AS p CROSS JOIN [target] AS e
  WHERE [span] AND s.state IN ('rejected', 'aside') AND s.name > ''
    AND p.name = s.name AND p.status = 'active'
    AND e.person_id = p.id AND e.roster_id = %(roster)s AND e.[ends] IS NULL
) AS w ORDER BY id LIMIT %(size)s
"""


_TOLD: Final = """
SELECT s.state, s.told_digest FROM [staged] AS s
WHERE [span] AND s.state IN ('new', 'joined', 'changed') ORDER BY s.id
"""


_OF_CHANGES: Final = "s.state = 'changed'"
"""What stands in the statements that are for changed rows alone; most spans have none."""


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
    table = STAGED[span.source.kind]._meta.db_table  # noqa: SLF001 - Django's documented API
    told = ask(_TOLD.replace("[staged]", table), span.values())
    digests = [digest for _state, digest in told]
    if digests:
        keep_pages()
        values = {**span.values(), "at": at, "minor_after": minor_after(span.source.day)}
        changes = any(state == State.CHANGED for state, _digest in told)
        for statement in _KINDS[span.source.kind].statements:
            if changes or _OF_CHANGES not in statement:
                run(statement, values)
    return Written(len(digests), digest_rows([digests]))


def highest(kind: str) -> int:
    """Return the id of the newest row that rosters of a kind have written."""
    manager = _KINDS[kind].target._default_manager  # noqa: SLF001 - Django's documented API
    return int(manager.aggregate(high=Max("pk"))["high"] or 0)


def leaving(source: RosterImport, after: int, size: int) -> list[int]:
    """Return, in their order, ids behind `after` of what is told no more, at most `size`."""
    values = {**whole(source).values(), "known": source.known_through, "after": after, "size": size}
    kind = _KINDS[source.kind]
    target, staged = kind.target._meta.db_table, STAGED[source.kind]._meta.db_table  # noqa: SLF001 - as above
    statement = _LEFT.replace("[target]", target).replace("[staged]", staged).replace("[ends]", kind.ends)
    return [pk for (pk,) in ask(statement, values)]


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
