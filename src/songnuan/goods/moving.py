"""Why goods move."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MovementKind(models.TextChoices):
    """Why goods move."""

    RECEIVE = "receive", _("received")
    SEND_BACK = "send_back", _("sent back")
    HAND_OVER = "hand_over", _("handed over")
    DONATE = "donate", _("donated")
    ISSUE = "issue", _("distributed")
    COUNT = "count", _("corrected by a stock count")
    DISPOSE = "dispose", _("disposed of")
    TAKE_BACK = "take_back", _("donation cancelled")
    RECLAIM = "reclaim", _("taken back from a unit")
    ALLOT = "allot", _("allotted to a desk")
    BRING_BACK = "bring_back", _("brought back from a desk")
    PICK_UP = "pick_up", _("picked up")
    GIVE_BACK = "give_back", _("given back at a desk")


AT_DESKS = (MovementKind.ALLOT, MovementKind.BRING_BACK, MovementKind.PICK_UP, MovementKind.GIVE_BACK)
