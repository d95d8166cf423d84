"""`songnuan roster households`: who belongs together, who is at the front; masked by default."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from people import at
from roster_files import FAMILY, SERVICE, number, people, person, text
from songnuan.cli.commands import songnuan
from web.browsing import on

pytestmark = pytest.mark.django_db
FATHER, MOTHER = str(person(1)[1]), str(person(2)[1])


def run(*arguments: str, day: int = 8) -> str:
    with on(at(day)):
        result = CliRunner().invoke(songnuan, ["roster", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def asked(*options: str, day: int = 8) -> Any:
    return json.loads(run("households", "--json", *options, day=day))


@pytest.fixture
def told(tmp_path: Path) -> None:
    """Two employees who are married, with a child, both at the front from 5 to 20 April."""
    married = [FATHER, number(1), MOTHER, "配偶", number(2), ""]
    child = [FATHER, number(1), "赵小宝", "女儿", "", ""]
    serve = ["武汉市", "护士", "是"]
    aid = (
        [FATHER, number(1), *serve, "2020-04-02", "2020-04-20"],
        [MOTHER, number(2), *serve, "2020-04-05", ""],
    )
    for kind, content in (
        ("people", people(1, 2)),
        ("families", text(FAMILY, married, child)),
        ("service", text(SERVICE, *aid)),
    ):
        path = tmp_path / f"{kind}.csv"
        path.write_bytes(content)
        run("import", str(path), "--kind", kind, "--create-units", "--json", day=6)


@pytest.mark.usefixtures("told")
def test_households_are_told_with_who_serves_and_masked() -> None:
    [row] = asked()
    assert row["employee"]["name"] == f"{FATHER[0]}*{FATHER[-1]}"
    assert [(one["relation"], one["of_spouse"], one["age"]) for one in row["kin"]] == [
        ("spouse", False, "adult"),
        ("child", False, "untold"),
    ]
    [serving] = row["employee"]["serves"]
    assert (serving["place"], serving["starts_on"], serving["ends_on"]) == (
        "武汉市",
        "2020-04-02",
        "2020-04-20",
    )
    assert asked("--names")[0]["employee"]["name"] == FATHER
    assert len(asked("--at-front")) == 1
    assert asked("--at-front", day=1) == []


@pytest.mark.usefixtures("told")
def test_both_parents_are_told_with_the_days_they_share() -> None:
    [row] = asked("--both-parents")
    [child] = row["children"]
    assert (child["age"], child["noted"], row["due"]) == ("untold", False, True)
    assert child["child_of"] == row["parents"][0]["key"]
    assert row["days"] == [{"first": "2020-04-05", "last": "2020-04-20"}]
    assert asked("--both-parents", day=21) == []


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("options", [(), ("--both-parents",), ("--at-front",)])
def test_it_reads_as_a_table_too(options: tuple[str, ...]) -> None:
    table = run("households", *options)
    assert "武汉市" in table
    assert FATHER not in table
    assert "2020-04-20" in table


@pytest.mark.parametrize("options", [(), ("--both-parents",)])
def test_where_there_is_none_it_says_so(options: tuple[str, ...]) -> None:
    assert run("households", *options).strip()
    assert asked(*options) == []
