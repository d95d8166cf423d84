"""What changes hands at a visit: the whole kit, parts of it, or nothing; in the words the unit signs for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from songnuan.goods.outgoing import why_short
from songnuan.goods.queries import KitView
from songnuan.goods.rules import Part
from songnuan.kernel.refusal import Refusal
from songnuan.visits.signing import text_for, words_of


@dataclass(frozen=True, slots=True)
class Handing:
    """What a unit gets at a visit.

    `packs` are what is handed over, by id of the item; `text` what the unit signs for. `lacking`: something
    was left out though it was there. `owed` says what follows and why, "" where nothing does.
    """

    kit: KitView | None
    text: str
    packs: Mapping[int, int] = field(default_factory=dict)
    lacking: bool = False
    owed: str = ""


def handing_of(
    kit: KitView | None,
    *,
    on: date,
    called: bool,
    handed: Mapping[int, int] | None = None,
    reason: str = "",
) -> Handing:
    """Return what changes hands.

    Args:
        kit: What the unit is owed.
        on: The day; what is expired then is not handed over.
        called: Nobody was there: it was reached by telephone or video.
        handed: The packs that were handed over, by id of the item; None for all that the store has.
        reason: Why not all of them.

    Raises:
        Refusal: `stock_short` where something is said to have been handed over that cannot go out,
            `packs_beyond_owed` where it is more packs than are owed, or none of what was ticked.

    """
    if kit is None:
        return Handing(None, text_for([]))
    if called:
        owed = _("The unit was reached by telephone or video, so its kit follows.")
        return Handing(kit, text_for([]), owed=owed)
    short = why_short(kit, on)
    if gone := [words for item_id, words in short.items() if item_id in (handed or ())]:
        raise Refusal("stock_short", "".join(gone), field="handed")
    packs: dict[int, int] = {}
    for part in kit.parts:
        if part.item_id not in short and (handed is None or part.item_id in handed):
            packs[part.item_id] = part.quantity if handed is None else _checked(part, handed[part.item_id])
    left = kit.less(packs).parts
    is_less = any(part.item_id not in short for part in left)
    given = [_words(part, packs[part.item_id]) for part in kit.parts if part.item_id in packs]
    owed = ""
    if left:
        # A reason is asked where something that was there was left out; else it was typed before.
        why = [reason.strip() if is_less else "", *dict.fromkeys(short.values())]
        owed = _owed_words(given, [_words(part, part.quantity) for part in left], "".join(why))
    return Handing(kit, text_for(given), packs, lacking=is_less, owed=owed)


def _checked(part: Part, packs: int) -> int:
    if not 0 < packs <= part.quantity:
        sentence = _("%(item)s: of this 1 to %(most)s can be handed over. Reload the page and look again.")
        facts = {"item": part.item, "most": part.quantity}
        raise Refusal("packs_beyond_owed", sentence % facts, field="handed")
    return packs


def _words(part: Part, packs: int) -> str:
    return words_of(part.item, packs, part.packing)


def _owed_words(given: list[str], lacking: list[str], reason: str) -> str:
    facts = {"given": "、".join(given), "lacking": "、".join(lacking), "reason": reason}
    if not given:
        return _("Nothing was handed over at the visit: %(reason)s") % facts
    return _("Handed over at the visit: %(given)s. Still owed: %(lacking)s. %(reason)s") % facts
