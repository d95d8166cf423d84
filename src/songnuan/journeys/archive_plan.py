"""A plan is put away as one folder that can be checked without the software (归档)."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from django.utils import translation
from django.utils.translation import gettext as _

from songnuan.documents import archive_check
from songnuan.documents.archive_check import SUMS, digest_of
from songnuan.journeys.base import journey
from songnuan.journeys.plan_archive import Chain, Left, Member, manifest, members, readme, trail_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.plans import actions as plans
from songnuan.plans.models import Plan, PlanStatus

_PAPERS = "zh-hans"


@dataclass(frozen=True, slots=True)
class Archive:
    """What was written: how many files, what is left out, and the digest that stands in the trail."""

    folder: Path
    files: int
    left: tuple[Left, ...]
    digest: str


def archive_plan(*, plan: Plan, folder: Path, actor: Actor, at: datetime) -> Archive:
    """Write the archive of a plan into a new folder, and note its digest in the trail of the plan.

    Its papers are made one after another, each noted by itself, so that nobody waits for a long one; the
    folder appears once it is whole.

    Raises:
        NotPermitted: `not_permitted`.
        Refusal: `archive_there`, `plan_not_open`.

    """
    require(actor, Permission.PLAN_OPEN, unit_id=plan.unit_id, at=at)
    if plan.status not in {PlanStatus.OPEN, PlanStatus.CLOSED}:
        sentence = _("“%(title)s” was not carried out yet: there is nothing to archive. Open it first.")
        raise Refusal("plan_not_open", sentence % {"title": plan.title})
    if folder.exists():
        sentence = _("There is something at %(folder)s already. Name a folder that is not there yet.")
        raise Refusal("archive_there", sentence % {"folder": folder}, field="to")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        files, left = _fill(part, plan, actor, at)
        digest = digest_of(part / SUMS)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    note_archive(slug=plan.slug, files=files, digest=digest, actor=actor, at=at)
    return Archive(folder, files, tuple(left), digest)


@journey
def note_archive(*, slug: str, files: int, digest: str, actor: Actor, at: datetime) -> None:
    """Note that a plan was put away, with the digest by which its archive is known.

    Raises:
        NotPermitted: `not_permitted`.

    """
    plans.note_archive(slug=slug, files=files, digest=digest, actor=actor, at=at)


def _fill(folder: Path, plan: Plan, actor: Actor, at: datetime) -> tuple[int, list[Left]]:
    """Write every file, then their sums; return how many files there are, and what is left out."""
    left: list[Left] = []
    chains: list[Chain] = []
    with translation.override(_PAPERS):
        for one in members(plan, actor=actor, at=at):
            if isinstance(one, Left):
                left.append(one)
            else:
                _write(folder, one)
        for chain, text in trail_of(plan):
            chains.append(chain)
            _write(folder, Member(chain.file, text))
        _write(folder, Member("说明 README.txt", readme(plan, left, at)))
    _write(folder, Member("manifest.json", manifest(plan, chains, left, at)))
    _write(folder, Member("check.py", Path(archive_check.__file__).read_bytes()))
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{digest_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / SUMS).write_bytes("".join(sums).encode())
    return len(paths), left


def _write(folder: Path, member: Member) -> None:
    """Write a file; of two with one name the later gets a number, so that none is lost."""
    path = folder / member.path
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while path.exists():
        number += 1
        path = (folder / member.path).with_stem(f"{(folder / member.path).stem}-{number}")
    path.write_bytes(member.content)
