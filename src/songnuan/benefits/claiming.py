"""Who could be paid for whom, as the register tells it.

Payees are those who stand in a roster now. Where a standard pays relatives, the qualifiers are their
spouses, parents and children who served; a link that was told from one side holds from the other too. Else
each is paid for the own service. A claim has the id of the link or of the enrolment that it comes from, with
a minus where the link was told from the other side.

Most claims are plain: one payee, one relative, one service, nothing settled; they are reckoned where they
stand. All others are those of persons set apart: their claims are put into tables that are gone afterwards.
Who is set apart without need, because a link or a service has ended, costs a little time and nothing else.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from songnuan.benefits.models import Share
from songnuan.benefits.reckoning import Sources, Value
from songnuan.benefits.sharing import Answers
from songnuan.benefits.standards import Payee, Standard
from songnuan.kernel.dialect import dialect_of

APART, CLAIMS, SERVICES, OUTS, SETTLED = (
    f"benefits_list_{name}" for name in ("apart", "claim", "service", "out", "settled")
)
SOURCES = Sources(CLAIMS, SERVICES, OUTS)
NO_LIST = "-"
"""The name of no list."""
DIRECT = ("spouse", "parent", "child")
"""What a relative is who counts where a standard names no relation."""

_TABLES: Mapping[str, str] = {
    APART: "person BIGINT PRIMARY KEY",
    CLAIMS: "claim BIGINT PRIMARY KEY, payee BIGINT, qualifier BIGINT, unit BIGINT, relation VARCHAR(40),"
    " staff VARCHAR(80), settled_minor BIGINT DEFAULT 0, listed_minor BIGINT DEFAULT 0,"
    " cut_minor BIGINT DEFAULT 0, family_cut_minor BIGINT DEFAULT 0, lacks_cut INTEGER DEFAULT 0,"
    " shared_minor BIGINT DEFAULT 0, year_minor BIGINT DEFAULT 0,"
    " is_unclear INTEGER DEFAULT 0, household BIGINT DEFAULT 0",
    SERVICES: "claim BIGINT, first BIGINT, last BIGINT, place VARCHAR(80), post VARCHAR(80),"
    " category VARCHAR(80), direct INTEGER, minutes INTEGER",
    OUTS: "claim BIGINT, first BIGINT, last BIGINT",
    SETTLED: "payee BIGINT, qualifier BIGINT, first BIGINT, last BIGINT, amount_minor BIGINT,"
    " cut_minor BIGINT, shared_minor BIGINT, row BIGINT, origin VARCHAR(40), is_for_this INTEGER,"
    " is_of_the_year INTEGER, is_listed INTEGER",
}
_SERVED = "s.withdrawn_on IS NULL AND s.told_digest > '' AND s.starts_on <= %(as_of)s"
_STANDS = "e.roster_id = %(roster)s AND e.ends_on IS NULL AND e.told_digest > ''"
_LINKED = "l.ends_on IS NULL AND l.told_digest > ''"
# Without more conditions than these the indexes alone tell who it is.
_SEVERAL = "SELECT {column} FROM {table} GROUP BY {column} HAVING COUNT(*) > 1"
_SEVERAL_SERVICES = _SEVERAL.format(table="people_service", column="person_id")
_SETTLED_FOR = f"""
  SELECT payee FROM {SETTLED} WHERE payee IS NOT NULL
  UNION SELECT qualifier FROM {SETTLED} WHERE qualifier IS NOT NULL"""  # noqa: S608
_BOTH = """
  FROM people_enrolment e JOIN people_familylink l ON l.relative_id = e.person_id
  WHERE e.roster_id = %(roster)s AND e.ends_on IS NULL"""
_APART_OF_OWN = f"INSERT INTO {APART} {_SEVERAL_SERVICES} UNION {_SETTLED_FOR}"
_APART_OF_FAMILIES = f"""{_APART_OF_OWN}
  UNION {_SEVERAL.format(table="people_familylink", column="person_id")}
  UNION {_SEVERAL.format(table="people_familylink", column="relative_id")}
  UNION SELECT l.relative_id {_BOTH} UNION SELECT l.person_id {_BOTH}
"""
_IS_APART = f"IN (SELECT person FROM {APART})"  # noqa: S608
_OWN = f"""
INSERT INTO {CLAIMS} (claim, payee, qualifier, unit, relation, staff)
SELECT e.id, e.person_id, e.person_id, e.unit_id, '', e.employee_number
FROM people_enrolment e
WHERE {_STANDS} AND e.person_id {_IS_APART}
  AND EXISTS (SELECT 1 FROM people_service s WHERE s.person_id = e.person_id AND {_SERVED})
"""  # noqa: S608
_TOLD = f"""
INSERT INTO {CLAIMS} (claim, payee, qualifier, unit, relation, staff)
SELECT l.id, l.person_id, l.relative_id, e.unit_id, l.relation, e.employee_number
FROM people_familylink l JOIN people_enrolment e ON e.person_id = l.person_id
WHERE {_STANDS} AND {_LINKED} AND l.relation IN ({{relations}})
  AND (l.person_id {_IS_APART} OR l.relative_id {_IS_APART})
  AND EXISTS (SELECT 1 FROM people_service s WHERE s.person_id = l.relative_id AND {_SERVED})
"""  # noqa: S608
_MIRRORED = "CASE l.relation WHEN 'parent' THEN 'child' WHEN 'child' THEN 'parent' ELSE l.relation END"
_FROM_THE_OTHER_SIDE = f"""
INSERT INTO {CLAIMS} (claim, payee, qualifier, unit, relation, staff)
SELECT -l.id, l.relative_id, l.person_id, e.unit_id, {_MIRRORED}, e.employee_number
FROM people_familylink l JOIN people_enrolment e ON e.person_id = l.relative_id
WHERE {_STANDS} AND {_LINKED} AND l.relative_id {_IS_APART}
  AND l.relation IN ('spouse', 'parent', 'child', 'sibling') AND {_MIRRORED} IN ({{relations}})
  AND EXISTS (SELECT 1 FROM people_service s WHERE s.person_id = l.person_id AND {_SERVED})
  AND NOT EXISTS (
    SELECT 1 FROM people_familylink d
    WHERE d.person_id = l.relative_id AND d.relative_id = l.person_id AND d.ends_on IS NULL)
"""  # noqa: S608
_PLAIN = """
SELECT {payee} AS payee, {qualifier} AS qualifier, e.unit_id AS unit, {relation} AS relation,
  s.place AS place, s.post AS post, {category} AS category, {direct} AS direct, s.minutes AS minutes,
  {first} AS first, {last} AS last
FROM people_enrolment e {links} JOIN people_service s ON s.person_id = {qualifier}
"""
_DIRECT = "CASE WHEN s.direct_contact THEN 1 WHEN NOT s.direct_contact THEN 0 END"
_CATEGORY = """COALESCE((
  SELECT MAX(q.category) FROM people_enrolment q
  WHERE q.person_id = {qualifier} AND q.ends_on IS NULL AND q.category > ''), '')"""
_SERVICES = f"""
INSERT INTO {SERVICES} (claim, first, last, place, post, category, direct, minutes)
SELECT c.claim, {{first}}, {{last}}, s.place, s.post, {{category}}, {_DIRECT}, s.minutes
FROM {CLAIMS} c JOIN people_service s ON s.person_id = c.qualifier
WHERE s.withdrawn_on IS NULL AND s.told_digest > ''
"""  # noqa: S608
# What was settled, by this standard or in this year; whoever was merged since is the one merged into.
_STANDING = f"""
INSERT INTO {SETTLED} (payee, qualifier, first, last, amount_minor, cut_minor, shared_minor, row, origin,
  is_for_this, is_of_the_year, is_listed)
SELECT COALESCE(p.merged_into_id, s.payee_id), COALESCE(q.merged_into_id, s.qualifier_id),
  {{first}}, {{last}}, s.amount_minor, s.cut_minor,
  CASE WHEN s.in_time_minor > s.amount_minor THEN s.in_time_minor - s.amount_minor ELSE 0 END, s.id, s.origin,
  CASE WHEN s.standard_id = %(standard)s THEN 1 ELSE 0 END,
  CASE WHEN s.paid_on >= %(new_year)s AND s.paid_on <= %(year_end)s THEN 1 ELSE 0 END,
  CASE WHEN s.origin > '' THEN 1 ELSE 0 END
FROM benefits_settlement s
LEFT JOIN people_person p ON p.id = s.payee_id
LEFT JOIN people_person q ON q.id = s.qualifier_id
WHERE s.withdrawn_at IS NULL
  AND (s.origin = '' OR s.id < COALESCE(
    (SELECT MIN(o.id) FROM benefits_settlement o WHERE o.origin = %(without)s), 9223372036854775807))
  AND (s.standard_id = %(standard)s OR (s.paid_on >= %(new_year)s AND s.paid_on <= %(year_end)s))
"""  # noqa: S608
_INDEXED = tuple(f"CREATE INDEX {SETTLED}_{name} ON {SETTLED} ({name})" for name in ("payee", "qualifier"))
_OUTS = f"""
INSERT INTO {OUTS} (claim, first, last)
SELECT c.claim, s.first, s.last FROM {CLAIMS} c
JOIN {SETTLED} s ON s.qualifier = c.qualifier AND (s.payee IS NULL OR s.payee = c.payee)
WHERE s.is_for_this = 1 AND s.first IS NOT NULL
"""  # noqa: S608
_OF_THE_CLAIM = f"""s.is_for_this = 1 AND s.first IS NULL AND s.payee = {CLAIMS}.payee
    AND (s.qualifier = {CLAIMS}.qualifier OR s.qualifier IS NULL)"""
# What a list paid is settled, and so is what the cap of its time cut off.
_DEDUCTED = f"""
UPDATE {CLAIMS} SET settled_minor = (
  SELECT COALESCE(SUM(s.amount_minor + s.cut_minor), 0) FROM {SETTLED} s WHERE {_OF_THE_CLAIM}),
  cut_minor = (
  SELECT COALESCE(SUM(s.cut_minor), 0) FROM {SETTLED} s WHERE {_OF_THE_CLAIM}),
  shared_minor = COALESCE((
  SELECT s.shared_minor FROM {SETTLED} s WHERE {_OF_THE_CLAIM} AND s.is_listed = 1
  ORDER BY s.row DESC LIMIT 1), 0),
  listed_minor = (
  SELECT COALESCE(SUM(s.amount_minor), 0) FROM {SETTLED} s WHERE {_OF_THE_CLAIM} AND s.is_listed = 1)
WHERE payee IN (SELECT s.payee FROM {SETTLED} s WHERE s.is_for_this = 1)
"""  # noqa: S608
# What lists cut off the sums for one qualifier: each claim's own, or where a list paid others alone, the most
# that it cut off theirs; and how many lists cut something off where the claim has no line of its own.
_CUT_OF_FAMILIES = f"""
UPDATE {CLAIMS} SET (family_cut_minor, lacks_cut) = (
  SELECT COALESCE(SUM(COALESCE(own, most)), 0), COALESCE(SUM(CASE WHEN own IS NULL THEN 1 ELSE 0 END), 0)
  FROM (
    SELECT MAX(CASE WHEN s.payee = {CLAIMS}.payee THEN s.cut_minor END) AS own, MAX(s.cut_minor) AS most
    FROM {SETTLED} s WHERE s.is_for_this = 1 AND s.qualifier = {CLAIMS}.qualifier
    GROUP BY s.origin HAVING MAX(s.cut_minor) > 0) u)
WHERE qualifier IN (SELECT s.qualifier FROM {SETTLED} s WHERE s.is_for_this = 1 AND s.cut_minor > 0)
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
# What lists paid to somebody of a family who has no line any more: enrolment or link ended since, or nobody
# serves. What the others of the family still get of it is for people to say.
_GONE = f"""
SELECT s.{{column}} FROM {SETTLED} s
LEFT JOIN {CLAIMS} c ON c.payee = s.payee AND c.qualifier = s.qualifier
WHERE s.is_for_this = 1 AND s.is_listed = 1 AND c.claim IS NULL"""  # noqa: S608
_SHARED_WITH_GONE = (
    f"UPDATE {CLAIMS} SET is_unclear = 1 WHERE qualifier IN ({_GONE.format(column='qualifier')})"  # noqa: S608
)
_AT_HOME_WITH_GONE = f"""
UPDATE {CLAIMS} SET is_unclear = 1 WHERE payee IN ({_GONE.format(column="payee")})
  OR (relation = 'spouse' AND qualifier IN ({_GONE.format(column="payee")}))
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

    `standard_id` says of which standard settled sums are deducted. What the list `without` settles is not,
    and what later lists settle neither: they have deducted what this one pays.
    """

    roster_id: int
    standard_id: int
    as_of: date
    without: str = NO_LIST


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


def fill(cursor: CursorWrapper, standard: Standard, asked: Asked) -> bool:
    """Put the claims of those who are set apart into the tables; return whether anybody is."""
    dialect, values, is_family = dialect_of(connection), values_of(standard, asked), _is_family(standard)
    cursor.execute(_STANDING.format(**_days()), values)
    for statement in _INDEXED:
        cursor.execute(statement)
    cursor.execute(_APART_OF_FAMILIES if is_family else _APART_OF_OWN, values)
    if not cursor.rowcount:
        return False
    dialect.look_at(cursor, [APART, SETTLED])
    relations = ", ".join(f"%({name})s" for name in values if name.startswith("relation"))
    for statement in (_TOLD, _FROM_THE_OTHER_SIDE) if is_family else (_OWN,):
        cursor.execute(statement.format(relations=relations), values)
    category = _category(standard, "c.qualifier")
    cursor.execute(_SERVICES.format(category=category, **_days()), values)
    for statement in (_OUTS, _DEDUCTED, _CUT_OF_FAMILIES, _UNCLEAR, _OF_THE_YEAR):
        cursor.execute(statement, values)
    dialect.look_at(cursor, [CLAIMS, SERVICES, OUTS])
    return True


def values_of(standard: Standard, asked: Asked) -> dict[str, Value]:
    """Return the values that the statements of this module name."""
    adapt, year = connection.ops.adapt_datefield_value, asked.as_of.year
    named = {word for part in standard.parts for row in part.rows for word in row.relations}
    return {
        "roster": asked.roster_id,
        "standard": asked.standard_id,
        "as_of": adapt(asked.as_of),
        "without": asked.without,
        "new_year": adapt(date(year, 1, 1)),
        "year_end": adapt(date(year, 12, 31)),
        **{f"relation{at}": word for at, word in enumerate(sorted({*DIRECT, *named}))},
    }


def plain(standard: Standard, values: Mapping[str, Value], *, others: bool) -> str:
    """Return the select of the plain claims with their service, as they stand in the register.

    Its columns: payee, qualifier, unit, relation, and those of a service (`reckoning.Sources`).

    Args:
        standard: Whose words decide what of it is looked at.
        values: As `values_of`.
        others: Whether anybody is set apart.

    """
    is_family = _is_family(standard)
    qualifier = "l.relative_id" if is_family else "e.person_id"
    relations = ", ".join(f"%({name})s" for name in values if name.startswith("relation"))
    conditions = [_STANDS, _SERVED]
    if is_family:
        conditions += [_LINKED, f"l.relation IN ({relations})"]
    if others:
        each = dict.fromkeys(("e.person_id", qualifier))
        conditions += [f"NOT EXISTS (SELECT 1 FROM {APART} WHERE person = {one})" for one in each]  # noqa: S608
    asks_contact = any(row.direct_contact is not None for part in standard.parts for row in part.rows)
    told = _PLAIN.format(
        payee="e.person_id",
        qualifier=qualifier,
        relation="l.relation" if is_family else "''",
        category=_category(standard, qualifier),
        direct=_DIRECT if asks_contact else "NULL",
        links="JOIN people_familylink l ON l.person_id = e.person_id" if is_family else "",
        **_days(),
    )
    return f"{told} WHERE {' AND '.join(conditions)}"


def _is_family(standard: Standard) -> bool:
    return standard.payee == Payee.RELATIVE


def _days() -> dict[str, str]:
    dialect = dialect_of(connection)
    return {"first": dialect.number_of("s.starts_on"), "last": dialect.number_of("s.ends_on")}


def _category(standard: Standard, qualifier: str) -> str:
    """Return the expression of the qualifier's category; who asks for none is not made to look."""
    is_asked = any(row.categories for part in standard.parts for row in part.rows)
    return _CATEGORY.format(qualifier=qualifier) if is_asked else "''"


def mark_gone(cursor: CursorWrapper, answers: Answers) -> None:
    """Let lines wait whose family was paid by a list through somebody who has no line any more.

    Where each of a family has the sum, nobody's is touched by what another had.
    """
    if answers.two_children in {Share.ONE, Share.SPLIT}:
        cursor.execute(_SHARED_WITH_GONE)
    if answers.couple == Share.ONE:
        cursor.execute(_AT_HOME_WITH_GONE)


def mark_families(cursor: CursorWrapper) -> bool:
    """Give the claims that are several of one family their household; return whether there are any.

    A claim that is nobody else's matter has none (0).
    """
    cursor.execute(_HOUSEHOLDS.format(least=dialect_of(connection).least))
    return bool(cursor.rowcount)
