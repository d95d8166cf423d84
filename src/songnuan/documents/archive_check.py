"""Checks the archive of a plan with Python 3.8 or newer and nothing else; lies in every archive as check.py.

校验方案归档文件夹：只需 Python 3.8 以上，不必安装任何软件。用法：python3 check.py
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

SUMS = "SHA256SUMS"
FIRST = "0" * 64


def digest_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            found.update(part)
    return found.hexdigest()


def told(folder: Path) -> dict[str, str]:
    """Return what SHA256SUMS says: the digest of each path."""
    rows = (folder / SUMS).read_text(encoding="utf-8").split("\n")
    return {row[66:]: row[:64] for row in rows if row}


def files_faults(folder: Path) -> list[str]:
    """Return what is wrong with the files: missing, added, changed."""
    sums = told(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    found = [f"缺少 missing: {name}" for name in sorted(sums.keys() - there)]
    found += [f"多出 added: {name}" for name in sorted(there - sums.keys())]
    kept = sorted(there & sums.keys())
    return found + [f"已改动 changed: {name}" for name in kept if digest_of(folder / name) != sums[name]]


def trail_faults(folder: Path) -> list[str]:
    """Return what is wrong with the trail: a row that does not follow the one before it, another end."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = []
    for stream in manifest["trail"]:
        previous, length = FIRST, 0
        with (folder / stream["file"]).open(encoding="utf-8") as rows:
            for line in rows:
                row = json.loads(line)
                length += 1
                if row["seq"] != length or row["previous"] != previous:
                    found.append(f"审计链断开 trail broken: {stream['name']} #{row['seq']}")
                previous = row["digest"]
        if (length, previous) != (stream["length"], stream["head"]):
            found.append(f"审计链末端不符 trail ends elsewhere: {stream['name']}")
    return found


def main(folder: Path) -> int:
    """Check the folder; print what is wrong, or the digest to compare with the one that was written down."""
    try:
        faults = files_faults(folder) or trail_faults(folder)
        lines = [*faults, f"校验未通过，共{len(faults)}处。 Not in order: {len(faults)}."]
        if not faults:
            count = len(told(folder))
            lines = [f"校验通过，共{count}个文件。 In order: {count} files.", digest_of(folder / SUMS)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        faults = [str(error)]
        lines = [f"无法读取 cannot be read: {error}"]
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode())
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
