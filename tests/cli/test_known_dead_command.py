"""`songnuan benefits dead`: who is known to have died, taken in from a table."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from songnuan.benefits.double_models import KnownDead
from songnuan.cli.commands import songnuan
from songnuan.people.columns import index

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_are_taken_in_as_marks_and_those_at_fault_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songnuan.cli.guard.refuse_other_keys", lambda: None)
    path = tmp_path / "去世人员.csv"
    path.write_text("姓名,身份证号,死亡日期\n某人,11010519491231002X,2020-02-01\n某人,110105,2020-02-01\n")

    def run(*options: str) -> tuple[int, dict[str, object]]:
        arguments = ["benefits", "dead", str(path), "--source", "市民政局", "--json", "--lang", "en"]
        result = CliRunner().invoke(songnuan, [*arguments, *options])
        return result.exit_code, json.loads(result.stdout)

    code, told = run()
    assert (code, told["rows"], told["recorded"], told["new"]) == (1, 2, 1, 1)
    assert [problem["row"] for problem in told["problems"]] == [3]  # type: ignore[attr-defined]  # JSON
    [one] = KnownDead.objects.all()
    assert (one.id_index, one.source) == (index("id_number", "11010519491231002X"), "市民政局")
    path.write_text("身份证号,死亡日期\n11010519491231002X,2020-02-01\n")
    assert run() == (0, {"rows": 1, "recorded": 1, "new": 0, "problems": []})
    path.write_text("姓名,日期\n某人,2020-02-01\n")
    code, told = run()
    assert (code, told["refused"]["code"]) == (1, "deaths_headings")  # type: ignore[index]  # JSON
