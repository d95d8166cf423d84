"""`songnuan plan archive`: one folder with all of a plan, which anybody can check without the software."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from people import SLUG, Bureau, at, buy, open_plan_1, plan_1_text
from songnuan.audit.models import Entry, Stream
from songnuan.cli.commands import songnuan
from songnuan.documents.archive_check import SUMS, digest_of
from songnuan.documents.sheet_paper import SheetPaper
from songnuan.journeys.archive_plan import archive_plan
from songnuan.journeys.living_plan import evidence_of
from songnuan.journeys.load_plan import load_plan
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Plan, PlanVersion
from songnuan.plans.queries import measures

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with goods bought from its fund."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


@pytest.fixture
def folder(plan: Plan, tmp_path: Path) -> Path:
    """The plan as it was put away."""
    made = tmp_path / "archive"
    result = run(plan.slug, "--to", str(made))
    assert result.exit_code == 0, result.output
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(songnuan, ["plan", "archive", *arguments], catch_exceptions=False)


def check(folder: Path) -> tuple[int, str]:
    """Check it as somebody does who has nothing but Python."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "check.py")], check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_it_holds_text_evidence_ledgers_papers_and_trail(plan: Plan, folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in (
        "1-方案/第1版.yaml",
        "2-落实/落实情况.json",
        "2-落实/佐证清单.csv",
        "3-账册/专项资金账簿.xlsx",
    ):
        assert name in names
    assert any(name.startswith("3-账册/") and "采购" in name for name in names)
    assert (folder / "1-方案/第1版.yaml").read_text() == PlanVersion.objects.get(plan=plan).source
    with (folder / "2-落实/佐证清单.csv").open(encoding="utf-8-sig", newline="") as rows:
        told = list(csv.reader(rows))
    assert len(told) - 1 == sum(len(evidence_of(row, at(9))) for row in measures(plan.pk)) > 0
    assert {len(row) for row in told} == {7}
    told_state = json.loads((folder / "2-落实/落实情况.json").read_text())
    assert told_state["plan"]["slug"] == SLUG
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["left_out"] == []  # nobody was visited yet: of that there is no paper, and nothing lacks
    assert not any("走访慰问记录表" in name for name in names)


def test_the_trail_stands_there_whole_as_of_its_head(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (row, fund) = manifest["trail"]
    assert (row["name"], fund["name"].partition(":")[0]) == (f"plan:{SLUG}", "fund")
    lines = [json.loads(line) for line in (folder / row["file"]).read_text().splitlines()]
    kept = Entry.objects.filter(stream__name=f"plan:{SLUG}").order_by("seq")[: len(lines)]
    assert [line["digest"] for line in lines] == [entry.digest for entry in kept]
    assert [line["facts"] for line in lines] == [entry.facts for entry in kept]
    assert lines[-1]["digest"] == row["head"]


def test_it_is_checked_without_the_software_and_known_by_its_digest(plan: Plan, folder: Path) -> None:
    code, said = check(folder)
    assert (code, said.splitlines()[-1]) == (0, digest_of(folder / SUMS))
    done = subprocess.run(["sha256sum", "-c", SUMS], cwd=folder, check=False, capture_output=True)  # noqa: S607
    assert done.returncode == 0
    last = Entry.objects.get(stream__name=f"plan:{plan.slug}", action="plans.archive")
    assert json.loads(last.facts)["digest"] == said.splitlines()[-1]


@pytest.mark.parametrize("how", ["changed", "added", "missing", "trail", "manifest"])
def test_whatever_was_done_to_it_is_found(folder: Path, how: str) -> None:
    ledger = folder / "3-账册/专项资金账簿.xlsx"
    if how == "changed":
        ledger.write_bytes(ledger.read_bytes()[:-1] + b"!")
    elif how == "added":
        (folder / "3-账册/另一本.xlsx").write_bytes(b"x")
    elif how == "missing":
        ledger.unlink()
    elif how == "manifest":
        (folder / "manifest.json").unlink()
        summed(folder)
    else:  # a row taken out of the trail, with all sums made anew
        trail = next(iter(sorted((folder / "5-审计").iterdir())))
        rows = trail.read_text().splitlines(keepends=True)
        trail.write_text("".join(rows[:2] + rows[3:]))
        summed(folder)
    code, said = check(folder)
    assert code == 1
    assert {"changed": ledger.name, "added": "另一本.xlsx", "missing": ledger.name}.get(how, "") in said


def summed(folder: Path) -> None:
    """Make the sums anew, as somebody would who forges."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    rows = (f"{digest_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)
    (folder / SUMS).write_text("".join(rows))


def test_a_folder_that_is_there_is_left_alone(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("x")
    result = run(plan.slug, "--to", str(tmp_path), "--json")
    assert (result.exit_code, json.loads(result.stdout)["refused"]["code"]) == (1, "archive_there")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    assert not Entry.objects.filter(action="plans.archive").exists()


def test_what_was_not_carried_out_has_no_archive(bureau: Bureau, tmp_path: Path) -> None:
    plan = load_plan(source=plan_1_text(), actor=bureau.officer, at=at(6))
    with pytest.raises(Refusal) as refused:
        archive_plan(plan=plan, folder=tmp_path / "archive", actor=bureau.officer, at=at(9))
    assert refused.value.code == "plan_not_open"
    assert list(tmp_path.iterdir()) == []


def test_who_does_not_run_the_plan_writes_none(plan: Plan, bureau: Bureau, tmp_path: Path) -> None:
    length = Stream.objects.get(name=f"plan:{plan.slug}").length
    with pytest.raises(NotPermitted):
        archive_plan(plan=plan, folder=tmp_path / "archive", actor=bureau.liaison, at=at(9))
    assert list(tmp_path.iterdir()) == []
    assert Stream.objects.get(name=f"plan:{plan.slug}").length == length


def test_what_breaks_off_leaves_nothing(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_told: object) -> bytes:
        raise OSError(28, "No space left")

    monkeypatch.setattr("songnuan.journeys.archive_plan.manifest", broken)
    with pytest.raises(OSError, match="space"):
        archive_plan(plan=plan, folder=tmp_path / "archive", actor=SYSTEM, at=at(9))
    assert list(tmp_path.iterdir()) == []
    assert not Entry.objects.filter(action="plans.archive").exists()


def test_what_is_too_long_for_its_kind_of_file_is_named(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(**_order: object) -> list[SheetPaper]:
        raise Refusal("sheet_too_long", "太长了")

    monkeypatch.setattr("songnuan.journeys.plan_archive.make_sheets", too_long)
    made = archive_plan(plan=plan, folder=tmp_path / "archive", actor=SYSTEM, at=at(9))
    assert {one.reason for one in made.left} == {"太长了"}
    readme = (made.folder / "说明 README.txt").read_text(encoding="utf-8-sig")
    assert all(f"- {one.path}: 太长了" in readme for one in made.left)
    assert check(made.folder)[0] == 0
