"""Reads what was settled already: whether rows and files stand, and the list of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from songnuan.benefits.models import SettledFile, Settlement, Standard
from songnuan.benefits.settled import Settled
from songnuan.people.models import Person
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


@dataclass(frozen=True, slots=True)
class SettledLine:
    """A row as a list shows it; the persons are those they stand for now, without a name once erased."""

    pk: int
    payee_id: int | None
    payee: str
    payee_minor: bool
    qualifier_id: int | None
    qualifier: str
    qualifier_minor: bool
    starts_on: date | None
    ends_on: date | None
    amount_minor: int
    paid_on: date
    source: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawn_why: str
    origin: str


def rows_of(standard: Standard, *, withdrawn: bool) -> QuerySet[Settlement]:
    """Return what stands for a standard, or what was withdrawn, the newest first."""
    return Settlement.objects.filter(standard=standard, withdrawn_at__isnull=not withdrawn).order_by("-pk")


def about(rows: QuerySet[Settlement], persons: QuerySet[Person]) -> QuerySet[Settlement]:
    """Return those of the rows that name one of the persons, or somebody merged into one."""
    asked = persons.values("pk")
    named = Q()
    for who in ("payee", "qualifier"):
        named |= Q(**{f"{who}__in": asked}) | Q(**{f"{who}__merged_into__in": asked})
    return rows.filter(named)


def lines_of(rows: QuerySet[Settlement]) -> Iterator[SettledLine]:
    """Yield the rows as a list shows them."""
    persons: dict[str, Coalesce] = {}
    for who in ("payee", "qualifier"):
        persons[f"{who}_name"] = _now(who, "name", "")
        persons[f"{who}_minor"] = _now(who, "restricted", False)
    columns = (
        *("pk", "payee_id", "payee_name", "payee_minor", "qualifier_id", "qualifier_name", "qualifier_minor"),
        *("starts_on", "ends_on", "amount_minor", "paid_on", "source"),
        *("recorder", "recorded_at", "withdrawer", "withdrawn_at", "withdrawn_why", "origin"),
    )
    users = {
        "recorder": Coalesce("recorded_by__name", Value("")),
        "withdrawer": Coalesce("withdrawn_by__name", Value("")),
    }
    for row in rows.annotate(**persons, **users).values_list(*columns):
        yield SettledLine(*row)


def _now(who: str, column: str, default: object) -> Coalesce:
    return Coalesce(f"{who}__merged_into__{column}", f"{who}__{column}", Value(default))


def sums_of(rows: QuerySet[Settlement]) -> tuple[int, int]:
    """Return how many rows there are, and their sum in fen."""
    found = rows.order_by().aggregate(rows=Count("pk"), total=Sum("amount_minor", default=0))
    return int(found["rows"]), int(found["total"])
