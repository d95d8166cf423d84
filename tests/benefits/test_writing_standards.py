"""A standard is written in versions; what was written stays, and who may not write changes nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from benefits.union import DECIDED, NOW, SET, SOURCE, TODAY, Union, make_union, write
from goods.builders import make_person, make_unit, snapshot
from songnuan.audit.models import Entry
from songnuan.benefits.models import Standard, StandardVersion
from songnuan.benefits.queries import latest_by_slug, latest_of, versions_seen
from songnuan.benefits.standardfile import StandardRefused
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Standard, StandardVersion)


@pytest.fixture
def union() -> Union:
    return make_union()


def refused(code: str, union: Union, source: str, **changes: Any) -> Refusal:
    """Write what is refused with a code, and show that nothing was kept."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        write(union, source, **changes)
    assert found.value.code == code
    assert snapshot(TABLES) == before
    return found.value


def test_a_standard_is_kept_as_it_was_written(union: Union) -> None:
    assert write(union) == "family-money"
    [version] = StandardVersion.objects.all()
    assert (version.number, version.source, version.title) == (1, SOURCE, "一线医务人员家属慰问金")
    assert (version.document_number, version.written_by_id) == ("澄工发〔2020〕3号", union.officer.user_id)
    [entry] = Entry.objects.filter(action="benefits.write_standard")
    assert entry.stream.name == "standard:family-money"


def test_amounts_that_were_open_are_set_by_a_recorded_decision(union: Union) -> None:
    write(union)
    told = refused("decision_missing", union, SET, base=1)
    assert (told.field, "支援湖北、本市防疫一线" in told.sentence) == ("decision", True)
    refused("decision_day", union, SET, base=1, decision="纪要1号")
    refused("decision_day", union, SET, base=1, decision="纪要1号", decided_on=TODAY + timedelta(days=1))
    refused("decision_missing", union, SET, base=1, decision=" ", decided_on=TODAY)
    refused("decision_long", union, SET, base=1, decision="纪" * 201, decided_on=TODAY)
    write(union, SET, base=1, **DECIDED)
    second = StandardVersion.objects.get(number=2)
    assert (second.decision, second.decided_on) == (DECIDED["decision"], DECIDED["decided_on"])


def test_an_amount_set_anew_needs_a_decision_under_whatever_key(union: Union) -> None:
    write(union, SET)
    refused("decision_missing", union, SET.replace("5000", "6000"), base=1)
    refused("decision_missing", union, SET.replace("key: front", "key: other"), base=1)
    write(union, SET.replace("本市防疫一线", "本市一线"), base=1)
    assert StandardVersion.objects.count() == 2


def test_the_same_form_twice_is_one_version(union: Union) -> None:
    key = uuid4()
    assert write(union, key=key) == write(union, key=key)
    assert StandardVersion.objects.count() == 1


def test_who_writes_on_an_older_version_is_told_so(union: Union) -> None:
    write(union)
    refused("standard_taken", union, SOURCE)
    refused("standard_same", union, SOURCE, base=1)
    write(union, SET, base=1, **DECIDED)
    refused("standard_stale", union, SET.replace("一线医务", "医务"), base=1)
    refused("standard_unknown", union, SET.replace("family-money", "other-money"), base=2)


def test_nobody_writes_for_another_unit_or_without_the_post(union: Union) -> None:
    for actor in (union.stranger, union.approver, union.finance, union.inspector):
        before = snapshot(TABLES)
        with pytest.raises(NotPermitted):
            write(union, actor=actor)
        assert snapshot(TABLES) == before
    write(union)
    with pytest.raises(NotPermitted):
        write(union, SET, base=1, unit_id=union.unit.pk + 1, actor=union.stranger, **DECIDED)
    assert StandardVersion.objects.count() == 1


def test_a_short_name_of_another_unit_is_taken(union: Union) -> None:
    write(union)
    unit = make_unit("平川市水运局")
    elsewhere = make_person("别处经办", Role.UNION_OFFICER, unit)
    refused("standard_taken", union, SOURCE, unit_id=unit.pk, actor=elsewhere)


def test_a_text_at_fault_is_refused_whole(union: Union) -> None:
    with pytest.raises(StandardRefused):
        write(union, SOURCE.replace("by: once", "by: week"))
    assert not Standard.objects.exists()


def test_what_was_written_is_neither_changed_nor_removed(union: Union) -> None:
    write(union)
    for table in TABLES:
        before = snapshot(TABLES)
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.all().delete()
        assert snapshot(TABLES) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardVersion.objects.update(source=SET)
    assert StandardVersion.objects.get().source == SOURCE


def test_those_who_may_see_it_see_the_newest(union: Union) -> None:
    write(union)
    write(union, SET, base=1, **DECIDED)
    for actor in (union.officer, union.approver, union.finance, union.inspector):
        assert [version.number for version in latest_of(versions_seen(actor, NOW))] == [2]
        assert [version.number for version in versions_seen(actor, NOW)] == [2, 1]
    assert not versions_seen(union.stranger, NOW)
    assert latest_by_slug(["family-money", "none"])["family-money"].number == 2
