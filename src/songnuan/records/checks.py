"""Proves again that every file is there and is what it was."""

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.kernel.sealed import SealBroken
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file
from songnuan.records.storage import path_of


def verify() -> list[Finding]:
    """Return a finding for each file that is missing (`file_missing`), changed (`file_changed`) or left.

    `file_left` is one that was erased and whose content is still on the disk.
    """
    findings = (_file(file) for file in StoredFile.objects.order_by("pk").iterator())
    return [finding for finding in findings if finding is not None]


def _file(file: StoredFile) -> Finding | None:
    where = f"records.file:{file.pk}"
    facts: dict[str, str | int | None] = {"digest": file.digest}
    if file.erased_at is not None:
        if not path_of(file.digest).exists():
            return None
        sentence = _("This file is erased, and its content is still on the disk. The next night removes it.")
        return Finding("file_left", where, sentence, facts)
    try:
        content = read_file(file)
    except FileNotFoundError:
        sentence = _("The file “%(name)s” is not on the disk. Restore it from a backup.")
        return Finding("file_missing", where, sentence % {"name": file.name}, facts)
    except SealBroken:
        content = b""
    if len(content) != file.size:
        sentence = _("The file “%(name)s” was changed on the disk. Restore it from a backup.")
        return Finding("file_changed", where, sentence % {"name": file.name}, facts)
    return None
