"""What was done too soon is undone, and what is not kept or was not looked at changes nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from goods.builders import NOW, TODAY, acted, acting, make_person, make_unit, refused, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, on_desk, whole
from goods.test_pickups import decide, open_again
from songnuan.audit.models import Entry
from songnuan.goods import actions as goods
from songnuan.goods import models as tables
from songnuan.goods.actions import desks, pickups
from songnuan.goods.pickup_lists import difference_now, moved_on
from songnuan.journeys.place_hold import place_hold
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.people.models import Roster, RosterStatus
from songnuan.plans.models import Measure

pytestmark = pytest.mark.django_db


def unchanged(act: Callable[[], Any]) -> str:
    """Return the code of the refusal of an act, having seen that nothing changed."""
    before = snapshot(PICKUPS), Entry.objects.count()
    code = refused(act).code
    assert (snapshot(PICKUPS), Entry.objects.count()) == before
    return code


def withdraw(gate: Gate, reason: str = "名册选错了", actor: Actor | None = None) -> Callable[[], Any]:
    """Return the act that withdraws the handing out."""
    return acted(
        lambda: goods.withdraw_distribution(
            distribution_id=gate.distribution.pk, reason=reason, actor=actor or gate.officer, at=NOW
        )
    )


# A handing out ----------------------------------------------------------------------------------------


def test_a_handing_out_of_which_nothing_came_is_withdrawn_and_can_be_opened_anew() -> None:
    gate = make_gate("甲", "乙")
    desk = gate.desk("东门", 0)
    with acting():
        goods.close_desk(desk_id=desk, actor=gate.officer, at=NOW)
    withdraw(gate)()
    assert [table.objects.count() for table in PICKUPS] == [0] * len(PICKUPS)
    entry = Entry.objects.get(action="goods.withdraw_distribution")
    facts = json.loads(entry.facts)
    assert (facts["reason"], facts["portions"], entry.stream.name) == (
        "名册选错了",
        2,
        f"pickups:{gate.distribution.pk}",
    )
    with acting():
        again = goods.open_distribution(
            measure=gate.measure,
            kit_id=gate.store.kit_id,
            roster_id=gate.roster.pk,
            mode=None,
            batches=[(SECOND, "")],
            actor=gate.officer,
            at=NOW,
        )
    assert again.pk != gate.distribution.pk
    assert whole()


def test_what_has_begun_is_not_withdrawn() -> None:
    gate = make_gate("甲")
    desk = gate.desk("东门", 0)
    assert unchanged(withdraw(gate)) == "desks_open"
    gate.allot(desk, 1)
    with acting():
        goods.close_desk(desk_id=desk, actor=gate.officer, at=NOW)
    assert unchanged(withdraw(gate)) == "distribution_begun"


def test_what_was_recorded_without_goods_is_not_withdrawn() -> None:
    gate = make_gate("甲")
    desk = gate.desk("东门", 0)
    assert gate.pick_up(desk, "甲").doubt == "short"
    with acting():
        goods.close_desk(desk_id=desk, actor=gate.officer, at=NOW)
    assert unchanged(withdraw(gate)) == "distribution_begun"


def test_only_the_office_withdraws_with_a_reason_while_the_measure_is_open() -> None:
    gate = make_gate("甲")
    away = make_person("外校工会", Role.UNION_OFFICER, make_unit("外校"))
    for actor in (gate.clerk, away, gate.store.house.finance):
        assert unchanged(withdraw(gate, actor=actor)) == "not_permitted"
    assert unchanged(withdraw(gate, " ")) == "reason_missing"
    Measure.objects.filter(pk=gate.measure.pk).update(status="closed", closed_at=NOW)
    assert unchanged(withdraw(gate)) == "measure_closed"


def test_a_day_that_is_over_is_opened_only_where_the_plan_names_it() -> None:
    gate = make_gate()
    over = TODAY - timedelta(1)
    with pytest.raises(Refusal) as refusal:
        open_again(gate, batches=[(over, ""), (FIRST, "")], planned=[FIRST])
    assert (refusal.value.code, refusal.value.field) == ("batch_day_over", "batches")
    assert tables.Distribution.objects.count() == 1
    assert open_again(gate, batches=[(over, ""), (FIRST, "")], planned=[over]).batches.count() == 2


# A portion --------------------------------------------------------------------------------------------


def settle(gate: Gate, name: str, *, days: int = 0) -> None:
    with acting():
        goods.settle_portion(
            portion_id=gate.portion(name).pk, reason="说不要", actor=gate.officer, at=NOW + timedelta(days)
        )


def reopen(
    gate: Gate, name: str, reason: str = "又说要", *, days: int = 0, actor: Actor | None = None
) -> Callable[[], Any]:
    """Return the act that opens a settled portion again."""
    return acted(
        lambda: goods.reopen_portion(
            portion_id=gate.portion(name).pk,
            reason=reason,
            actor=actor or gate.officer,
            at=NOW + timedelta(days),
        )
    )


@pytest.mark.parametrize(
    ("days", "status", "on"), [(0, "open", FIRST), (3, "open", SECOND), (20, "referred", FIRST)]
)
def test_a_settled_portion_can_be_picked_up_again_or_is_the_offices(days: int, status: str, on: Any) -> None:
    gate = make_gate("甲")
    settle(gate, "甲")
    reopen(gate, "甲", days=days)()
    portion = gate.portion("甲")
    assert (portion.status, portion.batch.on, portion.first_batch.on) == (status, on, FIRST)
    assert (portion.reason, portion.settled_by, portion.settled_at) == ("又说要", None, None)
    assert "又说要" not in json.dumps(list(Entry.objects.values_list("facts", flat=True)))
    if status == "open":
        assert gate.pick_up(gate.desk("东门", 1), "甲").status == "booked"
        assert gate.portion("甲").reason is None
    assert whole()


def test_only_what_is_settled_is_opened_again_by_the_office_with_a_reason() -> None:
    gate = make_gate("甲")
    assert unchanged(reopen(gate, "甲")) == "portion_not_settled"
    settle(gate, "甲")
    assert unchanged(reopen(gate, "甲", " ")) == "reason_missing"
    assert unchanged(reopen(gate, "甲", actor=gate.clerk)) == "not_permitted"
    Measure.objects.filter(pk=gate.measure.pk).update(status="closed", closed_at=NOW)
    assert unchanged(reopen(gate, "甲")) == "measure_closed"


# The roster -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [RosterStatus.CLOSED, RosterStatus.ERASING, RosterStatus.ERASED])
def test_a_roster_that_is_not_kept_changes_nothing_by_hand_either(status: RosterStatus) -> None:
    gate = make_gate("甲", "乙")
    gate.leave("甲")
    gate.enrol("新来")
    assert moved_on([gate.distribution.pk]) == {gate.distribution.pk}
    Roster.objects.filter(pk=gate.roster.pk).update(status=status)
    gate.distribution.refresh_from_db()
    assert moved_on([gate.distribution.pk]) == set()
    assert difference_now(gate.distribution, TODAY).is_empty
    act = acted(lambda: goods.align(distribution_id=gate.distribution.pk, actor=gate.officer, at=NOW))
    assert unchanged(act) == "roster_closed"


def test_what_is_applied_is_what_was_looked_at() -> None:
    gate = make_gate("甲", "乙")
    gate.enrol("新来")
    looked = difference_now(gate.distribution, TODAY).digest
    gate.leave("乙")

    def align(expected: str) -> Callable[[], Any]:
        return acted(
            lambda: goods.align(
                distribution_id=gate.distribution.pk, expected=expected, actor=gate.officer, at=NOW
            )
        )

    assert unchanged(align(looked)) == "difference_changed"
    align(difference_now(gate.distribution, TODAY).digest)()
    assert (gate.portion("新来").status, gate.portion("乙").status) == ("open", "left")


# At desks ---------------------------------------------------------------------------------------------


def test_what_is_on_hold_at_a_desk_is_said_to_be_held_when_it_is_decided_about() -> None:
    gate = make_gate("甲")
    desk = gate.desk("东门", 1)
    lot = tables.Lot.objects.select_related("line__purchase").first()
    assert lot is not None
    assert lot.line is not None
    inspector = make_person("纪检", Role.INSPECTOR, gate.store.house.bureau)
    place_hold(
        subject=f"goods.purchase:{lot.line.purchase_id}",
        reason="核查发票是否真实",
        key=uuid4(),
        actor=inspector,
        at=NOW,
    )
    row = gate.pick_up(desk, "甲")
    assert (row.doubt, on_desk(desk)["苹果"]) == ("held", 1)
    act = acted(
        lambda: goods.decide_pickup(
            pickup_id=row.pk, went_out=True, reason="确已领走", actor=gate.officer, at=NOW
        )
    )
    assert unchanged(act) == "held"
    assert decide(gate, row, went_out=False).status == "void"


def test_a_desk_that_is_closed_while_a_record_waits_for_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = make_gate("甲")
    desk = gate.desk("东门", 1)

    def hold_late(desk_id: int) -> None:
        tables.Desk.objects.filter(pk=desk_id).update(closed_at=NOW - timedelta(minutes=5))

    monkeypatch.setattr(pickups, "hold_desk", hold_late)
    assert gate.pick_up(desk, "甲").doubt == "closed"


def test_a_desk_that_another_closes_at_this_moment_is_not_closed_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = make_gate("甲")
    desk = gate.desk("东门", 0)

    def hold_late(desk_id: int) -> None:
        tables.Desk.objects.filter(pk=desk_id).update(closed_at=NOW)

    monkeypatch.setattr(desks, "hold_desk", hold_late)
    with pytest.raises(Refusal) as refusal, acting():
        goods.close_desk(desk_id=desk, actor=gate.officer, at=NOW)
    assert refusal.value.code == "desk_closed"
