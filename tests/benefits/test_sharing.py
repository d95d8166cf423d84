"""What a family gets where several of it could have a sum, held against the plain reckoning."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from benefits import oracle
from benefits.union import TODAY
from songnuan.benefits import claiming
from songnuan.benefits.reckoning import list_statement_of, number_of
from songnuan.benefits.sharing import Answers
from songnuan.benefits.standards import By, Part, Payee, Row, Standard
from songnuan.kernel.dialect import dialect_of

pytestmark = pytest.mark.django_db(transaction=True)
WORTH = {"none": 0, "little": 100_01, "much": 250_00, "same": 250_00, "least": 1}
STANDARD = Standard(
    (
        Part(
            By.ONCE,
            (
                *(Row(name, name, minor, categories=(name,)) for name, minor in WORTH.items() if minor),
                Row("open", "open", None, categories=("open",)),
            ),
        ),
    ),
    TODAY,
    payee=Payee.RELATIVE,
)
STAFF = {"p1": "9", "p2": "10", "p3": "100", "p4": "100", "p5": ""}
MARRIED = {("p1", "p2"), ("p2", "p1"), ("p3", "m1"), ("p4", "p5")}
NUMBERS = {name: at for at, name in enumerate((*STAFF, "m1", "m2"), start=1)}
pairs = st.tuples(st.sampled_from(list(STAFF)), st.sampled_from(list(NUMBERS))).filter(
    lambda pair: pair[0] != pair[1]
)
Told = tuple[tuple[str, str], str, int, tuple[int, int, int]]
"""Who for whom, what it is worth, what was paid in the year; what a list paid, cut off, left to others."""
# Nothing is cut off where nothing is paid.
listed = st.sampled_from(
    [
        *[(0, 0, 0)] * 3,
        *((1, 0, 0), (125_00, 0, 0), (250_00, 0, 0)),
        *((100_00, 150_00, 0), (60_00, 1, 60_00), (50_00, 0, 75_00)),
    ]
)
lines: st.SearchStrategy[Told] = st.tuples(
    pairs, st.sampled_from([*WORTH, "open"]), st.sampled_from([0, 0, 50_00, 400_00]), listed
)
answers = st.builds(
    Answers, st.sampled_from(["", "each", "one"]), st.sampled_from(["", "each", "one", "split"])
)
caps = st.sampled_from([None, None, 300_00, 120_00])
caps_of_a_time = st.sampled_from([None, None, 1, 80_00, 125_00, 200_00])


def found(
    told: Sequence[Told], asked: Answers, cap_year: int | None, cap_time: int | None
) -> list[tuple[int, int, str]]:
    """Return what the statement makes of lines: after the family's share, the amount, and why it waits."""
    standard = Standard(
        STANDARD.parts,
        STANDARD.starts_on,
        cap_time_minor=cap_time,
        cap_year_minor=cap_year,
        payee=Payee.RELATIVE,
    )
    return [(row[9], row[10], row[12]) for row in stated(told, asked, standard)]


def stated(told: Sequence[Told], asked: Answers, standard: Standard) -> list[tuple[Any, ...]]:
    """Return the rows that the statement makes of lines, in their order."""
    most = most_cut(told)
    with claiming.tables() as cursor:
        for at, ((payee, qualifier), kind, year, (listed, cut, left)) in enumerate(told):
            head: list[int | str] = [
                at,
                NUMBERS[payee],
                NUMBERS[qualifier],
                relation(payee, qualifier),
                STAFF[payee],
                year,
            ]
            is_lacking = not listed and most[qualifier] > 0
            of_all = most[qualifier] if is_lacking else cut
            settled = [listed + cut, listed, cut, of_all, int(is_lacking), left]
            cursor.execute(
                f"INSERT INTO {claiming.CLAIMS} (claim, payee, qualifier, unit, relation, staff, year_minor,"  # noqa: S608 - a name of ours
                " settled_minor, listed_minor, cut_minor, family_cut_minor, lacks_cut, shared_minor)"
                " VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [*head, *settled],
            )
            cursor.execute(
                f"INSERT INTO {claiming.SERVICES} VALUES (%s, %s, %s, '', '', %s, NULL, NULL)",  # noqa: S608
                [at, number_of(TODAY), number_of(TODAY), kind],
            )
        has_families = claiming.mark_families(cursor)
        text, values = list_statement_of(
            standard, claiming.SOURCES, TODAY, dialect_of(connection), asked if has_families else None
        )
        cursor.execute(text, dict(values))
        rows = {(row[0], row[1]): row for row in cursor.fetchall()}
    return [rows[NUMBERS[payee], NUMBERS[qualifier]] for (payee, qualifier), *_rest in told]


def most_cut(told: Sequence[Told]) -> dict[str, int]:
    """Return the most that the list cut off a line for each qualifier."""
    most = {qualifier: 0 for (_payee, qualifier), *_rest in told}
    for (_payee, qualifier), _kind, _year, (_listed, cut, _left) in told:
        most[qualifier] = max(most[qualifier], cut)
    return most


def relation(payee: str, qualifier: str) -> str:
    return "spouse" if (payee, qualifier) in MARRIED else "parent"


@example(
    told=[((payee, "m2"), "little", 0, (0, 0, 0)) for payee in ("p1", "p2")],
    asked=Answers("", "split"),
    cap_year=None,
    cap_time=80_01,
)
@given(
    told=st.lists(lines, min_size=1, max_size=8, unique_by=lambda line: line[0]),
    asked=answers,
    cap_year=caps,
    cap_time=caps_of_a_time,
)
def test_it_is_what_the_plain_reckoning_says(
    told: list[Told], asked: Answers, cap_year: int | None, cap_time: int | None
) -> None:
    year = {payee: year for (payee, _qualifier), _kind, year, _listed in told}
    told = [(pair, kind, year[pair[0]], listed) for pair, kind, _year, listed in told]
    most = most_cut(told)
    plain = oracle.share(
        [
            oracle.Line(
                payee,
                qualifier,
                WORTH.get(kind, 0),
                STAFF[payee],
                relation(payee, qualifier),
                is_open=kind == "open",
                year=spent,
                listed=paid,
                cut=cut,
                lacks=not paid and most[qualifier] > 0,
                shared=left,
            )
            for (payee, qualifier), kind, spent, (paid, cut, left) in told
        ],
        {"couple": asked.couple, "two_children": asked.two_children},
        cap_year,
        cap_time,
    )
    assert found(told, asked, cap_year, cap_time) == [(one.minor, one.amount, one.waits) for one in plain]


worths = st.integers(0, 400_00)
NOTHING = (0, 0, 0)


@given(
    told=st.lists(st.tuples(pairs, worths, worths), min_size=1, max_size=6, unique_by=lambda line: line[0]),
    asked=st.builds(Answers, st.sampled_from(["each", "one"]), st.sampled_from(["each", "one", "split"])),
    cap_time=st.integers(1, 300_00),
)
def test_nothing_new_pays_nothing_and_what_is_new_at_most_the_cap(
    told: list[tuple[tuple[str, str], int, int]], asked: Answers, cap_time: int
) -> None:
    """A list after a list: first with the same worths, then with more of them."""
    pairs_ = [pair for pair, _first, _more in told]
    first = reckoned(asked, cap_time, [(pair, worth, NOTHING) for pair, worth, _more in told])
    paid = [(amount, cut, in_time - amount) if amount else NOTHING for amount, in_time, cut in first]
    again = reckoned(asked, cap_time, [(pair, told[at][1], paid[at]) for at, pair in enumerate(pairs_)])
    assert [amount for amount, _in_time, _cut in again] == [0] * len(told)
    more = reckoned(
        asked, cap_time, [(pair, told[at][1] + told[at][2], paid[at]) for at, pair in enumerate(pairs_)]
    )
    for rows in (first, more):
        for qualifier in {qualifier for _payee, qualifier in pairs_}:
            theirs = [row[0] for (_payee, one), row in zip(pairs_, rows, strict=True) if one == qualifier]
            odd = len(theirs) - 1  # who is first has the fen that do not come out even, list by list
            assert (max if asked.two_children == "each" else sum)(theirs) <= cap_time + odd


def reckoned(
    asked: Answers, cap_time: int, told: Sequence[tuple[tuple[str, str], int, tuple[int, int, int]]]
) -> list[tuple[int, int, int]]:
    """Return of each line of any worth what is paid, what the cap leaves, and what it cuts off."""
    rows = tuple(Row(f"r{at}", "x", worth, categories=(f"k{at}",)) for at, (_p, worth, _l) in enumerate(told))
    rows = tuple(row for row in rows if row.amount_minor) or (Row("none", "x", 1, categories=("none",)),)
    standard = Standard((Part(By.ONCE, rows),), TODAY, cap_time_minor=cap_time, payee=Payee.RELATIVE)
    lines_ = [(pair, f"k{at}", 0, paid) for at, (pair, _worth, paid) in enumerate(told)]
    return [(row[10], row[8], row[7] - row[8]) for row in stated(lines_, asked, standard)]
