"""A file that was erased leaves its row and its digest; its content goes off the disk in a step after it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from songnuan.audit.models import Entry
from songnuan.audit.record import trail as open_trail
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.records import storage
from songnuan.records.actions import erase_files, remove_erased, reseal_files, store_file
from songnuan.records.checks import verify
from songnuan.records.models import StoredFile
from songnuan.records.queries import read_file

pytestmark = pytest.mark.django_db
AT = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
PDF, OTHER = b"%PDF-1.7\nsigned\n%%EOF", b"%PDF-1.7\nother\n%%EOF"


def kept(content: bytes = PDF, name: str = "张小三签字.pdf") -> StoredFile:
    with transaction.atomic(), open_trail():
        return store_file(content=content, name=name, media_type="application/pdf", actor=SYSTEM, at=AT)


def erased(*files: StoredFile) -> int:
    with transaction.atomic(), open_trail():
        return erase_files(file_ids=[one.pk for one in files], besides=(), actor=SYSTEM, at=AT)


def codes() -> list[str]:
    return [finding.code for finding in verify()]


def test_what_is_erased_is_told_by_its_digest_alone(files_root: Path) -> None:
    one, other = kept(), kept(OTHER, "别的.pdf")
    assert erased(one) == 1
    assert codes() == ["file_left"]
    assert remove_erased() == 1
    digest, size = one.digest, one.size
    one.refresh_from_db()
    assert (one.name, one.erased_at, one.digest, one.size) == ("—", AT, digest, size)
    assert [path.name for path in files_root.glob("??/*")] == [other.digest]
    assert codes() == []
    with pytest.raises(Refusal) as refused:
        read_file(one)
    assert refused.value.code == "file_erased"
    assert read_file(other) == OTHER
    assert reseal_files() == 1
    assert remove_erased() == 0
    assert "张小三" not in "".join(entry.facts for entry in Entry.objects.all())


def test_it_is_erased_once(files_root: Path) -> None:
    one = kept()
    assert [erased(one), erased(one)] == [1, 0]
    assert Entry.objects.filter(action="records.erase_files").count() == 1
    assert list(files_root.glob("??/*"))


@pytest.mark.parametrize("is_removed", [False, True])
def test_the_same_content_may_be_kept_again(*, is_removed: bool) -> None:
    one = kept()
    erased(one)
    if is_removed:
        remove_erased()
    again = kept(name="新的.pdf")
    assert (again.pk, again.name, again.erased_at) == (one.pk, "新的.pdf", None)
    assert read_file(again) == PDF
    assert remove_erased() == 0
    assert storage.path_of(one.digest).exists()
    assert codes() == []
