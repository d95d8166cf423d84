"""`songnuan visits propose`: a proposal as a document, and taken at once."""

import json

import pytest
from click.testing import CliRunner

from people import SLUG, Bureau, at, open_plan_1
from songnuan.cli.commands import songnuan
from songnuan.visits.models import ScheduleProposal, Visit
from web.browsing import as_, on

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    with on(at(7, 16)):
        done = CliRunner().invoke(songnuan, ["visits", "propose", *arguments])
    return done.exit_code, done.stdout


def test_a_proposal_is_printed_and_changes_nothing(bureau: Bureau) -> None:
    open_plan_1(bureau)
    code, text = run(SLUG, "--greedy", "--json")
    document = json.loads(text)
    assert code == 0
    assert (document["method"], len(document["visits"]), document["unplaced"]) == ("greedy", 47, [])
    assert "贪心排法：未安装求解器" in document["note"]
    assert document["visits"][0]["start"] == "09:00"
    assert "taken" not in document
    assert not Visit.objects.exclude(planned_start=None).exists()


def test_a_run_that_takes_nothing_says_where_to_take_it(bureau: Bureau) -> None:
    open_plan_1(bureau)
    with on(at(7, 16)):
        done = CliRunner().invoke(songnuan, ["visits", "propose", SLUG, "--greedy"])
        address = f"/plans/{SLUG}/schedule/proposals/{ScheduleProposal.objects.get().pk}/"
        assert address in done.stderr
        assert as_(bureau.officer).get(address).status_code == 200


def test_a_plan_without_visits_is_said_and_no_right_is_lacking(bureau: Bureau) -> None:
    open_plan_1(bureau)
    Visit.objects.all().delete()
    code, text = run(SLUG, "--json")
    assert code == 1
    refused = json.loads(text)["refused"]
    assert refused["code"] == "nothing_to_arrange"
    assert "还没有走访" in refused["message"]
    assert not ScheduleProposal.objects.exists()


def test_a_proposal_is_taken(bureau: Bureau) -> None:
    open_plan_1(bureau)
    code, text = run(SLUG, "--apply", "--json")
    document = json.loads(text)
    assert code == 0
    # Whether it is proved to be the best depends on how busy the machine is.
    assert (document["method"], len(document["taken"])) == ("solver", 47)
    assert not Visit.objects.filter(planned_start=None).exists()


def test_no_such_plan_is_said(bureau: Bureau) -> None:
    code, text = run("no-such-plan", "--json")
    assert code == 1
    assert json.loads(text)["refused"]["code"] == "plan_unknown"
    assert not ScheduleProposal.objects.exists()
    del bureau
