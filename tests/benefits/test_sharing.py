"""What a family gets where several of it could have a sum, held against the plain reckoning."""

from collections.abc import Sequence

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
Told = tuple[tuple[str, str], str, int, tuple[int, int]]
"""Who for whom, what it is worth, what was paid in the year, and what a list paid and cut off."""
# Nothing is cut off where nothing is paid.
listed = st.sampled_from(
    [(0, 0), (0, 0), (0, 0), (1, 0), (125_00, 0), (250_00, 0), (100_00, 150_00), (60_00, 1)]
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
    of_all = {qualifier: 0 for (_payee, qualifier), *_rest in told}
    for (_payee, qualifier), _kind, _year, (_listed, cut) in told:
        of_all[qualifier] = max(of_all[qualifier], cut)
    with claiming.tables() as cursor:
        for at, ((payee, qualifier), kind, year, (listed, cut)) in enumerate(told):
            own: list[int | str] = [
                at,
                NUMBERS[payee],
                NUMBERS[qualifier],
                relation(payee, qualifier),
                STAFF[payee],
                year,
            ]
            cursor.execute(
                f"INSERT INTO {claiming.CLAIMS} (claim, payee, qualifier, unit, relation, staff, year_minor,"  # noqa: S608 - a name of ours
                " settled_minor, listed_minor, cut_minor, family_cut_minor)"
                " VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s, %s, %s)",
                [*own, listed + cut, listed, cut, of_all[qualifier]],
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
    return [
        (row[9], row[10], row[12])
        for (payee, qualifier), *_rest in told
        for row in [rows[NUMBERS[payee], NUMBERS[qualifier]]]
    ]


def relation(payee: str, qualifier: str) -> str:
    return "spouse" if (payee, qualifier) in MARRIED else "parent"


@example(
    told=[((payee, "m2"), "little", 0, (0, 0)) for payee in ("p1", "p2")],
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
                listed=listed,
                cut=cut,
            )
            for (payee, qualifier), kind, spent, (listed, cut) in told
        ],
        {"couple": asked.couple, "two_children": asked.two_children},
        cap_year,
        cap_time,
    )
    assert found(told, asked, cap_year, cap_time) == [(one.minor, one.amount, one.waits) for one in plain]
