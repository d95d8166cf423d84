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
from songnuan.kernel.dialect import Dialect, dialect_of

_TABLES: Mapping[str, str] = {
    "merged": "id BIGINT PRIMARY KEY, root BIGINT, number VARCHAR(64)",
    "own": "line BIGINT, root BIGINT, served BIGINT, minor BIGINT",
    "paid": "reckoning BIGINT, root BIGINT, served BIGINT, minor BIGINT",
    "near": "root BIGINT",
    "person": "root BIGINT, is_own INTEGER, name VARCHAR(240), birth INTEGER",
    "shared": "kind VARCHAR(1), value VARCHAR(64)",
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
# Of other lists what can be a finding without a look at names; `likeness` reads them whole.
_NEARBY = """
AND (
  EXISTS (SELECT 1 FROM {own} o WHERE o.root = COALESCE(m.root, e.payee_id))
  OR EXISTS (SELECT 1 FROM {own} o WHERE o.served = COALESCE(n.root, e.qualifier_id))
  OR EXISTS (SELECT 1 FROM {near} t WHERE t.root = COALESCE(m.root, e.payee_id)))
"""
# What more than one entry of the register has: an index is read whole, instead of every person by place. Then
# who has it, as long as somebody of the list does. Few have: each is looked up in the list.
_SHARED = """
INSERT INTO {shared} SELECT '{letter}', p.{column} FROM people_person p WHERE p.{column} > ''
GROUP BY p.{column} HAVING COUNT(*) > 1
"""
_KEYED = """
INSERT INTO {keyed} SELECT '{letter}', s.value, p.id,
  CASE WHEN (SELECT o.root FROM {own} o WHERE o.root = p.id LIMIT 1) IS NULL THEN 0 ELSE 1 END,
  p.name, {birth}
FROM {shared} s JOIN people_person p ON p.{column} = s.value AND p.{column} > ''
WHERE s.kind = '{letter}'
"""
_NOBODY_OF_OURS = """
DELETE FROM {keyed} WHERE NOT EXISTS (
  SELECT 1 FROM {keyed} k WHERE k.is_own = 1 AND k.kind = {keyed}.kind AND k.value = {keyed}.value)
"""
_NEAR = """
INSERT INTO {near} SELECT k.root FROM {keyed} k WHERE k.is_own = 0
UNION SELECT s.other FROM ({numbers}) s WHERE s.one IN (SELECT root FROM {own})
"""
_IN_NO_LIST = """
DELETE FROM {keyed} WHERE is_own = 0 AND NOT EXISTS (SELECT 1 FROM {paid} d WHERE d.root = {keyed}.root)
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
        with dialect.with_room(cursor):
            _listed(cursor, dialect, values)
            _pairs(cursor)
            cursor.execute(_QUALIFIER_TWICE.format(**_T))
        likeness.find(cursor, dialect, _T, _PLACE, values)
        cursor.execute(f"CREATE INDEX {_T['pair']}_root ON {_T['pair']} (root, other)")
        dialect.look_at(cursor, [_T["pair"]])
        cursor.execute(_LESSER.format(**_T))
        each = " ".join(f"WHEN {at} THEN '{kind}'" for kind, at in _PLACE.items())
        kind = f"CASE q.place {each} END"
        for statement in (_PAIRS_WITHIN, _PAIRS_ACROSS, _SETTLED, _DEAD):
            cursor.execute(statement.format(kind=kind, **_T), values)
        places = " ".join(f"WHEN '{kind}' THEN {at}" for kind, at in _PLACE.items())
        cursor.execute(_INTO.format(places=places, **_T), values)


def _listed(cursor: CursorWrapper, dialect: Dialect, values: Mapping[str, int]) -> None:
    """Fill the tables of the list's own lines, of who shares something, and of what others paid to those."""
    for statement in (_MERGED, _OWN):
        cursor.execute(statement.format(**_T), values)
    for column in ("root", "served"):
        cursor.execute(f"CREATE INDEX {_T['own']}_{column} ON {_T['own']} ({column})")
    dialect.look_at(cursor, [_T["merged"], _T["own"]])
    birth = dialect.number_of("p.birth_on")
    columns = {"A": "account_index", "P": "phone_index"}
    for letter, column in columns.items():
        cursor.execute(_SHARED.format(letter=letter, column=column, **_T))
    dialect.look_at(cursor, [_T["shared"]])
    for letter, column in columns.items():
        cursor.execute(_KEYED.format(letter=letter, column=column, birth=birth, **_T))
    cursor.execute(f"CREATE INDEX {_T['keyed']}_value ON {_T['keyed']} (kind, value)")
    dialect.look_at(cursor, [_T["keyed"]])
    cursor.execute(_NOBODY_OF_OURS.format(**_T))
    cursor.execute(_NEAR.format(numbers=_NUMBERS.format(**_T), **_T))
    cursor.execute(f"CREATE INDEX {_T['near']}_root ON {_T['near']} (root)")
    dialect.look_at(cursor, [_T["near"]])
    cursor.execute((likeness.PAID + _NEARBY).format(**_T), values)
    cursor.execute(f"CREATE INDEX {_T['paid']}_root ON {_T['paid']} (root)")
    dialect.look_at(cursor, [_T["paid"]])
    cursor.execute(_IN_NO_LIST.format(**_T))


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
