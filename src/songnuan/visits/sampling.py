"""How receipts are drawn, and how many can be: pure decisions beside `kernel.sampling`."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from songnuan.kernel import sampling
from songnuan.kernel.refusal import Refusal


def draw(receipts: Mapping[int, int], size: int, seed: str, *, by_lead: bool) -> list[int]:
    """Return `size` receipts in the order of the draw; `receipts` are their leads by number.

    With `by_lead` each lead has its share, at least one receipt.

    Raises:
        Refusal: `sample_size` when there are fewer receipts, or fewer than leads.

    """
    check_size(receipts, size, by_lead=by_lead)
    return sampling.draw(receipts, size, seed, with_shares=by_lead)


def check_size(receipts: Mapping[int, int], size: int, *, by_lead: bool) -> None:
    """Let pass a size that can be drawn.

    Raises:
        Refusal: `sample_size`.

    """
    least = sampling.least_of(receipts, with_shares=by_lead)
    if not receipts:
        sentence = _("Nothing was handed over there yet, so there is nothing to draw from.")
        raise Refusal("sample_size", sentence, field="size", population=0)
    if not least <= size <= len(receipts):
        sentence = _("Between %(least)s and %(most)s units can be drawn here. Choose a number between them.")
        figures = {"least": least, "most": len(receipts)}
        raise Refusal("sample_size", sentence % figures, field="size", population=len(receipts), least=least)
