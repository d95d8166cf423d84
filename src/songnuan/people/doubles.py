"""Finds the rows of one file that tell of the same person, relative or service. It only reads.

`in_file` compares the rows with each other before anybody is matched, `claims` those that were found to
mean one person. What they find may be many rows: it is returned, and written in chunks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from songnuan.people.models import RosterKind, State
from songnuan.people.rules import Claim, Double, FoundBy, settle
from songnuan.people.staging import TAKEN, Span
from songnuan.people.statements import ask

REPEATED: Final = "duplicate_in_file"
OTHER_NAME: Final = "conflict_existing"
RELEASED: Final = ""


def in_file(span: Span) -> list[Double]:
    """Return the rows of unmatched rows that another row of the file makes superfluous.

    Of rows with one identity number the first stands; with another name beside it, the later ones
    contradict it. In a roster of people a row without a number is superfluous beside any row of the same
    name and phone, and one without a phone too beside any of the same name and unit; and rows that stay out
    for another reason are among them, so that all that is wrong in them is said at once.
    """
    values = span.values()
    asked = [
        (code, statement)
        for code, statement, some in _IN_FILE[span.source.kind]
        if span.rows().filter(state__in=TAKEN, **some).exists()
    ]
    wrong = span.rows().filter(state__in=[State.REJECTED, State.ASIDE], id_index__gt="")
    if span.source.kind == RosterKind.PEOPLE and wrong.exists():
        asked.append((REPEATED, _WRONG_AND_TWICE))
    return [
        Double(staged_id, first_id, code)
        for code, statement in asked
        for staged_id, first_id in ask(statement, values)
    ]


def claims(span: Span) -> list[Double]:
    """Return the matched rows that mean what another row of the file means too."""
    return list(_CLAIMS[span.source.kind](span))


_NUMBER_TWICE = """
SELECT id, first_id FROM (
  SELECT id, MIN(id) OVER (PARTITION BY id_index) AS first_id
  FROM people_stagedperson AS s WHERE [span] AND state = 'new' AND id_index > ''
) AS w WHERE id <> first_id
"""

# A row that is wrong otherwise: whoever mends it sees at once that its number is told already.
_WRONG_AND_TWICE = """
SELECT s.id, w.first_id FROM people_stagedperson AS s
JOIN (
  SELECT s.id_index, MIN(s.id) AS first_id FROM people_stagedperson AS s
  WHERE [span] AND s.id_index > '' AND s.id_index IN (
    SELECT s.id_index FROM people_stagedperson AS s
    WHERE [span] AND s.id_index > '' AND s.state IN ('rejected', 'aside')
  ) GROUP BY s.id_index
) AS w ON w.id_index = s.id_index
WHERE [span] AND s.state IN ('rejected', 'aside') AND NOT s.id_zeros AND s.id <> w.first_id
"""

# Rows that tell more stand before those that tell less.
_PHONE_TWICE = """
SELECT id, first_id FROM (
  SELECT id, id_index, FIRST_VALUE(id) OVER (
    PARTITION BY name, phone_index ORDER BY CASE WHEN id_index = '' THEN 1 ELSE 0 END, id
  ) AS first_id
  FROM people_stagedperson AS s WHERE [span] AND state = 'new' AND phone_index > ''
) AS w WHERE id <> first_id AND id_index = ''
"""

_NAME_TWICE = """
SELECT id, first_id FROM (
  SELECT s.id, s.id_index, s.phone_index, FIRST_VALUE(s.id) OVER (
    PARTITION BY s.name,
      CASE WHEN s.unit_name = '' THEN CAST(%(unit)s AS BIGINT) ELSE u.unit_id END,
      CASE WHEN u.unit_id IS NULL THEN s.unit_name ELSE '' END
    ORDER BY CASE WHEN s.id_index = '' AND s.phone_index = '' THEN 1 ELSE 0 END, s.id
  ) AS first_id
  FROM people_stagedperson AS s
  LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
  WHERE [span] AND s.state = 'new'
) AS w WHERE id <> first_id AND id_index = '' AND phone_index = ''
"""

_RELATIVE_OTHERWISE_NAMED = """
SELECT id, first_id FROM (
  SELECT id, relative_name,
    FIRST_VALUE(id) OVER (PARTITION BY relative_id_index ORDER BY id) AS first_id,
    FIRST_VALUE(relative_name) OVER (PARTITION BY relative_id_index ORDER BY id) AS first_name
  FROM people_stagedfamily AS s WHERE [span] AND state = 'new' AND relative_id_index > ''
) AS w WHERE relative_name <> first_name
"""

_SERVICE_OTHERWISE_NAMED = """
SELECT id, first_id FROM (
  SELECT id, name,
    FIRST_VALUE(id) OVER (PARTITION BY id_index ORDER BY id) AS first_id,
    FIRST_VALUE(name) OVER (PARTITION BY id_index ORDER BY id) AS first_name
  FROM people_stagedservice AS s WHERE [span] AND state = 'new' AND id_index > ''
) AS w WHERE name <> first_name
"""

_SERVICE_TWICE = """
SELECT id, first_id FROM (
  SELECT id, name, MIN(id) OVER (PARTITION BY id_index, name, place, post, starts_on) AS first_id
  FROM people_stagedservice AS s WHERE [span] AND state = 'new' AND id_index > ''
) AS w WHERE id <> first_id
"""

# What is asked only when there is a row of such kind.
_IN_FILE: Final[Mapping[str, tuple[tuple[str, str, Mapping[str, str]], ...]]] = {
    RosterKind.PEOPLE: (
        (REPEATED, _NUMBER_TWICE, {"id_index__gt": ""}),
        (REPEATED, _PHONE_TWICE, {"id_index": "", "phone_index__gt": ""}),
        (REPEATED, _NAME_TWICE, {"id_index": "", "phone_index": ""}),
    ),
    RosterKind.FAMILIES: ((OTHER_NAME, _RELATIVE_OTHERWISE_NAMED, {"relative_id_index__gt": ""}),),
    RosterKind.SERVICE: (
        (OTHER_NAME, _SERVICE_OTHERWISE_NAMED, {"id_index__gt": ""}),
        (REPEATED, _SERVICE_TWICE, {"id_index__gt": ""}),
    ),
}

_SAME_PERSON = """
SELECT w.person_id, w.id,
  CASE WHEN w.id_index = '' THEN 'less' WHEN w.id_index = p.id_index THEN 'number'
       WHEN p.id_index = '' THEN 'phone_with_number' ELSE 'former_number' END
FROM (
  SELECT id, person_id, id_index, COUNT(*) OVER (PARTITION BY person_id) AS number
  FROM people_stagedperson AS s
  WHERE [span] AND state IN ('joined', 'changed', 'unchanged')
) AS w JOIN people_person AS p ON p.id = w.person_id
WHERE w.number > 1 ORDER BY w.person_id, w.id
"""


def _people(span: Span) -> Iterator[Double]:
    rows = ask(_SAME_PERSON, span.values())
    for _person, group in groupby(rows, key=lambda row: row[0]):
        yield from _settled(Claim(staged_id, FoundBy(found_by)) for _person_id, staged_id, found_by in group)


def _settled(some: Iterable[Claim]) -> Iterator[Double]:
    settled = settle(some)
    for staged_id in settled.aside:
        yield Double(staged_id, settled.first or 0, REPEATED)
    for staged_id in settled.released:
        yield Double(staged_id, 0, RELEASED)


_SAME_RELATIVE = """
SELECT person_id, relative_name, id, relative_id, relative_id_index
FROM (
  SELECT id, person_id, relative_name, relative_id, relative_id_index,
    COUNT(*) OVER (PARTITION BY person_id, relative_name) AS number
  FROM people_stagedfamily AS s
  WHERE [span] AND person_id IS NOT NULL AND state IN ('new', 'joined', 'changed', 'unchanged')
) AS w
WHERE number > 1
ORDER BY person_id, relative_name, CASE WHEN relative_id_index = '' THEN 1 ELSE 0 END, id
"""


def _families(span: Span) -> Iterator[Double]:
    """Yield the rows that name a relative of one employee again; one without a number beside any other."""
    for _who, group in groupby(ask(_SAME_RELATIVE, span.values()), key=lambda row: row[:2]):
        first: int | None = None
        numbers: dict[str, int] = {}
        relatives: dict[int | None, int] = {None: 0}
        for _person, _name, staged_id, relative_id, number in group:
            same = (numbers.get(number) if number else first) or relatives.get(relative_id)
            if same:
                yield Double(staged_id, same, REPEATED)
                continue
            first = first or staged_id
            numbers[number] = staged_id
            relatives.setdefault(relative_id, staged_id)


_SAME_SERVICE = """
SELECT id, first_id FROM (
  SELECT id, MIN(id) OVER (PARTITION BY person_id, place, post, starts_on) AS first_id
  FROM people_stagedservice AS s
  WHERE [span] AND state IN ('joined', 'changed', 'unchanged')
) AS w WHERE id <> first_id
"""

_SEVERAL_NUMBERS = """
SELECT w.id FROM (
  SELECT id, person_id, MIN(id_index) OVER (PARTITION BY person_id) AS lowest,
    MAX(id_index) OVER (PARTITION BY person_id) AS highest
  FROM people_stagedservice AS s
  WHERE [span] AND state IN ('joined', 'changed', 'unchanged') AND id_index > ''
) AS w JOIN people_person AS p ON p.id = w.person_id
WHERE w.lowest <> w.highest AND p.id_index = ''
"""


def _service(span: Span) -> Iterator[Double]:
    released = {staged_id for (staged_id,) in ask(_SEVERAL_NUMBERS, span.values())}
    for staged_id in sorted(released):
        yield Double(staged_id, 0, RELEASED)
    for staged_id, first_id in ask(_SAME_SERVICE, span.values()):
        if staged_id not in released:
            yield Double(staged_id, first_id, REPEATED)


_CLAIMS: Mapping[str, Callable[[Span], Iterator[Double]]] = {
    RosterKind.PEOPLE: _people,
    RosterKind.FAMILIES: _families,
    RosterKind.SERVICE: _service,
}
