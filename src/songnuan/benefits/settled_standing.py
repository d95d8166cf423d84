"""Reads what was settled already: whether rows and files stand, and the list of them."""

from collections.abc import Sequence

from django.db.models.functions import Coalesce

from songnuan.benefits.models import SettledFile, Settlement, Standard
from songnuan.benefits.settled import Settled
from songnuan.people.queries import standing_for


def new_rows(standard: Standard, rows: Sequence[Settled]) -> list[Settled]:
    """Return the rows that do not stand yet; whoever of them was merged is the one merged into."""
    payee, qualifier = (Coalesce(f"{name}__merged_into", name) for name in ("payee", "qualifier"))
    stand = Settlement.objects.filter(standard=standard, withdrawn_at=None)
    told = stand.annotate(who=payee, whose=qualifier).values_list(
        "who", "whose", "starts_on", "ends_on", "amount_minor", "paid_on"
    )
    seen: set[tuple[object, ...]] = set(told)
    persons = {pk for row in rows for pk in (row.payee_id, row.qualifier_id) if pk is not None}
    now: dict[int | None, int | None] = dict(standing_for(persons).items())
    fresh = []
    for row in rows:
        who, whose, *rest = row.told
        same = (now.get(who, who), now.get(whose, whose), *rest)
        if same not in seen:
            seen.add(same)
            fresh.append(row)
    return fresh


def file_known(standard: Standard, digest: str) -> SettledFile | None:
    """Return when a file of this digest was recorded for the standard, while a row of it stands."""
    stands = Settlement.objects.filter(standard=standard, withdrawn_at=None, told_by__isnull=False)
    known = SettledFile.objects.filter(standard=standard, digest=digest, pk__in=stands.values("told_by"))
    return known.order_by("-pk").first() if digest else None
