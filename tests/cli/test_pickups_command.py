"""`songnuan pickups open|align|missed|codes|papers`."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from goods.builders import NOW, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, whole
from songnuan.audit.models import Entry
from songnuan.cli.commands import songnuan
from songnuan.goods.models import Distribution, Pickup, Portion
from songnuan.plans.models import Measure
from web.browsing import on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gate() -> Gate:
    """Four people on a roster, and a plan that hands them a kit in two batches."""
    gate = make_gate("甲一", "乙二", "丙三", "丁四")
    batches = [{"day": FIRST.isoformat(), "place": "东门"}, {"day": SECOND.isoformat()}]
    kit = Measure.objects.get(pk=gate.store.house.measure.pk).key
    told = {"kit": kit, "mode": "divide", "batches": batches}
    Measure.objects.filter(pk=gate.measure.pk).update(kind="pickups", settings=told)
    return gate


def run(gate: Gate, act: str, *arguments: str, at: datetime = NOW) -> Result:
    with on(at):
        return CliRunner().invoke(
            songnuan, ["pickups", act, gate.store.house.plan.slug, *arguments], catch_exceptions=False
        )


def told(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.stderr
    return dict(json.loads(result.stdout))


def refusal(gate: Gate, act: str, *arguments: str) -> str:
    """Return the code of the refusal, having seen that it changed nothing and wrote a sentence."""
    before = snapshot(PICKUPS), Entry.objects.filter(action__startswith="goods.").count()
    result = run(gate, act, *arguments, "--json")
    assert (snapshot(PICKUPS), Entry.objects.filter(action__startswith="goods.").count()) == before
    refused = json.loads(result.stdout)["refused"]
    assert (result.exit_code, bool(refused["message"])) == (1, True)
    return str(refused["code"])


def test_it_is_opened_as_the_plan_says(gate: Gate, tmp_path: Path) -> None:
    for table in PICKUPS[::-1]:
        table.objects.all().delete()
    assert refusal(gate, "open") == "roster_unchosen"
    assert refusal(gate, "open", "--roster", "nobody") == "roster_unknown"
    assert refusal(gate, "align") == "pickups_unopened"
    assert refusal(gate, "codes", "--to", str(tmp_path)) == "pickups_unopened"
    document = told(run(gate, "open", "--roster", gate.roster.key, "--json"))
    row = Distribution.objects.get()
    assert (document["distribution"], document["portions"], document["mode"]) == (row.pk, 4, "divide")
    assert document["batches"] == [
        {"position": 1, "on": FIRST.isoformat(), "place": "东门"},
        {"position": 2, "on": SECOND.isoformat(), "place": ""},
    ]
    again = run(gate, "open", "--roster", gate.roster.key)
    assert (again.exit_code, "4份" in again.stdout, Distribution.objects.count()) == (0, True, 1)
    assert whole()


def test_the_portions_follow_the_roster(gate: Gate) -> None:
    gate.enrol("戊五")
    gate.leave("丁四")
    document = told(run(gate, "align", "--json"))
    assert [document[name] for name in ("made", "left", "back", "moved")] == [1, 1, 0, 0]
    assert (gate.portion("戊五").status, gate.portion("丁四").status) == ("open", "left")
    assert whole()


def test_who_picked_nothing_up_is_written_and_that_is_noted(gate: Gate, tmp_path: Path) -> None:
    path, after = tmp_path / "未领.xlsx", NOW + timedelta(20)
    gate.pick_up(gate.desk("东门", 1), "甲一")
    assert refusal(gate, "missed", "--to", str(tmp_path / "none" / "未领.xlsx")) == "folder_missing"
    document = told(run(gate, "missed", "--to", str(path), "--pass-on", "--json", at=after))
    assert [document[name] for name in ("passed_on", "to_office", "portions")] == [0, 3, 3]
    words = ZipFile(path).read("xl/sharedStrings.xml").decode()
    assert ["乙二" in words, "甲一" in words] == [True, False]
    assert Entry.objects.filter(action="goods.take_pickup_list").count() == 1
    again = told(run(gate, "missed", "--to", str(path), "--json", at=after))
    assert ("passed_on" in again, again["portions"]) == (False, 3)


def test_codes_are_written_for_a_unit_or_a_batch(gate: Gate, tmp_path: Path) -> None:
    document = told(run(gate, "codes", "--to", str(tmp_path), "--batch", "2", "--json"))
    assert (document["cards"], Path(str(document["file"])).read_bytes()[:4]) == (2, b"%PDF")
    unit = run(gate, "codes", "--to", str(tmp_path), "--unit", "澄江省水运管理局")
    assert (unit.exit_code, "4张" in unit.stdout) == (0, True)
    for arguments, code in (
        (("--batch", "3"), "batch_unknown"),
        (("--unit", "没有这个单位"), "unit_unknown"),
    ):
        empty = tmp_path / code
        assert refusal(gate, "codes", "--to", str(empty), *arguments) == code
        assert not empty.exists()


def test_papers_are_written_in_each_form_and_narrowed(gate: Gate, tmp_path: Path) -> None:
    gate.pick_up(gate.desk("东门", 1), "甲一")
    arguments = ("papers", "--kind", "pickup_receipts", "--to", str(tmp_path))
    document = told(run(gate, *arguments, "--form", "pdf", "--form", "xlsx", "--desk", "东门", "--json"))
    files = [Path(name) for name in document["files"]]  # type: ignore[attr-defined]  # a list of the document
    assert [file.read_bytes()[:2] for file in files] == [b"%P", b"PK"]
    names = ZipFile(files[1]).read("xl/sharedStrings.xml").decode()
    assert ("甲一" in names, "甲*" in names) == (False, True)
    one = str(Pickup.objects.get().pk)
    receipt = ("papers", "--kind", "pickup_receipt", "--to", str(tmp_path), "--pickup", one, "--full")
    assert run(gate, *receipt).exit_code == 0
    noted = Entry.objects.filter(action="records.make_paper").order_by("pk")
    assert ['"unmasked":true' in row.facts for row in noted] == [False, False, True]
    for narrowed, code in (
        (("--desk", "南门"), "desk_unknown"),
        (("--batch", "9"), "batch_unknown"),
        (("--batch", "2"), "sheet_empty"),
        (("--form", "docx", "--unit", "没有这个单位"), "unit_unknown"),
    ):
        assert refusal(gate, *arguments, *narrowed) == code


def test_a_plan_with_several_or_none_is_asked_which(gate: Gate) -> None:
    assert refusal(gate, "align", "--measure", "other") == "measure_unknown"
    first = Measure.objects.get(pk=gate.measure.pk)
    second = Measure.objects.create(
        plan=first.plan,
        position=91,
        key="second",
        clause_key="standard",
        kind="pickups",
        settings=first.settings,
    )
    result = run(gate, "align")
    assert (result.exit_code, "second" in result.stderr, first.key in result.stderr) == (1, True, True)
    assert run(gate, "align", "--measure", first.key).exit_code == 0
    assert refusal(gate, "align", "--measure", second.key) == "pickups_unopened"
    assert Portion.objects.count() == 4
