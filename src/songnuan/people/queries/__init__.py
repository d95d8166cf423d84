"""Reads for others: rosters and who stands on them, imports and what they would change, persons.

Numbers come masked, and those of minors not at all; `actions.show_person` alone shows them, and records it.
"""

from songnuan.people.queries.duplicates import (
    Compared,
    PairRow,
    Side,
    employees_of,
    merged_into,
    merged_keys,
    open_pairs,
    pair,
    pairs_of,
    told_by,
)
from songnuan.people.queries.imports import (
    double_claims,
    doubles,
    import_of,
    imports_of,
    kept_cells,
    known_columns,
    mends,
    unkept,
    unknown_units,
)
from songnuan.people.queries.persons import PersonView, Standing, find_persons, person
from songnuan.people.queries.previews import Change, Difference, Leaving, differences, leaving
from songnuan.people.queries.problems import (
    ProblemMark,
    ProblemRow,
    problem_codes,
    problem_row,
    problem_rows,
)
from songnuan.people.queries.rosters import RosterRow, Row, roster, roster_page, rosters, search_roster

__all__ = [
    "Change",
    "Compared",
    "Difference",
    "Leaving",
    "PairRow",
    "PersonView",
    "ProblemMark",
    "ProblemRow",
    "RosterRow",
    "Row",
    "Side",
    "Standing",
    "differences",
    "double_claims",
    "doubles",
    "employees_of",
    "find_persons",
    "import_of",
    "imports_of",
    "kept_cells",
    "known_columns",
    "leaving",
    "mends",
    "merged_into",
    "merged_keys",
    "open_pairs",
    "pair",
    "pairs_of",
    "person",
    "problem_codes",
    "problem_row",
    "problem_rows",
    "roster",
    "roster_page",
    "rosters",
    "search_roster",
    "told_by",
    "unkept",
    "unknown_units",
]
