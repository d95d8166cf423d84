"""What may be done about a list of payments; pure."""

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

SUBJECT = "payments.list"
WHY_LEAST, WHY_MOST = 2, 400


def subject_of(list_id: int) -> str:
    """Return what names a list in requests, holds and settlements."""
    return f"{SUBJECT}:{list_id}"


def list_number(number: int) -> str:
    """Return the number of a list as people write it: 发-0001."""
    return f"发-{number:04}"


def why_of(text: str) -> str:
    """Return why an approved list is cancelled.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    why = " ".join(text.replace("\x00", "").split())
    if len(why) < WHY_LEAST:
        raise Refusal("reason_missing", _("Say why the list is not paid."), field="why")
    if len(why) > WHY_MOST:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        facts = {"length": len(why), "limit": WHY_MOST}
        raise Refusal("text_too_long", sentence % facts, field="why", **facts)
    return why
