"""Tables of a response to an emergency: the command now, each other part in a file of its own."""

from songnuan.emergency.models.after_action import AfterAction
from songnuan.emergency.models.command import (
    Activation,
    ActivationAct,
    ActivationStatus,
    ActVerb,
    Asks,
    Handover,
    HandoverStatus,
    Member,
    Order,
    Position,
    StandIn,
    Way,
)

__all__ = [
    "ActVerb",
    "Activation",
    "ActivationAct",
    "ActivationStatus",
    "AfterAction",
    "Asks",
    "Handover",
    "HandoverStatus",
    "Member",
    "Order",
    "Position",
    "StandIn",
    "Way",
]
