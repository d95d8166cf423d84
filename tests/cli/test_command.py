"""What every command keeps: one document on standard output, and what its exit code says."""

import json
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner, Result
from django.utils.translation import gettext as _

from people import PLANS, SLUG
from songnuan.audit.models import Entry
from songnuan.cli.commands import songnuan
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import User
from songnuan.plans.models import Plan

PLAN = str(PLANS / f"{SLUG}.yaml")
UNITS = str(PLANS / "samples/front-line-units.xlsx")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(songnuan, list(arguments), catch_exceptions=False)


def document(*arguments: str) -> Any:
    """Return the one document a command prints; anything else on standard output fails."""
    return json.loads(run(*arguments, "--json").stdout)


@pytest.mark.django_db
def test_a_plan_from_its_file_to_its_status_on_a_server_that_knows_nothing() -> None:
    assert document("plan", "load", PLAN) == {
        "slug": SLUG,
        "title": "走访慰问防疫一线工作方案",
        "status": "draft",
        "version": 1,
    }
    assert document("plan", "load", PLAN)["version"] == 1
    done = document("roster", "import", UNITS, "--kind", "units", "--create-units")
    assert (done["rows"], done["accepted"], done["rejected"], done["problems"]) == (47, 47, 0, [])
    status = document("plan", "status", SLUG)
    assert status["plan"]["slug"] == SLUG
    pairing = next(
        row for clause in status["clauses"] for row in clause["measures"] if row["kind"] == "pairing"
    )
    assert (pairing["done"], pairing["due"], pairing["late"], pairing["money_minor"]) == (47, 47, 0, 0)
    assert {"kind", "ref", "at"} == set(pairing["evidence"][0])
    assert document("audit", "verify")["ok"] is True
    assert document("funds", "check")["ok"] is True


@pytest.mark.django_db
def test_leads_that_are_not_known_reject_their_rows_and_the_command_is_done() -> None:
    run("plan", "load", PLAN)
    result = run("roster", "import", UNITS, "--kind", "units", "--json")
    done = json.loads(result.stdout)
    assert (result.exit_code, done["accepted"], done["rejected"]) == (0, 0, 47)
    assert {problem["code"] for problem in done["problems"]} == {"unit_unknown"}
    assert done["problems"][0]["row"] == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "status", "no-such-plan"),
        ("roster", "import", UNITS, "--kind", "units", "--plan", "no-such-plan"),
        ("roster", "import", PLAN, "--kind", "units"),
        ("user", "post", "nobody", "finance", "无此单位"),
        ("user", "password", "nobody"),
        ("plan", "check", UNITS),
    ],
)
def test_a_refusal_is_a_sentence_and_exit_code_1(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.strip()
    assert result.stdout == ""
    refused = json.loads(run(*arguments, "--json").stdout)["refused"]
    assert refused["code"]
    assert refused["message"]
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [("plan",), ("plan", "load", "/no/such/file"), ("roster", "import", UNITS, "--kind", "x"), ("nothing",)],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_schema_names_every_kind() -> None:
    schema = document("plan", "schema")
    kinds = {"fund", "inspection", "kit_purchase", "pairing", "problems", "unit_visits", "visit_reports"}
    assert {f"measure.{kind}" for kind in kinds} <= set(schema["$defs"])


@pytest.mark.django_db
def test_the_check_lists_findings_and_refuses_errors(tmp_path: Path) -> None:
    assert {row["severity"] for row in document("plan", "check", PLAN)} == {"info"}
    assert run("plan", "check", PLAN).exit_code == 0
    faulty = tmp_path / "plan.yaml"
    faulty.write_text(Path(PLAN).read_text().replace("14,100.00", "14,000.00"))
    result = run("plan", "check", str(faulty), "--json")
    assert result.exit_code == 1
    assert "fund_too_small" in {row["code"] for row in json.loads(result.stdout)}


@pytest.mark.django_db
def test_a_lost_second_step_is_taken_off_on_the_console() -> None:
    document("user", "add", "caiwu", "秦如数")
    refused = document("user", "reset-second-factor", "caiwu")["refused"]
    assert refused["code"] == "no_second_factor"
    assert refused["message"] == _("No second step is set up for this account."), "a shell has no page"
    assert document("user", "reset-second-factor", "nobody")["refused"]["code"] == "user_unknown"
    TOTP.activate(User.objects.get(username="caiwu"), "JBSWY3DPEHPK3PXP")
    long = document("user", "reset-second-factor", "caiwu", "--reason", "长" * 500)["refused"]
    assert long["code"] == "text_too_long"
    assert Authenticator.objects.count() == 1
    assert document("user", "reset-second-factor", "caiwu", "--reason", "手机遗失") == {"username": "caiwu"}
    assert not Authenticator.objects.exists()
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.actor_key) == ("organisation.reset_second_factor", SYSTEM.key)
    assert "手机遗失" in entry.facts


@pytest.mark.django_db
def test_an_account_is_made_and_given_its_post() -> None:
    run("plan", "load", PLAN)
    made = document("user", "add", "caiwu", "秦如数")
    assert len(made["password"]) >= 10
    assert run("user", "post", "caiwu", "finance", "澄江省水运管理局").exit_code == 0
    assert (
        document("user", "post", "caiwu", "inspector", "澄江省水运管理局")["refused"]["code"]
        == "posts_incompatible"
    )


@pytest.mark.django_db
def test_two_versions_are_compared_clause_by_clause(tmp_path: Path) -> None:
    document("plan", "load", PLAN)
    changed = tmp_path / "plan.yaml"
    changed.write_text(Path(PLAN).read_text().replace("原则上4月21日", "原则上4月20日"), encoding="utf-8")
    document("plan", "load", str(changed))
    told = document("plan", "compare", SLUG, "1", "2")
    assert [(row["key"], row["change"]) for row in told["clauses"]] == [("schedule", "changed")]
    assert "4月20日" in told["clauses"][0]["after"][2]
    assert (told["head"], told["basis"], told["funds"], told["questions"]) == ([], [], [], [])
    assert run("plan", "compare", SLUG, "1", "9").exit_code != 0
