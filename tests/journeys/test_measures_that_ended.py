"""What a closed measure leaves: nothing is due or late any more, and what was done stays to be seen."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from journeys.test_assignments import DONE, SLUG, SOURCE, opened, task_of, the_measure
from people import Bureau, at, open_plan_1
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.edit_plan import replace_text
from songnuan.journeys.living_plan import leading, living_plan, progress_of
from songnuan.journeys.measures.assignments import duties_due
from songnuan.journeys.measures.base import State
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.plan_status import plan_status
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.visits.models import LaterDay, Visit
from songnuan.visits.queries import for_lead, progress, waiting_for
from visits import builders
from visits.builders import bureau as small_bureau
from visits.builders import moment
from web.browsing import as_, on, recorded

pytestmark = pytest.mark.django_db

WHY = "按防控形势变化，不再组织。"


def due_urls(actor: Actor) -> set[str]:
    return {item.url for item in as_(actor).get(reverse("home")).context["due"]}


def test_duties_of_a_closed_measure_are_asked_for_no_more_and_their_evidence_stays(bureau: Bureau) -> None:
    plan = opened(bureau)
    close_problem(task_id=task_of("建立应急通讯录").pk, feedback=DONE, actor=bureau.liaison, at=at(8))
    left = task_of("开展集结演练")
    url = reverse("problem", args=(left.pk,))
    with on(at(13)):
        assert url in due_urls(bureau.liaison)
    measure = the_measure()
    close_measure(slug=SLUG, measure_id=measure.pk, reason=WHY, actor=bureau.officer, at=at(13, 11))
    assert duties_due([bureau.lead_id]) == []
    plan.refresh_from_db()
    page = living_plan(plan, at(14), lambda pk, kind: f"{pk}/{kind}")
    (mark,) = page.clauses[0].margins
    assert (mark.late, mark.late_names, mark.next, mark.state) == (0, (), "", State.NONE)
    assert not any("逾期" in note for note in mark.notes)
    assert (page.late, page.lead_late, page.late_names, page.next_step) == (0, 0, (), "")
    (ended,) = page.ended
    assert (ended.clause, ended.clause_key, ended.reason) == ("一、值守", "duty", WHY)
    assert [group.url for group in ended.margin.evidence] == [f"{measure.pk}/duty"]
    with on(at(14)):
        assert url not in due_urls(bureau.liaison)
        shown = as_(bureau.liaison).get(url)
        assert shown.context["problem"]["lapsed"]
        assert shown.context["form"] is not None, "what was done all the same can be reported"


def test_the_evidence_of_a_clause_that_is_gone_is_reached_from_the_foot_of_the_plan(bureau: Bureau) -> None:
    plan = opened(bureau)
    done = task_of("建立应急通讯录")
    close_problem(task_id=done.pk, feedback=DONE, actor=bureau.liaison, at=at(8))
    measure = the_measure()
    close_measure(slug=SLUG, measure_id=measure.pk, reason=WHY, actor=bureau.officer, at=at(9))
    start = SOURCE.index("clauses:")
    text = f"{SOURCE[:start]}clauses:\n  - {{key: rest, number: 一、, title: 其他, text: 加强宣传引导。}}\n"
    open_amendment(slug=SLUG, base=1, reason="值守结束", actor=bureau.officer, at=at(9, 11))
    replace_text(slug=SLUG, source=text, base=1, key=uuid4(), actor=bureau.officer, at=at(9, 12))
    request = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(9, 13))
    approve_amendment(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(9, 14))
    put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(9, 15))
    address = reverse("evidence", args=(SLUG, measure.pk, "duty"))
    with on(at(10)):
        client = as_(bureau.officer)
        page = client.get(reverse("plan", args=(SLUG,)))
        (ended,) = page.context["plan"].ended
        assert (ended.clause, ended.clause_key) == ("一、值守", "")
        assert address in page.content.decode()
        evidence = client.get(address)
    assert evidence.status_code == 200
    assert "建立应急通讯录" in evidence.content.decode()
    assert evidence.context["place"] == "ended"
    plan.refresh_from_db()
    (removed,) = plan_status(slug=SLUG, actor=bureau.officer, at=at(10))["removed"]
    assert (removed["clause"], removed["late"], len(removed["evidence"])) == ("duty", 0, 1)


def test_visits_of_a_closed_measure_are_on_no_list_and_late_nowhere() -> None:
    house = small_bureau()
    made, missed = builders.recorded(house, house.lock, moment(9)), builders.visit(house, house.pier)
    asked = builders.later(house, house.gate, date(2020, 4, 24), date(2020, 4, 10))
    leads, day = [house.lead.pk], date(2020, 4, 22)
    assert {row.visit_id for row in for_lead(leads, day)} == {missed.pk, asked.visit_id}
    Measure.objects.filter(pk=house.measure.pk).update(
        status="closed", closed_at=moment(22), close_reason=WHY
    )
    assert for_lead(leads, day) == []
    assert LaterDay.objects.count() == 1
    assert waiting_for(None, [house.plan.pk]) == []
    figures = progress([house.measure.pk], moment(22))[house.measure.pk]
    assert (figures.total, figures.recorded, figures.lapsed) == (3, 1, 2)
    assert (figures.overdue, figures.scheduled, figures.without_plan, figures.asked_later) == (0, 0, 0, 0)
    assert made.pk


def test_closed_visits_are_due_from_nobody_and_stand_on_the_pairing_page_as_what_they_are(
    bureau: Bureau,
) -> None:
    open_plan_1(bureau)
    recorded(bureau, at(8, 10))
    Visit.objects.filter(status="planned").update(planned_on=date(2020, 4, 9))
    visits = Measure.objects.get(kind="unit_visits")
    pairing = reverse("pairing", args=("front-line-visits",))
    with on(at(22)):
        assert as_(bureau.officer).get(pairing).context["overdue"] == 46
        assert any("/visits/" in url for url in due_urls(bureau.liaison))
    close_measure(
        slug="front-line-visits", measure_id=visits.pk, reason=WHY, actor=bureau.officer, at=at(22, 11)
    )
    with on(at(22, 12)):
        page = as_(bureau.officer).get(pairing).context
        assert (page["overdue"], page["unplanned"], page["visited"]) == (0, 0, 1)
        assert not any(url.endswith("/record/") for url in due_urls(bureau.liaison))
        assert as_(bureau.office).get(reverse("office")).context["feed"].late == 0
        assert f"{pairing}?state=overdue" not in due_urls(bureau.officer)
        strip = next(iter(as_(bureau.officer).get(reverse("home")).context["plans"]))
    assert strip.lead_late == 0


def test_what_leads_is_what_is_under_way_and_not_what_it_replaced() -> None:
    plan = Plan.objects.create(slug="kits", title="慰问", unit=builders.unit("局", kind="bureau"))
    facts = {"plan": plan, "kind": "pairing", "clause_key": "x", "opened_at": moment(6)}
    closed = Measure.objects.create(
        **facts,
        position=1,
        key="a",
        settings={"units": 5},
        status="closed",
        closed_at=moment(7),
        close_reason=WHY,
    )
    new = Measure.objects.create(**facts, position=2, key="b", settings={"units": 8}, status="open")
    rows = [closed, new]
    found = progress_of(rows, moment(8))
    assert leading(rows, found).due == 8
    assert leading([closed], found).due == 5, "where nothing else is left"
    # All measures of a plan are closed with it; the first one goes on leading then.
    Measure.objects.filter(pk=closed.pk).update(close_reason="")
    assert leading([Measure.objects.get(pk=closed.pk), new], found).due == 5
    assert not Task.objects.exists()
