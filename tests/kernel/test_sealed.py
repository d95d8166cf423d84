"""The sealed field on a table of its own, the blind index, and sealed bytes."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.db.models import F, Manager, Model, Q
from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel import keys
from songnuan.kernel.bulk import upsert
from songnuan.kernel.sealed import (
    SealBroken,
    SealedField,
    blind_index,
    open_bytes,
    open_text,
    place,
    place_of,
    seal_bytes,
    seal_texts,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PHONE = "13800138000"


class Person(Model):
    """Somebody with a sealed phone, and an address that may be missing."""

    objects: ClassVar[Manager["Person"]] = Manager()

    key = models.CharField(max_length=20, unique=True)
    phone = SealedField()
    address = SealedField(null=True, blank=True)

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_sealed"


@pytest.fixture
def people(
    make_table: Callable[[type[Model]], None],
    own_keys: Path,  # noqa: ARG001 - the keys the rows are written with
) -> type[Person]:
    """The table, under keys of its own."""
    make_table(Person)
    return Person


def stored(column: str = "phone", key: str = "a") -> Any:
    """Return what stands in the column itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM kernel_sealed_person WHERE key = %s", [key])  # noqa: S608 - a literal
        row = cursor.fetchone()
    return row[0]


def store(value: str, column: str = "phone", key: str = "a") -> None:
    """Write into the column itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE kernel_sealed_person SET {column} = %s WHERE key = %s",  # noqa: S608 - a literal
            [value, key],
        )


def test_a_column_holds_no_plain_text_and_reads_as_it(people: type[Person]) -> None:
    people.objects.create(key="a", phone=PHONE)
    text = stored()
    assert text.startswith("k1:")
    assert PHONE not in text
    assert len(base64.b64decode(text.removeprefix("k1:"))) == 12 + len(PHONE) + 16
    assert people.objects.get(key="a").phone == PHONE
    assert list(people.objects.values_list("phone", flat=True)) == [PHONE]
    assert [person.phone for person in people.objects.iterator()] == [PHONE]


def write_by_save(people: type[Person]) -> None:
    person = people(key="a", phone="x")
    person.save()
    person.phone = PHONE
    person.save(update_fields=["phone"])


def write_by_update(people: type[Person]) -> None:
    people.objects.create(key="a", phone="x")
    people.objects.filter(key="a").update(phone=PHONE)


def write_by_bulk_update(people: type[Person]) -> None:
    rows = [people.objects.create(key=key, phone="x") for key in "ab"]
    for row in rows:
        row.phone = PHONE
    people.objects.bulk_update(rows, ["phone"])


def write_by_bulk_create(people: type[Person]) -> None:
    people.objects.bulk_create([people(key=key, phone=PHONE) for key in "ab"])


def write_by_upsert(people: type[Person]) -> None:
    people.objects.create(key="a", phone="x")
    upsert(people, [people(key=key, phone=PHONE) for key in "ab"], unique=["key"], update=["phone"])


def write_by_update_or_create(people: type[Person]) -> None:
    people.objects.create(key="a", phone="x")
    people.objects.update_or_create(key="a", defaults={"phone": PHONE})


@pytest.mark.parametrize(
    "write",
    [
        write_by_save,
        write_by_update,
        write_by_bulk_update,
        write_by_bulk_create,
        write_by_upsert,
        write_by_update_or_create,
    ],
)
def test_every_way_of_writing_seals(people: type[Person], write: Callable[[type[Person]], None]) -> None:
    write(people)
    assert stored().startswith("k1:")
    person = people.objects.get(key="a")
    assert person.phone == PHONE
    person.refresh_from_db()
    assert person.phone == PHONE


def test_equal_texts_are_sealed_differently(people: type[Person]) -> None:
    people.objects.bulk_create([people(key=key, phone=PHONE) for key in "abc"])
    assert len({stored(key=key) for key in "abc"}) == 3


def test_null_stays_null_and_the_empty_text_is_sealed(people: type[Person]) -> None:
    people.objects.create(key="a", phone="", address=None)
    assert stored("address") is None
    assert stored("phone").startswith("k1:")
    person = people.objects.get(key="a")
    assert (person.phone, person.address) == ("", None)


def test_whether_a_value_is_there_can_be_asked(people: type[Person]) -> None:
    people.objects.create(key="a", phone=PHONE)
    people.objects.create(key="b", phone=PHONE, address="")
    assert [person.key for person in people.objects.filter(address__isnull=True)] == ["a"]
    assert [person.key for person in people.objects.exclude(address__isnull=True)] == ["b"]


@pytest.mark.parametrize(
    "condition",
    [
        Q(phone=PHONE),
        ~Q(phone=PHONE),
        Q(phone=None),
        Q(phone__exact=PHONE),
        Q(phone__iexact=PHONE),
        Q(phone__in=[PHONE]),
        Q(phone__contains="138"),
        Q(phone__icontains="138"),
        Q(phone__startswith="138"),
        Q(phone__endswith="000"),
        Q(phone__gt=""),
        Q(phone__range=("1", "2")),
        Q(phone__regex="1"),
        Q(phone=F("address")),
        Q(phone__length=11),
    ],
    ids=lambda condition: str(condition.children[0][0]),
)
def test_a_sealed_field_cannot_be_looked_up(people: type[Person], condition: Q) -> None:
    with pytest.raises(TypeError, match=r"kernel_sealed\.person\.phone is sealed.*blind index"):
        people.objects.filter(condition)


@given(TEXT)
def test_every_text_reads_back(text: str) -> None:
    field = Person._meta.get_field("phone")
    assert isinstance(field, SealedField)
    sealed = field.get_db_prep_save(text, connection)
    assert sealed != text
    assert sealed.isascii()
    assert field.from_db_value(sealed, None, connection) == text


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_text_changed_in_any_byte_does_not_open(place_of_change: int, change: int) -> None:
    field = Person._meta.get_field("phone")
    assert isinstance(field, SealedField)
    name, _, body = field.get_db_prep_save(PHONE, connection).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[place_of_change % len(raw)] ^= change
    with pytest.raises(SealBroken):
        field.from_db_value(f"{name}:{base64.b64encode(raw).decode()}", None, connection)


@pytest.mark.parametrize(
    "text",
    [PHONE, "", ":", "k1", "k1:", "k1:AAAA", "k9:AAAA", ":AAAA", "k1:!!!!", "k1:姓名", "k1:" + "A" * 60],
)
def test_what_was_never_sealed_does_not_open(people: type[Person], text: str) -> None:
    people.objects.create(key="a", phone=PHONE)
    store(text)
    with pytest.raises(SealBroken, match=r"kernel_sealed\.person\.phone") as broken:
        people.objects.get(key="a")
    assert PHONE not in str(broken.value)


def test_a_text_moved_to_another_column_does_not_open(people: type[Person]) -> None:
    people.objects.create(key="a", phone=PHONE, address="somewhere")
    store(stored("phone"), column="address")
    with pytest.raises(SealBroken, match="address"):
        people.objects.get(key="a")
    assert people.objects.defer("address").get(key="a").phone == PHONE


def test_a_text_copied_within_the_database_does_not_open(people: type[Person]) -> None:
    people.objects.create(key="a", phone=PHONE, address="somewhere")
    people.objects.update(address=F("phone"))
    with pytest.raises(SealBroken, match="address"):
        people.objects.get(key="a")


def test_a_text_moved_to_another_model_does_not_open() -> None:
    class Stranger(Model):
        phone = SealedField()

        class Meta:
            app_label = "kernel_sealed"

    ours, theirs = Person._meta.get_field("phone"), Stranger._meta.get_field("phone")
    assert isinstance(ours, SealedField)
    assert isinstance(theirs, SealedField)
    sealed = ours.get_db_prep_save(PHONE, connection)
    assert ours.from_db_value(sealed, None, connection) == PHONE
    with pytest.raises(SealBroken):
        theirs.from_db_value(sealed, None, connection)


def test_another_installation_cannot_open(
    people: type[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.objects.create(key="a", phone=PHONE)
    keys.create(tmp_path / "other")
    monkeypatch.setenv("SONGNUAN_HOME", str(tmp_path / "other"))
    with pytest.raises(SealBroken):
        people.objects.get(key="a")


def test_a_migration_can_write_the_field_down_and_its_models_can_read(people: type[Person]) -> None:
    people.objects.create(key="a", phone=PHONE)
    text, imports = MigrationWriter.serialize(Person._meta.get_field("address"))
    assert text == "songnuan.kernel.sealed.SealedField(blank=True, null=True)"
    assert "import songnuan.kernel.sealed" in imports
    state = ProjectState(models={("kernel_sealed", "person"): ModelState.from_model(Person)})
    historic = state.apps.get_model("kernel_sealed", "Person")
    assert historic is not Person
    assert historic._base_manager.get(key="a").phone == PHONE


def test_the_column_is_a_plain_text_column() -> None:
    field = Person._meta.get_field("phone")
    assert field.db_type(connection) == "text"
    assert place(field) == "kernel_sealed.person.phone"


@pytest.mark.parametrize(
    "field", [SealedField(unique=True), SealedField(db_index=True), SealedField(primary_key=True)]
)
def test_a_sealed_field_that_should_be_unique_or_indexed_is_reported(field: "SealedField[str, str]") -> None:
    field.set_attributes_from_name("secret")
    field.model = Person
    assert "songnuan.E001" in {found.id for found in field.check()}
    assert Person._meta.get_field("phone").check() == []


@given(TEXT, TEXT, st.sampled_from(["phone", "identity"]), st.sampled_from(["phone", "identity"]))
def test_blind_indexes_are_equal_for_equal_values_of_one_purpose_only(
    one: str, two: str, purpose: str, other: str
) -> None:
    equal = (purpose, one) == (other, two)
    assert (blind_index(purpose, one) == blind_index(other, two)) is equal
    assert blind_index(purpose, one) == blind_index(purpose, one)
    assert len(bytes.fromhex(blind_index(purpose, one))) == 32


def test_a_blind_index_does_not_mix_purpose_and_value() -> None:
    assert blind_index("a", "bc") != blind_index("ab", "c")
    for purpose in ("", "a\0b"):
        with pytest.raises(ValueError, match="purpose"):
            blind_index(purpose, "c")


def test_a_blind_index_is_the_installations_own(own_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = blind_index("phone", PHONE)
    keys.add_seal_key(own_keys)
    assert blind_index("phone", PHONE) == ours
    keys.create(own_keys / "other")
    monkeypatch.setenv("SONGNUAN_HOME", str(own_keys / "other"))
    assert blind_index("phone", PHONE) != ours


@given(st.binary())
def test_bytes_read_back(data: bytes) -> None:
    sealed = seal_bytes("file:1", data)
    assert open_bytes("file:1", sealed) == data
    assert sealed != seal_bytes("file:1", data)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_bytes_changed_anywhere_do_not_open(place_of_change: int, change: int) -> None:
    sealed = bytearray(seal_bytes("file:1", b"a picture"))
    sealed[place_of_change % len(sealed)] ^= change
    with pytest.raises(SealBroken):
        open_bytes("file:1", bytes(sealed))


@given(st.integers(0, 10_000))
def test_bytes_cut_short_do_not_open(length: int) -> None:
    sealed = seal_bytes("file:1", b"a picture")
    with pytest.raises(SealBroken):
        open_bytes("file:1", sealed[: length % len(sealed)])


def test_bytes_of_another_purpose_or_field_do_not_open() -> None:
    sealed = seal_bytes("file:1", b"a picture")
    with pytest.raises(SealBroken):
        open_bytes("file:2", sealed)
    field = Person._meta.get_field("phone")
    assert isinstance(field, SealedField)
    body = base64.b64encode(seal_bytes(place(field), PHONE.encode())[11:]).decode()
    with pytest.raises(SealBroken, match="changed"):
        field.from_db_value(f"k1:{body}", None, connection)


@given(texts=st.lists(TEXT, max_size=5))
def test_texts_sealed_together_open_one_by_one_and_only_where_they_belong(texts: list[str]) -> None:
    where = place_of("kernel_sealed.person", "phone")
    sealed = seal_texts(where, texts)
    assert [open_text(where, text) for text in sealed] == texts
    assert len(set(sealed)) == len(texts)
    for text in sealed:
        with pytest.raises(SealBroken):
            open_text(place_of("kernel_sealed.person", "address"), text)


def test_a_text_sealed_past_the_model_is_read_by_it(people: type[Person]) -> None:
    people.objects.create(key="a", phone="1")
    assert place_of("kernel_sealed.person", "phone") == place(Person._meta.get_field("phone"))
    store(seal_texts(place_of("kernel_sealed.person", "phone"), [PHONE])[0])
    assert people.objects.get().phone == PHONE
