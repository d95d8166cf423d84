"""Takes out of the register what a roster told when its time is over, and who stood on nothing else.

Whoever calls holds the register's turn. What goes is overwritten with nothing; keys and periods stay, so that
whatever counts them still adds up. A row is known to be empty by its empty `told_digest`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from django.db.models import DateField, DateTimeField, Exists, F, Model, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Greatest

from songnuan.kernel.bulk import among, chunks, keep_pages
from songnuan.people.columns import INDEXES
from songnuan.people.models import (
    LIVING,
    OPEN,
    STANDING,
    TOLD,
    AccessCode,
    Correction,
    CorrectionStatus,
    DuplicatePair,
    Enrolment,
    FamilyLink,
    HouseholdNote,
    LookPurpose,
    Person,
    PersonStatus,
    Relation,
    Service,
)

CHUNK: Final = 10_000
NO_FILE: Final = "—"
"""What stands in the place of the name of a file that was erased."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a table of rows ends, whom its rows name, and what they hold when they are empty."""

    model: type[Model]
    standing: Q
    starts: str
    ends: str
    persons: tuple[str, ...]
    emptied: Mapping[str, Any]


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "enrolments": Kind(
            Enrolment,
            OPEN,
            "starts_on",
            "ends_on",
            ("person",),
            dict.fromkeys(("post", "rank", "category", "employee_number", "note", "told_digest"), ""),
        ),
        "family": Kind(
            FamilyLink,
            OPEN,
            "starts_on",
            "ends_on",
            ("person", "relative"),
            {"relation": Relation.OTHER, "workplace": "", "note": "", "told_digest": ""},
        ),
        "services": Kind(
            Service,
            STANDING,
            "recorded_on",
            "withdrawn_on",
            ("person",),
            {
                **dict.fromkeys(("place", "post", "note", "told_digest"), ""),
                **dict.fromkeys(("direct_contact", "minutes"), None),
            },
        ),
    }
)
"""The tables that tell of persons, in the order in which a roster's rows of them are emptied."""

ERASED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **dict.fromkeys(("name", "sex", "id_kind", "bank"), ""),
        **dict.fromkeys(INDEXES, None),
        **dict.fromkeys(INDEXES.values(), ""),
        "birth_on": None,
        "restricted": False,
        "merged_into": None,
        "status": PersonStatus.ERASED,
    }
)
"""What an erased person holds beside the key and the two moments."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of one table of a roster: up to which id, and the ids of the persons they name."""

    high: int
    persons: frozenset[int]


def next_span(kind: Kind, roster_id: int, after: int, size: int) -> Span | None:
    """Return the span of the next `size` rows of a roster behind the id `after`; None when there are none."""
    rows = _rows(kind).filter(roster=roster_id, pk__gt=after).order_by("pk")
    found = list(rows.values_list("pk", *kind.persons)[:size])
    if not found:
        return None
    return Span(found[-1][0], frozenset(pk for row in found for pk in row[1:]))


def empty_span(kind: Kind, roster_id: int, after: int, high: int, on: date) -> int:
    """End and empty the rows of a roster with `after < id <= high`; return how many were not empty."""
    return _empty(kind, Q(roster=roster_id, pk__gt=after, pk__lte=high), on)


def rows_left(roster_id: int) -> bool:
    """Return whether rows of a roster are not empty yet."""
    return any(_rows(kind).filter(kind.standing | TOLD, roster=roster_id).exists() for kind in KINDS.values())


def alone(persons: Collection[int]) -> dict[int, str]:
    """Return, by id, the keys of those among active persons of whom no roster that is kept tells."""
    found: dict[int, str] = {}
    for some in chunks(sorted(persons), CHUNK):
        rows = Person.objects.filter(pk__in=among(some), status=PersonStatus.ACTIVE)
        for kind in KINDS.values():
            told = _rows(kind).filter(roster__status__in=LIVING)
            for field in kind.persons:
                rows = rows.filter(~Exists(told.filter(**{field: OuterRef("pk")})))
        found |= dict(rows.values_list("pk", "key"))
    return dict(sorted(found.items()))


def erase(persons: Collection[int], on: date, at: datetime) -> int:
    """Erase persons, and whoever was merged into them; return how many of their rows were not empty.

    What stands of them ends on the day `on`. Their codes open nothing any more; what they asked for and was
    not answered is gone, and so is what they were looked at for, what was decided about their household, and
    every pair with one of them: it tells of each what both have in common.
    """
    number = 0
    keep_pages()
    for some in chunks(sorted(persons), CHUNK):
        merged = Person.objects.filter(status=PersonStatus.MERGED, merged_into__in=among(some))
        for few in chunks([*some, *merged.values_list("pk", flat=True)], CHUNK):
            number += _erase(few, on, at)
    return number


def _erase(persons: Sequence[int], on: date, at: datetime) -> int:
    them = among(persons)
    # First: who adds to a person at this moment holds their row, and is seen below, or finds them erased.
    Person.objects.filter(pk__in=them).update(changed_at=at, **ERASED)
    rows = [
        _empty(kind, Q(**{f"{field}__in": them}), on) for kind in KINDS.values() for field in kind.persons
    ]
    revoked = Coalesce(F("revoked_at"), Value(at, DateTimeField()))
    AccessCode.objects.filter(person__in=them).update(revoked_at=revoked, guardian=None)
    asked = Correction.objects.filter(person__in=them)
    asked.filter(status=CorrectionStatus.ASKED).delete()
    asked.update(value=None, reason=None, answer=None)
    LookPurpose.objects.filter(person__in=them).delete()
    for side in ("child", "first", "second"):
        HouseholdNote.objects.filter(**{f"{side}__in": them}).delete()
    for side in ("first", "second"):
        DuplicatePair.objects.filter(**{f"{side}__in": them}).delete()
    return sum(rows)


def _empty(kind: Kind, which: Q, on: date) -> int:
    ended = Coalesce(F(kind.ends), Greatest(F(kind.starts), Value(on, DateField())))
    rows = _rows(kind).filter(which).filter(kind.standing | TOLD)
    return int(rows.update(**{kind.ends: ended}, **kind.emptied))


def _rows(kind: Kind) -> Any:  # noqa: ANN401 - a queryset of one of three models
    return kind.model._default_manager.all()  # noqa: SLF001 - Django's documented API
