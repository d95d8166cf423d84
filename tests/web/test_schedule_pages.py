"""The schedule on pages: proposed, taken in part, moved by hand once seen what breaks, in calendars."""

import json
import re
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.test import Client
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from documents.test_calendar import lines, value
from people import SLUG, Bureau, at, open_plan_1
from songnuan.audit.models import Entry
from songnuan.journeys.pin_visits import pin_visits
from songnuan.journeys.settle_schedule import settle_schedule
from songnuan.organisation.models import UnitRecord
from songnuan.plans.models import Plan
from songnuan.visits.models import ScheduleSettings, UnitHours, Visit, VisitTeam
from songnuan.visits.schedule_rules import Usual
from songnuan.visits.scheduling.words import clock_words
from songnuan.web.views.shared import names_on
from web.browsing import as_, on, queries_of, recorded, visits_of

pytestmark = pytest.mark.django_db
HOME = f"/plans/{SLUG}/schedule/"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


@pytest.fixture(autouse=True)
def _greedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages show does not depend on how it was worked out; the solver has tests of its own."""
    monkeypatch.setattr("songnuan.visits.scheduling.solver.find_spec", lambda _name: None)


def proposed(client: Client) -> str:
    """Have a proposal made; return its address."""
    answer = client.post(f"{HOME}propose/")
    assert answer.status_code == 302
    return answer.headers["Location"]


def move(visit: Visit, day: int, start: str, **changes: Any) -> dict[str, Any]:
    team = f"lead:{visit.lead_id}"
    return {
        "planned_on": f"2020-04-{day:02}",
        "start": start,
        "team": team,
        "reason": "",
        "seen": "",
        "revision": str(Visit.objects.get(pk=visit.pk).revision),
        **changes,
    }


@pytest.mark.usefixtures("plan")
def test_a_lead_has_a_schedule_proposed_and_takes_some(bureau: Bureau) -> None:
    client = as_(bureau.liaison)
    first, second, third = visits_of(bureau)
    with on(at(7, 16)):
        assert "生成排期建议" in client.get(HOME).content.decode()
        address = proposed(client)
        page = client.get(address).content.decode()
        assert page.count('name="visits"') == 3
        assert "贪心排法：未安装求解器" in page
        done = client.post(address, {"visits": [first.pk, second.pk]}, follow=True).content.decode()
        assert "已安排 2 个走访" in done
        assert done.count('name="visits"') == 1
    for visit, is_set in ((first, True), (second, True), (third, False)):
        visit.refresh_from_db()
        assert (visit.planned_start is not None) is is_set
    time = clock_words(first.planned_start or 0)
    with on(at(7, 17)):
        for address in (HOME, f"/visits/{first.pk}/", "/visits/", f"/plans/{SLUG}/units/"):
            assert time in client.get(address).content.decode(), address


@pytest.mark.usefixtures("plan")
def test_what_was_changed_meanwhile_is_named(bureau: Bureau) -> None:
    client = as_(bureau.officer)
    visit = visits_of(bureau)[0]
    with on(at(7, 16)):
        address = proposed(client)
        pin_visits(
            plan_id=visit.measure.plan_id, visit_ids=[visit.pk], pinned=True, actor=bureau.liaison, at=at(7)
        )
        assert "期间有变动" in client.get(address).content.decode()
        ids = list(Visit.objects.values_list("pk", flat=True))
        done = client.post(address, {"visits": ids}, follow=True).content.decode()
    assert "已安排 46 个走访" in done
    assert "建议生成后又有变动" in done
    assert "西港水上交通检查站" in re.findall(r"未安排[^<]*", done)[0]


@pytest.mark.usefixtures("plan")
def test_a_proposal_taken_already_is_said_to_be_and_by_whom(bureau: Bureau) -> None:
    client = as_(bureau.officer)
    with on(at(7, 16)):
        address = proposed(client)
        ids = list(Visit.objects.values_list("pk", flat=True))
        client.post(address, {"visits": ids})
        before = list(Visit.objects.order_by("pk").values_list("pk", "planned_on", "revision"))
        again = client.post(address, {"visits": ids}, follow=True)
    said = " ".join(str(message) for message in again.context["messages"])
    assert (bureau.officer.label in said, "4月7日" in said) == (True, True)
    assert list(Visit.objects.order_by("pk").values_list("pk", "planned_on", "revision")) == before
    assert (again.context["taken"], again.context["open"]) == (47, 0)


@pytest.mark.usefixtures("plan")
def test_a_proposal_that_breaks_new_hours_names_the_hours(bureau: Bureau, plan: Plan) -> None:
    client = as_(bureau.officer)
    with on(at(7, 16)):
        address = proposed(client)
        usual = Usual(45, 20, 60, 20 * 60, 22 * 60, None, None, 4)
        settle_schedule(plan_id=plan.pk, usual=usual, actor=bureau.officer, at=at(7))
        before = list(Visit.objects.order_by("pk").values_list("pk", "planned_on", "revision"))
        ids = list(Visit.objects.values_list("pk", flat=True))
        again = client.post(address, {"visits": ids}, follow=True)
    said = " ".join(str(message) for message in again.context["messages"])
    assert "20:00–22:00" in said
    assert list(Visit.objects.order_by("pk").values_list("pk", "planned_on", "revision")) == before


@pytest.mark.usefixtures("plan")
def test_what_breaks_is_shown_before_anything_is_saved(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    address = f"/visits/{visit.pk}/move/"
    with on(at(7, 16)):
        assert client.get(address).status_code == 200
        fine = client.post(address, move(visit, 9, "09:00", check="1"))
        assert "这样安排不违反任何规则" in fine.content.decode()
        shown = client.post(address, move(visit, 12, "12:30"))
        assert shown.status_code == 422
        page = shown.content.decode()
        assert "这一天不是工作日" in page
        assert "走访与午休重叠" in page
        visit.refresh_from_db()
        assert (visit.planned_start, visit.revision) == (None, 0)
        (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
        again = client.post(address, move(visit, 12, "12:30", seen=seen))
        assert again.status_code == 422, "a reason is needed"
        visit.refresh_from_db()
        assert visit.revision == 0
        saved = client.post(address, move(visit, 12, "12:30", seen=seen, reason="单位请求"))
        assert saved.status_code == 302
        visit.refresh_from_db()
        assert (visit.planned_on, visit.planned_start, visit.break_reason) == (
            date(2020, 4, 12),
            750,
            "单位请求",
        )
        assert "单位请求" in client.get(f"/visits/{visit.pk}/").content.decode()
        assert "这一天不是工作日" in client.get(HOME).content.decode()


@pytest.mark.usefixtures("plan")
def test_the_times_that_are_possible_are_said_and_the_day_is_looked_at_without_a_time(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    address = f"/visits/{visit.pk}/move/"
    UnitHours.objects.create(unit_id=visit.unit_id, weekdays="01234", opens=13 * 60, closes=16 * 60)
    with on(at(7, 16)):
        page = client.get(address)
        assert page.context["hours"].endswith("13:00–16:00")
        assert [times for _name, times in page.context["team_hours"]] == ["09:00–17:00"]
        assert "13:00–16:00" in page.content.decode()
        refused = client.post(address, move(visit, 9, "08:00"))
        said = " ".join(refused.context["broken"])
        assert all(time in said for time in ("13:00", "16:00", "09:00", "17:00")), said
        dateless = client.post(address, move(visit, 24, ""))
    assert set(dateless.context["form"].errors) == {"planned_on", "start"}
    visit.refresh_from_db()
    assert visit.revision == 0


@pytest.mark.usefixtures("plan")
def test_a_day_after_the_deadline_is_refused_beside_its_field(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    address = f"/visits/{visit.pk}/move/"
    with on(at(7, 16)):
        shown = client.post(address, move(visit, 24, "09:00"))
        assert shown.context["asks_later"]
        posted = move(visit, 24, "09:00", seen="after_deadline", reason="汛期停航")
        refused = client.post(address, posted)
    assert refused.status_code == 422
    assert refused.context["asks_later"]
    visit.refresh_from_db()
    assert visit.revision == 0


@pytest.mark.usefixtures("plan")
def test_pins_are_set_and_taken_off(bureau: Bureau) -> None:
    client, visit = as_(bureau.officer), visits_of(bureau)[0]
    with on(at(7, 16)):
        for act, pinned in (("pin", True), ("unpin", False)):
            done = client.post(f"{HOME}pin/", {"act": act, "visits": [visit.pk]}, follow=True)
            assert "固定 1 个走访" in done.content.decode()
            visit.refresh_from_db()
            assert visit.pinned is pinned
        nothing = client.post(f"{HOME}pin/", {"act": "pin", "visits": ["x", "9" * 30]}, follow=True)
        assert "请至少选择一个" in nothing.content.decode()


def test_calendar_files_hold_times_and_follow_changes(bureau: Bureau, plan: Plan) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    ics = f"{HOME}leads/{bureau.lead_id}.ics"
    with on(at(7, 16)):
        before = event_of(client.get(ics).content.decode(), visit)
        assert "DTSTART;VALUE=DATE:20200408" in before
        assert "SEQUENCE:0" in before
        client.post(f"/visits/{visit.pk}/move/", move(visit, 9, "09:00"))
        after = event_of(client.get(ics).content.decode(), visit)
        assert "DTSTART:20200409T010000Z" in after
        assert "DTEND:20200409T014500Z" in after
        assert "SEQUENCE:1" in after
        assert re.findall("UID:.*", after) == re.findall("UID:.*", before), "the same event, moved"
        assert "DTSTART:20200409T010000Z" in client.get("/calendar.ics").content.decode()
        team = VisitTeam.objects.create(
            plan=plan, lead_id=bureau.lead_id, name="一队", starts=540, ends=1020, most=4
        )
        assert client.get(f"{HOME}teams/{team.pk}.ics").status_code == 404, "it has no visit yet"
        client.post(f"/visits/{visit.pk}/move/", move(visit, 9, "09:00", team=f"team:{team.pk}"))
        assert client.get(f"{HOME}teams/{team.pk}.ics").content.decode().count("BEGIN:VEVENT") == 1
        assert as_(bureau.stranger).get(ics).status_code == 404


@pytest.mark.usefixtures("plan")
def test_calendar_files_say_where_and_are_named_after_whose_they_are(bureau: Bureau) -> None:
    visit, address = visits_of(bureau)[0], "澄江市东港镇,沿江路1号;" + "北侧" * 20
    UnitRecord.objects.filter(unit=visit.unit_id).update(address=address)
    title = Plan.objects.get().title
    with on(at(7, 16)):
        one = as_(bureau.liaison).get(f"{HOME}leads/{bureau.lead_id}.ics")
        assert f"{title}-航道处.ics" in unquote(one.headers["Content-Disposition"])
        whole = as_(bureau.officer).get(f"{HOME}visits.ics")
        assert unquote(whole.headers["Content-Disposition"]).endswith(f"{title}.ics")
        assert whole.content.count(b"BEGIN:VEVENT") == 47
        mine = as_(bureau.liaison).get(f"{HOME}visits.ics")
        assert mine.content.count(b"BEGIN:VEVENT") == 3
        assert as_(bureau.inspector).get(f"{HOME}visits.ics").status_code == 404
        own = as_(bureau.liaison).get("/calendar.ics")
        for file in (one, whole, mine, own):
            found = lines(file.content)
            at_visit = found.index(next(line for line in found if line.endswith(f"/visits/{visit.pk}/")))
            assert value([found[at_visit - 1]], "LOCATION") == address
        assert "航道处" in "".join(lines(whole.content)), "of many leads each visit says whose it is"


def event_of(text: str, visit: Visit) -> str:
    (found,) = [
        part
        for part in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", text, re.DOTALL)
        if f"/visits/{visit.pk}/" in part
    ]
    return str(found)


@pytest.mark.usefixtures("plan")
def test_the_sheet_says_that_it_is_a_proposal_and_how_it_was_made(bureau: Bureau) -> None:
    client = as_(bureau.officer)
    with on(at(7, 16)):
        for address, note in ((f"{proposed(client)}sheet.xlsx", "贪心排法"), (f"{HOME}sheet.xlsx", "截至")):
            content = b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]  # a file
            book = CalamineWorkbook.from_filelike(BytesIO(content))
            rows = book.get_sheet_by_index(0).to_python()
            assert any(note in str(row[0]) for row in rows[:5])
            assert sum(str(row[0]).isdecimal() for row in rows) == 47
            assert "片区" not in [cell for row in rows for cell in row], "nobody knows one"


@pytest.mark.usefixtures("plan")
def test_the_sheet_says_which_rules_a_visit_breaks_and_why(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    with on(at(7, 16)):
        told = move(visit, 9, "12:15", reason="该站只在午间有人接待")
        asked = client.post(f"/visits/{visit.pk}/move/", told)
        told["seen"] = asked.context["form"]["seen"].value()
        assert client.post(f"/visits/{visit.pk}/move/", told).status_code == 302
        page = client.get(HOME).content.decode()
        cells = _cells(client, HOME)
        others = _cells(as_(bureau.stranger), HOME)
    rule = _("The visit runs into the rest at noon, %(hours)s. Begin earlier, or after it.")
    assert rule % {"hours": "12:00–13:30"} in cells
    assert "该站只在午间有人接待" in cells
    assert "该站只在午间有人接待" in page
    assert "该站只在午间有人接待" not in others


@pytest.mark.usefixtures("plan")
def test_the_sheet_of_a_proposal_says_what_was_taken_and_where_units_lie(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    UnitRecord.objects.filter(unit=visit.unit_id).update(district="东片")
    with on(at(7, 16)):
        address = proposed(client)
        ids = [row.pk for row in visits_of(bureau)]
        assert "尚未采用" in _cells(client, address)
        client.post(address, {"visits": ids[:1]})
        told = _cells(client, address)
        assert "已采用一部分" in told
        assert "尚未采用" not in told
        client.post(address, {"visits": ids[1:]})
        told = _cells(client, address)
        assert "建议稿，已采用。" in told
        assert "东片" in told


def _cells(client: Client, address: str) -> str:
    content = b"".join(client.get(f"{address}sheet.xlsx").streaming_content)  # type: ignore[attr-defined]  # a file
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return "\n".join(str(cell) for row in rows for cell in row)


@pytest.mark.usefixtures("plan")
def test_a_time_of_today_that_is_over_is_named(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    with on(at(8, 16)):
        page = client.post(f"/visits/{visit.pk}/move/", {**move(visit, 8, "09:00"), "check": "1"})
        assert page.status_code == 422
        assert page.context["form"].has_error("start", "time_over")
    visit.refresh_from_db()
    assert visit.planned_start is None


def test_facts_are_set_on_pages(bureau: Bureau, plan: Plan) -> None:
    officer, liaison = as_(bureau.officer), as_(bureau.liaison)
    unit_id = visits_of(bureau)[0].unit_id
    usual = {
        "visit_minutes": "60",
        "near_minutes": "10",
        "far_minutes": "30",
        "opens": "09:00",
        "closes": "17:00",
        "rest_begins": "",
        "rest_ends": "",
        "most": "3",
    }
    with on(at(7, 16)):
        assert officer.post(f"{HOME}facts/", {**usual, "closes": "08:00"}).status_code == 422
        assert officer.post(f"{HOME}facts/", usual).status_code == 302
        assert ScheduleSettings.objects.get(plan=plan).visit_minutes == 60
        assert liaison.post(f"{HOME}facts/", usual).status_code == 403
        draft = {
            "name": "一队",
            "members": [str(bureau.liaison.user_id)],
            "car": "own",
            "seats": "4",
            "starts": "09:00",
            "ends": "12:00",
            "most": "2",
        }
        new = f"{HOME}leads/{bureau.lead_id}/team/"
        assert liaison.get(new).status_code == 200
        assert liaison.post(new, draft).status_code == 302
        team = VisitTeam.objects.get()
        assert liaison.post(new, draft).status_code == 422, "the name is taken"
        assert liaison.post(f"{HOME}teams/{team.pk}/", {**draft, "seats": "3"}).status_code == 302
        assert "一队" in liaison.get(f"{HOME}facts/").content.decode()
        hours = {"weekdays": ["1", "3"], "opens": "09:00", "closes": "11:00", "district": "东片"}
        assert officer.post(f"{HOME}units/{unit_id}/", hours).status_code == 302
        assert UnitHours.objects.get(unit=unit_id).weekdays == "13"
        assert "东片" in liaison.get(f"{HOME}facts/").content.decode()
        assert liaison.post(f"{HOME}teams/{team.pk}/", {"act": "end"}).status_code == 302
        assert not VisitTeam.objects.filter(is_active=True).exists()


@pytest.mark.usefixtures("plan")
def test_who_arranges_nothing_sees_the_schedule_and_no_buttons(bureau: Bureau) -> None:
    whole, visit = as_(bureau.officer), visits_of(bureau)[0]
    with on(at(7, 16)):
        address = proposed(whole)
        for actor in (bureau.inspector, bureau.finance):
            client = as_(actor)
            page = client.get(HOME).content.decode()
            assert "生成排期建议" not in page
            assert 'name="visits"' not in page
            assert client.get(address).status_code == 404
            assert client.post(f"{HOME}propose/").status_code == 403
            assert client.get(f"{HOME}facts/").status_code == 403
            assert client.get(f"/visits/{visit.pk}/move/").status_code == 403
        stranger = as_(bureau.stranger)
        assert stranger.get(f"/visits/{visit.pk}/move/").status_code == 404
        assert stranger.get(f"{HOME}leads/{bureau.lead_id}/team/").status_code == 404
        assert stranger.get(f"{HOME}units/{visit.unit_id}/").status_code == 404
        assert stranger.get(address).content.decode().count('name="visits"') == 3, "its own part"
    assert not Visit.objects.exclude(planned_start=None).exists()


@pytest.mark.usefixtures("plan")
def test_no_page_asks_a_question_for_each_visit(bureau: Bureau) -> None:
    client = as_(bureau.officer)
    with on(at(7, 16)):
        address = proposed(client)
        for page in (HOME, address, f"{HOME}facts/", f"{HOME}sheet.xlsx"):
            assert queries_of(client, page) <= 40, page


@pytest.mark.usefixtures("plan")
def test_another_day_alone_is_asked_for_a_reason_and_marked_in_the_schedule(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    told = {"planned_on": "2020-04-19", "late_reason": ""}
    with on(at(7, 16)):
        client.post(f"/visits/{visit.pk}/move/", move(visit, 9, "09:00"))
        refused = client.post(f"/visits/{visit.pk}/replan/", told)
        assert refused.status_code == 422
        assert refused.context["replan"].has_error("late_reason", "rule_broken")
        visit.refresh_from_db()
        assert (visit.planned_on, visit.planned_start) == (date(2020, 4, 9), 540)
        done = client.post(f"/visits/{visit.pk}/replan/", {**told, "late_reason": "单位请求"}, follow=True)
        assert "4月20日" in done.content.decode(), "the next working day is named"
        visit.refresh_from_db()
        assert (visit.planned_on, visit.planned_start, visit.break_reason) == (
            date(2020, 4, 19),
            540,
            "单位请求",
        )
        assert client.get(HOME).context["broken"] == 1
        Visit.objects.filter(pk=visit.pk).update(planned_start=None, planned_minutes=None)
        assert client.get(HOME).context["broken"] == 1, "a day off is one without a time too"


@pytest.mark.usefixtures("plan")
def test_a_later_day_that_was_allowed_is_marked_and_breaks_nothing(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    Visit.objects.filter(pk=visit.pk).update(
        planned_on=date(2020, 4, 24), late_reason="汛期停航", late_approved=True
    )
    Visit.objects.filter(pk=visit.pk).update(planned_start=540, planned_minutes=45)
    with on(at(7, 16)):
        page = client.get(HOME)
        assert page.context["broken"] == 0
        assert "晚于期限，已批准" in page.content.decode()
        checked = client.post(f"/visits/{visit.pk}/move/", {**move(visit, 24, "10:00"), "check": "1"})
        assert (checked.context["broken"], checked.context["checked"]) == ([], True)
        sheet = client.get(f"{HOME}sheet.xlsx")
    content = b"".join(sheet.streaming_content)  # type: ignore[attr-defined]  # a file
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert any("晚于期限，已批准" in str(cell) for row in rows for cell in row)


@pytest.mark.usefixtures("plan")
def test_a_visit_that_somebody_else_set_meanwhile_is_not_set_unseen(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    address = f"/visits/{visit.pk}/move/"
    with on(at(7, 16)):
        assert as_(bureau.liaison).get(address).context["form"]["revision"].value() == 0
        mine, theirs = move(visit, 9, "09:00"), move(visit, 10, "14:00")
        assert as_(bureau.officer).post(address, theirs).status_code == 302
        assert as_(bureau.officer).post(address, theirs).status_code == 302, "a double click"
        placed = Entry.objects.filter(action="visits.place")
        page = as_(bureau.liaison).post(address, mine)
        form = page.context["form"]
        assert (page.status_code, form.has_error(NON_FIELD_ERRORS, "visit_changed")) == (422, True)
        assert "2020年4月10日 14:00" in page.content.decode()
        visit.refresh_from_db()
        assert (visit.planned_on, visit.planned_start, visit.revision) == (date(2020, 4, 10), 14 * 60, 1)
        assert placed.count() == 1
        once_more = {**mine, "revision": form["revision"].value()}
        assert as_(bureau.liaison).post(address, once_more).status_code == 302
    visit.refresh_from_db()
    assert (visit.planned_on, visit.planned_start, visit.revision) == (date(2020, 4, 9), 540, 2)


@pytest.mark.usefixtures("plan")
def test_who_set_the_visit_in_another_window_is_not_told_of_somebody_else(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    address, client = f"/visits/{visit.pk}/move/", as_(bureau.liaison)
    with on(at(7, 16)):
        stale, newer = move(visit, 9, "09:00"), move(visit, 10, "14:00")
        assert client.post(address, newer).status_code == 302
        own = client.post(address, stale).context["form"].non_field_errors()
        others = as_(bureau.officer).post(address, stale).context["form"].non_field_errors()
    facts = {"spot": "2020年4月10日 14:00", "person": bureau.liaison.label}
    assert own == [
        _(
            "This visit was changed since you opened the page: it stands: %(spot)s, where you put it"
            " yourself. Set it again if that is wrong."
        )
        % facts
    ]
    assert others == [
        _(
            "This visit was changed since you opened the page: it stands: %(spot)s, where %(person)s put"
            " it. Set it again if that is wrong."
        )
        % facts
    ]
    visit.refresh_from_db()
    assert (visit.planned_on, visit.revision) == (date(2020, 4, 10), 1)


@pytest.mark.usefixtures("plan")
def test_a_look_at_a_day_that_is_over_says_so_and_at_a_later_one_where_to_ask(bureau: Bureau) -> None:
    client, visit = as_(bureau.liaison), visits_of(bureau)[0]
    address = f"/visits/{visit.pk}/move/"
    with on(at(8, 16)):
        over = client.post(address, {**move(visit, 7, "09:00"), "check": "1"})
        later = client.post(address, {**move(visit, 24, "09:00"), "check": "1"})
    for page in (over, later):
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["planned_on"])
        assert not page.context["checked"]
        assert not page.context["is_hard"]
        assert "仍然这样安排" not in page.content.decode()
    assert f'href="/visits/{visit.pk}/#day"' not in over.content.decode()
    assert f'href="/visits/{visit.pk}/#day"' in later.content.decode()
    visit.refresh_from_db()
    assert visit.revision == 0


@pytest.mark.usefixtures("plan")
def test_only_who_can_ask_for_a_later_day_is_sent_to_the_form_and_it_bears_one_name(bureau: Bureau) -> None:
    """The office sets days on the schedule, but neither writes the plan nor makes the visit."""
    visit = visits_of(bureau)[0]
    name, lead = _("Change the day or ask for a later one"), names_on({bureau.lead_id}, date(2020, 4, 8))
    who = _(
        "A day after the deadline is asked for on the page of the visit by the programme officer or by the "
        "liaison of %(lead_name)s."
    ) % {"lead_name": lead[bureau.lead_id]}
    for person, may_ask in ((bureau.liaison, True), (bureau.officer, True), (bureau.office, False)):
        client = as_(person)
        with on(at(8, 16)):
            asked = client.post(f"/visits/{visit.pk}/move/", move(visit, 24, "09:00")).content.decode()
            page = client.get(f"/visits/{visit.pk}/").content.decode()
        assert (f'<a href="/visits/{visit.pk}/#day">{name}</a>' in asked) is may_ask
        assert (who in asked) is not may_ask
        assert ('id="day"' in page) is may_ask
        assert page.count(f">{name}</") == 2 * may_ask, "section and button"


@pytest.mark.usefixtures("plan")
def test_a_visit_made_already_is_not_set_and_one_team_is_no_choice(bureau: Bureau, plan: Plan) -> None:
    visit, other = visits_of(bureau)[:2]
    client = as_(bureau.liaison)
    with on(at(7, 16)):
        assert not client.get(f"/visits/{other.pk}/move/").context["has_teams"]
        for name in ("一组", "二组"):
            VisitTeam.objects.create(
                plan=plan, lead_id=bureau.lead_id, name=name, starts=510, ends=1020, most=4
            )
        assert client.get(f"/visits/{other.pk}/move/").context["has_teams"]
    recorded(bureau, at(8))
    assert visit.pk == visits_of(bureau)[0].pk
    address = f"/visits/{visit.pk}/move/"
    with on(at(8, 16)):
        for answer in (client.get(address), client.post(address, move(visit, 9, "09:00"))):
            assert (answer.status_code, answer.headers["Location"]) == (302, f"/visits/{visit.pk}/")
    visit.refresh_from_db()
    assert visit.planned_start is None


@pytest.mark.usefixtures("plan")
def test_a_visit_that_missed_its_day_keeps_it_when_a_proposal_moves_it(bureau: Bureau) -> None:
    client = as_(bureau.liaison)
    visit = visits_of(bureau)[0]
    was = visit.planned_on
    assert was is not None
    with on(at(was.day + 1, 9)):
        address = proposed(client)
        assert client.get(address).context["staying"] == 0
        assert client.post(address, {"visits": [visit.pk]}).status_code == 302
        page = client.get(f"/visits/{visit.pk}/")
    visit.refresh_from_db()
    assert visit.planned_on != was
    assert page.context["visit"]["first_planned_on"] == was
    noted = Entry.objects.get(action="visits.place", subject=f"visits.visit:{visit.pk}")
    assert json.loads(noted.facts)["from"] == was.isoformat()


@pytest.mark.usefixtures("plan")
def test_a_proposal_says_how_many_visits_stay(bureau: Bureau) -> None:
    client = as_(bureau.liaison)
    first, *others = visits_of(bureau)
    Visit.objects.filter(pk=first.pk).update(planned_on=at(8).date())
    with on(at(8, 9)):
        address = proposed(client)
        page = client.get(address)
    assert page.context["staying"] == 1
    assert page.context["placed"] == len(others)
