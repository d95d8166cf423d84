"""The trail keeps what was done and finds what was tampered with."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from songnuan.audit.chain import Link, digest
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry, Stream
from songnuan.audit.record import record, trail
from songnuan.kernel.actor import Actor

AT = datetime(2020, 4, 16, 2, 0, tzinfo=UTC)
ACTOR = Actor("user:1", "王守闸", 1)


def write(stream: str, *actions: str) -> None:
    with transaction.atomic(), trail():
        for action in actions:
            record(
                stream=stream, action=action, subject="plans.plan:x", actor=ACTOR, at=AT, facts={"金额": 300}
            )


def tamper(sql: str, *parameters: str | int) -> None:
    """Change the table as someone with the database password would: past the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_delete")
        cursor.execute(sql, parameters)


def codes(stream: str | None = None) -> set[str]:
    return {finding.code for finding in verify(stream)}


@pytest.mark.django_db
def test_an_untouched_trail_verifies() -> None:
    write("plan:a", "one", "two", "three")
    write("fund:1", "one")
    write("plan:a", "four")
    assert verify() == []
    assert list(Entry.objects.filter(stream__name="plan:a").order_by("seq").values_list("seq", "action")) == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
        (4, "four"),
    ]
    assert set(Entry.objects.filter(stream__name="trail").values_list("subject", flat=True)) == {
        "plan:a",
        "fund:1",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_or_delete_an_entry(verb: str) -> None:
    write("plan:a", "one")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
    assert verify() == []


@pytest.mark.django_db
def test_a_changed_row_is_found_where_it_is() -> None:
    write("plan:a", "one", "two", "three")
    tamper("UPDATE audit_entry SET facts = %s WHERE action = %s", '{"金额":900}', "two")
    assert [(f.code, f.where) for f in verify()] == [("row_changed", "plan:a #2")]


@pytest.mark.django_db
def test_a_changed_row_with_its_digest_made_anew_is_still_found() -> None:
    write("plan:a", "one", "two", "three")
    row = Entry.objects.get(action="two")
    forged = digest(
        "plan:a",
        2,
        row.previous,
        Link(row.at, row.entered_at, row.actor_key, row.actor_label, row.action, row.subject, "{}"),
    )
    tamper("UPDATE audit_entry SET facts = '{}', digest = %s WHERE action = 'two'", forged)
    assert codes() == {"row_reordered"}


@pytest.mark.django_db
def test_a_row_taken_from_the_middle_is_found() -> None:
    write("plan:a", "one", "two", "three")
    tamper("DELETE FROM audit_entry WHERE action = 'two'")
    assert [(f.code, f.where) for f in verify()] == [("row_removed", "plan:a #3")]


@pytest.mark.django_db
def test_a_row_taken_from_the_end_is_found() -> None:
    write("plan:a", "one", "two", "three")
    tamper("DELETE FROM audit_entry WHERE action = 'three'")
    assert codes() == {"row_removed"}


@pytest.mark.django_db
def test_two_rows_that_changed_places_are_found() -> None:
    write("plan:a", "one", "two", "three")
    tamper("UPDATE audit_entry SET seq = 99 WHERE action = 'one'")
    tamper("UPDATE audit_entry SET seq = 1 WHERE action = 'two'")
    tamper("UPDATE audit_entry SET seq = 2 WHERE action = 'one'")
    assert {"row_changed", "row_reordered"} <= codes()


@pytest.mark.django_db
def test_a_chain_rewritten_from_end_to_end_is_found_by_the_seal_of_its_head() -> None:
    write("plan:a", "one", "two")
    previous = "0" * 64
    for row in Entry.objects.filter(stream__name="plan:a").order_by("seq"):
        link = Link(row.at, row.entered_at, row.actor_key, row.actor_label, "forged", row.subject, row.facts)
        made = digest("plan:a", row.seq, previous, link)
        tamper(
            "UPDATE audit_entry SET action = 'forged', previous = %s, digest = %s WHERE id = %s",
            previous,
            made,
            row.pk,
        )
        previous = made
    Stream.objects.filter(name="plan:a").update(head=previous)
    assert codes() == {"head_forged"}


@pytest.mark.django_db
def test_a_whole_stream_that_is_gone_is_missed() -> None:
    write("plan:a", "one")
    write("plan:b", "one")
    tamper(
        "DELETE FROM audit_entry WHERE subject = 'plans.plan:x' AND stream_id IN "
        "(SELECT id FROM audit_stream WHERE name = 'plan:b')"
    )
    Stream.objects.filter(name="plan:b").delete()
    assert [(f.code, f.where) for f in verify()] == [("stream_missing", "plan:b")]


@pytest.mark.django_db
def test_what_was_rolled_back_leaves_no_entry() -> None:
    write("plan:a", "one")
    with transaction.atomic():
        write("plan:a", "two")
        transaction.set_rollback(True)
    assert Entry.objects.filter(stream__name="plan:a").count() == 1
    assert verify() == []


@pytest.mark.django_db
def test_an_act_outside_a_trail_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="outside a trail"):
        record(stream="plan:a", action="one", subject="x", actor=ACTOR, at=AT)


@pytest.mark.django_db
def test_a_journey_inside_a_journey_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="inside a journey"), transaction.atomic(), trail(), trail():
        pass


class AnyTrail(TestCase):
    """Whatever is written, in whatever portions, verifies; whatever row is changed, is found."""

    @given(
        st.lists(
            st.tuples(st.sampled_from(["plan:a", "fund:1", "accounts"]), st.text(max_size=20)), min_size=1
        ),
        st.integers(min_value=0),
    )
    def test_any_row_changed_is_found(self, acts: list[tuple[str, str]], pick: int) -> None:
        for stream, action in acts:
            write(stream, action.replace("\x00", ""))
        assert verify() == []
        row = Entry.objects.order_by("id")[pick % Entry.objects.count()]
        with transaction.atomic():
            tamper("UPDATE audit_entry SET actor_label = actor_label || '!' WHERE id = %s", row.pk)
            assert "row_changed" in codes(row.stream.name)
            transaction.set_rollback(True)
