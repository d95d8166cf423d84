"""Crumbs: what the reader may open is a link, what they may not is words."""

import re
from datetime import datetime
from html import unescape
from uuid import uuid4

import pytest
from django.test import RequestFactory
from django.urls import reverse

import people
from emergency.house import at
from emergency.returnees_house import make_register
from people import Bureau, open_plan_1
from songnuan.emergency.actions.screening import Days
from songnuan.journeys.screening import open_screening
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.crumbs import opened
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
MOST = 120


def crumbs_of(page: str) -> list[str]:
    """Return the addresses that the crumbs of a page lead to."""
    found = re.search(r'<nav class="crumbs".*?</nav>', page, re.DOTALL)
    return [unescape(url) for url in re.findall(r'<a href="([^"]+)"', found[0])] if found else []


def dead_ends(actor: Actor, moment: datetime, *starts: str) -> tuple[list[tuple[str, str]], int]:
    """Walk the pages that a reader finds; return crumbs that lead to a refusal, and how many there were."""
    client, todo, seen, dead, followed = as_(actor), ["/", *starts], set[str](), [], 0
    with on(moment):
        while todo and len(seen) < MOST:
            address = todo.pop(0)
            if address in seen:
                continue
            seen.add(address)
            answer = client.get(address)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            page = answer.content.decode()
            for url in crumbs_of(page):
                followed += 1
                if client.get(url).status_code != 200:
                    dead.append((address, url))
            links = re.findall(r'href="(/[^"#]*)"', page)
            todo += [unescape(url) for url in links if not url.startswith(("/static", "/account"))]
    return dead, followed


def test_who_reaches_little_finds_no_crumb_that_leads_to_a_refusal() -> None:
    found = make_register()
    house = found.house
    house.open(at(3, 10))
    measure = Measure.objects.create(
        plan=house.measure.plan,
        position=3,
        key="screening",
        clause_key="screening",
        kind="screening",
        settings={},
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )
    days = Days("全员排查", at(3).date(), at(7).date())
    table = ("a.csv", "单位,人数\n一站,20\n".encode())
    pk = open_screening(
        measure_id=measure.pk, days=days, file=table, actor=house.office, at=at(3), key=uuid4()
    )
    row = found.enter()
    starts = (
        reverse("screening", args=(measure.pk,)),
        reverse("screening_round", args=(pk,)),
        reverse("situation_measure", args=(house.measure.pk,)),
        reverse("returnee", args=(row.pk,)),
    )
    plan = reverse("plan", args=(house.measure.plan.slug,))
    for who in (found.liaison, house.liaisons["东区"], found.helper, house.viewer):
        dead, followed = dead_ends(who, at(3, 12), *starts)
        assert not dead
        assert followed, "the walk has to come to pages with crumbs"
    with on(at(3, 12)):
        own = as_(found.liaison).get(starts[0]).content.decode()
        office = as_(house.office).get(starts[0]).content.decode()
    assert plan not in crumbs_of(own)
    assert f'<span lang="zh-Hans">{house.measure.plan.title}</span>' in own
    assert plan in crumbs_of(office)


def test_a_page_that_asks_for_a_permission_is_a_link_to_who_holds_it(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    store = reverse("stock", args=(plan.slug,))
    links = "".join(
        f'<li><a href="{url}" lang="zh-Hans">x</a></li>'
        for url in (reverse("plan", args=(plan.slug,)) + "#c1", reverse("funds"), store, "/no-such-page/")
    )

    def shown(actor: Actor) -> list[str]:
        request = RequestFactory().get("/")
        request.user = user_of(actor)
        with on(people.at(9)):
            return re.findall(r"<(a|span) ", opened(links, request))

    assert shown(bureau.finance) == ["a", "a", "a", "a"]
    assert shown(bureau.liaison) == ["a", "span", "span", "a"]
