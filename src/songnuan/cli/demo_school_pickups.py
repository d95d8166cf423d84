"""Pickups of plan 4 in the demo: a first batch that is over, a second under way, and what is in doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from songnuan.cli.demo_school import Site, actor, key_of
from songnuan.cli.demo_school_plan import distribution
from songnuan.cli.demo_school_store import is_over
from songnuan.cli.drawing import signature
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.models import Desk, Pickup, Portion
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_states import Doubt
from songnuan.journeys.align_distribution import align_distribution
from songnuan.journeys.decide_pickup import decide_pickup
from songnuan.journeys.name_proxy import name_proxy
from songnuan.journeys.pass_missed_on import pass_missed_on
from songnuan.journeys.record_pickup import record_pickup
from songnuan.kernel.actor import SYSTEM

_MISSED, _PROXY = 7, 3
"""Who of twelve missed the first batch, and who of ten, or of a hundred in a district, sent somebody."""
_SPREAD, _MOMENTS = 7919, 10_000
"""How people come apart from each other over a day."""
_AHEAD = timedelta(minutes=3)
"""How far the clock of the tablet at the gate is ahead."""

At = Callable[..., datetime]


@dataclass(frozen=True, slots=True)
class _Came:
    """Somebody came to a desk: which portion, at what place in the row, when, and when it was told."""

    portion: Portion
    place: int
    desk: Desk
    taken_at: datetime
    told_at: datetime


def name_proxies(site: Site, at: At) -> None:
    """Let some tell the union whom they send for the first batch."""
    if _first_is_over(site):
        return
    rows = _members(site, 1)
    for (place, portion), (_place, colleague) in zip(rows[1:], rows, strict=False):
        if place % (10 if site.is_small else 100) == _PROXY:
            name_proxy(
                recipient_id=portion.recipient_id,
                name=colleague.recipient.person.name,
                actor=actor("school-union"),
                at=at(12, 10),
            )


def pick_up_first(site: Site, at: At) -> None:
    """Let nearly all of the first batch fetch their kits; the gate has no network from ten to twelve."""
    if not _first_is_over(site):
        rows = [
            (place, one)
            for place, one in _members(site, 1)
            if place % 12 != _MISSED and one.recipient.person.id_number  # who is there twice comes once
        ]
        _record(site, _coming(site, rows, (at(13, 8), at(13, 17)), (at(13, 10), at(13, 12))))


def pass_on(site: Site, at: At) -> None:
    """At night what was missed goes on to the second batch; in the morning the union decides a conflict."""
    pass_missed_on(distribution_id=distribution(site).pk, actor=SYSTEM, at=at(14, 0, 10))
    waiting = Pickup.objects.filter(
        desk__distribution=distribution(site),
        status=PickupStatus.WAITING,
        doubt=Doubt.TWICE,
        taken_at__lt=at(14, 0),
    )
    for row in waiting.order_by("pk"):
        decide_pickup(
            pickup_id=row.pk,
            went_out=False,
            reason="东门断网时选错一行，本人只在另一处领取一份，东门清点无短少。",
            actor=actor("school-union"),
            at=at(14, 9),
        )


def bring_in_line(site: Site, at: At) -> None:
    """Bring the portions in line with the newer roster."""
    align_distribution(distribution_id=distribution(site).pk, actor=actor("school-union"), at=at(14, 9, 40))


def pick_up_second(site: Site, at: At) -> None:
    """Let part of the second batch come by now; the gate was without network, the other desk ran short."""
    came = 5 if site.is_small else 9
    rows = [(place, one) for place, one in _members(site, 2) if place % 10 >= came]
    _record(site, _coming(site, rows, (at(16, 8), at(16, 14)), (at(16, 9), at(16, 11))))


def _first_is_over(site: Site) -> bool:
    return any(is_over(desk) for desk in _desks(site))


def _members(site: Site, position: int) -> list[tuple[int, Portion]]:
    """Return the portions of a batch but for those of who left, each with its place among all ever made.

    By that place it is told who comes, when and where: whoever leaves meanwhile does not move the others.
    """
    rows = Portion.objects.filter(recipient__distribution=distribution(site)).order_by("pk")
    places = {pk: place for place, pk in enumerate(rows.values_list("pk", flat=True))}
    there = rows.filter(batch__position=position).exclude(status="left").select_related("recipient__person")
    return [(places[one.pk], one) for one in there]


def _desks(site: Site) -> list[Desk]:
    return list(Desk.objects.filter(distribution=distribution(site)).order_by("pk"))


def _coming(
    site: Site,
    rows: Sequence[tuple[int, Portion]],
    day: tuple[datetime, datetime],
    offline: tuple[datetime, datetime],
) -> list[_Came]:
    """Return who comes when to which desk, in the order in which the house is told.

    The desk after the gate stops once it has told of one for whom it had nothing. Whoever is first served
    there while the gate is without network was entered at the gate as well.
    """
    desks, (first, last), (cut, back) = _desks(site), day, offline
    room, twice = _kits(site, day[0]) + 1, True
    found = []
    for place, portion in rows:
        came = first + (last - first) * (place * _SPREAD % _MOMENTS) / _MOMENTS
        desk = desks[place % (len(desks) + 1) % len(desks)]
        if desk == desks[1]:
            room -= 1
            if room < 0:
                continue
        is_cut = cut <= came < back
        at_gate = desk == desks[0]
        found.append(_Came(portion, place, desk, came, back if is_cut and at_gate else came))
        if twice and is_cut and desk == desks[1]:
            twice = False
            found.append(_Came(portion, place, desks[0], came - timedelta(minutes=4), back))
    return sorted(found, key=lambda one: one.told_at)


def _kits(site: Site, day: datetime) -> int:
    """Return how many kits the desk after the gate has on the day of a batch."""
    first, second = list(site.desks.values())[1]
    return first if day.day < 14 else second


def _record(site: Site, came: Sequence[_Came]) -> None:
    """Record what was not recorded before."""
    known = set(Pickup.objects.filter(desk__distribution=distribution(site)).values_list("key", flat=True))
    gate, each = _desks(site)[0], 4 if site.is_small else 100
    hands = {True: actor("school-gate"), False: actor("school-hall")}
    for one in came:
        at_gate = one.desk == gate
        key = key_of("pickup", one.desk.pk, one.portion.pk)
        if key in known:
            continue
        told = ToldPickup(
            key=key,
            desk_id=one.desk.pk,
            portion_id=one.portion.pk,
            taken_at=one.taken_at,
            proxy=one.portion.recipient.proxy or "",
            device_at=one.taken_at + (_AHEAD if at_gate else timedelta(0)),
        )
        record_pickup(
            told=told,
            signature=signature(one.place) if one.place % each == 0 else b"",
            actor=hands[at_gate],
            at=one.told_at,
        )
