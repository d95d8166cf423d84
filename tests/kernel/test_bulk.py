from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from itertools import count
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import connection, models
from django.db.models import Manager, Model
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from songnuan.kernel.bulk import chunks, digest_rows, keep_pages, load, upsert
from songnuan.kernel.clock import CHINA

CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([CHINA]))
    | st.uuids()
)
ROWS = st.lists(st.lists(CELLS, max_size=3), max_size=4)


class Parcel(Model):
    """A parcel, known by its place and number."""

    objects: ClassVar[Manager["Parcel"]] = Manager()

    place = models.CharField(max_length=20)
    number = models.IntegerField()
    weight = models.IntegerField()
    label = models.CharField(max_length=20, default="")

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_bulk"
        constraints = [models.UniqueConstraint(fields=["place", "number"], name="kernel_bulk_parcel_once")]


@pytest.fixture
def parcels(make_table: Callable[[type[Model]], None]) -> type[Parcel]:
    """The table."""
    make_table(Parcel)
    return Parcel


def put(parcels: type[Parcel], rows: list[Parcel], size: int = 500) -> int:
    """Write parcels by place and number, updating their weight."""
    return upsert(parcels, rows, unique=["place", "number"], update=["weight"], size=size)


@given(st.lists(st.integers()), st.integers(1, 10))
def test_chunks_hold_every_item_in_order_and_are_full_but_the_last(items: list[int], size: int) -> None:
    parts = list(chunks(items, size))
    assert [item for part in parts for item in part] == items
    assert all(len(part) == size for part in parts[:-1])
    assert all(1 <= len(part) <= size for part in parts)


def test_chunks_read_no_further_than_asked() -> None:
    numbers = count()
    assert next(chunks(numbers, 3)) == [0, 1, 2]
    assert next(numbers) == 3


def test_a_chunk_holds_at_least_one_item() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next(chunks([1], 0))


def kinds(rows: list[list[object]]) -> list[list[tuple[type, object]]]:
    """Return rows with the kind of each cell: True is not 1."""
    return [[(type(cell), cell) for cell in row] for row in rows]


@given(ROWS, ROWS)
def test_digests_are_equal_for_equal_rows_only(one: list[list[object]], two: list[list[object]]) -> None:
    assert (digest_rows(one) == digest_rows(two)) is (kinds(one) == kinds(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ([["a", "b"]], [["ab"]]),
        ([["a"], ["b"]], [["a", "b"]]),
        ([["a"], ["b"]], [["b"], ["a"]]),
        ([[]], []),
        ([[1]], [["1"]]),
        ([[True]], [[1]]),
        ([[None]], [[""]]),
        ([[date(2020, 4, 8)]], [["2020-04-08"]]),
        ([['a"],["b']], [["a"], ["b"]]),
        ([[UUID(int=1)]], [[UUID(int=1).hex]]),
    ],
)
def test_rows_that_look_alike_have_two_digests(one: list[list[object]], two: list[list[object]]) -> None:
    assert digest_rows(one) != digest_rows(two)


def test_a_moment_has_one_digest_in_every_zone() -> None:
    moment = datetime(2020, 4, 8, 9, tzinfo=CHINA)
    assert digest_rows([[moment]]) == digest_rows([[moment.astimezone(timezone(timedelta(hours=-5)))]])
    assert digest_rows([[moment]]) != digest_rows([[moment + timedelta(microseconds=1)]])


def test_a_digest_never_changes_between_versions() -> None:
    rows: list[list[object]] = [["一院", 1, None, True], [date(2020, 4, 8)]]
    assert digest_rows(rows) == "9e43522dba2f93e8f84e240cecbcdae6c705816b03fff1316ed1d8c5b670afba"
    assert digest_rows(iter(rows)) == "9e43522dba2f93e8f84e240cecbcdae6c705816b03fff1316ed1d8c5b670afba"


@pytest.mark.parametrize("cell", [1.5, b"x", ["a"], datetime(2020, 4, 8)])  # noqa: DTZ001 - the fault shown
def test_cells_without_one_meaning_have_no_digest(cell: object) -> None:
    with pytest.raises(TypeError, match="no digest"):
        digest_rows([[cell]])


def test_upsert_inserts_what_is_new_and_updates_what_is_there(parcels: type[Parcel]) -> None:
    there = parcels.objects.create(place="store", number=1, weight=5, label="kept")
    rows = [
        parcels(place="store", number=1, weight=7, label="lost"),
        parcels(place="store", number=2, weight=8),
    ]
    assert put(parcels, rows) == 2
    found = parcels.objects.order_by("number").values_list("pk", "number", "weight", "label")
    assert [row[1:] for row in found] == [(1, 7, "kept"), (2, 8, "")]
    assert found[0][0] == there.pk


def test_upsert_again_changes_nothing(parcels: type[Parcel]) -> None:
    def rows() -> list[Parcel]:
        return [parcels(place="store", number=number, weight=number) for number in range(5)]

    put(parcels, rows())
    before = list(parcels.objects.order_by("pk").values_list())
    put(parcels, rows())
    assert list(parcels.objects.order_by("pk").values_list()) == before


def test_upsert_of_nothing_asks_the_database_nothing(
    parcels: type[Parcel], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert put(parcels, []) == 0


def test_upsert_writes_a_chunk_by_one_statement(
    parcels: type[Parcel], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [parcels(place="store", number=number, weight=1) for number in range(100)]
    with django_assert_num_queries(2):
        put(parcels, rows, size=50)
    assert parcels.objects.count() == 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [1, 500])
def test_two_rows_of_one_key_are_a_fault_and_nothing_is_written(parcels: type[Parcel], size: int) -> None:
    rows = [parcels(place="store", number=number, weight=number) for number in (1, 2, 1)]
    with pytest.raises(ValueError, match="place, number"):
        put(parcels, rows, size=size)
    assert parcels.objects.count() == 0


class Letter(Model):
    """One column of each kind that rows are loaded into."""

    objects: ClassVar[Manager["Letter"]] = Manager()

    parcel = models.ForeignKey(
        Parcel, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False
    )
    order = models.IntegerField(null=True)
    text = models.TextField(null=True)  # noqa: DJ001 - NULL is loaded too
    sent_on = models.DateField(null=True)
    urgent = models.BooleanField(null=True)

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_bulk"


PLAIN = st.lists(
    st.tuples(
        st.none() | st.integers(0, 99),
        st.none() | st.integers(-(2**31), 2**31 - 1),
        st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
        st.none() | st.dates(),
        st.none() | st.booleans(),
    ),
    max_size=7,
)


def test_rows_are_loaded_as_they_are(make_table: Callable[[type[Model]], None]) -> None:
    make_table(Letter)
    columns = ("parcel", "order", "text", "sent_on", "urgent")

    @given(rows=PLAIN)
    def prove(rows: list[tuple[int | None, int | None, str | None, date | None, bool | None]]) -> None:
        Letter.objects.all().delete()
        plain = [
            (parcel, order, text, None if sent is None else sent.isoformat(), urgent)
            for parcel, order, text, sent, urgent in rows
        ]
        assert load(Letter, columns, iter(plain)) == len(rows)
        assert list(Letter.objects.order_by("pk").values_list(*columns)) == rows

    prove()


def test_a_column_that_is_left_out_is_null(make_table: Callable[[type[Model]], None]) -> None:
    make_table(Letter)
    assert load(Letter, ("text",), ((f"{number}",) for number in range(5_000))) == 5_000
    assert set(Letter.objects.values_list("parcel", "order", "sent_on", "urgent")) == {(None,) * 4}
    assert load(Letter, ("text",), []) == 0
    assert Letter.objects.count() == 5_000


@pytest.mark.django_db
def test_more_pages_are_kept_at_hand_where_the_database_keeps_few() -> None:
    keep_pages()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            assert cursor.fetchone() == (-65536,)
            cursor.execute("PRAGMA cache_size = -2000")
