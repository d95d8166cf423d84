"""What is said where units were asked for what is missing."""

from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.telling import listed


class Told(Protocol):
    """How many units were asked, how many a moment before; who has nobody to be told; how many are left."""

    @property
    def asked(self) -> int:
        """How many were asked now."""

    @property
    def before(self) -> int:
        """How many were asked a moment before."""

    @property
    def unreached(self) -> tuple[str, ...]:
        """The names of units at which nobody could be told."""

    @property
    def left(self) -> int:
        """How many are still to be asked."""


def asked_words(told: Told) -> str:
    """Return which units were asked, in words."""
    sentence = ngettext("%(count)s unit is asked.", "%(count)s units are asked.", told.asked)
    said = [sentence % {"count": told.asked}] if told.asked else []
    if told.before:
        words = _("%(count)s were asked less than ten minutes ago.")
        said.append(words % {"count": told.before})
    if told.unreached:
        words = _("Nobody to be reminded there; call them: %(units)s.")
        said.append(words % {"units": listed(told.unreached)})
    if told.left:
        words = _("%(count)s are still to be asked: press once more.")
        said.append(words % {"count": told.left})
    return "".join(said)
