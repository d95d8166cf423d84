"""`songnuan emergency warn`: a file of counts, judged; what cannot be read is said with its row."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from songnuan.cli.commands import songnuan

COUNTS = "date,count\n" + "".join(f"2020-02-{day:02},{day % 3}\n" for day in range(1, 11))


def run(folder: Path, text: str, *options: str) -> tuple[int, Any]:
    file = folder / "counts.csv"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(songnuan, ["emergency", "warn", str(file), *options, "--json"])
    return done.exit_code, json.loads(done.stdout) if done.stdout.startswith(("[", "{")) else done.output


def test_each_row_is_answered(tmp_path: Path) -> None:
    code, rows = run(tmp_path, COUNTS + "2020-02-11,\n2020-02-12,9\n", "--method", "C1", "--z", "3")
    assert code == 0
    assert [row["index"] for row in rows] == list(range(12))
    assert set(rows[0]) == {"index", "date", "count", "expected", "upper", "alarm"}
    assert (rows[0]["date"], rows[0]["upper"], rows[0]["expected"]) == ("2020-02-01", None, None)
    assert (rows[10]["count"], rows[10]["alarm"]) == (None, False)
    assert rows[11]["alarm"] is True
    assert rows[11]["upper"] == pytest.approx(1 + 3 * (4 / 6) ** 0.5)


def test_the_bound_is_five_in_a_hundred_where_nothing_is_said(tmp_path: Path) -> None:
    plain = run(tmp_path, COUNTS, "--method", "C2")
    assert plain == run(tmp_path, COUNTS, "--method", "C2", "--alpha", "0.05")
    assert plain != run(tmp_path, COUNTS, "--method", "C2", "--alpha", "0.01")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "unreadable", "空"),
        (" , \n , \n", "counts_empty", "count"),
        ("day,other\n2020-02-01,1\n", "counts_headings", "count"),
        ("date,count\n2020-02-01,1\n2020-02-02,viele\n", "counts_row", "3"),
        ("date,count\n2020-02-01,1\n2020-02-02,-1\n", "counts_row", "3"),
        ("date,count\n2020-02-31,1\n", "counts_row", "2"),
        ("date,count\n2020-02-02,1\n2020-02-01,1\n", "counts_order", "3"),
        ("date,count\n2020-02-02,1\n2020-02-02,1\n", "counts_order", "3"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, code: str, said: str) -> None:
    exit_code, told = run(tmp_path, text, "--method", "C1")
    assert exit_code == 1
    assert told["refused"]["code"] == code
    assert said in told["refused"]["message"]


def test_two_bounds_are_one_too_many(tmp_path: Path) -> None:
    assert run(tmp_path, COUNTS, "--method", "C1", "--z", "3", "--alpha", "0.05")[0] == 2
    assert run(tmp_path, COUNTS, "--method", "C4")[0] == 2
    assert run(tmp_path, COUNTS, "--method", "C1", "--alpha", "0")[0] == 2
    assert run(tmp_path, COUNTS, "--method", "C1", "--min-sd", "-1")[0] == 2


def test_headings_and_days_in_chinese(tmp_path: Path) -> None:
    text = COUNTS.replace("date,count", "日期,报告数").replace("2020-02-01", "2020年2月1日")
    assert run(tmp_path, text, "--method", "C1") == run(tmp_path, COUNTS, "--method", "C1")
