"""The living plan says how much its reports ask, beside the clause that promises to ask little."""

import pytest
from django.urls import reverse

from people import SLUG, Bureau, at, open_plan_1
from songnuan.journeys.measures.burden import KIND
from songnuan.plans.models import Measure
from songnuan.reporting.actions import count_inputs
from songnuan.reporting.rules import Asked
from web.browsing import as_, on

pytestmark = pytest.mark.django_db


def told(bureau: Bureau, day: int, typed: int) -> None:
    assert bureau.liaison.user_id is not None
    asked = [Asked("visit", 140, typed + 2, typed), Asked("purchase", 90, 90, 90)]
    count_inputs(user_id=bureau.liaison.user_id, asked=asked, at=at(day))


def test_reports_within_the_bound_are_as_promised_and_beyond_it_late(bureau: Bureau) -> None:
    measure = Measure.objects.select_related("plan").get(plan=open_plan_1(bureau), kind="burden")
    assert KIND.progress([measure], at(9))[measure.pk].done == 0
    assert KIND.evidence(measure, at(9)) == []
    told(bureau, 1, 99)  # a week before the plan began
    for day, typed in ((8, 20), (9, 19), (14, 21)):
        told(bureau, day, typed)
    progress = KIND.progress([measure], at(15))[measure.pk]
    assert (progress.done, progress.late) == (3, 0)
    assert "20" in progress.headline
    assert [piece.ref for piece in KIND.evidence(measure, at(15))] == ["20200406", "20200413"]
    told(bureau, 15, 21)
    assert KIND.progress([measure], at(15))[measure.pk].late == 1


def test_the_weeks_counted_are_listed_as_evidence(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    measure = Measure.objects.get(plan=plan, kind="burden")
    told(bureau, 8, 9)
    with on(at(9, 9)):
        client = as_(bureau.officer)
        assert client.get(reverse("plan", args=(SLUG,))).status_code == 200
        page = client.get(reverse("evidence", args=(SLUG, measure.pk, "burden")))
    assert [line.url for line in page.context["items"]] == [reverse("burden") + "?week=2020-04-06"]
