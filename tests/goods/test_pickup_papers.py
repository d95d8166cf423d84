"""Papers of kits that people pick up: what is on them is what is recorded, and who may not gets none."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Sum

from goods.builders import NOW, acting, buy, make_person, make_unit
from goods.pickup_scene import NAMES, PROXY, make_scene
from goods.pickups import FIRST, SECOND, Gate, make_gate
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.documents.sheet_paper import SheetPaper, Signed
from songnuan.goods import actions as goods
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Batch, Desk, Lot, MovementKind, MovementLine, Pickup, Recipient, StockLevel
from songnuan.goods.pickup_queries import covered
from songnuan.goods.pickup_rules import Coverage
from songnuan.goods.pickup_states import Mode
from songnuan.goods.places import STORE, desk_place, picked_place
from songnuan.journeys.make_pickup_papers import KINDS, PickupPaperOrder, make_pickup_papers
from songnuan.journeys.paper_head import head_of
from songnuan.journeys.pickup_figures import cost_of, figures_of
from songnuan.journeys.pickup_goods_rows import PackRow, cards, desk_goods, pack_rows
from songnuan.journeys.pickup_paper_rows import Narrowed, pickup_rows, portion_rows, records_of
from songnuan.journeys.pickup_papers import pickup_sheets, receipt, receipt_lists
from songnuan.journeys.pickup_summary import compose, rate
from songnuan.journeys.pickup_volumes import volume_of, volumes
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import day_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def scene() -> tuple[Gate, tuple[int, int]]:
    return make_scene()


def cells(paper: SheetPaper, heading: str, part: int = 0) -> list[Any]:
    assert paper.table is not None
    place = [column.heading for column in paper.table.columns].index(heading)
    return [row[place] for group in paper.table.parts[part].groups for row in group.rows]


def looks() -> int:
    return Entry.objects.filter(action="records.make_paper").count()


def sheets(gate: Gate, **narrowed: Any) -> list[SheetPaper]:
    chosen = Narrowed(gate.distribution, **narrowed)
    units = {row.unit_id: str(row.unit_id) for row in Recipient.objects.all()}
    return pickup_sheets(
        portion_rows(chosen),
        head=head_of(gate.store.house.plan, day_of(NOW)),
        narrowed=chosen,
        batches={batch.pk: batch for batch in Batch.objects.all()},
        units=units,
        kit="方便面2箱",
    )


def lists(gate: Gate, **narrowed: Any) -> list[SheetPaper]:
    chosen = Narrowed(gate.distribution, **narrowed)
    rows = pickup_rows(chosen, records_of(chosen), with_pictures=True)
    return receipt_lists(
        rows,
        head=head_of(gate.store.house.plan, day_of(NOW)),
        narrowed=chosen,
        units={row.unit_id: str(row.unit_id) for row in rows},
        kit="",
        whole=rows,
    )


def order(gate: Gate, kind: str, form: str = "xlsx", **more: Any) -> PickupPaperOrder:
    return PickupPaperOrder(kind, gate.distribution.pk, form, **more)


# The sheet to sign ------------------------------------------------------------------------------------


def test_there_is_a_sheet_for_each_batch_and_unit_and_everybody_is_on_one(scene: Any) -> None:
    gate, _desks = scene
    papers = sheets(gate)
    told = [name for paper in papers for name in cells(paper, "姓名")]
    assert sorted(told) == sorted(mask_name(name) for name in NAMES)
    assert len(papers) == len(set(Recipient.objects.values_list("unit", "portions__batch")))


def test_what_was_picked_up_is_marked_and_cannot_be_signed_again(scene: Any) -> None:
    gate, _desks = scene
    rows = {
        name: (told, signed)
        for paper in sheets(gate, is_full=True)
        for name, told, signed in zip(
            *(cells(paper, heading) for heading in ("姓名", "领取情况", "领取人签字")), strict=True
        )
    }
    assert rows[NAMES[0]] == ("已领 4月8日 10:01 东门", Signed("—"))
    assert rows[NAMES[3]] == ("", None), "what was given back is still to be picked up"
    assert rows[NAMES[5]] == ("", None)


def test_who_left_the_roster_is_on_no_sheet(scene: Any) -> None:
    gate, _desks = scene
    gate.leave(NAMES[5])
    gate.align()
    told = [name for paper in sheets(gate, is_full=True) for name in cells(paper, "姓名")]
    assert sorted(told) == sorted(NAMES[:5])


def test_a_sheet_of_one_batch_or_unit_holds_that_alone(scene: Any) -> None:
    gate, _desks = scene
    unit = gate.store.house.bureau.pk
    told = [name for paper in sheets(gate, unit_id=unit, is_full=True) for name in cells(paper, "姓名")]
    assert sorted(told) == sorted(NAMES[:3])
    for batch in Batch.objects.all():
        papers = sheets(gate, batch=batch)
        assert all(f"第{batch.position}批" in paper.lines[2] for paper in papers)


# Receipts ---------------------------------------------------------------------------------------------


def test_the_receipts_add_up_to_what_left_the_desks(scene: Any) -> None:
    gate, _desks = scene
    papers = lists(gate)
    tables = [paper.table for paper in papers if paper.table]
    total = sum(one.minor or 0 for table in tables for one in table.parts[0].totals)
    assert total == cost_of(gate.distribution) == 2 * (2 * 80_00 + 60_00 + 60_00)
    assert "全部2份，合计560.00元" in papers[0].lines[2]


def test_what_does_not_count_stands_apart(scene: Any) -> None:
    gate, _desks = scene
    titles = [part.title for paper in lists(gate) for part in paper.table.parts]  # type: ignore[union-attr]
    assert sorted(filter(None, titles)) == sorted(
        ["以下记录待认定，不计入", "以下记录经认定未发生，不计入", "以下记录已退回，不计入"]
    )


def test_how_it_was_received_is_told_and_what_tells_a_name_only_where_names_are_whole(scene: Any) -> None:
    gate, _desks = scene
    for is_full in (False, True):
        paper = lists(gate, is_full=is_full)[0]
        ways = cells(paper, "领取方式")
        assert ways[0] == "本人，签字"
        assert (PROXY in ways[1]) is is_full
        signed = cells(paper, "签字")
        shown = signed[0].words, signed[0].picture[:4]
        assert shown == (("", b"\x89PNG") if is_full else ("屏幕签名", b""))
        assert signed[1] == Signed("")


def test_one_receipt_tells_what_was_received_of_which_lot(scene: Any) -> None:
    gate, _desks = scene
    first = Pickup.objects.order_by("pk").first()
    assert first is not None
    chosen = Narrowed(gate.distribution, is_full=True)
    [row] = pickup_rows(chosen, records_of(chosen).filter(pk=first.pk), with_pictures=True)
    [masked] = pickup_rows(
        Narrowed(gate.distribution), records_of(chosen).filter(pk=first.pk), with_pictures=True
    )
    assert (masked.signed, row.signed) == (Signed("屏幕签名"), Signed("", signature(7)))
    paper = receipt(row, head=head_of(gate.store.house.plan, day_of(NOW)), unit="虹桥", is_full=True)
    assert dict(zip(cells(paper, "品名"), cells(paper, "数量"), strict=True)) == {
        "方便面": 2,
        "苹果": 1,
        "梨": 1,
    }
    told = {entry.label: entry.value for entry in paper.entries}
    assert (told["领取人"], told["发放点"]) == (NAMES[0], "东门")


# Goods ------------------------------------------------------------------------------------------------


def test_a_card_ends_with_what_the_stock_has_and_never_stands_below_zero(scene: Any) -> None:
    gate, (east, west) = scene
    found = {card.item: card for card in cards(gate.distribution)}
    for item, card in found.items():
        levels = StockLevel.objects.filter(lot__item__name=item)
        of = dict(levels.values_list("place", "quantity"))
        last = card.lines[-1]
        assert last.store == of[STORE]
        assert last.desks == of[desk_place(east)] + of[desk_place(west)]
        assert last.picked == of[picked_place(east)] + of.get(picked_place(west), 0)
        assert min(min(line.store, line.desks, line.picked) for line in card.lines) >= 0
        assert sum(one.quantity for one in card.left) == last.store + last.desks
    words = [(line.words, line.desk, line.packs, line.count) for line in found["苹果"].lines]
    assert words == [
        ("采购入库", "", 10, 1),
        ("发放点领用", "东门", 4, 1),
        ("发放点领用", "西门", 3, 1),
        ("领取", "东门", 2, 2),
        ("领取", "西门", 1, 1),
        ("退领", "西门", 1, 1),
    ]


def test_what_a_desk_got_is_what_was_allotted_to_it(scene: Any) -> None:
    _gate, (east, _west) = scene
    rows = desk_goods(Desk.objects.get(pk=east))
    told = MovementLine.objects.filter(place=desk_place(east), movement__kind=MovementKind.ALLOT)
    assert [(row.item, row.got) for row in rows] == list(
        told.order_by("pk").values_list("lot__item__name", "quantity")
    )


def test_a_packing_list_is_for_who_is_still_to_come_and_says_what_lacks(scene: Any) -> None:
    gate, _desks = scene
    rows = pack_rows(Narrowed(gate.distribution), day_of(NOW))
    waiting = covered(gate.distribution.pk).open
    assert waiting == 4
    told = {row.part.item: (row.needed, row.at_desks, taken_of(row), row.lacking) for row in rows}
    # Seven kits were allotted and two fetched: the desks have five, and four are still to come.
    assert told == {"方便面": (8, 8, 0, 0), "苹果": (4, 4, 0, 0), "梨": (4, 4, 0, 0)}
    first, second = (
        pack_rows(Narrowed(gate.distribution, batch=batch), day_of(NOW))
        for batch in Batch.objects.order_by("position")
    )
    assert [row.at_desks + two.at_desks for row, two in zip(first, second, strict=True)] == [8, 4, 4]


def taken_of(row: PackRow) -> int:
    """Return the packs of a thing that go out of the store."""
    return sum(one.quantity for one in row.lots)


def buy_kits(gate: Gate, kits: int, lot: str, good_until: date) -> None:
    """Buy and receive so many kits, all of one lot."""
    store = gate.store
    lines = (("方便面", 2 * kits, 80_00), ("苹果", kits, 60_00), ("梨", kits, 60_00))
    purchase = buy(store, store.draft(*lines, invoice=f"2000310{kits}"), units=10)
    with acting():
        goods.receive(
            purchase_id=purchase,
            happened_at=NOW,
            deliveries=[Delivery(store.items[name], packs, lot, good_until) for name, packs, _fen in lines],
            actor=store.house.finance,
            at=NOW,
        )


def test_a_packing_list_takes_what_is_good_on_the_day_of_its_batch_and_says_what_lacks() -> None:
    gate = make_gate("甲", "乙", "丙", kits=0, mode=Mode.ROUNDS)
    # Two kits that are good for the first round alone, and three that last.
    buy_kits(gate, 2, "早", FIRST)
    buy_kits(gate, 3, "晚", SECOND)
    gate.desk("东门", 1)
    [early] = [row for row in pack_rows(Narrowed(gate.distribution), FIRST) if row.part.item == "苹果"]
    # Six are needed: one of the first round lies at the desk; one early and one late go to it, two late ones
    # to the second round, which lacks one.
    told = {one.lot: one.quantity for one in early.lots}
    assert (early.needed, early.at_desks, told, early.lacking) == (6, 1, {"早": 1, "晚": 3}, 1)
    second = Batch.objects.get(position=2)
    rows = pack_rows(Narrowed(gate.distribution, batch=second), FIRST)
    [late] = [row for row in rows if row.part.item == "苹果"]
    assert (late.needed, late.at_desks, taken_of(late), late.lacking) == (3, 0, 2, 1)


# The summary ------------------------------------------------------------------------------------------


def test_the_summary_says_what_pages_and_ledgers_say(scene: Any) -> None:
    gate, _desks = scene
    row = gate.distribution
    told = figures_of(row)
    whole = covered(row.pk)
    text = "".join(line.text for line in compose(row, told, head_of(gate.store.house.plan, day_of(NOW))).body)
    assert f"应领6人、{whole.due}份，已领{whole.taken}份，领取率33.3%" in text
    assert "已记账的领取2份，其中代领1份，在屏幕上签字的1份" in text
    assert "存疑记录2笔，其中同一份重复领取2笔" in text
    assert "确已发出0笔，未发生1笔；待认定1笔。退领1笔" in text
    # Ten kits came, seven went to the desks, two of them to people; then the store was counted.
    assert "方便面：入库20箱，领取4箱，盘盈1箱；结存17箱，其中库房7箱、发放点10箱。" in text
    assert "苹果：入库10箱，领取2箱；结存8箱，其中库房3箱、发放点5箱。" in text
    assert "梨：入库10箱，领取2箱，盘亏1箱；结存7箱，其中库房2箱、发放点5箱。" in text
    for one in told.goods:
        levels = StockLevel.objects.filter(lot__item__name=one.item).aggregate(sum=Sum("quantity"))["sum"]
        assert one.came == levels + one.missing
    assert told.cost_minor == cost_of(row)
    assert f"平均每份{told.cost_minor // 2 // 100}.00元" in text
    assert told.kit is not None
    assert f"标准为每份{told.kit.standard_minor // 100}.00元" in text
    assert sum(count.due for count in told.units.values()) == whole.due
    assert sum(count.due for _place, _on, _where, count in told.batches) == whole.due
    assert sum(count for _name, count in told.desks) == told.standing


def test_the_summary_says_to_whom_it_goes_and_under_which_code(
    scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, _desks = scene
    row, plan, day = gate.distribution, gate.store.house.plan, day_of(NOW)
    bare = compose(row, figures_of(row), head_of(plan, day))
    assert bare.addressees == "（由经办人员填写：主送机关）"
    assert bare.head.number == f"（由经办人员填写：发文字号）〔{day.year}〕　　号"
    above = make_unit("江东区总工会")
    UnitRecord.objects.filter(unit=plan.unit_id).update(parent=above)
    monkeypatch.setattr("songnuan.records.queries.last_code", lambda _unit: "江工")
    told = compose(row, figures_of(row), head_of(plan, day))
    assert (told.addressees, told.head.number) == ("江东区总工会", f"江工〔{day.year}〕　　号")


def test_what_went_back_to_the_supplier_did_not_come(scene: Any) -> None:
    gate, _desks = scene
    lot = Lot.objects.select_related("line").get(item__name="苹果")
    assert lot.line is not None
    with acting():
        goods.send_back(
            purchase_id=lot.line.purchase_id,
            packs={lot.pk: 3},
            reason="压坏",
            actor=gate.store.house.finance,
            at=LATER,
        )
    [apples] = [one for one in figures_of(gate.distribution).goods if one.item == "苹果"]
    assert (apples.came, apples.in_store, apples.at_desks, apples.picked) == (7, 0, 5, 2)


def test_coverage_is_never_rounded_up_to_all() -> None:
    assert rate(Coverage(due=20_000, taken=19_999)) == "99.9%"
    assert rate(Coverage(due=3, taken=3)) == "100.0%"
    assert rate(Coverage()) == "—"


# Volumes ----------------------------------------------------------------------------------------------


def test_a_long_paper_is_cut_into_volumes_that_keep_units_together() -> None:
    rows = ["甲"] * 5 + ["乙"] * 3 + ["丙"] * 12 + ["丁"] * 2
    found = volumes(rows, str, 5)
    assert [len(volume) for volume in found] == [5, 3, 5, 5, 4]
    assert [row for volume in found for row in volume] == rows
    assert volume_of(rows, str, form="xlsx", number=None) == (rows, "")


def test_which_volume_is_asked_for_where_there_are_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songnuan.journeys.pickup_volumes.DRAWN_MOST", {"pdf": 2})
    rows = ["甲", "甲", "乙"]
    for number in (None, 0, 3):
        with pytest.raises(Refusal) as refused:
            volume_of(rows, str, form="pdf", number=number)
        assert refused.value.code == "sheet_too_long"
    assert volume_of(rows, str, form="pdf", number=2) == (["乙"], "第2册（共2册）")


# Who may ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"pickup_photos", "pickup_receipt"}])
def test_each_paper_is_made_and_its_making_noted_once(scene: Any, kind: str) -> None:
    gate, _desks = scene
    before = looks()
    made = make_pickup_papers(order=order(gate, kind, KINDS[kind].forms[0]), actor=gate.officer, at=LATER)
    assert made.content
    assert looks() == before + 1
    assert '"unmasked":false' in Entry.objects.filter(action="records.make_paper").latest("pk").facts


def test_who_keeps_no_pickups_and_sees_no_money_gets_nothing(scene: Any) -> None:
    gate, _desks = scene
    elsewhere = make_person("外区工会", Role.UNION_OFFICER, make_unit("外区"))
    before = looks()
    for kind, told in KINDS.items():
        actors: list[Actor] = [gate.clerk, gate.store.house.stranger, elsewhere]
        if kind == "pickup_sheet":
            actors.append(gate.store.house.finance)
        for actor in actors:
            with pytest.raises(NotPermitted):
                make_pickup_papers(order=order(gate, kind, told.forms[0]), actor=actor, at=LATER)
    assert looks() == before


def test_names_in_full_are_for_who_keeps_the_pickups(scene: Any) -> None:
    gate, _desks = scene
    before = looks()
    full = order(gate, "pickup_receipts", is_full=True)
    with pytest.raises(NotPermitted):
        make_pickup_papers(order=full, actor=gate.store.house.finance, at=LATER)
    assert looks() == before
    make_pickup_papers(order=full, actor=gate.officer, at=LATER)
    assert '"unmasked":true' in Entry.objects.filter(action="records.make_paper").latest("pk").facts
