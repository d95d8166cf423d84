"""The empty SQLite database that every test process starts with: migrated once, then copied.

Migrating takes half a minute and comes to the same each time. The copy is named after everything that it
depends on, so that a change of a model, of a migration or of a library makes a new one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "songnuan"
KEPT = ROOT / ".pytest_cache" / "databases"
_MIGRATE = """
import sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
connection.cursor().execute("VACUUM INTO %s", [sys.argv[1]])
"""


def put(target: Path) -> None:
    """Put a copy at `target`; the first process of all makes what is copied, the others wait for it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    made = KEPT / f"{_digest()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(made)
    shutil.copyfile(made, target)


def _make(made: Path) -> None:
    half = made.with_suffix(".half")
    half.unlink(missing_ok=True)
    paths = [str(ROOT / "src"), str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])]
    others = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = {
        **others,
        "PYTHONPATH": os.pathsep.join(paths),
        "DJANGO_SETTINGS_MODULE": "songnuan_test_settings",
    }
    subprocess.run([sys.executable, "-c", _MIGRATE, str(half)], env=environment, check=True)
    for old in KEPT.glob("*.sqlite3"):
        old.unlink()
    half.rename(made)


def _digest() -> str:
    """Return what tells this database from others: tables, triggers and what migrations lean on."""
    patterns = ("config/*.py", "*/migrations/*.py", "**/*models*.py", "kernel/**/*.py", "plans/*.py")
    files = {file for pattern in patterns for file in SOURCES.glob(pattern)}
    digest = hashlib.sha256()
    settings = ROOT / "tests" / "songnuan_test_settings.py"
    for file in (ROOT / "requirements.lock", settings, *sorted(files)):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:32]
