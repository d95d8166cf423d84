"""Fills a reckoning with its lines, in one statement, and adds them up."""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Count, Q, Sum

from songnuan.benefits import claiming
from songnuan.benefits.models import Entitlement, Reckoning
from songnuan.benefits.reckoning import list_statement_of, plain_statement_of
from songnuan.benefits.sharing import Answers
from songnuan.benefits.standards import Payee, Standard
from songnuan.kernel.dialect import dialect_of

_INTO = """
INSERT INTO benefits_entitlement (
  reckoning_id, payee_id, qualifier_id, unit_id, relation, days, counted, reckoned_minor, after_settled_minor,
  after_time_minor, after_family_minor, amount_minor, shared, blocked
) SELECT {reckoning}, q.* FROM ({lines}) AS q
"""


FIGURES = ("lines", "people", "blocked", "total_minor")
"""What a reckoning says of its lines."""


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """For whom a standard is reckoned and for which day, with the plan's answers."""

    roster_id: int
    as_of: date
    answers: Answers = field(default_factory=Answers)


def fill(reckoning: Reckoning, standard: Standard) -> None:
    """Write the lines of a reckoning that has none; inside of a transaction."""
    asked = claiming.Asked(reckoning.roster_id, reckoning.version.standard_id, reckoning.as_of)
    dialect, day = dialect_of(connection), reckoning.as_of
    with claiming.tables() as cursor:
        others = claiming.fill(cursor, standard, asked)
        told = claiming.values_of(standard, asked)
        plain = claiming.plain(standard, told, others=others)
        lines, values = plain_statement_of(standard, plain, day, dialect)
        cursor.execute(_INTO.format(reckoning=int(reckoning.pk), lines=lines), {**told, **values})
        if others:
            # Who is paid for the own service alone has one line, and no family to share it with.
            has_families = standard.payee == Payee.RELATIVE and claiming.mark_families(cursor)
            answers = Answers(reckoning.couple, reckoning.two_children) if has_families else None
            lines, values = list_statement_of(standard, claiming.SOURCES, day, dialect, answers)
            cursor.execute(_INTO.format(reckoning=int(reckoning.pk), lines=lines), dict(values))


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
