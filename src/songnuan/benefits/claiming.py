"""Who could be paid for whom, as the register tells it: put into tables that are gone afterwards.

Payees are those who stand in a roster now. Where a standard pays relatives, the qualifiers are their
spouses, parents and children who served; a link that was told from one side holds from the other too. Else
each is paid for the own service. A claim has the id of the link or of the enrolment that it comes from, with
a minus where the link was told from the other side.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from songnuan.benefits.reckoning import Sources, Value
from songnuan.benefits.standards import Payee, Standard
from songnuan.kernel.dialect import dialect_of

CLAIMS, SERVICES, OUTS, SETTLED = (f"benefits_list_{name}" for name in ("claim", "service", "out", "settled"))
SOURCES = Sources(CLAIMS, SERVICES, OUTS)
DIRECT = ("spouse", "parent", "child")
"""What a relative is who counts where a standard names no relation."""

_TABLES: Mapping[str, str] = {
    CLAIMS: "claim BIGINT PRIMARY KEY, payee BIGINT, qualifier BIGINT, unit BIGINT, relation VARCHAR(40),"
    " staff VARCHAR(80), settled_minor BIGINT DEFAULT 0, year_minor BIGINT DEFAULT 0, is_unclear INTEGER"
    " DEFAULT 0, household BIGINT DEFAULT 0",
    SERVICES: "claim BIGINT, first BIGINT, last BIGINT, place VARCHAR(80), post VARCHAR(80),"
    " category VARCHAR(80), direct INTEGER, minutes INTEGER",
    OUTS: "claim BIGINT, first BIGINT, last BIGINT",
    SETTLED: "payee BIGINT, qualifier BIGINT, first BIGINT, last BIGINT, amount_minor BIGINT,"
    " is_for_this INTEGER, is_of_the_year INTEGER",
}
_SERVED = """EXISTS (
  SELECT 1 FROM people_service s
  WHERE s.person_id = {person} AND s.withdrawn_on IS NULL AND s.told_digest > '' AND s.starts_on <= %(as_of)s
)"""
_STANDS = "e.roster_id = %(roster)s AND e.ends_on IS NULL AND e.told_digest > ''"
_OWN = f"""
INSERT INTO {CLAIMS} (claim, payee, qualifier, unit, relation, staff)
SELECT e.id, e.person_id, e.person_id, e.unit_id, '', e.employee_number
FROM people_enrolment e
WHERE {_STANDS} AND {_SERVED.format(person="e.person_id")}
"""  # noqa: S608 - names of ours
_TOLD = f"""
INSERT INTO {CLAIMS} (claim, payee, qualifier, unit, relation, staff)
SELECT l.id, l.person_id, l.relative_id, e.unit_id, l.relation, e.employee_number
FROM people_familylink l JOIN people_enrolment e ON e.person_id = l.person_id
WHERE {_STANDS} AND l.ends_on IS NULL AND l.told_digest > '' AND l.relation IN ({{relations}})
  AND {_SERVED.format(person="l.relative_id")}
"""  # noqa: S608
_MIRRORED = "CASE l.relation WHEN 'parent' THEN 'child' WHEN 'child' THEN 'parent' ELSE l.relation END"
_FROM_THE_OTHER_SIDE = f"""
INSERT INTO {CLAIMS} (claim, payee, qualifier, unit, relation, staff)
SELECT -l.id, l.relative_id, l.person_id, e.unit_id, {_MIRRORED}, e.employee_number
FROM people_familylink l JOIN people_enrolment e ON e.person_id = l.relative_id
WHERE {_STANDS} AND l.ends_on IS NULL AND l.told_digest > ''
  AND l.relation IN ('spouse', 'parent', 'child', 'sibling') AND {_MIRRORED} IN ({{relations}})
  AND {_SERVED.format(person="l.person_id")}
  AND NOT EXISTS (
    SELECT 1 FROM people_familylink d
    WHERE d.person_id = l.relative_id AND d.relative_id = l.person_id AND d.ends_on IS NULL)
"""  # noqa: S608
_CATEGORY = """COALESCE((
  SELECT MAX(q.category) FROM people_enrolment q
  WHERE q.person_id = c.qualifier AND q.ends_on IS NULL AND q.category > ''), '')"""
_SERVICES = f"""
INSERT INTO {SERVICES} (claim, first, last, place, post, category, direct, minutes)
SELECT c.claim, {{first}}, {{last}}, s.place, s.post, {{category}},
  CASE WHEN s.direct_contact THEN 1 WHEN NOT s.direct_contact THEN 0 END, s.minutes
FROM {CLAIMS} c JOIN people_service s ON s.person_id = c.qualifier
WHERE s.withdrawn_on IS NULL AND s.told_digest > ''
"""  # noqa: S608
# What was settled, by this standard or in this year; whoever was merged since is the one merged into.
_STANDING = f"""
INSERT INTO {SETTLED} (payee, qualifier, first, last, amount_minor, is_for_this, is_of_the_year)
SELECT COALESCE(p.merged_into_id, s.payee_id), COALESCE(q.merged_into_id, s.qualifier_id),
  {{first}}, {{last}}, s.amount_minor,
  CASE WHEN s.standard_id = %(standard)s THEN 1 ELSE 0 END,
  CASE WHEN s.paid_on >= %(new_year)s AND s.paid_on <= %(year_end)s THEN 1 ELSE 0 END
FROM benefits_settlement s
LEFT JOIN people_person p ON p.id = s.payee_id
LEFT JOIN people_person q ON q.id = s.qualifier_id
WHERE s.withdrawn_at IS NULL
  AND (s.standard_id = %(standard)s OR (s.paid_on >= %(new_year)s AND s.paid_on <= %(year_end)s))
"""  # noqa: S608
_INDEXED = tuple(f"CREATE INDEX {SETTLED}_{name} ON {SETTLED} ({name})" for name in ("payee", "qualifier"))
_OUTS = f"""
INSERT INTO {OUTS} (claim, first, last)
SELECT c.claim, s.first, s.last FROM {CLAIMS} c
JOIN {SETTLED} s ON s.qualifier = c.qualifier AND (s.payee IS NULL OR s.payee = c.payee)
WHERE s.is_for_this = 1 AND s.first IS NOT NULL
"""  # noqa: S608
_DEDUCTED = f"""
UPDATE {CLAIMS} SET settled_minor = (
  SELECT COALESCE(SUM(s.amount_minor), 0) FROM {SETTLED} s
  WHERE s.is_for_this = 1 AND s.first IS NULL AND s.payee = {CLAIMS}.payee
    AND (s.qualifier = {CLAIMS}.qualifier OR s.qualifier IS NULL))
WHERE payee IN (SELECT s.payee FROM {SETTLED} s WHERE s.is_for_this = 1)
"""  # noqa: S608
_UNCLEAR = f"""
UPDATE {CLAIMS} SET is_unclear = 1
WHERE payee IN (SELECT payee FROM {CLAIMS} GROUP BY payee HAVING COUNT(*) > 1) AND payee IN (
  SELECT s.payee FROM {SETTLED} s WHERE s.is_for_this = 1 AND s.first IS NULL AND s.qualifier IS NULL)
"""  # noqa: S608
_OF_THE_YEAR = f"""
UPDATE {CLAIMS} SET year_minor = (
  SELECT COALESCE(SUM(s.amount_minor), 0) FROM {SETTLED} s
  WHERE s.is_of_the_year = 1 AND s.payee = {CLAIMS}.payee)
WHERE payee IN (SELECT s.payee FROM {SETTLED} s WHERE s.is_of_the_year = 1)
"""  # noqa: S608
# What concerns several lines of a family: spouses who are both paid for each other are one household, named
# by the lesser, and so is whoever has several lines, or shares a relative with somebody.
_HOUSEHOLDS = f"""
UPDATE {CLAIMS} SET household = COALESCE((
  SELECT MIN({{least}}(d.payee, d.qualifier)) FROM {CLAIMS} o
  JOIN {CLAIMS} d ON d.payee = o.qualifier AND d.qualifier = o.payee AND d.relation = 'spouse'
  WHERE o.payee = {CLAIMS}.payee AND o.relation = 'spouse'), payee)
WHERE payee IN (SELECT payee FROM {CLAIMS} GROUP BY payee HAVING COUNT(*) > 1)
  OR qualifier IN (SELECT qualifier FROM {CLAIMS} GROUP BY qualifier HAVING COUNT(*) > 1)
  OR payee IN (
    SELECT o.payee FROM {CLAIMS} o JOIN {CLAIMS} d ON d.payee = o.qualifier AND d.qualifier = o.payee)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a standard is reckoned: those of a roster, in a list made for a day.

    `standard_id` says of which standard settled sums are deducted.
    """

    roster_id: int
    standard_id: int
    as_of: date


@contextmanager
def tables() -> Iterator[CursorWrapper]:
    """Have the tables of claims stand inside, empty.

    Inside of a transaction only: with it they go where something fails.
    """
    with connection.cursor() as cursor:
        for name, columns in _TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        yield cursor
        for name in _TABLES:
            cursor.execute(f"DROP TABLE {name}")


def fill(cursor: CursorWrapper, standard: Standard, asked: Asked) -> None:
    """Put what the register tells into the tables: claims, services, what was settled."""
    dialect, adapt = dialect_of(connection), connection.ops.adapt_datefield_value
    year = asked.as_of.year
    values: dict[str, Value] = {
        "roster": asked.roster_id,
        "standard": asked.standard_id,
        "as_of": adapt(asked.as_of),
        "new_year": adapt(date(year, 1, 1)),
        "year_end": adapt(date(year, 12, 31)),
    }
    days = {"first": dialect.number_of("s.starts_on"), "last": dialect.number_of("s.ends_on")}
    rows = [row for part in standard.parts for row in part.rows]
    if standard.payee == Payee.RELATIVE:
        words = sorted({*DIRECT, *(word for row in rows for word in row.relations)})
        names = {f"relation{at}": word for at, word in enumerate(words)}
        relations = ", ".join(f"%({name})s" for name in names)
        for statement in (_TOLD, _FROM_THE_OTHER_SIDE):
            cursor.execute(statement.format(relations=relations), {**values, **names})
    else:
        cursor.execute(_OWN, values)
    category = _CATEGORY if any(row.categories for row in rows) else "''"
    cursor.execute(_SERVICES.format(category=category, **days), values)
    cursor.execute(_STANDING.format(**days), values)
    for statement in _INDEXED:
        cursor.execute(statement)
    for statement in (_OUTS, _DEDUCTED, _UNCLEAR, _OF_THE_YEAR):
        cursor.execute(statement, values)


def mark_families(cursor: CursorWrapper) -> bool:
    """Give the claims that are several of one family their household; return whether there are any.

    A claim that is nobody else's matter has none (0).
    """
    cursor.execute(_HOUSEHOLDS.format(least=dialect_of(connection).least))
    return bool(cursor.rowcount)
