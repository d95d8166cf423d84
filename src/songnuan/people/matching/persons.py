"""Matches rows of a roster of people with persons, and with what stands of them in the roster."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from songnuan.people.asides import Aside, note, set_aside
from songnuan.people.models import Person, PersonStatus, State
from songnuan.people.rules import Candidate, Several, choose
from songnuan.people.staging import Span
from songnuan.people.statements import ask, run, run_each

# One statement for nearly every row: who bears the number, and what the roster knows of them.
_BY_NUMBER: Final = """
UPDATE people_stagedperson SET person_id = f.person_id, target_id = f.target_id, state = f.state
FROM (
  SELECT s.id AS staged_id, p.id AS person_id, e.id AS target_id,
    CASE WHEN p.name <> s.name THEN 'aside'
         WHEN e.id IS NULL THEN 'joined'
         WHEN e.told_digest = s.told_digest AND (s.unit_name = '' OR e.unit_id = u.unit_id) THEN 'unchanged'
         ELSE 'changed' END AS state
  FROM people_stagedperson AS s
  JOIN people_person AS p ON p.id_index = s.id_index AND p.id_index > '' AND p.status = 'active'
  LEFT JOIN people_enrolment AS e ON e.roster_id = %(roster)s AND e.person_id = p.id AND e.ends_on IS NULL
  LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
  WHERE [span] AND s.state = 'new' AND s.id_index > ''
) AS f
WHERE people_stagedperson.id = f.staged_id
"""

# A row that is wrong otherwise and contradicts the register too.
_WRONG_AND_OTHERWISE_NAMED: Final = """
SELECT s.id FROM people_stagedperson AS s
JOIN people_person AS p ON p.id_index = s.id_index AND p.id_index > '' AND p.status = 'active'
WHERE [span] AND s.state IN ('rejected', 'aside') AND s.id_index > '' AND NOT s.id_zeros
  AND s.name > '' AND p.name <> s.name
"""

# The others ask who may be meant; `same` says that all stands as told, `named` that the names agree.
_CANDIDATES: Final = """
SELECT s.id, s.told_digest, p.id, e.id, e.told_digest,
  CASE WHEN e.told_digest = s.told_digest AND (s.unit_name = '' OR e.unit_id = u.unit_id)
    THEN 1 ELSE 0 END AS same,
  [named] AS named
FROM people_stagedperson AS s
JOIN people_person AS p ON [person] AND p.status = 'active'
LEFT JOIN people_enrolment AS e ON e.roster_id = %(roster)s AND e.person_id = p.id AND e.ends_on IS NULL
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state = 'new' AND [rows]
ORDER BY s.id, p.id
"""


def _candidates(person: str, rows: str, named: str = "1") -> str:
    return _CANDIDATES.replace("[person]", person).replace("[rows]", rows).replace("[named]", named)


# A number that a merged person had leads to whom that person was merged into.
_BY_FORMER_NUMBER: Final = _candidates(
    "p.id IN (SELECT merged_into_id FROM people_person WHERE id_index = s.id_index AND status = 'merged')",
    "s.id_index > ''",
    """CASE WHEN p.name = s.name OR EXISTS (
      SELECT 1 FROM people_person AS m
      WHERE m.id_index = s.id_index AND m.status = 'merged' AND m.merged_into_id = p.id AND m.name = s.name
    ) THEN 1 ELSE 0 END""",
)
_PHONE: Final = "p.phone_index = s.phone_index AND p.phone_index > '' AND p.name = s.name"
_WITHOUT_NUMBER: Final = _candidates(
    f"{_PHONE} AND p.id_index = ''", "s.id_index > '' AND s.phone_index > '' AND s.apart IS NULL"
)
_BY_PHONE: Final = _candidates(_PHONE, "s.id_index = '' AND s.phone_index > ''")
_BY_UNIT: Final = _candidates(
    "p.name = s.name",
    """s.id_index = '' AND s.phone_index = ''
    AND e.unit_id = CASE WHEN s.unit_name = '' THEN %(unit)s ELSE u.unit_id END""",
)

# Asked first: most files tell a number in every row, and each of the statements goes through all rows.
_ANYBODY_WITHOUT_NUMBER: Final = """
SELECT 1 FROM people_person WHERE phone_index > '' AND id_index = '' LIMIT 1
"""
_ANY_ROW_WITHOUT_NUMBER: Final = """
SELECT 1 FROM people_stagedperson AS s WHERE [span] AND s.state = 'new' AND s.id_index = '' LIMIT 1
"""

_NOTE: Final = "UPDATE people_stagedperson SET person_id = %s, target_id = %s, state = %s WHERE id = %s"


def note_conflicts(span: Span) -> None:
    """Say of rows that stay out for another reason that their number is known under another name."""
    found = ask(_WRONG_AND_OTHERWISE_NAMED, span.values())
    note(span.source, {pk: Aside.because("conflict_existing", "id_number") for (pk,) in found})


def match(span: Span) -> None:
    """Match the rows of a span that are as they were read.

    A person is found by number; without one by name and phone; without either by name and unit in this
    roster. A row that tells a number finds by name and phone only who has none.
    """
    values = span.values()
    if run(_BY_NUMBER, values):
        contradict = span.rows().filter(state=State.ASIDE, person_id__isnull=False)
        _say(span, contradict.values_list("pk", flat=True), "conflict_existing", "id_number")
    if Person.objects.filter(status=PersonStatus.MERGED, id_index__gt="").exists():
        _note(span, _BY_FORMER_NUMBER)
    if ask(_ANYBODY_WITHOUT_NUMBER, {}):
        _note(span, _WITHOUT_NUMBER, must=False)
    if ask(_ANY_ROW_WITHOUT_NUMBER, values):
        _note(span, _BY_PHONE)
        _note(span, _BY_UNIT)


def _note(span: Span, statement: str, *, must: bool = True) -> None:
    """Note whom rows mean, by the candidates of a statement.

    A row that may mean several is set aside; unless it `must` mean one of them: then it stays new.
    """
    notes, several, otherwise = [], [], []
    for staged_id, rows in groupby(ask(statement, span.values()), key=itemgetter(0)):
        named = {row[2]: row for row in rows if row[6]}
        try:
            one = choose([_candidate(row) for row in named.values()], next(iter(named.values()), ("", ""))[1])
        except Several:
            several.append(staged_id)
            continue
        if one is None:
            otherwise.append(staged_id)
        else:
            notes.append((one.person_id, one.target_id, _state(named[one.person_id]), staged_id))
    run_each(_NOTE, notes)
    _say(span, otherwise, "conflict_existing", "id_number")
    if must:
        _say(span, several, "person_ambiguous", "name")


def _candidate(row: Sequence[Any]) -> Candidate:
    return Candidate(person_id=row[2], target_id=row[3], told_digest=row[4] or "")


def _state(row: Sequence[Any]) -> str:
    if row[3] is None:
        return State.JOINED.value
    return State.UNCHANGED.value if row[5] else State.CHANGED.value


def _say(span: Span, staged_ids: Iterable[int], code: str, field: str) -> None:
    """Set rows aside for one reason."""
    set_aside(span.source, dict.fromkeys(staged_ids, Aside.because(code, field)))
