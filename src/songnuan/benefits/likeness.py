"""Finds persons whose names differ in one character at most and who share a phone, an account or a birth date.

By a deletion index: of each name the name itself, and the name with each one character left out, each behind
what is shared, are joined where they are equal. Two names found so differ in one character at most when one of
them is whole, or when both lack the character of the same place; all others are left out. A name of one or
two characters that differs from another is only told where the account, or phone and birth, are the same too.
"""

from collections.abc import Mapping

from django.db.backends.utils import CursorWrapper

from songnuan.benefits.double_models import Double
from songnuan.kernel.dialect import Dialect

_LONGEST = 60  # characters of a name
_TABLES: Mapping[str, str] = {
    "common": "word VARCHAR(160) PRIMARY KEY",
    "word": "word VARCHAR(160), spot INTEGER, size INTEGER, root BIGINT, is_own INTEGER",
    "alike": "place INTEGER, root BIGINT, other BIGINT, is_own INTEGER",
}
_T = {name: f"benefits_double_{name}" for name in _TABLES}

# `spot` is the place of the character left out, 0 of a whole name.
_SPOTS = f"WITH RECURSIVE n(spot) AS (SELECT 0 UNION ALL SELECT spot + 1 FROM n WHERE spot < {_LONGEST})"
_WORD = (
    "SELECT {before} || ':' || CASE n.spot WHEN 0 THEN p.name"
    " ELSE SUBSTR(p.name, 1, n.spot - 1) || SUBSTR(p.name, n.spot + 1) END AS word, n.spot AS spot,"
    " LENGTH(p.name) AS size, p.root AS root, p.is_own AS is_own"
)
_OF_KEYED = """
FROM {keyed} k JOIN {person} p ON p.root = k.root JOIN n ON n.spot <= LENGTH(p.name)
WHERE k.kind = '{letter}' AND p.name > ''
"""
_OF_BIRTH = """
FROM {person} p JOIN n ON n.spot <= LENGTH(p.name)
WHERE p.birth IS NOT NULL AND p.name > '' AND (LENGTH(p.name) > 2 OR n.spot = 0)
"""
_SHORT = "AND p.birth IS NOT NULL AND LENGTH(p.name) <= 3"
_BIRTH = "CAST(p.birth AS VARCHAR(12))"
# By the letter in front of their words. Of short names phone and birth are one.
_KINDS: Mapping[str, tuple[str, str, Double]] = {
    "A": ("'A' || k.value", _OF_KEYED, Double.ALIKE_NAME_ACCOUNT),
    "P": ("'P' || k.value", _OF_KEYED, Double.ALIKE_NAME_PHONE),
    "Q": (f"'Q' || k.value || {_BIRTH}", f"{_OF_KEYED} {_SHORT}", Double.ALIKE_NAME_PHONE),
    "B": (f"'B' || {_BIRTH}", _OF_BIRTH, Double.ALIKE_NAME_BIRTH),
}
_COMMON = """
INSERT INTO {common} {spots} SELECT w.word FROM ({words}) w
GROUP BY w.word HAVING COUNT(*) > 1 AND MAX(w.is_own) = 1
"""
_WORDS = """
INSERT INTO {word} {spots} SELECT w.word, w.spot, w.size, w.root, w.is_own
FROM ({words}) w WHERE w.word IN (SELECT word FROM {common})
"""
_ALIKE = """
INSERT INTO {alike} SELECT DISTINCT {place}, a.root, b.root, b.is_own
FROM {word} a JOIN {word} b ON b.word = a.word AND b.root <> a.root
WHERE a.is_own = 1 AND (a.spot = b.spot OR a.spot = 0 OR b.spot = 0)
"""
_LONG = " AND ((a.spot = 0 AND b.spot = 0) OR (a.size > 2 AND b.size > 2))"
_PAIRS = """
INSERT INTO {pair} SELECT q.place, q.root, q.other, NULL, 2 FROM {alike} q
WHERE q.is_own = 1 AND q.root > q.other
UNION SELECT q.place, q.root, q.other, d.reckoning, 2 FROM {alike} q JOIN {paid} d ON d.root = q.other
"""


def find(
    cursor: CursorWrapper, dialect: Dialect, tables: Mapping[str, str], places: Mapping[str, int]
) -> None:
    """Add the pairs of those who are alike to the table of pairs.

    Args:
        cursor: Inside of a transaction.
        dialect: Of its database.
        tables: The names of `doubles`' tables: `person`, `keyed`, `paid` are filled, `pair` is added to.
        places: How sure each kind is.

    """
    for letter, (before, source, kind) in _KINDS.items():
        for name, columns in _TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {_T[name]} ({columns})")
        words = f"{_WORD.format(before=before)} {source.format(letter=letter.replace('Q', 'P'), **tables)}"
        told = {**tables, **_T, "words": words, "spots": _SPOTS, "place": places[kind]}
        cursor.execute(_COMMON.format(**told))
        dialect.look_at(cursor, [_T["common"]])
        cursor.execute(_WORDS.format(**told))
        cursor.execute(f"CREATE INDEX {_T['word']}_word ON {_T['word']} (word)")
        dialect.look_at(cursor, [_T["word"]])
        cursor.execute((_ALIKE + (_LONG if letter in "PB" else "")).format(**told))
        cursor.execute(_PAIRS.format(**told))
        for table in _T.values():
            cursor.execute(f"DROP TABLE {table}")
