"""Somebody opens a file that is kept sealed: an invoice, a quotation, a signature, a photo."""

from datetime import datetime

from songnuan.journeys.base import long_journey, step
from songnuan.kernel.actor import Actor
from songnuan.records import actions as records
from songnuan.records.models import StoredFile
from songnuan.records.queries import opened_that_day, read_file
from songnuan.records.rules import Opened


@long_journey
def open_file(*, file: StoredFile, opened: Opened, actor: Actor, at: datetime) -> bytes:
    """Return the content of a file to whom its page let in, and note the look: once a person, file and day.

    A page may show many signatures, and a browser may ask for a file again: what is noted is not written
    again, so that nobody waits for the trail. Two requests at the same moment may both be noted.

    Raises:
        Refusal: `file_erased`.
        FileNotFoundError: When it is not on the disk; nothing is noted.
        songnuan.kernel.sealed.SealBroken: When it was changed or exchanged; nothing is noted.

    """
    content = read_file(file)
    if not opened_that_day(opened=opened, digest=file.digest, actor=actor, at=at):
        with step():
            records.note_opening(opened=opened, digest=file.digest, actor=actor, at=at)
    return content
