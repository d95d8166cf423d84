"""A hostile or broken file is refused with a sentence, or is harmless; nothing changes either way."""

import io
import json
import resource
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.apps import apps
from hypothesis import settings

import hostile
from mess_files import Cell, Dialect, Formula, Sheet, ods, text_file, xlsx
from songnuan.cli.commands import songnuan
from songnuan.people.models import Person, RosterImport

REFUSALS = {"unreadable", "too_large", "header_missing"}
SECONDS = 150
TWO = ["孙守河", "钱望江"]


def run(path: Path, *options: str) -> Result:
    arguments = ["roster", "import", str(path), "--kind", "people", "--create-units", *options]
    return CliRunner().invoke(songnuan, arguments, catch_exceptions=False)


def state() -> dict[str, int]:
    """Return how many rows the tables hold, except the list of imports tried."""
    models = [
        model for name in ("people", "organisation") for model in apps.get_app_config(name).get_models()
    ]
    return {model.__name__: model._default_manager.count() for model in models if model is not RosterImport}


def refused(result: Result) -> str:
    """Return the code of a refusal, having seen its sentence."""
    assert result.exit_code == 1, result.output
    assert len(result.stderr.strip()) > 10
    assert "Traceback" not in result.output
    told = json.loads(result.stdout)["refused"]
    assert told["message"].strip() in result.stderr
    return str(told["code"])


def refusal(path: Path) -> str:
    """Import a file that must be refused; return the code, having seen that nothing changed."""
    before = state()
    code = refused(run(path, "--json"))
    assert state() == before
    assert not RosterImport.objects.exclude(status__in=("failed", "cancelled")).exists()
    return code


def accepted(path: Path, *options: str) -> Any:
    """Import a file that is harmless; return its document."""
    result = run(path, "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def written(folder: Path, content: bytes, name: str = "花名册.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def names() -> list[str]:
    return sorted(Person.objects.values_list("name", flat=True))


# Not to be read -----------------------------------------------------------------------------------


def _word_document() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<document>姓名 身份证号码</document>")
    return file.getvalue()


UNREADABLE: Mapping[str, bytes] = {
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 8,
    "a program": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8,
    "noise": bytes((at * 197 + at // 7) % 256 for at in range(5000)),
    "the beginning of a zip": b"PK\x03\x04 and so on",
    "an empty zip": b"PK\x05\x06" + b"\0" * 18,
    "a Word document": _word_document(),
    "an old workbook that is none": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a password on the workbook": hostile.compound_file("EncryptedPackage", "EncryptionInfo"),
    "a password on the zip": hostile.locked_zip(),
    "a password on the .ods": hostile.locked_ods(),
    "a sheet of noise": hostile.with_part(hostile.SHEET, bytes(range(256)) * 40),
    "a sheet cut off": hostile.with_part(hostile.SHEET, hostile.sheet_xml(hostile.table_xml())[:500]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content)) == "unreadable"


@pytest.mark.django_db
def test_a_password_is_named_as_such(tmp_path: Path) -> None:
    for name in ("a password on the workbook", "a password on the zip", "a password on the .ods"):
        told = run(written(tmp_path, UNREADABLE[name]), "--lang", "en").stderr
        assert "password" in told, f"{name}: {told}"
    assert "password" not in run(written(tmp_path, UNREADABLE["noise"]), "--lang", "en").stderr


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(1, 8))
def test_a_workbook_that_arrived_in_part_is_refused(tmp_path: Path, part: int) -> None:
    content = hostile.good()
    assert refusal(written(tmp_path, content[: len(content) * part // 8])) == "unreadable"


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "花名册.xlsx"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    began = time.monotonic()
    assert refusal(path) == "too_large"
    assert time.monotonic() - began < 20


# No heading ---------------------------------------------------------------------------------------

ROWS: list[list[Cell]] = hostile.PEOPLE
WITHOUT_HEADING: Mapping[str, bytes] = {
    "people only": xlsx([Sheet("花名册", ROWS)]),
    "people only, .ods": ods([Sheet("花名册", ROWS)]),
    "people only, text": text_file(Sheet("花名册", ROWS), Dialect()),
    "an empty sheet": xlsx([Sheet("Sheet1")]),
    "an empty .ods": ods([Sheet("Sheet1")]),
    "a title alone": xlsx([Sheet("花名册", [["职工花名册"]])]),
    "other headings": xlsx([Sheet("花名册", [["品名", "规格", "数量"], ["口罩", "N95", 20]])]),
    "numbers only, no names": xlsx([Sheet("花名册", [["身份证号码", "单位"], [ROWS[0][2], ROWS[0][3]]])]),
    "prose": "今天天气很好。\n我们去走访慰问。\n".encode(),
    "a web page": b"<!DOCTYPE html><html><body><table><tr><td>x</td></tr></table></body></html>",
    "white space": b" \r\n\t\r\n" * 40,
    "zeros": b"\0" * 5000,
    "a byte order mark": b"\xef\xbb\xbf",
}


@pytest.mark.django_db
@pytest.mark.parametrize("content", WITHOUT_HEADING.values(), ids=WITHOUT_HEADING)
def test_a_file_without_a_heading_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content)) in {"header_missing", "unreadable"}


@pytest.mark.django_db
def test_a_table_without_its_heading_is_told_so(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, WITHOUT_HEADING["people only"])) == "header_missing"
    assert refusal(written(tmp_path, WITHOUT_HEADING["people only, text"], "a.csv")) == "header_missing"


# Bombs --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", hostile.BOMBS)
def test_a_bomb_is_refused_or_harmless_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, hostile.BOMBS[name]())
    before, held = state(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    result = run(path, "--json")
    assert time.monotonic() - began < SECONDS
    if result.exit_code:
        assert refused(result) in REFUSALS
        assert state() == before
    else:
        assert set(names()) <= set(TWO), "only what stands in the sound part of the file"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    assert grown < 250_000, f"this process grew by {grown} KB"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 3_300_000


@pytest.mark.django_db
def test_empty_formatted_rows_without_end_are_harmless(tmp_path: Path) -> None:
    rows = 1_048_576 if settings.get_current_profile_name() == "deep" else 250_000
    began = time.monotonic()
    done = accepted(written(tmp_path, hostile.empty_rows(rows)))
    assert time.monotonic() - began < SECONDS
    assert (done["rows"], done["accepted"], done["problems"]) == (2, 2, [])
    assert names() == TWO


# What does something when it is opened ------------------------------------------------------------


@pytest.mark.django_db
def test_formulas_beside_the_known_columns_are_harmless(tmp_path: Path) -> None:
    evil: list[Cell] = [
        Formula("=cmd|'/c calc'!A0", 0),
        Formula('=WEBSERVICE("http://127.0.0.1:9/")', "x"),
    ]
    rows = [[*ROWS[0], evil[0]], [*ROWS[1], evil[1]]]
    content = xlsx([Sheet("花名册", [[*hostile.HEADINGS, "核对结果"], *rows])])
    done = accepted(written(tmp_path, content))
    assert (done["accepted"], done["problems"]) == (2, [])
    assert names() == TWO


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["花名册.xlsm", "花名册.xlsx"])
def test_macros_and_links_to_other_files_are_harmless(tmp_path: Path, name: str) -> None:
    done = accepted(written(tmp_path, hostile.with_links_and_macros(), name))
    assert (done["accepted"], done["problems"]) == (2, [])
    assert names() == TWO


@pytest.mark.django_db
def test_a_workbook_cannot_read_another_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("赵绝密")
    result = run(written(tmp_path, hostile.reading_another_file(secret)), "--json")
    assert "赵绝密" not in result.output
    assert not Person.objects.filter(name__contains="赵绝密").exists()
    assert set(names()) <= set(TWO)
    if result.exit_code:
        assert refused(result) == "unreadable"


EVIL = ("=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://127.0.0.1:9","x")', "http://a.b")


@pytest.mark.django_db
def test_the_copy_that_goes_back_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["", f"钱{text}", text, "东江船闸管理所", "", text] for text in EVIL]
    source = text_file(Sheet("", [hostile.HEADINGS, *rows]), Dialect())
    report = tmp_path / "report.xlsx"
    done = accepted(written(tmp_path, source, "花名册.csv"), "--report", str(report))
    assert done["accepted"] == 0
    assert done["rejected"] == len(EVIL)
    with zipfile.ZipFile(report) as book:
        for part in book.namelist():
            assert not part.startswith(("xl/externalLinks", "xl/vbaProject"))
            if part.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in book.read(part)
            if part.endswith(".rels"):
                assert b'TargetMode="External"' not in book.read(part)
