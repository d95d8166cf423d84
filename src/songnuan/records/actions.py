"""The writers of the records. Permission is the journey's: a record is kept for an act it allowed."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.records import rules, storage
from songnuan.records.media import JSON, TABLE
from songnuan.records.models import Document, IssuedDocument, NumberSequence, Receipt, StoredFile
from songnuan.records.queries import used_elsewhere
from songnuan.records.rules import Opened, Outgoing
from songnuan.records.video import MP4

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
        Refusal: `document_incomplete`, `document_too_long`; `document_conflict` when the issuer's number
            is entered with another kind, title or date.

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
    """Take the next number, from 1, of the sequence `name`, as `next_numbers` does."""
    [number] = next_numbers(name=name, count=1)
    return number


def next_numbers(*, name: str, count: int) -> range:
    """Take the next numbers, from 1, of the sequence `name`.

    The sequence stays locked until the caller's transaction ends; if that is rolled back, the same
    numbers are given again.

    Raises:
        RuntimeError: Outside a transaction of the caller, where a number could be lost.

    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"a number of {name} was taken outside a transaction")
    rows = NumberSequence.objects.filter(name=name)
    if not rows.update(last=F("last") + count):
        NumberSequence.objects.get_or_create(name=name)
        rows.update(last=F("last") + count)
    last = rows.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)


def take_number(*, unit_id: int, code: str, year: int, last_given: int | None = None, known: int = 0) -> int:
    """Take the next number of the documents that a unit gives out under a code in a year.

    Args:
        unit_id: The unit that issues.
        code: Its code (机关代字), as in 澄水运防〔2020〕3号.
        year: The year in the number.
        last_given: The last number that was given before the house counted; heard at the first number only.
        known: The highest that a document entered here bears: it was given elsewhere, and is not given again.

    Raises:
        Refusal: `code_invalid`, `serial_invalid`.

    """
    name = f"document:{unit_id}:{rules.document_code(code)}:{year}"
    NumberSequence.objects.get_or_create(name=name, defaults={"last": rules.serial_before(last_given)})
    NumberSequence.objects.filter(name=name, last__lt=known).update(last=known)
    return next_number(name=name)


@transaction.atomic(savepoint=False)
def issue_document(*, outgoing: Outgoing, actor: Actor, at: datetime) -> IssuedDocument:
    """Send out a document: its number, what it says, and to whom. Papers are made later, from the snapshot.

    Its serial comes from `take_number`, in the same transaction. Needs DOCUMENT_ISSUE over the unit.

    Raises:
        Refusal: `already_issued`, `document_conflict`, `not_permitted`.

    """
    require(actor, Permission.DOCUMENT_ISSUE, unit_id=outgoing.unit_id, at=at)
    earlier = IssuedDocument.objects.filter(subject=outgoing.subject).first()
    if earlier is not None:
        sentence = _("This was issued already, as %(number)s. Open the plan again.")
        raise Refusal("already_issued", sentence % {"number": earlier.number}, document=earlier.pk)
    register_document(
        kind="notice",
        title=outgoing.title,
        number=outgoing.number,
        issuer=outgoing.issuer,
        dated_on=day_of(at),
        actor=actor,
        at=at,
    )
    content = outgoing.snapshot.encode()
    document = IssuedDocument.objects.create(
        subject=outgoing.subject,
        unit_id=outgoing.unit_id,
        code=outgoing.code,
        year=outgoing.year,
        serial=outgoing.serial,
        number=outgoing.number,
        title=outgoing.title,
        snapshot=_keep(content, f"{outgoing.number}.json", JSON, actor, at),
        digest=hashlib.sha256(content).hexdigest(),
        issued_at=at,
        issued_by_id=actor.user_id,
    )
    units = sorted(outgoing.addressed)
    Receipt.objects.bulk_create(
        Receipt(document=document, unit_id=unit, due_on=outgoing.due_on) for unit in units
    )
    record(
        stream=outgoing.stream,
        action="records.issue_document",
        subject=outgoing.subject,
        actor=actor,
        at=at,
        facts={
            "number": document.number,
            "digest": document.digest,
            "units": len(units),
            "due_on": outgoing.due_on,
        },
    )
    return document


@transaction.atomic(savepoint=False)
def acknowledge(*, document_id: int, unit_id: int, stream: str, actor: Actor, at: datetime) -> Receipt:
    """Note that a unit has the document; needs DOCUMENT_RECEIVE over the unit. The first time stays.

    Raises:
        Refusal: `not_addressed`, `person_needed`, `not_permitted`.

    """
    require(actor, Permission.DOCUMENT_RECEIVE, unit_id=unit_id, at=at)
    if actor.user_id is None:
        raise NotPermitted("person_needed", _("Only a person can acknowledge a document. Sign in first."))
    rows = Receipt.objects.filter(document_id=document_id, unit_id=unit_id)
    if rows.filter(acknowledged_at=None).update(acknowledged_at=at, acknowledged_by=actor.user_id):
        record(
            stream=stream,
            action="records.acknowledge",
            subject=f"records.issued:{document_id}",
            actor=actor,
            at=at,
            facts={"unit": unit_id},
        )
    receipt = rows.first()
    if receipt is None:
        raise Refusal("not_addressed", _("The document is not addressed to this unit."), unit=unit_id)
    return receipt


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
    return _keep(content, name, rules.require_acceptable(content, media_type), actor, at)


def store_table(*, content: bytes, name: str, actor: Actor, at: datetime) -> StoredFile:
    """Keep a table as somebody sent it, such as a bank's answer; who calls this has read it to its end.

    Args:
        content: At most 64 MB.
        name: As the sender calls it; shown, never used as a path.
        actor: Who brings it.
        at: When.

    Raises:
        Refusal: `file_empty`, `file_size`.

    """
    rules.require_table(content)
    return _keep(content, name, TABLE, actor, at)


def store_part(*, content: bytes, name: str, actor: Actor, at: datetime) -> StoredFile:
    """Keep a stretch of a film, of which who calls this has seen that it is one.

    Raises:
        Refusal: `file_empty`, `file_size`.

    """
    rules.require_table(content)
    return _keep(content, name, MP4, actor, at)


def _keep(content: bytes, name: str, media_type: str, actor: Actor, at: datetime) -> StoredFile:
    digest = storage.digest_of(content)
    known = StoredFile.objects.filter(digest=digest).first()
    if known is not None and known.erased_at is not None:
        return _again(known, content, name, at)
    if known is not None and storage.path_of(digest).exists():
        return known
    storage.write(digest, content)
    file, is_new = StoredFile.objects.get_or_create(
        digest=digest,
        defaults={
            "name": rules.tidy_file_name(name),
            "media_type": media_type,
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
            facts={"digest": digest, "media_type": media_type, "size": file.size},
        )
    return file


def _again(known: StoredFile, content: bytes, name: str, at: datetime) -> StoredFile:
    """Keep content anew that was erased: who removes it at this moment is waited for."""
    row = StoredFile.objects.select_for_update().get(pk=known.pk)
    storage.write(row.digest, content)
    row.name, row.created_at, row.erased_at = rules.tidy_file_name(name), at, None
    row.save(update_fields=["name", "created_at", "erased_at"])
    return row


@transaction.atomic(savepoint=False)
def erase_files(*, file_ids: Collection[int], besides: Collection[str], actor: Actor, at: datetime) -> int:
    """Note that files are erased; once that is certain, `remove_erased` takes their content off the disk.

    Args:
        file_ids: Which files; one that another table refers to is left out.
        besides: The tables, such as "payments.cashreceipt", whose references the caller has seen to.
        actor: Who erases; the caller asked for the right to.
        at: When.

    Returns:
        How many were erased.

    """
    some = set(file_ids) - used_elsewhere(file_ids, besides=besides)
    rows = StoredFile.objects.filter(pk__in=some, erased_at__isnull=True)
    digests = list(rows.order_by("pk").values_list("digest", flat=True))
    count = rows.update(erased_at=at, name=rules.ERASED_NAME)
    if count:
        facts = {"files": count, "digest": digest_rows([digests])}
        record(
            stream=STREAM,
            action="records.erase_files",
            subject="records.files",
            actor=actor,
            at=at,
            facts=facts,
        )
    return count


@transaction.atomic(savepoint=False)
def remove_erased() -> int:
    """Remove the content of files that were erased from the disk; return how many were there.

    Called in a transaction of its own, after that in which they were erased: what is rolled back is not lost.
    """
    removed = 0
    rows = StoredFile.objects.filter(erased_at__isnull=False)
    for pk, digest in rows.order_by("pk").values_list("pk", "digest"):
        path = storage.path_of(digest)
        if path.exists() and rows.select_for_update().filter(pk=pk).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def reseal_files() -> int:
    """Seal every stored file anew under the current key; may be run again after a break. Return how many."""
    count = 0
    kept = StoredFile.objects.filter(erased_at__isnull=True)
    for digest in kept.order_by("pk").values_list("digest", flat=True).iterator():
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


@transaction.atomic(savepoint=False)
def note_opening(*, opened: Opened, digest: str, actor: Actor, at: datetime) -> None:
    """Note that somebody opened a file that is kept sealed.

    Args:
        opened: Which file of what.
        digest: Of the file: it tells the very picture from one that took its place.
        actor: Who.
        at: When.

    """
    facts = {"file": opened.kind, "digest": digest, **opened.facts}
    record(
        stream=opened.stream, action=rules.OPEN_FILE, subject=opened.subject, actor=actor, at=at, facts=facts
    )


@transaction.atomic(savepoint=False)
def note_paper(
    *, stream: str, subject: str, kind: str, papers: int, is_full: bool, actor: Actor, at: datetime
) -> None:
    """Note that somebody made papers with names on them: a look at the names, masked or in full.

    Args:
        stream: The chain of what they are about, such as "plan:front-line-visits".
        subject: What they are about, such as "visits.visit:12".
        kind: Which paper.
        papers: How many of it.
        is_full: Whether names and numbers stood there in full.
        actor: Who.
        at: When.

    """
    facts = {"paper": kind, "count": papers, "unmasked": is_full}
    record(stream=stream, action=rules.MAKE_PAPER, subject=subject, actor=actor, at=at, facts=facts)
