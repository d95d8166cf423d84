"""`songnuan instruction list|show|sheet`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from songnuan.cli.commands import songnuan
from tasks.instructions import HEAD, House, asked, house_with_items

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return house_with_items()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(songnuan, ["instruction", *arguments], catch_exceptions=False)


def test_the_list_and_one_come_as_documents(house: House) -> None:
    pk = asked(house)
    (row,) = json.loads(run("list", "--json").stdout)
    assert (row["title"], row["document_number"]) == (HEAD.title, HEAD.number)
    assert (row["items"], row["done"]) == (2, 0)
    document = json.loads(run("show", str(row["number"]), "--json").stdout)
    assert document["items"][0]["task_id"] == pk
    assert [said["verb"] for said in document["items"][0]["said"]] == ["accept", "ask_closing"]
    assert HEAD.title in run("show", str(row["number"])).stdout
    assert HEAD.number in run("list").stdout


def test_the_sheet_is_written_to_a_file(house: House, tmp_path: Path) -> None:
    file = tmp_path / "督办.xlsx"
    result = run("sheet", str(house.items[0].instruction_id), str(file), "--json")
    assert json.loads(result.stdout)["items"] == 2
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[4:6]] == [item.title for item in house.items]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert run("list").exit_code == 0
    for arguments in (["show", "7"], ["sheet", "7", str(tmp_path / "x.xlsx")]):
        result = run(*arguments, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["refused"]["code"] == "instruction_unknown"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(house: House, tmp_path: Path) -> None:
    result = run("sheet", str(house.items[0].instruction_id), str(tmp_path / "no/x.xlsx"), "--json")
    assert json.loads(result.stdout)["refused"]["code"] == "folder_missing"
