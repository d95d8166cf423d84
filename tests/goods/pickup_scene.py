"""A handing out under way: people of two units, two desks, and records of every kind."""

from datetime import timedelta
from uuid import uuid4

from goods.builders import NOW, acting, make_person, make_unit
from goods.pickups import Gate, make_gate
from songnuan.cli.drawing import signature
from songnuan.goods import actions as goods
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.models import Pickup, StockLevel
from songnuan.goods.places import STORE
from songnuan.journeys.record_pickup import record_pickup
from songnuan.organisation.permissions import Role
from songnuan.people.models import Enrolment

NAMES = ("张晓明", "李小华", "王芳芳", "赵一楠", "钱多多", "孙来迟")
PROXY = "周代领"


def at_desk(
    gate: Gate, desk: int, name: str, minutes: int, *, proxy: str = "", signed: bytes = b""
) -> Pickup:
    """Let somebody pick a kit up at a desk, so many minutes from now."""
    moment = NOW + timedelta(minutes=minutes)
    told = ToldPickup(uuid4(), desk, gate.portion(name).pk, moment, proxy)
    return record_pickup(told=told, signature=signed, actor=gate.clerk, at=moment)[0]


def make_scene(kits: int = 10) -> tuple[Gate, tuple[int, int]]:
    """Return the gate and its two desks.

    Two stand, one of them signed for, one by a proxy, which was picked up again at the other desk and waits;
    one that was picked up twice was decided about; one was given back. A count of the store, of which seven
    kits had gone to the desks, found one pear less than the books and one box of noodles more.
    """
    gate = make_gate(*NAMES, kits=kits)
    school = make_unit("虹桥小学", parent=gate.store.house.bureau)
    for name in NAMES[3:]:
        Enrolment.objects.filter(person=gate.people[name]).update(unit=school)
    gate.align()
    east, west = gate.desk("东门", 4), gate.desk("西门", 3)
    at_desk(gate, east, NAMES[0], 1, signed=signature(7))
    at_desk(gate, east, NAMES[1], 2, proxy=PROXY)
    at_desk(gate, west, NAMES[1], 3)
    twice = at_desk(gate, west, NAMES[0], 4)
    back = at_desk(gate, west, NAMES[3], 5)
    with acting():
        goods.decide_pickup(
            pickup_id=twice.pk,
            went_out=False,
            reason="重复扫码",
            actor=gate.officer,
            at=NOW + timedelta(hours=1),
        )
    with acting():
        goods.give_back(pickup_id=back.pk, reason="拿错了", actor=gate.officer, at=NOW + timedelta(hours=2))
    count(gate, 梨=-1, 方便面=1)
    return gate, (east, west)


def count(gate: Gate, **off: int) -> None:
    """Count the store, so many packs of an item off the books, and let another accept it."""
    house, at = gate.store.house, NOW + timedelta(hours=2)
    levels = StockLevel.objects.filter(place=STORE).values_list("lot", "lot__item__name", "quantity")
    found = {lot: packs + off.get(item, 0) for lot, item, packs in levels}
    leader = make_person("分管领导", Role.APPROVER, house.bureau)
    with acting():
        made = goods.start_count(plan_id=house.plan.pk, actor=house.finance, at=at)
    with acting():
        goods.hand_in_count(count_id=made.pk, counted=found, actor=house.finance, at=at)
    with acting():
        goods.decide_count(count_id=made.pk, accept=True, reason="盘点", actor=leader, at=at)
