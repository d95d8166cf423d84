"""What approved requests ask for is bought on them: a pure decision. Quantities in packs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.goods.request_rules import request_number
from songnuan.goods.rules import Draft, Problem, State
from songnuan.kernel.refusal import Fact


@dataclass(frozen=True, slots=True)
class SpokenFor:
    """Packs of one item that approved requests ask for, and the numbers of these."""

    packs: int
    numbers: tuple[int, ...]


def examine_spoken_for(draft: Draft, state: State, asked: Mapping[int, SpokenFor]) -> Iterator[Problem]:
    """Yield what of a purchase without a request is asked for in requests, by id of the item.

    Else what was approved could not be bought any more. Code: `packs_spoken_for`.
    """
    wanted: Counter[int] = Counter()
    last: dict[int, int] = {}
    for place, line in enumerate(draft.lines):
        wanted[line.item_id] += line.quantity
        last[line.item_id] = place
    for part in state.parts:
        spoken = asked.get(part.item_id)
        if spoken is None or part.item_id not in wanted:
            continue
        needed = state.units * part.quantity
        before = state.bought[part.item_id].lasting if part.item_id in state.bought else 0
        free = max(needed - before - spoken.packs, 0)
        if wanted[part.item_id] <= free:
            continue
        sentence = _(
            "%(needed)s %(packing)s of %(item)s are needed: %(bought)s are bought, and request %(numbers)s"
            " asks for %(asked)s. Without a request, at most %(free)s can be bought. Buy the others on that"
            " request, or have it taken back first."
        )
        numbers = "、".join(map(request_number, spoken.numbers))
        facts: dict[str, Fact] = {
            "needed": needed,
            "bought": before,
            "asked": spoken.packs,
            "free": free,
            "numbers": numbers,
        }
        words = {**facts, "packing": part.packing, "item": part.item}
        yield Problem("packs_spoken_for", sentence % words, f"lines-{last[part.item_id]}-quantity", facts)
