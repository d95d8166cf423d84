"""What others read of the records."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, ForeignObjectRel, Max, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Left, StrIndex
from django.utils.translation import gettext as _

from songnuan.audit.queries import has_done
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.records import rules, storage
from songnuan.records.models import Document, IssuedDocument, NumberSequence, Receipt, StoredFile
from songnuan.records.rules import Opened


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A unit that a document is addressed to; `acknowledged_at` is None until somebody said so for it."""

    unit_id: int
    due_on: date
    acknowledged_at: datetime | None
    acknowledged_by: str


def issued(subject: str) -> IssuedDocument | None:
    """Return the document by which `subject` was made known, or None."""
    return IssuedDocument.objects.filter(subject=subject).first()


def issued_days(subjects: Collection[str]) -> dict[str, date]:
    """Return the day on which each subject was made known; those that were not are left out."""
    rows = IssuedDocument.objects.filter(subject__in=subjects).values_list("subject", "issued_at")
    return {subject: day_of(moment) for subject, moment in rows}


def latest_issued(prefix: str) -> IssuedDocument | None:
    """Return the newest document about anything whose subject begins with `prefix`, or None."""
    return IssuedDocument.objects.filter(subject__startswith=prefix).order_by("-pk").first()


def snapshot_of(document: IssuedDocument) -> str:
    """Return the document as data, as it was issued.

    Raises:
        FileNotFoundError: When it is not on the disk.
        songnuan.kernel.sealed.SealBroken: When it was changed or exchanged.

    """
    return read_file(document.snapshot).decode()


def receipts(document_id: int) -> list[ReceiptRow]:
    """Return the units addressed, in the order they were made."""
    rows = Receipt.objects.filter(document_id=document_id).select_related("acknowledged_by")
    return [
        ReceiptRow(
            unit_id=row.unit_id,
            due_on=row.due_on,
            acknowledged_at=row.acknowledged_at,
            acknowledged_by=row.acknowledged_by.name if row.acknowledged_by else "",
        )
        for row in rows.order_by("unit_id")
    ]


def open_receipts(
    *, units: Collection[int] | None = None, due_before: date | None = None
) -> QuerySet[Receipt]:
    """Return what was not acknowledged yet, each with its document, the oldest document first.

    A document that a newer one about the same took the place of asks nobody for anything any more.

    Args:
        units: Of these units only.
        due_before: Only what was due before this day.

    """
    wanted = Q(acknowledged_at=None, document__in=_newest())
    if units is not None:
        wanted &= Q(unit__in=units)
    if due_before is not None:
        wanted &= Q(due_on__lt=due_before)
    return Receipt.objects.filter(wanted).select_related("document").order_by("document_id", "unit_id")


def _newest() -> Subquery:
    """Return the id of the newest document about each thing: what stands before the @ of its subject."""
    about = Case(
        When(subject__contains="@", then=Left("subject", StrIndex("subject", Value("@")))), default="subject"
    )
    rows = IssuedDocument.objects.annotate(about=about).values("about")
    return Subquery(rows.annotate(newest=Max("pk")).values("newest"))


def next_serial(unit_id: int, code: str, year: int) -> int | None:
    """Return the number that comes next in a unit's sequence, or None when it has not begun."""
    rows = NumberSequence.objects.filter(name=f"document:{unit_id}:{code}:{year}")
    last = rows.values_list("last", flat=True).first()
    return None if last is None else last + 1


def last_code(unit_id: int) -> str:
    """Return the code under which the unit issued its newest document, empty when it issued none."""
    rows = IssuedDocument.objects.filter(unit_id=unit_id).order_by("-pk")
    return rows.values_list("code", flat=True).first() or ""


def highest_known(issuer: str, code: str, year: int) -> int:
    """Return the highest number of this code and year among the documents of an issuer that are entered."""
    numbers = Document.objects.filter(issuer=issuer, number__startswith=f"{code}〔{year}〕")
    return rules.highest_serial(numbers.values_list("number", flat=True), code, year)


def opened_that_day(*, opened: Opened, digest: str, actor: Actor, at: datetime) -> bool:
    """Return whether it is noted that somebody opened the file of this digest on the day of `at`."""
    begins = datetime.combine(day_of(at), time.min, CHINA)
    return has_done(
        actor_key=actor.key,
        action=rules.OPEN_FILE,
        subject=opened.subject,
        since=begins,
        until=begins + timedelta(days=1),
        holding=f'"digest":"{digest}"',
    )


def read_file(file: StoredFile) -> bytes:
    """Return the content of `file`, opened and compared with its digest.

    Raises:
        Refusal: `file_erased`.
        FileNotFoundError: When it is not on the disk.
        songnuan.kernel.sealed.SealBroken: When it was changed or exchanged.

    """
    if file.erased_at is not None:
        sentence = _("This file was erased when its time was over. That it was there, and its digest, stay.")
        raise Refusal("file_erased", sentence)
    return storage.read(file.digest)


def used_elsewhere(file_ids: Collection[int], *, besides: Collection[str]) -> set[int]:
    """Return those of the files to which a table refers, of whatever app, that is not among `besides`."""
    used: set[int] = set()
    for relation in StoredFile._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented API
        if not isinstance(relation, ForeignObjectRel):
            continue
        table = relation.related_model
        if table._meta.label_lower not in besides:  # noqa: SLF001
            rows = table._base_manager  # noqa: SLF001
            named = rows.filter(**{f"{relation.field.name}__in": list(file_ids)})
            used.update(named.values_list(f"{relation.field.name}__pk", flat=True))
    return used
