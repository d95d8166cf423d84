"""What was looked for, marked where it was found."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from songnuan.web.search_patterns import anywhere

register = template.Library()


@register.filter
def marked(text: str, looked_for: str) -> SafeString:
    """Return the text with the words that were looked for, or what sounds like them, in `<mark>`."""
    ends, parts = 0, []
    for found in re.finditer(anywhere(looked_for, named=True), text, re.IGNORECASE) if looked_for else ():
        if found[0]:
            parts += [text[ends : found.start()], format_html("<mark>{}</mark>", found[0])]
            ends = found.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, text[ends:]]))
