"""What an inspector reads of kits that people pick up: records, signs, what was refused, the trail."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

import songnuan
from goods.builders import FOUNDED, NOW, make_person
from goods.pickups import FIRST, SECOND, Gate, make_gate
from songnuan.audit.models import Entry, Stream
from songnuan.goods import models as tables
from songnuan.journeys.allot_to_desk import allot_to_desk
from songnuan.journeys.base import REFUSALS
from songnuan.journeys.decide_pickup import decide_pickup
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure
from songnuan.web.templatetags.trail_words import stream_names
from songnuan.web.views import shared
from web.browsing import as_, on, queries_of, user_of
from web.test_web_pickups import doubted, house_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate() -> Gate:
    return house_of(make_gate("甲一", "乙二", "丙三", "丁四"))


@pytest.fixture
def inspector(gate: Gate) -> Actor:
    return make_person("纪检", Role.INSPECTOR, gate.store.house.bureau)


def of_all_houses(inspector: Actor) -> None:
    """Let an inspector look into all units."""
    for row in UnitRecord.objects.filter(parent__isnull=True):
        Post.objects.get_or_create(
            user=user_of(inspector), unit_id=row.unit_id, role=Role.INSPECTOR.value, starts_on=FOUNDED
        )


def page(who: Actor, gate: Gate, query: str = "") -> Any:
    with on(NOW):
        return as_(who).get(reverse("inspection_plan", args=(gate.store.house.plan.slug,)) + query)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def asked(who: Actor, gate: Gate) -> int:
    """Return in how many queries the page of receipts is read."""
    with on(NOW):
        url = reverse("inspection_plan", args=(gate.store.house.plan.slug,))
        return queries_of(as_(who), f"{url}?part=receipts")


def signs(answer: Any) -> list[str]:
    return [view.flag.sentence for view in answer.context["signs"] if view.flag.code == "pickup_doubted"]


def test_a_record_in_doubt_is_a_sign_and_one_more_is_a_sign_anew(gate: Gate, inspector: Actor) -> None:
    assert signs(page(inspector, gate)) == []
    second = doubted(gate)
    (sentence,) = signs(page(inspector, gate))
    assert "已被领取" in sentence
    assert "1" in sentence
    (first_key,) = [
        view.flag.key for view in page(inspector, gate).context["signs"] if view.flag.code == "pickup_doubted"
    ]
    with on(NOW):
        decide_pickup(pickup_id=second.pk, went_out=False, reason="重复登记", actor=gate.officer, at=NOW)
    (decided,) = signs(page(inspector, gate))
    assert decided != sentence, "what was decided is a sign still, and waits no more"
    gate.pick_up(tables.Desk.objects.get(name="西门").pk, "甲一")
    keys = [
        view.flag.key for view in page(inspector, gate).context["signs"] if view.flag.code == "pickup_doubted"
    ]
    assert len(keys) == 1
    assert keys != [first_key]


def test_every_record_stands_among_the_receipts_with_names_masked(
    gate: Gate, inspector: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = gate.desk("东门", 4)
    gate.pick_up(desk, "甲一")
    before = asked(inspector, gate)
    gate.pick_up(desk, "乙二", at=NOW + timedelta(minutes=1), proxy="钱代领")
    gate.pick_up(desk, "丙三", at=NOW + timedelta(minutes=2))
    assert asked(inspector, gate) == before
    shown = page(inspector, gate, "?part=receipts")
    assert [view.name for view in shown.context["picked"]] == [
        mask_name(name) for name in ("丙三", "乙二", "甲一")
    ]
    words = text(shown)
    assert "乙二" not in words
    assert "钱代领" not in words
    assert mask_name("钱代领") in words
    assert "东门" in words
    assert gate.clerk.label in words
    monkeypatch.setattr("songnuan.web.inspection_pickups.PAGE", 2)
    first = page(inspector, gate, "?part=receipts")
    after = page(inspector, gate, f"?part=receipts&before={first.context['older']}")
    assert [len(one.context["picked"]) for one in (first, after)] == [2, 1]
    assert shared.PAGE > 2


def test_a_refusal_stands_with_its_own_plan_alone(gate: Gate, inspector: Actor) -> None:
    of_all_houses(inspector)
    desk, other = gate.desk("东门", 1), other_plan(gate)
    with on(NOW), pytest.raises(Refusal):
        allot_to_desk(desk_id=desk, kits=99_999, actor=gate.officer, at=NOW)
    with on(NOW), pytest.raises(Refusal):
        allot_to_desk(desk_id=desk, kits=999, actor=gate.officer, at=NOW)
    told = json.loads(Entry.objects.filter(stream__name=REFUSALS).latest("pk").facts)
    assert told["plan"] == gate.store.house.plan.slug
    assert len(page(inspector, gate, "?part=refusals").context["refusals"]) >= 1
    only = page(inspector, gate, "?part=refusals&only=allot").context["refusals"]
    assert len(only) == 2
    with on(NOW):
        there = as_(inspector).get(reverse("inspection_plan", args=(other,)) + "?part=refusals&only=allot")
    assert list(there.context["refusals"]) == []


def other_plan(gate: Gate) -> str:
    """Make another plan of the house; return its slug."""
    plan = type(gate.store.house.plan).objects.get(pk=gate.store.house.plan.pk)
    plan.pk, plan.slug, plan.title = None, "another-plan", "另一方案"
    plan.save(force_insert=True)
    return plan.slug


def test_the_trail_of_pickups_speaks_in_words(gate: Gate, inspector: Actor) -> None:
    second = doubted(gate)
    with on(NOW):
        decide_pickup(pickup_id=second.pk, went_out=False, reason="重复登记", actor=gate.officer, at=NOW)
        shown = text(
            as_(inspector).get(reverse("trail") + f"?stream=pickups:{gate.distribution.pk}:{second.desk_id}")
        )
    for raw in ("<dt>by_proxy", "<dt>went_out", "<dt>portion", "<dt>kits", "<dt>doubt", ">goods.pickup:"):
        assert raw not in shown
    assert "西门" in shown
    names = stream_names(Stream.objects.values_list("name", flat=True))
    assert not [name for name in names.values() if name.startswith(("pickups:", "reports:"))]
    measure = Measure.objects.first()
    assert measure is not None
    assert measure.plan.title in stream_names([f"reports:{measure.pk}:00"])[f"reports:{measure.pk}:00"]


def test_the_menu_leads_who_inspects_to_pickups_and_hides_what_no_plan_uses(
    gate: Gate, inspector: Actor
) -> None:
    with on(NOW):
        places = {item.url for item in as_(inspector).get("/").context["house"].nav}
        office = {item.url for item in as_(gate.officer).get("/").context["house"].nav}
    assert reverse("pickups") in places
    unused = {reverse("flexible"), reverse("families")}
    assert not unused & (places | office)
    Measure.objects.create(
        plan=gate.store.house.plan,
        position=93,
        key="flexible",
        clause_key="standard",
        kind="flexible_work",
        settings={"roster": gate.roster.key},
        status="open",
        opened_at=NOW,
    )
    with on(NOW):
        office = {item.url for item in as_(gate.officer).get("/").context["house"].nav}
    assert unused & office == {reverse("flexible")}


def test_the_days_of_batches_stand_in_the_calendar_of_office_and_desks(gate: Gate, inspector: Actor) -> None:
    def days(who: Actor) -> list[str]:
        with on(NOW):
            coming = as_(who).get(reverse("calendar")).context["coming"]
        return [f"{one.day} {one.location}" for one in coming if "第" in one.summary and "批" in one.summary]

    wanted = [f"{day} {place}" for day, place in ((FIRST, "东门"), (SECOND, "西门"))]
    assert days(gate.officer) == wanted
    assert days(gate.clerk) == wanted
    assert days(inspector) == []


def test_all_tabs_of_pickups_stand_in_sight_on_a_narrow_screen(gate: Gate) -> None:
    with on(NOW):
        shown = text(as_(gate.officer).get(reverse("pickup_papers", args=(gate.distribution.pk,))))
    assert '<nav class="tabs tabs-whole"' in shown
    rules = (Path(songnuan.__file__).parent / "web/static/web/parts.css").read_text()
    assert ".tabs-whole { flex-wrap: wrap;" in rules, "every page has these rules"


def test_what_waits_is_called_by_one_word_and_crumbs_go_from_the_plan_down(gate: Gate) -> None:
    doubted(gate)
    for name in ("pickups_one", "pickups_doubts"):
        with on(NOW):
            shown = text(as_(gate.officer).get(reverse(name, args=(gate.distribution.pk,))))
        assert "认定" in shown
        assert [word for word in ("核定", "审定") if word in shown] == []
    with on(NOW):
        codes = text(as_(gate.officer).get(reverse("pickups_codes", args=(gate.distribution.pk,))))
    crumbs = codes[codes.index('class="crumbs"') :]
    links = [reverse("plan", args=(gate.store.house.plan.slug,)), f'"{reverse("pickups")}"']
    assert sorted(links, key=crumbs.index) == links
