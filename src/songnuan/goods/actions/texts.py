"""What is typed about goods, as it is kept."""

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal


def fitting(text: str, field: str, most: int) -> str:
    """Return a text without spaces to spare.

    Raises:
        Refusal: `text_too_long`, where it has more than `most` characters.

    """
    text = " ".join(text.split())
    if len(text) > most:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        words = {"length": len(text), "limit": most}
        raise Refusal("text_too_long", sentence % words, field=field, **words)
    return text
