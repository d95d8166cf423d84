"""Finds persons whose names differ in one character at most and who share phone, account or birth date.

By a deletion index: of each name the name itself, and the name with each one character left out, are joined
with those of others who share something where they are equal. Two names found so differ in one character at
most when one of them is whole, or when both lack the character of the same place; all others are left out. A
name of one or two characters that differs from another is told only where the account, or phone and birth,
are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from songnuan.benefits.double_models import Double
from songnuan.kernel.dialect import Dialect

_LONGEST = 60  # characters of a name
_TABLES: Mapping[str, str] = {
    "spot": "spot INTEGER PRIMARY KEY",
    "common": "shared {shared}, word VARCHAR(240), PRIMARY KEY (shared, word)",
    "word": "shared {shared}, word VARCHAR(240), spot INTEGER, size INTEGER, root BIGINT, is_own INTEGER",
    "alike": "place INTEGER, root BIGINT, other BIGINT, is_own INTEGER",
}
_T = {name: f"benefits_double_{name}" for name in _TABLES}

# What lists of other measures pay, in the name of whom a merged entry stands for.
PAID = """
INSERT INTO {paid} SELECT e.reckoning_id, COALESCE(m.root, e.payee_id), COALESCE(n.root, e.qualifier_id),
  e.amount_minor
FROM benefits_reckoning r JOIN benefits_entitlement e ON e.reckoning_id = r.id
LEFT JOIN {merged} m ON m.id = e.payee_id LEFT JOIN {merged} n ON n.id = e.qualifier_id
WHERE r.is_listed AND NOT r.is_dropped AND r.measure_id <> %(measure)s AND e.amount_minor > 0
"""
_EMPTIED = "DELETE FROM {paid}"
_PERSON = """
INSERT INTO {person} SELECT q.root, q.is_own, p.name, {birth}
FROM (
  SELECT o.root, 1 AS is_own FROM {own} o GROUP BY o.root
  UNION ALL
  SELECT d.root, 0 FROM {paid} d WHERE NOT EXISTS (SELECT 1 FROM {own} o WHERE o.root = d.root)
  GROUP BY d.root
) q JOIN people_person p ON p.id = q.root
"""
# `spot` is the place of the character left out, 0 of a whole name.
_SPOTS = """
INSERT INTO {spot}
WITH RECURSIVE n(spot) AS (SELECT 0 UNION ALL SELECT spot + 1 FROM n WHERE spot < {longest})
SELECT spot FROM n
"""
_WORD = (
    "SELECT {shared} AS shared, CASE n.spot WHEN 0 THEN p.name"
    " ELSE SUBSTR(p.name, 1, n.spot - 1) || SUBSTR(p.name, n.spot + 1) END AS word, n.spot AS spot,"
    " LENGTH(p.name) AS size, p.root AS root, p.is_own AS is_own"
)
_OF_KEYED = """
FROM {keyed} p CROSS JOIN {spot} n WHERE p.kind = '{letter}' AND p.name > '' AND n.spot <= LENGTH(p.name)
"""
_OF_BIRTH = """
FROM {person} p CROSS JOIN {spot} n
WHERE p.birth IS NOT NULL AND p.name > ''
  AND n.spot <= CASE WHEN LENGTH(p.name) > 2 THEN LENGTH(p.name) ELSE 0 END
"""
_SHORT = "AND p.birth IS NOT NULL AND LENGTH(p.name) <= 3"


@dataclass(frozen=True, slots=True)
class _Search:
    """By what names are brought together: where it stands, its kind of column, and who is looked at.

    `asks_more` says that short names which differ are not told by this alone.
    """

    kind: Double
    letter: str
    shared: str
    column: str
    source: str
    asks_more: bool


_SEARCHES = (
    _Search(Double.ALIKE_NAME_ACCOUNT, "A", "p.value", "VARCHAR(80)", _OF_KEYED, asks_more=False),
    _Search(Double.ALIKE_NAME_PHONE, "P", "p.value", "VARCHAR(80)", _OF_KEYED, asks_more=True),
    _Search(
        Double.ALIKE_NAME_PHONE,
        "P",
        "p.value || CAST(p.birth AS VARCHAR(12))",
        "VARCHAR(80)",
        f"{_OF_KEYED} {_SHORT}",
        asks_more=False,
    ),
    _Search(Double.ALIKE_NAME_BIRTH, "", "p.birth", "INTEGER", _OF_BIRTH, asks_more=True),
)
_COMMON = """
INSERT INTO {common} SELECT w.shared, w.word FROM ({words}) w
GROUP BY w.shared, w.word HAVING COUNT(*) > 1 AND MAX(w.is_own) = 1
"""
_WORDS = """
INSERT INTO {word} SELECT w.shared, w.word, w.spot, w.size, w.root, w.is_own
FROM ({words}) w JOIN {common} c ON c.shared = w.shared AND c.word = w.word
"""
_ALIKE = """
INSERT INTO {alike} SELECT DISTINCT {place}, a.root, b.root, b.is_own
FROM {word} a JOIN {word} b ON b.shared = a.shared AND b.word = a.word AND b.root <> a.root
WHERE a.is_own = 1 AND (a.spot = b.spot OR a.spot = 0 OR b.spot = 0)
"""
_LONG = " AND ((a.spot = 0 AND b.spot = 0) OR (a.size > 2 AND b.size > 2))"
_PAIRS = """
INSERT INTO {pair} SELECT q.place, q.root, q.other, CAST(NULL AS BIGINT), 2 FROM {alike} q
WHERE q.is_own = 1 AND q.root > q.other
UNION SELECT q.place, q.root, q.other, d.reckoning, 2 FROM {alike} q JOIN {paid} d ON d.root = q.other
"""


def find(
    cursor: CursorWrapper,
    dialect: Dialect,
    tables: Mapping[str, str],
    places: Mapping[str, int],
    values: Mapping[str, int],
) -> None:
    """Add the pairs of those who are alike to the table of pairs.

    Args:
        cursor: Inside of a transaction.
        dialect: Of its database.
        tables: The names of `doubles`' tables: `own` and `keyed` are filled, `paid` and `person` are filled
            whole here, `pair` is added to.
        places: How sure each kind is.
        values: `measure`, the measure of the list.

    """
    _everybody(cursor, dialect, tables, values)
    for search in _SEARCHES:
        for name, columns in _TABLES.items():
            shape = columns.format(shared=search.column)
            cursor.execute(f"CREATE TEMPORARY TABLE {_T[name]} ({shape})")
        source = search.source.format(letter=search.letter, **tables, **_T)
        words = f"{_WORD.format(shared=search.shared)} {source}"
        told = {**tables, **_T, "words": words, "place": places[search.kind], "longest": _LONGEST}
        cursor.execute(_SPOTS.format(**told))
        dialect.look_at(cursor, [_T["spot"]])
        cursor.execute(_COMMON.format(**told))
        dialect.look_at(cursor, [_T["common"]])
        cursor.execute(_WORDS.format(**told))
        cursor.execute(f"CREATE INDEX {_T['word']}_word ON {_T['word']} (shared, word)")
        dialect.look_at(cursor, [_T["word"]])
        cursor.execute((_ALIKE + (_LONG if search.asks_more else "")).format(**told))
        cursor.execute(_PAIRS.format(**told))
        for table in _T.values():
            cursor.execute(f"DROP TABLE {table}")


def _everybody(
    cursor: CursorWrapper, dialect: Dialect, tables: Mapping[str, str], values: Mapping[str, int]
) -> None:
    """Fill the table of what others paid whole, and one of everybody in the list or in another."""
    cursor.execute(f"DROP INDEX {tables['paid']}_root")
    cursor.execute(_EMPTIED.format(**tables))
    cursor.execute(PAID.format(**tables), values)
    cursor.execute(f"CREATE INDEX {tables['paid']}_root ON {tables['paid']} (root)")
    dialect.look_at(cursor, [tables["paid"]])
    cursor.execute(_PERSON.format(birth=dialect.number_of("p.birth_on"), **tables))
    dialect.look_at(cursor, [tables["person"]])
