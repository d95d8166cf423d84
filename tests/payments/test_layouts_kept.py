"""Own layouts are written in versions; what was written stays, and who may not write changes nothing."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from benefits.union import NOW, Union, make_union
from goods.builders import snapshot
from payments.layout_builders import LINES, layout, written
from songnuan.audit.models import Entry
from songnuan.journeys.write_layout import write_layout
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.payments.layout_queries import layout_of, layouts, told_of, versions_of
from songnuan.payments.layouts import reading
from songnuan.payments.layouts.reading import LayoutRefused
from songnuan.payments.models import BankLayout

pytestmark = pytest.mark.django_db(transaction=True)


def own(**changes: Any) -> str:
    """Return the YAML of an own layout."""
    return reading.written(layout("csv-coded", **{"slug": "union-bank", "title": "工会开户行", **changes}))


@pytest.fixture
def union() -> Union:
    return make_union()


def write(
    union: Union,
    source: str | None = None,
    *,
    base: int = 0,
    note: str = "",
    key: UUID | None = None,
    actor: Actor | None = None,
    unit_id: int | None = None,
) -> str:
    return write_layout(
        unit_id=unit_id or union.unit.pk,
        base=base,
        source=own() if source is None else source,
        note=note,
        key=key or uuid4(),
        actor=actor or union.finance,
        at=NOW,
    )


def refused(code: str, union: Union, source: str | None = None, **changes: Any) -> Refusal:
    before = snapshot((BankLayout,))
    with pytest.raises(Refusal) as found:
        write(union, source, **changes)
    assert found.value.code == code
    assert snapshot((BankLayout,)) == before
    return found.value


def test_a_layout_is_kept_and_found_beside_the_shipped_ones(union: Union) -> None:
    assert [one.slug for one in layouts()] == ["csv-coded", "text-bars", "workbook-five"]
    assert write(union, note=" 开户行  告知 ") == "union-bank"
    [version] = BankLayout.objects.all()
    assert (version.number, version.note, version.written_by_id) == (1, "开户行 告知", union.finance.user_id)
    assert told_of(version) == reading.read(own())
    assert [one.slug for one in layouts()] == ["csv-coded", "text-bars", "workbook-five", "union-bank"]
    assert len(layouts(units=[])) == 3
    [entry] = Entry.objects.filter(action="payments.write_layout")
    assert entry.stream.name == "bank-layout:union-bank"


def test_the_newest_version_counts_and_a_batch_keeps_its_own(union: Union) -> None:
    write(union)
    frozen = BankLayout.objects.get().body
    before = written(layout_of("union-bank"), LINES[:2])
    write(union, own(encoding="utf-8"), base=1)
    assert layout_of("union-bank").encoding == "utf-8"
    assert written(type(layout_of("union-bank")).model_validate_json(frozen), LINES[:2]) == before
    assert [row.number for row in versions_of("union-bank")] == [2, 1]


def test_no_own_layout_takes_a_short_name_that_is_taken(union: Union) -> None:
    assert refused("layout_taken", union, own(slug="csv-coded")).field == "slug"
    refused("layout_taken", union, own(slug="csv-coded"), base=1)
    write(union)
    refused("layout_taken", union, own(title="另一个"))


def test_who_writes_on_an_older_version_is_told_so(union: Union) -> None:
    refused("layout_unknown", union, base=1)
    write(union)
    refused("layout_same", union, base=1)
    write(union, own(title="改"), base=1)
    refused("layout_stale", union, own(title="再改"), base=1)
    refused("layout_stale", union, own(title="再改"), base=7)


def test_the_same_form_twice_is_one_version(union: Union) -> None:
    key = uuid4()
    assert write(union, key=key) == write(union, key=key)
    assert BankLayout.objects.count() == 1


def test_nobody_writes_for_another_unit_or_without_the_post(union: Union) -> None:
    for actor in (union.stranger, union.approver, union.officer, union.inspector):
        with pytest.raises(NotPermitted):
            write(union, actor=actor)
    assert not BankLayout.objects.exists()
    write(union)
    with pytest.raises(NotPermitted):
        write(union, own(title="改"), base=1, actor=union.stranger)
    assert BankLayout.objects.count() == 1


def test_a_layout_at_fault_is_refused_whole(union: Union) -> None:
    with pytest.raises(LayoutRefused):
        write(union, own().replace("content: account", "content: bank"))
    refused("text_too_long", union, note="长" * 201)
    assert not BankLayout.objects.exists()


def test_an_unknown_layout_is_not_found() -> None:
    with pytest.raises(Refusal) as found:
        layout_of("nowhere")
    assert found.value.code == "layout_unknown"


def test_what_was_written_is_neither_changed_nor_removed(union: Union) -> None:
    write(union)
    before = snapshot((BankLayout,))
    with pytest.raises(IntegrityError), transaction.atomic():
        BankLayout.objects.update(body="{}")
    with pytest.raises(IntegrityError), transaction.atomic():
        BankLayout.objects.all().delete()
    assert snapshot((BankLayout,)) == before


def test_one_that_can_no_longer_be_read_is_left_out(union: Union) -> None:
    unit, by = union.unit.pk, union.finance.user_id
    BankLayout.objects.create(
        slug="old", number=1, unit_id=unit, title="旧", body="{}", written_by_id=by, written_at=NOW
    )
    assert len(layouts()) == 3
    with pytest.raises(Refusal):
        layout_of("old")
