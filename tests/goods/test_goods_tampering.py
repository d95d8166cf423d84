"""Whoever changes goods past the program is found by the checks."""

import pytest
from django.db import connection
from django.db.models import Max, Min

from goods.builders import Store, buy, commit, hand_over, make_store, make_unit, receive, whole_plan
from songnuan.goods.checks import verify
from songnuan.goods.models import MovementLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    """A kit that was bought, received, and handed over once."""
    store = make_store(appropriated=20_000_00)
    receive(store, buy(store, whole_plan(store)))
    hand_over(store, make_unit("一号船闸", store.house.bureau).pk)
    assert verify() == []
    return store


def sql(statement: str, **facts: int) -> int:
    """Run one statement past the triggers; return how many rows it changed."""
    # PostgreSQL drops no trigger while checks of foreign keys are still to come.
    connection.check_constraints()
    with connection.cursor() as cursor:
        for table in ("goods_purchaseline", "goods_movement", "goods_movementline"):
            for verb in ("update", "delete"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}")
        cursor.execute(statement.format(**facts))
        return int(cursor.rowcount)


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE goods_stocklevel SET quantity = quantity + 1 WHERE place = 'store'", ["level_differs"] * 3),
        ("DELETE FROM goods_stocklevel WHERE place <> 'store'", ["level_differs"] * 3),
        (
            "UPDATE goods_movementline SET quantity = quantity + 1 WHERE id = {last}",
            ["movement_unbalanced", "level_differs", "handed_beyond_kit"],
        ),
        (
            "UPDATE goods_movementline SET quantity = quantity - 1 WHERE id = {first}",
            ["movement_unbalanced", "received_beyond_bought"],
        ),
        ("UPDATE goods_purchaseline SET unit_price_minor = unit_price_minor - 1", ["purchase_differs"]),
        (
            "UPDATE goods_purchase SET total_minor = total_minor - 1",
            ["purchase_differs", "purchase_unfunded"],
        ),
        ("UPDATE goods_purchase SET commitment_id = {other}", ["purchase_unfunded"]),
        ("UPDATE goods_purchase SET disbursement_id = {other}", ["purchase_unfunded"]),
    ],
)
def test_a_row_changed_by_hand_is_found(store: Store, statement: str, codes: list[str]) -> None:
    ids = MovementLine.objects.aggregate(first=Min("pk"), last=Max("pk"))
    assert sql(statement, **ids, other=commit(store.house, 1_00).pk) > 0
    findings = verify()
    assert [finding.code for finding in findings] == codes
    assert all(finding.sentence and finding.where for finding in findings)
