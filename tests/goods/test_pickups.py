"""Kits that people pick up: who gets one, what a desk records, what is in doubt and who decides."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goods.builders import NOW, acted, acting, buy, make_measure, make_person, make_unit, refused, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, on_desk, whole
from songnuan.audit.models import Entry
from songnuan.goods import actions as goods
from songnuan.goods import models as tables
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.giving import kits_to_give
from songnuan.goods.lots import Delivery
from songnuan.goods.pickup_checks import pickup_findings
from songnuan.goods.pickup_queries import covered
from songnuan.goods.pickup_states import Mode
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.people.models import Roster
from songnuan.plans.models import Measure, Plan

pytestmark = pytest.mark.django_db

KIT = {"方便面": 2, "苹果": 1, "梨": 1}


def after(days: int) -> datetime:
    """Return the moment so many days later."""
    return NOW + timedelta(days)


def unchanged(act: Callable[[], object]) -> Refusal:
    """Return the refusal of an act, having seen that no pickup and nothing else changed."""
    before = snapshot(PICKUPS)
    refusal = refused(act)
    assert snapshot(PICKUPS) == before
    return refusal


def decide(gate: Gate, row: tables.Pickup, *, went_out: bool, actor: Actor | None = None) -> tables.Pickup:
    """Decide about a record."""
    with acting():
        return goods.decide_pickup(
            pickup_id=row.pk,
            went_out=went_out,
            reason="问过两位经办人",
            actor=actor or gate.officer,
            at=NOW,
        )


# Who gets one ---------------------------------------------------------------------------------------


def test_two_batches_divide_the_people() -> None:
    gate = make_gate("甲", "乙", "丙", "丁")
    rows = tables.Portion.objects.values_list("batch__on", "round")
    assert sorted(rows) == [(FIRST, 1)] * 2 + [(SECOND, 1)] * 2
    assert covered(gate.distribution.pk).due == 4


def test_two_batches_are_two_rounds_for_all() -> None:
    gate = make_gate("甲", "乙", mode=Mode.ROUNDS)
    rows = tables.Portion.objects.values_list("batch__on", "round")
    assert sorted(rows) == [(FIRST, 1)] * 2 + [(SECOND, 2)] * 2
    assert covered(gate.distribution.pk).due == 4


def test_no_portion_is_made_while_the_question_is_open_and_it_is_answered_once() -> None:
    gate = make_gate("甲", mode=None)
    act = acted(lambda: goods.align(distribution_id=gate.distribution.pk, actor=gate.officer, at=NOW))
    assert unchanged(act).code == "mode_open"
    for _again in range(2):
        with acting():
            goods.set_mode(distribution_id=gate.distribution.pk, mode=Mode.ROUNDS, actor=gate.officer, at=NOW)
    gate.align()
    assert covered(gate.distribution.pk).due == 2
    other = acted(
        lambda: goods.set_mode(
            distribution_id=gate.distribution.pk, mode=Mode.DIVIDE, actor=gate.officer, at=NOW
        )
    )
    assert unchanged(other).code == "mode_known"


def test_a_newer_roster_gives_those_who_joined_one_and_takes_it_from_those_who_left() -> None:
    gate = make_gate("甲", "乙")
    gate.enrol("新来")
    gate.leave("乙")
    gate.align()
    gate.align()
    assert gate.portion("乙").status == "left"
    assert gate.portion("新来").status == "open"
    assert covered(gate.distribution.pk).due == 2
    assert tables.Portion.objects.count() == 3
    assert whole()


def test_who_was_merged_gets_one_portion_and_who_was_erased_none() -> None:
    gate = make_gate("甲", "乙", "丙")
    gate.people["乙"].status, gate.people["乙"].merged_into = "merged", gate.people["甲"]
    gate.people["乙"].save()
    gate.people["丙"].status, gate.people["丙"].name = "erased", ""
    gate.people["丙"].save()
    gate.align()
    assert covered(gate.distribution.pk).due == 1
    assert gate.portion("丙").status == "left"


def test_what_is_missed_goes_on_and_after_the_last_batch_to_the_office_which_settles_it() -> None:
    gate = make_gate("甲", "乙")
    first = tables.Portion.objects.get(batch__on=FIRST)
    with acting():
        told = goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=after(2))
    assert told == (1, 0)
    first.refresh_from_db()
    assert (first.batch.on, first.status) == (SECOND, "open")
    with acting():
        goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=after(20))
    assert covered(gate.distribution.pk).referred == 2
    nothing = acted(lambda: goods.settle_portion(portion_id=first.pk, reason="", actor=gate.officer, at=NOW))
    assert unchanged(nothing).code == "reason_missing"
    with acting():
        goods.settle_portion(portion_id=first.pk, reason="外地居家，已邮寄", actor=gate.officer, at=NOW)
    again = acted(
        lambda: goods.settle_portion(portion_id=first.pk, reason="再来", actor=gate.officer, at=NOW)
    )
    assert unchanged(again).code == "portion_not_open"
    assert covered(gate.distribution.pk).settled == 1
    assert whole()


def test_a_kit_goes_out_one_way_only() -> None:
    gate = make_gate("甲")
    house = gate.store.house
    give = acted(
        lambda: goods.hand_over(
            kit_id=gate.store.kit_id,
            unit_id=house.bureau.pk,
            subject="visits.visit:1",
            happened_at=NOW,
            actor=house.liaison,
            at=NOW,
        )
    )
    assert unchanged(give).code == "kit_at_desks"


# At the desk ----------------------------------------------------------------------------------------


def test_a_pickup_takes_one_kit_out_of_the_very_desk_and_the_same_record_again_is_the_same() -> None:
    gate = make_gate("甲", "乙")
    east, west = gate.desk("东门", 3), gate.desk("西门", 2)
    key = uuid4()
    first = gate.pick_up(east, "甲", key=key, proxy=" 同事  李 ")
    assert gate.pick_up(east, "甲", key=key, proxy=" 同事  李 ").pk == first.pk
    assert (first.status, first.doubt, first.proxy) == ("booked", "", "同事 李")
    assert gate.portion("甲").status == "taken"
    assert on_desk(east) == {"方便面": 4, "苹果": 2, "梨": 2}
    assert on_desk(west) == {"方便面": 4, "苹果": 2, "梨": 2}
    assert tables.Pickup.objects.count() == 1
    assert unchanged(lambda: gate.pick_up(east, "乙", key=key)).code == "key_reused"
    assert whole()


def test_two_desks_that_served_one_person_offline_are_kept_both_and_decided_by_another() -> None:
    gate = make_gate("甲")
    east, west = gate.desk("东门", 2), gate.desk("西门", 2)
    first, second = gate.pick_up(east, "甲"), gate.pick_up(west, "甲")
    assert (second.status, second.doubt, second.movement) == ("waiting", "twice", None)
    assert on_desk(west)["苹果"] == 2
    assert whole()
    gave = decide(gate, second, went_out=True)
    assert gave.status == "booked"
    assert on_desk(west)["苹果"] == 1
    assert first.pk != gave.pk
    act = acted(
        lambda: goods.decide_pickup(
            pickup_id=second.pk, went_out=False, reason="改主意", actor=gate.officer, at=NOW
        )
    )
    assert unchanged(act).code == "pickup_decided"
    assert whole()


def test_what_did_not_happen_moves_nothing_and_leaves_the_first_record_as_it_was() -> None:
    gate = make_gate("甲")
    east, west = gate.desk("东门", 2), gate.desk("西门", 2)
    gate.pick_up(east, "甲")
    voided = decide(gate, gate.pick_up(west, "甲"), went_out=False)
    assert (voided.status, voided.movement) == ("void", None)
    assert gate.portion("甲").status == "taken"
    assert on_desk(west)["苹果"] == 2
    assert whole()


def test_a_desk_hands_out_only_what_it_has_and_the_rest_waits_without_goods() -> None:
    gate = make_gate("甲", "乙")
    east = gate.desk("东门", 1)
    gate.pick_up(east, "甲")
    short = gate.pick_up(east, "乙")
    assert (short.status, short.doubt) == ("waiting", "short")
    assert gate.portion("乙").status == "taken"
    assert on_desk(east) == {}
    assert whole()
    with pytest.raises(Refusal) as refusal, acting():
        goods.decide_pickup(pickup_id=short.pk, went_out=True, reason="确已领走", actor=gate.officer, at=NOW)
    assert refusal.value.code == "stock_short"
    gate.allot(east, 1)
    assert decide(gate, short, went_out=True).status == "booked"
    assert on_desk(east) == {}
    assert whole()


def test_a_record_that_lacked_goods_and_did_not_happen_opens_the_portion_again() -> None:
    gate = make_gate("甲")
    east = gate.desk("东门", 0)
    decide(gate, gate.pick_up(east, "甲"), went_out=False)
    assert gate.portion("甲").status == "open"
    gate.allot(east, 1)
    assert gate.pick_up(east, "甲").status == "booked"
    assert whole()


def test_nothing_expired_is_booked_as_handed_out() -> None:
    gate = make_gate("甲", kits=0)
    store = gate.store
    purchase = buy(store, store.draft(("方便面", 2, 80_00), ("苹果", 1, 60_00), ("梨", 1, 60_00)))
    good_until = NOW.date() + timedelta(3)
    with acting():
        goods.receive(
            purchase_id=purchase,
            happened_at=NOW,
            deliveries=[
                Delivery(store.items["方便面"], 2),
                Delivery(store.items["苹果"], 1, "A", good_until),
                Delivery(store.items["梨"], 1),
            ],
            actor=store.house.finance,
            at=NOW,
        )
    east = gate.desk("东门", 1)
    late = gate.pick_up(east, "甲", at=NOW + timedelta(4))
    assert (late.status, late.doubt) == ("waiting", "expired")
    act = acted(
        lambda: goods.decide_pickup(
            pickup_id=late.pk, went_out=True, reason="确已领走", actor=gate.officer, at=NOW + timedelta(5)
        )
    )
    assert unchanged(act).code == "stock_expired"
    assert whole()


def test_a_portion_that_was_given_up_or_settled_meanwhile_waits() -> None:
    gate = make_gate("甲", "乙")
    east = gate.desk("东门", 2)
    gate.leave("甲")
    gate.align()
    with acting():
        goods.settle_portion(portion_id=gate.portion("乙").pk, reason="已邮寄", actor=gate.officer, at=NOW)
    left, settled = gate.pick_up(east, "甲"), gate.pick_up(east, "乙")
    assert [left.doubt, settled.doubt] == ["left", "settled"]
    assert whole()
    decide(gate, settled, went_out=True)
    assert gate.portion("乙").status == "taken"
    assert whole()


def test_a_closed_desk_brings_back_what_it_has_and_a_record_of_later_waits() -> None:
    gate = make_gate("甲", "乙")
    east = gate.desk("东门", 2)
    with acting():
        goods.close_desk(desk_id=east, actor=gate.officer, at=NOW)
    assert on_desk(east) == {}
    assert gate.pick_up(east, "甲", at=NOW + timedelta(hours=1)).doubt == "closed"
    assert gate.pick_up(east, "乙", at=NOW).doubt == "short"
    act = acted(lambda: goods.close_desk(desk_id=east, actor=gate.officer, at=NOW))
    assert unchanged(act).code == "desk_closed"
    assert whole()


def test_what_a_desk_handed_out_before_it_closed_is_booked_once_it_is_allotted_that() -> None:
    gate = make_gate("甲")
    east = gate.desk("东门", 1)
    with acting():
        goods.close_desk(desk_id=east, actor=gate.officer, at=NOW)
    late = gate.pick_up(east, "甲", at=NOW)
    gate.allot(east, 1)
    decide(gate, late, went_out=True)
    assert on_desk(east) == {}
    back = tables.Pickup.objects.get(pk=late.pk)
    with acting():
        goods.close_desk(desk_id=east, actor=gate.officer, at=NOW)
        goods.give_back(pickup_id=back.pk, reason="送错了", actor=gate.officer, at=NOW)
    assert on_desk(east) == KIT
    with acting():
        goods.close_desk(desk_id=east, actor=gate.officer, at=NOW)
    assert on_desk(east) == {}
    assert whole()


def test_a_portion_stays_taken_as_long_as_another_record_waits() -> None:
    gate = make_gate("甲")
    east, west = gate.desk("东门", 2), gate.desk("西门", 2)
    first, second = gate.pick_up(east, "甲"), gate.pick_up(west, "甲")
    with acting():
        goods.give_back(pickup_id=first.pk, reason="点错了人", actor=gate.officer, at=NOW)
    assert gate.portion("甲").status == "taken"
    assert whole()
    decide(gate, second, went_out=False)
    assert gate.portion("甲").status == "open"
    assert whole()


def test_what_was_picked_up_by_mistake_lies_at_the_desk_again() -> None:
    gate = make_gate("甲")
    east = gate.desk("东门", 1)
    taken = gate.pick_up(east, "甲")
    with acting():
        back = goods.give_back(pickup_id=taken.pk, reason="点错了人", actor=gate.officer, at=NOW)
    assert (back.status, gate.portion("甲").status) == ("returned", "open")
    assert on_desk(east) == KIT
    assert gate.pick_up(east, "甲").status == "booked"
    assert whole()


def test_a_wrong_clock_loses_no_record_and_is_judged_by_the_day_it_came_in() -> None:
    gate = make_gate("甲", "乙")
    east = gate.desk("东门", 2)
    early = gate.pick_up(east, "甲", taken_at=NOW - timedelta(900), at=after(1))
    late = gate.pick_up(east, "乙", taken_at=NOW + timedelta(900), at=after(1))
    assert [early.taken_at, late.taken_at] == [after(1)] * 2
    assert [early.device_at, late.device_at] == [NOW - timedelta(900), NOW + timedelta(900)]
    assert [early.status, late.status] == ["booked", "booked"]


# Who may --------------------------------------------------------------------------------------------


def test_who_recorded_does_not_decide_and_strangers_do_nothing() -> None:
    gate = make_gate("甲")
    east, west = gate.desk("东门", 1), gate.desk("西门", 1)
    gate.pick_up(east, "甲")
    own = ToldPickup(uuid4(), west, gate.portion("甲").pk, NOW)
    with acting():
        row = goods.record_pickup(told=own, actor=gate.officer, at=NOW)[0]
    acts = [
        (gate.officer, "own_record"),
        (gate.clerk, "not_permitted"),
        (gate.store.house.stranger, "not_permitted"),
    ]
    for actor, code in acts:
        act = acted(
            lambda actor=actor: goods.decide_pickup(  # type: ignore[misc]  # mypy sees no type of a default
                pickup_id=row.pk, went_out=True, reason="确已领走", actor=actor, at=NOW
            )
        )
        assert unchanged(act).code == code
    stranger = make_person("外单位", Role.UNION_OFFICER, make_unit("平川省第二中学"))
    assert decide(gate, row, went_out=False, actor=gate.other).status == "void"
    told = ToldPickup(uuid4(), east, gate.portion("甲").pk, NOW)
    for actor in (gate.store.house.stranger, gate.store.house.finance):
        act = acted(lambda actor=actor: goods.record_pickup(told=told, actor=actor, at=NOW))  # type: ignore[misc]  # as above
        assert unchanged(act).code == "not_permitted"
    for act in (
        acted(lambda: goods.allot(desk_id=east, kits=1, actor=stranger, at=NOW)),
        acted(lambda: goods.close_desk(desk_id=east, actor=stranger, at=NOW)),
        acted(lambda: goods.align(distribution_id=gate.distribution.pk, actor=stranger, at=NOW)),
    ):
        assert unchanged(act).code == "not_permitted"


def test_a_portion_of_another_distribution_is_unknown_at_a_desk() -> None:
    gate = make_gate("甲")
    desk, plan = gate.desk("东门", 1), gate.store.house.plan
    bought, handed = make_measure(plan), make_measure(plan)
    Measure.objects.filter(pk=bought.pk).update(settings={"per": "person"})
    Measure.objects.filter(pk=handed.pk).update(status="open", opened_at=NOW)
    handed.refresh_from_db()
    kit = tables.Kit.objects.create(
        measure=bought, fund_id=gate.store.house.fund_id, name="第二份", standard_minor=1_00
    )
    with acting():
        other = goods.open_distribution(
            measure=handed,
            kit_id=kit.pk,
            roster_id=gate.roster.pk,
            mode=Mode.DIVIDE,
            batches=[(FIRST, "")],
            actor=gate.officer,
            at=NOW,
        )
        goods.align(distribution_id=other.pk, actor=gate.officer, at=NOW)
    [portion] = tables.Portion.objects.filter(recipient__distribution=other)
    told = ToldPickup(uuid4(), desk, portion.pk, NOW)
    act = acted(lambda: goods.record_pickup(told=told, actor=gate.clerk, at=NOW))
    assert unchanged(act).code == "portion_unknown"
    row = gate.pick_up(desk, "甲")
    with pytest.raises(IntegrityError), transaction.atomic():
        tables.Pickup.objects.create(
            key=uuid4(),
            digest="x",
            desk_id=desk,
            portion=portion,
            status="waiting",
            doubt="twice",
            device_at=NOW,
            taken_at=NOW,
            received_at=NOW,
            by_id=row.by_id,
        )


@pytest.mark.parametrize(
    ("batches", "code"), [([], "no_batches"), ([(FIRST, "东"), (FIRST, "西")], "batch_day_twice")]
)
def test_batches_are_days_of_their_own(batches: list[tuple[date, str]], code: str) -> None:
    gate = make_gate()
    plan = gate.store.house.plan
    bought, handed = make_measure(plan), make_measure(plan)
    handed.status = "open"
    kit = tables.Kit.objects.create(
        measure=bought, fund_id=gate.store.house.fund_id, name="第二份", standard_minor=1_00
    )

    def open_it() -> object:
        return goods.open_distribution(
            measure=handed,
            kit_id=kit.pk,
            roster_id=gate.roster.pk,
            mode=None,
            batches=batches,
            actor=gate.officer,
            at=NOW,
        )

    assert unchanged(acted(open_it)).code == "kit_per_unit"
    Measure.objects.filter(pk=bought.pk).update(settings={"per": "person"})
    assert unchanged(acted(open_it)).code == code


# What the database keeps ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM goods_pickup",
        "UPDATE goods_pickup SET portion_id = portion_id + 1",
        "UPDATE goods_pickup SET by_id = by_id + 1",
        "UPDATE goods_pickup SET movement_id = NULL, status = 'void'",
        "UPDATE goods_pickup SET digest = 'x'",
        "UPDATE goods_pickup SET status = 'returned'",
        "UPDATE goods_pickup SET status = 'returned', decided_by_id = by_id, decided_at = received_at",
        "UPDATE goods_pickup SET status = 'returned', movement_id = 1, decided_by_id = by_id + 1",
    ],
)
def test_the_database_keeps_what_was_told(statement: str) -> None:
    gate = make_gate("甲")
    gate.pick_up(gate.desk("东门", 1), "甲")
    before = snapshot(PICKUPS)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert snapshot(PICKUPS) == before


def test_the_name_of_a_proxy_can_be_erased() -> None:
    gate = make_gate("甲")
    row = gate.pick_up(gate.desk("东门", 1), "甲", proxy="同事李")
    tables.Pickup.objects.filter(pk=row.pk).update(proxy=None)
    row.refresh_from_db()
    assert row.proxy is None
    assert row.taken_at.astimezone(CHINA) == NOW


# What it was found to be wrong about --------------------------------------------------------------------


def open_again(gate: Gate, **changes: object) -> tables.Distribution:
    """Open the handing out of a second kit, for each person, with these facts changed."""
    plan, fund = gate.store.house.plan, gate.store.house.fund_id
    bought, handed = make_measure(plan), make_measure(plan)
    Measure.objects.filter(pk=bought.pk).update(settings={"per": "person"})
    Measure.objects.filter(pk=handed.pk).update(status="open", opened_at=NOW)
    handed.refresh_from_db()
    kit = tables.Kit.objects.create(measure=bought, fund_id=fund, name="第二份", standard_minor=1_00)
    facts: dict[str, object] = {
        "measure": handed,
        "kit_id": kit.pk,
        "roster_id": gate.roster.pk,
        "mode": Mode.DIVIDE,
        "batches": [(FIRST, "")],
        "actor": gate.officer,
        "at": NOW,
    }
    with acting():
        return goods.open_distribution(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def test_only_a_roster_of_people_that_one_is_trusted_with_is_taken() -> None:
    gate = make_gate()
    stranger = Roster.objects.create(
        key="elsewhere", title="外单位", kind="people", unit=make_unit("平川省第二中学"), created_at=NOW
    )
    families = Roster.objects.create(
        key="families", title="家属", kind="families", unit=gate.store.house.bureau, created_at=NOW
    )
    for roster, code in ((stranger, "not_permitted"), (families, "roster_of_no_people")):
        with pytest.raises(Refusal) as refusal:
            open_again(gate, roster_id=roster.pk)
        assert refusal.value.code == code
    assert tables.Distribution.objects.count() == 1


def test_a_kit_of_another_plan_or_one_that_visits_bring_or_units_got_is_not_taken() -> None:
    gate = make_gate(kits=0)
    house = gate.store.house
    other = Plan.objects.create(slug="other", title="另一方案", unit=house.bureau)
    with pytest.raises(Refusal) as refusal:
        open_again(gate, measure=Measure(plan=other, status="open", pk=1))
    assert refusal.value.code == "kit_other_plan"
    visits = Measure.objects.create(
        plan=house.plan, position=91, key="visits", clause_key="standard", kind="unit_visits"
    )
    with pytest.raises(Refusal) as refusal:
        open_again(gate)
    assert refusal.value.code == "kit_with_visits"
    Measure.objects.filter(pk=visits.pk).update(kind="assignments")
    assert open_again(gate).mode == "divide"


def test_under_a_measure_that_is_closed_nothing_is_opened_or_brought_in_line() -> None:
    gate = make_gate("甲")
    Measure.objects.filter(pk=gate.measure.pk).update(status="closed", closed_at=NOW, close_reason="已结束")
    act = acted(lambda: goods.align(distribution_id=gate.distribution.pk, actor=gate.officer, at=NOW))
    assert unchanged(act).code == "measure_closed"


def make_kit(gate: Gate, measure: Measure) -> tables.Kit:
    """Make another kit, without anything in it."""
    fund = gate.store.house.fund_id
    return tables.Kit.objects.create(measure=measure, fund_id=fund, name="第二份", standard_minor=1_00)


def test_a_kit_at_desks_is_not_among_those_given_to_units() -> None:
    gate = make_gate("甲")
    plan = gate.store.house.plan
    assert kits_to_give(plan) == []
    other = make_measure(plan)
    tables.Distribution.objects.update(kit=make_kit(gate, other))
    assert [kit.kit_id for kit in kits_to_give(plan)] == [gate.store.kit_id]


def test_reasons_that_may_name_somebody_stand_in_no_trail() -> None:
    gate = make_gate("甲", "乙")
    east = gate.desk("东门", 0)
    decide(gate, gate.pick_up(east, "甲"), went_out=False)
    with acting():
        goods.settle_portion(
            portion_id=gate.portion("乙").pk, reason="母亲李芳代收", actor=gate.officer, at=NOW
        )
    told = json.dumps(list(Entry.objects.values_list("facts", flat=True)), ensure_ascii=False, default=str)
    assert "李芳" not in told
    assert "经办人" not in told


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE goods_portion SET status = 'open'", "portion_differs"),
        ("UPDATE goods_kitline SET quantity = 9", "pickup_unbooked"),
    ],
)
def test_what_was_tampered_with_is_found(statement: str, code: str) -> None:
    gate = make_gate("甲")
    gate.pick_up(gate.desk("东门", 1), "甲")
    assert [one.code for one in pickup_findings()] == []
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert {one.code for one in pickup_findings()} == {code}


def test_what_was_given_back_without_its_goods_is_found() -> None:
    gate = make_gate("甲")
    row = gate.pick_up(gate.desk("东门", 1), "甲")
    tables.Pickup.objects.filter(pk=row.pk).update(
        status="returned", decided_by=gate.officer.user_id, decided_at=NOW
    )
    assert "pickup_not_given_back" in {one.code for one in pickup_findings()}
