"""Everything that stands anywhere in the house, opened: each text of each table, each file that is kept."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from songnuan.kernel.sealed import SealBroken, SealedField, open_bytes, open_text, place
from songnuan.people.columns import CELLS_PLACE, FACTS_PLACE, PLACES
from songnuan.records.storage import PURPOSE

_SEALED = re.compile(r"[\w-]{1,40}:[A-Za-z0-9+/]{38,}={0,2}")


def everything_opened() -> Iterator[tuple[str, str]]:
    """Yield where something stands, and what: of tables each text of each row, of files their content."""
    for model in apps.get_models():
        fields = list(model._meta.concrete_fields)
        table = model._meta.db_table
        columns = ", ".join(f'"{field.column}"' for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM "{table}"')  # noqa: S608 - from the models
            rows = cursor.fetchall()
        for row in rows:
            for field, value in zip(fields, row, strict=True):
                if isinstance(value, str | dict | list):
                    own = place(field) if isinstance(field, SealedField) else ""
                    yield f"{table}.{field.column}", _opened(str(value), own)
    for path in sorted(Path(settings.FILES_ROOT).glob("??/*")):
        yield f"file {path.name[:8]}", _told(open_bytes(PURPOSE, path.read_bytes()))


def _opened(text: str, own: str) -> str:
    """Return a text as it reads; what is sealed and opens at none of the places known is a fault."""
    if own:
        return open_text(own, text)
    if not _SEALED.fullmatch(text):
        return text
    for where in (*PLACES.values(), FACTS_PLACE, CELLS_PLACE):
        try:
            return open_text(where, text)
        except SealBroken:
            continue
    raise AssertionError(f"sealed for nobody knows what: {text[:20]}")


def _told(content: bytes) -> str:
    """Return what a file tells; of a workbook, what its sheets do."""
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return content.decode("utf-8", "replace")


def where_told(*words: str) -> list[str]:
    """Return where any of the words stands, and in which words."""
    return sorted(
        {f"{where}: {word}" for where, text in everything_opened() for word in words if word in text}
    )
