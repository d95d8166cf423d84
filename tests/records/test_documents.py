from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.audit.record import trail as open_trail
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.records.actions import register_document
from songnuan.records.models import Document

pytestmark = pytest.mark.django_db
NOTICE: dict[str, Any] = {
    "kind": "notice",
    "title": "关于做好一线走访慰问的通知",
    "number": "〔2020〕3号",
    "issuer": "江州市水务局",
    "dated_on": date(2020, 4, 1),
}


@contextmanager
def journey() -> Iterator[None]:
    with transaction.atomic(), open_trail():
        yield


def enter(**changes: Any) -> Document:
    with journey():
        return register_document(
            **{**NOTICE, **changes}, actor=SYSTEM, at=datetime(2020, 4, 2, 1, 0, tzinfo=UTC)
        )


def test_a_document_is_entered_once_and_recorded_once() -> None:
    first = enter()
    assert enter().pk == first.pk
    assert enter(title=f"  {NOTICE['title']} ", number=" 〔2020〕3号 ").pk == first.pk
    assert Document.objects.count() == 1
    entry = Entry.objects.get(stream__name="records")
    assert (entry.action, entry.subject) == ("records.register_document", f"records.document:{first.pk}")
    assert verify() == []


@pytest.mark.parametrize("change", [{"title": "另一个"}, {"kind": "fund"}, {"dated_on": date(2020, 4, 2)}])
def test_the_same_number_with_another_content_is_refused_and_nothing_changes(change: dict[str, Any]) -> None:
    enter()
    before, entries = Document.objects.values().get(), Entry.objects.count()
    with pytest.raises(Refusal) as refused:
        enter(**change)
    assert refused.value.code == "document_conflict"
    assert refused.value.field == "number"
    assert Document.objects.values().get() == before
    assert Entry.objects.count() == entries


def test_two_issuers_may_give_the_same_number() -> None:
    enter()
    enter(issuer="江州市卫生健康委员会")
    assert Document.objects.count() == 2


@pytest.mark.parametrize("field", ["title", "number", "issuer"])
def test_a_document_without_title_number_or_issuer_is_refused_at_the_field(field: str) -> None:
    with pytest.raises(Refusal) as refused:
        enter(**{field: "  "})
    assert (refused.value.code, refused.value.field) == ("document_incomplete", field)
    assert not Document.objects.exists()


@pytest.mark.parametrize(("field", "limit"), [("title", 400), ("number", 60), ("issuer", 120)])
def test_what_does_not_fit_is_refused_at_its_field_before_anything_is_done(field: str, limit: int) -> None:
    with pytest.raises(Refusal) as refused:
        enter(**{field: "长" * (limit + 1)})
    assert (refused.value.code, refused.value.field) == ("document_too_long", field)
    assert not Document.objects.exists()
    enter(**{field: f" {'长' * limit} "})
    assert len(getattr(Document.objects.get(), field)) == limit
