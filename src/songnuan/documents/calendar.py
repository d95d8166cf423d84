"""Renders days to a calendar file (iCalendar, RFC 5545), as calendars of phones and desks subscribe to.

What lasts whole days is written as days, so that no time zone can move it to the day before; what has a time
is written in UTC. `sequence` counts the changes, so that a calendar that took a file in knows the newer one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LINE = 75  # bytes of a line, its end not counted
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class WholeDay:
    """Something that stands on one day, or through to a `last` one.

    `uid` never changes, so that a moved day moves and is not doubled.
    """

    uid: str
    day: date
    summary: str
    description: str
    url: str
    category: str
    sequence: int = 0
    location: str = ""
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """Something that begins and ends at a time, both aware. A whole day of the same `uid` may become one."""

    uid: str
    day: date
    begins: datetime
    ends: datetime
    summary: str
    description: str
    url: str
    category: str
    sequence: int = 0
    location: str = ""


def render_calendar(name: str, days: Iterable[WholeDay | Appointment], at: datetime) -> bytes:
    """Return the calendar file, as of `at`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Songnuan//Songnuan//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for day in days:
        lines += _event(day, at)
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in _folded(line))


def _event(one: WholeDay | Appointment, at: datetime) -> list[str]:
    if isinstance(one, WholeDay):
        times = [
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{(one.last or one.day) + timedelta(days=1):%Y%m%d}",
            "TRANSP:TRANSPARENT",
        ]
    else:
        times = [
            f"DTSTART:{one.begins.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{one.ends.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "TRANSP:OPAQUE",
        ]
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(one.uid)}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{one.sequence}",
        *times,
        f"SUMMARY:{_text(one.summary)}",
        *([f"DESCRIPTION:{_text(one.description)}"] if one.description else []),
        *([f"LOCATION:{_text(one.location)}"] if one.location else []),
        f"URL:{one.url}",
        f"CATEGORIES:{_text(one.category)}",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _text(text: str) -> str:
    """Return a text as a value: its commas, semicolons, backslashes and ends of lines escaped."""
    plain = text.replace("\r\n", "\n").translate(_ESCAPED)
    return "".join(letter for letter in plain if letter >= " " and letter != "\x7f")


def _folded(line: str) -> Iterator[bytes]:
    """Yield the line in parts of at most 75 bytes, each further one after a space; no letter is cut."""
    part, size = bytearray(), 0
    for letter in line:
        code = letter.encode()
        if size + len(code) > _LINE:
            yield bytes(part) + b"\r\n"
            part, size = bytearray(b" "), 1
        part += code
        size += len(code)
    yield bytes(part) + b"\r\n"
