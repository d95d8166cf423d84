"""A workbook of units is looked at before it is taken over, and what was looked at is what is taken over.

Between the two the file waits sealed under FILES_ROOT/uploads, by a token that opens it only for who
brought it. It is gone once it is taken over, and an hour after it came.
"""

import json
import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from songnuan.journeys.find import find_plan
from songnuan.journeys.import_units import Imported, import_units
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken, open_bytes, seal_bytes
from songnuan.organisation.queries import day_of
from songnuan.organisation.roster import UnitRow, read_units

KEPT = timedelta(hours=1)
FIRST_ROWS = 10
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Preview:
    """What the workbook would do, its first sound rows, and the token to take it over; "" without any."""

    would: Imported
    rows: Sequence[UnitRow]
    token: str


def preview_units(*, content: bytes, slug: str, actor: Actor, at: datetime) -> Preview:
    """Rehearse the import, which changes nothing, and keep the file if a row of it is sound.

    Raises:
        Refusal: As `import_units`.

    """
    would = import_units(content=content, slug=slug, create_leads=False, dry_run=True, actor=actor, at=at)
    plan = find_plan(slug)
    sheet = read_units(content, year=(plan.due_on or day_of(at)).year)
    wrong = {problem.row for problem in would.problems}
    rows = [row for row in sheet.sound if row.row not in wrong]
    sweep_previews(before=wall() - KEPT)
    return Preview(would, rows[:FIRST_ROWS], _keep(content, slug, actor) if rows else "")


def take_over_units(*, token: str, actor: Actor, at: datetime) -> tuple[str, Imported]:
    """Import the file that the actor looked at; return the plan's slug and what was done.

    Raises:
        Refusal: `preview_gone`, or as `import_units`.

    """
    slug, content = _open(token, actor)
    done = import_units(content=content, slug=slug, create_leads=False, dry_run=False, actor=actor, at=at)
    _path(token).unlink(missing_ok=True)
    return slug, done


def sweep_previews(*, before: datetime) -> int:
    """Remove what was left lying since before `before`, by the machine's clock; return how many files."""
    removed = 0
    for path in _folder().glob("*"):
        with suppress(FileNotFoundError):  # another one swept it meanwhile
            if _is_old(path, before):
                path.unlink()
                removed += 1
    return removed


def _folder() -> Path:
    return Path(settings.FILES_ROOT) / "uploads"


def _path(token: str) -> Path:
    return _folder() / token


def _is_old(path: Path, before: datetime) -> bool:
    return path.stat().st_mtime < before.timestamp()


def _purpose(actor: Actor) -> str:
    return f"preview_units:{actor.key}"


def _keep(content: bytes, slug: str, actor: Actor) -> str:
    token = secrets.token_hex(16)
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    head = json.dumps({"slug": slug}).encode()
    handle = os.open(_path(token), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal_bytes(_purpose(actor), head + b"\n" + content))
    return token


def _open(token: str, actor: Actor) -> tuple[str, bytes]:
    try:
        if _TOKEN.fullmatch(token) and not _is_old(_path(token), wall() - KEPT):
            head, _newline, content = open_bytes(_purpose(actor), _path(token).read_bytes()).partition(b"\n")
            return str(json.loads(head)["slug"]), content
    except (FileNotFoundError, SealBroken):
        pass  # taken over meanwhile, or brought by somebody else: told alike
    sentence = _(
        "This workbook is no longer kept: it was taken over already, or looked at more than an hour ago."
        " Choose it again; rows that are there already change nothing."
    )
    raise Refusal("preview_gone", sentence, field="file")
