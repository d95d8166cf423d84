"""`songnuan inspection …`: signs and draws at the terminal, and draws that do not hold."""

import json
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from inspection_people import whole
from people import SLUG, Bureau, at, open_plan_1
from songnuan.cli.commands import songnuan
from songnuan.journeys.draw_sample import draw_sample
from songnuan.journeys.record_visit import record_visit
from songnuan.visits.sample_models import Sample, SampleReceipt
from web.browsing import visits_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed(bureau: Bureau) -> None:
    """Two kits are handed over against the same picture of a signature."""
    whole(bureau, open_plan_1(bureau))
    for place, visit in enumerate(visits_of(bureau)[:2]):
        report, moment = bureau.report(at(8, 10 + place)), at(8, 11 + place)
        record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=moment)


def told(*arguments: str, code: int = 0) -> Any:
    """Return the document of the command."""
    result = CliRunner().invoke(songnuan, ["inspection", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == code
    return json.loads(result.stdout)


@pytest.mark.usefixtures("handed")
def test_signs_come_as_one_document() -> None:
    signs = told("signs", SLUG)["signs"]
    (same,) = [sign for sign in signs if sign["code"] == "same_signature"]
    assert len(same["about"]) == 2
    assert same["looked_at"] is None


@pytest.mark.usefixtures("handed")
def test_a_draw_is_made_again_and_one_that_does_not_hold_is_an_error(bureau: Bureau) -> None:
    assert told("samples", SLUG) == {"samples": []}
    draw_sample(
        slug=SLUG, size=1, confidence=95, by_lead=False, key=uuid4(), actor=bureau.inspector, at=at(10)
    )
    (row,) = told("samples", SLUG)["samples"]
    assert (row["number"], row["population"], row["same"]) == (1, 2, True)
    drawn = SampleReceipt.objects.get()
    assert row["receipts"] == [drawn.movement_id]
    other = Sample.objects.get()
    other.pk, other.number, other.seed = None, 2, "another seed that nobody drew with"
    other.save(force_insert=True)
    assert [one["same"] for one in told("samples", SLUG, code=1)["samples"]] == [True, False]


def test_a_plan_that_is_not_there_is_refused(bureau: Bureau) -> None:
    assert bureau.bureau_id
    result = CliRunner().invoke(songnuan, ["inspection", "signs", "nothing"], catch_exceptions=False)
    assert result.exit_code == 1
