"""What somebody picks up, on their own page; what is due about pickups; links to them."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goods.builders import NOW, make_person, snapshot
from goods.pickups import FIRST, PICKUPS, Gate, make_gate, whole
from songnuan.audit.models import Entry
from songnuan.goods import models as tables
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import now
from songnuan.plans.models import Measure
from songnuan.web.due import desk_of, due_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, inside, on, user_of

pytestmark = pytest.mark.django_db
OWN = ("own_view",)


@pytest.fixture
def gate() -> Gate:
    gate = make_gate("甲一", "乙二")
    Measure.objects.filter(pk=gate.measure.pk).update(kind="pickups")
    return gate


def see(client: Client, page: str, *args: object, **told: str) -> Any:
    with on(NOW):
        url = reverse(page, args=args)
        return client.post(url, {"key": str(uuid4()), **told}) if told else client.get(url)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_own_page_shows_the_code_with_day_place_and_state(gate: Gate) -> None:
    client = inside(gate.people["甲一"], gate.officer, NOW)
    page = text(see(client, *OWN))
    code = str(tables.Recipient.objects.get(person=gate.people["甲一"]).code)
    other = str(tables.Recipient.objects.get(person=gate.people["乙二"]).code)
    assert [words in page for words in (code, "东门", "2020年4月9日", "待领取")] == [True] * 4
    assert other not in page
    assert "方便面 2" in page, "what is in it"
    plan = gate.store.house.plan
    type(plan).objects.filter(pk=plan.pk).update(title="一线慰问物资包")
    assert '<p class="soft" lang="zh-Hans">一线慰问物资包</p>' not in text(see(client, *OWN))
    gate.pick_up(gate.desk("南门", 1), "甲一", proxy="钱代领")
    page = text(see(client, *OWN))
    assert [words in page for words in ("已领取", "南门", "钱代领", code)] == [True, True, True, False]
    with on(NOW):
        copy = client.post(reverse("own_data"), {"key": str(uuid4())}).json()
    [kit] = copy["kits"]
    assert (kit["portions"][0]["status"], kit["portions"][0]["desk"]) == ("taken", "南门")


def test_the_person_names_who_fetches_it_and_takes_it_back(gate: Gate) -> None:
    client = inside(gate.people["甲一"], gate.officer, NOW)
    mine = tables.Recipient.objects.get(person=gate.people["甲一"])
    assert see(client, "own_proxy", mine.pk).status_code == 200
    assert see(client, "own_proxy", mine.pk, proxy="").status_code == 302
    assert "已取消" not in text(see(client, *OWN)), "nobody was named"
    wrong = see(client, "own_proxy", mine.pk, proxy="名" * 61)
    assert (wrong.status_code, "名" * 61 in text(wrong)) == (422, True)
    assert see(client, "own_proxy", mine.pk, proxy="钱代领").url == reverse("own_view")
    mine.refresh_from_db()
    assert mine.proxy == "钱代领"
    assert "钱代领" in text(see(client, *OWN))
    assert see(client, "own_proxy", mine.pk, proxy="").status_code == 302
    mine.refresh_from_db()
    assert mine.proxy is None
    assert {
        json.loads(row.facts)["in_person"] for row in Entry.objects.filter(action="goods.name_proxy")
    } == {True}
    assert whole()


def test_nobody_names_a_proxy_for_somebody_else_or_after_it_was_fetched(gate: Gate) -> None:
    client = inside(gate.people["甲一"], gate.officer, NOW)
    mine = tables.Recipient.objects.get(person=gate.people["甲一"])
    other = tables.Recipient.objects.get(person=gate.people["乙二"])
    east = gate.desk("东门", 1)
    before = snapshot(PICKUPS)
    assert see(client, "own_proxy", other.pk, proxy="坏人").url == reverse("own_view")
    assert see(Client(), "own_proxy", mine.pk, proxy="坏人").url == reverse("own_view")
    assert snapshot(PICKUPS) == before
    gate.pick_up(east, "甲一")
    before = snapshot(PICKUPS)
    assert see(client, "own_proxy", mine.pk, proxy="坏人").url == reverse("own_view")
    assert snapshot(PICKUPS) == before


# What is due ----------------------------------------------------------------------------------------


def dues(who: Actor, moment: datetime = NOW) -> dict[str, str]:
    """Return what is due from somebody about pickups: title by address."""
    with on(moment):
        reader = Reader(user_of(who), who, now(), moment.date())
        found = due_of(desk_of(reader))
        return {one.url: one.title for one in found if one.url.startswith("/pickups/")}


def test_what_waits_for_the_office_is_due_and_a_batch_of_today_for_desks_too(gate: Gate) -> None:
    pk = gate.distribution.pk
    Measure.objects.filter(pk=gate.measure.pk).update(status="open")
    gate.store.house.plan.status = "open"
    gate.store.house.plan.save()
    one = reverse("pickups_one", args=(pk,))
    assert dues(gate.officer) == {}
    on_the_day = datetime.combine(FIRST, NOW.timetz())
    for who in (gate.officer, gate.clerk):
        assert dues(who, on_the_day)[one].startswith("今天发放：")
    assert dues(gate.store.house.stranger, on_the_day) == {}
    east, west = gate.desk("东门", 1), gate.desk("西门", 1)
    gate.pick_up(east, "甲一")
    gate.pick_up(west, "甲一")
    gate.enrol("新来")
    doubts, roster = (reverse(page, args=(pk,)) for page in ("pickups_doubts", "pickups_roster"))
    assert sorted(dues(gate.officer)) == sorted([doubts, roster])
    assert dues(gate.clerk) == {}
    gate.clerk, clerk = gate.officer, gate.clerk
    gate.align()
    gate.pick_up(west, "甲一")
    assert "1笔" in dues(gate.officer)[doubts], "nobody is asked to decide about what they recorded"
    gate.clerk = clerk
    with on(NOW + timedelta(30)):
        as_(gate.officer).post(reverse("pickups_pass_on", args=(pk,)))
    missed = reverse("pickups_missed", args=(pk,))
    assert "2份" in dues(gate.officer)[missed]


def test_what_is_due_takes_as_many_queries_however_much_it_is(gate: Gate) -> None:
    Measure.objects.filter(pk=gate.measure.pk).update(status="open")
    gate.store.house.plan.status = "open"
    gate.store.house.plan.save()
    east, west = gate.desk("东门", 3), gate.desk("西门", 3)
    gate.pick_up(east, "甲一")
    gate.pick_up(west, "甲一")

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(dues(gate.officer)) == 2
        return len(queries)

    gate.enrol("新来")
    before = counted()
    gate.enrol("又来")
    gate.pick_up(east, "乙二")
    gate.pick_up(west, "乙二")
    assert counted() == before


# Ways there -----------------------------------------------------------------------------------------


def test_plan_store_and_menu_lead_to_it(gate: Gate) -> None:
    plan = gate.store.house.plan
    plan.status = "open"
    plan.save()
    one = reverse("pickups_one", args=(gate.distribution.pk,))
    publicity = make_person("宣传", Role.PUBLICITY_OFFICER, gate.store.house.bureau)
    with on(NOW):
        notices = reverse("notices")
        store = text(as_(gate.officer).get(reverse("stock", args=(plan.slug,))))
        assert f'href="{one}"' in store
        kit = as_(gate.officer).get(reverse("kit_units", args=(gate.store.kit_id,)))
        assert kit.headers["Location"] == one
        assert 'href="/pickups/"' in text(as_(gate.officer).get(notices))
        assert 'href="/pickups/"' not in text(as_(publicity).get(notices))
        way = reverse("pickups_of", args=(gate.measure.pk,))
        assert as_(gate.officer).get(way).headers["Location"] == one
        assert as_(publicity).get(way).status_code == 404
