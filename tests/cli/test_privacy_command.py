"""`songnuan privacy assessment`: what is to be mended, and the facts as one document."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from pairs import enrol, person, roster
from people import Bureau
from songnuan.cli.commands import songnuan
from songnuan.people.models import LegalGround, Roster

pytestmark = pytest.mark.django_db


def told() -> Any:
    """Return the document of the command."""
    arguments = ["privacy", "assessment", "--json"]
    result = CliRunner().invoke(songnuan, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_facts_and_concerns_come_as_one_document(bureau: Bureau) -> None:
    one = roster(bureau.bureau_id)
    enrol(one, person("张建国"))
    document = told()
    assert document["facts"]["persons"] == 1
    assert {row["code"] for row in document["concerns"]} == {
        "ground_missing",
        "purpose_missing",
        "notice_missing",
        "retention_missing",
    }
    assert all(row["about"] == one.key and row["message"] and row["advice"] for row in document["concerns"])
    assert "张建国" not in json.dumps(document, ensure_ascii=False)


def test_nothing_to_mend_is_said_in_a_sentence(bureau: Bureau) -> None:
    one = roster(bureau.bureau_id)
    good = {"purpose": "走访", "notice": "告知", "legal_ground": LegalGround.DUTY}
    Roster.objects.filter(pk=one.pk).update(
        **good, retain_until=date(2099, 1, 1), created_at="2098-01-01T00:00Z"
    )
    assert told()["concerns"] == []
    result = CliRunner().invoke(songnuan, ["privacy", "assessment"], catch_exceptions=False)
    assert result.stdout.strip()
    assert one.title not in result.stdout
