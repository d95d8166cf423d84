"""What changes hands at a visit: the whole kit, a part of it, or nothing; in the words the unit signs for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.goods.outgoing import why_short
from songnuan.goods.queries import KitView
from songnuan.visits.signing import text_for, words_of


@dataclass(frozen=True, slots=True)
class Handing:
    """What a unit gets at a visit.

    `kit` is what it is owed, None where nothing is; `text` what it signs for. `lacking`: less than the kit
    was handed over though it was there. `owed` says why the kit stays owed, "" where all of it changes hands.
    """

    kit: KitView | None
    text: str
    lacking: bool = False
    owed: str = ""


def handing_of(
    kit: KitView | None, *, on: date, called: bool, handed: Collection[int] | None = None, reason: str = ""
) -> Handing:
    """Return what changes hands.

    Args:
        kit: What the unit is owed.
        on: The day; what is expired then is not handed over.
        called: Nobody was there: it was reached by telephone or video.
        handed: The items that were handed over, by id; None for all of them.
        reason: Why not all of them.

    """
    if kit is None:
        return Handing(None, text_for([]))
    if called:
        owed = _("The unit was reached by telephone or video, so its kit follows.")
        return Handing(kit, text_for([]), owed=owed)
    if short := why_short(kit.kit_id, on, kit.times):
        return Handing(kit, text_for([]), owed=short)
    words = {part.item_id: words_of(part.item, part.quantity, part.packing) for part in kit.parts}
    given = [text for item_id, text in words.items() if handed is None or item_id in handed]
    lacking = [text for text in words.values() if text not in given]
    owed = _owed_words(given, lacking, reason.strip()) if lacking else ""
    return Handing(kit, text_for(given), lacking=bool(lacking), owed=owed)


def _owed_words(given: list[str], lacking: list[str], reason: str) -> str:
    facts = {"given": "、".join(given), "lacking": "、".join(lacking), "reason": reason}
    if not given:
        return _("Nothing was handed over at the visit: %(reason)s") % facts
    return _("Handed over at the visit: %(given)s. Still owed: %(lacking)s. %(reason)s") % facts
