import re
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from pairs import person
from people import LEAD, SLUG, Bureau, at, buy, open_plan_1, raised
from people_builders import acting
from songnuan.audit.models import Entry, Stream
from songnuan.audit.record import record
from songnuan.funds.models import Fund
from songnuan.journeys.appropriate_fund import appropriate_fund
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.give_post import give_post
from songnuan.journeys.replan_visit import replan_visit
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Installation
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, unit_names
from songnuan.plans.models import Measure, Plan
from songnuan.visits.models import VisitForm
from songnuan.web.refusal_codes import CODES
from songnuan.web.refusal_words import JOURNEYS
from songnuan.web.trail_named import packed
from songnuan.web.views.trail import RowView
from web.browsing import as_, on, queries_of, recorded, trail_length, visits_of

pytestmark = pytest.mark.django_db

URL = "/trail/"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way."""
    return open_plan_1(bureau)


def replan(bureau: Bureau, number: int) -> None:
    """Move one of the liaison's visits to another day."""
    visits = visits_of(bureau)
    visit = visits[number % len(visits)]
    day = date(2020, 4, 9 + (number // len(visits)) % 9)
    if visit.planned_on == day:
        day = date(2020, 4, 20)
    replan_visit(visit_id=visit.pk, planned_on=day, late_reason="周末也去", actor=bureau.liaison, at=at(8))


def inspector_at(unit_id: int) -> Actor:
    """Return an inspector of one unit."""
    user = create_account(username="inspector2", name="察一处", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=unit_id, role=Role.INSPECTOR, actor=SYSTEM, at=at(1))
    return actor_of(user)


def names_of(page: Any) -> set[str]:
    """Return the streams that the page offers."""
    return {head.name for head, _words in page.context["heads"]}


def streams_of(page: Any) -> set[str]:
    """Return the streams that the rows of the page stand in."""
    return {line.row.stream for line in page.context["rows"]}


def line_of(page: Any, action: str) -> RowView:
    """Return the last entry of an act on the page."""
    found: RowView = next(line for line in page.context["rows"] if line.row.action == action)
    return found


def told(line: RowView) -> dict[str, str]:
    """Return the facts of a row as it shows them."""
    return {fact.label: fact.text for fact in line.facts}


def tamper(sql: str, *parameters: str) -> None:
    """Change the table past its triggers, as somebody with the database's password would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_update")
        cursor.execute(sql, parameters)
        assert cursor.rowcount == 1


def test_the_inspector_reads_every_stream_newest_first(bureau: Bureau, plan: Plan) -> None:
    fund = Fund.objects.get(plan=plan)
    before = trail_length()
    page = as_(bureau.inspector).get(URL)
    assert page.status_code == 200
    assert names_of(page) == set(Stream.objects.values_list("name", flat=True))
    rows = [line.row for line in page.context["rows"]]
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
    assert streams_of(page) == {f"plan:{SLUG}"}
    assert len(page.context["rows"]) == Stream.objects.get(name=f"plan:{SLUG}").length
    assert as_(bureau.inspector).get(URL, {"stream": "plan:none"}).status_code == 404


@pytest.mark.usefixtures("plan")
def test_every_chain_is_verified_when_asked_for(bureau: Bureau) -> None:
    before = trail_length()
    with on(at(8, 9, 30)):
        page = as_(bureau.inspector).get(URL, {"verify": "1"})
    verified = page.context["verified"]
    assert (verified.found, verified.streams) == ([], Stream.objects.count())
    assert verified.rows == before == Entry.objects.count()
    text = page.content.decode()
    assert 'role="status"' in text
    assert f"{before}" in text
    assert "2020年4月8日 09:30" in text
    assert trail_length() == before
    one = as_(bureau.inspector).get(URL, {"verify": "1", "stream": "accounts"}).context["verified"]
    assert (one.streams, one.rows) == (1, Stream.objects.get(name="accounts").length)


@pytest.mark.usefixtures("plan")
def test_a_broken_chain_is_named_in_words_and_a_sound_one_is_not(bureau: Bureau) -> None:
    Stream.objects.filter(name="accounts").update(head="0" * 64)
    client = as_(bureau.inspector)
    for query in ({"verify": "1"}, {"verify": "1", "stream": "accounts"}):
        page = client.get(URL, query)
        found = page.context["verified"].found
        assert {(fault.stream, fault.name, fault.row) for fault in found} == {("accounts", "账号", 0)}
        text = page.content.decode()
        assert all(fault.sentence in text for fault in found)
        assert found[0].url == f"{URL}?stream=accounts&verify=1"
    assert client.get(URL, {"verify": "1", "stream": f"plan:{SLUG}"}).context["verified"].found == []


def test_a_changed_row_is_linked_to_where_it_stands_and_marked_there(bureau: Bureau, plan: Plan) -> None:
    name = f"plan:{SLUG}"
    for number in range(60):
        replan(bureau, number)
    tamper(
        "UPDATE audit_entry SET facts = '{}' WHERE seq = 5 AND stream_id ="
        " (SELECT id FROM audit_stream WHERE name = %s)",
        name,
    )
    client = as_(bureau.inspector)
    [fault] = client.get(URL, {"verify": "1"}).context["verified"].found
    assert (fault.stream, fault.row, plan.title in fault.name) == (name, 5, True)
    assert fault.url.endswith("#row-5")
    page = client.get(fault.url)
    assert [line.row.seq for line in page.context["rows"]] == list(range(10, 0, -1))
    [marked] = [line for line in page.context["rows"] if line.faults]
    assert (marked.row.seq, marked.faults) == (5, [fault.sentence])
    text = page.content.decode()
    assert '<tr id="row-5" class="marked">' in text
    assert text.count('class="marked"') == 1
    for odd in ("x", "-1", "9" * 30, "²"):
        assert client.get(URL, {"stream": name, "row": odd}).status_code == 200


# In words ---------------------------------------------------------------------------------------


def test_a_purchase_is_read_in_words_with_links_to_what_the_reader_may_open(
    bureau: Bureau, plan: Plan
) -> None:
    pk = buy(bureau, plan, {"苹果": (7, 85_00), "梨": (7, 74_00)}, "0331778")
    fund = Fund.objects.get(plan=plan)
    page = as_(bureau.inspector).get(URL, {"stream": f"fund:{fund.pk}"})
    assert fund.title in page.context["stream_name"]
    line = line_of(page, "goods.record_purchase")
    assert (line.about.text, line.about.url) == ("采购第1号", f"/purchases/{pk}/")
    facts = told(line)
    assert set(facts.values()) >= {
        "2020年4月7日",
        "0331778",
        "¥1,113.00",
        f"{packed('苹果', '箱')} 7 × ¥85.00、{packed('梨', '箱')} 7 × ¥74.00",
        "预留 ¥1,113.00",
    }
    paid = line_of(page, "funds.disburse")
    assert paid.about.text == "支付 ¥1,113.00"
    assert [(fact.text, fact.url) for fact in paid.facts if fact.url] == [
        ("预留 ¥1,113.00", f"/funds/{fund.pk}/"),
        ("采购第1号", f"/purchases/{pk}/"),
    ]
    text = page.content.decode()
    assert f'<a href="/purchases/{pk}/">采购第1号</a>' in text
    assert "&quot;amount_minor&quot;: 111300" in text, "the raw record is there behind a fold"


def test_a_visit_is_read_in_words(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"方便面": (2, 68_00), "苹果": (1, 85_00), "梨": (1, 74_00)}, "1")
    visit = recorded(bureau, at(9), "岗亭缺取暖设备")
    unit = unit_names([visit.unit_id], at(9).date())[visit.unit_id]
    page = as_(bureau.inspector).get(URL)
    line = line_of(page, "visits.record")
    assert (line.about.text, line.about.url) == (unit, f"/visits/{visit.pk}/")
    facts = told(line)
    assert unit not in facts.values(), "it is the subject already"
    assert LEAD in facts.values()
    assert "2020年4月9日 10:00:00" in facts.values()
    assert str(VisitForm.ON_SITE.label) in facts.values()
    given = line_of(page, "goods.hand_over")
    kit = (("方便面", 2), ("苹果", 1), ("梨", 1))
    assert "、".join(f"{packed(item, '箱')} {packs}" for item, packs in kit) in told(given).values()
    problem = line_of(page, "tasks.raise_task")
    assert problem.about.text == "岗亭缺取暖设备"
    assert problem.about.url == reverse("problem", args=(raised().get().pk,))


@pytest.mark.usefixtures("plan")
def test_a_refusal_says_what_was_tried_and_why_it_was_refused(bureau: Bureau) -> None:
    plan = Plan.objects.get(slug=SLUG)
    with pytest.raises(Refusal):
        buy(bureau, plan, {"苹果": (7, 160_00), "方便面": (2, 80_00)}, "1")
    page = as_(bureau.inspector).get(URL, {"stream": "refusals"})
    line = line_of(page, "journey.refused")
    assert line.about.text == str(JOURNEYS["buy_kits"])
    assert "¥320.00" in told(line).values()
    measure = Measure.objects.get(kind="kit_purchase").pk
    assert line.row.facts["measure"] == measure, "what it was tried on"
    text = page.content.decode()
    assert str(CODES["above_standard"]) in text


def test_who_may_open_nothing_gets_names_without_links(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"苹果": (7, 85_00)}, "1")
    with patch("songnuan.web.views.shared.Reader.reach_ids", return_value=set()):
        page = as_(bureau.inspector).get(URL, {"stream": f"fund:{Fund.objects.get().pk}"})
    line = line_of(page, "goods.record_purchase")
    assert (line.about.text, line.about.url) == ("采购第1号", "")
    assert not any(fact.url for fact in line.facts)


@pytest.mark.usefixtures("plan")
def test_an_act_that_was_entered_days_later_shows_both_times(bureau: Bureau) -> None:
    page = as_(bureau.inspector).get(URL)
    line = page.context["rows"][0]
    assert line.entered_later is not None, "the tests act in 2020 by today's clock"
    moment = line.row.at
    with patch("songnuan.audit.record.wall", return_value=moment + timedelta(hours=23)):
        create_account(username="near", name="近", password=None, actor=SYSTEM, at=moment)
    with patch("songnuan.audit.record.wall", return_value=moment + timedelta(hours=25)):
        create_account(username="far", name="远", password=None, actor=SYSTEM, at=moment)
    far, near = as_(bureau.inspector).get(URL).context["rows"][:2]
    assert (far.entered_later, near.entered_later) == (moment + timedelta(hours=25), None)
    Installation.objects.create(
        kind="demo", clock_offset_seconds=-7200, keys_fingerprint="x" * 64, created_at=moment
    )
    assert as_(bureau.inspector).get(URL).context["rows"][0].entered_later is None, "by the demo's own clock"


def test_the_names_on_a_page_are_looked_up_at_once(bureau: Bureau, plan: Plan) -> None:
    client = as_(bureau.inspector)
    client.get(URL)
    replan(bureau, 0)
    few = queries_of(client, f"{URL}?stream=plan:{plan.slug}")
    for number in range(1, 40):
        replan(bureau, number)
    assert queries_of(client, f"{URL}?stream=plan:{plan.slug}") <= few


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
    assert queries_of(client, url) <= short
    first = client.get(url)
    assert len(first.context["rows"]) == 50
    assert f"before={first.context['older']}" in first.content.decode()
    second = client.get(url, {"stream": name, "before": first.context["older"]})
    seqs = [line.row.seq for page in (first, second) for line in page.context["rows"]]
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
        # A number of eleven digits by itself, not inside a digest.
        assert not re.search(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])", text)


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
    assert names_of(page) == own
    assert page.context["stream"] in own
    assert streams_of(page) == {page.context["stream"]}
    assert client.get(URL, {"stream": "accounts"}).status_code == 404
    verified = client.get(URL, {"stream": f"plan:{SLUG}", "verify": "1"}).context["verified"]
    assert (verified.found, verified.streams) == ([], 1)


def test_a_person_is_led_to_and_never_named(bureau: Bureau) -> None:
    one, other = (person("张建国", phone=f"1380001000{place}") for place in (1, 2))
    facts = {"other": other.key}
    with acting():
        record(
            stream="people",
            action="people.tell_apart",
            subject=f"people.person:{one.key}",
            actor=bureau.officer,
            at=at(8),
            facts=facts,
        )
    with on(at(8)):
        page = as_(bureau.inspector).get(URL)
    line = line_of(page, "people.tell_apart")
    assert line.about.url == reverse("person", args=(one.key,))
    assert [fact.url for fact in line.facts] == [reverse("person", args=(other.key,))]
    said = page.content.decode()
    assert "张建国" not in said
    assert f"people.person:{one.key}" not in said.replace(line.row.subject, "", 1), "only in the raw record"
