"""Hours are written as people write them: whole ones without a fraction or minutes that are none."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from songnuan.journeys.measures.visit_reports import KIND
from songnuan.organisation.queries import unit_names
from songnuan.plans.models import Measure
from songnuan.visits.models import Visit
from songnuan.web.templatetags.songnuan import span
from visits.builders import bureau, moment, recorded, visit


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "words"), [(120, "2小时内"), (128, "2小时8分内"), (600, "10小时内")])
def test_half_of_the_reports_came_within_whole_or_broken_hours(minutes: int, words: str) -> None:
    house = bureau()
    made = recorded(house, house.lock, moment(9))
    Visit.objects.filter(pk=made.pk).update(received_at=moment(9) + timedelta(minutes=minutes))
    reports = Measure(pk=1, plan=house.plan, kind="visit_reports", settings={"within_hours": 24})
    with override("zh-hans"):
        (note,) = KIND.progress([reports], moment(10))[1].notes
    assert words in note
    assert ".0" not in note


@pytest.mark.django_db
def test_who_has_sent_no_report_is_named() -> None:
    house = bureau()
    recorded(house, house.lock, moment(9))
    visit(house, house.pier, moment(9).date())
    reports = Measure(pk=1, plan=house.plan, kind="visit_reports", settings={"within_hours": 24})
    found = [KIND.progress([reports], moment(day, 1))[1].notes for day in (10, 11)]
    name = unit_names([house.pier.pk], moment(11).date())[house.pier.pk]
    assert [any(name in note for note in notes) for notes in found] == [False, True]


def test_a_span_has_no_minutes_that_are_none() -> None:
    with override("zh-hans"):
        assert [span(minutes) for minutes in (59, 60, 120, 137, 2880)] == [
            "59分钟", "1小时", "2小时", "2小时17分", "2天",
        ]  # fmt: skip
