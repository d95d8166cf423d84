"""How a link and a head are sealed: pure functions, the same for writing and for verifying."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = "0" * 64
# What stands in place of a seal once a head was found that is not ours: no HMAC is ever equal to it.
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Link:
    """What one entry says, without its place in the chain. `facts` is canonical JSON text."""

    at: datetime
    entered_at: datetime
    actor_key: str
    actor_label: str
    action: str
    subject: str
    facts: str


def canonical(facts: object) -> str:
    """Return one JSON text for equal facts: sorted keys, no spaces, Chinese as itself."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest(key: bytes, stream: str, seq: int, previous: str, link: Link) -> str:
    """Return the HMAC-SHA-256 (hex) that binds `link` to its place and to everything before it."""
    body = canonical(
        [
            stream,
            seq,
            previous,
            link.at.astimezone(UTC).isoformat(timespec="microseconds"),
            link.entered_at.astimezone(UTC).isoformat(timespec="microseconds"),
            link.actor_key,
            link.actor_label,
            link.action,
            link.subject,
            link.facts,
        ]
    )
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def seal(key: bytes, stream: str, length: int, head: str) -> str:
    """Return the HMAC-SHA-256 (hex) of a head, which nobody can make from the database alone."""
    return hmac.new(key, canonical([stream, length, head]).encode(), hashlib.sha256).hexdigest()
