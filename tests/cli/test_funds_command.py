"""`songnuan funds check|ledger|export`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from people import Bureau, buy, open_plan_1
from songnuan.cli.commands import songnuan
from songnuan.funds.models import Fund
from songnuan.funds.queries import ledger
from songnuan.journeys.fund_clauses import clause_numbers, own_clauses
from songnuan.plans.models import Plan, PlanStatus

pytestmark = pytest.mark.django_db
NUMBER = "澄水运财〔2020〕18号"
COST = 47 * 85_00


@pytest.fixture
def fund(bureau: Bureau) -> Fund:
    """The fund of plan 1, from which a purchase was paid."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"苹果": (47, 85_00)}, "08812071")
    return Fund.objects.get(plan=plan)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(songnuan, ["funds", *arguments], catch_exceptions=False)


FIGURES = {
    "appropriated_minor": 14_100_00,
    "committed_minor": 0,
    "disbursed_minor": COST,
    "returned_minor": 0,
    "available_minor": 14_100_00 - COST,
}


def test_the_check_tells_the_five_figures_of_every_fund(fund: Fund) -> None:
    result = run("check", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["ok"], document["findings"]) == (0, True, [])
    (row,) = document["funds"]
    assert row == {
        "fund": f"funds.fund:{fund.pk}",
        "document": NUMBER,
        "title": fund.title,
        "plan": "front-line-visits",
        "granted_minor": 14_100_00,
        **FIGURES,
        "closed_at": None,
    }


def test_the_check_lists_the_five_figures_to_read(fund: Fund) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert all(text in result.stdout for text in (NUMBER, fund.title, "14,100.00", "3,995.00", "10,105.00"))


def test_a_plan_is_found_by_its_title_too(fund: Fund, tmp_path: Path) -> None:
    for name in (fund.plan.title, fund.plan.slug):
        path = tmp_path / f"{name}.xlsx"
        result = run("export", name, "--to", str(path), "--json")
        assert json.loads(result.stdout)["plan"] == fund.plan.slug
        assert path.exists()
    twin = Plan.objects.get(pk=fund.plan_id)
    twin.pk, twin.slug = None, "another"
    twin.save(force_insert=True)
    path = tmp_path / "none.xlsx"
    result = run("export", twin.title, "--to", str(path), "--json")
    refused = json.loads(result.stdout)["refused"]
    assert (result.exit_code, refused["code"]) == (1, "plan_unknown")
    assert "front-line-visits" in refused["message"]
    assert not path.exists()


def test_the_check_exits_with_one_where_anything_disagrees(fund: Fund) -> None:
    Fund.objects.filter(pk=fund.pk).update(returned_minor=1)
    result = run("check", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["ok"]) == (1, False)
    assert {row["code"] for row in document["findings"]} == {"counter_differs"}
    assert run("check").exit_code == 1


def test_a_ledger_is_asked_for_by_its_document_number(fund: Fund) -> None:
    document = json.loads(run("ledger", NUMBER, "--json").stdout)
    (row,) = document["funds"]
    assert [entry["entry"] for entry in row["entries"]] == [line.entry_id for line in ledger(fund.pk)]
    assert row["entries"][-1]["after"] == FIGURES
    assert [entry["kind"] for entry in row["entries"]] == ["appropriate", "commit", "disburse"]
    assert "购-0001" in run("ledger", NUMBER).stdout


@pytest.mark.parametrize("number", ["澄水运财[2020]18号", "澄水运财【2020】 18号", "澄水运财（2020）18号"])
def test_a_document_is_found_whatever_brackets_its_year_stands_in(fund: Fund, number: str) -> None:
    (row,) = json.loads(run("ledger", number, "--json").stdout)["funds"]
    assert row["fund"] == f"funds.fund:{fund.pk}"
    other = run("ledger", "澄水运财[2020]8号", "--json")
    assert json.loads(other.stdout)["refused"]["code"] == "fund_unknown"


def test_the_ledger_tells_purpose_clause_sign_and_the_five_figures(fund: Fund) -> None:
    (row,) = json.loads(run("ledger", NUMBER, "--json").stdout)["funds"]
    own = own_clauses([fund])[fund.pk]
    assert own
    assert row["entries"][0]["clause"] == own
    shown = run("ledger", NUMBER).stdout
    numbers = clause_numbers(fund.plan)
    wanted = [
        "+14,100.00",
        "-3,995.00",
        "10,105.00",
        "澄江粮油副食公司",
        numbers[own],
        _("Returned"),
        _("Committed"),
    ]
    assert [text for text in wanted if text not in shown] == []


def test_a_plan_that_runs_without_a_fund_is_not_told_to_be_opened(bureau: Bureau, tmp_path: Path) -> None:
    plan = open_plan_1(bureau)
    twin = Plan.objects.get(pk=plan.pk)
    twin.pk, twin.slug, twin.title = None, "no-money", "轮休方案"
    for status in PlanStatus.values:
        twin.status = status
        twin.save()
        result = run("export", "no-money", "--to", str(tmp_path / "x.xlsx"), "--json")
        told = json.loads(result.stdout)["refused"]
        to_open = _("“%(title)s” has no fund. One is opened when the plan is opened.") % {"title": twin.title}
        is_to_open = told["message"] == to_open
        assert (told["code"], is_to_open) == ("fund_unknown", status not in {"open", "closed"})
    assert list(tmp_path.iterdir()) == []


def test_the_workbook_is_written_to_a_file(fund: Fund, tmp_path: Path) -> None:
    file = tmp_path / "账簿.xlsx"
    document = json.loads(run("export", fund.plan.slug, "--to", str(file), "--json").stdout)
    assert (document["file"], len(document["funds"])) == (str(file), 1)
    assert CalamineWorkbook.from_path(file).sheet_names == ["总账", "明细账", "分录", "凭证", "按条款"]


def test_what_is_not_there_is_refused(fund: Fund, tmp_path: Path) -> None:
    cases = (
        (["ledger", "〔2020〕99号"], "fund_unknown"),
        (["export", "no-such-plan", "--to", str(tmp_path / "x.xlsx")], "plan_unknown"),
        (["export", fund.plan.slug, "--to", str(tmp_path / "no/x.xlsx")], "folder_missing"),
    )
    for arguments, code in cases:
        result = run(*arguments, "--json")
        assert (result.exit_code, json.loads(result.stdout)["refused"]["code"]) == (1, code)
    assert list(tmp_path.iterdir()) == []
