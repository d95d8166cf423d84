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
from songnuan.emergency.models.muster import (
    ArrivalWay,
    CallLine,
    CallNote,
    CallOutcome,
    CallTree,
    Muster,
    MusterEntry,
)

__all__ = [
    "ActVerb",
    "Activation",
    "ActivationAct",
    "ActivationStatus",
    "AfterAction",
    "ArrivalWay",
    "Asks",
    "CallLine",
    "CallNote",
    "CallOutcome",
    "CallTree",
    "Handover",
    "HandoverStatus",
    "Member",
    "Muster",
    "MusterEntry",
    "Order",
    "Position",
    "StandIn",
    "Way",
]
