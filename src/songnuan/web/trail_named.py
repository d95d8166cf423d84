"""How the trail names a thing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Named:
    """A thing as a reader knows it; `url` is empty where there is no page, or none that is open."""

    text: str
    url: str = ""


def packed(item: str, packing: str) -> str:
    """Return an item with the pack it is counted in, 方便面（箱）."""
    return _("%(item)s (%(packing)s)") % {"item": item, "packing": packing}
