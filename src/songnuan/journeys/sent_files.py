"""What journeys share: a file as it was sent with a form, and how it is stored."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.records import actions as records
from songnuan.records.pictures import require_whole


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: its content, and its name and media type as the sender calls them."""

    content: bytes
    name: str
    media_type: str

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of the content, to tell one post from another."""
        return sha256(self.content).hexdigest()


def store(file: SentFile, field: str, actor: Actor, at: datetime) -> int:
    """Store a picture or PDF that can be read to its end and return its id.

    What is wrong with it belongs beside `field`. It is stored before anything of money or goods is locked:
    two who send the same file wait for each other.

    Raises:
        Refusal: `file_empty`, `file_size`, `file_kind` (damaged and cut off ones too).

    """
    try:
        require_whole(file.content, file.media_type)
        return records.store_file(
            content=file.content, name=file.name, media_type=file.media_type, actor=actor, at=at
        ).pk
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field=field, **refusal.facts) from None
