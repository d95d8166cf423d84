"""Proves that vendored files are what their list of SHA-256 digests says, and that none is unlisted."""

import hashlib
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "src/songnuan/web/static/vendor"

listed = {}
for line in (FOLDER / "SHA256SUMS").read_text().splitlines():
    digest, _space, name = line.partition("  ")
    listed[name] = digest
present = {
    path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
    for path in FOLDER.rglob("*")
    if path.is_file() and path.name not in {"SHA256SUMS", "README.md"}
}
faults = sorted(name for name in listed.keys() | present.keys() if listed.get(name) != present.get(name))
for name in faults:
    print(f"vendored file differs from its list: {name}")
sys.exit(1 if faults else 0)
