"""The page on adding a measure is true to the letter: its two blocks are run as they stand."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from songnuan.journeys import measures

# The blocks lie in a folder of their own here, beside neither the package nor the tests.
MILD = ["--ignore", "INP001,I001,S101,D103,E501"]
PAGE = Path(__file__).resolve().parents[1] / "docs/adding-a-measure.md"


@pytest.fixture
def blocks(tmp_path: Path) -> Iterator[Path]:
    """The page's file and test, laid where the page says, beside the kinds that are there."""
    file, test = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "contacts.py").write_text(file)
    (tmp_path / "contacts_as_the_page_tests_it.py").write_text(test)
    measures.__path__.append(str(tmp_path))
    sys.path.insert(0, str(tmp_path))
    measures.kinds.cache_clear()
    yield tmp_path
    sys.path.remove(str(tmp_path))
    measures.__path__.remove(str(tmp_path))
    measures.kinds.cache_clear()
    for name in ("songnuan.journeys.measures.contacts", "contacts_as_the_page_tests_it"):
        sys.modules.pop(name, None)


@pytest.mark.django_db
def test_the_kind_of_the_page_works_and_passes_its_own_test(
    blocks: Path, request: pytest.FixtureRequest
) -> None:
    style = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--config",
            str(PAGE.parents[1] / "pyproject.toml"),
            *MILD,
            str(blocks),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert style.returncode == 0, style.stdout
    page = importlib.import_module("contacts_as_the_page_tests_it")
    assert "contacts" in measures.kinds()
    page.test_a_plan_that_asks_for_other_contacts_than_it_pairs_is_told_so()
    page.test_every_unit_of_the_workbook_has_a_contact(request.getfixturevalue("bureau"))
