"""Finds what of a list may be a double payment, in set statements on temporary tables.

A line stands for its person: an entry of the register that was merged into another stands for that one, in
the list as in earlier ones. Pairs of persons are found first, within the list and with each other list by
itself; then each line gets what its person was found by. Where many share an account or a phone, each is held
against the first of them, so that nobody has to look at every pair. `likeness` finds names that are alike.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

from songnuan.benefits import likeness
from songnuan.benefits.double_models import Double
from songnuan.benefits.models import Reckoning
from songnuan.kernel.dialect import dialect_of

_TABLES: Mapping[str, str] = {
    "merged": "id BIGINT PRIMARY KEY, root BIGINT, number VARCHAR(64)",
    "own": "line BIGINT, root BIGINT, served BIGINT, minor BIGINT",
    "paid": "reckoning BIGINT, root BIGINT, served BIGINT, minor BIGINT",
    "person": "root BIGINT, is_own INTEGER, name VARCHAR(240), birth INTEGER,"
    " account VARCHAR(64), phone VARCHAR(64)",
    "keyed": "kind VARCHAR(1), value VARCHAR(64), root BIGINT, is_own INTEGER, name VARCHAR(240),"
    " birth INTEGER",
    "pair": "place INTEGER, root BIGINT, other BIGINT, reckoning BIGINT, sharing INTEGER",
    "held": "line BIGINT, minor BIGINT, kind VARCHAR(18), other VARCHAR(64), person BIGINT, reckoning BIGINT,"
    " other_minor BIGINT, day VARCHAR(10), sharing INTEGER",
}
_T = {name: f"benefits_double_{name}" for name in _TABLES}
_PLACE = {kind.value: place for place, kind in enumerate(Double)}

_MERGED = """
INSERT INTO {merged} SELECT p.id, p.merged_into_id, p.id_index FROM people_person p WHERE p.status = 'merged'
"""
_OWN = """
INSERT INTO {own} SELECT e.id, COALESCE(m.root, e.payee_id), COALESCE(n.root, e.qualifier_id),
  e.amount_minor + e.out_minor
FROM benefits_entitlement e LEFT JOIN {merged} m ON m.id = e.payee_id
LEFT JOIN {merged} n ON n.id = e.qualifier_id
WHERE e.reckoning_id = %(reckoning)s AND e.amount_minor + e.out_minor > 0
"""
_PAID = """
INSERT INTO {paid} SELECT e.reckoning_id, COALESCE(m.root, e.payee_id), COALESCE(n.root, e.qualifier_id),
  e.amount_minor
FROM benefits_reckoning r JOIN benefits_entitlement e ON e.reckoning_id = r.id
LEFT JOIN {merged} m ON m.id = e.payee_id LEFT JOIN {merged} n ON n.id = e.qualifier_id
WHERE r.is_listed AND NOT r.is_dropped AND r.measure_id <> %(measure)s AND e.amount_minor > 0
"""
_PERSON = """
INSERT INTO {person} SELECT q.root, q.is_own, p.name, {birth}, p.account_index, p.phone_index
FROM (
  SELECT o.root, 1 AS is_own FROM {own} o GROUP BY o.root
  UNION ALL
  SELECT d.root, 0 FROM {paid} d WHERE NOT EXISTS (SELECT 1 FROM {own} o WHERE o.root = d.root)
  GROUP BY d.root
) q JOIN people_person p ON p.id = q.root
"""
# Those who share an account, or a phone, with somebody of whom one is in the list: the others first.
_KEY_INDEX = "CREATE INDEX {person}_{column} ON {person} ({column}) WHERE is_own = 1 AND {column} > ''"
_KEYED_OTHERS = """
INSERT INTO {keyed} SELECT '{letter}', p.{column}, p.root, 0, p.name, p.birth FROM {person} p
WHERE p.is_own = 0 AND p.{column} > '' AND EXISTS (
  SELECT 1 FROM {person} o WHERE o.is_own = 1 AND o.{column} > '' AND o.{column} = p.{column})
"""
_KEYED_OWN = """
INSERT INTO {keyed} SELECT '{letter}', p.{column}, p.root, 1, p.name, p.birth FROM (
  SELECT {column} AS value FROM {person} WHERE is_own = 1 AND {column} > ''
  GROUP BY {column} HAVING COUNT(*) > 1
  UNION SELECT value FROM {keyed} WHERE kind = '{letter}'
) s JOIN {person} p ON p.{column} = s.value AND p.is_own = 1 AND p.{column} > ''
"""
_PAID_ELSEWHERE = """
INSERT INTO {pair} SELECT {place}, d.root, d.root, d.reckoning, 2
FROM {paid} d WHERE d.root IN (SELECT root FROM {own}) GROUP BY d.root, d.reckoning
"""
# Of the active one person bears a number; another has it only from an entry that was merged.
_NUMBERS = """
SELECT m.root AS one, p.id AS other FROM {merged} m
JOIN people_person p ON p.id_index = m.number AND p.id_index > '' AND p.status = 'active' AND p.id <> m.root
UNION SELECT p.id, m.root FROM {merged} m
JOIN people_person p ON p.id_index = m.number AND p.id_index > '' AND p.status = 'active' AND p.id <> m.root
UNION SELECT m.root, n.root FROM {merged} m
JOIN {merged} n ON n.number = m.number AND n.number > '' AND n.root <> m.root
"""
_SAME_NUMBER = """
INSERT INTO {pair} SELECT DISTINCT {place}, s.one, s.other, CAST(NULL AS BIGINT), 2 FROM ({numbers}) s
WHERE s.one > s.other AND s.one IN (SELECT root FROM {own}) AND s.other IN (SELECT root FROM {own})
UNION ALL SELECT DISTINCT {place}, s.one, s.other, d.reckoning, 2 FROM ({numbers}) s
JOIN {paid} d ON d.root = s.other WHERE s.one IN (SELECT root FROM {own})
"""
_SHARED_WITHIN = """
INSERT INTO {pair} SELECT {place}, k.root, g.first, CAST(NULL AS BIGINT), g.number FROM (
  SELECT value, MIN(root) AS first, COUNT(*) AS number FROM {keyed}
  WHERE kind = '{letter}' AND is_own = 1 GROUP BY value HAVING COUNT(*) > 1
) g JOIN {keyed} k ON k.kind = '{letter}' AND k.value = g.value AND k.is_own = 1 AND k.root > g.first
"""
_SHARED_ACROSS = """
INSERT INTO {pair} SELECT {place}, k.root, CASE WHEN g.first = k.root THEN g.last ELSE g.first END,
  g.reckoning, g.number + CASE WHEN EXISTS (
    SELECT 1 FROM {paid} d WHERE d.root = k.root AND d.reckoning = g.reckoning) THEN 0 ELSE 1 END
FROM (
  SELECT d.reckoning, k.value, MIN(k.root) AS first, MAX(k.root) AS last, COUNT(DISTINCT k.root) AS number
  FROM {keyed} k JOIN {paid} d ON d.root = k.root WHERE k.kind = '{letter}' GROUP BY d.reckoning, k.value
) g JOIN {keyed} k ON k.kind = '{letter}' AND k.value = g.value AND k.is_own = 1
WHERE g.first <> k.root OR g.last <> k.root
"""
# Two for whom there is a surer reason are not held against each other for a lesser one.
_LESSER = """
DELETE FROM {pair} WHERE sharing <= 2 AND EXISTS (
  SELECT 1 FROM {pair} s WHERE s.root = {pair}.root AND s.other = {pair}.other AND s.place < {pair}.place
  AND COALESCE(s.reckoning, 0) = COALESCE({pair}.reckoning, 0))
"""
_PAIRS_WITHIN = """
INSERT INTO {held} SELECT o.line, o.minor, {kind}, 'person:' || p.key, p.id, NULL,
  (SELECT SUM(w.minor) FROM {own} w WHERE w.root = q.other), NULL, q.sharing
FROM {pair} q JOIN {own} o ON o.root = q.root JOIN people_person p ON p.id = q.other WHERE q.reckoning IS NULL
"""
_PAIRS_ACROSS = """
INSERT INTO {held} SELECT o.line, o.minor, {kind},
  'list:' || CAST(q.reckoning AS VARCHAR(20)) || ':' || p.key, p.id, q.reckoning,
  (SELECT SUM(d.minor) FROM {paid} d WHERE d.root = q.other AND d.reckoning = q.reckoning), NULL, q.sharing
FROM {pair} q JOIN {own} o ON o.root = q.root JOIN people_person p ON p.id = q.other
WHERE q.reckoning IS NOT NULL
"""
_QUALIFIER_TWICE = """
INSERT INTO {held} SELECT g.line, g.own_minor, 'qualifier_twice',
  'list:' || CAST(g.reckoning AS VARCHAR(20)) || ':' || p.key, p.id, g.reckoning, g.minor, NULL, g.number + 1
FROM (
  SELECT o.line, MAX(o.minor) AS own_minor, d.reckoning, MIN(d.root) AS first, SUM(d.minor) AS minor,
    COUNT(DISTINCT d.root) AS number
  FROM {paid} d JOIN {own} o ON o.served = d.served AND o.root <> d.root GROUP BY o.line, d.reckoning
) g JOIN people_person p ON p.id = g.first
"""
_SETTLED = """
INSERT INTO {held} SELECT o.line, o.minor, 'settled_elsewhere', 'settled:' || CAST(s.id AS VARCHAR(20)), NULL,
  NULL, s.amount_minor, CAST(s.paid_on AS VARCHAR(10)), 2
FROM benefits_settlement s LEFT JOIN {merged} m ON m.id = s.payee_id
JOIN {own} o ON o.root = COALESCE(m.root, s.payee_id)
WHERE s.withdrawn_at IS NULL AND s.amount_minor > 0 AND s.standard_id <> %(standard)s
"""
# Of several sources the first that told of it.
_DEAD = """
INSERT INTO {held} SELECT o.line, o.minor, 'dead', 'dead:' || CAST(d.id AS VARCHAR(20)), NULL, NULL, NULL,
  CAST(d.died_on AS VARCHAR(10)), 2
FROM (
  SELECT q.root, MIN(q.dead) AS dead FROM (
    SELECT p.id AS root, d.id AS dead FROM benefits_knowndead d CROSS JOIN people_person p
    WHERE p.id_index = d.id_index AND p.id_index > '' AND p.status = 'active'
    UNION ALL
    SELECT m.root, d.id FROM benefits_knowndead d JOIN {merged} m ON m.number = d.id_index
  ) q WHERE q.root IN (SELECT root FROM {own}) GROUP BY q.root
) f JOIN benefits_knowndead d ON d.id = f.dead JOIN {own} o ON o.root = f.root
"""
_INTO = """
INSERT INTO benefits_finding (
  reckoning_id, line_id, kind, other, other_person_id, other_reckoning_id, facts, sharing)
SELECT %(reckoning)s, h.line, h.kind, h.other, h.person, h.reckoning,
  '{{"minor":' || CAST(h.minor AS VARCHAR(20)) || ',"other_minor":'
  || COALESCE(CAST(h.other_minor AS VARCHAR(20)), 'null') || ',"on":'
  || COALESCE('"' || h.day || '"', 'null') || ',"sharing":' || CAST(h.sharing AS VARCHAR(20)) || '}}',
  h.sharing
FROM {held} h ORDER BY CASE h.kind {places} END, h.line, h.other
"""


@contextmanager
def _tables() -> Iterator[CursorWrapper]:
    """Have the tables stand inside, empty; inside of a transaction only."""
    with connection.cursor() as cursor:
        for name, columns in _TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {_T[name]} ({columns})")
        yield cursor
        for table in _T.values():
            cursor.execute(f"DROP TABLE {table}")


def find(reckoning: Reckoning) -> None:
    """Write what is found of a reckoning that has no findings; inside of a transaction."""
    dialect = dialect_of(connection)
    values = {
        "reckoning": reckoning.pk,
        "measure": reckoning.measure_id,
        "standard": reckoning.version.standard_id,
    }
    with _tables() as cursor:
        for statement in (_MERGED, _OWN, _PAID):
            cursor.execute(statement.format(**_T), values)
        for table, column in (("own", "root"), ("own", "served"), ("paid", "root")):
            cursor.execute(f"CREATE INDEX {_T[table]}_{column} ON {_T[table]} ({column})")
        dialect.look_at(cursor, [_T["merged"], _T["own"], _T["paid"]])
        cursor.execute(_PERSON.format(birth=dialect.number_of("p.birth_on"), **_T))
        dialect.look_at(cursor, [_T["person"]])
        for letter, column in (("A", "account"), ("P", "phone")):
            for statement in (_KEY_INDEX, _KEYED_OTHERS, _KEYED_OWN):
                cursor.execute(statement.format(letter=letter, column=column, **_T))
        dialect.look_at(cursor, [_T["keyed"]])
        _pairs(cursor)
        likeness.find(cursor, dialect, _T, _PLACE)
        cursor.execute(f"CREATE INDEX {_T['pair']}_root ON {_T['pair']} (root, other)")
        dialect.look_at(cursor, [_T["pair"]])
        cursor.execute(_LESSER.format(**_T))
        each = " ".join(f"WHEN {at} THEN '{kind}'" for kind, at in _PLACE.items())
        kind = f"CASE q.place {each} END"
        for statement in (_PAIRS_WITHIN, _PAIRS_ACROSS, _QUALIFIER_TWICE, _SETTLED, _DEAD):
            cursor.execute(statement.format(kind=kind, **_T), values)
        places = " ".join(f"WHEN '{kind}' THEN {at}" for kind, at in _PLACE.items())
        cursor.execute(_INTO.format(places=places, **_T), values)


def _pairs(cursor: CursorWrapper) -> None:
    """Find the pairs of persons who share something as it is."""
    cursor.execute(_PAID_ELSEWHERE.format(place=_PLACE[Double.PAID_ELSEWHERE], **_T))
    numbers = _NUMBERS.format(**_T)
    cursor.execute(_SAME_NUMBER.format(place=_PLACE[Double.SAME_NUMBER], numbers=numbers, **_T))
    for statement, kind, letter in (
        (_SHARED_WITHIN, Double.SAME_ACCOUNT, "A"),
        (_SHARED_ACROSS, Double.SAME_ACCOUNT, "A"),
        (_SHARED_WITHIN, Double.SAME_PHONE, "P"),
    ):
        cursor.execute(statement.format(place=_PLACE[kind], letter=letter, **_T))
