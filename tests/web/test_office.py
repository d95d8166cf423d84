from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, buy, checklist, open_plan_1
from songnuan.journeys.close_problem import close_problem
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.visits.models import InspectionResult, LaterDay, Visit, VisitForm
from songnuan.web.views import office_lists
from web.browsing import as_, on, queries_of, recorded, trail_length

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

OFFICE, FEED = reverse("office"), reverse("office_feed")


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def test_a_report_reaches_the_office_at_once(bureau: Bureau) -> None:
    client = as_(bureau.office)
    with on(at(8, 9)):
        feed = client.get(OFFICE).context["feed"]
        assert (feed.due, feed.visited, feed.late, feed.open_problems, feed.items) == (47, 0, 0, 0, [])
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    before = trail_length()
    with on(at(8, 10, 1)):
        for url in (OFFICE, FEED):
            page = client.get(url)
            feed = page.context["feed"]
            assert page.status_code == 200
            assert (feed.visited, feed.open_problems) == (1, 1)
            assert [(row.visit_id, row.problems, row.report_minutes) for row in feed.items] == [
                (visit.pk, 1, 0)
            ]
            assert feed.items[0].lead_name == "航道处"
    assert page.templates[0].name == "web/parts/feed.html", "only the middle is asked for again"
    assert client.get(OFFICE).context["plan"].slug == SLUG
    assert trail_length() == before


def test_who_missed_the_day_is_late_and_a_day_later_without_a_report(bureau: Bureau) -> None:
    first = Visit.objects.order_by("planned_on", "pk")[0]
    assert first.planned_on is not None
    Visit.objects.exclude(pk=first.pk).update(planned_on=None)
    day = first.planned_on.day
    found = []
    for moment in (at(day, 23), at(day + 1, 1), at(day + 1, 23), at(day + 2, 0)):
        with on(moment):
            feed = as_(bureau.office).get(OFFICE).context["feed"]
        found.append((feed.late, feed.unreported))
        assert [row.visit_id for row in feed.late_units] == [first.pk] * feed.late
    assert found == [(0, 0), (1, 0), (1, 0), (1, 1)]
    (row,) = feed.late_units
    assert (row.visit_id, row.day, row.days, row.unreported) == (first.pk, first.planned_on, 2, True)


def test_the_plan_says_how_soon_a_report_is_due(bureau: Bureau, plan: Plan) -> None:
    first = Visit.objects.order_by("planned_on", "pk")[0]
    assert first.planned_on is not None
    Visit.objects.exclude(pk=first.pk).update(planned_on=None)
    Measure.objects.filter(plan=plan, kind="visit_reports").update(settings={"within_hours": 2})
    with on(at(first.planned_on.day + 1, 2)):
        assert as_(bureau.office).get(OFFICE).context["feed"].unreported == 1


def test_late_and_unreported_agree_with_the_plan(bureau: Bureau) -> None:
    with on(at(23)):
        feed = as_(bureau.office).get(OFFICE).context["feed"]
        page = as_(bureau.office).get(reverse("plan", args=(SLUG,))).context["plan"]
    assert (feed.late, page.late) == (47, 47 + 2), "the plan counts its duties too"
    assert [row.days for row in feed.late_units] == sorted(
        (row.days for row in feed.late_units), reverse=True
    )


def test_the_list_of_late_visits_is_short_and_leads_to_all_of_them(bureau: Bureau) -> None:
    client = as_(bureau.office)
    with on(at(23)):
        page = client.get(OFFICE)
        feed = page.context["feed"]
        (url,) = feed.lists.values()
        assert len(client.get(url).context["pairs"]) == feed.late == 47
    assert len(feed.late_units) == 6
    text = page.content.decode()
    assert text.index(reverse("visit", args=(feed.late_units[0].visit_id,))) < text.index(
        _("Latest reports")
    ), "whom to chase comes first"
    Visit.objects.exclude(pk__in=[row.visit_id for row in feed.late_units]).update(planned_on=None)
    with on(at(20)):
        assert client.get(OFFICE).context["feed"].lists == {}


def test_a_later_day_that_waits_is_late_all_the_same(bureau: Bureau) -> None:
    first = Visit.objects.order_by("planned_on", "pk")[0]
    Visit.objects.exclude(pk=first.pk).update(planned_on=None)
    LaterDay.objects.create(visit=first, day=date(2020, 4, 24), reason="汛期停航", asked_at=at(8))
    with on(at(12)):
        feed = as_(bureau.office).get(OFFICE).context["feed"]
    assert [(row.visit_id, row.asked) for row in feed.late_units] == [(first.pk, True)]


def test_the_page_is_open_to_who_sees_every_visit_and_to_no_lead(bureau: Bureau) -> None:
    with on(at(8)):
        for url in (OFFICE, FEED):
            for actor in (bureau.office, bureau.officer, bureau.approver, bureau.inspector, bureau.finance):
                assert as_(actor).get(url).status_code == 200
            for actor in (bureau.liaison, bureau.stranger):
                assert as_(actor).get(url).status_code == 403
            assert Client().get(url).headers["Location"] == f"{reverse('account_login')}?next={url}"


def test_the_page_asks_for_a_new_sign_in_as_a_whole() -> None:
    answer = Client().get(FEED, headers={"HX-Request": "true"})
    assert (answer.headers["HX-Refresh"], answer.content) == ("true", b"")


def test_the_queries_of_the_page_do_not_grow_with_the_reports(bureau: Bureau) -> None:
    with on(at(23)):
        client = as_(bureau.office)
        recorded(bureau, at(8, 10))
        few = queries_of(client, FEED)
        some = Visit.objects.filter(status="planned").values_list("pk", flat=True)[:20]
        Visit.objects.filter(pk__in=list(some)).update(
            status="recorded", happened_at=at(8, 9), received_at=at(8, 10), form="on_site", prevention="good"
        )
        many = queries_of(client, FEED)
    assert many == few
    assert many < 25


def test_the_newest_reports_stand_on_the_board_and_all_of_them_behind_it(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    others = Visit.objects.exclude(pk=visit.pk).order_by("pk")[:11]
    for number, other in enumerate(others):
        made = at(8, 11, number)
        Visit.objects.filter(pk=other.pk).update(
            status="recorded", form="on_site", prevention="good", happened_at=made, received_at=made
        )
    lead = visit.lead_id
    Visit.objects.filter(pk=visit.pk).update(short_reason="梨未到货", form="delivery", form_reason="卡口封闭")
    InspectionResult.objects.filter(visit=visit, item_key=checklist()[0]).update(result="fail")
    client, reports = as_(bureau.office), reverse("office_reports")
    with on(at(9)):
        feed = client.get(OFFICE).context["feed"]
        assert (len(feed.items), feed.more) == (10, True)
        everything = client.get(reports)
        of_lead = client.get(reports, {"lead": lead})
        unknown = client.get(reports, {"lead": "999999", "before": "x"})
        assert as_(bureau.liaison).get(reports).status_code == 403
        assert Client().get(reports).status_code == 302
    assert len(everything.context["items"]) == len(unknown.context["items"]) == 12
    assert {row.lead_name for row in of_lead.context["items"]} == {"航道处"}
    mine = next(row for row in everything.context["items"] if row.visit_id == visit.pk)
    assert (mine.owes, mine.corrected, mine.failed, mine.report_minutes) == (False, False, 1, 0)
    assert mine.written_minutes == 20
    assert mine.form_label == VisitForm.DELIVERY.label
    assert mine.form_label in everything.content.decode()
    others_owe = [row.owes for row in everything.context["items"] if row.visit_id != visit.pk]
    assert all(others_owe), "nothing was booked for them"
    assert _("kit owed") in everything.content.decode()
    with on(at(9)):
        failing = client.get(reports, {"state": "failed"})
    assert [row.visit_id for row in failing.context["items"]] == [visit.pk]


def test_the_figures_of_problems_lead_to_their_list(bureau: Bureau) -> None:
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    client, problems = as_(bureau.office), reverse("office_problems")
    with on(at(9)):
        page = client.get(OFFICE).content.decode()
        assert f'href="{problems}"' in page
        assert f'href="{problems}?owner={bureau.lead_id}"' in page
        assert [line["row"].title for line in client.get(problems).context["rows"]] == ["夜班岗亭缺取暖设备"]
        assert client.get(problems, {"state": "overdue"}).context["rows"] == []
        assert as_(bureau.liaison).get(problems).status_code == 403
    with on(at(28)):
        late = client.get(problems, {"state": "overdue", "owner": str(bureau.lead_id)})
    assert [line["state"] for line in late.context["rows"]] == ["late"]


def test_the_list_of_problems_goes_page_by_page(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_lists, "PAGE", 2)
    recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备", "行军床不足", "值班室漏雨")
    client, problems = as_(bureau.office), reverse("office_problems")
    with on(at(9)):
        first = client.get(problems, {"state": "all", "owner": str(bureau.lead_id)})
        older = first.context["older"]
        rest = client.get(problems, {"state": "all", "owner": str(bureau.lead_id), "before": str(older)})
        # What stood last on the first page is closed before the next one is asked for.
        task = Task.objects.get(title="行军床不足")
        close_problem(task_id=task.pk, feedback="已送去行军床六张。", actor=bureau.office, at=at(9))
        after = client.get(problems, {"before": client.get(problems).context["older"] or older})
        closed = client.get(problems, {"state": "closed"})
    assert f"state=all&amp;owner={bureau.lead_id}&amp;before={older}" in first.content.decode()
    titles = [[line["row"].title for line in page.context["rows"]] for page in (first, rest, after, closed)]
    assert titles == [["夜班岗亭缺取暖设备", "行军床不足"], ["值班室漏雨"], ["值班室漏雨"], ["行军床不足"]]
    assert rest.context["older"] is None
    with on(at(9)):
        beyond = client.get(problems, {"before": "9999-12-31:9"})
    assert (beyond.context["rows"], reverse("office_problems") in beyond.content.decode()) == ([], True)
    assert _("No problem is open.") not in beyond.content.decode()
    assert _("First page") in beyond.content.decode()


def test_the_register_of_problems_has_the_closed_ones_too(bureau: Bureau) -> None:
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备", "行军床不足")
    first, second = Task.objects.filter(source=f"visits.visit:{visit.pk}").order_by("pk")
    late = at(second.due_on.day + 2)
    close_problem(task_id=second.pk, feedback="已送去行军床六张。", actor=bureau.office, at=late)
    client, problems = as_(bureau.office), reverse("office_problems")
    with on(late):
        titles = {
            state: [line["row"].title for line in client.get(problems, {"state": state}).context["rows"]]
            for state in ("", "open", "overdue", "closed", "all")
        }
        closed = client.get(problems, {"state": "closed", "unit": str(visit.unit_id)})
        assert client.get(problems, {"state": "shut"}).status_code == 404
        assert as_(bureau.approver).get(problems, {"state": "all"}).status_code == 200
    assert titles == {
        "": [first.title],
        "open": [first.title],
        "overdue": [first.title],
        "closed": [second.title],
        "all": [first.title, second.title],
    }
    assert [(row["id"], row["count"]) for row in closed.context["states"]] == [
        ("open", 1),
        ("overdue", 1),
        ("closed", 1),
        ("all", 2),
    ]
    [line] = closed.context["rows"]
    assert (line["row"].done_by, line["row"].days_late) == ("测试office", 2)
    assert "测试office" in closed.content.decode()


def test_who_only_reads_the_board_finds_no_buttons(bureau: Bureau) -> None:
    recorded(bureau, at(8, 10))
    with on(at(23)):
        page = as_(bureau.approver).get(OFFICE)
    assert page.context["feed"].late == 46
    assert not page.context["feed"].may_chase
    assert "/chase/" not in page.content.decode()
    assert 'href="#late"' in page.content.decode()
