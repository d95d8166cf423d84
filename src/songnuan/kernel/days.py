"""How a day is written for people: 4月16日 in Chinese, 16 Apr in English. Digests and the trail keep ISO."""

from datetime import date, datetime

from django.utils import dateformat
from django.utils.translation import get_language

_CHINESE = {
    "short": "n月j日",
    "month": "Y年n月",
    "full": "Y年n月j日",
    "moment": "n月j日 H:i",
    "second": "Y年n月j日 H:i:s",
}
_OTHERS = {
    "short": "j M",
    "month": "F Y",
    "full": "j F Y",
    "moment": "j M H:i",
    "second": "j M Y H:i:s",
}


def written(value: date | datetime, style: str = "short") -> str:
    """Return a day or a time in the reader's language.

    Args:
        value: A time is written as it stands: whoever has one puts it into China's zone first.
        style: "short" month and day, "full" with the year, "month" the year and month alone, "moment" to
            the minute, "second" with the year.

    """
    formats = _CHINESE if (get_language() or "zh").startswith("zh") else _OTHERS
    return dateformat.format(value, formats[style])


def beside(day: date, other: date) -> str:
    """Return a day for a sentence that goes by `other`: with its year only where it is another one."""
    return written(day, "short" if day.year == other.year else "full")
