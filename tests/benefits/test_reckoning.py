"""What the program computes of a standard, held against the slow and plain reckoning, whatever it is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from benefits import oracle
from songnuan.benefits.standards import By, Part, Row, Standard
from songnuan.benefits.trying import Claim, Service, reckon

pytestmark = pytest.mark.django_db
START = date(2020, 1, 20)
AS_OF = date(2020, 3, 5)
PLACES, POSTS, KINDS, RELATIONS = (
    ("湖北", "本市"),
    ("医", "护"),
    ("一类", "二类"),
    ("spouse", "parent", "child"),
)


def some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=1).map(tuple)


days = st.integers(0, 60).map(lambda number: START - timedelta(days=5) + timedelta(days=number))
contacts = st.sampled_from([None, True, False])
amounts = st.none() | st.integers(0, 3).map(lambda number: number * 150_01)
rows = st.builds(
    Row,
    key=st.just("row"),
    label=st.just("档"),
    amount_minor=amounts,
    factor=st.integers(1, 2),
    places=some(PLACES),
    posts=some(POSTS),
    categories=some(KINDS),
    relations=some(RELATIONS),
    direct_contact=contacts,
    days_least=st.sampled_from([0, 0, 3, 20]),
)


@st.composite
def standards(draw: st.DrawFn) -> Standard:
    starts_on = draw(days)
    parts = tuple(
        Part(by, tuple(replace(row, key=f"{place}.{at}") for at, row in enumerate(told)))
        for place, (by, told) in enumerate(
            draw(
                st.lists(
                    st.tuples(st.sampled_from(list(By)), st.lists(rows, min_size=1, max_size=3)),
                    min_size=1,
                    max_size=3,
                )
            )
        )
    )
    ends_on = draw(st.none() | days.filter(lambda day: day >= starts_on))
    caps = st.none() | st.integers(0, 20).map(lambda number: number * 250_00)
    return Standard(parts, starts_on, ends_on, draw(caps), draw(caps))


@st.composite
def services(draw: st.DrawFn) -> Service:
    first = draw(days)
    last = draw(st.none() | st.integers(0, 25).map(lambda number: first + timedelta(days=number)))
    words = [draw(st.sampled_from(("", *words))) for words in (PLACES, POSTS, KINDS)]
    place, post, category = words
    minutes = draw(st.sampled_from([None, 0, 240, 241]))
    return Service(first, last, place, post, category, draw(contacts), minutes)


periods = st.tuples(days, st.integers(0, 9)).map(lambda told: (told[0], told[0] + timedelta(days=told[1])))
claims = st.builds(
    Claim,
    services=st.lists(services(), max_size=4).map(tuple),
    relation=st.sampled_from(RELATIONS),
    outs=st.lists(periods, max_size=2).map(tuple),
    settled_minor=st.integers(0, 9).map(lambda number: number * 100_00),
    year_minor=st.integers(0, 9).map(lambda number: number * 100_00),
)


@given(standard=standards(), told=st.lists(claims, min_size=1, max_size=4))
def test_it_is_what_the_plain_reckoning_says(standard: Standard, told: list[Claim]) -> None:
    plain = oracle.Standard(
        [
            oracle.Part(
                cast("oracle.By", part.by.value),
                [
                    oracle.Row(
                        row.key,
                        row.amount_minor,
                        row.factor,
                        row.places,
                        row.posts,
                        row.categories,
                        row.relations,
                        row.direct_contact,
                        row.days_least,
                    )
                    for row in part.rows
                ],
            )
            for part in standard.parts
        ],
        standard.starts_on,
        standard.ends_on,
        standard.cap_time_minor,
        standard.cap_year_minor,
    )
    for claim, found in zip(told, reckon(standard, told, AS_OF, connection), strict=True):
        outs = {
            first + timedelta(days=n) for first, last in claim.outs for n in range((last - first).days + 1)
        }
        expected = oracle.reckon(
            plain,
            [
                oracle.Served(
                    one.starts_on,
                    one.ends_on,
                    one.place,
                    one.post,
                    one.category,
                    one.direct_contact,
                    one.minutes,
                )
                for one in claim.services
            ],
            AS_OF,
            relation=claim.relation,
            out=outs,
            settled=claim.settled_minor,
            this_year=claim.year_minor,
        )
        counted: list[dict[str, int]] = [{} for _part in standard.parts]
        for line in found.counted:
            counted[line.part][standard.parts[line.part].rows[line.place].key] = line.number
        assert (found.days, counted, found.is_blocked, found.amount_minor) == (
            expected.days,
            list(expected.counted),
            expected.is_blocked,
            expected.minor,
        )
        if not found.is_blocked:
            steps = {
                "settled": found.reckoned_minor - found.after_settled_minor,
                "time": found.after_settled_minor - found.after_time_minor,
                "year": found.after_time_minor - found.amount_minor,
            }
            assert {step: minor for step, minor in steps.items() if minor} == expected.took
