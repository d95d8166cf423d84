"""A file of units is looked at before it is taken over, and what was looked at is what is taken over.

Between the two the file waits sealed (`uploads`), by a token that opens it only for who brought it. It is
gone once it is taken over, and an hour after it came.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.documents.reading import as_file
from songnuan.journeys import uploads
from songnuan.journeys.import_units import Imported, import_units, rehearse_units
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken
from songnuan.organisation.roster import UnitRow

FILE_MAX = 20_000_000  # bytes: a table of units is small
KEPT = timedelta(hours=1)
FIRST_ROWS = 10


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
    would, rows = rehearse_units(content=content, slug=slug, actor=actor, at=at)
    sweep_previews(before=wall() - KEPT)
    return Preview(would, rows[:FIRST_ROWS], _keep(content, slug, actor) if rows else "")


def take_over_units(*, token: str, actor: Actor, at: datetime) -> tuple[str, Imported]:
    """Import the file that the actor looked at; return the plan's slug and what was done.

    Raises:
        Refusal: `preview_gone`, or as `import_units`.

    """
    slug, content = _open(token, actor)
    done = import_units(content=content, slug=slug, create_leads=False, dry_run=False, actor=actor, at=at)
    uploads.remove(token)
    return slug, done


def sweep_previews(*, before: datetime) -> int:
    """Remove what was left lying since before `before`, by the machine's clock; return how many files."""
    return sum(uploads.remove(name) for name in uploads.left("", before))


def _purpose(actor: Actor) -> str:
    return f"preview_units:{actor.key}"


def _keep(content: bytes, slug: str, actor: Actor) -> str:
    token = uploads.fresh_name()
    head = json.dumps({"slug": slug}).encode()
    with as_file(head + b"\n" + content) as file:
        uploads.keep(token, _purpose(actor), file)
    return token


def _open(token: str, actor: Actor) -> tuple[str, bytes]:
    try:
        if not uploads.written_before(token, wall() - KEPT):
            with uploads.opened(token, _purpose(actor)) as file:
                head, _newline, content = file.read().partition(b"\n")
            return str(json.loads(head)["slug"]), content
    except (FileNotFoundError, SealBroken):
        pass  # taken over meanwhile, or brought by somebody else: told alike
    sentence = _(
        "This workbook is no longer kept: it was taken over already, or looked at more than an hour ago."
        " Choose it again; rows that are there already change nothing."
    )
    raise Refusal("preview_gone", sentence, field="file")
