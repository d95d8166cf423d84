"""What families get of what was bought for them: each its share of a kit, in whatever parts. In packs.

The store knows units and no families: a movement names the family in its `subject`, and goes to a unit.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from songnuan.goods.giving import chain_of, kits_of
from songnuan.goods.outgoing import given_for
from songnuan.goods.queries import KitView
from songnuan.goods.rules import Part

FAMILY = "casework.case:"


@dataclass(frozen=True, slots=True)
class FamilyShare:
    """A family's share of a kit, and what it got of it, by id of the item, for all of its needs."""

    kit: KitView
    got: Mapping[int, int]

    @property
    def left(self) -> tuple[Part, ...]:
        """What the family still gets."""
        return self.kit.less(self.got).parts


def family_subject(case_id: int) -> str:
    """Return what names a family in the movements of its goods."""
    return f"{FAMILY}{case_id}"


def family_shares(plan_id: int, case_id: int) -> list[FamilyShare]:
    """Return a family's share of each kit that a plan buys for families; of the one in use first.

    Where a kit was replaced before it was given out, what a family got of either counts of both, and of
    another than the one it began with it gets only the same items: no family gets its share twice.
    """
    kits = [kit for _closed, kit in kits_of(plan_id, for_families=True)]
    if not kits:
        return []
    subject = family_subject(case_id)
    given = given_for([kit.kit_id for kit in kits], subject)
    chain = {kit.kit_id for kit in chain_of(plan_id, for_families=True)}
    begun = next(
        (one for one in reversed(kits) if one.kit_id in chain and (one.kit_id, subject) in given), None
    )
    found = []
    for kit in kits:
        in_chain = kit.kit_id in chain
        shown = _alike(kit, begun) if begun is not None and in_chain else kit
        got: Counter[int] = Counter()
        for one in chain if in_chain else {kit.kit_id}:
            got += given.get((one, subject), Counter())
        if shown.parts:
            found.append(FamilyShare(shown, got))
    return found


def _alike(kit: KitView, begun: KitView) -> KitView:
    """Return a kit with those of its items alone that another has, too."""
    items = {part.item_id for part in begun.parts}
    return replace(kit, parts=tuple(part for part in kit.parts if part.item_id in items))


def beyond_family_share(part: Part, got: int) -> str:
    """Return that more of an item is asked for than is left of a family's share, of which it got some."""
    left = max(part.quantity - got, 0)
    facts = {"share": part.quantity, "got": got, "left": left, "packing": part.packing, "item": part.item}
    if not left:
        sentence = _("The family has got all of its %(share)s %(packing)s of %(item)s. Leave this empty.")
        return sentence % facts
    sentence = _(
        "A family's share is %(share)s %(packing)s of %(item)s; this one has got %(got)s. Enter at most"
        " %(left)s."
    )
    return sentence % facts
