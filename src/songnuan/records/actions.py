"""The writers of the records. Permission is the journey's: a record is kept for an act it allowed."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.records import rules, storage
from songnuan.records.models import Document, NumberSequence, StoredFile

STREAM = "records"


@transaction.atomic(savepoint=False)
def register_document(
    *, kind: str, title: str, number: str, issuer: str, dated_on: date, actor: Actor, at: datetime
) -> Document:
    """Enter a document, or return it when the same was entered before.

    Args:
        kind: What it is to the house, such as "notice" or "fund".
        title: As printed.
        number: As printed, such as 〔2020〕3号.
        issuer: Who gave the number.
        dated_on: Its date.
        actor: Who enters it.
        at: When.

    Raises:
        Refusal: `document_incomplete`; `document_conflict` when the issuer's number is entered
            with another kind, title or date.

    """
    rules.require_complete(title=title, number=number, issuer=issuer)
    content = {"kind": kind, "title": title.strip(), "dated_on": dated_on}
    document, is_new = Document.objects.get_or_create(
        number=number.strip(), issuer=issuer.strip(), defaults=content
    )
    if {name: getattr(document, name) for name in content} != content:
        sentence = _("%(issuer)s %(number)s is already entered as “%(title)s” of %(date)s. Compare both.")
        values = {
            "issuer": document.issuer,
            "number": document.number,
            "title": document.title,
            "date": document.dated_on,
        }
        raise Refusal("document_conflict", sentence % values, field="number", document=document.pk)
    if is_new:
        record(
            stream=STREAM,
            action="records.register_document",
            subject=f"records.document:{document.pk}",
            actor=actor,
            at=at,
            facts={"kind": kind, "number": document.number, "issuer": document.issuer, "dated_on": dated_on},
        )
    return document


def next_number(*, name: str) -> int:
    """Take the next number, from 1, of the sequence `name`.

    The sequence stays locked until the caller's transaction ends; if that is rolled back, the same
    number is given again.

    Raises:
        RuntimeError: Outside a transaction of the caller, where a number could be lost.

    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"a number of {name} was taken outside a transaction")
    rows = NumberSequence.objects.filter(name=name)
    if not rows.update(last=F("last") + 1):
        NumberSequence.objects.get_or_create(name=name)
        rows.update(last=F("last") + 1)
    return rows.values_list("last", flat=True).get()


@transaction.atomic(savepoint=False)
def store_file(*, content: bytes, name: str, media_type: str, actor: Actor, at: datetime) -> StoredFile:
    """Keep a file; equal content is kept once, under its first name.

    The content is sealed and safe on the disk before its row is written. If the transaction is
    rolled back, the content is an orphan, which `sweep_files` removes.

    Args:
        content: At most 8 MB: PNG, JPEG, WebP or PDF.
        name: As the sender calls it; shown, never used as a path.
        media_type: As the sender calls it; must be what the content is.
        actor: Who brings it.
        at: When.

    Raises:
        Refusal: `file_empty`, `file_size`, `file_kind`.

    """
    found = rules.require_acceptable(content, media_type)
    digest = storage.digest_of(content)
    known = StoredFile.objects.filter(digest=digest).first()
    if known is not None and storage.path_of(digest).exists():
        return known
    storage.write(digest, content)
    file, is_new = StoredFile.objects.get_or_create(
        digest=digest,
        defaults={
            "name": rules.tidy_file_name(name),
            "media_type": found,
            "size": len(content),
            "created_at": at,
        },
    )
    if is_new:
        record(
            stream=STREAM,
            action="records.store_file",
            subject=f"records.file:{file.pk}",
            actor=actor,
            at=at,
            facts={"digest": digest, "media_type": found, "size": file.size},
        )
    return file


def reseal_files() -> int:
    """Seal every stored file anew under the current key; may be run again after a break. Return how many."""
    count = 0
    for digest in StoredFile.objects.order_by("pk").values_list("digest", flat=True).iterator():
        storage.write(digest, storage.read(digest))
        count += 1
    return count


def sweep_files(*, before: datetime) -> int:
    """Remove files on the disk that no row names, last written before `before`; return how many.

    Args:
        before: By the machine's own clock, as the disk counts; a day ago is safe, since no
            transaction lasts that long.

    """
    removed = 0
    for path in storage.old_files(before):
        if not StoredFile.objects.filter(digest=path.name).exists():
            removed += storage.remove(path, before)
    return removed
