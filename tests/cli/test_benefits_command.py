"""`songnuan benefits settled`."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benefits.register import Register, make_register
from benefits.settled import TABLES, row, table, with_number
from benefits.test_lists import FAMILIES
from benefits.union import NOW, write
from goods.builders import snapshot
from songnuan.audit.models import Entry
from songnuan.benefits.models import Settlement
from songnuan.cli.commands import songnuan
from web.browsing import on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def register() -> Register:
    found = make_register()
    write(found.union, FAMILIES)
    return found


def run(file: Path, *more: str, slug: str = "family-money") -> tuple[int, dict[str, Any]]:
    command = ["benefits", "settled", str(file), "--standard", slug, "--json", *more]
    with on(NOW):
        result = CliRunner().invoke(songnuan, command, catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)


def test_a_file_is_tried_recorded_and_not_recorded_twice(register: Register, tmp_path: Path) -> None:
    told = with_number(register, "甲")
    file = tmp_path / "已结算.xlsx"
    file.write_bytes(table(row("甲", 身份证号=told, 金额=100, 发放单位="")))
    before = snapshot(TABLES)
    code, tried = run(file, "--source", "市总工会", "--dry-run")
    assert (code, tried["new"], tried["total_minor"], tried["recorded"]) == (0, 1, 100_00, False)
    assert snapshot(TABLES) == before
    code, done = run(file, "--source", "市总工会")
    assert (code, done["recorded"], done["problems"]) == (0, True, [])
    one = Settlement.objects.get()
    assert (one.source, one.recorded_by) == ("市总工会", None)
    assert Entry.objects.get(action="benefits.record_settlements").actor_key == "system"
    code, again = run(file, "--source", "市总工会")
    assert (code, again["refused"]["code"]) == (1, "settled_file_known")
    assert Settlement.objects.count() == 1


@pytest.mark.usefixtures("register")
def test_faults_are_listed_and_nothing_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "已结算.xlsx"
    file.write_bytes(table(row("甲", 金额=100), row("甲", 金额="x")))
    code, told = run(file)
    assert (code, told["recorded"], told["rows"], told["new"]) == (1, False, 2, 0)
    first, second = told["problems"]
    assert (first["row"], first["column"], first["code"]) == (2, "姓名", "settled_name_unknown")
    assert (second["row"], second["column"], second["code"]) == (3, "金额（元）", "settled_money")
    result = CliRunner().invoke(songnuan, ["benefits", "settled", str(file), "--standard", "family-money"])
    assert result.exit_code == 1
    assert "姓名" in result.stdout
    assert run(file, slug="none")[1]["refused"]["code"] == "standard_unknown"
    assert not Settlement.objects.exists()
