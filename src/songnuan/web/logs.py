"""What the log must not keep of an address."""

import logging
import re

_SECRET = re.compile(r"/calendar/[^/\s]+\.ics")


class WithoutSecrets(logging.Filter):
    """Takes the secret of a calendar's address out of what is logged: who has it reads the calendar."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its addresses without secrets."""
        record.msg = _clean(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(_clean, record.args))
        return True


def _clean(part: object) -> object:
    return _SECRET.sub("/calendar/….ics", part) if isinstance(part, str) else part
