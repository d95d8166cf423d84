"""Fills a reckoning with its lines, in one statement, and adds them up."""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Q, Sum

from songnuan.benefits import claiming
from songnuan.benefits.models import Entitlement, Reckoning
from songnuan.benefits.reckoning import list_statement_of, plain_statement_of
from songnuan.benefits.sharing import Answers
from songnuan.benefits.standards import Payee, Standard
from songnuan.kernel.dialect import dialect_of

_COLUMNS = (
    "reckoning_id, payee_id, qualifier_id, unit_id, relation, days, counted, reckoned_minor,"
    " after_settled_minor, after_time_minor, after_family_minor, amount_minor, shared, blocked"
)
_TYPES = {"relation": "VARCHAR(20)", "counted": "TEXT", "shared": "VARCHAR(12)", "blocked": "VARCHAR(12)"}
_INTO = f"INSERT INTO {{table}} ({_COLUMNS}) SELECT {{reckoning}}, q.* FROM ({{lines}}) AS q"  # noqa: S608
_NOW = "benefits_list_now"
# What is paid for one line then and now; a line that is not there pays nothing.
_CHANGED = f"""
SELECT payee_id, qualifier_id, SUM(was) AS was, SUM(now) AS now FROM (
  SELECT payee_id, qualifier_id, amount_minor + out_minor AS was, 0 AS now FROM benefits_entitlement
  WHERE reckoning_id = %s
  UNION ALL SELECT payee_id, qualifier_id, 0, amount_minor FROM {_NOW}
) AS u GROUP BY payee_id, qualifier_id HAVING SUM(was) <> SUM(now) ORDER BY payee_id, qualifier_id
"""  # noqa: S608 - names of ours


FIGURES = ("lines", "people", "blocked", "total_minor")
"""What a reckoning says of its lines."""


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """For whom a standard is reckoned and for which day, with the plan's answers."""

    roster_id: int
    as_of: date
    answers: Answers = field(default_factory=Answers)


@dataclass(frozen=True, slots=True)
class Change:
    """A line whose sum is another one now (fen)."""

    payee_id: int
    qualifier_id: int
    was_minor: int
    now_minor: int


def fill(reckoning: Reckoning, standard: Standard) -> None:
    """Write the lines of a reckoning that has none; inside of a transaction."""
    with claiming.tables() as cursor:
        _reckon_into(cursor, "benefits_entitlement", reckoning, standard, claiming.NO_LIST)


def changed(reckoning: Reckoning, standard: Standard, without: str) -> list[Change]:
    """Return what would come out otherwise, were it reckoned once more now; inside of a transaction.

    Args:
        reckoning: What was reckoned.
        standard: By which standard.
        without: The list made of it, whose own settling is left out, and that of later ones.

    """
    with claiming.tables() as cursor:
        names = ", ".join(f"{name} {_TYPES.get(name, 'BIGINT')}" for name in _COLUMNS.split(", "))
        cursor.execute(f"CREATE TEMPORARY TABLE {_NOW} ({names})")
        _reckon_into(cursor, _NOW, reckoning, standard, without)
        cursor.execute(_CHANGED, [reckoning.pk])
        found = [Change(payee, qualifier, int(was), int(now)) for payee, qualifier, was, now in cursor]
        cursor.execute(f"DROP TABLE {_NOW}")
    return found


def _reckon_into(
    cursor: CursorWrapper, table: str, reckoning: Reckoning, standard: Standard, without: str
) -> None:
    asked = claiming.Asked(reckoning.roster_id, reckoning.version.standard_id, reckoning.as_of, without)
    dialect, day = dialect_of(connection), reckoning.as_of
    others = claiming.fill(cursor, standard, asked)
    told = claiming.values_of(standard, asked)
    plain = claiming.plain(standard, told, others=others)
    lines, values = plain_statement_of(standard, plain, day, dialect)
    into = {"table": table, "reckoning": int(reckoning.pk)}
    cursor.execute(_INTO.format(lines=lines, **into), {**told, **values})
    if others:
        answers = None
        # Who is paid for the own service alone has one line, and no family to share it with.
        if standard.payee == Payee.RELATIVE:
            given = Answers(reckoning.couple, reckoning.two_children)
            claiming.mark_gone(cursor, given)
            answers = given if claiming.mark_families(cursor) else None
        lines, values = list_statement_of(standard, claiming.SOURCES, day, dialect, answers)
        cursor.execute(_INTO.format(lines=lines, **into), dict(values))


def figures_of(reckoning: Reckoning) -> dict[str, int]:
    """Return how many lines there are, how many people are paid, how many lines wait, and the sum in fen."""
    paid = Q(amount_minor__gt=0)
    found = Entitlement.objects.filter(reckoning=reckoning).aggregate(
        lines=Count("pk"),
        people=Count("payee", filter=paid, distinct=True),
        blocked=Count("pk", filter=~Q(blocked="")),
        total_minor=Sum("amount_minor", default=0),
    )
    return {name: int(number) for name, number in found.items()}
