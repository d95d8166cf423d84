"""A file of settled sums is looked at before it is recorded, and what was looked at is what is recorded.

Reading and finding the persons changes nothing and holds up nobody. Between looking and recording the file
waits sealed (`uploads`), by a token that opens it only for who brought it; it is gone after an hour.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.benefits import settled_file
from songnuan.benefits.models import StandardVersion
from songnuan.benefits.queries import latest_by_slug
from songnuan.benefits.settled import Recorded, RowFault, Settled
from songnuan.benefits.settled_file import Asked, ToldFile
from songnuan.benefits.settled_matching import match
from songnuan.benefits.settled_standing import file_known, new_rows
from songnuan.benefits.standardfile import read as read_standard
from songnuan.benefits.standards import Payee
from songnuan.documents.reading import as_file
from songnuan.journeys import uploads
from songnuan.journeys.record_settlements import record_settlements
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import SealBroken
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require

FILE_MAX = 20_000_000
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would do: its rows with their persons, those that are new, and every fault.

    `before` says when this very file was recorded, or is None. `total_minor` is the sum of the new rows.
    """

    told: ToldFile
    rows: list[Settled]
    fresh: int
    total_minor: int
    faults: list[RowFault]
    digest: str
    before: datetime | None

    @property
    def may_be_recorded(self) -> bool:
        """Whether nothing is wrong, and something new."""
        return not self.faults and bool(self.fresh) and self.before is None


def is_own(version: StandardVersion) -> bool:
    """Return whether a standard pays those who served themselves."""
    return read_standard(version.source).made().payee == Payee.SELF


def look(*, content: bytes, name: str, slug: str, source: str, actor: Actor, at: datetime) -> Looked:
    """Read the file and find whom it names; nothing is changed.

    Raises:
        Refusal: `standard_unknown`, `not_permitted`, or from `settled_file.read`.

    """
    version = latest_by_slug([slug]).get(slug)
    if version is None:
        sentence = _("There is no standard “%(slug)s”. Write it first.")
        raise Refusal("standard_unknown", sentence % {"slug": slug}, standard=slug)
    require(actor, Permission.BENEFIT_WRITE, unit_id=version.standard.unit_id, at=at)
    asked = Asked(day_of(at), source.strip(), is_own(version))
    with as_file(content) as file:
        told = settled_file.read(file, name, asked)
    found = match(told.rows, actor, at, is_own=asked.is_own)
    fresh = new_rows(version.standard, found.rows)
    digest = hashlib.sha256(content).hexdigest()
    known = file_known(version.standard, digest)
    return Looked(
        told=told,
        rows=found.rows,
        fresh=len(fresh),
        total_minor=sum(row.amount_minor for row in fresh),
        faults=sorted([*told.faults, *found.faults], key=lambda fault: fault.row),
        digest=digest,
        before=known.recorded_at if known else None,
    )


def record_looked(looked: Looked, *, slug: str, key: UUID, actor: Actor, at: datetime) -> Recorded:
    """Record what was looked at.

    Raises:
        Refusal: `settled_faults` when anything is wrong with it, or as `record_settlements`.

    """
    if looked.faults:
        sentence = ngettext(
            "%(count)s row has a fault, and nothing was recorded. Mend it and choose the file again.",
            "%(count)s rows have faults, and nothing was recorded. Mend them and choose the file again.",
            rows := len({fault.row for fault in looked.faults}),
        )
        raise Refusal("settled_faults", sentence % {"count": rows}, field="file", rows=rows)
    return record_settlements(
        slug=slug, rows=looked.rows, file_digest=looked.digest, key=key, actor=actor, at=at
    )


def keep(content: bytes, *, name: str, slug: str, source: str, actor: Actor) -> str:
    """Keep a file that was looked at, and return the token that opens it."""
    for left in uploads.left("", wall() - KEPT):
        uploads.remove(left)
    token = uploads.fresh_name()
    head = json.dumps({"name": name, "source": source}).encode()
    with as_file(head + b"\n" + content) as file:
        uploads.keep(token, _purpose(slug, actor), file)
    return token


def record_kept(*, token: str, slug: str, key: UUID, actor: Actor, at: datetime) -> Recorded:
    """Record the file that the actor looked at; it is looked at anew.

    Raises:
        Refusal: `preview_gone`, or as `look` and `record_looked`.

    """
    head, content = _open(token, slug, actor)
    looked = look(content=content, name=head["name"], slug=slug, source=head["source"], actor=actor, at=at)
    done = record_looked(looked, slug=slug, key=key, actor=actor, at=at)
    uploads.remove(token)
    return done


def _purpose(slug: str, actor: Actor) -> str:
    return f"settled:{actor.key}:{slug}"


def _open(token: str, slug: str, actor: Actor) -> tuple[dict[str, str], bytes]:
    try:
        if not uploads.written_before(token, wall() - KEPT):
            with uploads.opened(token, _purpose(slug, actor)) as file:
                head, _newline, content = file.read().partition(b"\n")
            return json.loads(head), content
    except (FileNotFoundError, SealBroken):
        pass  # recorded meanwhile, or brought by somebody else: told alike
    sentence = _(
        "This file is no longer kept: it was recorded already, or looked at more than an hour ago. Choose it"
        " again; what is recorded already is not recorded twice."
    )
    raise Refusal("preview_gone", sentence, field="file")
