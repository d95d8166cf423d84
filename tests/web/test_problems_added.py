"""A problem found at a visit is added after its report, and what an inspection found amiss becomes one."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from people import Bureau, at, buy, checklist, open_plan_1
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.add_problem import add_problem
from songnuan.journeys.record_visit import Problem
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import units_by_name
from songnuan.plans.models import Measure
from songnuan.tasks.models import Task
from songnuan.visits.models import InspectionResult, Visit, VisitProblem
from web.browsing import as_, on, recorded, sent, visits_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(bureau: Bureau) -> Visit:
    """A recorded visit, one item of whose inspection did not comply."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    made = recorded(bureau, at(8, 10))
    InspectionResult.objects.filter(visit=made, item_key=checklist()[0]).update(
        result="fail", note="测温枪坏了"
    )
    return made


def url(visit: Visit) -> str:
    return reverse("visit_problem", args=(visit.pk,))


def filled(bureau: Bureau, **changes: str) -> dict[str, str]:
    return sent(**{"title": "漏写的问题", "owner": str(bureau.lead_id), "answer": "当场答应协调", **changes})


def test_lead_and_office_add_a_problem_and_its_owner_is_told(bureau: Bureau, visit: Visit) -> None:
    other = units_by_name(["审计处"], at(9).date())["审计处"]
    told = filled(bureau, owner=str(other))
    with on(at(9)):
        answers = [as_(bureau.liaison).post(url(visit), told) for _again in range(2)]
        assert {answer.headers["Location"] for answer in answers} == {reverse("visit", args=(visit.pk,))}
        office = as_(bureau.office).post(url(visit), filled(bureau, title="办公室看出的问题"))
        page = as_(bureau.office).get(reverse("visit", args=(visit.pk,)))
    assert office.status_code == 302
    first, second = page.context["visit"]["problems"]
    assert (first["title"], first["answer"], first["added_on"]) == (
        "漏写的问题",
        "当场答应协调",
        at(9).date(),
    )
    assert (second["title"], second["added_on"]) == ("办公室看出的问题", at(9).date())
    task = Task.objects.get(title="漏写的问题")
    assert (task.source, task.raised_at, task.unit_id) == (f"visits.visit:{visit.pk}", at(9), visit.unit_id)
    assert VisitProblem.objects.filter(visit=visit).count() == 2, "the same post again adds none"
    told_of = OutboxMessage.objects.filter(topic="problem.raised").order_by("pk")
    assert list(told_of.values_list("recipient_id", flat=True)) == [
        bureau.stranger.user_id,
        bureau.liaison.user_id,
    ]
    assert Entry.objects.filter(action="tasks.raise_task").count() == 2


def test_others_add_none_and_a_fault_stands_beside_its_input(bureau: Bureau, visit: Visit) -> None:
    with on(at(9)):
        for actor, status in ((bureau.finance, 403), (bureau.officer, 403), (bureau.stranger, 404)):
            assert as_(actor).post(url(visit), filled(bureau)).status_code == status
        assert Client().post(url(visit), filled(bureau)).status_code == 302
        for changes, field in (({"title": " "}, "title"), ({"owner": "999999"}, "owner")):
            page = as_(bureau.liaison).post(url(visit), filled(bureau, **changes))
            assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
            assert "当场答应协调" in page.content.decode()
        todo = visits_of(bureau)[-1]
        assert as_(bureau.liaison).get(url(todo)).headers["Location"] == reverse("visit", args=(todo.pk,))
    with pytest.raises(Refusal) as refused:
        add_problem(
            visit_id=todo.pk, problem=Problem("还没走访"), key=uuid4(), actor=bureau.liaison, at=at(9)
        )
    assert refused.value.code == "not_recorded"
    assert not Task.objects.filter(source__startswith="visits.visit:").exists()
    assert not OutboxMessage.objects.filter(topic="problem.raised").exists()


def test_what_does_not_comply_is_offered_as_a_problem(bureau: Bureau, visit: Visit) -> None:
    [item, *_others] = Measure.objects.get(kind="inspection").settings["items"]
    here = reverse("visit", args=(visit.pk,))
    with on(at(9)):
        client = as_(bureau.liaison)
        offer = f"{url(visit)}?item={item['key']}"
        assert offer in client.get(here).content.decode()
        assert "?item=" not in as_(bureau.finance).get(here).content.decode()
        title = client.get(offer).context["form"]["title"].value()
        assert title == f"{item['text']}：测温枪坏了"
        assert client.get(f"{url(visit)}?item=other").context["form"]["title"].value() == ""
        client.post(url(visit), filled(bureau, title=title))
        page = client.get(here)
    assert next(row["is_raised"] for row in page.context["visit"]["checklist"])
    assert offer not in page.content.decode()
