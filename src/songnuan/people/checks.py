"""What must always hold of the register, read from its tables anew. Checks return findings."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db.models import DateField, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.kernel.cells import squeezed
from songnuan.kernel.sealed import SealBroken, open_text
from songnuan.organisation.queries import today
from songnuan.people import assessment_checks, erasure_checks, household_checks, look_checks
from songnuan.people.columns import INDEXES, PLACES, index
from songnuan.people.lifecycle import ENDED
from songnuan.people.models import OPEN, STANDING, Enrolment, FamilyLink, Person, PersonStatus, Service
from songnuan.people.rules import minor_after
from songnuan.people.staging import STAGED
from songnuan.people.statements import ask

_SWEPT_AFTER: Final = timedelta(days=8)
_AT_ONCE: Final = 2_000

# The texts as they are stored: what does not open is a finding, not an error.
_SEALED: Final = """
SELECT id, key, id_number, id_index, phone, phone_index, account, account_index, address, address_index
FROM people_person WHERE id > %(after)s ORDER BY id LIMIT %(size)s
"""


def verify(on: date | None = None) -> list[Finding]:
    """Return every fault in the register; empty when all agrees.

    Codes: `merged_astray` (into nobody who is active), `absent_standing` (who is merged or erased still
    stands in a roster), `periods_overlap`, `minor_open` (a minor whose numbers are not restricted),
    `seal_broken`, `number_misindexed`, `staged_left` (rows of an import that ended long ago); and those of
    `erasure_checks`, `look_checks`, `household_checks` and `assessment_checks`.
    """
    day = on or today()
    of_register = [*_merged(), *_absent(), *_overlaps(), *_minors(day), *_numbers(), *_staged(day)]
    of_texts = [*look_checks.verify(), *household_checks.verify(), *assessment_checks.verify()]
    return [*of_register, *erasure_checks.verify(day), *of_texts]


def _merged() -> Iterator[Finding]:
    astray = Person.objects.filter(status=PersonStatus.MERGED).exclude(
        merged_into__status=PersonStatus.ACTIVE
    )
    for key in astray.order_by("pk").values_list("key", flat=True):
        sentence = _("This person was merged into one who is not active.")
        yield Finding("merged_astray", f"people.person:{key}", sentence)


def _absent() -> Iterator[Finding]:
    gone = Person.objects.exclude(status=PersonStatus.ACTIVE).values("pk")
    standing = (
        *Enrolment.objects.filter(OPEN, person__in=gone).values_list("person__key", flat=True),
        *FamilyLink.objects.filter(OPEN, person__in=gone).values_list("person__key", flat=True),
        *FamilyLink.objects.filter(OPEN, relative__in=gone).values_list("relative__key", flat=True),
        *Service.objects.filter(STANDING, person__in=gone).values_list("person__key", flat=True),
    )
    for key in sorted(set(standing)):
        sentence = _("This person is merged or erased, and still stands in a roster.")
        yield Finding("absent_standing", f"people.person:{key}", sentence)


def _overlaps() -> Iterator[Finding]:
    """Yield enrolments whose period overlaps that of a later one in the roster; empty ones overlap none."""
    end = Coalesce("ends_on", date.max, output_field=DateField())
    rows = Enrolment.objects.annotate(end=end).filter(end__gt=F("starts_on"))
    later = rows.filter(
        pk__gt=OuterRef("pk"),
        roster=OuterRef("roster"),
        person=OuterRef("person"),
        starts_on__lt=OuterRef("end"),
        end__gt=OuterRef("starts_on"),
    )
    for pk in rows.filter(Exists(later)).order_by("pk").values_list("pk", flat=True):
        sentence = _("Its period overlaps that of a later row.")
        yield Finding("periods_overlap", f"people.enrolment:{pk}", sentence, {"row": pk})


def _minors(on: date) -> Iterator[Finding]:
    persons = Person.objects.filter(restricted=False, birth_on__gt=minor_after(on))
    for key in persons.order_by("pk").values_list("key", flat=True):
        sentence = _("This person is a minor, but the numbers are not restricted.")
        yield Finding("minor_open", f"people.person:{key}", sentence)


def _numbers() -> Iterator[Finding]:
    """Yield the numbers that do not open here, or are found under another index than their own."""
    after = 0
    while rows := ask(_SEALED, {"after": after, "size": _AT_ONCE}):
        for pk, key, *told in rows:
            after = pk
            for field, sealed, known in zip(INDEXES, told[::2], told[1::2], strict=True):
                yield from _number(f"people.person:{key}", field, sealed, known)


def _number(where: str, field: str, sealed: str | None, known: str) -> Iterator[Finding]:
    try:
        plain = "" if sealed is None else open_text(PLACES[field], sealed)
    except SealBroken:
        sentence = _("The field “%(field)s” does not open: it was changed, or sealed with another key.")
        yield Finding("seal_broken", where, sentence % {"field": field}, {"field": field})
        return
    if index(field, squeezed(plain) if field == "address" else plain) != known:
        sentence = _("The field “%(field)s” is found under the index of another value.")
        yield Finding("number_misindexed", where, sentence % {"field": field}, {"field": field})


def _staged(on: date) -> Iterator[Finding]:
    long_ago = Q(source__status__in=ENDED, source__touched_at__date__lt=on - _SWEPT_AFTER)
    for model in STAGED.values():
        rows = model._default_manager.filter(long_ago)  # noqa: SLF001 - Django's documented API
        for key in rows.order_by("source__key").values_list("source__key", flat=True).distinct():
            sentence = _("The import ended long ago, and rows of its file are still kept.")
            yield Finding("staged_left", f"people.rosterimport:{key}", sentence)
