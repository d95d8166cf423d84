"""A kit that people pick up: a store with kits for each person, a roster, batches, and two desks."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from goods.builders import NOW, TODAY, UNITS, Store, acting, buy, make_person, make_store, receive
from made_roster import make_roster
from songnuan.audit.checks import verify as check_trail
from songnuan.goods import actions as goods
from songnuan.goods import models as tables
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.checks import verify
from songnuan.goods.pickup_states import Mode
from songnuan.goods.places import desk_place
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.people.models import Enrolment, Person, Roster, RosterImport
from songnuan.plans.models import Measure

FIRST, SECOND = TODAY + timedelta(1), TODAY + timedelta(15)
PICKUPS = (
    tables.Distribution,
    tables.Batch,
    tables.Recipient,
    tables.Portion,
    tables.Desk,
    tables.Pickup,
)


@dataclass
class Gate:
    """Who acts, and what was made; `people` by name."""

    store: Store
    roster: Roster
    told_by: RosterImport
    measure: Measure
    officer: Actor
    other: Actor
    clerk: Actor
    distribution: tables.Distribution
    people: dict[str, Person] = field(default_factory=dict)

    def enrol(self, *names: str) -> None:
        """Let people stand on the roster."""
        self.people |= stand_on(self.roster, self.told_by, *names)

    def leave(self, name: str, on: date = TODAY) -> None:
        """Let somebody stand on the roster no more."""
        Enrolment.objects.filter(person=self.people[name]).update(ends_on=on)

    def align(self, at: datetime = NOW) -> None:
        """Bring the portions in line with the roster."""
        with acting():
            goods.align(distribution_id=self.distribution.pk, actor=self.officer, at=at)

    def desk(self, name: str, kits: int) -> int:
        """Open a desk with so many kits; return its id."""
        with acting():
            desk = goods.open_desk(
                distribution_id=self.distribution.pk, name=name, actor=self.officer, at=NOW
            )
        if kits:
            self.allot(desk.pk, kits)
        return desk.pk

    def allot(self, desk_id: int, kits: int) -> None:
        """Give a desk more kits."""
        with acting():
            goods.allot(desk_id=desk_id, kits=kits, actor=self.officer, at=NOW)

    def portion(self, name: str, number: int = 1) -> tables.Portion:
        """Return somebody's portion of a round, as it stands."""
        return tables.Portion.objects.get(
            recipient__person=self.people[name],
            recipient__distribution=self.distribution,
            round=number,
        )

    def pick_up(
        self, desk_id: int, name: str, *, key: UUID | None = None, at: datetime = NOW, **told: object
    ) -> tables.Pickup:
        """Record that somebody picked a portion up at a desk."""
        facts: dict[str, object] = {"taken_at": at, **told}
        sent = ToldPickup(key or uuid4(), desk_id, self.portion(name).pk, **facts)  # type: ignore[arg-type]  # facts of the right kinds
        with acting():
            return goods.record_pickup(told=sent, actor=self.clerk, at=at)[0]


def stand_on(roster: Roster, told_by: RosterImport, *names: str) -> dict[str, Person]:
    """Let people stand on a roster; return them by name."""
    people = {}
    for name in names:
        people[name] = Person.objects.create(key=uuid4().hex, name=name, created_at=NOW, changed_at=NOW)
        Enrolment.objects.create(
            roster=roster,
            person=people[name],
            unit=roster.unit,
            told_digest="x",
            told_by=told_by,
            starts_on=TODAY,
        )
    return people


def make_gate(
    *names: str, kits: int = 10, mode: Mode | None = Mode.DIVIDE, noodles: int = 80_00, fruit: int = 60_00
) -> Gate:
    """Make a store with so many kits for persons at such prices, and open their handing out to people."""
    store = make_store()
    house = store.house
    Measure.objects.filter(pk=house.measure.pk).update(settings={"per": "person"})
    if kits:
        lines = (("方便面", 2 * kits, noodles), ("苹果", kits, fruit), ("梨", kits, fruit))
        receive(store, buy(store, store.draft(*lines), units=max(kits, UNITS)))
    roster, told_by = make_roster(house.bureau, NOW)
    measure = Measure.objects.create(
        plan=house.plan,
        position=90,
        key="pickups",
        clause_key="standard",
        kind="assignments",
        status="open",
        opened_at=NOW,
    )
    officer = make_person("校工会", Role.UNION_OFFICER, house.bureau)
    with acting():
        distribution = goods.open_distribution(
            measure=measure,
            kit_id=store.kit_id,
            roster_id=roster.pk,
            mode=mode,
            batches=[(SECOND, "西门"), (FIRST, "东门")],
            actor=officer,
            at=NOW,
        )
    gate = Gate(
        store,
        roster,
        told_by,
        measure,
        officer,
        make_person("工会副主席", Role.UNION_OFFICER, house.bureau),
        make_person("值守", Role.UNIT_LIAISON, house.bureau),
        distribution,
    )
    gate.enrol(*names)
    if mode is not None:
        gate.align()
    return gate


def on_desk(desk_id: int) -> dict[str, int]:
    """Return what a desk has, by name of the item."""
    rows = tables.StockLevel.objects.filter(place=desk_place(desk_id), quantity__gt=0)
    return dict(rows.values_list("lot__item__name", "quantity"))


def whole() -> bool:
    """Say whether ledger, pickups and trail prove to be whole."""
    return [*verify(), *check_trail()] == []
