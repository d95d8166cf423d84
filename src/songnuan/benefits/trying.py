"""Tries a standard on claims that are told, in tables that are gone afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from songnuan.benefits.reckoning import Counted, Sources, Value, counted_of, number_of, statement_of
from songnuan.benefits.standards import Standard
from songnuan.kernel.dialect import dialect_of

_CLAIMS, _SERVICES, _OUTS = (f"benefits_try_{name}" for name in ("claim", "service", "out"))
_TABLES = {
    _CLAIMS: "claim BIGINT, relation VARCHAR(40), settled_minor BIGINT, year_minor BIGINT",
    _SERVICES: "claim BIGINT, first BIGINT, last BIGINT, place VARCHAR(80), post VARCHAR(80),"
    " category VARCHAR(80), direct INTEGER, minutes INTEGER",
    _OUTS: "claim BIGINT, first BIGINT, last BIGINT",
}
_SOURCES = Sources(_CLAIMS, _SERVICES, _OUTS)


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the qualifier; what nobody told is None or empty. `minutes`: of a service of one day."""

    starts_on: date
    ends_on: date | None
    place: str = ""
    post: str = ""
    category: str = ""
    direct_contact: bool | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one payee asks for one qualifier. `outs` are the days that another place paid, ends included.

    `settled_minor` was paid for the same service, `year_minor` in this year by any plan.
    """

    services: tuple[Service, ...]
    relation: str = ""
    outs: tuple[tuple[date, date], ...] = ()
    settled_minor: int = 0
    year_minor: int = 0


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a claim comes to, step by step (fen), for its days. It is blocked where an amount is open.

    `shared` names the question by whose answer the family's share is another sum, which then is
    `after_family_minor`. `waits`: the plan leaves open who of a family gets it, and nothing is paid before.
    """

    counted: tuple[Counted, ...]
    reckoned_minor: int
    after_settled_minor: int
    after_time_minor: int
    amount_minor: int
    is_blocked: bool
    days: int
    shared: str = ""
    after_family_minor: int | None = None
    waits: bool = False


def reckon(
    standard: Standard, claims: Sequence[Claim], as_of: date, connection: BaseDatabaseWrapper
) -> list[Reckoned]:
    """Return what each claim comes to under a standard, in a list that is made for a day."""
    with connection.cursor() as cursor, _tables(cursor):
        _fill(cursor, claims)
        statement, values = statement_of(standard, _SOURCES, as_of, dialect_of(connection))
        cursor.execute(f"{statement} ORDER BY claim", dict(values))
        return [
            Reckoned(
                counted_of(told),
                int(reckoned),
                int(after_settled),
                int(after_time),
                int(amount),
                bool(blocked),
                int(days),
            )
            for _claim, told, reckoned, blocked, after_settled, after_time, amount, days in cursor.fetchall()
        ]


@contextmanager
def _tables(cursor: Any) -> Iterator[None]:  # noqa: ANN401 - Django's cursor
    for name, columns in _TABLES.items():
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    try:
        yield
    finally:
        for name in _TABLES:
            cursor.execute(f"DROP TABLE {name}")


def _fill(cursor: Any, claims: Iterable[Claim]) -> None:  # noqa: ANN401 - Django's cursor
    heads: list[tuple[Value, ...]] = []
    services: list[tuple[Value, ...]] = []
    outs: list[tuple[Value, ...]] = []
    for place, claim in enumerate(claims):
        heads.append((place, claim.relation, claim.settled_minor, claim.year_minor))
        services += [
            (
                place,
                number_of(one.starts_on),
                None if one.ends_on is None else number_of(one.ends_on),
                one.place,
                one.post,
                one.category,
                None if one.direct_contact is None else int(one.direct_contact),
                one.minutes,
            )
            for one in claim.services
        ]
        outs += [(place, number_of(first), number_of(last)) for first, last in claim.outs]
    for table, rows in ((_CLAIMS, heads), (_SERVICES, services), (_OUTS, outs)):
        if rows:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - a name of ours
