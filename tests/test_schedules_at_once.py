"""Several hands at one schedule: what one sets, the other finds, and no team is in two places."""

from datetime import date

import pytest

from hands import together
from people import SLUG, Bureau, at, make_bureau, open_plan_1
from songnuan.audit.checks import verify
from songnuan.journeys.place_visit import place_visit
from songnuan.journeys.propose_schedule import propose_schedule
from songnuan.journeys.take_schedule import take_schedule
from songnuan.kernel.actor import Actor
from songnuan.visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)


def begin() -> Bureau:
    bureau = make_bureau()
    open_plan_1(bureau)
    return bureau


def taking(actor: Actor) -> "tuple[int, list[int]]":
    proposal = propose_schedule(slug=SLUG, only_greedy=True, actor=actor, at=at(7, 16))
    return proposal.pk, list(proposal.rows.values_list("visit_id", flat=True))


def test_of_two_proposals_taken_at_once_one_is_too_late() -> None:
    bureau = begin()
    acts = []
    for actor in (bureau.officer, bureau.office):
        pk, ids = taking(actor)
        acts.append(
            lambda pk=pk, ids=ids, actor=actor: take_schedule(
                proposal_id=pk, visit_ids=ids, actor=actor, at=at(7, 17)
            )
        )
    assert together(*acts) == {"done": 1, "schedule_changed": 1}
    assert set(Visit.objects.values_list("revision", flat=True)) == {1}
    assert verify() == []


def test_two_visits_put_on_one_team_at_once_do_not_meet() -> None:
    bureau = begin()
    first, second, _third = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")
    outcomes = together(
        *[
            lambda visit=visit: place_visit(
                visit_id=visit.pk,
                planned_on=date(2020, 4, 9),
                start=540,
                team_id=None,
                reason="",
                actor=bureau.liaison,
                at=at(7, 17),
            )
            for visit in (first, second)
        ]
    )
    assert outcomes == {"done": 1, "rule_broken": 1}
    assert Visit.objects.filter(planned_start=540).count() == 1
