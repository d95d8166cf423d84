"""What must hold of erasure: of whom is erased nothing is left, and nothing due is put off."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.people.columns import INDEXES
from songnuan.people.erasure import NO_FILE
from songnuan.people.lifecycle import ENDED
from songnuan.people.models import (
    LIVING,
    OPEN,
    STANDING,
    AccessCode,
    Correction,
    DuplicatePair,
    Enrolment,
    FamilyLink,
    HouseholdNote,
    ImportProblem,
    KeptRow,
    LookPurpose,
    Mend,
    Person,
    PersonStatus,
    Relation,
    Roster,
    RosterImport,
    RosterStatus,
    Service,
)
from songnuan.people.queries.erasure import waits_alone
from songnuan.people.staging import STAGED

_OVERDUE: Final = timedelta(days=2)


def _texts(*fields: str) -> Q:
    """Return the condition that one of the texts is not empty."""
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__gt": ""})
    return found


_TOLD: Final[tuple[tuple[type[Model], Q, tuple[str, ...]], ...]] = (
    (
        Enrolment,
        OPEN | _texts("post", "rank", "category", "employee_number", "note", "told_digest"),
        ("person",),
    ),
    (
        FamilyLink,
        OPEN | _texts("workplace", "note", "told_digest") | ~Q(relation=Relation.OTHER),
        ("person", "relative"),
    ),
    (
        Service,
        STANDING
        | _texts("place", "post", "note", "told_digest")
        | Q(minutes__isnull=False)
        | Q(direct_contact__isnull=False),
        ("person",),
    ),
)
_KNOWN: Final = (
    _texts("name", "sex", "id_kind", "bank", *INDEXES.values())
    | Q(birth_on__isnull=False)
    | Q(restricted=True)
    | Q(**{f"{field}__isnull": False for field in INDEXES}, _connector=Q.OR)
)


def verify(on: date) -> list[Finding]:
    """Return every fault of erasure.

    Codes: `erased_person_left` (something of an erased person is still kept), `erased_roster_left` (of an
    erased roster), `erasure_missed` (nobody tells of a person any more who is not erased),
    `erasure_overdue` (a roster should have been erased two days ago or more).
    """
    return [*_persons(), *_rosters(), *_missed(), *_overdue(on)]


def _persons() -> Iterator[Finding]:
    gone = Person.objects.filter(status=PersonStatus.ERASED)
    left = set(gone.filter(_KNOWN).values_list("key", flat=True))
    for model, told, sides in _TOLD:
        for side in sides:
            left |= _keys(model, told, side, gone)
    left |= _keys(AccessCode, Q(revoked_at__isnull=True) | Q(guardian__isnull=False), "person", gone)
    asked = Q(value__isnull=False) | Q(reason__isnull=False) | Q(answer__isnull=False)
    left |= _keys(Correction, asked, "person", gone) | _keys(LookPurpose, Q(), "person", gone)
    for side in ("child", "first", "second"):
        left |= _keys(HouseholdNote, Q(), side, gone)
    left |= _keys(DuplicatePair, Q(), "first", gone) | _keys(DuplicatePair, Q(), "second", gone)
    for key in sorted(left):
        sentence = _("This person is erased, and something of what was known is still kept.")
        yield Finding("erased_person_left", f"people.person:{key}", sentence)


def _keys(model: type[Model], which: Q, side: str, gone: QuerySet[Person]) -> set[str]:
    rows = _all(model).filter(which, **{f"{side}__in": gone.values("pk")})
    return set(rows.values_list(f"{side}__key", flat=True))


def _rosters() -> Iterator[Finding]:
    gone = Roster.objects.filter(status=RosterStatus.ERASED).values("pk")
    left: set[str] = set()
    for model, told, _sides in _TOLD:
        left |= set(_all(model).filter(told, roster__in=gone).values_list("roster__key", flat=True))
    imports = RosterImport.objects.filter(roster__in=gone)
    named = ~Q(file_name=NO_FILE) | _texts("note") | ~Q(status__in=ENDED)
    left |= set(imports.filter(named).values_list("roster__key", flat=True))
    for waiting in (*STAGED.values(), ImportProblem, KeptRow, Mend):
        rows = _all(waiting).filter(source__roster__in=gone)
        left |= set(rows.values_list("source__roster__key", flat=True))
    for key in sorted(left):
        sentence = _("This roster is erased, and something of what it told is still kept.")
        yield Finding("erased_roster_left", f"people.roster:{key}", sentence)


def _missed() -> Iterator[Finding]:
    """Yield the active persons of whom erased rosters tell, and no other."""
    persons = Person.objects.filter(status=PersonStatus.ACTIVE)
    told = Q()
    for model, _told, sides in _TOLD:
        for side in sides:
            rows = _all(model).filter(**{side: OuterRef("pk")})
            told |= Q(Exists(rows.filter(roster__status=RosterStatus.ERASED)))
            persons = persons.exclude(Exists(rows.exclude(roster__status=RosterStatus.ERASED)))
    if Roster.objects.filter(status=RosterStatus.ERASED).exists():
        for key in persons.filter(told).order_by("pk").values_list("key", flat=True):
            sentence = _("Only erased rosters told of this person, who is not erased.")
            yield Finding("erasure_missed", f"people.person:{key}", sentence)


def _overdue(on: date) -> Iterator[Finding]:
    late = Q(status__in=(*LIVING, RosterStatus.ERASING), retain_until__lt=on - _OVERDUE)
    for one in Roster.objects.filter(late).order_by("pk"):
        if waits_alone(one):
            continue  # whoever waits for them says whether they still do
        key, until = one.key, one.retain_until
        assert until is not None  # noqa: S101 - it was asked for
        sentence = _(
            "This roster was to be kept until %(day)s and is not erased. Is the worker running? "
            "“songnuan roster erase” does it at once."
        )
        facts = {"day": until.isoformat()}
        yield Finding("erasure_overdue", f"people.roster:{key}", sentence % facts, facts)


def _all(model: type[Model]) -> QuerySet[Model]:
    return model._default_manager.all()  # noqa: SLF001 - Django's documented API
