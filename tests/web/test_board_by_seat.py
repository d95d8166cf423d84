"""Whoever has a seat in a plan's leading group sees its board and its response; nobody else does by one."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from emergency.board_house import DISTRICTS, BoardHouse, make_board_house
from emergency.house import at
from goods.builders import make_person
from songnuan.audit.models import Entry
from songnuan.emergency.models import Activation, Alert, Member
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Unit, UnitLink
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import permits
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.web.board_page import Board
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
EAST, WEST = DISTRICTS[:2]


@pytest.fixture
def house() -> BoardHouse:
    return make_board_house()


def hire(house: BoardHouse, name: str) -> Actor:
    """Give somebody a post from which no emergency is seen."""
    who = make_person(name, Role.UNIT_LIAISON, Unit.objects.get(pk=house.units[f"{WEST}1站"]))
    for unit_id in (house.response.plan.unit_id, house.units[EAST]):
        assert not permits(who, Permission.EMERGENCY_VIEW, unit_id=unit_id, at=house.now)
    return who


def seat(house: BoardHouse, who: Actor, **changes: Any) -> Member:
    told: dict[str, Any] = {"measure": house.response, "starts_on": date(2020, 2, 1), **changes}
    return Member.objects.create(
        user_id=user_of(who).pk, position="member", turn=9, appointed_at=at(3), **told
    )


def get(house: BoardHouse, who: Actor, page: str, pk: int, query: str = "", **how: Any) -> Any:
    with on(how.get("moment") or house.now):
        return as_(who).get(reverse(page, args=(pk,)) + query)


def board(house: BoardHouse, who: Actor, query: str = "", moment: Any = None) -> int:
    code: int = get(house, who, "board", house.response.pk, query, moment=moment).status_code
    return code


def test_a_seat_shows_the_whole_board_and_the_response(house: BoardHouse) -> None:
    who = hire(house, "成员甲")
    assert board(house, who) == 404
    seat(house, who)
    before = Entry.objects.count()
    shown = get(house, who, "board", house.response.pk)
    found: Board = shown.context["board"]
    whole: Board = get(house, house.people["leader"], "board", house.response.pk).context["board"]
    assert (found.place.whole, found.name) == (True, whole.name)
    [mine], [theirs] = found.trees, whole.trees
    assert (mine.own.tally, mine.figures) == (theirs.own.tally, theirs.figures)
    assert [one.tally for one in mine.tiles] == [one.tally for one in theirs.tiles]
    for name in ("open", "raised", "screening", "returnees", "staff", "coverage"):
        assert getattr(found.hands, name) == getattr(whole.hands, name), name
    assert (found.muster, found.tasks) == (whole.muster, whole.tasks)
    for query in (f"?node={house.units[WEST]}", "?wall=1"):
        assert board(house, who, query) == 200
    assert board(house, who, f"?node={10**12}") == 404
    assert get(house, who, "activation", Activation.objects.get().pk).status_code == 200
    page = get(house, who, "emergency", house.response.pk).content.decode()
    assert reverse("board", args=(house.response.pk,)) in page
    assert Entry.objects.count() == before, "who only looks writes nothing"


def test_no_link_of_the_board_leads_to_a_page_that_is_not_theirs(house: BoardHouse) -> None:
    who = hire(house, "成员甲")
    seat(house, who)
    for query in ("", f"?node={house.units[EAST]}"):
        page = get(house, who, "board", house.response.pk, query).content.decode()
        inner = page[page.index("data-board-hold") : page.index("board-dead")]
        followed = {unescape(one) for one in re.findall(r'<a href="([^"]+)"', inner)}
        assert followed
        with on(house.now):
            client = as_(who)
            for url in followed:
                address = url if url.startswith("/") else reverse("board", args=(house.response.pk,)) + url
                assert client.get(address).status_code == 200, url


def test_a_former_seat_one_to_come_one_in_another_plan_or_none_shows_nothing(house: BoardHouse) -> None:
    today, plan = house.now.date(), house.response.plan
    former, coming, other, none = (hire(house, f"无席{place}") for place in range(4))
    seat(house, former, ends_on=today)
    seat(house, coming, starts_on=today + timedelta(days=1))
    elsewhere = Plan.objects.create(
        slug="another",
        title="另一预案",
        unit=plan.unit,
        office=plan.office,
        kind="emergency",
        status=plan.status,
        version=1,
        starts_on=plan.starts_on,
        due_on=plan.due_on,
    )
    measure = Measure.objects.create(
        plan=elsewhere,
        position=1,
        key="response",
        clause_key="orders",
        kind="response",
        status=MeasureStatus.OPEN,
        settings=house.response.settings,
        opened_at=at(3),
    )
    seat(house, other, measure=measure)
    row = Activation.objects.get()
    for who in (former, coming, other, none):
        for query in ("", f"?node={house.units[EAST]}", "?wall=1"):
            assert board(house, who, query) == 404
        assert get(house, who, "emergency", house.response.pk).status_code == 404
        assert get(house, who, "activation", row.pk).status_code == 404
    assert board(house, former, moment=house.now - timedelta(days=1)) == 200
    assert board(house, coming, moment=house.now + timedelta(days=1)) == 200
    assert get(house, other, "board", measure.pk).status_code == 200


def test_the_seat_gives_nothing_but_to_look(house: BoardHouse) -> None:
    who = hire(house, "成员甲")
    seat(house, who)
    row, alert = Activation.objects.get(), Alert.objects.order_by("pk").first()
    assert alert is not None
    period = get(house, house.people["leader"], "board", house.response.pk).context["board"].trees[0].period
    told: dict[str, Any] = {"key": str(uuid4())}
    before = Activation.objects.values_list().get(), Entry.objects.exclude(subject="refusals").count()
    with on(house.now):
        client = as_(who)
        assert client.get(reverse("situation_period", args=(period.pk,))).status_code == 404
        assert client.post(reverse("situation_chase_all", args=(period.pk,)), told).status_code == 404
        assert client.post(reverse("board", args=(house.response.pk,)), told).status_code == 405
        for act in ("stand_down", "level", "offer"):
            words = {"act": act, "reason": "试一试", "level": "III", "words": "试一试", **told}
            client.post(reverse("activation", args=(row.pk,)), words)
    after = Activation.objects.values_list().get()
    refused = Entry.objects.filter(action="journey.refused").count()
    assert (after, Entry.objects.exclude(subject="refusals").count() - refused) == before


def test_a_unit_that_left_the_plan_shows_its_period_and_nothing_of_now(house: BoardHouse) -> None:
    who = hire(house, "成员甲")
    seat(house, who)
    top, east = house.response.plan.unit_id, house.units[EAST]
    UnitLink.objects.filter(ancestor=top, descendant=east).update(ends_on=house.now.date())
    found: Board = get(house, who, "board", house.response.pk, f"?node={east}").context["board"]
    assert found.trees
    assert (found.hands.screening, found.hands.returnees, found.hands.staff) == (None, None, None)
