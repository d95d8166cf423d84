"""The trail keeps what was done and finds what was tampered with."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from songnuan.audit import checks
from songnuan.audit.chain import FIRST, Link, digest, seal
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry, Stream
from songnuan.audit.record import record, trail
from songnuan.kernel.actor import Actor
from songnuan.kernel.keys import keys

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
        b"guessed",
        "plan:a",
        2,
        row.previous,
        Link(row.at, row.entered_at, row.actor_key, row.actor_label, row.action, row.subject, "{}"),
    )
    tamper("UPDATE audit_entry SET facts = '{}', digest = %s WHERE action = 'two'", forged)
    assert [(f.code, f.where) for f in verify()] == [
        ("row_changed", "plan:a #2"),
        ("row_reordered", "plan:a #3"),
    ]


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


def rewrite(stream: str, key: bytes) -> str:
    """Write a whole chain anew under a key, each link fitting the one before; return where it ends."""
    previous = FIRST
    for row in Entry.objects.filter(stream__name=stream).order_by("seq"):
        link = Link(row.at, row.entered_at, row.actor_key, row.actor_label, "forged", row.subject, row.facts)
        made = digest(key, stream, row.seq, previous, link)
        tamper(
            "UPDATE audit_entry SET action = 'forged', previous = %s, digest = %s WHERE id = %s",
            previous,
            made,
            row.pk,
        )
        previous = made
    Stream.objects.filter(name=stream).update(head=previous)
    return previous


@pytest.mark.django_db
def test_a_chain_rewritten_without_the_key_is_found_also_after_the_next_act() -> None:
    write("plan:a", "one", "two")
    head = rewrite("plan:a", b"guessed")
    Stream.objects.filter(name="plan:a").update(seal=seal(b"guessed", "plan:a", 2, head))
    assert codes() == {"row_changed", "head_forged"}
    write("plan:a", "three")
    write("plan:a", "four")
    assert sorted({(f.code, f.where) for f in verify()}) == [
        ("head_forged", "plan:a"),
        ("row_changed", "plan:a #1"),
        ("row_changed", "plan:a #2"),
    ]


@pytest.mark.django_db
def test_a_head_that_is_not_ours_is_not_sealed_by_the_next_act() -> None:
    write("plan:a", "one", "two")
    rewrite("plan:a", keys().trail)  # as if links alone could be forged
    assert codes() == {"head_forged"}
    write("plan:a", "three")
    write("plan:a", "four")
    assert codes() == {"head_forged"}
    assert Entry.objects.filter(stream__name="plan:a").count() == 4, "acts go on"


@pytest.mark.django_db
def test_a_head_set_back_is_not_sealed_by_the_next_act() -> None:
    write("plan:a", "one", "two")
    first = Entry.objects.get(action="one")
    tamper("DELETE FROM audit_entry WHERE action = 'two'")
    Stream.objects.filter(name="plan:a").update(length=1, head=first.digest)
    write("plan:a", "three")
    assert codes() == {"head_forged"}


def remove(stream: str) -> None:
    tamper("DELETE FROM audit_entry WHERE stream_id IN (SELECT id FROM audit_stream WHERE name = %s)", stream)
    Stream.objects.filter(name=stream).delete()


def places(stream: str | None = None) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in verify(stream)]


@pytest.mark.django_db
def test_a_whole_stream_that_is_gone_is_missed() -> None:
    write("plan:a", "one")
    write("plan:b", "one")
    remove("plan:b")
    assert places() == places("plan:b") == [("stream_missing", "plan:b")]
    assert places("plan:a") == []


@pytest.mark.django_db
def test_a_stream_that_was_removed_is_missed_when_the_next_act_begins_it_again() -> None:
    write("plan:a", "one")
    write("plan:b", "one")
    remove("plan:b")
    write("plan:b", "two")
    assert places() == places("plan:b") == [("stream_restarted", "plan:b")]
    assert places("plan:a") == []


@pytest.mark.django_db
def test_streams_whose_announcements_are_gone_are_found() -> None:
    write("plan:a", "one")
    remove("trail")
    assert places() == places("plan:a") == [("trail_missing", "trail")]
    write("plan:b", "one")
    assert places() == places("plan:a") == [("stream_unannounced", "plan:a")]
    assert places("plan:b") == []


@pytest.mark.django_db
def test_an_emptied_trail_is_found_where_the_installation_is_known_also_after_the_next_act() -> None:
    def expected() -> list[tuple[str, str]]:
        return [(f.code, f.where) for f in verify(expected="plans.plan:x")]

    write("plan:a", "one")
    assert expected() == []
    for name in ("plan:a", "trail"):
        remove(name)
    assert expected() == [("trail_missing", "trail")]
    with transaction.atomic(), trail():
        record(stream="plan:a", action="one", subject="plans.plan:y", actor=ACTOR, at=AT)
    assert expected() == [("trail_missing", "trail")]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["no-such", "trail"])
def test_a_stream_that_was_asked_for_and_never_was_is_missed(name: str) -> None:
    assert places(name) == [("stream_missing", name)]


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["one", "two", "three"])
def test_a_cell_that_cannot_be_read_any_more_is_found_where_it_is(action: str) -> None:
    write("plan:a", "one", "two", "three")
    at = "infinity" if connection.vendor == "postgresql" else "garbage"
    tamper("UPDATE audit_entry SET at = %s WHERE action = %s", at, action)
    place = {"one": 1, "two": 2, "three": 3}[action]
    row = Entry.objects.filter(action=action).values_list("pk", flat=True).get()
    assert [(f.code, f.where, f.facts["row"]) for f in verify()] == [("row_changed", f"plan:a #{place}", row)]


@pytest.mark.django_db
def test_a_number_that_is_none_is_found() -> None:
    write("plan:a", "one", "two", "three")
    number = 2_000_000_000 if connection.vendor == "postgresql" else "garbage"
    tamper("UPDATE audit_entry SET seq = %s WHERE action = 'two'", number)
    assert places() == [("row_removed", "plan:a #3"), ("head_differs", "plan:a")]
    Stream.objects.filter(name="plan:a").update(seal="")
    if connection.vendor == "sqlite":
        tamper("UPDATE audit_stream SET length = 'garbage' WHERE name = 'plan:a'")
    assert ("head_forged", "plan:a") in places()


@pytest.mark.django_db
def test_an_act_while_the_trail_is_read_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    write("plan:a", "one", "two")
    heads = checks._streams

    def heads_and_then_acts() -> list[Stream]:
        found = heads()
        write("plan:a", "three")
        write("plan:b", "one")
        return found

    monkeypatch.setattr(checks, "_streams", heads_and_then_acts)
    assert verify() == []
    assert Entry.objects.count() == 6, "the acts did happen meanwhile, and two streams were announced"


@pytest.mark.django_db
def test_a_row_put_behind_the_head_is_found() -> None:
    write("plan:a", "one", "two")
    row = Entry.objects.get(action="two")
    row.pk, row.seq, row.previous = None, 3, row.digest
    row.save(force_insert=True)
    assert places() == [("head_differs", "plan:a")]


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
