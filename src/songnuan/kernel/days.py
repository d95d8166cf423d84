"""How a day, or how long something took, is written for people: 4月16日, 16 Apr. The trail keeps ISO."""

from datetime import date, datetime

from django.utils import dateformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

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


def span_words(minutes: int) -> str:
    """Return minutes as a reader counts them: 137 -> 2 h 17 min, 120 -> 2 hours; from two days, days."""
    if not minutes:
        return _("less than a minute")
    hours, rest = divmod(abs(minutes), 60)
    if hours >= 48:
        return ngettext("%(days)s day", "%(days)s days", hours // 24) % {"days": hours // 24}
    if hours and not rest:
        return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s min") % {"minutes": rest}
