"""The site's own words: tests name a sentence as the code does, and find it as the reader sees it."""

from django.utils.translation import gettext, ngettext, override, pgettext


def zh(sentence: str, context: str = "", /, **values: object) -> str:
    """Return a sentence in Simplified Chinese, as it stands on a page; without a translation, itself."""
    with override("zh-hans"):
        text = pgettext(context, sentence) if context else gettext(sentence)
    return text % values if values else text


def zh_count(one: str, many: str, number: int, /, **values: object) -> str:
    """Return a sentence that depends on a number."""
    with override("zh-hans"):
        return ngettext(one, many, number) % values
