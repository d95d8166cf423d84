"""What changes hands at a visit: the whole kit, parts of it, or nothing; in the words the unit signs for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from songnuan.goods.outgoing import why_short
from songnuan.goods.queries import KitView
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
    kit: KitView | None, *, on: date, called: bool, handed: Collection[int] | None = None, reason: str = ""
) -> Handing:
    """Return what changes hands.

    Args:
        kit: What the unit is owed.
        on: The day; what is expired then is not handed over.
        called: Nobody was there: it was reached by telephone or video.
        handed: The items that were handed over, by id; None for all that the store has.
        reason: Why not all of them.

    Raises:
        Refusal: `stock_short` where something is said to have been handed over that cannot go out.

    """
    if kit is None:
        return Handing(None, text_for([]))
    if called:
        owed = _("The unit was reached by telephone or video, so its kit follows.")
        return Handing(kit, text_for([]), owed=owed)
    short = why_short(kit, on)
    if gone := [words for item_id, words in short.items() if item_id in (handed or ())]:
        raise Refusal("stock_short", "".join(gone), field="handed")
    words = {part.item_id: words_of(part.item, part.quantity, part.packing) for part in kit.parts}
    given = [pk for pk in words if pk not in short and (handed is None or pk in handed)]
    left_out = [pk for pk in words if pk not in short and pk not in given]
    text = text_for([words[pk] for pk in given])
    owed = ""
    if len(given) < len(words):
        why = [reason.strip(), *dict.fromkeys(short.values())]
        owed = _owed_words(
            [words[pk] for pk in given], [words[pk] for pk in words if pk not in given], "".join(why)
        )
    packs = {part.item_id: part.quantity for part in kit.parts if part.item_id in given}
    return Handing(kit, text, packs, lacking=bool(left_out), owed=owed)


def _owed_words(given: list[str], lacking: list[str], reason: str) -> str:
    facts = {"given": "、".join(given), "lacking": "、".join(lacking), "reason": reason}
    if not given:
        return _("Nothing was handed over at the visit: %(reason)s") % facts
    return _("Handed over at the visit: %(given)s. Still owed: %(lacking)s. %(reason)s") % facts
