"""Reads what one person had already, for that person alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from songnuan.benefits.models import Settlement
from songnuan.people.models import Person


@dataclass(frozen=True, slots=True)
class OwnSettled:
    """A sum that another place, plan or year paid, or days of the own service that it paid (fen).

    `title` is what it counts for, `source` who paid it.
    """

    title: str
    source: str
    amount_minor: int
    paid_on: date
    starts_on: date | None
    ends_on: date | None


def ids_of(person_key: str) -> list[int]:
    """Return the ids of a person and of whoever was merged into them."""
    mine = Q(key=person_key) | Q(merged_into__key=person_key)
    return list(Person.objects.filter(mine).order_by("pk").values_list("pk", flat=True))


def own_settled(person_ids: Collection[int]) -> list[OwnSettled]:
    """Return what was settled of a person elsewhere, the newest first; what others had is not theirs to see.

    Days that were paid to nobody who is named are told to who served them.
    """
    mine = Q(payee__in=person_ids) | Q(payee__isnull=True, qualifier__in=person_ids)
    rows = Settlement.objects.filter(mine, origin="", withdrawn_at__isnull=True).select_related("standard")
    found = rows.prefetch_related("standard__versions").order_by("-paid_on", "-pk")
    return [
        OwnSettled(
            title=max(row.standard.versions.all(), key=lambda one: one.number).title,
            source=row.source,
            amount_minor=row.amount_minor,
            paid_on=row.paid_on,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in found
    ]
