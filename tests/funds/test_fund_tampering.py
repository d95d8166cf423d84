"""Whoever changes money past the program is found by the checks."""

import pytest
from django.db import connection
from django.db.models import Max, Min

from funds import acts
from goods.builders import House, appropriate, commit, disburse, make_house, release, reverse
from songnuan.funds.checks import verify
from songnuan.funds.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A fund of every kind of entry, whose append-only triggers someone has removed."""
    house = make_house()
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    paid = disburse(house, entry.pk, 100_00)
    disburse(house, entry.pk, 50_00)
    reverse(house, paid.pk)
    release(house, entry.pk, 20_00)
    acts.refund(house, entry.pk, 5_00)
    acts.return_unspent(house, 30_00)
    assert verify() == []
    return house


def sql(statement: str) -> int:
    """Run statements past the triggers; return how many rows the last one changed."""
    # PostgreSQL drops no trigger while checks of foreign keys are still to come.
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in ("funds_entry", "funds_posting"):
            for verb in ("update", "delete"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}")
        on_entry = " ON funds_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER IF EXISTS funds_entry_shut{on_entry}")
        ids = Entry.objects.aggregate(first=Min("pk"), last=Max("pk"))
        cursor.execute(statement.format(**ids))
        return int(cursor.rowcount)


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE funds_fund SET appropriated_minor = appropriated_minor + 1", {"counter_differs"}),
        ("UPDATE funds_fund SET disbursed_minor = disbursed_minor - 1", {"counter_differs"}),
        ("UPDATE funds_fund SET committed_minor = committed_minor + 1", {"counter_differs"}),
        ("UPDATE funds_commitment SET disbursed_minor = disbursed_minor - 1", {"commitment_differs"}),
        ("UPDATE funds_commitment SET released_minor = released_minor + 1", {"commitment_differs"}),
        ("UPDATE funds_commitment SET amount_minor = amount_minor + 1", {"commitment_differs"}),
        ("UPDATE funds_fund SET returned_minor = returned_minor + 1", {"counter_differs"}),
        ("UPDATE funds_commitment SET refunded_minor = refunded_minor + 1", {"commitment_differs"}),
        (
            "UPDATE funds_entry SET amount_minor = 5001 WHERE kind = 'refund'",
            {"entry_differs", "commitment_differs", "refunded_beyond_paid"},
        ),
        ("DELETE FROM funds_commitment", {"commitment_missing"}),
        (
            "UPDATE funds_entry SET amount_minor = amount_minor + 1 WHERE kind = 'appropriate'",
            {"entry_differs"},
        ),
        (
            "UPDATE funds_posting SET amount_minor = amount_minor + 1 WHERE account = 'source'",
            {"entry_unbalanced", "entry_differs", "counter_differs"},
        ),
        (
            "UPDATE funds_posting SET amount_minor = amount_minor * 2 WHERE entry_id = {first}",
            {"entry_differs", "counter_differs"},
        ),
        (
            "DELETE FROM funds_posting WHERE entry_id = {last}",
            {"entry_differs", "counter_differs"},
        ),
        (
            "UPDATE funds_posting SET amount_minor = amount_minor / 100 WHERE entry_id = {first}",
            {"entry_differs", "counter_differs", "fund_overdrawn"},
        ),
    ],
)
def test_a_row_changed_by_hand_is_found(house: House, statement: str, codes: set[str]) -> None:
    found(house, statement, codes)


def found(house: House, statement: str, codes: set[str]) -> None:
    """Run the statement past the triggers, and see that it is found under these codes."""
    assert sql(statement) > 0
    findings = verify()
    assert {finding.code for finding in findings} == codes
    places = {f"funds.fund:{house.fund_id}"}
    assert all(finding.where in places or finding.where.startswith("funds.entry:") for finding in findings)
    assert all(finding.sentence for finding in findings)


COLUMNS = "fund_id, kind, amount_minor, happened_on, at, subject, clause_key, reason"
FIRST = f"SELECT {COLUMNS}, 'x' FROM funds_entry WHERE id = {{first}}"  # noqa: S608 - our columns
INSERTED = f"INSERT INTO funds_entry ({COLUMNS}, voucher) {FIRST}"


@pytest.fixture
def closed(house: House) -> House:
    """A fund that was closed, reopened and closed again."""
    release(house, Entry.objects.filter(kind="commit").latest("pk").pk)
    for act in (acts.close, acts.reopen, acts.close):
        act(house)
    assert verify() == []
    return house


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE funds_fund SET closed_at = NULL", {"closing_differs"}),
        ("UPDATE funds_closing SET step = 'close'", {"closing_differs"}),
        (
            "DELETE FROM funds_closing WHERE id = (SELECT MAX(id) FROM funds_closing)",
            {"closing_differs"},
        ),
        (
            "UPDATE funds_closing SET left_minor = left_minor + 1 WHERE step = 'close'",
            {"closing_return_differs"},
        ),
        (
            "UPDATE funds_closing SET entries = entries - 1 WHERE step = 'close'",
            {"entry_after_closing"},
        ),
        (
            INSERTED,
            {"entry_after_closing", "entry_differs"},
        ),
    ],
)
def test_a_closing_changed_by_hand_is_found(closed: House, statement: str, codes: set[str]) -> None:
    found(closed, statement, codes)
