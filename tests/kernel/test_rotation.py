"""Sealing keys are added and old rows sealed anew."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models
from django.db.models import Manager, Model

from songnuan.kernel import keys, sealed, sealing
from songnuan.kernel.sealed import SealBroken, SealedField, open_bytes, reseal, seal_bytes


class Contact(Model):
    """Somebody with a sealed phone."""

    objects: ClassVar[Manager["Contact"]] = Manager()

    phone = SealedField(null=True)
    plain = models.TextField()

    class Meta:
        """Not of an installed app, so that no migration looks for it."""

        app_label = "kernel_rotation"


@pytest.fixture
def contacts(
    make_table: Callable[[type[Model]], None],
    own_keys: Path,  # noqa: ARG001 - the keys the rows are written with
) -> type[Contact]:
    """The table with five rows under the first key, one of them empty, one NULL."""
    make_table(Contact)
    phones = ["13800138000", "13800138001", "", None, "13800138004"]
    Contact.objects.bulk_create([Contact(phone=phone, plain="k1:x") for phone in phones])
    return Contact


def stored() -> list[Any]:
    """Return the column itself, in the order of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM kernel_rotation_contact ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def phones() -> list[str | None]:
    """Return the column as it reads."""
    return list(Contact.objects.order_by("id").values_list("phone", flat=True))


def test_after_a_new_key_old_values_read_and_new_ones_use_it(contacts: type[Contact], own_keys: Path) -> None:
    before = phones()
    old_file = seal_bytes("file", b"old")
    assert keys.add_seal_key(own_keys) == "k2"
    assert phones() == before
    contacts.objects.create(phone="13800138005", plain="")
    assert stored()[-1].startswith("k2:")
    assert phones() == [*before, "13800138005"]
    assert open_bytes("file", old_file) == b"old"
    assert b"k2" in seal_bytes("file", b"new")[:11]


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5, 500])
def test_rotation_seals_every_row_anew_and_changes_no_value(
    contacts: type[Contact], own_keys: Path, chunk: int
) -> None:
    before = phones()
    keys.add_seal_key(own_keys)
    assert reseal(contacts, "phone", chunk=chunk) == 4
    assert [text and text.partition(":")[0] for text in stored()] == ["k2", "k2", "k2", None, "k2"]
    assert phones() == before
    assert set(contacts.objects.values_list("plain", flat=True)) == {"k1:x"}


def test_rotation_again_finds_nothing(contacts: type[Contact], own_keys: Path) -> None:
    keys.add_seal_key(own_keys)
    reseal(contacts, "phone")
    once = stored()
    assert reseal(contacts, "phone") == 0
    assert stored() == once


def test_rotation_without_a_new_key_touches_nothing(contacts: type[Contact]) -> None:
    before = stored()
    assert reseal(contacts, "phone") == 0
    assert stored() == before


def test_rotation_takes_k1_and_k10_for_two_keys(contacts: type[Contact], own_keys: Path) -> None:
    for _ in range(9):
        last = keys.add_seal_key(own_keys)
    assert last == "k10"
    assert reseal(contacts, "phone") == 4
    assert stored()[0].startswith("k10:")


def test_a_rotation_that_stopped_midway_is_taken_up(
    contacts: type[Contact], own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = phones()
    keys.add_seal_key(own_keys)
    again = sealed._again
    calls = iter(range(3))

    def stops(where: str, pk: object, text: str) -> str:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return again(where, pk, text)

    monkeypatch.setattr(sealed, "_again", stops)
    with pytest.raises(KeyboardInterrupt):
        reseal(contacts, "phone", chunk=2)
    assert [text[:3] for text in stored() if text] == ["k2:", "k2:", "k1:", "k1:"]
    monkeypatch.setattr(sealed, "_again", again)
    assert reseal(contacts, "phone", chunk=2) == 2
    assert phones() == before


def test_a_value_written_during_rotation_is_not_lost(
    contacts: type[Contact], own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.add_seal_key(own_keys)
    second = contacts.objects.order_by("id")[1].pk
    again = sealed._again

    def overtaken(where: str, pk: object, text: str) -> str:
        if pk == second:
            contacts.objects.filter(pk=second).update(phone="13900139000")
        return again(where, pk, text)

    monkeypatch.setattr(sealed, "_again", overtaken)
    assert reseal(contacts, "phone") == 3
    assert contacts.objects.get(pk=second).phone == "13900139000"


def test_a_row_that_does_not_open_is_named_and_left(contacts: type[Contact], own_keys: Path) -> None:
    keys.add_seal_key(own_keys)
    broken = contacts.objects.order_by("id")[1].pk
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_rotation_contact SET phone = 'k1:AAAA' WHERE id = %s", [broken])
    with pytest.raises(SealBroken, match=rf"kernel_rotation\.contact\.phone.*\(row {broken}\)"):
        reseal(contacts, "phone", chunk=1)
    assert stored()[1] == "k1:AAAA"
    assert stored()[0].startswith("k2:")


def test_only_sealed_fields_are_rotated(contacts: type[Contact]) -> None:
    with pytest.raises(TypeError, match="not a sealed field"):
        reseal(contacts, "plain")


def test_a_key_that_another_process_added_is_found(contacts: type[Contact], own_keys: Path) -> None:
    ours = keys.keys()
    theirs = bytes(range(32))
    document = json.loads((own_keys / "keys.json").read_text())
    document["seal"]["keys"]["k2"] = base64.b64encode(theirs).decode()
    document["seal"]["current"] = "k2"
    keys._write(own_keys, document).replace(own_keys / "keys.json")
    assert keys.keys() is ours  # not learnt yet
    nonce = bytes(12)
    where = sealed.place(Contact._meta.get_field("phone")).encode()
    body = base64.b64encode(nonce + AESGCM(theirs).encrypt(nonce, b"13700137000", where)).decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_rotation_contact SET phone = %s", [f"k2:{body}"])
    assert set(phones()) == {"13700137000"}
    contacts.objects.update(phone="x")
    assert all(text.startswith("k2:") for text in stored())


def test_the_cipher_of_a_key_is_made_once(own_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealing._cipher.cache_clear()
    made: list[bytes] = []

    def counted(key: bytes) -> AESGCM:
        made.append(key)
        return AESGCM(key)

    monkeypatch.setattr(sealing, "AESGCM", counted)
    for _ in range(3):
        open_bytes("file", seal_bytes("file", b"x"))
    keys.add_seal_key(own_keys)
    for _ in range(3):
        open_bytes("file", seal_bytes("file", b"x"))
    assert made == [keys.keys().seal["k1"], keys.keys().seal["k2"]]
    sealing._cipher.cache_clear()


def test_threads_share_a_cipher() -> None:
    def there_and_back(number: int) -> bool:
        data = str(number).encode() * 1000
        return open_bytes("file", seal_bytes("file", data)) == data

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(there_and_back, range(400)))
