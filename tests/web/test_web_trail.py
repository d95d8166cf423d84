from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from people import SLUG, Bureau, at, open_plan_1
from songnuan.audit.models import Entry, Stream
from songnuan.funds.models import Fund
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Plan
from web.browsing import as_, queries_of, trail_length

pytestmark = pytest.mark.django_db

URL = "/trail/"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way."""
    return open_plan_1(bureau)


def inspector_at(unit_id: int) -> Actor:
    """Return an inspector of one unit."""
    user = create_account(username="inspector2", name="察一处", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=unit_id, role=Role.INSPECTOR, actor=SYSTEM, at=at(1))
    return actor_of(user)


def test_the_inspector_reads_every_stream_newest_first(bureau: Bureau, plan: Plan) -> None:
    fund = Fund.objects.get(plan=plan)
    before = trail_length()
    page = as_(bureau.inspector).get(URL)
    assert page.status_code == 200
    assert {head.name for head in page.context["heads"]} == set(Stream.objects.values_list("name", flat=True))
    rows = page.context["rows"]
    assert [row.id for row in rows] == list(Entry.objects.order_by("-pk").values_list("pk", flat=True)[:50])
    assert page.context["verified"] is None
    text = page.content.decode()
    assert f"fund:{fund.pk}" in text
    assert "测试finance" in text
    assert trail_length() == before, "a page that is only read writes nothing"


@pytest.mark.parametrize("who", ["officer", "approver", "finance", "office", "liaison", "stranger"])
def test_nobody_else_reads_the_trail(bureau: Bureau, who: str) -> None:
    for query in ("", "?verify=1", "?stream=accounts"):
        assert as_(getattr(bureau, who)).get(URL + query).status_code == 403


def test_nobody_reads_the_trail_without_signing_in() -> None:
    assert Client().get(URL).status_code == 302


def test_the_trail_takes_no_post(bureau: Bureau) -> None:
    before = trail_length()
    assert as_(bureau.inspector).post(URL, {"verify": "1"}).status_code == 405
    assert trail_length() == before


def test_one_stream_is_read_alone(bureau: Bureau, plan: Plan) -> None:
    page = as_(bureau.inspector).get(URL, {"stream": f"plan:{SLUG}"})
    assert page.context["stream"] == f"plan:{plan.slug}"
    assert {row.stream for row in page.context["rows"]} == {f"plan:{SLUG}"}
    assert len(page.context["rows"]) == Stream.objects.get(name=f"plan:{SLUG}").length
    assert as_(bureau.inspector).get(URL, {"stream": "plan:none"}).status_code == 404


@pytest.mark.usefixtures("plan")
def test_every_chain_is_verified_when_asked_for(bureau: Bureau) -> None:
    before = trail_length()
    page = as_(bureau.inspector).get(URL, {"verify": "1"})
    assert page.context["verified"] == []
    assert 'role="status"' in page.content.decode()
    assert trail_length() == before


@pytest.mark.usefixtures("plan")
def test_a_broken_chain_is_named_and_a_sound_one_is_not(bureau: Bureau) -> None:
    Stream.objects.filter(name="accounts").update(head="0" * 64)
    client = as_(bureau.inspector)
    for query in ({"verify": "1"}, {"verify": "1", "stream": "accounts"}):
        page = client.get(URL, query)
        found = page.context["verified"]
        assert {finding.where for finding in found} == {"accounts"}
        text = page.content.decode()
        assert all(finding.sentence in text for finding in found)
    assert client.get(URL, {"verify": "1", "stream": f"plan:{SLUG}"}).context["verified"] == []


def test_a_long_trail_is_paged_by_key_at_the_same_cost(bureau: Bureau, plan: Plan) -> None:
    client = as_(bureau.inspector)
    name = f"fund:{Fund.objects.get(plan=plan).pk}"
    url = f"{URL}?stream={name}"
    client.get(url)
    short = queries_of(client, url)
    Fund.objects.update(granted_minor=20_000_00)
    for number in range(2, 60):
        appropriate_fund(
            fund_id=int(name.partition(":")[2]),
            amount_minor=100,
            voucher=f"记-{number:02d}",
            happened_on=date(2020, 4, 8),
            key=uuid4(),
            actor=bureau.finance,
            at=at(8),
        )
    assert queries_of(client, url) == short
    first = client.get(url)
    assert len(first.context["rows"]) == 50
    assert f"before={first.context['older']}" in first.content.decode()
    second = client.get(url, {"stream": name, "before": first.context["older"]})
    seqs = [row.seq for page in (first, second) for row in page.context["rows"]]
    assert seqs == list(range(Stream.objects.get(name=name).length, 0, -1))
    assert second.context["older"] is None
    for odd in ("x", "-1", "9" * 30, "1e3"):
        assert client.get(URL, {"before": odd}).status_code == 200


@pytest.mark.usefixtures("plan")
def test_no_number_of_a_contact_stands_in_the_trail(bureau: Bureau) -> None:
    create_account(username="new", name="新人", password=None, phone="13800138000", actor=SYSTEM, at=at(8))
    for head in Stream.objects.all():
        text = as_(bureau.inspector).get(URL, {"stream": head.name}).content.decode()
        assert "13800138000" not in text
        assert "1991" not in text


@pytest.mark.usefixtures("plan")
def test_an_inspector_of_a_part_reads_no_stream_of_the_whole(bureau: Bureau) -> None:
    client = as_(inspector_at(bureau.lead_id))
    page = client.get(URL, {"verify": "1"})
    assert page.status_code == 200
    assert (page.context["heads"], page.context["rows"], page.context["verified"]) == ([], [], None)
    for name in ("accounts", "organisation", "refusals", "trail", f"plan:{SLUG}"):
        assert client.get(URL, {"stream": name}).status_code == 404


def test_an_inspector_of_one_of_two_bureaus_reads_the_streams_of_its_plans(
    bureau: Bureau, plan: Plan
) -> None:
    create_units(rows=[NewUnit("另一个局", "bureau", "")], opened_on=date(2020, 1, 1), actor=SYSTEM, at=at(8))
    client = as_(inspector_at(bureau.bureau_id))
    page = client.get(URL)
    own = {f"plan:{SLUG}", f"fund:{Fund.objects.get(plan=plan).pk}"}
    assert {head.name for head in page.context["heads"]} == own
    assert page.context["stream"] in own
    assert {row.stream for row in page.context["rows"]} == {page.context["stream"]}
    assert client.get(URL, {"stream": "accounts"}).status_code == 404
    assert client.get(URL, {"stream": f"plan:{SLUG}", "verify": "1"}).context["verified"] == []
