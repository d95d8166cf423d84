"""Filters and tags of the pages; built in, so that templates need no `load`.

Dates are written as the reader's language does: 4月16日 in Chinese, 16 Apr in English.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from songnuan.goods.rules import KitPrice
from songnuan.kernel import money
from songnuan.kernel.days import beside, span_words, written
from songnuan.visits.scheduling.words import clock_words
from songnuan.web.crumbs import opened

register = template.Library()


@register.simple_block_tag(takes_context=True)
def open_crumbs(context: template.Context, content: str) -> SafeString:
    """Return the crumbs of a page, with links to what the reader may open alone."""
    request = context.get("request")
    return SafeString(opened(content, request) if request else content)


_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)

# What an amount in capitals is written with, in Traditional characters.
_TRADITIONAL = str.maketrans("币贰叁陆万亿", "幣貳參陸萬億")


_COUNTED = re.compile(r"(\d) (?=[\u4e00-\u9fff])")


def _write(value: date | datetime | None, style: str) -> str:
    return written(value, style) if value else ""


@register.filter(expects_localtime=True)
def short_date(value: date | datetime | None) -> str:
    """Return month and day: 4月16日. Nothing for None."""
    return _write(value, "short")


@register.filter(expects_localtime=True)
def full_date(value: date | datetime | None) -> str:
    """Return year, month and day: 2020年4月16日. Nothing for None."""
    return _write(value, "full")


@register.filter
def date_beside(value: date, other: date) -> str:
    """Return month and day, with the year where it is not that of `other`: 4月16日, 2019年12月30日."""
    return beside(value, other)


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Return day and minute: 4月16日 14:32. Nothing for None."""
    return _write(value, "moment")


@register.filter(expects_localtime=True)
def moment_beside(value: datetime | None, other: date) -> str:
    """Return day and minute, with the year where it is not that of `other`: 2019年12月30日 14:32."""
    if value is None or value.year == other.year:
        return _write(value, "moment")
    return f"{_write(value, 'full')} {value:%H:%M}"


@register.filter(expects_localtime=True)
def exact(value: datetime | None) -> str:
    """Return a time to the second, with its year. Nothing for None."""
    return _write(value, "second")


@register.filter(expects_localtime=True)
def weekday(value: date | datetime | None) -> str:
    """Return the day of the week: 周四. Nothing for None."""
    return str(_WEEKDAYS[value.weekday()]) if value else ""


@register.filter
def yuan(minor: int | None) -> str:
    """Return an amount in fen as ¥14,100.00. Nothing for None."""
    return "" if minor is None else _sign(money.yuan(minor))


@register.filter
def kit_yuan(price: KitPrice | None) -> str:
    """Return what a kit costs on average: ¥295.50, or 约¥295.89 where it was rounded. Nothing for None."""
    if price is None:
        return ""
    shown = yuan(price.minor)
    return shown if price.exact == price.minor else _("about %(sum)s") % {"sum": shown}


@register.filter
def signed_yuan(minor: int) -> str:
    """Return what an amount in fen changes: +¥1,225.00 or −¥6,392.00."""
    return f"+{yuan(minor)}" if minor > 0 else yuan(minor)


@register.filter
def capitals(minor: int) -> str:
    """Return an amount in fen as a voucher writes it, in the reader's characters: 人民币…, 人民幣…."""
    words = money.capitals(minor)
    return words.translate(_TRADITIONAL) if get_language() == "zh-hant" else words


@register.filter
def as_name(label: str) -> str:
    """Return a label as it stands before a colon: without the stop or the question mark of a sentence."""
    return str(label).rstrip("。.？?")


@register.filter
def yuan_short(minor: int | None) -> str:
    """Return an amount in fen for a figure: whole yuan without the fen, ¥14,100. Nothing for None."""
    return "" if minor is None else _sign(money.yuan(minor).removesuffix(".00"))


def _sign(text: str) -> str:
    """Put the ¥ behind a minus, and the minus as a true one."""
    return f"−¥{text[1:]}" if text.startswith("-") else f"¥{text}"


@register.filter
def percent(part: int | None, whole: int | None) -> int:
    """Return part / whole in whole percent, 0 to 100; 100 only when nothing is missing."""
    if not part or not whole or part <= 0 or whole <= 0:
        return 0
    return min(part * 100 // whole, 100)


@register.filter
def is_same(one: str, other: str) -> bool:
    """Return whether two texts are the same, for a name given with `with`."""
    return one == other


@register.filter
def is_run(status: str) -> bool:
    """Return whether a plan of this status is or was carried out: before that, there is nothing to show."""
    return status in {"open", "closed"}


@register.filter
def span(minutes: int) -> str:
    """Return minutes as a reader counts them: 137 -> 2 h 17 min, 120 -> 2 hours; from two days, days."""
    return span_words(minutes)


@register.filter
def clock(minute: int) -> str:
    """Return a time of the day from minutes after midnight."""
    return clock_words(minute)


@register.filter
def distance(value: int) -> int:
    """Return a number without its sign: how many days, before or after."""
    return abs(value)


@register.filter
def anchor(field: BoundField) -> str:
    """Return the id of the input an error belongs to: of the first one where there are several."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def names(values: Iterable[str]) -> str:
    """Join names as the language does: 、 in Chinese, a comma elsewhere."""
    return together(("、" if (get_language() or "zh").startswith("zh") else ", ").join(values))


@register.simple_tag
def about(*things: object) -> SafeString:
    """Say, for who listens only, what a button is about: Change: apples, pears. Of what is empty, nothing."""
    told = names(str(thing) for thing in things if thing)
    return (
        format_html('<span class="hide">{}</span>', _(": %(things)s") % {"things": told})
        if told
        else SafeString()
    )


@register.simple_tag
def colon(what: str, of: str) -> str:
    """Join a word and what it is about, as the language does: Store: apples."""
    return _("%(what)s: %(of)s") % {"what": what, "of": of}


@register.filter
def together(text: str) -> str:
    """Keep a number and the word that counts on one line: 2 箱 is not broken between them."""
    return _COUNTED.sub("\\1\u00a0", text)


@register.filter
def at(values: Sequence[object], place: int) -> object:
    """Return one of several values, by its place from 0."""
    return values[place]


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader, so words stand beside it."""
    markup = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return format_html(markup, static("web/icons.svg"), name)


@register.simple_tag
def once() -> SafeString:
    """Put the hidden key into a form: posted twice, it is carried out once."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return the page's query string with some values changed; None takes a value out."""
    given = {key: values[-1] for key, values in context["request"].GET.lists() if values}
    kept = {**given, **changes}
    return "?" + urlencode({key: value for key, value in kept.items() if value not in {None, ""}})


@register.inclusion_tag("web/parts/bar.html")
def bar(whole: int | None, **parts: int | None) -> dict[str, list[tuple[str, float, float]]]:
    """Draw parts of a whole, in their order: `{% bar plan.due done=plan.done late=plan.late %}`.

    The names are done, late, held and back. What is not nothing is seen: the least width is 1.5 of 100.
    """
    drawn: list[tuple[str, float, float]] = []
    x = 0.0
    for name, value in parts.items():
        if not value or not whole or value < 0:
            continue
        width = min(max(round(value * 100 / whole, 1), 1.5), round(100 - x, 1))
        drawn.append((name, round(x, 1), width))
        x += width
    return {"parts": drawn}
