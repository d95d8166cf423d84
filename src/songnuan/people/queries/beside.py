"""Reads of what is kept of people beside the register: contacts of units, who signed, who has an account."""

from typing import Any, Final

from django.apps import apps

from songnuan.kernel.sealed import SealedField, count_kept, place
from songnuan.organisation.models import User
from songnuan.people.assessment import BesideFact
from songnuan.records.models import StoredFile

FILES: Final = "records.storedfile.content"
"""The place of files that lie sealed on disk: signatures, photos and what was handed in."""


def kept_beside() -> list[BesideFact]:
    """Return what is kept sealed beside the register; whatever table is added later stands here by itself.

    What the machine passes on (jobs) is left out: its rows come and go while somebody reads the facts.
    """
    rows = [
        BesideFact(place=place(field), sealed=True, held=count_kept(field.model, field.name))
        for field in sealed_columns()
        if field.model._meta.app_label not in {"people", "jobs"}  # noqa: SLF001 - Django's documented API
    ]
    files = BesideFact(place=FILES, sealed=True, held=StoredFile.objects.count())
    accounts = BesideFact(place="organisation.user.name", sealed=False, held=User.objects.count())
    return sorted([*rows, files, accounts], key=lambda row: row["place"])


def sealed_columns() -> list[SealedField[Any, Any]]:
    """Return every sealed column of the house."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()  # noqa: SLF001 - Django's documented way to a model's fields
        if isinstance(field, SealedField)
    ]
