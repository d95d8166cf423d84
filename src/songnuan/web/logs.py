"""What the log must not keep of an address."""

import logging
import re

_SECRET = re.compile(r"/(calendar|feedback|q|learn|invited)/[^/\s]+(\.ics|/)")


class WithoutSecrets(logging.Filter):
    """Takes the secret out of addresses where who has it reads or answers: calendars, quizzes, lessons."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its addresses without secrets."""
        record.msg = _clean(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(_clean, record.args))
        return True


def _clean(part: object) -> object:
    return _SECRET.sub(r"/\1/…\2", part) if isinstance(part, str) else part
