"""A PDF or a film is added to the draft of a lesson, or taken out of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from songnuan.journeys.base import journey, long_journey, step
from songnuan.journeys.sent_files import SentFile, store
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import materials
from songnuan.outreach.material_models import Material, MaterialKind
from songnuan.records import actions as records
from songnuan.records.media import MAX_BYTES, PDF
from songnuan.records.rules import tidy_file_name
from songnuan.records.video import PART, require_video

_PDF_BEGINS = b"%PDF-"


@long_journey
def add_material(
    *, lesson_id: int, file: BinaryIO, size: int, name: str, actor: Actor, at: datetime
) -> Material:
    """Add a file to a draft; what it is, is read from its content. A film is kept in parts.

    Raises:
        Refusal: As `outreach.actions.materials.require_draft`, and `file_empty`, `file_size`, `file_kind`.

    """
    with step():  # who may not add anything stores nothing
        materials.require_draft(lesson_id=lesson_id, actor=actor, at=at)
    file.seek(0)
    is_pdf = file.read(len(_PDF_BEGINS)) == _PDF_BEGINS
    if not is_pdf:
        require_video(file, size)
    file.seek(0)
    files: list[tuple[int, int]] = []
    if is_pdf:
        # One byte more than is taken: what is too large is told so without being read to its end.
        sent = SentFile(file.read(MAX_BYTES + 1), name, PDF)
        with step():
            files.append((store(sent, "file", actor, at), len(sent.content)))
    for content in () if is_pdf else _parts(file):
        with step():
            kept = records.store_part(content=content, name=name, actor=actor, at=at)
        files.append((kept.pk, kept.size))
    with step():
        return materials.add_material(
            lesson_id=lesson_id,
            kind=MaterialKind.PDF if is_pdf else MaterialKind.VIDEO,
            name=tidy_file_name(name),
            files=files,
            actor=actor,
            at=at,
        )


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while content := file.read(PART):
        yield content


@journey
def drop_material(*, lesson_id: int, material_id: int, actor: Actor, at: datetime) -> None:
    """Take a file out of a draft.

    Raises:
        Refusal: As `outreach.actions.materials.drop_material`.

    """
    materials.drop_material(lesson_id=lesson_id, material_id=material_id, actor=actor, at=at)
