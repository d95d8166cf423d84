"""What a check found. Checks return findings, so that one run lists every fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: a stable code, where it is, and a sentence in the reader's language."""

    code: str
    where: str
    sentence: str
    facts: Mapping[str, str | int | None] = field(default_factory=dict)
