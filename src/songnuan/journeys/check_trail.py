"""Reads the trail again, from the day the installation was set up."""

from collections.abc import Callable

from songnuan.audit import checks
from songnuan.audit.findings import Finding
from songnuan.organisation.models import Installation

# What the trail of every installation that was set up has an entry on.
FOUNDING = "organisation.installation:1"


def check_trail(stream: str | None = None, *, read: Callable[[int], object] | None = None) -> list[Finding]:
    """Return what is wrong with the trail, or with one stream of it; empty when all agrees.

    Args:
        stream: The one stream to read; all when left out.
        read: Told how many rows more were read, every now and then.

    """
    whole = stream is None and Installation.objects.exists()
    return checks.verify(stream, expected=FOUNDING if whole else "", read=read)
