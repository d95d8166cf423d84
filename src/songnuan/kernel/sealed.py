"""Values sealed with AES-256-GCM: a model field, bytes for files, a blind index to look values up by.

A sealed text is "key id:base64(nonce, ciphertext, tag)". It is bound to its column, not to its row:
the associated data is "app.model.field", so a text moved to another column does not open, and
renaming such a field or its model needs a migration that seals anew. NULL stays NULL. The empty text
is sealed like any other, so that a column blanked by hand is found.
"""

import base64
import hashlib
import hmac
import secrets
from binascii import b2a_base64
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.core.checks import CheckMessage, Error
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ExpressionWrapper, F, Value

from songnuan.kernel import keys as installation

NONCE_BYTES: Final = 12
_MAGIC: Final = b"SNSEAL1\x00"

_Set_contra = TypeVar("_Set_contra", contravariant=True)
_Get_co = TypeVar("_Get_co", covariant=True)
if TYPE_CHECKING:
    _TextField = models.TextField
else:

    class _TextField(models.TextField):
        """Django's text field, taking the type parameters its stubs give it."""

        def __class_getitem__(cls, _parameters: object) -> type:
            """Return the class itself."""
            return cls


class SealBroken(Exception):  # noqa: N818 - read as a state, as Refusal is
    """A sealed value was changed, moved to another place, or sealed with a key that is not here."""


class SealedField(_TextField[_Set_contra, _Get_co]):
    """A text kept sealed in its column and read as plain text.

    It cannot be looked up, as equal texts are sealed differently each time; only `isnull` works. Keep
    a `blind_index` beside it for exact search. Ordering by it has no meaning.
    """

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ANN401 - Django's
        """Return the sealed text of `value`; None and expressions as they are."""
        plain = super().get_db_prep_save(value, connection)
        return _seal_text(place(self), plain) if isinstance(plain, str) else plain

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """Return the text that was sealed.

        Raises:
            SealBroken: When it does not open here.

        """
        return None if value is None else _open_text(place(self), value)

    def get_lookup(self, lookup_name: str) -> type[Any] | None:
        """Return the lookup `isnull`.

        Raises:
            TypeError: For every other lookup.

        """
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{place(self)} is sealed and cannot be looked up; filter its blind index instead")

    def get_transform(self, lookup_name: str) -> None:
        """Raise TypeError: what is sealed has no parts to look at."""
        self.get_lookup(lookup_name)

    def check(self, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401 - Django's
        """Report a use that cannot work: uniqueness and indexes over ciphertext."""
        found = super().check(**kwargs)
        if self.primary_key or self.unique or self.db_index:  # type: ignore[attr-defined]  # the stubs lack it
            hint = "Put it on a blind index column."
            found.append(Error("A sealed field cannot be unique or indexed.", hint, self, "songnuan.E001"))
        return found


def place(field: "models.Field[Any, Any]") -> str:
    """Return where a field's values belong, "app.model.field"."""
    return place_of(field.model._meta.label_lower, field.name)  # noqa: SLF001 - Django's documented API


def place_of(model: str, field: str) -> str:
    """Return where the values of a field belong, by names alone: `place_of("people.person", "phone")`."""
    return f"{model}.{field}"


def seal_texts(where: str, texts: Iterable[str]) -> list[str]:
    """Return the texts sealed for a place, as `SealedField` would store them, in their order.

    For rows that are written past the models; key, cipher and nonces are fetched once.
    """
    keys = installation.keys()
    associated, prefix = where.encode(), f"{keys.seal_current}:"
    encrypt = _cipher(keys.seal[keys.seal_current]).encrypt
    plain, sealed = list(texts), []
    chance = secrets.token_bytes(NONCE_BYTES * len(plain))
    for place, text in enumerate(plain):
        nonce = chance[NONCE_BYTES * place : NONCE_BYTES * (place + 1)]
        raw = nonce + encrypt(nonce, text.encode(), associated)
        sealed.append(prefix + b2a_base64(raw, newline=False).decode())
    return sealed


def blind_index(purpose: str, value: str) -> str:
    """Return 64 hex digits that are equal for equal values of one purpose, and say nothing else.

    HMAC-SHA-256 under the installation's blind key. The caller normalises `value` first; different
    purposes ("phone", "identity") never give equal digits.

    Raises:
        ValueError: When `purpose` is empty or holds a NUL.

    """
    if not purpose or "\0" in purpose:
        raise ValueError("a blind index needs a purpose")
    message = f"{purpose}\0{value}".encode()
    return hmac.digest(installation.keys().blind, message, hashlib.sha256).hex()


def blind_indexes(purpose: str, values: Iterable[str]) -> list[str]:
    """Return `blind_index` of each value, in their order.

    The key is brought into the code once for all of them, which makes each three times as quick.
    """
    code = HMAC(installation.keys().blind, SHA256())
    code.update(f"{purpose}\0".encode())
    fresh, found = code.copy, []
    for value in values:
        code = fresh()
        code.update(value.encode())
        found.append(code.finalize().hex())
    return found


def open_text(where: str, sealed: str) -> str:
    """Return the text that was sealed for a place.

    Raises:
        SealBroken: When it does not open here.

    """
    return _open_text(where, sealed)


def seal_bytes(purpose: str, data: bytes) -> bytes:
    """Return `data` sealed for `purpose`, with the key's id in front."""
    name, raw = _encrypt(data, _bytes_place(purpose))
    return _MAGIC + bytes([len(name)]) + name.encode() + raw


def open_bytes(purpose: str, data: bytes) -> bytes:
    """Return what `seal_bytes` sealed for the same purpose.

    Raises:
        SealBroken: When it was changed, or sealed for another purpose or with an unknown key.

    """
    start = len(_MAGIC) + 1
    if not data.startswith(_MAGIC) or len(data) < start:
        raise SealBroken(f"{purpose}: not sealed")
    end = start + data[start - 1]
    name = data[start:end].decode("ascii", "replace")
    return _decrypt(name, data[end:], _bytes_place(purpose), purpose)


def reseal(model: type[models.Model], field: str, *, chunk: int = 500) -> int:
    """Seal anew what is still under an old key, `chunk` rows to a transaction; return how many rows.

    A row is written only where its stored text is still the one that was read: what somebody writes
    meanwhile stays. Running it again finds only what is left.

    Raises:
        TypeError: When `field` is not a sealed field.
        SealBroken: At the first row that does not open; the chunks before it are done.

    """
    where, text = place(_sealed_column(model, field)), models.TextField()
    stored, old = _stored(model, field), _under_old_key(model, field)
    done, last = 0, None
    while True:
        with transaction.atomic():
            rows = (old if last is None else old.filter(pk__gt=last)).order_by("pk")
            batch = list(rows.values_list("pk", "stored")[:chunk])
            for pk, sealed in batch:
                fresh = Value(_again(where, pk, sealed), text)
                done += stored.filter(pk=pk, stored=sealed).update(**{field: fresh})
        if len(batch) < chunk:
            return done
        last = batch[-1][0]


def count_under_old_key(model: type[models.Model], field: str) -> int:
    """Return how many rows `reseal` has still to seal anew.

    Raises:
        TypeError: When `field` is not a sealed field.

    """
    _sealed_column(model, field)
    return _under_old_key(model, field).count()


def _sealed_column(model: type[models.Model], field: str) -> SealedField[Any, Any]:
    column = model._meta.get_field(field)  # noqa: SLF001 - Django's documented API
    if not isinstance(column, SealedField):
        raise TypeError(f"{field} is not a sealed field")
    return column


def _stored(model: type[models.Model], field: str) -> "models.QuerySet[Any]":
    """Return the rows with their text as it is stored, `stored`."""
    text = ExpressionWrapper(F(field), models.TextField())
    return model._base_manager.annotate(stored=text)  # noqa: SLF001 - as above


def _under_old_key(model: type[models.Model], field: str) -> "models.QuerySet[Any]":
    current = f"{installation.keys().seal_current}:"
    return _stored(model, field).exclude(stored=None).exclude(stored__startswith=current)


def _again(where: str, pk: object, sealed: str) -> str:
    """Return the text of one row under the current key."""
    try:
        return _seal_text(where, _open_text(where, sealed))
    except SealBroken as broken:
        raise SealBroken(f"{broken} (row {pk})") from None


@cache
def _cipher(key: bytes) -> AESGCM:
    """Return the cipher of a key; making it costs as much as sealing a field."""
    return AESGCM(key)


def _key(name: str, where: str) -> bytes:
    """Return the key of an id, looking into the file again when another process has added one."""
    key = installation.keys().seal.get(name)
    if key is None:
        installation.forget()
        key = installation.keys().seal.get(name)
    if key is None:
        raise SealBroken(f"{where}: sealed with the unknown key {name!r}")
    return key


def _bytes_place(purpose: str) -> bytes:
    """Return the associated data of bytes, which no column's name can equal."""
    return b"bytes\0" + purpose.encode()


def _encrypt(data: bytes, associated: bytes) -> tuple[str, bytes]:
    """Return the id of the current key, and nonce, ciphertext and tag under it."""
    keys = installation.keys()
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = _cipher(keys.seal[keys.seal_current])
    return keys.seal_current, nonce + cipher.encrypt(nonce, data, associated)


def _decrypt(name: str, sealed: bytes, associated: bytes, where: str) -> bytes:
    cipher = _cipher(_key(name, where))
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise SealBroken(f"{where}: changed, or moved here from another place") from None


def _seal_text(where: str, plain: str) -> str:
    name, raw = _encrypt(plain.encode(), where.encode())
    return f"{name}:{base64.b64encode(raw).decode()}"


def _open_text(where: str, sealed: str) -> str:
    name, colon, body = sealed.partition(":")
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError:
        raise SealBroken(f"{where}: not sealed") from None
    if not colon:
        raise SealBroken(f"{where}: not sealed")
    return _decrypt(name, raw, where.encode(), where).decode()
