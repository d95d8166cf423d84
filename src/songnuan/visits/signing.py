"""What a unit signs for: the very text that stands above the signature, and is kept with it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


def shapes() -> tuple[str, str]:
    """Return the text with a place {goods} for what was handed over, and the text for nothing."""
    return (
        _("Received from the visitors: {goods}."),
        _("The visit took place. No goods were handed over."),
    )


def text_for(goods: Sequence[str]) -> str:
    """Return what is signed for: goods in words, such as 方便面 2 箱."""
    some, none = shapes()
    return some.replace("{goods}", "、".join(goods)) if goods else none


def corrected_text() -> str:
    """Return what a unit signs for that confirms a corrected report."""
    return _("The corrected record of the visit is right.")


def words_of(item: str, quantity: int, packing: str) -> str:
    """Return packs in words, such as 方便面 2 箱."""
    return f"{item} {quantity} {packing}"
