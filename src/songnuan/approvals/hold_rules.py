"""What a hold, an answer to it and its lifting must say: pure decisions."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

SHORTEST = 5
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """What is put on hold: its name, its plan, its unit, the chain of the trail, who recorded it."""

    subject: str
    plan_slug: str
    unit_id: int
    stream: str
    maker_id: int | None


def said(text: str, field: str) -> str:
    """Return what is said about a hold without spaces around it.

    Raises:
        Refusal: `hold_text_missing` when it says nothing to speak of, `text_too_long`.

    """
    kept = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL in a text
    if len(kept) < SHORTEST:
        sentence = _(
            "Say it in a sentence of at least %(least)s characters: whoever is concerned reads it, and it"
            " stays."
        )
        raise Refusal("hold_text_missing", sentence % {"least": SHORTEST}, field=field)
    if len(kept) > LONGEST:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(kept), "limit": LONGEST}
        raise Refusal("text_too_long", sentence % figures, field=field, length=len(kept), limit=LONGEST)
    return kept
