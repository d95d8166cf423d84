"""The one reader of the machine's clock.

Everything else is given its time: an action takes `at`. A demo's offset is added above, by
`organisation.queries.now`, so that it can never reach a real installation.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def wall() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(tz=UTC)
