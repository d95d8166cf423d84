"""docs/clauses.yaml: every row of what the house promises, and that what it names is really there."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from django.urls import get_resolver

from songnuan.cli.commands import songnuan
from songnuan.journeys.measures import kinds

ROOT = Path(__file__).resolve().parents[1]
ROWS = {
    1: ("1.1", "1.1b", "1.1c", *(f"1.{number}" for number in range(2, 15))),
    2: tuple(f"2.{number}" for number in range(1, 12)),
    3: tuple(f"3.{number}" for number in range(1, 9)),
    4: tuple(f"4.{number}" for number in range(1, 6)),
    5: tuple(f"all.{number}" for number in range(1, 13)),
}
NAMES = {"row", "clause", "asks", "shows", "measures", "pages", "commands", "tests", "lacks"}

with (ROOT / "docs/clauses.yaml").open(encoding="utf-8") as file:
    PARTS: dict[str, list[dict[str, Any]]] = yaml.safe_load(file)
ALL = [row for rows in PARTS.values() for row in rows]


@pytest.fixture(scope="module")
def commands() -> set[str]:
    """Return every command of the house, as it is typed."""
    found: set[str] = set()

    def walk(command: click.Command, path: str) -> None:
        if isinstance(command, click.Group):
            for name, part in command.commands.items():
                walk(part, f"{path} {name}".strip())
        else:
            found.add(path)

    walk(songnuan, "")
    return found


@lru_cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef))


def test_no_row_is_missing_or_told_twice() -> None:
    assert [row["row"] for row in ALL] == [number for numbers in ROWS.values() for number in numbers]
    assert [len(rows) for rows in PARTS.values()] == [len(numbers) for numbers in ROWS.values()]


@pytest.mark.parametrize("row", ALL, ids=[row["row"] for row in ALL])
def test_what_a_row_names_is_there(row: dict[str, Any], commands: set[str]) -> None:
    assert row.keys() <= NAMES
    assert row["clause"]
    assert row["asks"]
    assert row["shows"]
    if row.get("lacks") != "not built yet":
        assert row.get("pages")
        assert row.get("tests")
    assert set(row.get("measures", ())) <= kinds().keys()
    addresses = get_resolver().reverse_dict
    assert [name for name in row.get("pages", ()) if name not in addresses] == []
    assert [name for name in row.get("commands", ()) if name not in commands] == []
    for test in row.get("tests", ()):
        path, _colons, name = test.partition("::")
        assert path.startswith("tests/")
        assert (ROOT / path).is_file(), path
        names = _tests_of(path)
        assert name in names if name else any(one.startswith("test_") for one in names), test


def test_every_kind_of_measure_serves_a_row() -> None:
    served = {kind for row in ALL for kind in row.get("measures", ())}
    assert set(kinds()) - served == set()
