"""A folder of files for each test."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Settings) -> Path:
    """Return the empty folder that files are kept in."""
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"
