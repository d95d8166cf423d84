"""Reads the layouts of bank files."""

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.payments.layouts.model import Layout
from songnuan.payments.layouts.reading import shipped


def layouts() -> list[Layout]:
    """Return every layout."""
    return list(shipped())


def layout_of(slug: str) -> Layout:
    """Return a layout.

    Raises:
        Refusal: `layout_unknown`.

    """
    found = next((one for one in layouts() if one.slug == slug), None)
    if found is None:
        sentence = _("There is no layout “%(slug)s”. Choose one from the list.")
        raise Refusal("layout_unknown", sentence % {"slug": slug}, field="layout")
    return found
