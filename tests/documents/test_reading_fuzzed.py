"""The reader of tables under many broken files; `tools/fuzz_reader.py` has them without end."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_broken_files_give_rows_or_a_refusal() -> None:
    command = [sys.executable, str(ROOT / "tools" / "fuzz_reader.py"), "150", "--seed", "2020"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "150 files, 0 wrong" in done.stdout
    assert "rows" in done.stdout
    assert "damaged" in done.stdout
