"""Values sealed with AES-256-GCM: a model field, bytes for files, a blind index to look values up by.

A sealed text is "key id:base64(nonce, ciphertext, tag)". It is bound to its column, not to its row:
the associated data is "app.model.field", so a text moved to another column does not open, and
renaming such a field or its model needs a migration that seals anew. NULL stays NULL. The empty text
is sealed like any other, so that a column blanked by hand is found.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.checks import CheckMessage, Error
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ExpressionWrapper, F, Value
from django.db.models.functions import Length, StrIndex

from songnuan.kernel import keys as installation
from songnuan.kernel.sealing import (
    SealBroken,
    blind_index,
    blind_indexes,
    open_bytes,
    open_text,
    place_of,
    seal_bytes,
    seal_text,
    seal_texts,
)

__all__ = [
    "SealBroken",
    "SealedField",
    "blind_index",
    "blind_indexes",
    "count_kept",
    "count_under_old_key",
    "open_bytes",
    "open_text",
    "place",
    "place_of",
    "reseal",
    "seal_bytes",
    "seal_texts",
]

_EMPTY = 40
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


class SealedField(_TextField[_Set_contra, _Get_co]):
    """A text kept sealed in its column and read as plain text.

    It cannot be looked up, as equal texts are sealed differently each time; only `isnull` works. Keep
    a `blind_index` beside it for exact search. Ordering by it has no meaning.
    """

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ANN401 - Django's
        """Return the sealed text of `value`; None and expressions as they are."""
        plain = super().get_db_prep_save(value, connection)
        return seal_text(place(self), plain) if isinstance(plain, str) else plain

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """Return the text that was sealed.

        Raises:
            SealBroken: When it does not open here.

        """
        return None if value is None else open_text(place(self), value)

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


def count_kept(model: type[models.Model], field: str) -> int:
    """Return how many rows hold a text there that is not empty, without opening any.

    Raises:
        TypeError: When `field` is not a sealed field.

    """
    _sealed_column(model, field)
    body = Length("stored") - StrIndex("stored", Value(":"))
    told = _stored(model, field).exclude(stored=None).annotate(body=body)
    # Nonce and tag alone are 28 bytes, 40 characters that end in "=="; with a byte more they end otherwise.
    kept: int = told.exclude(body=_EMPTY, stored__endswith="==").count()
    return kept


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
        return seal_text(where, open_text(where, sealed))
    except SealBroken as broken:
        raise SealBroken(f"{broken} (row {pk})") from None
